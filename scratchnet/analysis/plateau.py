"""A plateau is where a run stays that is no better than guessing: its cost is that of a constant.

Whether a run is on it, and why, is read from what the run keeps: its costs and its parameters.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from scratchnet.analysis.evidence import Evidence, Place, plural
from scratchnet.analysis.remedies import (
    AFRESH,
    STEEPER,
    XAVIER,
    Finding,
    Remedy,
    hidden_layer,
    higher_rate,
    larger_weights,
    leaky,
    lower_rate,
    more_gradient,
    random_weights,
    smaller_penalty,
)
from scratchnet.nn.costs import class_shares, penalty_gradient
from scratchnet.nn.network import INITS, Params, init_params
from scratchnet.validation import all_of

# The training cost has not been below that of guessing by more than this part, for so many epochs. Of
# 500 healthy runs 5 were so at epoch 200 and 3 at 500, before they learned, and none at 1,000, see
# benchmarks/diagnosis.py.
NEAR = 0.01
LONG = 200

# The training accuracy is above the share of the largest class by no more than this.
BY_CHANCE = 0.1
EQUAL = 0.02  # and as good as that share by no more than this

# The mean |W| of a layer is small below this part of the standard deviation of Xavier initialization.
SMALL = 0.1


class Cause(NamedTuple):
    """Why a run stays on the plateau: the sentences to show, and what helps."""

    sentence: str
    remedy: Remedy | None


def plateau(run: Evidence) -> Finding | None:
    """Report that the run has been no better than guessing for many epochs, and why."""
    guessing = run.cost_of_guessing
    cost = run.train_cost
    better = np.flatnonzero(cost < (1.0 - NEAR) * guessing)
    epochs = run.trainer.epoch - better.max(initial=0)
    rises = cost[-LONG:].max() > max(cost[0], (1.0 + NEAR) * guessing)  # that is to diverge
    if guessing == 0.0 or epochs < LONG or rises or _above_chance(run) > BY_CHANCE:
        return None
    lowest, accuracy = cost[-epochs:].min(), run.trainer.snapshot().train_accuracy
    right = "" if np.isnan(accuracy) else f"; the training accuracy is {100 * accuracy:.0f} %"
    why = next(filter(None, (cause(run) for cause in CAUSES)))
    hardly = "Hardly" if _above_chance(run) > EQUAL else "No"
    return Finding(
        f"{hardly} better than guessing: in the last {epochs:,} epochs the training cost has stayed at "
        f"{_rounded_down(lowest)} or above, while a constant output gives {guessing:.4g}{right}. "
        f"{why.sentence}",
        why.remedy,
    )


def _rounded_down(cost: float) -> str:
    """Return a cost with four digits, never above it."""
    unit = 10.0 ** (np.floor(np.log10(cost)) - 3.0)
    return f"{np.floor(cost / unit) * unit:.4g}"


def _above_chance(run: Evidence) -> float:
    """Return by how much the training accuracy is above that of guessing; nan for regression."""
    _, T = run.trainer.training_set
    return float(run.trainer.snapshot().train_accuracy - class_shares(T).max())


def _off(run: Evidence) -> Cause | None:
    layers = _named(l for l in _layers(run) if not run.in_use(l).size)
    if not layers:
        return None
    return Cause(f"All neurons of {layers} are switched off, so the output is constant.", AFRESH)


def _frozen(run: Evidence) -> Cause | None:
    layers = _whole_layers(run, [(l, run.switched(l, "frozen")) for l in _layers(run)])
    if not layers:
        return None
    return Cause(f"All neurons of {layers} are frozen, so they do not learn.", AFRESH)


def _dead(run: Evidence) -> Cause | None:
    layers = _whole_layers(run, run.dead())
    if not layers:
        return None
    return Cause(
        f"No neuron of {layers} is active, so no gradient passes. New initial weights with a lower "
        "learning rate or leaky ReLU help.",
        leaky(run),
    )


def _zeros(run: Evidence) -> Cause | None:
    layers = _named(l for l in _layers(run) if not run.params[f"W{l}"].any())
    if not layers:
        return None
    return Cause(
        f"All weights of {layers} are 0. Random initial weights, such as Xavier, help.", XAVIER
    )


def _duplicates(run: Evidence) -> Cause | None:
    layers = _whole_layers(run, [(l, alike) for l, alike, _ in run.duplicates()])
    if not layers:
        return None
    return Cause(
        f"All neurons of {layers} are the same. New random initial weights help.",
        random_weights(run) or lower_rate(run),
    )


def _saturated(run: Evidence) -> Cause | None:
    layers = _whole_layers(run, run.saturated())
    if not layers:
        return None
    return Cause(
        f"All neurons of {layers} are saturated, so almost no gradient passes. New initial weights "
        "with a lower learning rate help.",
        lower_rate(run),
    )


def _penalty(run: Evidence) -> Cause | None:
    """Return the cause if a penalty has more than halved the weights."""
    first = _initial(run)
    before, now = (_mean_weight(params, _layers(run)) for params in (first, run.params))
    halved = (run.training.l1 or run.training.l2) and now < 0.5 * before
    if not halved or _small_layers(run, first) or not (run.activations or _is_steep(run)):
        return None
    return Cause(
        f"The penalty has reduced the mean |W| from {before:.2g} to {now:.2g}. "
        "A smaller penalty helps.",
        smaller_penalty(run),
    )


def _slow(run: Evidence) -> Cause | None:
    rate = run.training.rate_at(run.trainer.epoch)
    if rate >= 1.0 or not _is_steep(run):
        return None
    return Cause(f"The learning rate of {rate:.2g} is too low. A higher one helps.", higher_rate(run))


def _small(run: Evidence) -> Cause | None:
    """Return the cause if there are hidden layers, and the weights of a layer are small."""
    layers = _small_layers(run, run.params)
    if not run.activations or not layers:
        return None
    return Cause(
        f"The weights of {_named(layers)} are small (mean |W| {_mean_weight(run.params, layers):.2g}), "
        "so almost no gradient passes. Larger initial weights, such as Xavier or He, help.",
        larger_weights(run),
    )


def _linear(run: Evidence) -> Cause | None:
    if not run.activations:
        return Cause(
            "Without a hidden layer the model is linear in the features. A hidden layer or other "
            "features help.",
            hidden_layer(run),
        )
    if {*run.activations} != {"linear"}:
        return None
    return Cause(
        "With linear activations in every layer the model is linear in the features. Another "
        "activation helps.",
        STEEPER,
    )


def _vanishing(run: Evidence) -> Cause | None:
    if not run.vanishing:
        return None
    return Cause(
        "Almost no gradient reaches layer 1. A steeper activation, such as tanh, or fewer layers help.",
        more_gradient(run),
    )


def _unknown(run: Evidence) -> Cause:
    return Cause("More neurons, other features or another learning rate may help.", None)


# The first that applies is reported.
CAUSES: tuple[Callable[[Evidence], Cause | None], ...] = (
    _off,
    _frozen,
    _dead,
    _zeros,
    _duplicates,
    _saturated,
    _penalty,
    _slow,
    _small,
    _linear,
    _vanishing,
    _unknown,
)


def _layers(run: Evidence) -> range:
    return range(1, len(run.errors) + 1)


def _initial(run: Evidence) -> Params:
    """Return the parameters that the run began with."""
    network = run.trainer.settings.network
    return init_params(network.layer_dims, network.init_seed, network.init)


def _mean_weight(params: Params, layers: Iterable[int]) -> float:
    """Return the mean |w| of all weights of these layers."""
    return float(np.mean(np.concatenate([np.abs(params[f"W{l}"]).ravel() for l in layers])))


def _small_layers(run: Evidence, params: Params) -> list[int]:
    """Return the layers whose weights are small."""
    dims, usual = run.trainer.settings.network.layer_dims, INITS["xavier"]
    return [
        l for l in _layers(run) if np.abs(params[f"W{l}"]).mean() < SMALL * usual(dims[l - 1], dims[l])
    ]


def _is_steep(run: Evidence) -> bool:
    """Return whether the gradient of W1 would lead off the plateau at a learning rate of 1.

    This is the gradient of the cost, without the penalty. That of the output layer is left out: much of
    it leads to the best constant.
    """
    W1, training = run.params["W1"], run.training
    gradient = run.grads["dW1"] - penalty_gradient(W1, training.l1, training.l2)
    return LONG * float(np.sum(gradient * gradient)) > NEAR * run.cost_of_guessing


def _whole_layers(run: Evidence, places: Iterable[Place]) -> str | None:
    """Return the layers of which these are all neurons in use, in words; None if there is none."""
    return _named(l for l, neurons in places if neurons.size and neurons.size == run.in_use(l).size)


def _named(layers: Iterable[int]) -> str | None:
    """Return "layer 1", "layers 1 and 2"; None for none."""
    given = [*layers]
    return f"layer{plural(given)} {all_of(given)}" if given else None
