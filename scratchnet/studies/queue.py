"""The sweeps of all visitors of a server: they take turns on its processors, behind the live view.

A sweep is a pure function of what it is, so visitors who ask for the same one share it, and it is kept.
It is worked on while somebody watches it; who comes back later finds it where it was left.
"""

from collections import OrderedDict, deque
from collections.abc import Hashable
from concurrent.futures import BrokenExecutor
from threading import Lock, Thread
from time import monotonic

from joblib import cpu_count

from scratchnet.studies.result import Result
from scratchnet.studies.sweep import Sweep
from scratchnet.studies.turns import Piece, end_workers, pieces, turns
from scratchnet.validation import NotAllowed

FORGOTTEN = 10.0  # seconds without a look until a visitor is taken to have left
MOST_SECONDS = 300.0  # that a sweep may take on one processor, as estimated
MOST_BYTES = 128_000_000  # of all that is kept
JOB_BYTES = 100_000  # that a job takes beside its results
MOST_BROKEN = 3  # rounds that may lose their workers one after another
LOST = "The worker processes of this sweep were ended by the system, perhaps for want of memory."
FAULT = "This sweep stopped at a fault of the program, which is in the log of the server."


class Job:
    """A sweep that is worked on: ``results`` are those that are there, by their places."""

    def __init__(self, sweep: Sweep, processors: int = 1):
        self.sweep = sweep
        self.results: dict[int, Result] = {}
        self.failed = ""  # a sentence, if it cannot be done
        self.waiting = deque(pieces(sweep.runs, processors))
        self.seen: dict[Hashable, float] = {}  # when each visitor last looked
        self.turns = 0  # that it has had: the one with the fewest is next

    @property
    def done(self) -> bool:
        """Return whether nothing is left to do."""
        return bool(self.failed) or len(self.results) == len(self.sweep.runs)

    @property
    def is_watched(self) -> bool:
        """Return whether somebody has looked lately."""
        return any(monotonic() - at < FORGOTTEN for at in self.seen.values())

    @property
    def nbytes(self) -> int:
        """Return about how much memory the job takes, in bytes."""
        results = [*self.results.values()]
        return JOB_BYTES + len(results) * results[0].nbytes if results else JOB_BYTES


class Queue:
    """The jobs of a server, and the thread that hands out their turns while there are any."""

    def __init__(self, processors: int | None = None):
        # At least two: a single one would work in this very process, which shows the live view.
        self._processors = processors or max(cpu_count(), 2)
        self._jobs: OrderedDict[Sweep, Job] = OrderedDict()
        self._lock = Lock()
        self._thread: Thread | None = None

    def watch(self, sweep: Sweep, visitor: Hashable) -> Job:
        """Return the job of a sweep, which goes on while it is watched; a visitor watches one.

        Raises NotAllowed for a sweep that is too long for a server.
        """
        if sweep.seconds > MOST_SECONDS:
            raise NotAllowed(
                f"A sweep must take at most {MOST_SECONDS:g} seconds of one processor here, got about "
                f"{sweep.seconds:,.0f}."
            )
        with self._lock:
            for other in self._jobs.values():
                other.seen.pop(visitor, None)
            job = self._jobs.get(sweep)
            if job is None or (job.failed and not job.is_watched):  # it is tried again
                job = self._jobs[sweep] = Job(sweep, self._processors)
            if not job.is_watched:  # it has no claim to the turns that it has missed
                job.turns = max([job.turns, *(other.turns for other in self._active())])
            job.seen[visitor] = monotonic()
            self._jobs.move_to_end(sweep)
            self._make_room()
            if not job.done and self._thread is None:
                self._thread = Thread(target=self._work, name="sweeps", daemon=True)
                self._thread.start()
        return job

    def leave(self, visitor: Hashable) -> None:
        """Note that a visitor does not watch a sweep any more."""
        with self._lock:
            for job in self._jobs.values():
                job.seen.pop(visitor, None)

    def kept(self, sweep: Sweep) -> Job | None:
        """Return the job of a sweep as it is, if there is one, without going on with it."""
        return self._jobs.get(sweep)

    @property
    def active(self) -> list[Job]:
        """Return the jobs that share the processors now."""
        with self._lock:
            return self._active()

    def _active(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.is_watched and not job.done]

    def _make_room(self) -> None:
        """Forget the sweeps that nobody has looked at for longest."""
        total = sum(job.nbytes for job in self._jobs.values())
        for job in [*self._jobs.values()]:
            if total > MOST_BYTES and not job.is_watched:
                total -= self._jobs.pop(job.sweep).nbytes

    def _work(self) -> None:
        """Hand out turns, a round at a time, until nobody waits; then end the workers."""
        broken = 0
        while now := self._next_round(broken):
            waiting = dict(enumerate(now))
            try:
                for turn in turns([piece for _, piece in now], self._processors, stands_back=True):
                    job, _ = waiting.pop(turn.owner)
                    if turn.rest:
                        job.waiting.appendleft(turn.rest)
                    job.results |= turn.results
                broken = 0
            except BrokenExecutor:  # a worker was killed, such as for want of memory
                broken += 1
            except BaseException:
                for job, _ in waiting.values():
                    job.failed = FAULT
                self._thread = None
                raise
            for job, piece in waiting.values():
                job.waiting.appendleft(piece)
                if broken >= MOST_BROKEN:
                    job.failed = LOST

    def _next_round(self, broken: int) -> list[tuple[Job, Piece]]:
        """Return a piece for each processor, of the jobs in turn; none if nobody waits for any.

        After a round that lost its workers there is one piece only, to learn whose it was.
        """
        with self._lock:
            active = self._active()
            if not active:
                end_workers()
                self._thread = None
                return []
            found: list[tuple[Job, Piece]] = []
            for place in range(1 if broken else self._processors):
                if able := [job for job in active if job.waiting]:
                    job = min(able, key=lambda job: job.turns)
                    job.turns += 1
                    found.append((job, job.waiting.popleft()._replace(owner=place)))
            return found


SHARED = Queue()  # of this server
