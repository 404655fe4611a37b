"""A cost measures how far the network's outputs are from the targets.

Each cost stands beside its gradient at the output layer. Both are leaf functions that network.py and
engine.py share. A cross-entropy is computed from the logits ZL, the output layer's Z, where it stays
finite and exact however confident the network is; from AL it would be log(0) once AL rounds to 0 or 1.

``cost(ZL, AL, T, work)``  summed over the outputs, mean over the m samples; of a stack of outputs,
                           (k, n_L, m), the k costs; ``work`` is scratch of shape (2, …, n_L, m)
``dZ(AL, T, out)``         the derivative of m times that cost with respect to ZL, (n_L, m)

T are the targets, (n_L, m): what the outputs should be, see ``targets``.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scratchnet.nn.activations import ACTIVATIONS, OUTPUTS, ZERO
from scratchnet.validation import NotAllowed, check_choice, check_labels


class Cost(NamedTuple):
    """One cost of one output: the cost function, and dZ, its derivative at the output layer.

    ``text`` is the loss that is summed over outputs and samples, in terms of Z_L, A_L and T; ``latex``
    is the whole cost in the order of the code, and ``textbook_latex``, where it differs, the same as
    textbooks write it.
    """

    cost: Callable[..., np.ndarray]
    dZ: Callable[..., np.ndarray]
    text: str
    dZ_text: str
    latex: str
    dZ_latex: str
    textbook_latex: str = ""


def _total(loss):
    """Return the sum over outputs and samples, of each in a stack."""
    return np.add.reduce(loss.reshape(*loss.shape[:-2], -1), axis=-1)


def sigmoid_cross_entropy(ZL, AL, T, work=None):
    """Return the binary cross-entropy of sigmoid outputs: max(z, 0) - z t + log(1 + exp(-|z|)).

    This equals -(t log a + (1 - t) log(1 - a)) with a = sigmoid(z).
    """
    loss, tail = np.empty((2, *ZL.shape)) if work is None else work
    np.abs(ZL, tail)
    np.negative(tail, tail)
    np.exp(tail, tail)
    np.log1p(tail, tail)  # log(1 + exp(-|z|))
    np.multiply(ZL, T, loss)
    np.subtract(tail, loss, loss)  # - z t
    np.maximum(ZL, ZERO[ZL.dtype], out=tail)
    np.add(loss, tail, loss)  # + max(z, 0)
    return _total(loss) / ZL.shape[-1]


def softmax_cross_entropy(ZL, AL, T, work=None):
    """Return the categorical cross-entropy of softmax outputs: log Σ exp(z) - Σ t z, over the classes.

    This equals -Σ t log a with a = softmax(z), where the targets of a sample sum to 1.
    """
    loss, shifted = np.empty((2, *ZL.shape)) if work is None else work
    top = np.max(ZL, axis=-2, keepdims=True)
    np.subtract(ZL, top, shifted)  # z - top, so that exp does not overflow
    np.multiply(shifted, T, loss)
    np.exp(shifted, shifted)
    log_sum = np.log(np.add.reduce(shifted, axis=-2))  # over the classes
    return (np.add.reduce(log_sum, axis=-1) - _total(loss)) / ZL.shape[-1]


def squared_error(ZL, AL, T, work=None):
    """Return half the squared error: ½ (a - t)²."""
    loss, difference = np.empty((2, *AL.shape)) if work is None else work
    np.subtract(AL, T, difference)
    np.multiply(difference, difference, loss)  # (a - t)²
    return 0.5 * _total(loss) / AL.shape[-1]


# AL - T, for each output with its canonical cost. For a sigmoid this is dAL · AL (1 - AL) without the
# 0/0 once AL rounds to 0 or 1.
difference = np.subtract


def sigmoid_squared_error_dZ(AL, T, out=None):
    """Return (AL - T) AL (1 - AL)."""
    return np.multiply(ACTIVATIONS["sigmoid"].derivative(None, AL), np.subtract(AL, T, out), out)


def tanh_squared_error_dZ(AL, T, out=None):
    """Return (AL - T) (1 - AL²)."""
    return np.multiply(ACTIVATIONS["tanh"].derivative(None, AL), np.subtract(AL, T, out), out)


SQUARED_TEXT, SQUARED_LATEX = "0.5 * (A_L - T)**2", r"\tfrac12 \sum (A - T)^2 \big/ m"

# By the output and the cost; the first cost listed for an output is its default.
COSTS = {
    ("sigmoid", "cross_entropy"): Cost(
        sigmoid_cross_entropy,
        difference,
        "-(T * log(A_L) + (1 - T) * log(1 - A_L)), which stays finite as\n"
        "max(Z_L, 0) - Z_L * T + log(1 + exp(-abs(Z_L)))",
        "A_L - T",
        r"\sum \big(\log(1 + e^{-|Z|}) - Z\,T + \max(Z, 0)\big) \big/ m",
        "A - T",
        r"-\tfrac1m \sum \big(T \log A + (1 - T) \log(1 - A)\big)",
    ),
    ("softmax", "cross_entropy"): Cost(
        softmax_cross_entropy,
        difference,
        "-T * log(A_L), which stays finite with log(A_L) as\n"
        "Z_L - top - log(sum of exp(Z_L - top) over the rows), top as above",
        "A_L - T",
        r"\Big(\sum_s \log \sum_k e^{Z_{ks} - z_s} - \sum (Z - z)\,T\Big) \Big/ m,"
        r"\quad z_s = \max_k Z_{ks}",
        "A - T",
        r"-\tfrac1m \sum T \log A",
    ),
    ("linear", "squared_error"): Cost(
        squared_error,
        difference,
        SQUARED_TEXT,
        "A_L - T",
        SQUARED_LATEX,
        "A - T",
    ),
    ("tanh", "squared_error"): Cost(
        squared_error,
        tanh_squared_error_dZ,
        SQUARED_TEXT,
        "(A_L - T) * (1 - A_L * A_L)",
        SQUARED_LATEX,
        r"(A - T) \odot (1 - A^2)",
    ),
    ("sigmoid", "squared_error"): Cost(
        squared_error,
        sigmoid_squared_error_dZ,
        SQUARED_TEXT,
        "(A_L - T) * A_L * (1 - A_L)",
        SQUARED_LATEX,
        r"(A - T) \odot A \odot (1 - A)",
    ),
}


def costs_of(output: str) -> tuple[str, ...]:
    """Return the names of the costs that go with this output; the first is its default."""
    return tuple(cost for each, cost in COSTS if each == output)


def cost_of(output: str, cost: str | None = None) -> Cost:
    """Return the cost of that name for that output; None is the default of the output.

    Raises ValueError for an unknown output, or a cost that does not go with the output.
    """
    check_choice("output", output, OUTPUTS)
    possible = costs_of(output)
    cost = possible[0] if cost is None else cost
    return COSTS[output, check_choice(f"cost of a {output} output", cost, possible)]


def targets(Y: np.ndarray, output: str, n_y: int) -> np.ndarray:
    """Return the targets of the n_y outputs, (n_y, m), for the labels Y.

    Labels are 0 and 1 for a sigmoid; 0 and 1, or -1 and 1, for tanh, whose targets are -1 and 1; 0 to
    n_y - 1, or one-hot columns, for softmax, whose targets are one-hot; any numbers for linear. Raises
    ValueError for another shape or label.
    """
    if output == "softmax" and Y.shape[0] == 1:
        check_labels("Y", Y, range(n_y))
        return (np.arange(n_y)[:, None] == Y).astype(np.float64)
    if Y.shape[0] != n_y:
        raise NotAllowed(f"Y must have {n_y} rows, one for each output, got {Y.shape[0]}.")
    if output == "tanh":
        check_labels("Y", Y, (-1, 0, 1))
        return np.where(Y > 0, 1.0, -1.0)
    if output != "linear":
        check_labels("Y", Y, (0, 1))
    if output == "softmax" and (wrong := Y.sum(axis=0)[Y.sum(axis=0) != 1.0]).size:
        raise NotAllowed(f"Each column of Y must hold one 1, for the class, got {wrong[0]:g}.")
    return Y


def penalty(W: np.ndarray, l1: float, l2: float) -> float:
    """Return what regularisation adds to the cost for the weights W: l1 Σ|W| + l2/2 ΣW²."""
    return float(l1 * np.sum(np.abs(W)) + 0.5 * l2 * np.sum(W * W))


def penalty_gradient(W: np.ndarray, l1: float, l2: float) -> np.ndarray:
    """Return the derivative of the penalty with respect to W: l1 sign W + l2 W; the sign of 0 is 0."""
    return l1 * np.sign(W) + l2 * W


NO_CLASS = -1


def predicted_classes(Z: np.ndarray) -> np.ndarray:
    """Return the predicted class of each sample, (m,), from logits or targets Z, (n_L, m).

    With several outputs it is the row of the largest Z; with one it is 1 where Z > 0, else 0. A tie
    goes to the lowest class, as with argmax, so with one output Z = 0 is class 0; whatever predicts a
    class here follows this rule. NO_CLASS where a Z is nan. Of a stack, (k, n_L, m), these are (k, m).
    """
    classes = np.greater(Z[..., 0, :], 0.0).astype(int) if Z.shape[-2] == 1 else Z.argmax(axis=-2)
    if np.isnan(np.minimum.reduce(Z, axis=None, initial=0.0)):
        classes[np.isnan(Z).any(axis=-2)] = NO_CLASS
    return classes


def accuracy(ZL: np.ndarray, T: np.ndarray) -> np.ndarray:
    """Return the fraction of samples classified correctly, from the logits ZL and the targets T.

    A nan logit counts as wrong. Of a stack of logits, (k, n_L, m), these are the k fractions.
    """
    correct = np.equal(predicted_classes(ZL), predicted_classes(T))
    return np.add.reduce(correct, axis=-1, dtype=np.int64) / ZL.shape[-1]


def class_shares(T: np.ndarray) -> np.ndarray:
    """Return the share of each class among the targets T, (n_L, m), of a classification."""
    share = np.mean(T > 0.0, axis=1)
    return share if share.size > 1 else np.append(share, 1.0 - share)


def cost_of_guessing(T: np.ndarray, cost: str) -> float:
    """Return the lowest cost for the targets T, (n_L, m), of an output that is always the same.

    For the cross-entropy it is the entropy of the class shares, ln k for k equal classes; for the
    squared error it is half the variance of the targets.
    """
    if cost == "squared_error":
        return float(0.5 * T.var(axis=1).sum())
    shares = class_shares(T)
    shares = shares[shares > 0.0]
    return float(-np.sum(shares * np.log(shares)))
