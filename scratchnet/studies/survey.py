"""A survey: which plane of a run's landscape to look at, and all that is computed to show it.

It is made step by step, so that a page can say how far it is, and go on with it later.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

import numpy as np

from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.params import count
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer
from scratchnet.studies.landscape import (
    SIDE,
    Path,
    Plane,
    Seen,
    TrainingCost,
    costs_over,
    extent,
    follow,
    lattice,
    line,
    main_plane,
    random_plane,
    see,
    weights_plane,
    with_optimizer,
)
from scratchnet.validation import MAX_SEED, NotAllowed, check_choice, check_whole

KINDS = ("path", "random", "weights", "line")
LINE_ENDS, LINE_POINTS = (-1.25, 0.25), 151  # of the line from start, -1, to end, 0: a hundred between


@dataclass(frozen=True)
class Choice:
    """Which plane to look at, and with which other optimizers.

    ``seed`` is that of the random directions; ``weights`` are the two indices in theta that change.
    """

    kind: str = "path"
    seed: int = 1
    weights: tuple[int, int] = (0, 1)
    optimizers: tuple[str, ...] = ()

    def __post_init__(self):
        check_choice("kind", self.kind, KINDS)
        check_whole("seed", self.seed, 0, MAX_SEED)
        for name in self.optimizers:
            check_choice("each of optimizers", name, OPTIMIZERS)
        if self.weights[0] == self.weights[1]:
            raise NotAllowed(f"weights must be two different ones, got {self.weights[0]} twice.")


class Survey(NamedTuple):
    """What is seen: the costs at the coordinates a and b, (rows, columns), and the paths.

    The first path is the run's own. Of lines there is one for each path, with its costs in a row.
    """

    choice: Choice
    planes: list[Plane]
    a: np.ndarray
    b: np.ndarray
    costs: np.ndarray
    paths: list[Seen]

    def thetas(self, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the parameters at the cells of these columns in each of these rows, (k, n)."""
        a, b = np.meshgrid(self.a[columns], self.b[rows])
        return self.planes[0].thetas(a.ravel(), b.ravel())


class Work:
    """Makes the survey of a run, piece by piece; ``survey`` is None until it is done."""

    def __init__(self, settings: Settings, choice: Choice):
        self.survey: Survey | None = None
        self._steps, self._lock = self._make(settings, choice), Lock()

    def go_on(self) -> float:
        """Do a piece of the work and return the share that is done; 1 at the end."""
        with self._lock:  # others may wait for the same
            return 1.0 if self.survey else next(self._steps, 1.0)

    def _make(self, settings: Settings, choice: Choice) -> Generator[float, None, None]:
        others = [name for name in choice.optimizers if name != settings.training.optimizer]
        wanted = [settings, *(with_optimizer(settings, name) for name in others)]
        paths: list[Path] = []
        for k, each in enumerate(wanted):
            path = yield from _part(follow(each), k / len(wanted) / 2, 0.5 / len(wanted))
            paths.append(path)
        cost = TrainingCost(Trainer(settings))
        planes = _planes(choice, paths)
        seen = [see(path, plane, cost) for path, plane in zip(paths, planes, strict=True)]
        a, b = _coordinates(choice, seen)
        rows = []
        for row in _rows(choice, cost, planes, a, b):
            rows.append(row)
            yield 0.5 + 0.5 * len(rows) / (1 + max(b.size, len(planes)))
        self.survey = Survey(choice, planes, a, b, np.array(rows), seen)


def _part(
    steps: Generator[float, None, Path], start: float, share: float
) -> Generator[float, None, Path]:
    """Go through these steps, which are a share of more; return what they return."""
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            return end.value
        yield start + share * done


def _planes(choice: Choice, paths: list[Path]) -> list[Plane]:
    """Return the plane for each path: for all the same one, but to each its own line."""
    own = paths[0]
    if choice.kind == "line":
        return [line(path) for path in paths]
    if choice.kind == "random":
        plane = random_plane(own, choice.seed)
    elif choice.kind == "weights":
        last = count(own.settings.network.layer_dims) - 1
        plane = weights_plane(own, *(check_whole("weights", each, 0, last) for each in choice.weights))
    else:
        plane = main_plane(paths)
    return [plane] * len(paths)


def _coordinates(choice: Choice, seen: list[Seen]) -> tuple[np.ndarray, np.ndarray]:
    """Return the coordinates at which the cost is computed: those of the paths, and some around."""
    if choice.kind == "line":
        low, high = LINE_ENDS
        return np.linspace(low, high, LINE_POINTS).round(2), np.zeros(1)
    if choice.kind == "random":  # in units of the weights' own size, as published
        return lattice(-1.0, 1.0), lattice(-1.0, 1.0)
    at = np.concatenate([path.at for path in seen])
    least = 1.0 if choice.kind == "weights" else 0.0
    a, b = (lattice(*extent(each, least), SIDE) for each in at.T)
    return a, b


def _rows(
    choice: Choice, cost: TrainingCost, planes: list[Plane], a: np.ndarray, b: np.ndarray
) -> Iterator[np.ndarray]:
    """Yield the costs row by row: those of each line, or those of the one plane."""
    for plane in planes if choice.kind == "line" else planes[:1]:
        yield from costs_over(cost, plane, a, b)
