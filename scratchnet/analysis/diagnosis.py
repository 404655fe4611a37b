"""Diagnosis of a run: says in plain words what goes wrong, with the neurons and the numbers.

It reads a trainer and changes nothing. Each kind of problem has one check, which returns a sentence or
None; a healthy run gives no sentence. The thresholds come from some 2,000 runs with random settings;
"healthy" are those that fitted their training set.
"""

from collections.abc import Callable, Iterable, Sized
from typing import NamedTuple

import numpy as np

from scratchnet.nn.activations import ACTIVATIONS, layer_activations
from scratchnet.nn.costs import cost_of
from scratchnet.nn.network import Params, activation_backward, backprop, forward_prop
from scratchnet.nn.params import place_of
from scratchnet.run.settings import TrainingSettings
from scratchnet.run.trainer import Trainer
from scratchnet.validation import all_of

# A neuron is saturated where its slope is under this part of the steepest, on this share of the points.
# After 1,000 epochs 2 of 4,700 sigmoid, tanh, elu and gelu neurons were, and 14 of 1,400 softplus ones.
FLAT = 0.01
MOST_POINTS = 0.95

# Weights are the same if they differ by no more than this part of the layer's largest: neurons that
# start alike may drift apart in the last digits, as equal sums are not rounded alike in every row.
SAME = 1e-6

# The error at layer 1 as a part of the error at the output. Healthy networks of two hidden layers keep
# 0.003 and more, of three 0.008 except with sigmoids; deeper ones are below while they stall. It is the
# error of single samples: dW is a mean, near 0 in every layer once the best constant is predicted.
VANISHING = 1e-3

# The largest entry in the gradient of a weight; in 300 healthy runs it was 45 at most.
EXPLODING = 100.0

LATELY = 20  # epochs; a few steps up or down are not yet a trend

# How far the training cost is above its initial value, and how much it rises within a few epochs, in
# parts of the initial value. Of 2,400 looks at healthy runs 2 exceeded the first, 32 the second.
ABOVE_START = 2.0
RISES = 1.0

# The test cost is so many times its minimum, and above it by this part of its initial value: a small
# cost can double because of one doubtful sample.
TIMES_BEST = 1.5
ABOVE_BEST = 0.05


class Finding(NamedTuple):
    """A problem that was found: its kind, a key of CHECKS, and the sentences to show."""

    kind: str
    sentence: str


class Run(NamedTuple):
    """The input of the checks: a run so far, and one forward and backward pass of the training set.

    The costs are those of each epoch so far, with nan replaced by infinity. ``slopes[l - 1]`` is
    |g'(Z)| of hidden layer l, (n_l, m); ``errors`` are the means of |dZ_l|, from layer 1 to the output.
    """

    trainer: Trainer
    train_cost: np.ndarray
    test_cost: np.ndarray
    params: Params
    grads: Params
    activations: tuple[str, ...]
    slopes: list[np.ndarray]
    errors: list[float]

    @property
    def m(self) -> int:
        """Return the number of training samples."""
        return self.trainer.dataset.X_train.shape[1]

    @property
    def training(self) -> TrainingSettings:
        """Return the training settings, with the changes made during training so far."""
        return self.trainer.settings.training.until(self.trainer.epoch)


# Neurons of a layer, counted from 0: (layer, their indices).
Place = tuple[int, np.ndarray]


def diagnose(trainer: Trainer) -> list[Finding]:
    """Return the problems of the run at its epoch, at most one of each kind; change nothing."""
    with np.errstate(over="ignore", invalid="ignore"):
        run = _run_of(trainer)
        sentences = {kind: check(run) for kind, check in CHECKS.items()}
    return [Finding(kind, sentence) for kind, sentence in sentences.items() if sentence]


def _run_of(trainer: Trainer) -> Run:
    network, training = trainer.settings.network, trainer.settings.training
    params, kind = trainer.params, (network.activation, network.output)
    X, T = trainer.training_set
    AL, caches = forward_prop(X, params, *kind)
    grads = backprop(AL, T, caches, *kind, network.cost, training.l1, training.l2)
    activations = layer_activations(network.activation, len(caches))
    slopes, errors = [], []
    for l, name in enumerate(activations, start=1):
        _, Z = caches[l - 1]
        (A, _, _), _ = caches[l]
        slopes.append(np.abs(ACTIVATIONS[name].derivative(Z, A)))  # (n_l, m)
        errors.append(float(np.mean(np.abs(activation_backward(grads[f"dA{l}"], Z, name)))))
    errors.append(float(np.mean(np.abs(cost_of(network.output, network.cost).dZ(AL, T)))))
    costs = map(_nan_as_infinite, (trainer.history.train_cost, trainer.history.test_cost))
    return Run(trainer, *costs, params, grads, activations, slopes, errors)


def _nan_as_infinite(array: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(array), np.inf, array)


def _dead(run: Run) -> str | None:
    """Report ReLU neurons whose slope is 0 for every training sample.

    Neurons whose weights and bias are all 0 are left out: they were never active, so no learning rate
    has killed them.
    """
    places = [
        (l, np.flatnonzero((slope == 0.0).all(axis=1) & _neurons(run, l).any(axis=1)))
        for l, (name, slope) in enumerate(zip(run.activations, run.slopes, strict=True), start=1)
        if ACTIVATIONS[name].dies
    ]
    neurons, are, their = _subject(run, places)
    cause = _set_by_hand(run, places)
    advice = "A lower learning rate or leaky ReLU avoids dead neurons."
    return neurons and (
        f"{neurons} {are} dead: {their} output is 0 for all {run.m} training samples, so {their} "
        f"weights receive no gradient. {cause or advice}"
    )


def _saturated(run: Run) -> str | None:
    """Report neurons whose activation is almost flat for nearly all training samples."""
    places, fewest = [], run.m
    for l, (name, slope) in enumerate(zip(run.activations, run.slopes, strict=True), start=1):
        flat = (slope < FLAT * ACTIVATIONS[name].steepest).sum(axis=1)  # (n_l,), of the m points
        neurons = np.flatnonzero(flat >= MOST_POINTS * run.m)
        places.append((l, neurons))
        fewest = flat[neurons].min(initial=fewest)
    neurons, are, their = _subject(run, places)
    advice = "A lower learning rate or smaller initial weights avoid saturation."
    samples = f"all {run.m}" if fewest == run.m else f"at least {fewest} of the {run.m}"
    return neurons and (
        f"{neurons} {are} saturated: for {samples} training samples {their} activation has a "
        f"slope below {100 * FLAT:.0f} % of its maximum, so {their} gradients almost vanish. "
        f"{_set_by_hand(run, places) or advice}"
    )


def _duplicates(run: Run) -> str | None:
    """Report neurons of one hidden layer that have the same weights and bias."""
    places, largest = [], 0.0
    for l in range(1, len(run.errors)):
        neurons = _neurons(run, l)
        apart = np.abs(neurons[:, None] - neurons).max(axis=2)  # (n_l, n_l)
        first = (apart <= SAME * np.abs(neurons).max()).argmax(axis=1)  # the first neuron like this one
        for one in np.unique(first):
            alike = np.flatnonzero(first == one)
            if alike.size > 1:
                places.append((l, alike))
                largest = max(largest, apart[one, alike].max())
    neurons, are, their = _subject(run, places)
    several = len(places) > 1
    as_one = "each group acts" if several else "they act"
    return neurons and (
        f"{neurons} {are} duplicates within {their} layer: the weights and biases are the same "
        f"(largest difference {largest:.2g}), so {as_one} as a single neuron. Random initial "
        "weights, such as Xavier, break the symmetry."
    )


def _vanishing(run: Run) -> str | None:
    """Report that only a tiny part of the error reaches layer 1, though no layer is dead as a whole."""
    first, last = run.errors[0], run.errors[-1]
    if not first < VANISHING * last or any((slope == 0.0).all() for slope in run.slopes):
        return None
    return (
        f"Vanishing gradients: the mean |dZ| is {last:.2g} at the output and {first:.2g} at layer 1. "
        "Larger initial weights, such as Xavier or He, a steeper activation or fewer layers help."
    )


def _exploding(run: Run) -> str | None:
    """Report a huge entry of the gradient."""
    layers = range(1, len(run.errors) + 1)
    sizes = {l: _nan_as_infinite(np.abs(run.grads[f"dW{l}"])) for l in layers}
    l = max(sizes, key=lambda l: sizes[l].max())
    if not sizes[l].max() > EXPLODING:
        return None
    neuron = sizes[l].max(axis=1).argmax() + 1
    advice = "A lower learning rate or smaller initial weights help."
    if any(run.trainer.epoch - LATELY < at for at, _, _ in run.training.edits):
        advice = "A weight or bias set by hand may be the cause."
    return (
        f"Exploding gradients: the largest entry is {sizes[l].max():.3g}, for a weight of neuron "
        f"{neuron} of layer {l}. {advice}"
    )


def _diverging(run: Run) -> str | None:
    """Report that the run diverged, or that the training cost is far above its start, or oscillates.

    Jumps from weights set by hand are not blamed on the learning rate, nor is anything that happened
    before the learning rate was last changed.
    """
    cost, since = run.train_cost, _rate_since(run)
    steps = np.diff(cost, prepend=cost[0])  # steps[i] is the change in epoch i
    by_hand = sorted({at for at, _, _ in run.training.edits if 0 < at < cost.size})
    above = cost[-1] - steps[by_hand].sum()
    falls = since > 0 and cost[-1] <= cost[since] < np.inf
    if run.trainer.snapshot().ended == "diverged":
        what = "a weight or bias" if np.isfinite(cost[-1]) else "the training cost"
        trouble = f"The run diverged at epoch {run.trainer.epoch}: {what} is no longer finite."
    elif not above <= ABOVE_START * cost[0] and not falls:
        trouble = f"The training cost has risen from {cost[0]:.3g} at the start to {cost[-1]:.3g}."
    else:
        steps[by_hand] = 0.0
        lately = steps[since + 1 :][-LATELY:]
        up = lately[lately > 0.0]
        if not up.sum() > RISES * cost[0]:
            return None
        trouble = (
            f"The training cost oscillates: it rose in {up.size} of the last {lately.size} epochs, by "
            f"{up.sum():.2g} in total; its minimum was {cost.min():.3g}, at epoch {cost.argmin()}."
        )
    return f"{trouble} A lower learning rate helps."


def _overfitting(run: Run) -> str | None:
    """Report that the test cost is clearly above an earlier minimum, while the training cost fell."""
    train, test = run.train_cost, run.test_cost
    best = int(test.argmin())
    limit = max(TIMES_BEST * test[best], test[best] + ABOVE_BEST * test[0])
    if not (test[-LATELY:].min() > limit and train[-1] < train[best]):
        return None
    return (
        f"Overfitting: since its minimum at epoch {best}, {run.trainer.epoch - best} epochs ago, the "
        f"test cost has risen from {test[best]:.3g} to {test[-1]:.3g}, while the training cost fell "
        f"from {train[best]:.3g} to {train[-1]:.3g}. More data, fewer neurons, an L1 or L2 penalty or "
        "early stopping helps."
    )


# Reported in this order: causes before their effects.
CHECKS: dict[str, Callable[[Run], str | None]] = {
    "dead": _dead,
    "saturated": _saturated,
    "duplicates": _duplicates,
    "vanishing": _vanishing,
    "exploding": _exploding,
    "diverging": _diverging,
    "overfitting": _overfitting,
}


def _subject(run: Run, places: Iterable[Place]) -> tuple[str | None, str, str]:
    """Return neurons as the subject of a sentence, its verb and its possessive; None for no neurons.

    "Neuron 3 of layer 1", "Neurons 1 and 2 of layer 1 and all neurons of layers 3 and 4".
    """
    dims = run.trainer.settings.network.layer_dims
    places = [(l, neurons) for l, neurons in places if neurons.size]
    whole = [l for l, neurons in places if neurons.size == dims[l] > 1]
    named = [
        f"neuron{_s(neurons)} {all_of(neurons + 1)} of layer {l}"
        for l, neurons in places
        if l not in whole
    ]
    if whole:
        named.append(f"all neurons of layer{_s(whole)} {all_of(whole)}")
    if not named:
        return None, "", ""
    one = sum(neurons.size for _, neurons in places) == 1
    return all_of(named).capitalize(), *(("is", "its") if one else ("are", "their"))


def _neurons(run: Run, l: int) -> np.ndarray:
    """Return the weights and the bias of each neuron of layer l, (n_l, n_(l-1) + 1)."""
    return np.hstack([run.params[f"W{l}"], run.params[f"b{l}"]])


def _set_by_hand(run: Run, places: Iterable[Place]) -> str:
    """Return a sentence if each of these neurons has a weight or bias set by hand, else ""."""
    dims = run.trainer.settings.network.layer_dims
    edited = {place_of(index, dims)[:2] for _, index, _ in run.training.edits}  # ("W1", neuron)
    neurons = [(l, neuron) for l, indices in places for neuron in indices]
    if not all({(f"W{l}", neuron), (f"b{l}", neuron)} & edited for l, neuron in neurons):
        return ""
    return f"A weight or bias of {'it' if len(neurons) == 1 else 'each'} was set by hand."


def _rate_since(run: Run) -> int:
    """Return the epoch of the last change of the learning rate."""
    return max((at for at, _ in run.training.rate_changes), default=0)


def _s(things: Sized) -> str:
    return "s" if len(things) > 1 else ""
