"""An activation is the function of a neuron; backpropagation needs its derivative.

Each function stands beside its derivative. Both are leaf functions that network.py and engine.py
share, which is why the two agree bit for bit: they write into ``out`` where one is given.

``function(Z, out)``       A = g(Z), any shape; ``out`` must not be Z
``derivative(Z, A, out)``  g'(Z), given A = g(Z); ``out`` must be neither Z nor A
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy import add, divide, exp, multiply, negative, subtract  # found faster than np.add

from scratchnet.validation import NotAllowed, check_choice


def constant(value: float) -> dict[np.dtype, np.ndarray]:
    """Return a number as a 0-d array of each type of float, for a ufunc with an array of that type."""
    return {np.dtype(dtype): np.array(value, dtype) for dtype in (np.float64, np.float32)}


# These functions run many thousand times a second on small arrays, where the call costs as much as the
# work: a ufunc takes a 0-d array faster than a Python number, and ``out`` by position than by name.
ZERO = constant(0.0)
ONE = constant(1.0)


class Activation(NamedTuple):
    """One activation: g and g', and both as text, of one number Z and A = g(Z).

    ``steepest`` is the largest |g'| of an activation that saturates, else 0. ``kinked`` says that the
    slope jumps or bends at Z = 0, and ``dies`` that it is 0 for all Z below.
    """

    function: Callable[..., np.ndarray]
    derivative: Callable[..., np.ndarray]
    text: str
    derivative_text: str
    steepest: float = 0.0
    kinked: bool = False
    dies: bool = False


def sigmoid(Z, out=None):
    """Return 1 / (1 + exp(-Z)).

    Where exp overflows to infinity, the quotient is correctly 0. The callers silence the warning of
    NumPy there once, around many calls.
    """
    out = np.empty_like(Z) if out is None else out
    negative(Z, out)
    exp(out, out)
    one = ONE[Z.dtype]
    add(out, one, out)  # 1 + exp(-Z)
    return divide(one, out, out)


def sigmoid_derivative(Z, A, out=None):
    """Return A (1 - A)."""
    out = np.empty_like(A) if out is None else out
    subtract(ONE[A.dtype], A, out)
    return multiply(A, out, out)


def tanh_derivative(Z, A, out=None):
    """Return 1 - A²."""
    out = np.empty_like(A) if out is None else out
    multiply(A, A, out)
    return subtract(ONE[A.dtype], out, out)


def relu(Z, out=None):
    """Return max(Z, 0)."""
    out = np.empty_like(Z) if out is None else out
    out.fill(0.0)  # the maximum of two arrays is 3.5 times faster than of an array and a number
    return np.maximum(Z, out, out=out)


def relu_derivative(Z, A, out=None):
    """Return 1 where Z > 0, else 0; at the kink, 0."""
    out = np.empty_like(Z) if out is None else out
    return np.greater(Z, ZERO[Z.dtype], out)


def linear_derivative(Z, A, out=None):
    """Return 1."""
    out = np.empty_like(Z) if out is None else out
    out.fill(1.0)
    return out


LEAK = 0.01
_LEAK = constant(LEAK)


def leaky_relu(Z, out=None):
    """Return Z where Z > 0, else 0.01 Z (Maas et al. 2013)."""
    out = np.empty_like(Z) if out is None else out
    multiply(Z, _LEAK[Z.dtype], out)
    return np.maximum(Z, out, out=out)


def leaky_relu_derivative(Z, A, out=None):
    """Return 1 where Z > 0, else 0.01."""
    out = np.empty_like(Z) if out is None else out
    out.fill(LEAK)
    np.copyto(out, ONE[Z.dtype], where=np.greater(Z, ZERO[Z.dtype]))
    return out


def elu(Z, out=None):
    """Return Z where Z > 0, else exp(Z) - 1 (Clevert et al. 2016)."""
    out = np.empty_like(Z) if out is None else out
    np.minimum(Z, ZERO[Z.dtype], out=out)
    np.expm1(out, out)
    return np.maximum(Z, out, out=out)


def elu_derivative(Z, A, out=None):
    """Return 1 where Z > 0, else exp(Z), which is A + 1."""
    out = np.empty_like(Z) if out is None else out
    np.minimum(A, ZERO[A.dtype], out=out)
    return add(out, ONE[A.dtype], out)


GELU_SCALE = math.sqrt(2.0 / math.pi)
GELU_CUBIC = 0.044715


def gelu(Z, out=None):
    """Return Z Φ(Z), as ½ Z (1 + tanh(√(2/π) (Z + 0.044715 Z³))) (Hendrycks & Gimpel 2016)."""
    out = np.empty_like(Z) if out is None else out
    np.tanh(GELU_SCALE * (Z + GELU_CUBIC * Z * Z * Z), out)
    add(out, ONE[Z.dtype], out)
    multiply(out, 0.5, out)
    return multiply(Z, out, out)


def gelu_derivative(Z, A, out=None):
    """Return ½ (1 + t) + ½ Z (1 - t²) u', with the tanh of gelu as t = tanh(u)."""
    out = np.empty_like(Z) if out is None else out
    np.tanh(GELU_SCALE * (Z + GELU_CUBIC * Z * Z * Z), out)
    inner = GELU_SCALE * (1.0 + 3.0 * GELU_CUBIC * Z * Z)
    bend = 0.5 * Z * (1.0 - out * out) * inner
    add(out, ONE[Z.dtype], out)
    multiply(out, 0.5, out)
    return add(out, bend, out)


def softplus(Z, out=None):
    """Return log(1 + exp(Z)), as max(Z, 0) + log(1 + exp(-|Z|)), which never overflows."""
    out = np.empty_like(Z) if out is None else out
    np.abs(Z, out)
    negative(out, out)
    exp(out, out)
    np.log1p(out, out)
    return add(out, np.maximum(Z, ZERO[Z.dtype]), out)


def softplus_derivative(Z, A, out=None):
    """Return sigmoid(Z)."""
    return sigmoid(Z, out)


def sine_derivative(Z, A, out=None):
    """Return cos Z."""
    return np.cos(Z, out)


SIGMOID_TEXT = "1 / (1 + exp(-Z))"
GELU_TANH = f"tanh(sqrt(2 / pi) * (Z + {GELU_CUBIC} * Z**3))"

# NumPy's own functions are used directly, which saves a call.
ACTIVATIONS = {
    "sigmoid": Activation(
        sigmoid,
        sigmoid_derivative,
        SIGMOID_TEXT,
        "A * (1 - A)",
        steepest=0.25,
    ),
    "tanh": Activation(np.tanh, tanh_derivative, "tanh(Z)", "1 - A * A", steepest=1.0),
    "relu": Activation(
        relu,
        relu_derivative,
        "max(Z, 0)",
        "1 if Z > 0 else 0",
        kinked=True,
        dies=True,
    ),
    "leaky_relu": Activation(
        leaky_relu,
        leaky_relu_derivative,
        f"Z if Z > 0 else {LEAK} * Z",
        f"1 if Z > 0 else {LEAK}",
        kinked=True,
    ),
    "elu": Activation(
        elu,
        elu_derivative,
        "Z if Z > 0 else exp(Z) - 1",
        "1 if Z > 0 else exp(Z)",
        steepest=1.0,
        kinked=True,
    ),
    "gelu": Activation(
        gelu,
        gelu_derivative,
        f"0.5 * Z * (1 + {GELU_TANH})",
        f"0.5 * (1 + {GELU_TANH}) + 0.5 * Z * (1 - {GELU_TANH}**2)"
        f" * sqrt(2 / pi) * (1 + 3 * {GELU_CUBIC} * Z**2)",
        steepest=1.129,  # at Z = 1.42, and not at infinity
    ),
    "softplus": Activation(
        softplus,
        softplus_derivative,
        "max(Z, 0) + log(1 + exp(-abs(Z)))",
        SIGMOID_TEXT,
        steepest=1.0,
    ),
    "sine": Activation(np.sin, sine_derivative, "sin(Z)", "cos(Z)"),
    "linear": Activation(np.positive, linear_derivative, "Z", "1"),
}


def softmax(Z, out=None):
    """Return exp(Z) / Σ exp(Z) over the rows, after subtracting the largest Z of each column."""
    out = np.empty_like(Z) if out is None else out
    subtract(Z, np.max(Z, axis=-2, keepdims=True), out)  # so that exp does not overflow
    exp(out, out)
    return divide(out, np.add.reduce(out, axis=-2, keepdims=True), out)


class Output(NamedTuple):
    """One output: g of the output layer, and as texts g and the targets T of labels."""

    function: Callable[..., np.ndarray]
    text: str
    targets_text: str


OUTPUTS = {
    "sigmoid": Output(sigmoid, SIGMOID_TEXT, "T = labels"),
    "softmax": Output(
        softmax,
        "exp(Z - top) / (sum of exp(Z - top) over the rows), where top is the largest Z of that sample",
        "T[k][s] = 1 if labels[0][s] is k, else 0; rows k count from 0",
    ),
    "tanh": Output(np.tanh, "tanh(Z)", "T = 1 where the label is 1, else -1"),
    "linear": Output(np.positive, "Z", "T = labels"),
}


def layer_activations(activation: str | Sequence[str], L: int) -> tuple[str, ...]:
    """Return the names of the activations of the L - 1 hidden layers.

    ``activation`` is one name for all, or a sequence of one for each. Raises ValueError for a name that
    is not in ACTIVATIONS, or a wrong number of names.
    """
    hidden = (activation,) * (L - 1) if isinstance(activation, str) else tuple(activation)
    if len(hidden) != L - 1:
        raise NotAllowed(
            f"activation must be one name, or one for each of the {L - 1} hidden layers, got "
            f"{len(hidden)} names."
        )
    for name in hidden:
        check_choice("activation", name, ACTIVATIONS)
    return hidden
