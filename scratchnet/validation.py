"""A check is one clear sentence: it names the setting, its value and what is allowed."""

from collections.abc import Collection, Sequence
from numbers import Integral, Real

import numpy as np

MAX_EPOCHS = 100_000
MAX_LEARNING_RATE = 1000.0
MAX_PENALTY = 1000.0


class NotAllowed(ValueError):  # noqa: N818  it says what a value is, and not that the code is wrong
    """A value from outside is not allowed: one sentence for whoever gave it.

    Every check raises it. Any other ValueError is a fault of the code, and is not to be caught with it.
    """


def check_whole(name: str, value: object, low: int, high: int) -> int:
    """``value`` as an int, if it is a whole number from ``low`` to ``high``; else ValueError."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= value <= high:
        raise NotAllowed(f"{name} is {shown(value)}; allowed are whole numbers from {low} to {high}.")
    return int(value)


def check_number(name: str, value: object, low: float, high: float) -> float:
    """``value`` as a float, if it is a number from ``low`` to ``high``; else ValueError."""
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= value <= high:
        raise NotAllowed(f"{name} is {shown(value)}; allowed are numbers from {low:g} to {high:g}.")
    return float(value) + 0.0  # -0.0 becomes 0.0


def check_choice(name: str, value: object, choices: Collection[str]) -> str:
    """``value``, if it is one of ``choices``; else ValueError."""
    if not isinstance(value, str) or value not in choices:
        raise NotAllowed(f"{name} is {shown(value)}; allowed are {', '.join(choices)}.")
    return value


def check_layer_dims(
    layer_dims: Sequence[int],
    n_x: int | None = 2,
    n_y: int | None = 1,
    widest: int = 100_000,
    most_hidden: int = 100,
) -> tuple[int, ...]:
    """``layer_dims`` as a tuple that goes from n_x features to n_y outputs; else ValueError.

    An n_x or n_y of None leaves that end free.
    """
    name = "layer_dims"
    if isinstance(layer_dims, str | bytes) or not isinstance(layer_dims, Sequence | np.ndarray):
        raise NotAllowed(f"{name} is {shown(layer_dims)}; allowed are layers such as 2-4-1.")
    if len(layer_dims) > most_hidden + 2:
        raise NotAllowed(
            f"{name} has {len(layer_dims) - 2} hidden layers; allowed are 0 to {most_hidden} hidden "
            "layers."
        )
    if len(layer_dims) < 2:
        raise NotAllowed(
            f"{name} is {shown(layer_dims)}; allowed are a number of features, 0 to {most_hidden} "
            "hidden layers and a number of outputs."
        )
    dims = tuple(check_whole(f"{name}[{l}]", n, 1, widest) for l, n in enumerate(layer_dims))
    if n_x is not None and dims[0] != n_x:
        raise NotAllowed(f"{name} starts at {dims[0]}; allowed is {n_x}, the number of features.")
    if n_y is not None and dims[-1] != n_y:
        raise NotAllowed(f"{name} ends at {dims[-1]}; allowed is {n_y}, the number of outputs.")
    return dims


def check_samples(
    X: object, Y: object, names: tuple[str, str] = ("X", "Y")
) -> tuple[np.ndarray, np.ndarray]:
    """X, (n_x, m), and Y, (n_y, m) or (m,), as float64 arrays of finite features and labels.

    ``names`` are what the sentence calls them. Raises ValueError.
    """
    X, Y = (as_numbers(name, array) for name, array in zip(names, (X, Y), strict=True))
    X_name, Y_name = names
    if X.ndim != 2 or 0 in X.shape:
        raise NotAllowed(
            f"{X_name} has shape {X.shape}; allowed is (features, samples), 1 or more each."
        )
    m = X.shape[1]
    Y = Y.reshape(1, m) if Y.shape == (m,) else Y
    if Y.ndim != 2 or Y.shape[0] < 1 or Y.shape[1] != m:
        raise NotAllowed(f"{Y_name} has shape {Y.shape}; allowed is (1, {m}), one label a sample.")
    for name, array in ((X_name, X), (Y_name, Y)):
        check_finite(name, array)
    return np.ascontiguousarray(X), np.ascontiguousarray(Y)


def check_labels(name: str, Y: np.ndarray, labels: Sequence[int]) -> None:
    """ValueError if the array ``Y`` of that name holds anything but these labels."""
    wrong = Y[~np.isin(Y, list(labels))]
    if wrong.size:
        allowed = f"{', '.join(map(str, labels[:-1]))} and {labels[-1]}"
        raise NotAllowed(f"{name} holds the label {wrong[0]:g}; allowed are {allowed}.")


def check_finite(name: str, array: np.ndarray) -> None:
    """ValueError if the array of that name holds anything but finite numbers."""
    wrong = array[~np.isfinite(array)]
    if wrong.size:
        raise NotAllowed(f"{name} holds {wrong[0]}; allowed are finite numbers.")


def as_numbers(name: str, array: object) -> np.ndarray:
    """``array`` as a float64 array; ValueError if it is none of numbers."""
    try:
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotAllowed(f"{name} is not numeric; allowed is an array of numbers.") from None


def shown(value: object) -> str:
    """``value`` as a sentence shows it: short, on one line."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        text = "a number with too many digits"
    text = "".join(c if c.isprintable() else "?" for c in text)
    text = text if len(text) <= 40 else text[:39] + "…"
    return f"'{text}'" if isinstance(value, str) else text
