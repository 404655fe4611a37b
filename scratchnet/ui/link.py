"""The address of the page as texts: what they mean, and how they are written. Pure functions.

session.py alone reads and writes the address itself.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from scratchnet.data.points import Table
from scratchnet.lessons.exercises import CHOICES, HINTS, Exercise, shipped
from scratchnet.lessons.planted_bugs import BUGS
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.run.address import NAMES, PLACE, VERSION, Verdict, compare
from scratchnet.run.fields import ChoiceField, IntField, SubsetField, parse
from scratchnet.run.settings import BY_HAND, FIELDS, Settings
from scratchnet.run.trainer import Trainer
from scratchnet.studies.comparison import COMPARISON_FIELDS, EXAMPLES, LETTERS, OWN, read_kept
from scratchnet.studies.survey import KINDS
from scratchnet.studies.sweep import SWEEP_FIELDS, Sweep
from scratchnet.ui.own_numbers import NumbersField
from scratchnet.ui.texts import MOST_IN_ADDRESS
from scratchnet.validation import MAX_SEED, NotAllowed, brief

START = (0, 0)
NOTHING: Mapping[str, str] = MappingProxyType({})
ON_STAGE = ("layer_dims", "features", "draw", "test_points", "speed", "step", "reset")
HIDEABLE = (
    *(name for name in FIELDS if name not in (*BY_HAND, "cost", "own")),
    *("examples", "pages", *ON_STAGE[2:]),
)


class QuantityField:
    """The name of a quantity of a training step, such as dW1."""

    def check(self, name: str, value: object) -> str:
        """Return the name; NotAllowed if no step has such a quantity."""
        if not isinstance(value, str) or not re.fullmatch(r"cost|d?[ZAWb][0-9]|[Wb][0-9] new", value):
            raise NotAllowed(f"{name} must be a quantity of a step such as dW1, got {brief(value)}.")
        return value

    read = write = staticmethod(str)


class ExerciseField:
    """The name of an exercise that comes with scratchnet, or the text of another one."""

    def check(self, name: str, value: object) -> str:
        """Return the text; NotAllowed if it is no exercise."""
        if not isinstance(value, str):
            raise NotAllowed(f"{name} must be the name of an exercise, got {brief(value)}.")
        if value not in shipped():
            Exercise.from_text(value)
        return value

    read = write = staticmethod(str)


class ParameterField:
    """The name of a weight or bias, such as W1[0, 1]; "W1-0-1" in the address."""

    def check(self, name: str, value: object) -> str:
        """Return the name; NotAllowed if no network has such a parameter."""
        if not isinstance(value, str) or not re.fullmatch(
            r"[Wb][0-9]\[[0-9]{1,3}, [0-9]{1,3}\]", value
        ):
            raise NotAllowed(f"{name} must be a weight or bias such as W1-0-1, got {brief(value)}.")
        return value

    def read(self, text: str) -> str:
        """Return the name as it is shown."""
        return re.sub(r"^(\w+)-(\w+)-(\w+)$", r"\1[\2, \3]", text)

    def write(self, value: str) -> str:
        """Return the name as the address has it."""
        return re.sub(r"\W+", "-", value).strip("-")


STAGE_VIEW: dict[
    str, ChoiceField
] = {  # in the address as well: how the stage looks, which never affects the run
    "test_points": ChoiceField(("0", "1")),
    "discrete": ChoiceField(("0", "1")),
    "log": ChoiceField(("0", "1")),
    "speed": ChoiceField(("1", "2", "5", "10", "20", "50", "100", "200")),
}
VIEW: dict[str, Any] = STAGE_VIEW | {
    "projector": ChoiceField(("0", "1")),
    "plane": ChoiceField(("0", "1")),
    "hide": SubsetField(HIDEABLE),
    "quantity": QuantityField(),
    "numbers": NumbersField(),
    "bug": ChoiceField(tuple(BUGS)),
    "slice": ChoiceField(KINDS),
    "slice_seed": IntField(1, MAX_SEED),
    "weight_1": ParameterField(),
    "weight_2": ParameterField(),
    "compare": SubsetField(tuple(OPTIMIZERS)),
    "colours": ChoiceField(("log", "linear")),
    "exercise": ExerciseField(),
    "prediction": IntField(1, CHOICES[1]),
    "hints": IntField(0, HINTS[1]),
    "given_up": ChoiceField(("1",)),
    **SWEEP_FIELDS,
    **COMPARISON_FIELDS,
}
# How the pages look at first. The view of the epoch is not in the address.
ON_OFF = ("projector", "plane")
LISTS = ("hide", "compare")
PLAIN: dict[str, Any] = dict.fromkeys(ON_OFF, False) | dict.fromkeys(LISTS, ())
PLAIN |= dict.fromkeys(("quantity", "numbers", "bug", "view", *SWEEP_FIELDS, *COMPARISON_FIELDS))
PLAIN |= dict.fromkeys(("slice", "slice_seed", "weight_1", "weight_2", "colours"))
PLAIN |= dict.fromkeys(("exercise", "prediction", "hints", "given_up"))
# What else becomes plain again with a change of the look: another exercise begins from the beginning.
WITH = {"exercise": dict.fromkeys(("prediction", "hints", "given_up"))}
PLAIN |= {"kept": (), "at": 0}


class Claim(NamedTuple):
    """What an address claims about its shared run, see run/address.py.

    ``place`` is the epoch and the update at which to compare, None if the address names none of this
    run; ``corrected`` says whether a part of the address was corrected.
    """

    asked: dict[str, str]
    place: tuple[int, int] | None
    corrected: bool

    def verdict(self, trainer: Trainer) -> Verdict | None:
        """Return whether the run of this trainer, now at its place, is the one that was shared."""
        now = trainer.snapshot()
        found = now.fingerprint if (now.epoch, now.update) == self.place else None
        return compare(self.asked, found, trainer.settings.training.precision, self.corrected)


class Parts(NamedTuple):
    """An address: the settings, the place in the run, how the page looks, and what was shared."""

    settings: dict[str, str]
    place: dict[str, str]
    view: dict[str, str]
    shared: dict[str, str]


def fits(own: Table) -> bool:
    """Return whether the address can hold these points."""
    return len(own.to_text()) <= MOST_IN_ADDRESS


def settings_texts(settings: Settings) -> dict[str, str]:
    """Return the settings as the address holds them: without own points that are too many."""
    return {name: text for name, text in settings.to_address().items() if len(text) <= MOST_IN_ADDRESS}


def split(address: Mapping[str, str]) -> Parts:
    """Return the parts of an address; an unknown name counts as a setting, which is then corrected."""
    parts = Parts({}, {}, {}, {})
    for name, text in address.items():
        known = [
            part for names, part in zip((PLACE, VIEW, NAMES), parts[1:], strict=True) if name in names
        ]
        (known[0] if known else parts.settings)[name] = text
    return parts


def place_texts(place: tuple[int, int]) -> dict[str, str]:
    """Return an epoch and an update as the address holds them; a 0 is left out."""
    return {name: str(n) for name, n in zip(PLACE, place, strict=True) if n}


def looks(view: Mapping[str, str]) -> dict[str, str]:
    """Return the part of a view that is not of the stage alone."""
    return {name: view[name] for name in view if name not in STAGE_VIEW}


def view_texts(look: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, str]:
    """Return the view for the address; the part of the stage stays as it was ``seen`` there."""
    kept, _ = _parsed({name: text for name, text in seen.items() if name in STAGE_VIEW})
    kept |= {name: value for name, value in look.items() if name in VIEW and value}
    kept |= {name: "1" for name in ON_OFF if look[name]}
    texts = {name: VIEW[name].write(value) for name, value in kept.items()}
    return {name: text for name, text in texts.items() if len(text) <= MOST_IN_ADDRESS}


def to_share(
    settings: Settings, epoch: int, fingerprint: str, view: Mapping[str, str] = NOTHING
) -> str | None:
    """Return the address of a run at an epoch, for the playground to compare its fingerprint.

    ``view`` is what it is to hold besides. None if its own points are too many for an address.
    """
    if settings.data.own and not fits(settings.data.own):
        return None
    shared = dict(zip(NAMES, (fingerprint, VERSION), strict=True))
    return f"./?{urlencode(settings.to_address() | place_texts((epoch, 0)) | shared | dict(view))}"


def run_address(settings: Settings) -> str:
    """Return the address of a run, which is its name."""
    return urlencode(settings.to_address())


def sweep_address(sweep: Sweep) -> str:
    """Return the address of a sweep, for the terminal."""
    return f"?{urlencode(sweep.base.to_address() | sweep.to_query())}"


def read_look(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return how the pages look, and a sentence per error."""
    values, wrong = _parsed(texts)
    look = PLAIN | {name: value for name, value in values.items() if name in PLAIN}
    on_off = {name: look[name] == "1" for name in ON_OFF}
    return look | on_off | {name: list(look[name]) for name in LISTS}, wrong


def read_sweep(look: Mapping[str, Any], base: Settings) -> tuple[Sweep, str]:
    """Return the sweep of a look, and a sentence if its parts do not fit this base: then as usual."""
    chosen = {name: look[name] for name in SWEEP_FIELDS if look[name] is not None}
    return Sweep.fitting(base, chosen)


def look_of_sweep(sweep: Sweep) -> dict[str, Any]:
    """Return the look with this sweep: what is not usual of it."""
    return dict.fromkeys(SWEEP_FIELDS) | sweep.unusual


def kept_texts(look: Mapping[str, Any]) -> dict[str, str]:
    """Return the kept runs as an address holds them, so that a link to a run leads back to all."""
    return {"kept": VIEW["kept"].write(look["kept"])} if look["kept"] else {}


def look_with_kept(look: Mapping[str, Any], settings: Settings, epoch: int) -> dict[str, Any]:
    """Return the look with this run kept, too, and compared at this epoch; NotAllowed if it cannot be.

    A run that is kept already is not kept twice.
    """
    kept = look["kept"] if settings in look["kept"] else (*look["kept"], settings)
    return {"kept": VIEW["kept"].check("kept", kept), "comparison": None, "at": epoch}


def look_without_kept(look: Mapping[str, Any], letter: str) -> dict[str, Any]:
    """Return the look without the kept run of this letter; the first ones are then compared."""
    kept, place = look["kept"], LETTERS.index(letter)
    return {"kept": kept[:place] + kept[place + 1 :], "compared": None}


def look_of_comparison(name: str, value: Any) -> dict[str, Any]:
    """Return the look when this part of the comparison is chosen; an example is shown at its epoch."""
    if value == OWN:
        return {name: None}
    value = COMPARISON_FIELDS[name].check(name, value)
    return {name: value} | ({"at": EXAMPLES[value].at} if name == "comparison" else {})


def comparison_of(look: Mapping[str, Any]) -> str:
    """Return what a look compares: the visitor's own runs, or the example of a name.

    It takes two runs to compare.
    """
    return look["comparison"] or (OWN if len(look["kept"]) >= 2 else next(iter(EXAMPLES)))


def exercise_of(look: Mapping[str, Any]) -> Exercise:
    """Return the exercise of a look: one that comes with scratchnet, or a lecturer's own."""
    said = look["exercise"]
    return shipped().get(said) or Exercise.from_text(said)


def read_place(
    texts: Mapping[str, str], epochs: int, updates: int
) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Return the epoch and update to show, and a sentence if the texts are not valid.

    ``epochs`` are those of the run, ``updates`` those of an epoch.
    """
    most = {"epoch": epochs, "update": updates - 1}
    try:
        epoch, update = (parse(IntField(0, most[name]), name, texts.get(name, "0")) for name in PLACE)
        return (epoch, update), ()
    except NotAllowed as error:
        return START, (f"{error} The run is shown from its beginning.",)


def _parsed(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the values of a view, and a sentence for each text that is not valid."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, text in texts.items():
        if name == "kept":  # of several runs, those that are right are kept
            values[name], dropped = read_kept(text)
            wrong += dropped
            continue
        try:
            values[name] = parse(VIEW[name], name, text)
        except NotAllowed as error:
            wrong.append(f"{error} It is ignored.")
    return values, wrong
