"""Optimised implementation: the mathematics of network.py, arranged for speed, with the same bits.

Every operation has the operands of its twin in network.py, in the same layout and the same order. What
differs is where the results go: into arrays that are made once. The parameters are views of one flat
vector, so that an optimizer updates all of them at once, and so are the gradients.

One theta, (count,), is one network; many, (k, count), are k networks of one shape that are trained or
evaluated together, each with the bits that it has alone. On a small network a call of NumPy takes
longer than its work, so that one call for k networks is several times as fast as k calls.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import groupby

import numpy as np
from numpy import add, multiply  # found faster than np.add
from numpy.typing import DTypeLike

from scratchnet.nn.activations import ACTIVATIONS, OUTPUTS, layer_activations
from scratchnet.nn.costs import accuracy, cost_of, penalty_gradient, squared_error
from scratchnet.nn.network import batches_of
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.params import count_weights, views
from scratchnet.precision import PRECISIONS


def aligned(*shape: int, dtype: DTypeLike = np.float64) -> np.ndarray:
    """Return an array to write to that begins at a multiple of 64 bytes, as vector units like it."""
    size = math.prod(shape)
    room: np.ndarray = np.empty(size + 16, dtype)
    start = -room.ctypes.data % 64 // room.itemsize
    return room[start : start + size].reshape(shape)


def dot(matrix: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return the product with another matrix, into an array; of a stack of matrices, one by one.

    A column times a row is a product of each two numbers, for which np.matmul takes six times as long.
    """
    if matrix.ndim == 2:
        return matrix.dot
    return partial(np.multiply if matrix.shape[-1] == 1 else np.matmul, matrix)


def transposed(matrix: np.ndarray) -> np.ndarray:
    """Return a view of the transpose of a matrix, or of each in a stack."""
    return matrix.swapaxes(-1, -2)


class Views:
    """Base of what holds views of arrays, which in a copy would be views of nothing."""

    def __reduce__(self):
        raise TypeError(f"{type(self).__name__} holds views and cannot be copied; copy the Trainer.")


class Parameters(Views):
    """The parameters of a network, and all that an update of them needs.

    ``theta`` are the parameters, flat, ``grad`` their gradient, to be filled before ``update``, and
    ``slots`` the state of the optimizer; ``updates`` counts. What is kept from update to update, theta
    and slots, lies in one block, so that one call rounds it to the ``precision``.
    """

    def __init__(
        self,
        theta: np.ndarray,
        layer_dims: Sequence[int],
        optimizer: str = "gradient_descent",
        precision: str = "double",
        l1: float = 0.0,
        l2: float = 0.0,
    ):
        self._move, k, *_ = OPTIMIZERS[optimizer]
        self._block = np.zeros((1 + k) * theta.size)  # one row, which is faster than one of many
        self.theta, *slots = self._block.reshape(1 + k, *theta.shape)
        self.slots = tuple(slots)  # to unpack the array itself would make them each time
        self.grad, self._work = np.empty_like(theta), np.empty_like(theta)
        self.updates = 0
        self._weights = slice(count_weights(layer_dims))
        self._penalty = (l1, l2) if l1 or l2 else None
        self._round = PRECISIONS[precision] if precision != "double" else None
        self._float32 = np.empty(self._block.shape, np.float32)
        self.theta[:] = PRECISIONS[precision](theta)
        self._held: np.ndarray | None = None

    def hold(self, held: np.ndarray) -> None:
        """From now on, leave entries of theta, and the optimizer's state for them, as they are.

        ``held`` is True for these, of one network.
        """
        indices = np.flatnonzero(np.tile(held, 1 + len(self.slots)))
        self._held = indices if indices.size else None

    def update(self, learning_rate: np.ndarray) -> None:
        """Make one update, with the gradient of the cost in ``grad`` and that of the penalty."""
        theta, grad = self.theta, self.grad
        if self._penalty:
            grad[..., self._weights] += penalty_gradient(theta[..., self._weights], *self._penalty)
        self.updates += 1
        kept = None if self._held is None else self._block[self._held]
        self._move(theta, grad, learning_rate, self.slots, self.updates, theta, self._work)
        if self._round:
            self._round(self._block, self._block, self._float32)
        if kept is not None:
            self._block[self._held] = kept


class Forward(Views):
    """Forward propagation of one network over m samples at a time.

    ``theta`` is the flat vector of parameters; a call uses what theta holds at that time, and computes
    in its type, float64 or float32. The results of layer l are in Z[l - 1] and A[l - 1], (n_l, m); ZL
    are the logits and AL the outputs. Call it where overflow is silenced:
    ``with np.errstate(over="ignore")``.

    All layers are stacked in ``all_Z`` and ``all_A``, (n_1 + … + n_L, m), so that what is the same for
    all of them takes one call; ``rows`` are those of each layer.
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
        self.rows = [np.s_[..., end - n : end, :] for end, n in zip(ends, layer_dims[1:], strict=True)]
        self.all_Z, self.all_A, self._all_b = (
            aligned(*theta.shape[:-1], ends[-1], m, dtype=theta.dtype) for _ in range(3)
        )
        self.Z = [self.all_Z[rows] for rows in self.rows]
        self.A = [self.all_A[rows] for rows in self.rows]
        self.ZL, self.AL = self.Z[-1], self.A[-1]
        self.params = views(theta, layer_dims)
        self.activations = [ACTIVATIONS[name] for name in layer_activations(activation, L)]
        functions = [*(each.function for each in self.activations), OUTPUTS[output].function]
        self._biases = theta[..., count_weights(layer_dims) :, None]
        self._layers = [
            (
                dot(self.params[f"W{l}"]),
                self._all_b[self.rows[l - 1]],
                functions[l - 1],
                self.Z[l - 1],
                self.A[l - 1],
            )
            for l in range(1, L + 1)
        ]

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs for X, (n_0, m), as (n_L, m): the same buffer at every call."""
        # To broadcast all biases at once and add arrays of one shape is faster than to let every
        # addition broadcast its own.
        self._all_b[...] = self._biases
        A = X
        for W_dot, b, function, Z, A_next in self._layers:
            W_dot(A, Z)
            add(Z, b, Z)
            function(Z, A_next)
            A = A_next
        return A


class Engine(Views):
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
        self._cost_work = np.empty((2, *self.forward.ZL.shape))
        self._all_dZ, self._all_derivatives = (aligned(*self.forward.all_Z.shape) for _ in range(2))
        self._dZ = [self._all_dZ[rows] for rows in self.forward.rows]
        self._ones = np.ones((m, 1))
        self._per_sample = np.array(1 / m)
        L = len(layer_dims) - 1
        self._derivatives = list(self._alike())
        self._hidden = [self._backward_through(l) for l in reversed(range(1, L))]
        self._weights = [
            (dot(self._dZ[l - 1]), transposed(A), self.grads[f"dW{l}"], self.grads[f"db{l}"])
            for l, A in enumerate(self.forward.A[:-1], start=2)
        ]
        self._first_weights = dot(self._dZ[0]), self.grads["dW1"], self.grads["db1"]

    def cost(self, T: np.ndarray) -> float | np.ndarray:
        """Return the cost of the last forward pass, or the k costs of k networks."""
        return self._cost.cost(self.forward.ZL, self.forward.AL, T, self._cost_work)

    def backward(self, X: np.ndarray, T: np.ndarray) -> np.ndarray:
        """Return the flat gradient of the cost at the last forward pass: the same buffer every time."""
        self._cost.dZ(self.forward.AL, T, self._dZ[-1])
        for derivative, Z, A, D in self._derivatives:
            derivative(Z, A, D)
        for W_T_dot, dZ_next, D, dZ in self._hidden:
            W_T_dot(dZ_next, dZ)  # dA of this layer, which becomes dZ in place
            multiply(dZ, D, dZ)
        dZ_dot, dW, db = self._first_weights
        dZ_dot(transposed(X), dW)
        dZ_dot(self._ones, db)
        for dZ_dot, A_prev_T, dW, db in self._weights:
            dZ_dot(A_prev_T, dW)
            dZ_dot(self._ones, db)
        return multiply(self.grad, self._per_sample, self.grad)

    def _alike(self) -> Iterator[tuple]:
        """Yield the operands of g'(Z): one call for neighbouring hidden layers of one activation."""
        forward = self.forward
        hidden = zip(forward.activations, forward.rows[:-1], strict=True)
        for activation, group in groupby(hidden, key=lambda layer: layer[0]):
            of_group = [rows for _, rows in group]
            rows = np.s_[..., of_group[0][1].start : of_group[-1][1].stop, :]
            all_three = (forward.all_Z, forward.all_A, self._all_derivatives)
            yield activation.derivative, *(array[rows] for array in all_three)

    def _backward_through(self, l: int) -> tuple:
        """Return the operands that propagate dZ of layer l + 1 back to dZ of layer l."""
        D = self._all_derivatives[self.forward.rows[l - 1]]
        W_T = transposed(self.forward.params[f"W{l + 1}"])
        return dot(W_T), self._dZ[l], D, self._dZ[l - 1]


class Batches(Views):
    """The mini-batches of one training set, X and T, shuffled into buffers that are made once.

    Iterating gives (engine, X, T) for each batch; the last batch may be smaller, and then has an engine
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


class Evaluation(Views):
    """Costs and accuracies of one set of samples, for many parameters at once.

    ``thetas``, (k, count(layer_dims)), are the parameters; a call evaluates its first rows, as many as
    it is asked for. ``T`` are the targets; for regression, a linear output, the accuracies are nan, and
    without samples all numbers. X and T may be stacks, one set of samples for each theta. Call it where
    overflow is silenced.
    """

    def __init__(
        self,
        thetas: np.ndarray,
        layer_dims: Sequence[int],
        activation: str | Sequence[str],
        output: str,
        cost: str | None,
        X: np.ndarray,
        T: np.ndarray,
    ):
        (k, _), m = thetas.shape, X.shape[-1]
        self._network = thetas, layer_dims, layer_activations(activation, len(layer_dims) - 1)
        self._X, self._T = X, T
        self._cost, self._output = cost_of(output, cost), output
        self._has_samples = m > 0
        self._has_accuracy = self._has_samples and output != "linear"
        self.ZL, self._AL = (aligned(k, layer_dims[-1], m) for _ in range(2))
        self._work = aligned(2, *self.ZL.shape)

    @cached_property
    def _layers(self) -> list[tuple]:
        """W, b, the function, Z and A of each layer.

        They are made when they are needed: with the full batch, the logits of the training set are left
        by the training itself, and half of the memory of a run is saved.
        """
        thetas, layer_dims, activations = self._network
        params, k, m = views(thetas, layer_dims), len(thetas), self._X.shape[-1]
        rooms = [(aligned(k, n, m), aligned(k, n, m)) for n in layer_dims[1:-1]]
        functions = [*(ACTIVATIONS[name].function for name in activations), None]
        layers = enumerate(zip(functions, [*rooms, (self.ZL, self._AL)], strict=True), 1)
        return [(params[f"W{l}"], params[f"b{l}"], function, *room) for l, (function, room) in layers]

    def forward(self, k: int) -> None:
        """Fill the first k of ``ZL``, the logits, (k, n_L, m)."""
        A = self._X
        for W, b, function, Z, A_next in self._layers:
            Z, A_next = Z[:k], A_next[:k]
            np.matmul(W[:k], A, Z)
            add(Z, b[:k], Z)
            if function:
                function(Z, A_next)
            A = A_next

    def costs(self, k: int) -> np.ndarray:
        """Return the costs of the first k logits, (k,)."""
        if not self._has_samples:
            return np.full(k, np.nan)
        ZL, AL = self.ZL[:k], self._AL[:k]
        if self._cost.cost is squared_error:  # the others take the logits
            OUTPUTS[self._output].function(ZL, AL)
        return self._cost.cost(ZL, AL, self._T, self._work[:, :k])

    def accuracies(self, k: int) -> np.ndarray:
        """Return the accuracies of the first k logits, (k,)."""
        return accuracy(self.ZL[:k], self._T) if self._has_accuracy else np.full(k, np.nan)
