"""The parameters of a network: one flat vector theta, and the same memory as W1, b1, W2, b2, …

theta holds all weights, layer by layer, and then all biases: [W1, …, WL, b1, …, bL]. So the biases of
all layers are one column, and a penalty on the weights is one on the front of theta.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np

from scratchnet.precision import NOISE
from scratchnet.validation import NotAllowed, as_numbers, shown


def layer_dims_of(params: Mapping[str, np.ndarray]) -> tuple[int, ...]:
    """Return the layer dimensions (n_0, …, n_L) of a network with these parameters."""
    L = len(params) // 2
    return params["W1"].shape[1], *(params[f"W{l}"].shape[0] for l in range(1, L + 1))


def count_weights(layer_dims: Sequence[int]) -> int:
    """How many weights a network of these layer dimensions has, without the biases."""
    return sum(n_prev * n for n_prev, n in pairwise(layer_dims))


def count(layer_dims: Sequence[int]) -> int:
    """How many weights and biases a network of these layer dimensions has."""
    return count_weights(layer_dims) + sum(layer_dims[1:])


def views(theta: np.ndarray, layer_dims: Sequence[int], prefix: str = "") -> dict[str, np.ndarray]:
    """theta, (count(layer_dims),), as {"W1": (n_1, n_0), "b1": (n_1, 1), …}: views, not copies.

    ``prefix`` "d" names the parts of a gradient, {"dW1": …, "db1": …}. Of many theta, (k, count), the
    parts are stacks, {"W1": (k, n_1, n_0), …}.
    """
    parts = {}
    many, at_W, at_b = theta.shape[:-1], 0, count_weights(layer_dims)
    for l, (n_prev, n) in enumerate(pairwise(layer_dims), start=1):
        parts[f"{prefix}W{l}"] = theta[..., at_W : at_W + n * n_prev].reshape(*many, n, n_prev)
        parts[f"{prefix}b{l}"] = theta[..., at_b : at_b + n].reshape(*many, n, 1)
        at_W, at_b = at_W + n * n_prev, at_b + n
    return parts


def place_of(index: int, layer_dims: Sequence[int]) -> tuple[str, int, int]:
    """Where theta[index] stands: the name of its part, such as "W1", its row and its column, from 0."""
    for name, part in views(np.arange(count(layer_dims)), layer_dims).items():
        for row, column in np.argwhere(part == index).tolist():
            return name, row, column
    raise IndexError(index)


def check_params(params: Mapping[str, object], n_x: int | None = None) -> dict[str, np.ndarray]:
    """``params`` as arrays, if they are those of a network of n_x inputs; else ValueError.

    An n_x of None leaves the number of inputs free.
    """
    names = [f"{part}{l}" for l in range(1, max(len(params) // 2, 1) + 1) for part in "Wb"]
    if set(params) != set(names):
        found = shown(", ".join(map(str, params))) if params else "none"
        raise NotAllowed(f"params must be W1 and b1, then W2 and b2, and so on, got {found}.")
    checked = {name: as_numbers(name, params[name]) for name in names}
    for name, part in checked.items():
        if name.startswith("W"):
            if part.ndim != 2 or part.shape[0] < 1 or part.shape[1] != (n_x or part.shape[1]):
                allowed = f"(neurons, {n_x or 'inputs'}), a column for each input"
                raise NotAllowed(f"{name} must have the shape {allowed}, got {part.shape}.")
            n_x = part.shape[0]
        elif part.shape != (n_x, 1):
            allowed = f"({n_x}, 1), a row for each neuron"
            raise NotAllowed(f"{name} must have the shape {allowed}, got {part.shape}.")
    return checked


def flatten(params: Mapping[str, np.ndarray]) -> np.ndarray:
    """{"W1": …, "b1": …, …} as one new vector."""
    layers = range(1, len(layer_dims_of(params)))
    return np.concatenate([params[f"{part}{l}"].ravel() for part in "Wb" for l in layers])


def checksums(thetas: np.ndarray) -> list[int]:
    """Return the CRC-32 of each theta of (k, count): of its float64, little-endian, in their order.

    What is under NOISE counts as 0, and there is one nan.
    """
    told = np.where(np.abs(thetas) < NOISE, 0.0, thetas)
    told[np.isnan(told)] = np.nan
    return [crc32(theta) for theta in told.astype("<f8", copy=False)]


def fingerprint(theta: np.ndarray) -> str:
    """Return the checksum of theta as eight hex digits, which tell it from any other.

    Two runs that show the same at an epoch have, but for one chance in 4 billion, the same parameters.
    """
    return f"{checksums(theta[None])[0]:08x}"
