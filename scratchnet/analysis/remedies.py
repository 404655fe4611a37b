"""Findings of a diagnosis, and remedies: what to change in a run so that a finding goes away."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from scratchnet.analysis.evidence import Evidence, Place
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.run.settings import FIELDS, Settings, TrainingSettings

TANH = "tanh"
L2 = 0.01  # λ against overfitting: in the example, 0.001 is too little, and 0.1 too much to learn
HIDDEN = 4  # neurons of a first hidden layer: enough for XOR
SCALE_FREE = {"adam": 0.01, "rmsprop": 0.01}  # their steps do not depend on the size of the gradient


class Remedy(NamedTuple):
    """A change of settings that helps: what a button says, and the settings it changes, by name."""

    label: str
    changes: dict[str, Any]

    def applied_to(self, settings: Settings) -> Settings:
        """Return the settings of a new run with the change."""
        afresh = replace(settings, training=settings.training.afresh())
        return Settings.resolve(afresh.values() | self.changes)[0]


class Finding(NamedTuple):
    """A problem that was found: the sentences to show, what helps, and the neurons they name."""

    sentence: str
    remedy: Remedy | None = None
    neurons: tuple[tuple[int, tuple[int, ...]], ...] = ()  # (layer from 1, indices from 0)


def neurons_at(places: Iterable[Place]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return places as plain numbers, those without a neuron left out."""
    return tuple((l, tuple(map(int, neurons))) for l, neurons in places if len(neurons))


# What was set by hand is not set in a new run.
AFRESH = Remedy("Restart without what was set by hand", {})
XAVIER = Remedy("Use Xavier initial weights", {"init": "xavier"})
STEEPER = Remedy("Use tanh", {"activation": TANH})


def lower_rate(run: Evidence) -> Remedy | None:
    """Return a tenth of the learning rate, or the usual one if that is less; None if not allowed."""
    return _rate(min(_usual_rate(run), float(f"{run.training.last_rate / 10:.2g}")))


def higher_rate(run: Evidence) -> Remedy | None:
    """Return the usual learning rate of the optimizer, or twice the current one if that is more."""
    return _rate(max(_usual_rate(run), float(f"{2 * run.training.last_rate:.2g}")))


def _usual_rate(run: Evidence) -> float:
    return SCALE_FREE.get(run.training.optimizer, TrainingSettings().learning_rate)


def _rate(rate: float) -> Remedy | None:
    kind = FIELDS["learning_rate"]
    allowed = kind.low <= rate <= kind.high
    return Remedy(f"Learning rate {rate:g}", {"learning_rate": rate}) if allowed else None


def leaky(run: Evidence) -> Remedy:
    """Return leaky ReLU in place of each activation that can die, and a lower rate if it is high."""
    activation = run.trainer.settings.network.activation
    changed: str | tuple[str, ...] = "leaky_relu"
    if not isinstance(activation, str):
        changed = tuple("leaky_relu" if ACTIVATIONS[name].dies else name for name in activation)
    lower = lower_rate(run) if run.training.last_rate > _usual_rate(run) else None
    if lower is None:
        return Remedy("Use leaky ReLU", {"activation": changed})
    label = f"Leaky ReLU, {lower.label.lower()}"
    return Remedy(label, {"activation": changed} | lower.changes)


def random_weights(run: Evidence) -> Remedy | None:
    """Return Xavier initialization, if the weights were not initialized so; None if they were."""
    return None if run.trainer.settings.network.init in ("xavier", "he") else XAVIER


def larger_weights(run: Evidence) -> Remedy | None:
    """Return Xavier initialization, with the usual learning rate if the current one is lower."""
    if random_weights(run) is None or run.training.last_rate >= (usual := _usual_rate(run)):
        return random_weights(run)
    changes = XAVIER.changes | {"learning_rate": usual}
    return Remedy(f"Xavier initial weights, learning rate {usual:g}", changes)


def more_gradient(run: Evidence) -> Remedy | None:
    """Return larger initial weights, else a steeper activation, else fewer layers; None for none."""
    if found := random_weights(run):
        return found
    if {*run.activations} != {TANH}:
        return STEEPER
    dims = run.trainer.settings.network.layer_dims
    changes = {"layer_dims": (*dims[:3], dims[-1]), "activation": TANH}
    return Remedy("Keep only two hidden layers", changes) if len(dims) > 4 else None


def smaller_penalty(run: Evidence) -> Remedy:
    """Return a tenth of each penalty, at most L2."""
    now = {"l1": run.training.l1, "l2": run.training.l2}
    changes = {name: min(float(f"{size / 10:.2g}"), L2) for name, size in now.items() if size}
    label = " and ".join(f"{name.upper()} penalty {size:g}" for name, size in changes.items())
    return Remedy(label, changes)


def larger_penalty(run: Evidence) -> Remedy:
    """Return an L2 penalty, or three times the one there is."""
    l2 = min(max(L2, float(f"{3 * run.training.l2:.2g}")), FIELDS["l2"].high)
    return Remedy(f"L2 penalty {l2:g}", {"l2": l2})


def hidden_layer(run: Evidence) -> Remedy:
    """Return a hidden layer for a network without one."""
    network = run.trainer.settings.network
    dims = (network.layer_dims[0], HIDDEN, network.layer_dims[-1])
    activation = TANH if network.activation == "linear" else network.activation
    return Remedy(f"Add a hidden layer of {HIDDEN}", {"layer_dims": dims, "activation": activation})
