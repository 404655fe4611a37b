"""What is only looked at: the output at many points of the plane, and that of every neuron.

It is computed in float32 throughout: an eye tells a hundredth, and without AVX-512 it takes a quarter
of the time.
"""

from collections.abc import Sequence

import numpy as np

from scratchnet.nn.engine import Forward, Views
from scratchnet.nn.network import batches_of
from scratchnet.nn.params import count


class Surface(Views):
    """The logits of a network at many points, such as those of a picture.

    Between the points of a grid a logit, an output before its output function, is much nearer to a
    straight line than a sigmoid, which jumps from 0 to 1. ``X``, (n_0, m), is computed in blocks that
    stay in the cache, in float32; in float64 where a number overflows that, or where its rounding would
    be seen, since the logits are small beside the terms that they are sums of.
    """

    BLOCK = 4000  # columns; a hidden layer of 8 then takes 128 kB
    SEEN = 1e-5  # rounding that is seen, relative to the largest logit or the largest lead of a class

    def __init__(self, layer_dims: Sequence[int], activation: str | Sequence[str], X: np.ndarray):
        self._network, self._X = (layer_dims, activation), X
        self._passes: dict[type, tuple[np.ndarray, list[tuple[Forward, np.ndarray]]]] = {}

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """Return the logits of the network with the parameters theta, (n_L, m), as a new array."""
        with np.errstate(over="ignore", invalid="ignore"):
            logits, terms = self._logits(theta, np.float32)
            spread = np.abs(logits).max() if len(logits) == 1 else np.ptp(logits, axis=0).max()
            if np.finfo(np.float32).eps * terms <= self.SEEN * spread < np.inf:
                return logits
            return self._logits(theta, np.float64)[0]

    def _logits(self, theta: np.ndarray, dtype: type) -> tuple[np.ndarray, float]:
        """Return the logits, computed in this type, and how large the terms of their sums can be."""
        if dtype not in self._passes:
            self._passes[dtype] = self._forwards(dtype)
        own_theta, blocks = self._passes[dtype]
        own_theta[:] = theta
        parts, largest = [], 0.0
        for forward, X in blocks:
            parts.append(forward(X).copy())
            A_prev = forward.A[-2] if len(forward.A) > 1 else X
            largest = np.fmax(largest, np.abs(A_prev).max())
        L = len(self._network[0]) - 1
        W, b = forward.params[f"W{L}"], forward.params[f"b{L}"]
        terms = (np.abs(W).sum(axis=1) * largest + np.abs(b[:, 0])).max()
        return np.concatenate(parts, axis=1), terms

    def _forwards(self, dtype: type) -> tuple[np.ndarray, list[tuple[Forward, np.ndarray]]]:
        """Return the parameters, to be filled, and the forward pass of each block with its points."""
        layer_dims, activation = self._network
        theta: np.ndarray = np.empty(count(layer_dims), dtype)
        X: np.ndarray = self._X.astype(dtype)
        blocks = [np.ascontiguousarray(block) for block, _ in batches_of(X, X, self.BLOCK)]
        forwards = {
            m: Forward(theta, layer_dims, m, activation, "linear")
            for m in {block.shape[1] for block in blocks}
        }
        return theta, [(forwards[block.shape[1]], block) for block in blocks]


class Maps(Views):
    """The activations of all neurons at many points X, such as those of a small picture.

    They are computed in float32, or in float64 where a number overflows that.
    """

    def __init__(
        self, layer_dims: Sequence[int], activation: str | Sequence[str], output: str, X: np.ndarray
    ):
        self._network, self._output, self._X = (layer_dims, activation), output, X
        self._passes: dict[type, tuple[np.ndarray, np.ndarray, Forward]] = {}

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """Return A of all layers for the parameters theta, (n_1 + … + n_L, m): always one buffer."""
        with np.errstate(over="ignore", invalid="ignore"):
            A = self._all_A(theta, np.float32)
            return A if np.isfinite(A).all() else self._all_A(theta, np.float64)

    def _all_A(self, theta: np.ndarray, dtype: type) -> np.ndarray:
        """Return A of all layers, computed in this type."""
        if dtype not in self._passes:
            (layer_dims, activation), m = self._network, self._X.shape[1]
            new_theta: np.ndarray = np.empty(count(layer_dims), dtype)
            forward = Forward(new_theta, layer_dims, m, activation, self._output)
            self._passes[dtype] = new_theta, self._X.astype(dtype), forward
        own_theta, X, forward = self._passes[dtype]
        own_theta[:] = theta
        forward(X)
        return forward.all_A
