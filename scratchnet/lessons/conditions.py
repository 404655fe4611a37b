"""What can be asked of a run in numbers, in a small and closed vocabulary.

A condition is written as one line: ``test_accuracy_at_least = 0.9``, ``neurons_at_most = 4``,
``init = "zeros"``, ``ended = "diverged"``. The goal of an exercise is made of them, and so is a
mistake that is foreseen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from scratchnet.nn.params import count
from scratchnet.precision import single
from scratchnet.run.fields import ChoiceField, FloatField, IntField, parse
from scratchnet.run.history import MEASURES, Reason
from scratchnet.run.settings import FIELDS, Settings
from scratchnet.studies.result import Result
from scratchnet.validation import NotAllowed, all_of, brief

Facts = dict[str, Any]  # what is known of a run, by name
MOST_CONDITIONS = 8
LARGEST = 1e9
# How a run can end: what is asked of it, and what it did.
ENDS = {
    Reason.DIVERGED: ("diverge", "diverged"),
    Reason.COST: ("stop at its training cost", "stopped at its training cost"),
    Reason.ACCURACY: ("stop at its test accuracy", "stopped at its test accuracy"),
    Reason.PATIENCE: ("stop early", "stopped early"),
    "epochs": ("go on to its last epoch", "went on to its end"),
}

# Numbers that the settings give, beside those that are settings themselves.
COUNTS: dict[str, Callable[[Settings], int]] = {
    "hidden_layers": lambda settings: len(settings.network.layer_dims) - 2,
    "neurons": lambda settings: sum(settings.network.layer_dims[1:-1]),
    "feature_count": lambda settings: len(settings.network.features),
    "parameters": lambda settings: count(settings.network.layer_dims),
}
# Numbers that only the run gives.
OUTCOMES: dict[str, Callable[[Result], float]] = {
    **{name: partial(Result.last, measure=name) for name in MEASURES},
    "first_train_cost": lambda result: float(result.history.train_cost[0]),
    "lowest_test_cost": lambda result: float(result.history.test_cost.min()),
    "rises": lambda result: int(np.count_nonzero(np.diff(result.history.train_cost) > 0.0)),
    "epoch": lambda result: result.epoch,
}
NUMBERS = tuple(name for name, field in FIELDS.items() if isinstance(field, IntField | FloatField))
QUANTITIES = (*OUTCOMES, *COUNTS, *NUMBERS, "changes", "seeds_reached")
CHOICES: dict[str, Any] = {name: field for name, field in FIELDS.items() if name != "own"} | {
    "ended": ChoiceField(tuple(map(str, ENDS)))
}
RELATIONS = ("at_least", "at_most")


@dataclass(frozen=True)
class Condition:
    """That a quantity is ``at_least`` or ``at_most`` a value, or that a choice "is" one."""

    name: str
    relation: str
    value: Any

    def holds(self, facts: Facts) -> bool:
        """Return whether it is so; what is not known does not hold."""
        if self.name not in facts:
            return False
        if self.relation == "is":
            return facts[self.name] == self.value
        if self.relation == "at_least":
            return facts[self.name] >= self._bound
        return facts[self.name] <= self._bound

    @property
    def _bound(self) -> float:
        """Return the value as the numbers of a run are kept: 9 of 10 is at least 0.9."""
        return float(single(self.value)) if self.name in OUTCOMES else self.value

    @property
    def in_words(self) -> str:
        """Return what it asks, such as "test accuracy must be at least 0.9"."""
        if self.name == "ended":
            return f"the run must {ENDS[self.value][0]}"
        value = f"{self.value:g}" if self.relation != "is" else CHOICES[self.name].write(self.value)
        relation = "" if self.relation == "is" else f"{self.relation.replace('_', ' ')} "
        return f"{self.name.replace('_', ' ')} must be {relation}{value}"

    def missed(self, facts: Facts) -> str:
        """Return that it does not hold, with what is instead."""
        if self.name == "ended":
            return f"{self.in_words}, but it {ENDS[facts['ended']][1]} (epoch {facts['epoch']})"
        fact = facts[self.name]
        got = f"{fact:.6g}" if isinstance(fact, int | float) else CHOICES[self.name].write(fact)
        return f"{self.in_words}, got {got}"


def read_conditions(where: str, table: object) -> tuple[Condition, ...]:
    """Return the conditions of a table of TOML; NotAllowed says what is wrong ``where``."""
    if not isinstance(table, dict) or not 1 <= len(table) <= MOST_CONDITIONS:
        raise NotAllowed(
            f"{where} must be from 1 to {MOST_CONDITIONS} conditions such as "
            f"test_accuracy_at_least = 0.9, got {brief(table)}."
        )
    return tuple(_condition(where, name, value) for name, value in table.items())


def _condition(where: str, key: str, value: object) -> Condition:
    if key in CHOICES:
        if not isinstance(value, str):
            raise NotAllowed(f'{key} in {where} must be text such as "…", got {brief(value)}.')
        return Condition(key, "is", parse(CHOICES[key], f"{key} in {where}", value))
    for relation in RELATIONS:
        name = key.removesuffix(f"_{relation}")
        if name != key and name in QUANTITIES:
            number = FloatField(-LARGEST, LARGEST).check(f"{key} in {where}", value)
            return Condition(name, relation, number)
    raise NotAllowed(
        f"{where} must hold conditions such as test_accuracy_at_least = 0.9: a name with _at_least or "
        f"_at_most, of {all_of(QUANTITIES)}, or the name of a setting or ended; got {brief(key)}."
    )


def facts_of_settings(start: Settings, settings: Settings) -> Facts:
    """Return what is known before a run, of one that began as ``start``."""
    counts = {name: of(settings) for name, of in COUNTS.items()}
    return settings.values() | counts | {"changes": len(changed(start, settings))}


def facts_of_result(result: Result) -> Facts:
    """Return what is known after a run."""
    ended = str(result.ended or "epochs")
    return {name: of(result) for name, of in OUTCOMES.items()} | {"ended": ended}


def changed(start: Settings, settings: Settings) -> tuple[str, ...]:
    """Return the names of the settings that differ; the inputs that come with features count once."""
    before, after = start.values(), settings.values()
    names = [name for name in FIELDS if before[name] != after[name]]
    if before["layer_dims"][1:] == after["layer_dims"][1:] and "layer_dims" in names:
        names.remove("layer_dims")
    return tuple(names)


def is_known_before(condition: Condition) -> bool:
    """Return whether the settings alone decide it."""
    return condition.name not in (*OUTCOMES, "ended", "seeds_reached")
