"""Settings are everything that decides a run: the same settings give the same run, bit for bit.

They are frozen and checked when they are made. The address of the page holds them, each by its name;
its field, see fields.py, knows what is allowed.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from scratchnet.data.datasets import DATASETS, NO_POINTS, possible_classes
from scratchnet.data.features import FEATURES
from scratchnet.data.points import MAX_CLASSES, MAX_ROWS, Table
from scratchnet.nn.activations import ACTIVATIONS, OUTPUTS, layer_activations
from scratchnet.nn.costs import COSTS, costs_of
from scratchnet.nn.network import INITS
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.params import count
from scratchnet.nn.switches import STATES, Switch, states_at
from scratchnet.precision import PRECISIONS
from scratchnet.run.fields import (
    ChoiceField,
    FloatField,
    IntField,
    LayerDimsField,
    PerLayerField,
    PointsField,
    ScheduleField,
    SubsetField,
    parse,
)
from scratchnet.validation import (
    MAX_EPOCHS,
    MAX_LEARNING_RATE,
    MAX_PENALTY,
    MAX_SEED,
    NotAllowed,
    brief,
    check_layer_dims,
    check_whole,
    one_of,
)

RateChanges = tuple[tuple[int, float], ...]
Edits = tuple[tuple[int, int, float], ...]
Group = TypeVar("Group", "DataSettings", "NetworkSettings", "TrainingSettings")

LAYERS = LayerDimsField()
LEARNING_RATE = FloatField(0.00001, MAX_LEARNING_RATE)
PARAMETER = FloatField(-1000.0, 1000.0)  # a weight or a bias that is set by hand
PENALTY = FloatField(0.0, MAX_PENALTY)
RATE_CHANGES = ScheduleField((("epoch", IntField(1, MAX_EPOCHS)), ("rate", LEARNING_RATE)), "500:0.1")
EDITS = ScheduleField(
    (
        ("epoch", IntField(0, MAX_EPOCHS)),
        ("index", IntField(0, 100_000)),
        ("value", PARAMETER),
    ),
    "500:12:0.1",
)
SWITCHES = ScheduleField(
    (
        ("epoch", IntField(0, MAX_EPOCHS)),
        ("layer", IntField(1, LAYERS.most_hidden + 1)),
        ("neuron", LAYERS.neurons),
        ("state", ChoiceField(STATES)),
    ),
    "500:1:3:off",
)
BY_HAND = ("rate_changes", "edits", "switches")  # what is done to a run while it is trained


def _setting(default: Any, its_field: Any) -> Any:
    return field(default=default, metadata={"field": its_field})


NEED_A_TEST_SET = ("stop_accuracy", "patience")  # to stop a run

# The factor on the learning rate when ``epoch`` epochs are done.
SCHEDULES = {
    "constant": lambda epoch, period, decay: 1.0,
    "step": lambda epoch, period, decay: decay ** (epoch // period),
    "cosine": lambda epoch, period, decay: 0.5 * (1.0 + math.cos(math.pi * min(epoch / period, 1.0))),
}


class _Checked:
    """Checks every setting when the dataclass is made; raises ValueError."""

    def __post_init__(self):
        for each in fields(self):
            checked = each.metadata["field"].check(each.name, getattr(self, each.name))
            object.__setattr__(self, each.name, checked)


@dataclass(frozen=True)
class DataSettings(_Checked):
    """The data: ``points`` samples, of which the fraction ``train_share`` is the training set.

    A ``train_share`` of 1 leaves no test set. ``classes`` is 0 for regression. ``own`` holds the points
    of the dataset "own"; this one, and others that are not drawn at random, ignore ``points`` and
    ``noise``.
    """

    dataset: str = _setting("moons", ChoiceField(tuple(DATASETS)))
    points: int = _setting(300, IntField(20, MAX_ROWS))
    noise: float = _setting(0.2, FloatField(0.0, 0.5))
    train_share: float = _setting(0.7, FloatField(0.1, 1.0))
    seed: int = _setting(1, IntField(0, MAX_SEED))
    classes: int = _setting(2, IntField(0, MAX_CLASSES))
    own: Table | None = _setting(None, PointsField())


@dataclass(frozen=True)
class NetworkSettings(_Checked):
    """The network and its initial weights.

    ``activation`` is that of the hidden layers, one name for all or one for each; ``cost`` is the cost
    function of the ``output``. ``init_seed`` also seeds the shuffling of the mini-batches.
    """

    layer_dims: tuple[int, ...] = _setting((2, 8, 8, 1), LAYERS)
    activation: str | tuple[str, ...] = _setting("tanh", PerLayerField(tuple(ACTIVATIONS)))
    init: str = _setting("xavier", ChoiceField(tuple(INITS)))
    init_seed: int = _setting(3, IntField(0, MAX_SEED))
    features: tuple[str, ...] = _setting(("x1", "x2"), SubsetField(tuple(FEATURES)))
    output: str = _setting("sigmoid", ChoiceField(tuple(OUTPUTS)))
    cost: str = _setting("cross_entropy", ChoiceField(tuple(dict.fromkeys(cost for _, cost in COSTS))))


@dataclass(frozen=True)
class TrainingSettings(_Checked):
    """How the network is trained.

    ``batch_size`` 0 is the full batch. ``schedule`` lowers the learning rate: "step" by the factor
    ``decay`` after every ``period`` epochs, "cosine" to 0 within the first ``period``. The run ends
    after ``epochs``, or earlier when the training cost reaches ``stop_cost``, the test accuracy reaches
    ``stop_accuracy``, or the test cost has not improved for ``patience`` epochs; 0 turns each of the
    three off. A real test set must not decide when to stop: the result would be chosen to look good on
    it, and would no longer estimate the error on new data. Here it serves as a validation set.
    ``rate_changes`` are the learning rates set during training, as (epoch, learning rate);
    ``edits`` are the weights and biases set by hand, as (epoch, index in theta, value), and
    ``switches`` the neurons that were frozen or switched off or on again, see switches.py.
    ``precision`` is what the kept numbers are rounded to: "single" makes the run the same on every
    machine, see precision.py; "double" leaves them as they are.
    """

    learning_rate: float = _setting(0.5, LEARNING_RATE)
    epochs: int = _setting(1000, IntField(1, MAX_EPOCHS))
    rate_changes: RateChanges = _setting((), RATE_CHANGES)
    edits: Edits = _setting((), EDITS)
    optimizer: str = _setting("gradient_descent", ChoiceField(tuple(OPTIMIZERS)))
    batch_size: int = _setting(0, IntField(0, MAX_ROWS))
    schedule: str = _setting("constant", ChoiceField(tuple(SCHEDULES)))
    period: int = _setting(300, IntField(1, MAX_EPOCHS))
    decay: float = _setting(0.5, FloatField(0.01, 1.0))
    l1: float = _setting(0.0, PENALTY)
    l2: float = _setting(0.0, PENALTY)
    stop_cost: float = _setting(0.0, FloatField(0.0, 10.0))
    stop_accuracy: float = _setting(0.0, FloatField(0.0, 1.0))
    patience: int = _setting(0, IntField(0, MAX_EPOCHS))
    precision: str = _setting("single", ChoiceField(tuple(PRECISIONS)))
    switches: tuple[Switch, ...] = _setting((), SWITCHES)

    def rate_at(self, epoch: int) -> float:
        """Return the learning rate of the epoch that starts when ``epoch`` epochs are done."""
        rate = self.learning_rate
        for changed_at, changed in self.rate_changes:
            if epoch >= changed_at:
                rate = changed
        return rate * SCHEDULES[self.schedule](epoch, self.period, self.decay)

    def with_rate_from(self, epoch: int, rate: float) -> "TrainingSettings":
        """Return these settings with the learning rate set at ``epoch``, dropping later changes.

        No change is noted where that is the learning rate already.
        """
        if epoch == 0:
            return replace(self.until(0), learning_rate=rate, rate_changes=())
        earlier = tuple(change for change in self.rate_changes if change[0] < epoch)
        before = replace(self.until(epoch), rate_changes=earlier)
        if rate == before.last_rate:
            return before
        return replace(before, rate_changes=(*earlier, (epoch, rate)))

    def with_edit(self, epoch: int, index: int, value: float) -> "TrainingSettings":
        """Return these settings with theta[index] set at ``epoch``, dropping later changes."""
        others = [edit for edit in self.until(epoch).edits if edit[:2] != (epoch, index)]
        return replace(self.until(epoch), edits=tuple(sorted([*others, (epoch, index, value)])))

    def with_switch(self, epoch: int, layer: int, neuron: int, state: str) -> "TrainingSettings":
        """Return these settings with a neuron switched at ``epoch``, dropping later changes.

        No switch is noted to the state that the neuron has without it.
        """
        others = [each for each in self.until(epoch).switches if each[:3] != (epoch, layer, neuron)]
        before = replace(self.until(epoch), switches=tuple(others))
        if state == states_at(others, epoch).get((layer, neuron), "on"):
            return before
        switches = tuple(sorted([*others, (epoch, layer, neuron, state)]))
        return replace(before, switches=switches)

    def until(self, epoch: int) -> "TrainingSettings":
        """Return these settings without the changes made after ``epoch``."""
        done: dict[str, Any] = {
            name: tuple(change for change in getattr(self, name) if change[0] <= epoch)
            for name in BY_HAND
        }
        return replace(self, **done)

    def afresh(self) -> "TrainingSettings":
        """Return these settings for a new run: at the last rate, and with nothing set by hand."""
        nothing: dict[str, Any] = dict.fromkeys(BY_HAND, ())
        return replace(self, learning_rate=self.last_rate, **nothing)

    @property
    def last_rate(self) -> float:
        """Return the last learning rate that was set; a schedule may have lowered it since."""
        return self.rate_changes[-1][1] if self.rate_changes else self.learning_rate


GROUPS = (DataSettings, NetworkSettings, TrainingSettings)

# The field of every setting by its name: what is allowed, and how it is read and written.
FIELDS = {each.name: each.metadata["field"] for group in GROUPS for each in fields(group)}


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run.

    Raises ValueError for settings that do not match: layer_dims must lead from the number of features
    to that of outputs, and the output and its cost must match the number of classes.
    """

    data: DataSettings = field(default_factory=DataSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def __post_init__(self):
        for _, sentence in _resolve_conflicts(self.values()):
            raise NotAllowed(sentence)

    def values(self) -> dict[str, Any]:
        """Return every setting by the name of its field."""
        return vars(self.data) | vars(self.network) | vars(self.training)

    @classmethod
    def of(cls, **values: Any) -> "Settings":
        """Return the settings with these values; the others take their defaults or a consistent value.

        ``Settings.of(dataset="penguins", epochs=500)`` has three classes, and so three outputs. Raises
        ValueError for a name that is not a setting, and for a value that is not allowed or does not
        match the rest.
        """
        for name, value in values.items():
            if name not in FIELDS:
                raise NotAllowed(f"A setting must be {one_of(FIELDS)}, got {brief(name)}.")
            values[name] = FIELDS[name].check(name, value)
        settings, misfits = cls.resolve(cls().values() | values)
        for sentence in (misfits[name] for name in misfits if name in values):
            raise NotAllowed(sentence)
        return settings

    def to_query(self) -> dict[str, str]:
        """Return every setting as text, by the name of its field."""
        texts = {name: FIELDS[name].write(value) for name, value in self.values().items()}
        return {name: text for name, text in texts.items() if text}  # none, no text

    def to_address(self) -> dict[str, str]:
        """Return the address of this run: its dataset, and each setting that is not the default.

        The defaults are therefore part of every address, and never change.
        """
        usual = Settings().to_query() | {"dataset": ""}
        return {name: text for name, text in self.to_query().items() if text != usual.get(name)}

    def with_rate(self, epoch: int, update: int, rate: float) -> "Settings":
        """Return these settings with the learning rate set at a place in the run.

        An epoch has one learning rate: mid-epoch, the change applies from the next.
        """
        training = self.training.until(epoch).with_rate_from(epoch + (update > 0), rate)
        return replace(self, training=training)

    def with_edit(self, epoch: int, update: int, index: int, value: float) -> "Settings":
        """Return these settings with theta[index] set by hand at a place in the run.

        Raises ValueError for an index or a value that is not allowed, or mid-epoch.
        """
        check_whole("index", index, 0, count(self.network.layer_dims) - 1)
        _check_whole_epoch("A parameter must be set", update)
        return replace(self, training=self.training.with_edit(epoch, index, value))

    def with_switch(self, epoch: int, update: int, layer: int, neuron: int, state: str) -> "Settings":
        """Return these settings with a neuron, from 1, switched at a place in the run.

        Raises ValueError for a neuron that there is not, a state that it cannot have, or mid-epoch.
        """
        SWITCHES.check("switches", [(epoch, layer, neuron, state)])
        if sentence := _misfit_of((epoch, layer, neuron, state), self.network.layer_dims):
            raise NotAllowed(sentence)
        _check_whole_epoch("A neuron must be switched", update)
        return replace(self, training=self.training.with_switch(epoch, layer, neuron, state))

    def with_epochs(self, epochs: int) -> "Settings":
        """Return the settings of the same run with another number of epochs."""
        return replace(self, training=replace(self.training, epochs=epochs))

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple["Settings", tuple[str, ...]]:
        """Return the settings of an address, and a sentence for each correction made to it.

        What is missing or wrong takes its default, or the nearest value consistent with the other
        settings. Nothing in the address is evaluated, and no text raises.
        """
        settings, wrong = cls.read(query)
        values = settings.values()
        corrections = [
            f"{sentence} Using {FIELDS[name].write(values[name]) or 'none'} instead."
            for name, sentence in wrong.items()
        ]
        unknown = [name for name in query if name not in FIELDS]
        corrections += [f"{brief(name)} is not a setting; it is ignored." for name in unknown]
        return settings, tuple(corrections)

    @classmethod
    def read(cls, query: Mapping[str, str]) -> tuple["Settings", dict[str, str]]:
        """Return the settings of an address, and by the name of each corrected one, the reason."""
        values, wrong = cls().values(), {}
        for name in FIELDS:
            try:
                if name in query:
                    values[name] = parse(FIELDS[name], name, query[name])
            except NotAllowed as error:
                wrong[name] = str(error)
        settings, misfits = cls.resolve(values)
        return settings, {name: misfits[name] for name in misfits if name in query} | wrong

    @classmethod
    def resolve(cls, values: Mapping[str, Any]) -> tuple["Settings", dict[str, str]]:
        """Return settings of these values, changed where they conflict; and by name why each was."""
        values = dict(values)
        misfits = dict(_resolve_conflicts(values))

        def of(group: type[Group]) -> Group:
            return group(**{each.name: values[each.name] for each in fields(group)})

        return cls(of(DataSettings), of(NetworkSettings), of(TrainingSettings)), misfits


def _check_whole_epoch(what_must_be: str, update: int) -> None:
    if update:
        raise NotAllowed(
            f"{what_must_be} at the end of an epoch, got an epoch with {update} updates done."
        )


def outputs_for(n_classes: int) -> tuple[str, ...]:
    """Return the outputs for a number of classes, 0 for regression; the first is the default."""
    if n_classes == 0:
        return ("linear",)
    return ("sigmoid", "tanh") if n_classes == 2 else ("softmax",)


def n_outputs(n_classes: int) -> int:
    """Return the number of outputs: one per class, but one for two classes and for regression."""
    return n_classes if n_classes > 2 else 1


def _resolve_conflicts(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Change ``values`` that conflict with others; yield the name of each and a sentence why."""

    def choose(name: str, allowed: Sequence, user: str) -> Iterator[tuple[str, str]]:
        if (value := values[name]) not in allowed:
            values[name] = allowed[0]
            yield name, f"{name} must be {one_of(allowed)} for {user}, got {value}."

    own = values["own"]
    if values["dataset"] == "own" and own is None:
        values["dataset"] = DataSettings().dataset
        yield "dataset", NO_POINTS
    if values["dataset"] != "own" and own is not None:
        values["own"] = None
        yield "own", f"own must be empty unless dataset is own, got points for {values['dataset']}."
    dataset = values["dataset"]
    yield from choose("classes", possible_classes(dataset, values["own"]), dataset)
    classes = values["classes"]
    yield from choose("output", outputs_for(classes), f"{classes} classes" if classes else "regression")
    yield from choose("cost", costs_of(values["output"]), f"a {values['output']} output")
    dims, n_x, n_y = values["layer_dims"], len(values["features"]), n_outputs(classes)
    try:
        check_layer_dims(dims, n_x, n_y)
    except NotAllowed as error:
        values["layer_dims"] = (n_x, *dims[1:-1], n_y)
        yield "layer_dims", str(error)
    try:
        layer_activations(values["activation"], len(dims) - 1)
    except NotAllowed as error:
        values["activation"] = values["activation"][0]
        yield "activation", str(error)
    for name in NEED_A_TEST_SET:
        if values[name] and values["train_share"] == 1.0:
            wrong_value, values[name] = values[name], type(values[name])(0)
            yield (
                name,
                f"{name} must be 0 without a test set, got {wrong_value} and a train_share of 1.",
            )
    yield from _resolve_by_hand(values)


def _resolve_by_hand(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Drop what was done to parameters and neurons that the network does not have."""
    dims = values["layer_dims"]
    size = count(dims)
    if wrong := [index for _, index, _ in values["edits"] if index >= size]:
        values["edits"] = tuple(edit for edit in values["edits"] if edit[1] < size)
        yield (
            "edits",
            f"the index in edits must be an integer from 0 to {size - 1}, got {wrong[0]}.",
        )
    switches = values["switches"]
    if sentences := [sentence for each in switches if (sentence := _misfit_of(each, dims))]:
        values["switches"] = tuple(each for each in switches if not _misfit_of(each, dims))
        yield "switches", sentences[0]


def _misfit_of(switch: Switch, layer_dims: Sequence[int]) -> str:
    """Return a sentence for a switch that a network of these dimensions cannot have, else ""."""
    _, layer, neuron, state = switch
    last = len(layer_dims) - 1
    if layer > last:
        return f"the layer in switches must be an integer from 1 to {last}, got {layer}."
    if neuron > layer_dims[layer]:
        most = layer_dims[layer]
        return f"the neuron in switches must be at most {most} in layer {layer}, got {neuron}."
    if layer == last and state == "off":
        return 'the state in switches must not be "off" in the output layer.'
    return ""
