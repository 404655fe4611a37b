"""A metric says what cost and accuracy do not.

Which classes does a network mix up, how well do its logits put the points in order, and how are the
values in its layers spread? A sample is said to be of a class, or of none where its logits are nan.
"""

from typing import NamedTuple

import numpy as np

from scratchnet.data.datasets import Dataset
from scratchnet.data.features import features_of
from scratchnet.nn.costs import NO_CLASS, classes_said  # noqa: F401  the charts read them here
from scratchnet.nn.network import backprop, forward_prop
from scratchnet.run.settings import NetworkSettings, Settings
from scratchnet.run.trainer import Snapshot, samples_of


def logits(points: np.ndarray, snapshot: Snapshot, network: NetworkSettings) -> np.ndarray:
    """The logits of the network, (n_L, m), at points of the plane, (2, m)."""
    _, ZL = _answers(points, snapshot, network)
    return ZL


def outputs(points: np.ndarray, snapshot: Snapshot, network: NetworkSettings) -> np.ndarray:
    """The outputs of the network, (n_L, m), at points of the plane, (2, m)."""
    AL, _ = _answers(points, snapshot, network)
    return AL


def _answers(points, snapshot, network) -> tuple[np.ndarray, np.ndarray]:
    """AL and ZL, (n_L, m) each."""
    X = features_of(points, network.features)
    with np.errstate(over="ignore", invalid="ignore"):  # a run that diverged may overflow here
        AL, caches = forward_prop(X, snapshot.params, network.activation, network.output)
    _, ZL = caches[-1]
    return AL, ZL


def confusion(said: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """How many samples of each true class, a row, are said to be of each class, a column.

    ``said`` and ``labels`` are (m,). The table is (classes, classes + 1): its last column counts those
    that are said to be no class, so that every row sums to the samples of its class, and the diagonal
    to those that are told right.
    """
    table = np.zeros((classes, classes + 1), dtype=int)
    np.add.at(table, (labels.astype(int), said), 1)  # column NO_CLASS, -1, is the last
    return table


def precision(table: np.ndarray) -> np.ndarray:
    """Of the samples said to be of a class, the share that are, (classes,); nan where none is said."""
    classes = len(table)
    return _share(table.diagonal(), table[:, :classes].sum(axis=0))


def recall(table: np.ndarray) -> np.ndarray:
    """Of the samples of a class, the share that are said to be, (classes,); nan where there is none."""
    return _share(table.diagonal(), table.sum(axis=1))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, and nan where the whole is 0."""
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


class Roc(NamedTuple):
    """Each entry but the first is a decision: class 1 for the samples that score ``threshold`` or more.

    ``false_positive_rate`` is the share of class 0 of which it is said, ``true_positive_rate`` that of
    class 1. With the last it is said of all. With the first it is said of none, not even where a score
    is infinite; its threshold is infinity for want of more.
    """

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    threshold: np.ndarray


def roc(score: np.ndarray, labels: np.ndarray) -> Roc | None:
    """The receiver operating characteristic of two classes, from (0, 0) to (1, 1).

    ``score``, (m,), is the higher the more a sample is thought to be of class 1; ``labels`` are 0 and
    1. Samples of one score cannot be told apart, so there is one point for each score. None where
    there is no such curve: one class has no samples, or a score is nan.
    """
    ones = np.count_nonzero(labels)
    zeros = labels.size - ones
    if not ones or not zeros or np.isnan(score).any():
        return None
    order = np.argsort(-score)
    score = score[order]
    last = np.append(score[1:] != score[:-1], True)  # of the samples with its score
    right, wrong = (np.cumsum(labels[order] == label)[last] for label in (1, 0))
    return Roc(
        np.append(0.0, wrong / zeros),
        np.append(0.0, right / ones),
        np.append(np.inf, score[last]),
    )


def area_under(false_positive_rate: np.ndarray, true_positive_rate: np.ndarray) -> float:
    """The area under such a curve, whose points are joined by straight lines.

    It is the probability that a sample of class 1 has a higher score than one of class 0, where a tie
    counts as half.
    """
    return float(np.trapezoid(true_positive_rate, false_positive_rate))


class LayerValues(NamedTuple):
    """What there is in a layer: W_l, (n_l, n_(l-1)), A_l, (n_l, m), and dW_l, like W_l."""

    layer: int
    weights: np.ndarray
    activations: np.ndarray
    gradients: np.ndarray


def layer_values(snapshot: Snapshot, dataset: Dataset, settings: Settings) -> list[LayerValues]:
    """The values in each layer at this epoch, for all training points.

    The gradients are those of the cost of the whole training set, with the penalty of l1 and l2: with
    the full batch, they are what the next step takes.
    """
    network, training = settings.network, settings.training
    kind = network.activation, network.output
    X, T = samples_of(dataset.X_train, dataset.Y_train, settings)
    with np.errstate(over="ignore", invalid="ignore"):
        AL, caches = forward_prop(X, snapshot.params, *kind)
        grads = backprop(AL, T, caches, *kind, network.cost, training.l1, training.l2)
    A = [A_prev for (A_prev, _, _), _ in caches] + [AL]
    return [
        LayerValues(l, snapshot.params[f"W{l}"], A[l], grads[f"dW{l}"])
        for l in range(1, len(caches) + 1)
    ]
