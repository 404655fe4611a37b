"""Many runs on many processors, in turns of a fraction of a second.

A turn takes a piece of work, and gives back what is done of it and what is left. So a sweep can be
stopped between two turns, several sweeps can take turns, and a processor that is lost costs one turn: a
piece is a pure function of its runs, and any processor goes on with it to the same bits.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from math import inf
from time import monotonic, sleep
from typing import NamedTuple, TypeVar

from joblib import Parallel, delayed, effective_n_jobs
from joblib.externals.loky import get_reusable_executor

from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer
from scratchnet.studies.result import Result
from scratchnet.studies.stack import Stack, shape_of

SECONDS = 0.2  # one turn
PIECES = 3  # for each processor, that take turns until one is done
MOST_STACKED, LEAST_STACKED = 30, 4  # runs that are trained together; fewer gain nothing
VALUES_STACKED = 64_000  # of all their layers and samples: about half of a second-level cache
Given = TypeVar("Given")
IDLE = 60  # seconds until a worker process without work ends
NICE = 10  # how far a worker process stands back behind the live view
FEEDER = "QueueFeederThread"  # what joblib calls the thread that sends work to the worker processes
FEEDER_SECONDS = 1.0  # it ends by itself


class Single:
    """Trains one run on its own to its end, as a Stack trains many."""

    def __init__(self, runs: Sequence[Settings]):
        (settings,) = runs
        self._trainer = Trainer(settings)

    @property
    def done(self) -> bool:
        """Return whether the run is at its end."""
        trainer = self._trainer
        return trainer.at_end or trainer.epoch == trainer.settings.training.epochs

    def go_on(self, seconds: float) -> None:
        """Train until the run is done, or so many seconds have gone by."""
        next(self._trainer.travel(self._trainer.settings.training.epochs, seconds=seconds))

    @property
    def results(self) -> list[Result]:
        """Return the result of the run, at its end or where it is now."""
        return [Result.of(self._trainer)]


class Piece(NamedTuple):
    """Runs that are trained as one piece of work, with their places among all runs.

    ``begun`` is how far they are, None before the first turn; ``owner`` is whose turn a Turn was.
    """

    places: tuple[int, ...]
    runs: tuple[Settings, ...]
    owner: int = 0
    begun: Stack | Single | None = None


class Turn(NamedTuple):
    """What a turn gives: the results that are done, by their places, and the piece that is left."""

    owner: int
    results: dict[int, Result]
    rest: Piece | None


def pieces(runs: Sequence[Settings], processors: int = 1) -> list[Piece]:
    """Divide runs into pieces, as many for each processor; neighbours of one shape go together."""
    found = []
    for shape, group in groupby(enumerate(runs), key=lambda each: shape_of(each[1])):
        places, alike = zip(*group, strict=True)
        n, most = len(alike), _most_stacked(alike[0]) if shape is not None else 1
        parts = _parts(n, most, processors)
        for start, end in pairwise(n * k // parts for k in range(parts + 1)):
            found.append(Piece(places[start:end], alike[start:end]))
    return found


def _parts(n: int, most: int, processors: int) -> int:
    """Return into how many pieces n runs go, of which so many are trained together at most."""
    if most == 1 or n < LEAST_STACKED:
        return n
    even = processors * -(-n // (most * processors))  # the same number for each processor
    return even if n >= even * LEAST_STACKED else -(-n // most)


def _most_stacked(run: Settings) -> int:
    """Return how many runs like this one are trained together; 1 where that gains nothing."""
    values = sum(run.network.layer_dims[1:]) * run.data.points
    n = min(VALUES_STACKED // values, MOST_STACKED)
    return n if n >= LEAST_STACKED else 1


def take_turn(piece: Piece, seconds: float = SECONDS) -> Turn:
    """Go on with a piece of work for so many seconds."""
    due = monotonic() + seconds
    work = piece.begun or (Stack if len(piece.runs) > 1 else Single)(piece.runs)
    work.go_on(due - monotonic())
    if work.done:
        return Turn(piece.owner, dict(zip(piece.places, work.results, strict=True)), None)
    return Turn(piece.owner, {}, piece._replace(begun=work))


def turns(waiting: Sequence[Piece], jobs: int = -1, stands_back: bool = False) -> Iterator[Turn]:
    """Take a turn with each piece on this many processors, -1 for all, and yield what each gives.

    The processors are this machine's, or, within ``joblib.parallel_config``, those of its backend. If
    it ``stands_back``, other processes of this machine go first.
    """
    seconds = SECONDS / 2 if stands_back else SECONDS  # others wait for them
    return _parallel(jobs, stands_back)(delayed(take_turn)(piece, seconds) for piece in waiting)


def train_all(runs: Sequence[Settings], jobs: int = -1) -> Iterator[tuple[int, Result]]:
    """Train all these runs, and yield the place and the result of each as it is done.

    What was begun is gone on with before anything else is, so that results come from the start.
    """
    processors = effective_n_jobs(jobs)
    waiting, at_once = pieces(runs, processors), PIECES * processors
    while waiting:
        now, waiting = waiting[:at_once], waiting[at_once:]
        left = []
        for turn in turns(now, jobs):
            yield from turn.results.items()
            left += [turn.rest] if turn.rest else []
        waiting = left + waiting


def train_here(runs: Sequence[Settings]) -> list[Result]:
    """Train these runs in this process, and return the result of each in their order."""
    done: dict[int, Result] = {}
    for piece in pieces(runs):
        done |= take_turn(piece, inf).results
    return [done[place] for place in range(len(runs))]


def spread(
    function: Callable[..., Given], arguments: Sequence[tuple], jobs: int = -1
) -> Iterator[tuple[int, Given]]:
    """Call a function with each of these arguments on so many processors, -1 for all.

    Yield the place of each and what it gives, as it is done.
    """
    calls = enumerate(arguments)
    return _parallel(jobs)(delayed(_placed)(place, function, given) for place, given in calls)


def _parallel(jobs: int, stands_back: bool = False) -> Parallel:
    """Return what calls functions on so many processes, which stay for the next call."""
    return Parallel(
        n_jobs=jobs,
        batch_size=1,
        pre_dispatch="all",
        max_nbytes=None,
        return_as="generator_unordered",
        idle_worker_timeout=IDLE,
        initializer=_begin_worker,
        initargs=(os.getpid(), stands_back),
    )


def _placed(place: int, function: Callable[..., Given], given: tuple) -> tuple[int, Given]:
    return place, function(*given)


def in_order(results: Iterator[tuple[int, Given]]) -> Iterator[tuple[int, Given]]:
    """Yield the results in the order of their places, each as soon as those before it are there."""
    early: dict[int, Given] = {}
    following = 0
    for place, result in results:
        early[place] = result
        while following in early:
            yield following, early.pop(following)
            following += 1


def _begin_worker(parent: int, stands_back: bool) -> None:
    """Prepare a worker process: it ends with its parent, also where that was killed.

    If it ``stands_back``, other processes go first, where the system has a way to.
    """
    if stands_back and hasattr(os, "nice"):
        os.nice(NICE)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        sleep(SECONDS)
    os._exit(1)


def end_workers() -> None:
    """End the worker processes of this machine at once, if there are any.

    joblib does not wait for the thread that sent them work; where this process ends before that thread,
    a warning of a leaked semaphore is printed.
    """
    get_reusable_executor(kill_workers=True, reuse=True).shutdown(wait=True, kill_workers=True)
    for thread in threading.enumerate():
        if thread.name == FEEDER:
            thread.join(FEEDER_SECONDS)
