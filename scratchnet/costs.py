"""A cost says in one number how far the network's outputs are from the labels.

Each cost stands beside its gradient at the output layer. Both are leaf functions that network.py and
engine.py share. The cost is computed from the logits ZL, the output layer's Z, where it stays finite
and exact however sure the network is; from AL it would be log(0) once AL rounds to 0 or 1.

``cost(ZL, Y, work)``  the mean over the m samples; ``work`` is scratch of shape (2, 1, m)
``dZ(AL, Y, out)``     the derivative of m times that cost with respect to ZL, (1, m)
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scratchnet.activations import ZERO


class Cost(NamedTuple):
    """A cost and its derivative at the output layer."""

    cost: Callable[..., float]
    dZ: Callable[..., np.ndarray]


def cross_entropy(ZL, Y, work=None) -> float:
    """Binary cross-entropy of a sigmoid output: mean of max(z, 0) - z y + log(1 + exp(-|z|)).

    This equals -mean(y log a + (1 - y) log(1 - a)) with a = sigmoid(z).
    """
    loss, tail = np.empty((2, *ZL.shape)) if work is None else work
    np.abs(ZL, tail)
    np.negative(tail, tail)
    np.exp(tail, tail)
    np.log1p(tail, tail)
    np.multiply(ZL, Y, loss)
    np.subtract(tail, loss, loss)
    np.maximum(ZL, ZERO, out=tail)
    np.add(loss, tail, loss)
    return float(np.add.reduce(loss, axis=None)) / ZL.shape[1]


def cross_entropy_dZ(AL, Y, out=None):
    """AL - Y: the product dAL · AL (1 - AL) without its 0/0 once AL rounds to 0 or 1."""
    return np.subtract(AL, Y, out)


COSTS = {"cross_entropy": Cost(cross_entropy, cross_entropy_dZ)}


def penalty(W, l1: float, l2: float) -> float:
    """What regularisation adds to the cost for the weights W: l1 Σ|W| + l2/2 ΣW²."""
    return float(l1 * np.sum(np.abs(W)) + 0.5 * l2 * np.sum(W * W))


def penalty_gradient(W, l1: float, l2: float):
    """Its derivative with respect to W: l1 sign W + l2 W; the sign of 0 is 0."""
    return l1 * np.sign(W) + l2 * W


def accuracy(ZL, Y) -> float:
    """The share of samples on the right side of 0.5: with a logit above 0 just where Y is 1."""
    return np.count_nonzero(np.equal(np.greater(ZL, ZERO), Y)) / ZL.shape[1]
