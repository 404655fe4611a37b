"""A step is one update of the network, taken apart: every quantity with its formula and its source.

All of it is computed by network.py, in the order in which the trainer computes it, and with the same
bits. The parameters are rounded here, so that they can be shown as they were before.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from scratchnet.nn import costs
from scratchnet.nn.activations import ACTIVATIONS, OUTPUTS, layer_activations
from scratchnet.nn.network import (
    Params,
    activation_backward,
    backprop,
    forward_prop,
    linear_backward,
    update_parameters,
)
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.params import check_params, layer_dims_of
from scratchnet.precision import PRECISIONS
from scratchnet.run.trainer import Trainer
from scratchnet.validation import (
    MAX_LEARNING_RATE,
    NotAllowed,
    check_finite,
    check_number,
    check_samples,
)


class Quantity(NamedTuple):
    """One array of a step: what it is, its formula in LaTeX, and where network.py computes it.

    ``phase`` is "forward", "cost", "backward" or "update"; ``layer`` counts from 1. ``line`` is the
    beginning of that line of the function ``source``. Where this line leaves the work to a function of
    NumPy or of nn/, this is the ``leaf``, and ``rule`` is what it computes, as text. ``textbook`` is
    another form of the formula, where textbooks have one.
    """

    phase: str
    layer: int
    name: str
    value: np.ndarray
    formula: str
    source: Callable
    line: str
    leaf: Callable | None = None
    rule: str = ""
    textbook: str = ""


class Step(NamedTuple):
    """One update: what it starts from, its quantities in their order, and what it leads to.

    ``moved`` are the new parameters as they come out of the update, and ``updated`` as they are kept,
    in the ``precision``. ``rate`` is that of gradient descent, and None for another optimizer; ``l1``
    and ``l2`` are the penalties. ``held`` is True for the entries that the update leaves as they are,
    see switches.py; None if there are none.
    """

    params: Params
    X: np.ndarray
    T: np.ndarray
    activations: tuple[str, ...]
    output: str
    quantities: tuple[Quantity, ...]
    moved: Params
    updated: Params
    precision: str
    rate: float | None
    l1: float
    l2: float
    held: Params | None

    def value(self, name: str) -> np.ndarray:
        """Return the quantity of that name; "A0" are the features."""
        return self.X if name == "A0" else self.quantity(name).value

    def quantity(self, name: str) -> Quantity:
        """Return the quantity of that name."""
        return next(each for each in self.quantities if each.name == name)


def next_step(trainer: Trainer) -> Step:
    """Return the update that the trainer would make next; the trainer stays as it is."""
    network, training = trainer.settings.network, trainer.settings.training
    X, T = trainer.next_batch()
    rate, memory = training.rate_at(trainer.epoch), trainer.memory
    held = trainer.held if training.switches else None

    def update(params: Params, grads: Params) -> Params:
        return update_parameters(params, grads, rate, training.optimizer, memory, "double", held)

    kind = network.activation, network.output, network.cost, training.l1, training.l2
    how = training.precision, training.optimizer, rate
    return take_apart(trainer.params, X, T, update, *kind, *how, held)


def own_step(
    params: Params,
    X: np.ndarray,
    T: np.ndarray,
    learning_rate: float,
    activation: str = "sigmoid",
    output: str = "sigmoid",
    cost: str | None = None,
) -> Step:
    """Return a step of gradient descent with given numbers, such as those of a textbook.

    ``cost`` None is the default cost of the output. Raises NotAllowed for a number that is not finite,
    targets that the cost does not allow, or shapes that do not match.
    """
    X, T = check_samples(X, T, ("X", "T"))
    check_number("learning_rate", learning_rate, 0.0, MAX_LEARNING_RATE)
    params = check_params(params, X.shape[0])
    for name, part in params.items():
        check_finite(name, part)
    _check_targets(T, output, cost, n_y=layer_dims_of(params)[-1])
    descend = lambda params, grads: update_parameters(params, grads, learning_rate)  # noqa: E731
    return take_apart(params, X, T, descend, activation, output, cost, rate=learning_rate)


def _check_targets(T: np.ndarray, output: str, cost: str | None, n_y: int) -> None:
    """Raise NotAllowed for targets that a network of n_y outputs with this cost does not allow."""
    squared = costs.cost_of(output, cost).cost is costs.squared_error
    if T.shape[0] != n_y:
        raise NotAllowed(
            f"T must have the shape ({n_y}, {T.shape[1]}), a row for each output, got {T.shape}."
        )
    if not squared and not ((T >= 0) & (T <= 1)).all():
        wrong = T[~((T >= 0) & (T <= 1))][0]
        raise NotAllowed(f"T must hold targets from 0 to 1, got {wrong:g}.")
    sums = T.sum(axis=0)
    wrong = sums[~np.isclose(sums, 1.0)]
    if output == "softmax" and wrong.size:
        raise NotAllowed(
            f"The targets of a sample must sum to 1 for a softmax output, got {wrong[0]:g}."
        )


def take_apart(
    params: Mapping[str, np.ndarray],
    X: np.ndarray,
    T: np.ndarray,
    update: Callable[[Params, Params], Params],
    activation: str | Sequence[str] = "sigmoid",
    output: str = "sigmoid",
    cost: str | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    precision: str = "double",
    optimizer: str = "gradient_descent",
    rate: float | None = None,
    held: Params | None = None,
) -> Step:
    """Return the step of the network ``params`` on X, (n_0, m), with targets T, (n_L, m).

    ``update(params, grads)`` returns the new parameters, not yet rounded to the ``precision``; it is
    that of the ``optimizer`` with the learning rate ``rate``, which leaves what is ``held``.
    """
    activations = layer_activations(activation, len(layer_dims_of(params)) - 1)
    judge = costs.cost_of(output, cost)
    with np.errstate(over="ignore", invalid="ignore"):
        AL, caches = forward_prop(X, params, activation, output)
        grads = backprop(AL, T, caches, activation, output, cost, l1, l2)
        moved = update(dict(params), grads)
        updated = {name: PRECISIONS[precision](part) for name, part in moved.items()}
        value = np.array([[judge.cost(caches[-1][1], AL, T)]])
        dZ = [
            activation_backward(grads[f"dA{l}"], Z, name)
            for l, (name, (_, Z)) in enumerate(zip(activations, caches[:-1], strict=True), start=1)
        ]
        dZ.append(judge.dZ(AL, T))
    quantities = [
        *_forward(AL, caches, [*map(ACTIVATIONS.get, activations), OUTPUTS[output]]),
        Quantity(
            "cost",
            len(caches),
            "cost",
            value,
            rf"C = {judge.latex}",
            judge.cost,
            "return",
            textbook=judge.textbook_latex,
        ),
        *_backward(dZ, grads, activations, judge, bool(l1 or l2)),
        *_updates(updated, precision, optimizer, held),
    ]
    about = dict(params), X, T, activations, output
    shown = rate if optimizer == "gradient_descent" else None
    return Step(*about, tuple(quantities), moved, updated, precision, shown, l1, l2, held)


def _forward(AL, caches, functions):
    outputs = [*(A_prev for (A_prev, _, _), _ in caches[1:]), AL]
    for l, ((_, Z), A, g) in enumerate(zip(caches, outputs, functions, strict=True), start=1):
        linear = rf"Z^{{({l})}} = W^{{({l})}} A^{{({l - 1})}} + b^{{({l})}}"
        shaped = rf"A^{{({l})}} = g(Z^{{({l})}})"
        leaf = g.function, f"g(Z) = {g.text}"
        yield Quantity("forward", l, f"Z{l}", Z, linear, forward_prop, "Z = np.dot(W, A_prev)")
        yield Quantity("forward", l, f"A{l}", A, shaped, forward_prop, "A, activation_cache =", *leaf)


def _backward(dZ, grads, activations, judge, penalised):
    L = len(dZ)
    for l in range(L, 0, -1):
        at, before = f"({l})", f"({l - 1})"
        if l == L:
            error = rf"dZ^{{{at}}} = {judge.dZ_latex}"
            where = backprop, "dZ = cost_of(", judge.dZ
        else:
            g = ACTIVATIONS[activations[l - 1]]
            error = rf"dZ^{{{at}}} = dA^{{{at}}} \odot g'(Z^{{{at}}})"
            where = activation_backward, "dZ = dA *", g.derivative, f"g'(Z) = {g.derivative_text}"
        weights = rf"dW^{{{at}}} = \tfrac1m\, dZ^{{{at}}} A^{{{before}\top}}"
        weights += r" + \lambda_1 \mathrm{sign}\,W + \lambda_2 W" if penalised else ""
        biases = rf"db^{{{at}}} = \tfrac1m \sum_s dZ^{{{at}}}_s"
        inputs = rf"dA^{{{before}}} = W^{{{at}\top}} dZ^{{{at}}}"
        yield Quantity("backward", l, f"dZ{l}", dZ[l - 1], error, *where)
        for name, formula, line in (
            (f"dW{l}", weights, "dW = (1 / m)"),
            (f"db{l}", biases, "db = (1 / m)"),
            (f"dA{l - 1}", inputs, "dA_prev = np"),
        ):
            yield Quantity("backward", l, name, grads[name], formula, linear_backward, line)


def _updates(updated, precision, optimizer, held):
    leaf, _, text, _ = OPTIMIZERS[optimizer]
    for l in range(1, len(layer_dims_of(updated))):
        for name in ("W", "b"):
            old, grad = rf"{name}^{{({l})}}", rf"d{name}^{{({l})}}"
            new = rf"\mathrm{{update}}\,({old}, {grad})"
            new = rf"{old} - \eta\,{grad}" if optimizer == "gradient_descent" else new
            new = rf"\mathrm{{single}}\,\big({new}\big)" if precision == "single" else new
            formula = rf"{old} \leftarrow {new}"
            if held and held[f"{name}{l}"].any():
                formula += r"\quad\text{(what is frozen or off stays)}"
            yield Quantity(
                "update",
                l,
                f"{name}{l} new",
                updated[f"{name}{l}"],
                formula,
                update_parameters,
                "updated[name] = keep(",
                leaf,
                text,
            )
