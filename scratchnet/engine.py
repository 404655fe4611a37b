"""The network, to be run: the mathematics of network.py, arranged for speed, with the same bits.

Every operation has the operands of its twin in network.py, in the same layout and the same order. What
differs is where the results go: into arrays that are made once. The parameters are views of one flat
vector, so that an optimizer moves all of them at once, and so are the gradients.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy import add, multiply  # found faster than np.add

from scratchnet.activations import ACTIVATIONS, OUTPUTS, layer_activations
from scratchnet.costs import cost_of
from scratchnet.network import batches_of
from scratchnet.params import count, count_weights, views


def aligned(*shape: int) -> np.ndarray:
    """An array to write to that begins at a multiple of 64 bytes, as vector units like it."""
    size = math.prod(shape)
    room = np.empty(size + 8)
    start = -room.ctypes.data % 64 // room.itemsize
    return room[start : start + size].reshape(shape)


class Forward:
    """Forward propagation of one network over m samples at a time.

    ``theta`` is the flat vector of parameters; the network always is what theta holds at the time of a
    call. What layer l gave stands in Z[l - 1] and A[l - 1], (n_l, m); ZL are the logits and AL the
    outputs. Call it where overflow is silenced: ``with np.errstate(over="ignore")``.

    All layers are stacked in ``all_Z`` and ``all_A``, (n_1 + … + n_L, m), so that what is the same for
    all of them is one call; ``rows`` are those of each layer.
    """

    def __init__(
        self,
        theta: np.ndarray,
        layer_dims: Sequence[int],
        m: int,
        activation: str | Sequence[str],
        output: str = "sigmoid",
    ):
        L = len(layer_dims) - 1
        ends = np.cumsum(layer_dims[1:]).tolist()
        self.rows = [slice(end - n, end) for end, n in zip(ends, layer_dims[1:], strict=True)]
        self.all_Z, self.all_A, self._all_b = (aligned(ends[-1], m) for _ in range(3))
        self.Z = [self.all_Z[rows] for rows in self.rows]
        self.A = [self.all_A[rows] for rows in self.rows]
        self.ZL, self.AL = self.Z[-1], self.A[-1]
        self.params = views(theta, layer_dims)
        self.activations = [ACTIVATIONS[name] for name in layer_activations(activation, L)]
        functions = [*(each.function for each in self.activations), OUTPUTS[output]]
        self._biases = theta[count_weights(layer_dims) :].reshape(-1, 1)
        self._layers = [
            (
                self.params[f"W{l}"].dot,
                self._all_b[self.rows[l - 1]],
                functions[l - 1],
                self.Z[l - 1],
                self.A[l - 1],
            )
            for l in range(1, L + 1)
        ]

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """The outputs for X, (n_0, m), as (n_L, m): the same buffer at every call."""
        # To spread all biases over the samples at once and add arrays of one shape is faster than to
        # let every addition spread its own.
        self._all_b[...] = self._biases
        A = X
        for W_dot, b, function, Z, A_next in self._layers:
            W_dot(A, Z)
            add(Z, b, Z)
            function(Z, A_next)
            A = A_next
        return A


class Engine:
    """Forward and backward propagation of one network over m samples at a time.

    ``forward(X)`` fills the activations, ``cost(T)`` reads them, ``backward(X, T)`` turns them into
    ``grad``, the flat gradient, whose parts ``grads`` names {"dW1": …, "db1": …}. T are the targets,
    (n_L, m).
    """

    def __init__(
        self,
        theta: np.ndarray,
        grad: np.ndarray,
        layer_dims: Sequence[int],
        m: int,
        activation: str | Sequence[str],
        output: str = "sigmoid",
        cost: str | None = None,
    ):
        self.forward = Forward(theta, layer_dims, m, activation, output)
        self.grad = grad
        self.grads = views(grad, layer_dims, "d")
        self._cost = cost_of(output, cost)
        self._cost_work = np.empty((2, layer_dims[-1], m))
        self._all_dZ, self._all_derivatives = (aligned(*self.forward.all_Z.shape) for _ in range(2))
        self._dZ = [self._all_dZ[rows] for rows in self.forward.rows]
        self._ones = np.ones((m, 1))
        self._per_sample = np.array(1 / m)
        L = len(layer_dims) - 1
        self._derivatives = list(self._alike())
        self._hidden = [self._backward_through(l) for l in reversed(range(1, L))]
        self._weights = [
            (self._dZ[l - 1].dot, self.forward.A[l - 2].T, self.grads[f"dW{l}"], self.grads[f"db{l}"])
            for l in range(2, L + 1)
        ]
        self._first_weights = self._dZ[0].dot, self.grads["dW1"], self.grads["db1"]

    def cost(self, T: np.ndarray) -> float:
        """The cost of the last forward pass."""
        return self._cost.cost(self.forward.ZL, self.forward.AL, T, self._cost_work)

    def backward(self, X: np.ndarray, T: np.ndarray) -> np.ndarray:
        """The gradient of the cost at the last forward pass, flat; the same buffer at every call."""
        self._cost.dZ(self.forward.AL, T, self._dZ[-1])
        for derivative, Z, A, D in self._derivatives:
            derivative(Z, A, D)
        for W_T_dot, dZ_next, D, dZ in self._hidden:
            W_T_dot(dZ_next, dZ)  # dA of this layer, which becomes dZ in place
            multiply(dZ, D, dZ)
        dZ_dot, dW, db = self._first_weights
        dZ_dot(X.T, dW)
        dZ_dot(self._ones, db)
        for dZ_dot, A_prev_T, dW, db in self._weights:
            dZ_dot(A_prev_T, dW)
            dZ_dot(self._ones, db)
        return multiply(self.grad, self._per_sample, self.grad)

    def _alike(self) -> Iterator[tuple]:
        """The operands of g'(Z): one call for neighbouring hidden layers of the same activation."""
        forward = self.forward
        hidden = zip(forward.activations, forward.rows[:-1], strict=True)
        for activation, group in groupby(hidden, key=lambda layer: layer[0]):
            rows = [rows for _, rows in group]
            rows = slice(rows[0].start, rows[-1].stop)
            all_three = (forward.all_Z, forward.all_A, self._all_derivatives)
            yield activation.derivative, *(array[rows] for array in all_three)

    def _backward_through(self, l: int) -> tuple:
        """The operands that carry dZ of layer l + 1 back to dZ of layer l."""
        D = self._all_derivatives[self.forward.rows[l - 1]]
        return self.forward.params[f"W{l + 1}"].T.dot, self._dZ[l], D, self._dZ[l - 1]


class Batches:
    """The mini-batches of one training set, X and T, shuffled into buffers that are made once.

    Iterating gives (engine, X, T) for each batch; the last batch holds what is left, and has an engine
    of its own size.
    """

    def __init__(
        self,
        theta: np.ndarray,
        grad: np.ndarray,
        layer_dims: Sequence[int],
        X: np.ndarray,
        T: np.ndarray,
        batch_size: int,
        activation: str | Sequence[str],
        output: str = "sigmoid",
        cost: str | None = None,
    ):
        self._X, self._T = np.asfortranarray(X), T
        # Samples stay in one piece, or BLAS would copy every batch.
        self._shuffled_X, self._shuffled_T = np.empty_like(self._X), np.empty_like(T)
        parts = list(batches_of(self._shuffled_X, self._shuffled_T, batch_size))
        engines = {
            m: Engine(theta, grad, layer_dims, m, activation, output, cost)
            for m in {X_batch.shape[1] for X_batch, _ in parts}
        }
        self._batches = [(engines[X.shape[1]], X, T) for X, T in parts]

    def __iter__(self) -> Iterator[tuple[Engine, np.ndarray, np.ndarray]]:
        return iter(self._batches)

    def shuffle(self, order: np.ndarray) -> None:
        """Put the samples into this order. (The mode lets NumPy write to ``out`` without a copy.)"""
        np.take(self._X.T, order, axis=0, out=self._shuffled_X.T, mode="clip")
        np.take(self._T, order, axis=1, out=self._shuffled_T, mode="clip")


class Surface:
    """What a network answers at many points, such as those of a picture: their logits.

    A logit is an output before its output function. Between the points of a grid it is much nearer to a
    straight line than a sigmoid, which jumps from 0 to 1. ``X``, (n_0, m), is worked through in blocks
    that stay in the cache.
    """

    BLOCK = 2000  # columns; a hidden layer of 8 then takes 128 kB

    def __init__(self, layer_dims: Sequence[int], activation: str | Sequence[str], X: np.ndarray):
        n_y, m = layer_dims[-1], X.shape[1]
        self._theta, self._logits = np.empty(count(layer_dims)), np.empty((n_y, m))
        parts = list(batches_of(X, self._logits, self.BLOCK))
        forwards = {
            size: Forward(self._theta, layer_dims, size, activation, "linear")
            for size in {block.shape[1] for block, _ in parts}
        }
        self._blocks = [
            (forwards[block.shape[1]], np.ascontiguousarray(block), ZL) for block, ZL in parts
        ]

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """The logits of the network with the parameters theta, (n_L, m), as a new array."""
        self._theta[:] = theta
        with np.errstate(over="ignore", invalid="ignore"):
            for forward, X, ZL in self._blocks:
                ZL[:] = forward(X)
        return self._logits.copy()


class Maps:
    """What each neuron answers at many points, such as those of a small picture of it."""

    def __init__(
        self, layer_dims: Sequence[int], activation: str | Sequence[str], output: str, X: np.ndarray
    ):
        self._theta, self._X = np.empty(count(layer_dims)), X
        self._forward = Forward(self._theta, layer_dims, X.shape[1], activation, output)

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """A of all layers for the parameters theta, (n_1 + … + n_L, m): always the same buffer."""
        self._theta[:] = theta
        with np.errstate(over="ignore", invalid="ignore"):
            self._forward(self._X)
        return self._forward.all_A
