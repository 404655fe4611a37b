"""An activation shapes the output of a neuron; its derivative carries the error back through it.

Each function stands beside its derivative. Both are leaf functions that network.py and engine.py
share, which is why the two agree bit for bit: they write into ``out`` where one is given.

``function(Z, out)``       A = g(Z), any shape; ``out`` must not be Z
``derivative(Z, A, out)``  g'(Z), given A = g(Z); ``out`` must be neither Z nor A
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from scratchnet.validation import check_choice

# A ufunc takes a 0-d array faster than a Python number, which it has to convert at every call.
ZERO = np.array(0.0)
ONE = np.array(1.0)


class Activation(NamedTuple):
    """g and g' of one activation."""

    function: Callable[..., np.ndarray]
    derivative: Callable[..., np.ndarray]


def sigmoid(Z, out=None):
    """1 / (1 + exp(-Z)).

    Where exp overflows to infinity the quotient is the right 0. The warning that NumPy gives there
    is silenced once by the callers, around many calls.
    """
    out = np.empty_like(Z) if out is None else out
    np.negative(Z, out=out)
    np.exp(out, out=out)
    np.add(out, ONE, out=out)
    return np.divide(ONE, out, out=out)


def sigmoid_derivative(Z, A, out=None):
    """A (1 - A)."""
    out = np.empty_like(Z) if out is None else out
    np.subtract(ONE, A, out=out)
    return np.multiply(A, out, out=out)


def tanh(Z, out=None):
    """tanh Z."""
    return np.tanh(Z, out=out)


def tanh_derivative(Z, A, out=None):
    """1 - A²."""
    out = np.empty_like(Z) if out is None else out
    np.multiply(A, A, out=out)
    return np.subtract(ONE, out, out=out)


def relu(Z, out=None):
    """max(Z, 0)."""
    out = np.empty_like(Z) if out is None else out
    out.fill(0.0)  # the maximum of two arrays is 3.5 times faster than of an array and a number
    return np.maximum(Z, out, out=out)


def relu_derivative(Z, A, out=None):
    """1 where Z > 0, else 0; at the kink, 0."""
    out = np.empty_like(Z) if out is None else out
    return np.greater(Z, ZERO, out=out)


def linear(Z, out=None):
    """Z itself."""
    return np.positive(Z, out=out)


def linear_derivative(Z, A, out=None):
    """1."""
    out = np.empty_like(Z) if out is None else out
    out.fill(1.0)
    return out


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "relu": Activation(relu, relu_derivative),
    "linear": Activation(linear, linear_derivative),
}


def layer_activations(activation: str | Sequence[str], L: int) -> tuple[str, ...]:
    """The names of the activations of all L layers: the hidden ones as asked, then the sigmoid output.

    ``activation`` is one name for every hidden layer, or a sequence of L - 1 names.
    Raises ValueError for a name that is not in ACTIVATIONS, or a wrong number of them.
    """
    hidden = (activation,) * (L - 1) if isinstance(activation, str) else tuple(activation)
    if len(hidden) != L - 1:
        raise ValueError(
            f"activation names {len(hidden)} layers; allowed is one name, or one for each of the "
            f"{L - 1} hidden layers."
        )
    for name in hidden:
        check_choice("activation", name, ACTIVATIONS)
    return (*hidden, "sigmoid")
