"""What all visitors of a server share: the runs that are being watched, and the frames made of them.

A run is trained once, however many watch it, and goes on from where it is; a payload that is done is
kept. Both are bounded in bytes, and what was not asked for longest goes first. Of runs that are more
than there is room for, a tenth is kept: it leads back to where they were without training again.
"""

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from threading import Lock
from time import thread_time
from typing import Any

from scratchnet.live.frames import Asked, payload
from scratchnet.nn.params import count
from scratchnet.run.settings import BY_HAND, Settings, TrainingSettings
from scratchnet.run.trainer import Trainer
from scratchnet.validation import NotAllowed

SECONDS = 0.1  # of the processor, for one turn: then others have theirs
RUN_BYTES, PAYLOAD_BYTES = 64_000_000, 32_000_000  # about twice as much in the memory of the process
MOST_BEGUN = 32  # works on one run that wait to be gone on with
# What a run takes beside its trainer, each row of given points, and a checkpoint beside its arrays.
RUN_BYTE, ROW_BYTE, CHECKPOINT_BYTE = 10_000, 200, 3000


class Run:
    """A run that is watched; one thread at a time trains it."""

    def __init__(self, settings: Settings, source: "Run | None" = None):
        self.settings, self._source = settings, source
        self._trainer: Trainer | None = None
        self._aside: dict[str, Any] | None = None  # what makes the trainer again, while it is put aside
        self._lock = Lock()
        self._begun: OrderedDict[Hashable, tuple[Iterator[Any], Any]] = OrderedDict()
        self.nbytes = self._weight()  # about how much memory the run takes

    @property
    def epoch(self) -> int:
        """Return how far the run is at the moment."""
        # Without the lock, so each is read once: others may put it aside just now.
        trainer, aside = self._trainer, self._aside
        return trainer.epoch if trainer else aside["epoch"] if aside else 0

    @property
    def progress(self) -> str:
        """Say how far the run is at the moment."""
        return f"Training: epoch {self.epoch:,}."

    def payload(self, asked: Asked, seconds: float = SECONDS) -> bytes | None:
        """Return the payload; None if more time is needed, and the next call goes on with it."""
        return self._go_on(asked, lambda trainer: payload(trainer, asked), seconds)

    def copy_at(
        self, settings: Settings, epoch: int, update: int, seconds: float = SECONDS
    ) -> Trainer | None:
        """Return a trainer of these settings at a place; None if more time is needed to come there."""

        def copy(trainer: Trainer) -> Iterator[Trainer | None]:
            for _ in trainer.travel(epoch, update, seconds=0.0):
                yield None
            trainer.seek(epoch, update)
            yield trainer.branched(settings)

        return self._go_on((settings, epoch, update), copy, seconds)

    def branched(self, settings: Settings, since: int) -> Trainer | None:
        """Return a trainer of other settings that goes on where they are still the same as here."""
        with self._lock:
            return self._made().branched(settings, since) if self._trainer or self._aside else None

    def put_aside(self) -> None:
        """Keep of the trainer only what leads back to where it is; not while it is at work."""
        if self._trainer and self._lock.acquire(blocking=False):
            self._aside, self._trainer = self._trainer.state(), None
            self._begun.clear()
            self.nbytes = self._weight()
            self._lock.release()

    def _go_on(
        self, what: Hashable, begin: Callable[[Trainer], Iterator[Any]], seconds: float
    ) -> Any | None:
        """Go on with a work from where it was left, and return what it gives; None for not yet.

        In between others may have moved the trainer.
        """
        with self._lock:
            due = thread_time() + seconds
            trainer = self._made()
            work, place = self._begun.pop(what, None) or (begin(trainer), trainer.place)
            trainer.go_back(place)
            try:
                for done in work:
                    if done is not None:
                        return done
                    if thread_time() >= due:
                        break
                self._begun[what] = work, trainer.place
                if len(self._begun) > MOST_BEGUN:
                    self._begun.popitem(last=False)
                return None
            finally:
                self.nbytes = self._weight()

    def _weight(self) -> int:
        own, trainer = self.settings.data.own, self._trainer
        weight = RUN_BYTE + (ROW_BYTE * len(own.rows) if own else 0)
        if trainer:
            frames = sum(what.count for what in self._begun if isinstance(what, Asked))
            weight += trainer.nbytes + 8 * frames * count(self.settings.network.layer_dims)
        if self._aside:
            kept, one = self._aside["checkpoints"], self._aside["checkpoint"]
            weight += self._aside["history"].nbytes
            weight += len(kept) * (one.theta.nbytes + one.slots.nbytes + CHECKPOINT_BYTE)
        return weight

    def _made(self) -> Trainer:
        """Return the trainer, which is made when it is needed."""
        if self._aside:
            self._trainer, self._aside = Trainer.restore(self._aside), None
        if self._trainer is None:
            source, self._source = self._source, None
            since = last_change(self.settings.training) - 1
            branched = source and source.branched(self.settings, since)
            self._trainer = branched or Trainer(self.settings)
        return self._trainer


def last_change(training: TrainingSettings) -> int:
    """Return the last epoch at which something was done by hand; 0 if nothing was."""
    return max((epoch for name in BY_HAND for epoch, *_ in getattr(training, name)), default=0)


class Cache:
    """The runs and the payloads that are kept, for all threads of a server."""

    def __init__(self, run_bytes: int = RUN_BYTES, payload_bytes: int = PAYLOAD_BYTES):
        self._most = run_bytes, payload_bytes
        self._runs: OrderedDict[Settings, Run] = OrderedDict()
        self._payloads: OrderedDict[str, bytes] = OrderedDict()
        self._payload_bytes = 0
        self._lock = Lock()

    def run(self, settings: Settings) -> Run:
        """Return the run of these settings; that of a longer or shorter one is the same."""
        key = _of_any_length(settings)
        with self._lock:
            if key not in self._runs:
                self._runs[key] = Run(key, self._source_of(key))
            self._runs.move_to_end(key)
            self._make_room()
            return self._runs[key]

    def _make_room(self) -> None:
        """Put runs aside, and drop them if that is not enough; first what was not asked for longest."""
        total = sum(run.nbytes for run in self._runs.values())
        for run in [*self._runs.values()][:-1]:
            if total <= self._most[0]:
                return
            total -= run.nbytes
            run.put_aside()
            total += run.nbytes
        while total > self._most[0] and len(self._runs) > 1:
            total -= self._runs.popitem(last=False)[1].nbytes

    def _source_of(self, settings: Settings) -> Run | None:
        """Return a run that is the same until the last change of these settings."""
        before = last_change(settings.training) - 1
        if before < 1:
            return None
        start = _until(settings, before)
        alike = (
            (key, run)
            for key, run in self._runs.items()
            if (key.network, key.data) == (settings.network, settings.data)
        )
        return next((run for key, run in alike if _until(key, before) == start), None)

    def kept(self, address: str) -> bytes | None:
        """Return the payload of an address, if it is kept."""
        with self._lock:
            if address in self._payloads:
                self._payloads.move_to_end(address)
            return self._payloads.get(address)

    def keep(self, address: str, done: bytes) -> None:
        """Keep the payload of an address."""
        with self._lock:
            if address not in self._payloads:
                self._payload_bytes += len(address) + len(done)
            self._payloads[address] = done
            while self._payload_bytes > self._most[1]:
                self._payload_bytes -= sum(map(len, self._payloads.popitem(last=False)))


def _of_any_length(settings: Settings) -> Settings:
    """Return the settings without their number of epochs, on which no epoch depends."""
    return settings.with_epochs(TrainingSettings().epochs)


def _until(settings: Settings, epoch: int) -> Settings:
    return replace(settings, training=settings.training.until(epoch))


def answered(address: str) -> dict[str, str]:
    """Answer what an address asks for, for a page that cannot reach the route: as text, with base64."""
    try:
        asked = Asked.read(address)
        run = SHARED.run(asked.settings)
        done = run.payload(asked, seconds=10 * SECONDS)
    except NotAllowed as error:
        return {"address": address, "refused": str(error)}
    if done is None:
        return {"address": address, "progress": run.progress}
    return {"address": address, "payload": b64encode(done).decode()}


SHARED = Cache()  # of this server: its route and its pages have it in common
