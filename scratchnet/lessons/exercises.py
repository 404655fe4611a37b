"""An exercise is a small text in TOML: a task, settings to start from, a question, a goal in numbers.

Those that come with scratchnet are files in the folder beside this module, in the order in which they
are taught; a lecturer's own comes as a file, or compressed in an address. Either is bounded before it
is read, nothing in it is evaluated, and a fault raises NotAllowed with one sentence.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from scratchnet.data.packed import pack, unpack
from scratchnet.lessons.conditions import Condition, facts_of_settings, is_known_before, read_conditions
from scratchnet.run.settings import FIELDS, Settings
from scratchnet.studies.sweep import estimated_seconds
from scratchnet.validation import (
    MAX_SEED,
    NotAllowed,
    all_of,
    brief,
    check_choice,
    check_whole,
)

MAX_BYTES = 20_000  # of an exercise as text
MAX_EPOCHS = 5000  # of one run
MAX_SEEDS = 10
MAX_SECONDS = 10.0  # that the runs of one attempt may take on one processor, as estimated
TITLE, SENTENCE, PARAGRAPH = 80, 400, 1200  # characters
CHOICES, HINTS, FAILS = (2, 5), (0, 5), (0, 12)  # how few and how many
MAX_ADDRESS = 10_000
KEYS = ("title", "task", "start", "free", "hints", "learned", "reference", "question", "goal", "fails")
OPTIONAL = ("reference", "fails", "hints")


class Question(NamedTuple):
    """What is to be predicted before the first run; ``answer`` counts the choices from 1."""

    text: str
    choices: tuple[str, ...]
    answer: int


class Goal(NamedTuple):
    """What a run must reach, with each of so many initial weights."""

    conditions: tuple[Condition, ...]
    seeds: int


class Fail(NamedTuple):
    """A mistake that is foreseen: when it is that one, why it fails, and an attempt that makes it."""

    when: tuple[Condition, ...]
    sentence: str
    example: Settings | None


@dataclass(frozen=True)
class Exercise:
    """An exercise as it is read from ``text``, which is its TOML.

    ``free`` are the settings that may be changed, and ``learned`` is shown after success as after
    giving up. ``reference`` is an attempt that reaches the goal.
    """

    text: str
    title: str
    task: str
    start: Settings
    free: tuple[str, ...]
    question: Question
    goal: Goal
    hints: tuple[str, ...]
    fails: tuple[Fail, ...]
    learned: str
    reference: Settings | None

    @classmethod
    def from_toml(cls, text: str) -> "Exercise":
        """Return the exercise of a TOML text; NotAllowed names the first thing that is wrong."""
        if len(text.encode(errors="replace")) > MAX_BYTES:
            raise NotAllowed(f"An exercise must have at most {MAX_BYTES:,} bytes, got more.")
        try:
            table = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise NotAllowed(
                f"An exercise must be TOML, got a fault: {_plain(str(error))[:200]}."
            ) from None
        return _exercise(text, table)

    def to_text(self) -> str:
        """Return the exercise for an address: its TOML, compressed."""
        return self._packed

    @cached_property
    def _packed(self) -> str:
        return pack(self.text)

    @classmethod
    def from_text(cls, text: str) -> "Exercise":
        """Return the exercise that ``to_text`` wrote; NotAllowed for any other text."""
        toml = unpack(text, MAX_BYTES)
        if toml is None:
            raise NotAllowed(
                f"exercise must be a name or a text as the page writes, got {brief(text)}."
            )
        return cls.from_toml(toml)

    def runs(self, settings: Settings) -> tuple[Settings, ...]:
        """Return the runs that decide an attempt: one for each seed, counted up from its own."""
        network = settings.network
        seeds = [(network.init_seed + k) % (MAX_SEED + 1) for k in range(self.goal.seeds)]
        return tuple(replace(settings, network=replace(network, init_seed=seed)) for seed in seeds)

    def too_long(self, settings: Settings) -> str:
        """Return that the runs of an attempt would take too long, or nothing."""
        if settings.training.epochs > MAX_EPOCHS:
            return (
                f"epochs must be at most {MAX_EPOCHS} in an exercise, got {settings.training.epochs}."
            )
        seconds = estimated_seconds(settings) * self.goal.seeds
        if seconds > MAX_SECONDS:
            return (
                f"The runs of an exercise may take about {MAX_SECONDS:.0f} seconds, and these would "
                f"take {seconds:.0f}: they are not trained."
            )
        return ""


def _exercise(text: str, toml: object) -> Exercise:
    """Return the exercise of a text and its table, checking one part after another."""
    table = _table("An exercise", toml, KEYS, OPTIONAL)
    start = _settings("start", table["start"], {})
    free = _listed(
        "free", table["free"], (1, len(FIELDS)), lambda name, x: check_choice(name, x, FIELDS)
    )
    changes = start.to_query()
    exercise = Exercise(
        text,
        _text("title", table["title"], TITLE),
        _text("task", table["task"], PARAGRAPH),
        start,
        free,
        _question(table["question"]),
        _goal(table["goal"]),
        _listed("hints", table.get("hints", []), HINTS, lambda name, x: _text(name, x, SENTENCE)),
        _fails(table.get("fails", []), changes),
        _text("learned", table["learned"], PARAGRAPH),
        _settings("reference", table["reference"], changes) if "reference" in table else None,
    )
    _check_sense(exercise)
    return exercise


def _check_sense(exercise: Exercise) -> None:
    """Raise NotAllowed for runs that are too long or not the same everywhere, or no task at all."""
    if "precision" in exercise.free or exercise.start.training.precision != "single":
        raise NotAllowed("precision must stay single, or runs are not the same everywhere.")
    if "init_seed" in exercise.free and exercise.goal.seeds > 1:
        raise NotAllowed("free must not hold init_seed with more than one of seeds in goal.")
    if sentence := exercise.too_long(exercise.start):
        raise NotAllowed(f"start: {sentence}")
    for condition in (conditions := exercise.goal.conditions):
        _check_has(exercise.start, condition.name)
    facts = facts_of_settings(exercise.start, exercise.start)
    if all(is_known_before(each) and each.holds(facts) for each in conditions):
        raise NotAllowed("goal must ask for more than what start has already.")


def _check_has(start: Settings, name: str) -> None:
    """Raise NotAllowed for a number that runs such as this one do not have."""
    if name == "seeds_reached":
        raise NotAllowed("goal must not hold seeds_reached, as each of the seeds must reach it.")
    if name.endswith("accuracy") and start.network.output == "linear":
        raise NotAllowed(f"goal must be of costs for regression, got {name}.")
    if "test_" in name and start.data.train_share == 1.0:
        raise NotAllowed(f"goal must be of the training set without a test set, got {name}.")


def _question(toml: object) -> Question:
    table = _table("question", toml, ("text", "choices", "answer"))
    choices = _listed(
        "choices", table["choices"], CHOICES, lambda name, each: _text(name, each, SENTENCE)
    )
    if len({*choices}) < len(choices):
        raise NotAllowed(f"choices must differ, got {brief(list(choices))}.")
    answer = check_whole("answer", table["answer"], 1, len(choices))
    return Question(_text("the text of question", table["text"], PARAGRAPH), choices, answer)


def _goal(toml: object) -> Goal:
    conditions = dict(toml) if isinstance(toml, dict) else toml
    seeds = conditions.pop("seeds", 1) if isinstance(conditions, dict) else 1
    return Goal(read_conditions("goal", conditions), check_whole("seeds", seeds, 1, MAX_SEEDS))


def _fails(tables: object, start: Mapping[str, str]) -> tuple[Fail, ...]:
    def fail(name: str, toml: object) -> Fail:
        table = _table(name, toml, ("when", "sentence", "example"), ("example",))
        example = table.get("example")
        return Fail(
            read_conditions(f"when of {name}", table["when"]),
            _text(f"the sentence of {name}", table["sentence"], SENTENCE),
            None if example is None else _settings(f"the example of {name}", example, start),
        )

    return _listed("fails", tables, FAILS, fail)


def _settings(name: str, text: object, start: Mapping[str, str]) -> Settings:
    """Return the settings of an address such as "dataset=xor&layer_dims=2-1", others as in start."""
    if not isinstance(text, str) or len(text) > MAX_ADDRESS:
        raise NotAllowed(
            f"{name} must be an address of at most {MAX_ADDRESS} characters such as "
            f"dataset=xor&layer_dims=2-1, got {brief(text)}."
        )
    pairs = dict(parse_qsl(text.strip().removeprefix("?"), keep_blank_values=True))
    for setting in pairs:
        check_choice(f"a name in {name}", setting, FIELDS)
    settings, wrong = Settings.read({**start, **pairs})
    for setting, sentence in wrong.items():
        if setting in pairs:
            raise NotAllowed(f"{name}: {sentence}")
    return settings


def _table(
    name: str, table: object, keys: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return what is a table of TOML with these keys, of which the optional ones may be missing."""
    if not isinstance(table, dict):
        raise NotAllowed(f"{name} must be a table with {all_of(keys)}, got {brief(table)}.")
    for key in table:
        if key not in keys:
            raise NotAllowed(f"{name} must hold only {all_of(keys)}, got {brief(key)}.")
    for key in keys:
        if key not in table and key not in optional:
            raise NotAllowed(f"{name} must have {key}, got {all_of(table) if table else 'nothing'}.")
    return table


def _listed(
    name: str, values: object, bounds: tuple[int, int], check: Callable[[str, Any], Any]
) -> tuple[Any, ...]:
    """Return a list of TOML, each of its values checked under its name and number."""
    fewest, most = bounds
    if not isinstance(values, list) or not fewest <= len(values) <= most:
        got = f"{len(values)} entries" if isinstance(values, list) else brief(values)
        raise NotAllowed(f"{name} must be a list of {fewest} to {most} entries, got {got}.")
    return tuple(check(f"{name}[{i}]", value) for i, value in enumerate(values, start=1))


def _text(name: str, value: object, most: int) -> str:
    """Return a text on one line, without the breaks that TOML may have in it."""
    plain = _plain(value) if isinstance(value, str) else ""
    if not 1 <= len(plain) <= most:
        got = f"{len(plain):,} characters" if plain else brief(value)
        raise NotAllowed(f"{name} must be a text of 1 to {most} characters, got {got}.")
    if not plain.isprintable():
        raise NotAllowed(f"{name} must hold only printable characters, got {brief(plain)}.")
    return plain


def _plain(text: str) -> str:
    return " ".join(text.split())


@cache
def shipped() -> dict[str, Exercise]:
    """Return the exercises that come with scratchnet by their names, in the order of teaching."""
    folder = files("scratchnet.lessons").joinpath("exercises")
    found = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name
    )
    return {name_of(file.name): Exercise.from_toml(file.read_text("utf-8")) for file in found}


def name_of(file: str) -> str:
    """Return the name of the exercise of a file: "03-xor.toml" is "xor"."""
    return re.sub(r"^[0-9]+-", "", file.removesuffix(".toml"))
