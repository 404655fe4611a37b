"""A sweep is one run over many seeds, or along one or two settings with the same seeds for each value.

What counts as success is part of it, so that it is set before anything has run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.precision import PRECISIONS
from scratchnet.run.fields import ChoiceField, FloatField, IntField, parse
from scratchnet.run.history import MEASURES, Reason
from scratchnet.run.settings import FIELDS, Settings
from scratchnet.studies.result import Result
from scratchnet.validation import MAX_SEED, NotAllowed, brief

MOST_RUNS, MOST_EPOCHS = 500, 2_000_000  # the second of all runs together: 72 MB of history
NO_AXIS = "none"
VARIED = ("weights", "data", "both")  # which seeds are counted up from run to run


def _one(name: str) -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
    """Return what sets the setting of this name."""
    return lambda base, value: {name: value}


def _with_hidden(base: Mapping[str, Any], hidden: tuple[int, ...]) -> dict[str, Any]:
    """Return other hidden layers; where each has its own activation, all take that of the first."""
    n_x, *_, n_y = base["layer_dims"]
    activation = base["activation"]
    first = activation if isinstance(activation, str) else activation[0]
    same = len(hidden) == len(base["layer_dims"]) - 2
    return {"layer_dims": (n_x, *hidden, n_y), "activation": activation if same else first}


def _width(base: Mapping[str, Any], neurons: int) -> dict[str, Any]:
    return _with_hidden(base, (neurons,) * max(len(base["layer_dims"]) - 2, 1))


def _depth(base: Mapping[str, Any], layers: int) -> dict[str, Any]:
    _, *hidden, _ = base["layer_dims"]
    return _with_hidden(base, (hidden[0] if hidden else 4,) * layers)


class Axis(NamedTuple):
    """A setting that a sweep can go along: its title and field, first values, and how one is set."""

    title: str
    field: Any
    values: tuple
    set: Callable[[Mapping[str, Any], Any], dict[str, Any]]
    logarithmic: bool = False


def _choice(title: str, name: str, field: ChoiceField) -> Axis:
    """Return the axis along all the options of a setting."""
    return Axis(title, field, field.options, _one(name))


_HIDDEN = FIELDS["layer_dims"]

# By name; where a name is that of a setting, its values are those of the setting.
AXES = {
    "learning_rate": Axis(
        "learning rate",
        FIELDS["learning_rate"],
        (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
        _one("learning_rate"),
        logarithmic=True,
    ),
    "width": Axis("neurons per hidden layer", _HIDDEN.neurons, (1, 2, 3, 4, 8, 16), _width),
    "depth": Axis("hidden layers", IntField(0, _HIDDEN.most_hidden), (0, 1, 2, 3, 4), _depth),
    "batch_size": Axis("batch size", FIELDS["batch_size"], (0, 100, 30, 10, 1), _one("batch_size")),
    "noise": Axis("noise", FIELDS["noise"], (0.0, 0.1, 0.2, 0.3, 0.4), _one("noise")),
    "init": _choice("initial weights", "init", FIELDS["init"]),
    "optimizer": _choice("optimizer", "optimizer", FIELDS["optimizer"]),
    "activation": _choice("activation", "activation", ChoiceField(tuple(ACTIVATIONS))),
    "precision": _choice("precision", "precision", FIELDS["precision"]),
}


@dataclass(frozen=True)
class ValuesField:
    """Several values of an axis; "0.1,0.3,1.0" in the address. They are checked with their axis."""

    most: int = 20

    def check(self, name: str, value: object) -> tuple:
        if not isinstance(value, tuple | list) or len(value) > self.most:
            raise NotAllowed(f"{name} must be up to {self.most} values, got {brief(value)}.")
        return tuple(value)

    def read(self, text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())

    def write(self, value: tuple) -> str:
        return ",".join(str(part) if isinstance(part, str) else repr(part) for part in value)


SWEEP_FIELDS: dict[str, Any] = {
    "axis": ChoiceField((NO_AXIS, *AXES)),
    "values": ValuesField(),
    "across": ChoiceField((NO_AXIS, *AXES)),
    "across_values": ValuesField(),
    "seeds": IntField(1, MOST_RUNS),
    "vary": ChoiceField(VARIED),
    "goal": ChoiceField(MEASURES),
    "bound": FloatField(0.0, 1000.0),
}


class Place(NamedTuple):
    """Where a run stands in a sweep: the value on each axis, None without one, and its seed, from 0."""

    value: Any
    across: Any
    seed: int


@dataclass(frozen=True)
class Sweep:
    """Runs of ``base`` over ``seeds`` seeds, for each of the ``values`` on ``axis``.

    With a second axis, ``across``, they are run for each pair of values. The k-th run has the seed of
    the base plus k, of the weights, the data or both, whatever its values are: the seeds are paired. A
    run is a success if its ``goal``, one of MEASURES, is at least ``bound`` at its end, or at most if
    it is a cost, and if it did not diverge. Values may be given as text. What was done by hand
    during the base run is left out. Raises NotAllowed.
    """

    base: Settings
    axis: str = NO_AXIS
    values: tuple = ()
    across: str = NO_AXIS
    across_values: tuple = ()
    seeds: int = 60
    vary: str = "weights"
    goal: str = "test_accuracy"
    bound: float = 0.95

    def __post_init__(self):
        for name, field in SWEEP_FIELDS.items():
            self._set(name, field.check(name, getattr(self, name)))
        training = self.base.training.afresh()
        self._set("base", replace(self.base, training=training))
        if self.axis != NO_AXIS and self.axis == self.across:
            raise NotAllowed(f"across must be another setting than axis, got {self.across}.")
        self._set("values", _checked(self.axis, "values", self.values))
        self._set("across_values", _checked(self.across, "across_values", self.across_values))
        self._check_goal()
        self._check_size()

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _check_goal(self) -> None:
        network, data = self.base.network, self.base.data
        if network.output == "linear" and self.goal.endswith("accuracy"):
            raise NotAllowed(f"goal must be a cost for regression, got {self.goal}.")
        if data.train_share == 1.0 and self.goal.startswith("test"):
            raise NotAllowed(f"goal must be of the training set without a test set, got {self.goal}.")

    def _check_size(self) -> None:
        if len(self.places) > MOST_RUNS:
            raise NotAllowed(f"A sweep must have at most {MOST_RUNS} runs, got {len(self.places):,}.")
        epochs = len(self.places) * self.base.training.epochs
        if epochs > MOST_EPOCHS:
            raise NotAllowed(
                f"The runs of a sweep must have at most {MOST_EPOCHS:,} epochs in all, got {epochs:,}."
            )
        _ = self.runs  # raises where a value does not fit the other settings

    @cached_property
    def places(self) -> list[Place]:
        """The place of each run, in order: by value, by value across, by seed."""
        axes = self.values or (None,), self.across_values or (None,), range(self.seeds)
        return [Place(*each) for each in product(*axes)]

    @cached_property
    def runs(self) -> list[Settings]:
        """The settings of each run, in the order of the places."""
        return [self._run(place) for place in self.places]

    def _run(self, place: Place) -> Settings:
        values = self.base.values()
        for axis, value in ((self.axis, place.value), (self.across, place.across)):
            if axis != NO_AXIS:
                values |= AXES[axis].set(values, value)
        for name, kind in (("init_seed", "weights"), ("seed", "data")):
            if self.vary in (kind, "both"):
                values[name] = (values[name] + place.seed) % (MAX_SEED + 1)
        settings, misfits = Settings.resolve(values)
        for sentence in misfits.values():
            raise NotAllowed(sentence)
        return settings

    @property
    def seconds(self) -> float:
        """Return about how long all runs take on one processor: to choose and to limit, no more."""
        return sum(map(estimated_seconds, self.runs))

    @property
    def in_words(self) -> str:
        """Return what a success is, such as "test accuracy of at least 0.95"."""
        most_or_least = "at least" if self.goal.endswith("accuracy") else "at most"
        return f"{self.goal.replace('_', ' ')} of {most_or_least} {self.bound:g}"

    def with_changes(self, values: Mapping[str, Any]) -> "Sweep":
        """Return this sweep with other fields; a new axis has its usual values, if none are given."""
        for axis, its_values in (("axis", "values"), ("across", "across_values")):
            if axis in values and values[axis] != getattr(self, axis):
                values = {its_values: (), **values}
        return replace(self, **values)

    def succeeds(self, result: Result) -> bool:
        """Return whether a run reached the goal."""
        reached, bound = result.last(self.goal), self._kept(result)
        met = reached >= bound if self.goal.endswith("accuracy") else reached <= bound
        return met and result.ended != Reason.DIVERGED

    def _kept(self, result: Result) -> float:
        """Return the bound as a run keeps its numbers: 0.9 in single precision is below 0.9."""
        return float(PRECISIONS[result.settings.training.precision](self.bound))

    @classmethod
    def usual(cls, base: Settings) -> "Sweep":
        """Return the sweep of a run over its seeds, with a goal and a size that it can have."""
        part = "train" if base.data.train_share == 1.0 else "test"
        goal = (f"{part}_cost", 0.1) if base.network.output == "linear" else (f"{part}_accuracy", 0.95)
        seeds = max(min(60, MOST_EPOCHS // base.training.epochs), 1)
        return cls(base, seeds=seeds, goal=goal[0], bound=goal[1])

    @classmethod
    def from_query(cls, base: Settings, query: Mapping[str, str]) -> tuple["Sweep", tuple[str, ...]]:
        """Return the sweep of an address, and a sentence for each correction made to it.

        What is missing or wrong is as usual, and all is where the parts do not fit each other. No text
        raises.
        """
        values, wrong = {}, []
        for name in (name for name in SWEEP_FIELDS if name in query):
            try:
                values[name] = parse(SWEEP_FIELDS[name], name, query[name])
            except NotAllowed as error:
                wrong.append(f"{error} It is ignored.")
        sweep, misfit = cls.fitting(base, values)
        return sweep, (*wrong, misfit) if misfit else tuple(wrong)

    @classmethod
    def fitting(cls, base: Settings, values: Mapping[str, Any]) -> tuple["Sweep", str]:
        """Return the usual sweep of a base with these values, and a sentence if they do not fit it."""
        usual = cls.usual(base)
        try:
            return usual.with_changes(values), ""
        except NotAllowed as error:
            return usual, f"{error} The sweep is the usual one over seeds instead."

    @property
    def unusual(self) -> dict[str, Any]:
        """Return what is not usual of the sweep, by name; without its base."""
        usual = Sweep.usual(self.base)
        values = {name: getattr(self, name) for name in SWEEP_FIELDS}
        return {name: value for name, value in values.items() if value != getattr(usual, name)}

    def to_query(self) -> dict[str, str]:
        """Return what is not usual of the sweep as text, by name; without its base."""
        return {name: SWEEP_FIELDS[name].write(value) for name, value in self.unusual.items()}


def _checked(axis: str, name: str, values: tuple) -> tuple:
    """Return the values of an axis, each once; those to begin with if none are given."""
    if axis == NO_AXIS:
        return ()
    field, each = AXES[axis].field, f"each of {name}"
    checked = [
        parse(field, each, value) if isinstance(value, str) else field.check(each, value)
        for value in values or AXES[axis].values
    ]
    return tuple(dict.fromkeys(checked))


def estimated_seconds(run: Settings) -> float:
    """Return about how long a run takes: so long for each update, and for each value of a neuron."""
    m = len(run.data.own.rows) if run.data.own else run.data.points
    size = run.training.batch_size
    updates = -(-m // size) if size else 1
    return run.training.epochs * (3e-5 * updates + 8e-9 * m * sum(run.network.layer_dims[1:]))


_XOR = Settings.of(dataset="xor", layer_dims=(2, 2, 1))

# By the title of each. The second goes over learning rates and widths, as Trask's tutorial does (2015).
EXAMPLES = {
    "XOR with two neurons": Sweep(_XOR, bound=0.85),
    "Learning rate and width": Sweep(
        _XOR,
        "learning_rate",
        (0.01, 0.1, 1.0, 10.0, 100.0),
        "width",
        (1, 2, 4, 8),
        seeds=10,
        bound=0.85,
    ),
}
