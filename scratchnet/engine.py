"""The network, to be run: the mathematics of network.py, arranged for speed, with the same bits.

Every operation has the operands of its twin in network.py, in the same layout and the same order. What
differs is where the results go: into arrays that are made once. The parameters are views of one flat
vector, so that an optimizer moves all of them at once, and so are the gradients.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from scratchnet.activations import ACTIVATIONS, OUTPUTS, layer_activations
from scratchnet.costs import cost_of
from scratchnet.network import batches_of
from scratchnet.params import count, count_weights, views


class Workspace:
    """Where the results of one network over m samples go.

    Z, A, dZ, g'(Z) and the biases of all layers are stacked, (n_1 + … + n_L, m), so that what is the
    same for all layers is one call; ``layers`` are the rows of each layer.
    """

    def __init__(self, layer_dims: Sequence[int], m: int):
        ends = np.cumsum(layer_dims[1:]).tolist()
        self.layers = [slice(end - n, end) for end, n in zip(ends, layer_dims[1:], strict=True)]
        self.Z, self.A, self.dZ, self.derivative, self.biases = np.empty((5, ends[-1], m))
        self.cost = np.empty((2, layer_dims[-1], m))


class Forward:
    """Forward propagation of one network over one fixed X.

    ``theta`` is the flat vector of parameters; the network always is what theta holds at the time of a
    call. After a call, Z[l - 1] and A[l - 1], (n_l, m), hold what layer l gave, ZL the logits and AL
    the outputs. Call it where overflow is silenced: ``with np.errstate(over="ignore")``. Networks that
    run one after the other may share a ``workspace``.
    """

    def __init__(
        self,
        theta: np.ndarray,
        layer_dims: Sequence[int],
        X: np.ndarray,
        activation: str | Sequence[str],
        output: str = "sigmoid",
        workspace: Workspace | None = None,
    ):
        L = len(layer_dims) - 1
        self.X = X
        self.params = views(theta, layer_dims)
        self.activations = [ACTIVATIONS[name] for name in layer_activations(activation, L)]
        functions = [*(each.function for each in self.activations), OUTPUTS[output]]
        self.workspace = Workspace(layer_dims, X.shape[1]) if workspace is None else workspace
        self.Z = [self.workspace.Z[rows] for rows in self.workspace.layers]
        self.A = [self.workspace.A[rows] for rows in self.workspace.layers]
        self.ZL, self.AL = self.Z[-1], self.A[-1]
        self._b = theta[count_weights(layer_dims) :].reshape(-1, 1)
        self._layers = [
            (
                self.params[f"W{l}"].dot,
                X if l == 1 else self.A[l - 2],
                self.workspace.biases[self.workspace.layers[l - 1]],
                functions[l - 1],
                self.Z[l - 1],
                self.A[l - 1],
            )
            for l in range(1, L + 1)
        ]

    def __call__(self) -> np.ndarray:
        """Run all layers; returns AL, (1, m), the same buffer at every call."""
        # To spread all biases over the samples at once and add arrays of one shape is faster than to
        # let every addition spread its own.
        np.copyto(self.workspace.biases, self._b)
        for W_dot, A_prev, b, function, Z, A in self._layers:
            W_dot(A_prev, Z)
            np.add(Z, b, Z)
            function(Z, A)
        return self.AL


class Engine:
    """Forward and backward propagation of one network over one fixed set of samples X and targets Y.

    ``forward`` fills the activations, ``cost`` reads them, ``backward`` turns them into ``grad``, the
    flat gradient, whose parts ``grads`` names {"dW1": …, "db1": …}.
    """

    def __init__(
        self,
        theta: np.ndarray,
        grad: np.ndarray,
        layer_dims: Sequence[int],
        X: np.ndarray,
        Y: np.ndarray,
        activation: str | Sequence[str],
        output: str = "sigmoid",
        cost: str | None = None,
        workspace: Workspace | None = None,
    ):
        self.forward = Forward(theta, layer_dims, X, activation, output, workspace)
        self.Y = Y
        self.grad = grad
        self.grads = views(grad, layer_dims, "d")
        self._cost = cost_of(output, cost)
        self._per_sample = np.array(1 / X.shape[1])
        workspace = self.forward.workspace
        self._dZ = [workspace.dZ[rows] for rows in workspace.layers]
        self._all_dZ = workspace.dZ
        self._all_db = grad[count_weights(layer_dims) :].reshape(-1, 1)
        L = len(layer_dims) - 1
        self._derivatives = list(self._alike())
        self._hidden = [self._backward_through(l) for l in reversed(range(1, L))]
        self._weights = [self._weights_of(l) for l in range(1, L + 1)]

    def cost(self) -> float:
        """The cost of the last forward pass."""
        forward = self.forward
        return self._cost.cost(forward.ZL, forward.AL, self.Y, forward.workspace.cost)

    def backward(self) -> np.ndarray:
        """The gradient of the cost at the last forward pass, flat; the same buffer at every call."""
        self._cost.dZ(self.forward.AL, self.Y, self._dZ[-1])
        for derivative, Z, A, D in self._derivatives:
            derivative(Z, A, D)
        for W_T_dot, dZ_next, D, dZ in self._hidden:
            W_T_dot(dZ_next, dZ)  # dA of this layer, which becomes dZ in place
            np.multiply(dZ, D, dZ)
        for dZ_dot, A_prev_T, dW in self._weights:
            dZ_dot(A_prev_T, dW)
        np.add.reduce(self._all_dZ, 1, None, self._all_db, True)
        return np.multiply(self.grad, self._per_sample, self.grad)

    def _alike(self) -> Iterator[tuple]:
        """The operands of g'(Z): one call for neighbouring hidden layers of the same activation."""
        workspace, activations = self.forward.workspace, self.forward.activations
        hidden = zip(activations, workspace.layers[:-1], strict=True)
        for activation, group in groupby(hidden, key=lambda layer: layer[0]):
            rows = [rows for _, rows in group]
            rows = slice(rows[0].start, rows[-1].stop)
            yield (
                activation.derivative,
                workspace.Z[rows],
                workspace.A[rows],
                workspace.derivative[rows],
            )

    def _backward_through(self, l: int) -> tuple:
        """The operands that carry dZ of layer l + 1 back to dZ of layer l."""
        workspace = self.forward.workspace
        D = workspace.derivative[workspace.layers[l - 1]]
        return self.forward.params[f"W{l + 1}"].T.dot, self._dZ[l], D, self._dZ[l - 1]

    def _weights_of(self, l: int) -> tuple:
        """The operands that turn dZ of layer l into dW."""
        A_prev = self.forward.X if l == 1 else self.forward.A[l - 2]
        return self._dZ[l - 1].dot, A_prev.T, self.grads[f"dW{l}"]


class Batches:
    """The mini-batches of one training set: an engine for each, over its part of the shuffled samples.

    The last batch holds what is left. All batches of one size share a workspace, and all of them one
    ``grad``.
    """

    def __init__(
        self,
        theta: np.ndarray,
        grad: np.ndarray,
        layer_dims: Sequence[int],
        X: np.ndarray,
        Y: np.ndarray,
        batch_size: int,
        activation: str | Sequence[str],
        output: str = "sigmoid",
        cost: str | None = None,
    ):
        self._X, self._Y = X, Y
        self._shuffled_X, self._shuffled_Y = np.empty_like(X), np.empty_like(Y)
        workspaces: dict[int, Workspace] = {}
        self.engines = []
        for X_batch, Y_batch in batches_of(self._shuffled_X, self._shuffled_Y, batch_size):
            m = X_batch.shape[1]
            workspace = workspaces.setdefault(m, Workspace(layer_dims, m))
            self.engines.append(
                Engine(theta, grad, layer_dims, X_batch, Y_batch, activation, output, cost, workspace)
            )

    def shuffle(self, order: np.ndarray) -> None:
        """Put the samples into this order. (The mode lets NumPy write to ``out`` without a copy.)"""
        np.take(self._X, order, axis=1, out=self._shuffled_X, mode="clip")
        np.take(self._Y, order, axis=1, out=self._shuffled_Y, mode="clip")


class Surface:
    """What a network answers all over a window of the plane: an n x n grid of probabilities.

    The grid is worked through in blocks that stay in the cache. Column i of row j is at x1[i], x2[j];
    row 0 is the bottom of the window, (x1_min, x1_max, x2_min, x2_max).
    """

    BLOCK = 1000  # columns; a hidden layer of 8 then takes 64 kB

    def __init__(
        self,
        layer_dims: Sequence[int],
        activation: str | Sequence[str],
        window: tuple[float, float, float, float],
        n: int = 100,
    ):
        x1_min, x1_max, x2_min, x2_max = window
        self.x1, self.x2 = np.linspace(x1_min, x1_max, n), np.linspace(x2_min, x2_max, n)
        grid = np.stack(np.meshgrid(self.x1, self.x2)).reshape(2, n * n)
        self._shape = (n, n)
        self._theta = np.empty(count(layer_dims))
        self._blocks = [
            Forward(
                self._theta,
                layer_dims,
                np.ascontiguousarray(grid[:, start : start + self.BLOCK]),
                activation,
            )
            for start in range(0, n * n, self.BLOCK)
        ]

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """The outputs of the network with the parameters theta, (n, n), as a new array."""
        self._theta[:] = theta
        with np.errstate(over="ignore", invalid="ignore"):
            return np.concatenate([forward() for forward in self._blocks], axis=1).reshape(self._shape)
