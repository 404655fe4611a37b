"""What all visitors of a server share: the runs that are being watched, and the frames made of them.

A run is trained once, however many watch it, and goes on from where it is; a payload that is done is
kept. Both are bounded in bytes, and what was not asked for longest goes first.
"""

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from threading import Lock
from time import thread_time

from scratchnet.live.frames import Asked, payload
from scratchnet.run.settings import Settings, TrainingSettings
from scratchnet.run.trainer import Trainer
from scratchnet.validation import NotAllowed

SECONDS = 0.1  # of the processor, for one turn: then others have theirs
RUN_BYTES, PAYLOAD_BYTES = 128_000_000, 64_000_000
MOST_BEGUN = 4  # payloads of one run that wait to be gone on with


class Run:
    """A run that is watched; one thread at a time trains it."""

    def __init__(self, settings: Settings, source: "Run | None" = None):
        self.settings, self._source = settings, source
        self._trainer: Trainer | None = None
        self._lock = Lock()
        self._begun: OrderedDict[Asked, Iterator[bytes | None]] = OrderedDict()

    @property
    def epoch(self) -> int:
        """Return how far the run is at the moment."""
        return self._trainer.epoch if self._trainer else 0

    @property
    def progress(self) -> str:
        """Say how far the run is at the moment."""
        return f"Training: epoch {self.epoch:,}."

    @property
    def nbytes(self) -> int:
        """Return about how much memory the run takes."""
        return self._trainer.nbytes if self._trainer else 0

    def payload(self, asked: Asked, seconds: float = SECONDS) -> bytes | None:
        """Return the payload; None if more time is needed, and the next call goes on with it."""
        with self._lock:
            due = thread_time() + seconds
            work = self._begun.pop(asked, None) or payload(self._made(), asked)
            for done in work:
                if done is not None:
                    return done
                if thread_time() >= due:
                    break
            self._begun[asked] = work
            if len(self._begun) > MOST_BEGUN:
                self._begun.popitem(last=False)
            return None

    def copy_at(
        self, settings: Settings, epoch: int, update: int, seconds: float = SECONDS
    ) -> Trainer | None:
        """Return a trainer of these settings at a place; None if more time is needed to come there."""
        with self._lock:
            trainer, due = self._made(), thread_time() + seconds
            for _ in trainer.travel(epoch, update, seconds=0.0):
                if thread_time() >= due and trainer.epoch < epoch and not trainer.at_end:
                    return None
            return trainer.branched(settings)

    def branched(self, settings: Settings) -> Trainer | None:
        """Return a trainer of other settings that goes on from here, as far as they are the same."""
        with self._lock:
            since = last_change(settings.training) - 1
            if since < 1 or self.epoch < since:
                return None
            trainer = self._made()
            trainer.seek(since)
            return trainer.branched(settings)

    def _made(self) -> Trainer:
        """Return the trainer, which is made when it is needed."""
        if self._trainer is None:
            source, self._source = self._source, None
            self._trainer = (source and source.branched(self.settings)) or Trainer(self.settings)
        return self._trainer


def last_change(training: TrainingSettings) -> int:
    """Return the last epoch at which a rate or a parameter was set by hand; 0 if none was."""
    return max((int(epoch) for epoch, *_ in (*training.rate_changes, *training.edits)), default=0)


class Cache:
    """The runs and the payloads that are kept, for all threads of a server."""

    def __init__(self, run_bytes: int = RUN_BYTES, payload_bytes: int = PAYLOAD_BYTES):
        self._most = run_bytes, payload_bytes
        self._runs: OrderedDict[Settings, Run] = OrderedDict()
        self._payloads: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def run(self, settings: Settings) -> Run:
        """Return the run of these settings; that of a longer or shorter one is the same."""
        key = _of_any_length(settings)
        with self._lock:
            if key not in self._runs:
                self._runs[key] = Run(key, self._source_of(key))
                total = sum(run.nbytes for run in self._runs.values())
                while total > self._most[0]:
                    total -= self._runs.popitem(last=False)[1].nbytes
            self._runs.move_to_end(key)
            return self._runs[key]

    def _source_of(self, settings: Settings) -> Run | None:
        """Return a run that is the same until the last change of these settings."""
        before = last_change(settings.training) - 1
        if before < 1:
            return None
        start = _until(settings, before)
        return next((run for key, run in self._runs.items() if _until(key, before) == start), None)

    def kept(self, address: str) -> bytes | None:
        """Return the payload of an address, if it is kept."""
        with self._lock:
            if address in self._payloads:
                self._payloads.move_to_end(address)
            return self._payloads.get(address)

    def keep(self, address: str, done: bytes) -> None:
        """Keep the payload of an address."""
        with self._lock:
            self._payloads[address] = done
            total = sum(len(key) + len(value) for key, value in self._payloads.items())
            while total > self._most[1]:
                key, value = self._payloads.popitem(last=False)
                total -= len(key) + len(value)


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
