"""A failed check raises one sentence: the name of the value, what it must be, and what was given."""

from collections.abc import Collection, Iterable, Sequence
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike

MAX_EPOCHS = 100_000
MAX_LEARNING_RATE = 1000.0
MAX_PENALTY = 1000.0
MAX_SEED = 2**32 - 1


class NotAllowed(ValueError):  # noqa: N818  it says what a value is, and not that the code is wrong
    """A value from outside is not allowed: one sentence for whoever gave it.

    Every check raises it. Any other ValueError is a bug in the code, and must not be caught with it.
    """


def check_whole(name: str, value: object, low: int, high: int) -> int:
    """Return ``value`` as an int if it is one from ``low`` to ``high``; else raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low or not value <= high:
        wanted = f"an integer from {low} to {high}" if low < high else low
        raise NotAllowed(f"{name} must be {wanted}, got {brief(value)}.")
    return int(value)


def check_number(name: str, value: object, low: float, high: float) -> float:
    """Return ``value`` as a float if it is a number from ``low`` to ``high``; else raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, Real) or value < low or not value <= high:
        raise NotAllowed(f"{name} must be a number from {low:g} to {high:g}, got {brief(value)}.")
    return float(value) + 0.0  # -0.0 becomes 0.0


def check_choice(name: str, value: object, choices: Collection[str]) -> str:
    """Return ``value`` if it is one of ``choices``; else raise ValueError."""
    if not isinstance(value, str) or value not in choices:
        raise NotAllowed(f"{name} must be {one_of(choices)}, got {brief(value)}.")
    return value


def check_layer_dims(
    layer_dims: object,
    n_x: int | None = 2,
    n_y: int | None = 1,
    widest: int = 100_000,
    most_hidden: int = 100,
) -> tuple[int, ...]:
    """Return ``layer_dims`` as a tuple if it leads from n_x features to n_y outputs; else ValueError.

    An n_x or n_y of None leaves that end free.
    """
    name = "layer_dims"
    if isinstance(layer_dims, str | bytes) or not isinstance(layer_dims, Sequence | np.ndarray):
        raise NotAllowed(f"{name} must be a list of layers such as 2-4-1, got {brief(layer_dims)}.")
    if len(layer_dims) > most_hidden + 2:
        raise NotAllowed(
            f"{name} must have from 0 to {most_hidden} hidden layers, got {len(layer_dims) - 2}."
        )
    if len(layer_dims) < 2:
        raise NotAllowed(
            f"{name} must hold the number of features, from 0 to {most_hidden} hidden layers and the "
            f"number of outputs, got {brief(layer_dims)}."
        )
    dims = tuple(check_whole(f"{name}[{l}]", n, 1, widest) for l, n in enumerate(layer_dims))
    if n_x is not None and dims[0] != n_x:
        raise NotAllowed(f"{name} must start with {n_x}, the number of features, got {dims[0]}.")
    if n_y is not None and dims[-1] != n_y:
        raise NotAllowed(f"{name} must end with {n_y}, the number of outputs, got {dims[-1]}.")
    return dims


def check_samples(
    X: object, Y: object, names: tuple[str, str] = ("X", "Y"), fewest: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Return X, (n_x, m), and Y, (n_y, m) or (m,), as float64 arrays of finite numbers.

    ``names`` are what the sentence calls them; m is at least ``fewest``. Raises ValueError.
    """
    X, Y = (as_numbers(name, array) for name, array in zip(names, (X, Y), strict=True))
    X_name, Y_name = names
    if X.ndim != 2 or X.shape[0] < 1 or X.shape[1] < fewest:
        raise NotAllowed(
            f"{X_name} must have the shape (features, samples), at least 1 of each, got {X.shape}."
        )
    m = X.shape[1]
    Y = Y.reshape(1, m) if Y.shape == (m,) else Y
    if Y.ndim != 2 or Y.shape[0] < 1 or Y.shape[1] != m:
        raise NotAllowed(f"{Y_name} must have the shape (1, {m}), one label per sample, got {Y.shape}.")
    for name, array in ((X_name, X), (Y_name, Y)):
        check_finite(name, array)
    return np.ascontiguousarray(X), np.ascontiguousarray(Y)


def check_shape(name: str, array: ArrayLike, shape: tuple[int, ...], whose: str) -> None:
    """Raise ValueError if the array of that name does not have this shape, which is ``whose``."""
    if np.shape(array) != shape:
        raise NotAllowed(f"{name} must have the shape {shape} of {whose}, got {np.shape(array)}.")


def check_labels(name: str, Y: np.ndarray, labels: Sequence[int]) -> None:
    """Raise ValueError if the array ``Y`` of that name holds anything but these labels."""
    wrong = Y[~np.isin(Y, list(labels))]
    if wrong.size:
        raise NotAllowed(f"{name} must hold only the labels {all_of(labels)}, got {wrong[0]:g}.")


def check_finite(name: str, array: np.ndarray) -> None:
    """Raise ValueError if the array of that name holds anything but finite numbers."""
    wrong = array[~np.isfinite(array)]
    if wrong.size:
        raise NotAllowed(f"{name} must hold only finite numbers, got {wrong[0]}.")


def as_numbers(name: str, array: object) -> np.ndarray:
    """Return ``array`` as a float64 array; raise ValueError if it is not numeric."""
    try:
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotAllowed(f"{name} must be an array of numbers, got {brief(array)}.") from None


def one_of(options: Collection[object]) -> str:
    """Return "one of a, b, c" for several options, and the option itself for a single one."""
    text = ", ".join(map(str, options))
    return f"one of {text}" if len(options) > 1 else text


def all_of(things: Iterable[object]) -> str:
    """Return a list in words: "1", "1 and 2", "1, 2 and 3"."""
    *first, last = map(str, things)
    return f"{', '.join(first)} and {last}" if first else last


def brief(value: object) -> str:
    """Return ``value`` as a sentence shows it: short, on one line."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except ValueError:  # an integer of more digits than Python writes
        text = "a number with too many digits"
    text = "".join(c if c.isprintable() else "?" for c in text)
    text = text if len(text) <= 40 else text[:39] + "…"
    return f"'{text}'" if isinstance(value, str) else text
