"""Settings say everything that decides a run: the same settings give the same run, bit for bit.

They are frozen, checked when they are made, and travel in the address of the page, where each goes by
the name of its field. A field's kind knows what is allowed and how the text in the address is read.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from scratchnet.activations import ACTIVATIONS, OUTPUTS, layer_activations
from scratchnet.costs import COSTS, costs_of
from scratchnet.datasets import SHAPES
from scratchnet.features import FEATURES
from scratchnet.network import INITS
from scratchnet.optimizers import OPTIMIZERS
from scratchnet.validation import (
    MAX_EPOCHS,
    check_choice,
    check_layer_dims,
    check_number,
    check_whole,
    shown,
)

MAX_SEED = 2**32 - 1
RateChanges = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def check(self, name: str, value: object) -> int:
        return check_whole(name, value, self.low, self.high)

    def read(self, text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise ValueError("not a whole number")
        return int(text)

    write = staticmethod(str)


@dataclass(frozen=True)
class Number:
    """A number from ``low`` to ``high``; its text is the shortest that gives the same float again."""

    low: float
    high: float

    def check(self, name: str, value: object) -> float:
        return check_number(name, value, self.low, self.high)

    def read(self, text: str) -> float:
        if not re.fullmatch(r"-?[0-9]{0,30}\.?[0-9]{0,30}([eE][+-]?[0-9]{1,3})?", text):
            raise ValueError("not a number")
        return float(text)

    write = staticmethod(repr)


@dataclass(frozen=True)
class Choice:
    """One of these names."""

    options: tuple[str, ...]

    def check(self, name: str, value: object) -> str:
        return check_choice(name, value, self.options)

    read = write = staticmethod(str)


@dataclass(frozen=True)
class Some(Choice):
    """One or more of these names, each once and in their order here; "x1-x2" in the address."""

    def check(self, name: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, tuple | list) or not value:
            raise ValueError(
                f"{name} is {shown(value)}; allowed are one or more of {', '.join(self.options)}."
            )
        for each in value:
            check_choice(f"one of {name}", each, self.options)
        return tuple(option for option in self.options if option in value)

    def read(self, text: str) -> tuple[str, ...]:
        return tuple(text.split("-"))

    def write(self, value: tuple[str, ...]) -> str:
        return "-".join(value)


@dataclass(frozen=True)
class OneOrEach(Choice):
    """One of these names for all layers, or one for each; "tanh" or "tanh-relu" in the address."""

    def check(self, name: str, value: object) -> str | tuple[str, ...]:
        if not isinstance(value, tuple | list) or not value:
            return check_choice(name, value, self.options)
        for l, each in enumerate(value, start=1):
            check_choice(f"{name} of layer {l}", each, self.options)
        return value[0] if len(set(value)) == 1 else tuple(value)

    def read(self, text: str) -> str | tuple[str, ...]:
        return tuple(text.split("-")) if "-" in text else text

    def write(self, value: str | tuple[str, ...]) -> str:
        return value if isinstance(value, str) else "-".join(value)


LEARNING_RATE = Number(0.00001, 100.0)


@dataclass(frozen=True)
class LayerDims:
    """Neurons of each layer from the features to the output; "2-8-8-1" in the address."""

    most_hidden: int = 6
    neurons: Whole = Whole(1, 32)

    def check(self, name: str, value: object) -> tuple[int, ...]:
        return check_layer_dims(value, None, None, self.neurons.high, self.most_hidden)

    def read(self, text: str) -> tuple[int, ...]:
        return tuple(self.neurons.read(part) for part in text.split("-"))

    def write(self, value: tuple[int, ...]) -> str:
        return "-".join(map(str, value))


@dataclass(frozen=True)
class Changes:
    """Learning rates set while the run was on: after so many epochs, this rate; "500:0.1,800:0.01"."""

    rate: Number = LEARNING_RATE
    most: int = 100

    def check(self, name: str, value: object) -> RateChanges:
        if not isinstance(value, tuple | list) or len(value) > self.most:
            raise ValueError(
                f"{name} is {shown(value)}; allowed are up to {self.most} changes such as 500:0.1."
            )
        checked, first = [], 1
        for pair in value:
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise ValueError(f"{name} holds {shown(pair)}; allowed are pairs of epoch and rate.")
            epoch, rate = pair
            epoch = check_whole(f"the epoch in {name}", epoch, first, MAX_EPOCHS)
            checked.append((epoch, self.rate.check(f"the rate in {name}", rate)))
            first = epoch + 1
        return tuple(checked)

    def read(self, text: str) -> RateChanges:
        pairs = (part.partition(":") for part in text.split(",") if text)
        return tuple((Whole.read(self, epoch), self.rate.read(rate)) for epoch, _, rate in pairs)

    def write(self, value: RateChanges) -> str:
        return ",".join(f"{epoch}:{rate!r}" for epoch, rate in value)


def _setting(default: Any, kind: Any) -> Any:
    return field(default=default, metadata={"kind": kind})


# The share of the learning rate that is left when ``epoch`` epochs are done.
SCHEDULES = {
    "constant": lambda epoch, period, decay: 1.0,
    "step": lambda epoch, period, decay: decay ** (epoch // period),
    "cosine": lambda epoch, period, decay: 0.5 * (1.0 + math.cos(math.pi * min(epoch / period, 1.0))),
}


class _Checked:
    """Checks every field by its kind when the dataclass is made; raises ValueError."""

    def __post_init__(self):
        for each in fields(self):
            checked = each.metadata["kind"].check(each.name, getattr(self, each.name))
            object.__setattr__(self, each.name, checked)


@dataclass(frozen=True)
class DataSettings(_Checked):
    """Which points: ``points`` of them before the split, of which ``train_share`` are for training.

    ``classes`` is 0 for a dataset whose labels are numbers.
    """

    dataset: str = _setting("moons", Choice(tuple(SHAPES)))
    points: int = _setting(300, Whole(20, 2000))
    noise: float = _setting(0.2, Number(0.0, 0.5))
    train_share: float = _setting(0.7, Number(0.1, 0.9))
    seed: int = _setting(1, Whole(0, MAX_SEED))
    classes: int = _setting(2, Whole(0, 5))


@dataclass(frozen=True)
class NetworkSettings(_Checked):
    """Which network, and its first weights.

    ``activation`` is that of the hidden layers, one name for all or one for each; ``cost`` is what the
    ``output`` is judged by. ``init_seed`` is also the seed of the order in which mini-batches take the
    samples.
    """

    layer_dims: tuple[int, ...] = _setting((2, 8, 8, 1), LayerDims())
    activation: str | tuple[str, ...] = _setting("tanh", OneOrEach(tuple(ACTIVATIONS)))
    init: str = _setting("xavier", Choice(tuple(INITS)))
    init_seed: int = _setting(3, Whole(0, MAX_SEED))
    features: tuple[str, ...] = _setting(("x1", "x2"), Some(tuple(FEATURES)))
    output: str = _setting("sigmoid", Choice(tuple(OUTPUTS)))
    cost: str = _setting("cross_entropy", Choice(tuple(dict.fromkeys(cost for _, cost in COSTS))))


@dataclass(frozen=True)
class TrainingSettings(_Checked):
    """How it learns.

    ``batch_size`` 0 is the full batch. ``schedule`` lowers the rate: "step" by the factor ``decay``
    after every ``period`` epochs, "cosine" to 0 within the first ``period``. The run ends after
    ``epochs``, or before that when the train cost is down to ``stop_cost``, the test accuracy up to
    ``stop_accuracy``, or the test cost has not improved for ``patience`` epochs; 0 turns each of the
    three off. ``rate_changes`` are the rates that were set while the run was on.
    """

    learning_rate: float = _setting(0.5, LEARNING_RATE)
    epochs: int = _setting(1000, Whole(1, MAX_EPOCHS))
    rate_changes: RateChanges = _setting((), Changes())
    optimizer: str = _setting("gradient_descent", Choice(tuple(OPTIMIZERS)))
    batch_size: int = _setting(0, Whole(0, 2000))
    schedule: str = _setting("constant", Choice(tuple(SCHEDULES)))
    period: int = _setting(300, Whole(1, MAX_EPOCHS))
    decay: float = _setting(0.5, Number(0.01, 1.0))
    l1: float = _setting(0.0, Number(0.0, 10.0))
    l2: float = _setting(0.0, Number(0.0, 10.0))
    stop_cost: float = _setting(0.0, Number(0.0, 10.0))
    stop_accuracy: float = _setting(0.0, Number(0.0, 1.0))
    patience: int = _setting(0, Whole(0, MAX_EPOCHS))

    def rate_at(self, epoch: int) -> float:
        """The learning rate of the epoch that starts when ``epoch`` epochs are done."""
        rate = self.learning_rate
        for changed_at, changed in self.rate_changes:
            if epoch >= changed_at:
                rate = changed
        return rate * SCHEDULES[self.schedule](epoch, self.period, self.decay)

    def with_rate_from(self, epoch: int, rate: float) -> "TrainingSettings":
        """These settings with ``rate`` from ``epoch`` on, whatever was to come later."""
        if epoch == 0:
            return replace(self, learning_rate=rate, rate_changes=())
        earlier = tuple(change for change in self.rate_changes if change[0] < epoch)
        return replace(self, rate_changes=(*earlier, (epoch, rate)))

    @property
    def last_rate(self) -> float:
        """The rate that was set last; a schedule may have lowered it."""
        return self.rate_changes[-1][1] if self.rate_changes else self.learning_rate


GROUPS = (DataSettings, NetworkSettings, TrainingSettings)

# The kind of every setting by its name: what is allowed, and how it is read and written.
KINDS = {each.name: each.metadata["kind"] for group in GROUPS for each in fields(group)}


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run.

    Raises ValueError for settings that do not go with each other: layer_dims leads from the number of
    features to that of outputs, and the output and its cost are some for the classes of the data.
    """

    data: DataSettings = field(default_factory=DataSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def __post_init__(self):
        for _, sentence in _made_to_fit(self._values()):
            raise ValueError(sentence)

    def _values(self) -> dict[str, Any]:
        return vars(self.data) | vars(self.network) | vars(self.training)

    def to_query(self) -> dict[str, str]:
        """Every setting as text, by the name of its field: the address of this run."""
        texts = {name: KINDS[name].write(value) for name, value in self._values().items()}
        return {name: text for name, text in texts.items() if text}  # no rate changes, no text

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple["Settings", tuple[str, ...]]:
        """The settings of an address, and a sentence for everything in it that had to be corrected.

        What is missing or wrong gets its default, or else what goes with the rest. Nothing in the
        address is evaluated, and no text raises.
        """
        values, wrong = cls()._values(), {}
        for name in KINDS:
            try:
                if name in query:
                    values[name] = parse(KINDS[name], name, query[name])
            except ValueError as error:
                wrong[name] = str(error)
        for name, sentence in _made_to_fit(values):
            if name in query:
                wrong.setdefault(name, sentence)
        corrections = [
            f"{sentence} It is taken as {KINDS[name].write(values[name]) or 'none'}."
            for name, sentence in wrong.items()
        ]
        unknown = [name for name in query if name not in KINDS]
        corrections += [f"{shown(name)} is not a setting; it is left out." for name in unknown]
        groups = [group(**{each.name: values[each.name] for each in fields(group)}) for group in GROUPS]
        return cls(*groups), tuple(corrections)


def outputs_for(classes: int) -> tuple[str, ...]:
    """The outputs that a network for so many classes can have; the first is the usual one."""
    if classes == 0:
        return ("linear",)
    return ("sigmoid", "tanh") if classes == 2 else ("softmax",)


def n_outputs(classes: int) -> int:
    """How many outputs: one for each class, but one for two classes, and one for a number."""
    return classes if classes > 2 else 1


def _made_to_fit(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Change what does not go with the other values; gives the name of each, and why, in a sentence."""

    def one_of(name: str, allowed: Sequence, user: str) -> Iterator[tuple[str, str]]:
        if (value := values[name]) not in allowed:
            values[name] = allowed[0]
            yield name, f"{name} is {value}; allowed for {user}: {', '.join(map(str, allowed))}."

    yield from one_of("classes", SHAPES[values["dataset"]].classes, values["dataset"])
    classes = values["classes"]
    yield from one_of("output", outputs_for(classes), f"{classes} classes" if classes else "numbers")
    yield from one_of("cost", costs_of(values["output"]), f"a {values['output']} output")
    dims, n_x, n_y = values["layer_dims"], len(values["features"]), n_outputs(classes)
    try:
        check_layer_dims(dims, n_x, n_y)
    except ValueError as error:
        values["layer_dims"] = (n_x, *dims[1:-1], n_y)
        yield "layer_dims", str(error)
    try:
        layer_activations(values["activation"], len(dims) - 1)
    except ValueError as error:
        values["activation"] = values["activation"][0]
        yield "activation", str(error)


def parse(kind: Any, name: str, text: str) -> Any:
    """The value that ``text`` stands for; a ValueError names the setting and what is allowed."""
    try:
        value = kind.read(text)
    except ValueError:
        value = text  # no such value, so the check says what is allowed instead
    return kind.check(name, value)
