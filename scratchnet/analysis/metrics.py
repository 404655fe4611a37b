"""Metrics beyond cost and accuracy.

Which classes does the network confuse (confusion matrix, precision, recall), how well do its logits
rank the samples (ROC), and how are weights, activations and gradients distributed? No class is
predicted for a sample whose logits are nan.
"""

from typing import NamedTuple

import numpy as np

from scratchnet.data.datasets import Dataset
from scratchnet.nn.network import backprop, forward_prop
from scratchnet.run.samples import samples_of
from scratchnet.run.settings import Settings
from scratchnet.run.snapshot import Snapshot


def confusion(predicted: np.ndarray, labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Return the confusion matrix: a row for each true class, a column for each predicted class.

    ``predicted`` classes and ``labels`` are (m,). The table is (n_classes, n_classes + 1): its last
    column counts samples without a prediction. A row therefore sums to the samples of its class, and
    the diagonal to the samples classified correctly.
    """
    table = np.zeros((n_classes, n_classes + 1), dtype=int)
    np.add.at(table, (labels.astype(int), predicted), 1)  # column NO_CLASS, -1, is the last
    return table


def precision(table: np.ndarray) -> np.ndarray:
    """Return the precision TP / (TP + FP) of each class; nan if the class is never predicted."""
    n_classes = len(table)
    return _share(table.diagonal(), table[:, :n_classes].sum(axis=0))


def recall(table: np.ndarray) -> np.ndarray:
    """Return the recall TP / (TP + FN) of each class; nan if the class has no samples."""
    return _share(table.diagonal(), table.sum(axis=1))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return part / whole, and nan where the whole is 0."""
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


class Roc(NamedTuple):
    """The points of an ROC curve: class 1 is predicted where the score is ``threshold`` or more.

    ``false_positive_rate`` is the fraction of class 0 predicted as class 1, ``true_positive_rate`` the
    fraction of class 1. At the last threshold class 1 is predicted for all samples. At the first, which
    is infinity, it is predicted for none, not even for a sample with an infinite score.
    """

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    threshold: np.ndarray


def roc(score: np.ndarray, labels: np.ndarray) -> Roc | None:
    """Return the receiver operating characteristic of two classes, from (0, 0) to (1, 1).

    A higher ``score``, (m,), means that class 1 is more likely; ``labels`` are 0 and 1. The curve has
    one point for each distinct score, since no threshold separates samples with equal scores. Return
    None if there is no curve: a class has no samples, or a score is nan.
    """
    ones = np.count_nonzero(labels)
    zeros = labels.size - ones
    if not ones or not zeros or np.isnan(score).any():
        return None
    order = np.argsort(-score)
    score = score[order]
    last = np.append(score[1:] != score[:-1], True)  # the last sample of each score
    right, wrong = (np.cumsum(labels[order] == label)[last] for label in (1, 0))
    return Roc(
        np.append(0.0, wrong / zeros),
        np.append(0.0, right / ones),
        np.append(np.inf, score[last]),
    )


def area_under(false_positive_rate: np.ndarray, true_positive_rate: np.ndarray) -> float:
    """Return the area under an ROC curve (AUC), by the trapezoidal rule.

    It is the probability that a random sample of class 1 scores higher than one of class 0; a tie
    counts as one half.
    """
    return float(np.trapezoid(true_positive_rate, false_positive_rate))


class LayerValues(NamedTuple):
    """The arrays of a layer: W_l, (n_l, n_(l-1)), A_l, (n_l, m), and dW_l, of the shape of W_l."""

    layer: int
    weights: np.ndarray
    activations: np.ndarray
    gradients: np.ndarray


def layer_values(snapshot: Snapshot, dataset: Dataset, settings: Settings) -> list[LayerValues]:
    """Return the arrays of each layer at this epoch, for the whole training set.

    The gradients are those of the cost of the whole training set with the L1 and L2 penalties: with the
    full batch, the gradients of the next update.
    """
    network, training = settings.network, settings.training
    functions = network.activation, network.output
    X, T = samples_of(dataset.X_train, dataset.Y_train, settings)
    with np.errstate(over="ignore", invalid="ignore"):
        AL, caches = forward_prop(X, snapshot.params, *functions)
        grads = backprop(AL, T, caches, *functions, network.cost, training.l1, training.l2)
    A = [A_prev for (A_prev, _, _), _ in caches] + [AL]
    return [
        LayerValues(l, snapshot.params[f"W{l}"], A[l], grads[f"dW{l}"])
        for l in range(1, len(caches) + 1)
    ]
