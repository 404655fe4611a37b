"""The parameters of a network: one flat vector theta, and the same memory as W1, b1, W2, b2, …

theta holds all weights, layer by layer, and then all biases: [W1, …, WL, b1, …, bL]. So the biases of
all layers are one column, and a penalty on the weights concerns only the front of theta.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np

from scratchnet.precision import NOISE
from scratchnet.validation import NotAllowed, all_of, as_numbers, brief, check_shape

Params = dict[str, np.ndarray]


def layer_dims_of(params: Mapping[str, np.ndarray]) -> tuple[int, ...]:
    """Return the layer dimensions (n_0, …, n_L) of a network with these parameters."""
    L = len(params) // 2
    return params["W1"].shape[1], *(params[f"W{l}"].shape[0] for l in range(1, L + 1))


def count_weights(layer_dims: Sequence[int]) -> int:
    """Return how many weights a network of these layer dimensions has, without the biases."""
    return sum(n_prev * n for n_prev, n in pairwise(layer_dims))


def count(layer_dims: Sequence[int]) -> int:
    """Return how many weights and biases a network of these layer dimensions has."""
    return count_weights(layer_dims) + sum(layer_dims[1:])


def views(theta: np.ndarray, layer_dims: Sequence[int], prefix: str = "") -> Params:
    """Return theta, (count(layer_dims),), as views {"W1": (n_1, n_0), "b1": (n_1, 1), …}, not copies.

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
    """Return where theta[index] is: the name of its part, such as "W1", its row and column, from 0."""
    for name, part in views(np.arange(count(layer_dims)), layer_dims).items():
        for row, column in np.argwhere(part == index).tolist():
            return name, row, column
    raise IndexError(index)


def check_params(params: Mapping[str, object], n_x: int | None = None) -> Params:
    """Return ``params`` as arrays, if they are those of a network of n_x inputs; else raise ValueError.

    An n_x of None allows any number of inputs.
    """
    names = [f"{part}{l}" for l in range(1, max(len(params) // 2, 1) + 1) for part in "Wb"]
    if set(params) != set(names):
        found = brief(", ".join(map(str, params))) if params else "none"
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


def check_inputs(X: object, params: Mapping[str, object]) -> tuple[np.ndarray, Params]:
    """Return X, (n_0, m), and ``params`` as arrays, if they fit each other; else raise ValueError."""
    checked = check_params(params)
    n_x, *_ = layer_dims_of(checked)
    X = as_numbers("X", X)
    if X.ndim != 2 or X.shape[0] != n_x:
        raise NotAllowed(
            f"X must have the shape ({n_x}, samples), a row for each feature, got {X.shape}."
        )
    return X, checked


def check_outputs(
    A: object, Y: object, caches: Sequence[tuple] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the outputs A and the targets Y, (n, m), as arrays, if they fit each other.

    For one output, Y of shape (m,) is returned as (1, m). With ``caches`` of forward_prop, A is called
    AL and must fit the last of them. Raises ValueError.
    """
    name = "A" if caches is None else "AL"
    A, Y = as_numbers(name, A), as_numbers("Y", Y)
    if caches is not None:
        if not len(caches):
            raise NotAllowed("caches must hold the cache of each layer, got none.")
        check_shape("AL", A, np.shape(caches[-1][1]), "Z in the last cache")
    if A.ndim != 2 or 0 in A.shape:
        raise NotAllowed(
            f"{name} must have the shape (outputs, samples), at least 1 of each, got {A.shape}."
        )
    Y = Y.reshape(A.shape) if (1, *Y.shape) == A.shape else Y
    check_shape("Y", Y, A.shape, name)
    return A, Y


def check_grads(params: Mapping[str, object], grads: Mapping[str, object]) -> tuple[Params, Params]:
    """Return ``params`` and their gradients as arrays, if each dW and db is like its W or b.

    Other entries of ``grads`` are left out. Raises ValueError.
    """
    checked, found = check_params(params), {}
    for name, part in checked.items():
        if f"d{name}" not in grads:
            raise NotAllowed(
                f"grads must hold {all_of(f'd{each}' for each in checked)}, got "
                f"{brief(', '.join(map(str, grads))) if grads else 'none'}."
            )
        found[f"d{name}"] = as_numbers(f"d{name}", grads[f"d{name}"])
        check_shape(f"d{name}", found[f"d{name}"], part.shape, name)
    return checked, found


def flatten(params: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return {"W1": …, "b1": …, …} as one new vector, theta."""
    layers = range(1, len(layer_dims_of(params)))
    return np.concatenate([params[f"{part}{l}"].ravel() for part in "Wb" for l in layers])


def checksums(thetas: np.ndarray) -> list[int]:
    """Return the CRC-32 of each row of thetas, (k, count), as little-endian float64.

    Numbers below NOISE count as 0, and all nan as the same.
    """
    summed = np.where(np.abs(thetas) < NOISE, 0.0, thetas)
    summed[np.isnan(summed)] = np.nan
    return [crc32(theta) for theta in summed.astype("<f8", copy=False)]


def fingerprint(theta: np.ndarray) -> str:
    """Return the checksum of theta as eight hex digits.

    Two runs with the same fingerprint have the same parameters, but for a chance of 1 in 4 billion.
    """
    return f"{checksums(theta[None])[0]:08x}"
