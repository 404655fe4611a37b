"""The parameters of a network: one flat vector theta, and the same memory as W1, b1, W2, b2, …"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np


def count(layer_dims: Sequence[int]) -> int:
    """How many weights and biases a network of these layer dimensions has."""
    return sum(n * n_prev + n for n_prev, n in pairwise(layer_dims))


def views(theta: np.ndarray, layer_dims: Sequence[int], prefix: str = "") -> dict[str, np.ndarray]:
    """theta, (count(layer_dims),), as {"W1": (n_1, n_0), "b1": (n_1, 1), …}: views, not copies.

    ``prefix`` "d" names the parts of a gradient, {"dW1": …, "db1": …}.
    """
    parts = {}
    start = 0
    for l in range(1, len(layer_dims)):
        n, n_prev = layer_dims[l], layer_dims[l - 1]
        for name, shape in ((f"{prefix}W{l}", (n, n_prev)), (f"{prefix}b{l}", (n, 1))):
            size = shape[0] * shape[1]
            parts[name] = theta[start : start + size].reshape(shape)
            start += size
    return parts


def flatten(params: Mapping[str, np.ndarray]) -> np.ndarray:
    """{"W1": …, "b1": …, …} as one new vector, in the order of the layers."""
    L = len(params) // 2
    return np.concatenate([params[f"{p}{l}"].ravel() for l in range(1, L + 1) for p in "Wb"])
