"""The cost over a plane through parameter space, and the paths that runs take beside it.

A network has one dimension for each weight and bias; a plane through the final point of a run shows two
of them. theta(a, b) = theta_end + a u + b v, and the height there is the training cost, computed as the
Trainer computes it. A path leaves the plane, so each of its points has two costs: its own, and that of
its projection, the nearest point of the plane. How far they differ says how far to trust the picture.

Directions: the main directions of the path, and two random ones of the size of the weights (Li, Xu,
Taylor, Studer, Goldstein: Visualizing the loss landscape of neural nets, 2018); two single weights; the
line from start to end (Goodfellow, Vinyals, Saxe: Qualitatively characterizing neural network
optimization problems, 2015).
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from scratchnet.data.datasets import Dataset
from scratchnet.nn.engine import Evaluation
from scratchnet.nn.params import count, views
from scratchnet.precision import PRECISIONS
from scratchnet.rng import random_streams
from scratchnet.run.history import End, Reason
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer
from scratchnet.validation import check_whole

SIDE = 100  # the plane has SIDE x SIDE costs
POINTS = 201  # of a path, at most, evenly spaced in epochs
VALUES_AT_ONCE = 64_000  # of a layer, for all thetas of a block: about half of a second-level cache
TOO_HIGH = 1000.0  # times the cost at the start: a run that diverges is followed up to there
MARGIN = 0.25  # of the extent of the paths, on each side
# Learning rates of the optimizers that a run is compared with.
RATES = {"gradient_descent": 0.5, "momentum": 0.1, "rmsprop": 0.01, "adam": 0.01}
# What an epoch takes, in nanoseconds, as a rule of thumb: for a sample and parameter, and an update.
PASS, UPDATE = 2, 30_000
LONGEST = 20e9  # nanoseconds that a run is followed at most


class TrainingCost:
    """The training cost of a run at any parameters: without penalty, rounded as the Trainer does."""

    def __init__(self, trainer: Trainer):
        network, (X, T) = trainer.settings.network, trainer.training_set
        dims = network.layer_dims
        at_once = max(VALUES_AT_ONCE // (max(dims[1:]) * X.shape[1]), 1)
        self._thetas = np.empty((at_once, count(dims)))
        functions = network.activation, network.output, network.cost
        self._evaluation = Evaluation(self._thetas, dims, *functions, X, T)
        self._round = PRECISIONS[trainer.settings.training.precision]

    def __call__(self, thetas: np.ndarray) -> np.ndarray:
        """Return the cost at each of thetas, (k, n), as (k,); not finite where it overflows."""
        costs, at_once = np.empty(len(thetas)), len(self._thetas)
        with np.errstate(over="ignore", invalid="ignore"):
            for first in range(0, len(thetas), at_once):
                block = thetas[first : first + at_once]
                self._thetas[: len(block)] = block
                self._evaluation.forward(len(block))
                costs[first : first + len(block)] = self._evaluation.costs(len(block))
            return self._round(costs)


class Path(NamedTuple):
    """Where a run came along: thetas, (k, n), after these epochs, with the costs of its history.

    ``settings`` are those of the run; ``ended`` says why it stopped by itself, if it did. The path of a
    run that diverged ends before its cost is TOO_HIGH.
    """

    settings: Settings
    epochs: np.ndarray
    thetas: np.ndarray
    costs: np.ndarray
    ended: Reason | None = None

    @property
    def end(self) -> np.ndarray:
        """Return the parameters at the last point, (n,)."""
        return self.thetas[-1]


def most_epochs(settings: Settings, m: int) -> int:
    """Return up to which epoch a run on m samples is followed: its last, or what takes not too long."""
    batch_size = settings.training.batch_size
    updates = -(-m // batch_size) if 0 < batch_size < m else 1
    epoch = PASS * m * count(settings.network.layer_dims) + UPDATE * updates
    return min(settings.training.epochs, max(int(LONGEST / epoch), 1))


def follow(
    settings: Settings, points: int = POINTS, dataset: Dataset | None = None
) -> Generator[float, None, Path]:
    """Train a run from its start and return its path; on the way yield the share that is done."""
    trainer = Trainer(settings, dataset)
    last = most_epochs(settings, trainer.training_set[0].shape[1])
    visited = yield from _visit(trainer, last, points)
    ended = trainer.ended
    if ended:  # there are few points up to there, and the last may be out of sight
        visited = yield from _visit(trainer, _last_in_sight(trainer.history.train_cost, ended), points)
    epochs, thetas, costs = (np.array(each) for each in zip(*visited, strict=True))
    return Path(settings, epochs, thetas, costs, ended.reason if ended else None)


def _visit(trainer: Trainer, last: int, points: int) -> Generator[float, None, list]:
    """Go through evenly spaced epochs up to the last; return epoch, theta and cost of each."""
    wanted = np.unique(np.linspace(0, last, min(points, last + 1)).round().astype(int))
    visited: list[tuple[int, np.ndarray, float]] = []
    for epoch in wanted.tolist():
        for reached in trainer.travel(epoch):
            yield reached / max(last, 1)
        now = trainer.snapshot()
        visited.append((now.epoch, now.theta, now.train_cost))
    return visited


def _last_in_sight(costs: np.ndarray, ended: End) -> int:
    """Return the last epoch to follow of a run with these costs, which stopped by itself."""
    if ended.reason != Reason.DIVERGED:
        return ended.epoch
    lost = ~(costs <= TOO_HIGH * costs[0])
    lost[-1] = True
    return max(int(lost.argmax()) - 1, 0)


def with_optimizer(settings: Settings, optimizer: str) -> Settings:
    """Return the settings of a run with the same start and another optimizer, at its rate of RATES."""
    training = settings.training.with_rate_from(0, RATES[optimizer])
    return replace(settings, training=replace(training, optimizer=optimizer))


class Plane(NamedTuple):
    """The parameters origin + a u + b v; where v is 0, a line."""

    origin: np.ndarray
    u: np.ndarray
    v: np.ndarray

    def thetas(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the parameters at these coordinates, each (k,), as (k, n)."""
        return self.origin + np.outer(a, self.u) + np.outer(b, self.v)

    def coordinates(self, thetas: np.ndarray) -> np.ndarray:
        """Return a and b of the point of the plane that is nearest to each of thetas, (k, 2)."""
        directions = np.stack([self.u, self.v], axis=1)
        return np.linalg.lstsq(directions, (thetas - self.origin).T)[0].T


def main_plane(paths: Sequence[Path]) -> Plane:
    """Return the plane of the two main directions of these paths, through the end of the first.

    They are the principal components of all points together, about their mean. The first path goes from
    left to right, and furthest to the top.
    """
    thetas = np.concatenate([path.thetas for path in paths])
    offsets = thetas - thetas.mean(axis=0)
    _, sizes, directions = np.linalg.svd(offsets, full_matrices=False)
    moved = directions[sizes > 1e-9 * max(sizes[0], 1e-300)]
    n = thetas.shape[1]
    u, v = _orthonormal([*moved[:2], *np.eye(2, n), *np.eye(1, n, 2)])
    at = Plane(paths[0].end, u, v).coordinates(paths[0].thetas)
    return Plane(paths[0].end, u * _sign(-at[0, 0]), v * _sign(at[np.abs(at[:, 1]).argmax(), 1]))


def _sign(value: float) -> float:
    return -1.0 if value < 0 else 1.0


def _orthonormal(candidates: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the first two of these vectors that differ in direction, made orthogonal, of length 1."""
    found: list[np.ndarray] = []
    for candidate in candidates:
        for other in found:
            candidate = candidate - (candidate @ other) * other
        if (length := np.linalg.norm(candidate)) > 1e-6 and len(found) < 2:
            found.append(candidate / length)
    return found


def random_plane(path: Path, seed: int) -> Plane:
    """Return the plane of two random directions through the end of a path, filter-normalised.

    The part of a direction that belongs to one neuron is as long as the weights of that neuron; the
    biases do not change. Li et al., 2018.
    """
    check_whole("seed", seed, 0, 2**32 - 1)
    dims = path.settings.network.layer_dims
    weights = views(path.end, dims)
    directions = []
    for random in random_streams(seed, 2):
        direction = random.randn(path.end.size)
        for name, part in views(direction, dims).items():
            if name.startswith("W"):
                part *= _lengths(weights[name]) / _lengths(part)
            else:
                part[...] = 0.0
        directions.append(direction)
    return Plane(path.end, *directions)


def _lengths(W: np.ndarray) -> np.ndarray:
    """Return the length of each row, (n, 1): of the weights of each neuron."""
    return np.linalg.norm(W, axis=1, keepdims=True)


def weights_plane(path: Path, first: int, second: int) -> Plane:
    """Return the plane in which only theta[first] and theta[second] change, through a path's end."""
    axes = np.zeros((2, path.end.size))
    axes[0, first] = axes[1, second] = 1.0
    return Plane(path.end, *axes)


def line(path: Path) -> Plane:
    """Return the line from start, a = -1, to end, a = 0. Goodfellow et al., 2015."""
    return Plane(path.end, path.end - path.thetas[0], np.zeros_like(path.end))


class Seen(NamedTuple):
    """A path as a plane shows it: at these coordinates, (k, 2), so far from its points, (k,).

    ``costs`` are those of the projections, ``path.costs`` those of the run; ``share`` is how much of
    the path the plane explains, 1 - Σ|off-plane|² / Σ|theta_t - theta_end|².
    """

    path: Path
    at: np.ndarray
    distances: np.ndarray
    costs: np.ndarray
    share: float

    @property
    def gaps(self) -> np.ndarray:
        """Return by how much the cost of each projection differs from that of its point, (k,)."""
        return np.abs(self.path.costs - self.costs)

    @property
    def remoteness(self) -> np.ndarray:
        """Return the distance of each point from the plane, over the extent of the path, (k,)."""
        return self.distances / (np.linalg.norm(self.path.thetas - self.path.end, axis=1).max() or 1.0)


def see(path: Path, plane: Plane, cost: TrainingCost) -> Seen:
    """Return the path as it is seen on the plane."""
    at = plane.coordinates(path.thetas)
    projections = plane.thetas(*at.T)
    largest = np.abs(path.thetas - path.end).max() or 1.0  # the squares are not to overflow
    off, way = (path.thetas - projections) / largest, (path.thetas - path.end) / largest
    total = np.sum(way * way)
    share = 1.0 - np.sum(off * off) / total if total else 1.0
    return Seen(path, at, largest * np.linalg.norm(off, axis=1), cost(projections), float(share))


def random_walk_share(points: int) -> float:
    """Return the share that its main plane explains of a random walk in many dimensions.

    For many points it is (1 + 1/4) 6/π² = 0.76: the principal components of a random walk explain 1/k²,
    and so does each of them of the way to the end (Antognini, Sohl-Dickstein: PCA of high dimensional
    random walks, 2018). Here it is that of so many points.
    """
    if points <= 3:
        return 1.0
    wave = 0.5 * np.pi * np.arange(1, points) / points
    shares = (0.5 + np.cos(wave) ** 2) / np.sin(wave) ** 2
    return float(shares[:2].sum() / shares.sum())


def lattice(low: float, high: float, side: int = SIDE) -> np.ndarray:
    """Return evenly spaced coordinates from low <= 0 to high >= 0, (side,); one of them is 0."""
    step = (high - low) / (side - 2)
    return step * (np.arange(side) - np.ceil(-low / step))


def extent(values: np.ndarray, least: float = 0.0) -> tuple[float, float]:
    """Return from where to where these coordinates and 0 go, with a margin, at least ± ``least``."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    room = MARGIN * ((high - low) or 4.0)
    return min(low - room, -least), max(high + room, least)


def costs_over(cost: TrainingCost, plane: Plane, a: np.ndarray, b: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the costs over the plane, row by row: at all of a, (columns,), for each of b."""
    for each in b:
        yield cost(plane.thetas(a, np.full(a.size, each)))
