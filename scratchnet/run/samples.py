"""Samples as the network gets them: the features and targets of a run, rounded to its precision."""

import numpy as np

from scratchnet.data.features import features_of
from scratchnet.nn.costs import targets
from scratchnet.precision import PRECISIONS
from scratchnet.run.settings import Settings


def inputs_of(points: np.ndarray, settings: Settings) -> np.ndarray:
    """Return the network's inputs, (n_0, m), for points of the plane, (2, m): their features."""
    X = features_of(points, settings.network.features)
    with np.errstate(over="ignore"):
        return np.array(PRECISIONS[settings.training.precision](X))


def samples_of(
    points: np.ndarray, labels: np.ndarray, settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """Return the inputs X, (n_0, m), and the targets T, (n_L, m), of points and labels, read-only.

    Points are (2, m) and labels (1, m). Raises ValueError for labels that the output does not take.
    """
    network, keep = settings.network, PRECISIONS[settings.training.precision]
    X = inputs_of(points, settings)
    T = targets(labels, network.output, network.layer_dims[-1])
    with np.errstate(over="ignore"):
        T = np.array(keep(T))
    X.flags.writeable = T.flags.writeable = False
    return X, T
