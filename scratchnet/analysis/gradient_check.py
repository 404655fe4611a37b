"""A gradient check compares backpropagation with finite differences.

Backpropagation computes the derivative of the cost C with respect to a parameter θ analytically. The
central difference (C(θ + h) - C(θ - h)) / 2h estimates it from two costs alone: the numeric gradient.
Where the two differ, backpropagation has a bug.

A large step h has a truncation error, which grows as h²; a small one a round-off error, which grows as
1/h. So the error over h has the shape of a V.

The update is checked as well: (θ - θ_new) / learning_rate, the descent, has to equal the numeric
gradient, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

import numpy as np

from scratchnet.nn import network
from scratchnet.nn.activations import ACTIVATIONS, layer_activations
from scratchnet.nn.costs import cost_of, penalty
from scratchnet.nn.network import Params, forward_prop
from scratchnet.nn.params import layer_dims_of
from scratchnet.run.trainer import Trainer

# The step h of a check. The largest error of 2,000 random networks, some with very steep costs, was
# 8e-7 with it, 7e-6 with 3 h, 3e-6 with h / 3, 8e-5 with 10 h and 1e-5 with h / 10.
STEP = 1e-5
STEPS = tuple(10.0 ** (-n / 2) for n in range(2, 27))  # from 1e-1 to 1e-13

# Relative errors up to SAME are those of central differences, from BUG on those of bugs.
SAME, BUG = 1e-6, 1e-3

# Gradients below this fraction of the cost are compared as if they were as large: a central difference
# has the rounding of the cost, about 1e-16 of it, divided by h, so smaller ones have too few digits.
FLOOR = 1e-4

LARGEST = 1e4  # parameter; at larger ones, too much of the step is lost in rounding

SAMPLES = 30  # each additional one may be near a kink

# What code with a bug may raise.
FAILURES = (ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, eq=False)
class Case:
    """A network, and the samples it is checked on: X, (n_0, m), and their targets T, (n_L, m)."""

    params: Params
    X: np.ndarray
    T: np.ndarray
    activation: str | Sequence[str] = "sigmoid"
    output: str = "sigmoid"
    cost: str | None = None
    l1: float = 0.0
    l2: float = 0.0

    @property
    def layer_dims(self) -> tuple[int, ...]:
        """Return (n_0, …, n_L)."""
        return layer_dims_of(self.params)

    @property
    def activations(self) -> tuple[str, ...]:
        """Return the names of the activations of the hidden layers."""
        return layer_activations(self.activation, len(self.layer_dims) - 1)

    @property
    def floor(self) -> float:
        """Return the gradient below which central differences have too few digits, see FLOOR."""
        cost, _ = _cost_and_sides(self, self.params)
        return FLOOR * max(cost, 1.0)


def case_of(trainer: Trainer, samples: int = SAMPLES) -> Case:
    """Return the network of a run as it is now, with the first ``samples`` of its training set."""
    net, training = trainer.settings.network, trainer.settings.training
    X, T = (np.ascontiguousarray(array[:, :samples]) for array in trainer.training_set)
    functions = net.activation, net.output, net.cost
    return Case(trainer.params, X, T, *functions, training.l1, training.l2)


def analytic_gradients(case: Case, code: ModuleType = network) -> Params:
    """Return the gradients by backpropagation, {"dW1": like W1, "db1": like b1, …}.

    ``code`` is network.py, or a copy of it with a bug.
    """
    AL, caches = code.forward_prop(case.X, case.params, case.activation, case.output)
    functions = case.activation, case.output, case.cost
    return code.backprop(AL, case.T, caches, *functions, case.l1, case.l2)


class Numeric(NamedTuple):
    """The gradients by central differences, {"W1": like W1, …}, and which entries are left out."""

    grads: Params
    left_out: dict[str, np.ndarray]


def numeric_gradients(case: Case, step: float = STEP, most: int | None = None) -> Numeric:
    """Return the central difference of the cost, with its penalty, for every parameter.

    With ``most``, only for that many entries of each array, evenly spread. The others are nan and left
    out. So is an entry whose central difference estimates no derivative: its step takes any neuron at
    any sample past its kink, or with l1 a weight past 0; or a number overflows, or the parameter is
    above LARGEST.
    """
    params = {name: part.copy() for name, part in case.params.items()}
    _, sides = _cost_and_sides(case, params)
    grads = {name: np.full(part.shape, np.nan) for name, part in params.items()}
    left_out = {}
    for name, part in params.items():
        passed = (np.abs(part) < step) & (part != 0.0) & bool(case.l1 and name[0] == "W")
        for index in _spread(part.shape, most):
            theta = part[index]
            part[index] = theta + step
            cost_above, sides_above = _cost_and_sides(case, params)
            part[index] = theta - step
            cost_below, sides_below = _cost_and_sides(case, params)
            part[index] = theta
            grads[name][index] = (cost_above - cost_below) / (2 * step)
            passed[index] |= ((sides_above != sides) | (sides_below != sides)).any()
        left_out[name] = passed | ~np.isfinite(grads[name]) | (np.abs(part) > LARGEST)
    return Numeric(grads, left_out)


def _spread(shape: tuple[int, ...], most: int | None) -> list[tuple]:
    """Return the indices of an array of this shape, or ``most`` of them, evenly spread."""
    size = int(np.prod(shape))
    count = size if most is None else min(size, most)
    places = np.linspace(0, size - 1, count).round().astype(int)
    return [np.unravel_index(place, shape) for place in places]


def _cost_and_sides(case: Case, params: Params) -> tuple[float, np.ndarray]:
    """Return the cost that is minimised, and on which side of its kink each neuron is per sample."""
    AL, caches = forward_prop(case.X, params, case.activation, case.output)
    _, ZL = caches[-1]
    cost = float(cost_of(case.output, case.cost).cost(ZL, AL, case.T))
    if case.l1 or case.l2:
        cost += sum(penalty(W, case.l1, case.l2) for (_, W, _), _ in caches)
    sides = [np.zeros(0, dtype=bool)]
    for name, (_, Z) in zip(case.activations, caches[:-1], strict=True):
        if ACTIVATIONS[name].kinked:
            sides.append(Z.ravel() > 0.0)
    return cost, np.concatenate(sides)


def relative_error(analytic: np.ndarray, numeric: np.ndarray, floor: float = FLOOR) -> float:
    """Return the relative error of an array as a whole: ‖a - n‖ / (‖a‖ + ‖n‖), with Euclidean norms.

    This is the measure of Andrew Ng's course on deep learning. It is 0 where the two are equal,
    (k - 1) / (k + 1) where one is k times the other, and at most 1, where one is 0 or the negative of
    the other. A sum of the norms below ``floor`` counts as ``floor``. For nan the error is 1.
    """
    difference = float(np.linalg.norm(analytic - numeric))
    error = difference / max(float(np.linalg.norm(analytic) + np.linalg.norm(numeric)), floor)
    return 1.0 if np.isnan(error) else error


def relative_errors(analytic: np.ndarray, numeric: np.ndarray, floor: float = FLOOR) -> np.ndarray:
    """Return the relative error of each entry: |a - n| / max(|a| + |n|, floor).

    This is the measure of Stanford's CS231n. Without the floor, an entry where both are close to 0
    would only measure round-off.
    """
    with np.errstate(invalid="ignore"):
        errors = np.abs(analytic - numeric) / np.maximum(np.abs(analytic) + np.abs(numeric), floor)
    return np.where(np.isnan(errors), 1.0, errors)


@dataclass(frozen=True, eq=False)
class Comparison:
    """One array of parameters, such as W1, and its gradient in three ways, each like W1.

    ``descent`` is what an update with learning rate 1 subtracts. A gradient that the code does not
    return, or returns in a shape that does not fit, is nan. ``left_out`` says which entries are not
    compared, see numeric_gradients.
    """

    name: str
    analytic: np.ndarray
    numeric: np.ndarray
    descent: np.ndarray
    left_out: np.ndarray
    floor: float

    @property
    def errors(self) -> np.ndarray:
        """Return the relative error of each entry of the analytic gradient; nan where left out."""
        return self._errors_of(self.analytic)

    @property
    def descent_errors(self) -> np.ndarray:
        """Return the relative error of each entry of the descent; nan where left out."""
        return self._errors_of(self.descent)

    def _errors_of(self, values: np.ndarray) -> np.ndarray:
        return np.where(self.left_out, np.nan, relative_errors(values, self.numeric, self.floor))

    @property
    def error(self) -> float:
        """Return the largest relative error of the analytic gradient; nan if all is left out."""
        return largest(self.errors)

    @property
    def descent_error(self) -> float:
        """Return the largest relative error of the descent; nan if all is left out."""
        return largest(self.descent_errors)

    @property
    def error_of_norms(self) -> float:
        """Return the relative error of the analytic gradient as a whole; nan if all is left out."""
        return _norm_error(self.analytic, self.numeric, self.left_out, self.floor)


def _norm_error(analytic: np.ndarray, numeric: np.ndarray, left_out: np.ndarray, floor: float) -> float:
    """Return the relative error of what is not left out, as a whole; nan if all is."""
    if left_out.all():
        return np.nan
    return relative_error(analytic[~left_out], numeric[~left_out], floor)


def largest(errors: np.ndarray) -> float:
    """Return the largest error that is not nan; nan if all are."""
    numbers = errors[~np.isnan(errors)]
    return float(numbers.max()) if numbers.size else np.nan


class Result(NamedTuple):
    """The result of a check: the comparisons by the names of the parameters.

    ``notes`` are sentences about what cannot be compared: that the code stopped, that a gradient is
    missing or has another shape.
    """

    comparisons: dict[str, Comparison]
    notes: tuple[str, ...]

    @property
    def worst(self) -> float:
        """Return the largest relative error of a gradient or a descent; nan if all is left out."""
        parts = self.comparisons.values()
        return largest(np.array([[part.error, part.descent_error] for part in parts]))

    @property
    def left_out(self) -> int:
        """Return how many parameters are not compared, see numeric_gradients."""
        return sum(int(part.left_out.sum()) for part in self.comparisons.values())


def verdict(error: float) -> str:
    """Return the verdict on a relative error: "same", "bug", "unclear" between, "none" for nan."""
    if np.isnan(error):
        return "none"
    if error <= SAME:
        return "same"
    return "bug" if error >= BUG else "unclear"


def check(case: Case, code: ModuleType = network, step: float = STEP) -> Result:
    """Compare the gradients of ``code`` and its update with central differences.

    ``code`` is network.py, or a copy of it with a bug, which may raise an exception.
    """
    with np.errstate(all="ignore"):
        numeric = numeric_gradients(case, step)
        grads, updated, stopped = _run(case, code)
        floor, comparisons = case.floor, {}
        for name, theta in case.params.items():
            comparisons[name] = Comparison(
                name,
                _like(theta, grads.get(f"d{name}")),
                numeric.grads[name],
                theta - _like(theta, updated.get(name)),
                numeric.left_out[name],
                floor,
            )
    return Result(comparisons, (*stopped, *_misfits(case.params, grads)))


def _run(case: Case, code: ModuleType) -> tuple[Params, Params, list[str]]:
    """Return the gradients, the parameters after an update with rate 1, and why the code stopped."""
    grads, updated = {}, {}
    try:
        grads = analytic_gradients(case, code)
        updated = code.update_parameters(case.params, grads, 1.0)
    except FAILURES as error:
        return grads, updated, [f"The code stops with {exception_text(error)}."]
    return grads, updated, []


def exception_text(error: Exception) -> str:
    """Return an exception as the last line of a traceback."""
    return f"{type(error).__name__}: {error}"


def _like(theta: np.ndarray, found: np.ndarray | None) -> np.ndarray:
    """Return what was found, broadcast to the shape of theta; nan where it does not fit."""
    try:
        return np.broadcast_to(np.nan if found is None else found, theta.shape)
    except ValueError:
        return np.full(theta.shape, np.nan)


def _misfits(params: Mapping[str, np.ndarray], grads: Mapping[str, np.ndarray]) -> list[str]:
    """Return a sentence for each gradient that is missing, unless all are, or has another shape."""
    sentences = []
    for name, theta in params.items() if grads else ():
        shape = np.shape(grads.get(f"d{name}", theta))
        if f"d{name}" not in grads:
            sentences.append(f"There is no d{name}.")
        elif shape != theta.shape:
            sentences.append(f"d{name} has the shape {shape}, but {name} has {theta.shape}.")
    return sentences


def errors_by_step(
    case: Case, code: ModuleType = network, steps: Sequence[float] = STEPS, most: int = 8
) -> dict[str, np.ndarray]:
    """Return the relative error of each gradient as a whole for each step: {"W1": (len(steps),), …}.

    Of each array, ``most`` entries are compared, without those that are left out with the smallest
    step; that a larger one passes more kinks is part of its error.
    """
    with np.errstate(all="ignore"):
        grads, _, _ = _run(case, code)
        runs = {step: numeric_gradients(case, step, most) for step in steps}
        left_out, floor, errors = runs[min(steps)].left_out, case.floor, {}
        for name, theta in case.params.items():
            analytic = _like(theta, grads.get(f"d{name}"))
            numeric = [run.grads[name] for run in runs.values()]
            errors[name] = np.array(
                [_norm_error(analytic, part, left_out[name], floor) for part in numeric]
            )
    return errors
