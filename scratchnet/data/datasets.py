"""A dataset is points on the plane with labels, drawn from a seed: what the network learns from.

Every dataset is drawn with three streams of random numbers, for the points, the noise and the split, so
that more noise moves the same points further and another train share splits the same points elsewhere.
Coordinates and regression targets are kept in single precision, see precision.py, so that every
processor draws the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from scratchnet.data.points import MAX_CLASSES, NAMES, PLAIN, ROOM, WIDEST, Scale, Table, penguins
from scratchnet.precision import single
from scratchnet.rng import random_streams
from scratchnet.validation import (
    MAX_SEED,
    NotAllowed,
    brief,
    check_choice,
    check_labels,
    check_number,
    check_samples,
    check_whole,
    one_of,
)

Window = tuple[float, float, float, float]

# One window for all sets: x1_min, x1_max, x2_min, x2_max.
WINDOW: Window = (-WIDEST, WIDEST, -WIDEST, WIDEST)
NO_POINTS = "dataset own must come with points, got none."
CLASSES = tuple(range(2, MAX_CLASSES + 1))
MOST_POINTS, MOST_NOISE = 100_000, 100.0  # to draw; the page has less
GOLDEN = 0x9E3779B97F4A7C15  # 2^64 by the golden ratio, as in Knuth's Fibonacci hashing
REACH = 2.6  # of the points that are spread over the window, on each axis


def grid(window: Window, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a grid of n x n points: x1 and x2, (n,), and X, (2, n · n), by rows from the bottom."""
    x1_min, x1_max, x2_min, x2_max = window
    x1, x2 = np.linspace(x1_min, x1_max, n), np.linspace(x2_min, x2_max, n)
    return x1, x2, np.stack(np.meshgrid(x1, x2)).reshape(2, n * n)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points X, (2, m), and labels Y, (1, m), split into a training set and a test set.

    The labels are 0 to ``classes`` - 1, or any numbers where ``classes`` is 0. ``window`` is the part
    of the plane to show, (x1_min, x1_max, x2_min, x2_max). ``names`` are those of x1, x2 and the label,
    ``class_names`` those of the classes; with ``scales``, a value of the plane is value · unit + centre
    in the units that the data came in. The arrays are copied and cannot be written. Raises ValueError
    for a coordinate that is not finite or a label that is not allowed. The test set may be empty.
    """

    X_train: np.ndarray
    Y_train: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray
    window: Window = WINDOW
    classes: int = 2
    names: tuple[str, str, str] = NAMES
    class_names: tuple[str, ...] = ()
    scales: tuple[Scale, Scale, Scale] = PLAIN

    def __post_init__(self):
        if not self.class_names:
            object.__setattr__(self, "class_names", tuple(map(str, range(self.classes))))
        for part in ("train", "test"):
            X, Y = check_samples(
                getattr(self, f"X_{part}"),
                getattr(self, f"Y_{part}"),
                names=(f"X_{part}", f"Y_{part}"),
                fewest=1 if part == "train" else 0,
            )
            if self.classes:
                check_labels(f"Y_{part}", Y, range(self.classes))
            for name, array in ((f"X_{part}", X), (f"Y_{part}", Y)):
                array = array.copy()
                array.flags.writeable = False
                object.__setattr__(self, name, array)
        n_train, n_test = self.X_train.shape[0], self.X_test.shape[0]
        if n_train != n_test:
            raise NotAllowed(f"X_test must have {n_train} features, as X_train has, got {n_test}.")

    @property
    def sets(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return X and Y of the training set and, unless it is empty, of the test set, by its name."""
        sets = {"training set": (self.X_train, self.Y_train), "test set": (self.X_test, self.Y_test)}
        return {name: (X, Y) for name, (X, Y) in sets.items() if X.size}


class Generator(NamedTuple):
    """How the points of a dataset lie.

    ``classes`` are the numbers of classes that it can have, 0 for regression. One of these
    says where the points are: ``draw(Y, random)`` gives points, (2, m), for the labels Y, (m,);
    ``label(x1, x2)`` gives the labels of points that are spread all over the window; ``table(own)``
    gives points that are not drawn at random, where ``own`` is the table of the settings.
    """

    classes: tuple[int, ...] = (2,)
    draw: Callable[[np.ndarray, np.random.RandomState], np.ndarray] | None = None
    label: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
    table: Callable[[Table | None], Table] | None = None


def make_dataset(
    dataset: str = "moons",
    *,
    points: int = 300,
    noise: float = 0.2,
    train_share: float = 0.7,
    seed: int = 1,
    classes: int | None = None,
    own: Table | None = None,
) -> Dataset:
    """Return the dataset of that name; the same arguments always give the same bits.

    ``points`` are drawn, of which the fraction ``train_share`` is the training set and the rest the
    test set; each has at least one, but with a ``train_share`` of 1 there is no test set. ``classes``
    is how many, 0 for regression; None takes the first that the dataset can have. Points that are drawn
    for their labels take the classes in turn, and are standardised: each axis has mean 0 and standard
    deviation 1. ``noise`` is the standard deviation of what is then added to each coordinate, while the
    label stays; after it the axes are standardised again. Points that are spread over the window stay
    as they are. All are drawn together where a far one would leave the window. Points of a table, such
    as those of ``own``, are as many as it has, without noise; see ``dealt`` for its parts. Raises
    NotAllowed for a value that is not allowed, or own points that are missing.
    """
    generator = DATASETS[check_choice("dataset", dataset, DATASETS)]
    check_number("train_share", train_share, 0.0, 1.0)
    check_whole("seed", seed, 0, MAX_SEED)
    classes = _checked_classes(dataset, classes, own)
    if (table := given_points(dataset, own)) is not None:
        table = dealt(table, train_share, seed, by_class=dataset == "own")
        X, Y = table.on_plane
        n = Y.size - table.held_out
        parts = X[:, :n], Y[None, :n], X[:, n:], Y[None, n:]
        return Dataset(*parts, WINDOW, classes, table.names, table.classes, table.scales)
    check_whole("points", points, max(2, classes), MOST_POINTS)
    check_number("noise", noise, 0.0, MOST_NOISE)
    draw_points, draw_noise, draw_split = random_streams(seed, 3)
    if generator.draw:
        Y = np.arange(points) % classes
        X = _standardised(generator.draw(Y, draw_points))
    else:
        assert generator.label is not None
        X = single(draw_points.uniform(-REACH, REACH, (2, points)))
        Y = single(generator.label(*X))
    X = X + noise * draw_noise.standard_normal(X.shape)
    X = _standardised(X) if generator.draw else X
    X = single(X * min(1.0, ROOM / np.abs(X).max()))
    order = draw_split.permutation(points)
    return Dataset(*_parts(X, Y, order, train_share), classes=classes)


def possible_classes(dataset: str, own: Table | None = None) -> tuple[int, ...]:
    """Return the numbers of classes that this dataset can have, 0 for regression."""
    return (len(own.classes),) if dataset == "own" and own else DATASETS[dataset].classes


def given_points(dataset: str, own: Table | None = None) -> Table | None:
    """Return the points of a dataset that is not drawn, or None; NotAllowed if own has no points."""
    table = DATASETS[dataset].table
    return table(own) if table else None


def dealt(table: Table, train_share: float, seed: int, by_class: bool = True) -> Table:
    """Return the table with its test set last: the rows that it holds out, or a share of all rows.

    With a share of 1 none is in the test set. Otherwise each part has at least one row. ``by_class``
    splits each class in this share, and leaves the training set at least one row of it, unless it has
    only one.
    """
    order = _by_point(table, seed)
    if train_share == 1.0:
        return replace(table, rows=tuple(table.rows[i] for i in order), held_out=0)
    if table.held_out:
        return table
    labels = [label if by_class and table.classes else 0.0 for _, _, label in table.rows]
    sizes, before = Counter(labels), Counter[float]()
    test = np.zeros(order.size, dtype=bool)
    for i in order:
        label = labels[i]
        test[i] = before[label] >= max(round(sizes[label] * train_share), 1)
        before[label] += 1
    if not test.any():  # the classes are too small to have some of each
        test[max(order, key=lambda i: sizes[labels[i]])] = True
    rows = [table.rows[i] for part in (False, True) for i in order if test[i] == part]
    return replace(table, rows=tuple(rows), held_out=int(test.sum()))


def with_parts_of(table: Table, before: Table) -> Table:
    """Return the changed table, in which rows that were held out ``before`` still are, and no others.

    A row is known by its numbers and the name of its class. A class none of whose rows is in the
    training set any more gets its first one back into it.
    """
    known = Counter(_named(before)[len(before.rows) - before.held_out :])
    rows, labels = _named(table), [label if table.classes else 0.0 for _, _, label in table.rows]
    test = []
    for row in rows:
        test.append(known[row] > 0)
        known[row] -= test[-1]
    for label in set(labels):
        members = [i for i, each in enumerate(labels) if each == label]
        if all(test[i] for i in members):
            test[members[0]] = False
    order = sorted(range(len(rows)), key=test.__getitem__)
    return replace(table, rows=tuple(table.rows[i] for i in order), held_out=sum(test))


def _named(table: Table) -> list[tuple[float, float, float | str]]:
    """Return the rows with the names of their classes, which stay where their indexes do not."""
    if not table.classes:
        return list(table.rows)
    return [(x1, x2, table.classes[int(label)]) for x1, x2, label in table.rows]


def _checked_classes(dataset: str, classes: int | None, own: Table | None) -> int:
    possible = possible_classes(dataset, own)
    if classes is None:
        return possible[0]
    if classes not in possible:
        raise NotAllowed(f"classes must be {one_of(possible)} for {dataset}, got {brief(classes)}.")
    return classes


def _by_point(table: Table, seed: int) -> np.ndarray:
    """Return the rows of a table in a random order that stays when other rows come or go.

    A row has a place of its own from 0 to 2^64, by the seed and its numbers alone. Its copies lie a
    golden section of the whole further each, around the end, and so are spread over both parts.
    """
    places, copies = [], Counter[tuple[float, ...]]()
    for row in table.rows:
        digest = blake2b(repr((seed, *row)).encode(), digest_size=8).digest()
        places.append((int.from_bytes(digest, "big") + copies[row] * GOLDEN) % 2**64)
        copies[row] += 1
    return np.array(sorted(range(len(places)), key=places.__getitem__))


def _parts(
    X: np.ndarray, Y: np.ndarray, order: np.ndarray, share: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return X_train, Y_train, X_test, Y_test: the first in this order are the training set."""
    m = order.size
    cut = min(max(round(m * share), 1), m - 1) if share < 1.0 else m
    train, test = np.split(order, [cut])
    return X[:, train], Y[None, train], X[:, test], Y[None, test]


def _standardised(X: np.ndarray) -> np.ndarray:
    """Return X with mean 0 and standard deviation 1 in every row."""
    return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)


def _moons(Y, random):
    """Draw two half circles, the second upside down and moved into the first."""
    angle = np.pi * random.random_sample(Y.size)
    return np.stack(
        [
            np.where(Y, 1.0 - np.cos(angle), np.cos(angle)),
            np.where(Y, 0.5 - np.sin(angle), np.sin(angle)),
        ]
    )


def _circles(Y, random):
    """Draw a circle inside a circle of twice its radius."""
    angle = 2 * np.pi * random.random_sample(Y.size)
    return np.where(Y, 0.5, 1.0) * np.stack([np.cos(angle), np.sin(angle)])


def _xor(Y, random):
    """Draw exclusive or: class 1 where just one of x1 and x2 is above 0; the axes are left free."""
    x1, x2 = random.uniform(0.1, 1.0, (2, Y.size))
    side = np.where(random.random_sample(Y.size) < 0.5, -1.0, 1.0)
    return np.stack([side * x1, np.where(Y, -side, side) * x2])


def _blobs(Y, random):
    """Draw round normal distributions, the centres of neighbours four standard deviations apart."""
    k = Y.max() + 1
    angle = 2 * np.pi * (Y / k + 0.625)
    centre = 2 / np.sin(np.pi / k) * np.stack([np.cos(angle), np.sin(angle)])
    return centre + random.standard_normal((2, Y.size))


def _spiral(Y, random):
    """Draw arms that wind around each other; two have one and a half turns each, more have less."""
    k = Y.max() + 1
    along = random.uniform(0.05, 1.0, Y.size)
    angle = 2 * np.pi * (3 * along + Y) / k
    return along * np.stack([np.sin(angle), np.cos(angle)])


def _flower(Y, random):
    """Draw the petals of r = 4 sin 4t: class 0 for the first half turn of t, class 1 for the second."""
    t = np.pi * (random.random_sample(Y.size) + Y)
    r = 4 * np.sin(4 * t)
    return r * np.stack([np.sin(t), np.cos(t)])


def _above(curve):
    """Return a function that labels points: 1 above the curve, 0 below."""
    return lambda x1, x2: (x2 > curve(x1)).astype(np.float64)


def _gaussians(x1, x2):
    """Return the sum of six Gaussians of height ±1, in three columns and two rows that change sign."""
    value = np.zeros_like(x1)
    for i, j in np.ndindex(3, 2):
        square = (x1 - 1.8 * (i - 1)) ** 2 + (x2 - 2.4 * (j - 0.5)) ** 2
        value += (-1) ** (i + j) * np.exp(-square / (2 * 0.6**2))
    return value


def _given(own):
    """Return the table of the settings; ValueError if there is none."""
    if own is None:
        raise NotAllowed(NO_POINTS)
    return own


DATASETS = {
    "moons": Generator(draw=_moons),
    "circles": Generator(draw=_circles),
    "xor": Generator(draw=_xor),
    "blobs": Generator(CLASSES, draw=_blobs),
    "spiral": Generator(CLASSES, draw=_spiral),
    "flower": Generator(draw=_flower),
    "sine": Generator(label=_above(lambda x1: 1.2 * np.sin(x1))),
    "cubic": Generator(label=_above(lambda x1: x1**3 / 8)),
    "absolute": Generator(label=_above(lambda x1: np.abs(x1) - REACH / 2)),
    "plane": Generator((0,), label=lambda x1, x2: (x1 + x2) / (2 * REACH)),
    "gaussians": Generator((0,), label=_gaussians),
    "penguins": Generator((3,), table=lambda own: penguins()),
    "own": Generator((*CLASSES, 0), table=_given),
}
