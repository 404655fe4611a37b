"""A dataset is two classes of points on the plane, drawn from a seed: what the network learns from.

Every shape is drawn with three streams of random numbers, for the points, the noise and the split, so
that more noise moves the same points further and another train share splits the same points elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scratchnet.streams import streams
from scratchnet.validation import check_labels, check_samples

if TYPE_CHECKING:  # settings.py reads the names of the shapes from here
    from scratchnet.settings import DataSettings

Window = tuple[float, float, float, float]

# One window for all sets: x1_min, x1_max, x2_min, x2_max, in standard deviations of the points.
WINDOW: Window = (-3.0, 3.0, -3.0, 3.0)
MARGIN = 0.1


def grid(window: Window, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """n x n points all over a window: x1 and x2, (n,), and X, (2, n · n), by rows from the bottom."""
    x1_min, x1_max, x2_min, x2_max = window
    x1, x2 = np.linspace(x1_min, x1_max, n), np.linspace(x2_min, x2_max, n)
    return x1, x2, np.stack(np.meshgrid(x1, x2)).reshape(2, n * n)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Features X, (2, m), and labels Y, (1, m), of 0 and 1, split for training and testing.

    ``window`` is the part of the plane to show, (x1_min, x1_max, x2_min, x2_max). The arrays are
    copied and cannot be written. Raises ValueError for a feature that is not finite or a label that
    is neither 0 nor 1.
    """

    X_train: np.ndarray
    Y_train: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray
    window: Window = WINDOW

    def __post_init__(self):
        for part in ("train", "test"):
            X, Y = check_samples(
                getattr(self, f"X_{part}"),
                getattr(self, f"Y_{part}"),
                names=(f"X_{part}", f"Y_{part}"),
            )
            check_labels(f"Y_{part}", Y, (0, 1))
            for name, array in ((f"X_{part}", X), (f"Y_{part}", Y)):
                array = array.copy()
                array.flags.writeable = False
                object.__setattr__(self, name, array)
        n_train, n_test = self.X_train.shape[0], self.X_test.shape[0]
        if n_train != n_test:
            raise ValueError(f"X_test has {n_test} features; allowed are {n_train}, as in X_train.")


def make_dataset(data: DataSettings) -> Dataset:
    """The dataset of these settings; the same settings always give the same bits.

    ``points`` are drawn, every other one of class 1, and standardised: each axis has mean 0 and
    standard deviation 1. ``noise`` is the standard deviation of what is then added to each
    coordinate; after it the axes are standardised again, and drawn together where a far point would
    leave the window.
    """
    draw_points, draw_noise, draw_split = streams(data.seed, 3)
    Y = np.arange(data.points) % 2
    X = _standardised(SHAPES[data.dataset](Y, draw_points))
    X = _standardised(X + data.noise * draw_noise.standard_normal(X.shape))
    X *= min(1.0, (WINDOW[1] - MARGIN) / np.abs(X).max())
    order = draw_split.permutation(data.points)
    train, test = np.split(order, [round(data.points * data.train_share)])
    return Dataset(X[:, train], Y[None, train], X[:, test], Y[None, test])


def _standardised(X: np.ndarray) -> np.ndarray:
    """X with mean 0 and standard deviation 1 in every row."""
    return (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)


def _moons(Y, random):
    """Two half circles, the second upside down and moved into the first."""
    angle = np.pi * random.random_sample(Y.size)
    return np.stack(
        [
            np.where(Y, 1.0 - np.cos(angle), np.cos(angle)),
            np.where(Y, 0.5 - np.sin(angle), np.sin(angle)),
        ]
    )


def _circles(Y, random):
    """A circle inside a circle of twice its radius."""
    angle = 2 * np.pi * random.random_sample(Y.size)
    return np.where(Y, 0.5, 1.0) * np.stack([np.cos(angle), np.sin(angle)])


def _xor(Y, random):
    """Exclusive or: class 1 where just one of x1 and x2 is above 0; the axes are left free."""
    x1, x2 = random.uniform(0.1, 1.0, (2, Y.size))
    side = np.where(random.random_sample(Y.size) < 0.5, -1.0, 1.0)
    return np.stack([side * x1, np.where(Y, -side, side) * x2])


def _blobs(Y, random):
    """Two round normal distributions, their centres four standard deviations apart."""
    centre = np.where(Y, np.sqrt(2.0), -np.sqrt(2.0))
    return centre + random.standard_normal((2, Y.size))


def _spiral(Y, random):
    """Two arms that wind outwards around each other, one and a half turns each."""
    along = random.uniform(0.05, 1.0, Y.size)
    angle = 3 * np.pi * along + np.pi * Y
    return along * np.stack([np.sin(angle), np.cos(angle)])


def _flower(Y, random):
    """The petals of r = 4 sin 4t: class 0 for the first half turn of t, class 1 for the second."""
    t = np.pi * (random.random_sample(Y.size) + Y)
    r = 4 * np.sin(4 * t)
    return r * np.stack([np.sin(t), np.cos(t)])


SHAPES: dict[str, Callable[[np.ndarray, np.random.RandomState], np.ndarray]] = {
    "moons": _moons,
    "circles": _circles,
    "xor": _xor,
    "blobs": _blobs,
    "spiral": _spiral,
    "flower": _flower,
}
