"""A feature is an input of the network computed from a point (x1, x2) of the plane."""

from collections.abc import Sequence

import numpy as np

from scratchnet.validation import NotAllowed

FEATURES = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1_squared": lambda x1, x2: x1 * x1,
    "x2_squared": lambda x1, x2: x2 * x2,
    "x1_x2": lambda x1, x2: x1 * x2,
    "sin_x1": lambda x1, x2: np.sin(x1),
    "sin_x2": lambda x1, x2: np.sin(x2),
}


def features_of(points: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return the features of these names, (n_x, m), for points of the plane, (2, m).

    Raises ValueError for points that have not just x1 and x2.
    """
    if points.shape[0] != 2:
        raise NotAllowed(f"A point must have 2 coordinates, x1 and x2, got {points.shape[0]}.")
    return np.stack([FEATURES[name](*points) for name in names])
