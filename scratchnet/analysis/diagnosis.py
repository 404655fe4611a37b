"""Diagnosis of a run: says in plain words what goes wrong, with the neurons, the numbers and a remedy.

It reads a trainer and changes nothing. Each kind of problem has one check, which returns a finding or
None; a healthy run gives none. evidence.py says where the thresholds come from, remedies.py what helps.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from scratchnet.analysis.evidence import (
    FLAT,
    Evidence,
    Place,
    evidence_of,
    nan_as_infinite,
    plural,
)
from scratchnet.analysis.plateau import plateau
from scratchnet.analysis.remedies import (
    AFRESH,
    XAVIER,
    Finding,
    Remedy,
    larger_penalty,
    leaky,
    lower_rate,
    more_gradient,
    neurons_at,
    random_weights,
)
from scratchnet.nn.params import place_of
from scratchnet.run.trainer import Trainer
from scratchnet.validation import all_of

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


def diagnose(trainer: Trainer) -> dict[str, Finding]:
    """Return the problems of the run at its epoch by their kinds, keys of CHECKS; change nothing."""
    with np.errstate(over="ignore", invalid="ignore"):
        run = evidence_of(trainer)
        findings = {kind: check(run) for kind, check in CHECKS.items()}
    return {kind: finding for kind, finding in findings.items() if finding}


def _dead(run: Evidence) -> Finding | None:
    """Report ReLU neurons whose slope is 0 for every training sample."""
    places = run.dead()
    subject = _subject(run, places)
    return subject and _finding(
        run,
        places,
        f"{subject.neurons} {subject.are} dead: {subject.their} output is 0 for all {run.m} training "
        f"samples, so {subject.their} weights receive no gradient.",
        "A lower learning rate or leaky ReLU avoids dead neurons.",
        leaky(run),
    )


def _zero(run: Evidence) -> Finding | None:
    """Report the only ReLU neuron of a layer whose weights and bias are all 0; more are duplicates."""
    places = [(l, neurons) for l, neurons in run.zeros() if neurons.size == 1]
    subject = _subject(run, places)
    return subject and _finding(
        run,
        places,
        f"{subject.neurons} {subject.are} stuck at zero: {subject.their} weights and bias are 0, where "
        "ReLU has no gradient.",
        "Random initial weights, such as Xavier, avoid this.",
        XAVIER,
    )


def _saturated(run: Evidence) -> Finding | None:
    """Report neurons whose activation is almost flat for nearly all training samples."""
    places, flat = run.saturated(), run.flat_samples()
    fewest = min((int(flat[l - 1][neurons].min()) for l, neurons in places if neurons.size), default=0)
    subject = _subject(run, places)
    samples = f"all {run.m}" if fewest == run.m else f"at least {fewest} of the {run.m}"
    return subject and _finding(
        run,
        places,
        f"{subject.neurons} {subject.are} saturated: for {samples} training samples {subject.their} "
        f"activation has a slope below {100 * FLAT:.0f} % of its maximum, so {subject.their} gradients "
        "almost vanish.",
        "A lower learning rate or smaller initial weights avoid saturation.",
        lower_rate(run),
    )


def _duplicates(run: Evidence) -> Finding | None:
    """Report neurons of one hidden layer that have the same weights and bias."""
    groups = run.duplicates()
    places = [(l, alike) for l, alike, _ in groups]
    subject = _subject(run, places)
    as_one = "each group acts" if len(groups) > 1 else "they act"
    advice = "They became so in training: another seed or a lower learning rate may help."
    if run.trainer.settings.network.init == "zeros":
        advice = "Random initial weights, such as Xavier, break the symmetry."
    return subject and _finding(
        run,
        places,
        f"{subject.neurons} are duplicates within their layer: the weights and biases are the same "
        f"(largest difference {max(apart for _, _, apart in groups):.2g}), so {as_one} as a single "
        "neuron.",
        advice,
        random_weights(run) or lower_rate(run),
    )


def _vanishing(run: Evidence) -> Finding | None:
    """Report that only a tiny part of the error reaches layer 1, though no whole layer is flat."""
    if not run.vanishing:
        return None
    first, last = run.errors[0], run.errors[-1]
    weights = "Larger initial weights, such as Xavier or He, a" if random_weights(run) else "A"
    return Finding(
        f"Vanishing gradients: the mean |dZ| is {last:.2g} at the output and {first:.2g} at layer 1. "
        f"{weights} steeper activation or fewer layers help.",
        more_gradient(run),
    )


def _exploding(run: Evidence) -> Finding | None:
    """Report a huge entry of the gradient."""
    layers = range(1, len(run.errors) + 1)
    sizes = {l: nan_as_infinite(np.abs(run.grads[f"dW{l}"])) for l in layers}
    l = max(sizes, key=lambda l: sizes[l].max())
    if not sizes[l].max() > EXPLODING:
        return None
    neuron = int(sizes[l].max(axis=1).argmax())
    advice, remedy = "A lower learning rate or smaller initial weights help.", lower_rate(run)
    if any(run.trainer.epoch - LATELY < at for at, _, _ in run.training.edits):
        advice, remedy = "A weight or bias set by hand may be the cause.", AFRESH
    return Finding(
        f"Exploding gradients: the largest entry is {sizes[l].max():.3g}, for a weight of neuron "
        f"{neuron + 1} of layer {l}. {advice}",
        remedy,
        ((l, (neuron,)),),
    )


def _diverging(run: Evidence) -> Finding | None:
    """Report that the run diverged, or that the training cost is far above its start, or oscillates.

    Jumps from what was set by hand are not blamed on the learning rate, nor is anything that happened
    before the learning rate was last changed.
    """
    cost, since = run.train_cost, _rate_since(run)
    steps = np.diff(cost, prepend=cost[0])  # steps[i] is the change in epoch i
    training = run.training
    changes = *(at for at, *_ in training.edits), *(at for at, *_ in training.switches)
    by_hand = sorted({at for at in changes if 0 < at < cost.size})
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
        begun = np.count_nonzero(np.diff(lately > 0.0, prepend=False)[lately > 0.0])  # separate rises
        trouble = (
            f"The training cost {'oscillates' if begun > 2 else 'jumped'}: it rose in {up.size} of the "
            f"last {lately.size} epochs, by {up.sum():.2g} in total; its minimum was {cost.min():.3g}, "
            f"at epoch {cost.argmin()}."
        )
    return Finding(f"{trouble} A lower learning rate helps.", lower_rate(run))


def _overfitting(run: Evidence) -> Finding | None:
    """Report that the test cost is clearly above an earlier minimum, while the training cost fell."""
    train, test = run.train_cost, run.test_cost
    best = int(test.argmin())
    limit = max(TIMES_BEST * test[best], test[best] + ABOVE_BEST * test[0])
    if not (test[-LATELY:].min() > limit and train[-1] < train[best]):
        return None
    return Finding(
        f"Overfitting: since its minimum at epoch {best}, {run.trainer.epoch - best} epochs ago, the "
        f"test cost has risen from {test[best]:.3g} to {test[-1]:.3g}, while the training cost fell "
        f"from {train[best]:.3g} to {train[-1]:.3g}. More data, fewer neurons, an L1 or L2 penalty or "
        "early stopping helps.",
        larger_penalty(run),
    )


# Reported in this order: causes before their effects.
CHECKS: dict[str, Callable[[Evidence], Finding | None]] = {
    "dead": _dead,
    "zero": _zero,
    "saturated": _saturated,
    "duplicates": _duplicates,
    "vanishing": _vanishing,
    "exploding": _exploding,
    "diverging": _diverging,
    "plateau": plateau,
    "overfitting": _overfitting,
}


class Subject(NamedTuple):
    """Neurons as the subject of a sentence, its verb and its possessive."""

    neurons: str
    are: str
    their: str


def _subject(run: Evidence, places: Iterable[Place]) -> Subject | None:
    """Return these neurons as the subject of a sentence; None for no neurons.

    "Neuron 3 of layer 1", "Neurons 1 and 2 of layer 1 and all neurons of layers 3 and 4".
    """
    dims = run.trainer.settings.network.layer_dims
    places = [(l, neurons) for l, neurons in places if neurons.size]
    whole = [l for l, neurons in places if neurons.size == dims[l] > 1]
    named = [
        f"neuron{plural(neurons)} {_numbers(neurons + 1)} of layer {l}"
        for l, neurons in places
        if l not in whole
    ]
    if whole:
        named.append(f"all neurons of layer{plural(whole)} {all_of(whole)}")
    if not named:
        return None
    one = sum(neurons.size for _, neurons in places) == 1
    return Subject(all_of(named).capitalize(), *(("is", "its") if one else ("are", "their")))


def _numbers(numbers: np.ndarray) -> str:
    """Return "1, 2 and 5", and "1 to 4 and 7" where three or more follow one another."""
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
    return all_of(
        text for each in runs for text in (each if each.size < 3 else [f"{each[0]} to {each[-1]}"])
    )


def _finding(
    run: Evidence, places: Iterable[Place], trouble: str, advice: str, remedy: Remedy | None
) -> Finding:
    """Return the finding about these neurons; if they were set by hand, that is said instead."""
    places = [*places]
    if by_hand := _set_by_hand(run, places):
        advice, remedy = by_hand, AFRESH
    return Finding(f"{trouble} {advice}", remedy, neurons_at(places))


def _set_by_hand(run: Evidence, places: Iterable[Place]) -> str:
    """Return a sentence if each of these neurons has a weight or bias set by hand, else ""."""
    dims = run.trainer.settings.network.layer_dims
    edited = {place_of(index, dims)[:2] for _, index, _ in run.training.edits}  # ("W1", neuron)
    neurons = [(l, neuron) for l, indices in places for neuron in indices]
    if not all({(f"W{l}", neuron), (f"b{l}", neuron)} & edited for l, neuron in neurons):
        return ""
    return f"A weight or bias of {'it' if len(neurons) == 1 else 'each'} was set by hand."


def _rate_since(run: Evidence) -> int:
    """Return the epoch of the last change of the learning rate."""
    return max((at for at, _ in run.training.rate_changes), default=0)
