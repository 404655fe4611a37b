"""Runs beside each other: what differs in their settings, their numbers, and how an address holds them.

A kept run is its settings, and nothing else: they give the very run again.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from scratchnet.run.fields import ChoiceField, IntField, SubsetField
from scratchnet.run.history import MEASURES
from scratchnet.run.settings import FIELDS, Settings
from scratchnet.run.trainer import Trainer
from scratchnet.studies import table
from scratchnet.validation import MAX_EPOCHS, NotAllowed, brief

MOST_KEPT, MOST_SHOWN = 8, 4
MOST_CHARACTERS = 6000  # of all kept runs in an address; some programs cut longer ones
MOST_PARTS = 100  # of the address of one run: there are fewer settings
LETTERS = "ABCDEFGH"  # the names of the runs, in their order
BETWEEN = "|"  # stands in no address of a run, see written


@dataclass(frozen=True)
class Comparison:
    """Runs that show something beside each other, at this epoch: what they show is told."""

    title: str
    told: str
    runs: tuple[Settings, ...]
    at: int = 1000


def _xor(neurons: int, init_seed: int) -> Settings:
    return Settings.of(dataset="xor", layer_dims=(2, neurons, 1), init_seed=init_seed)


EXAMPLES = {
    "seeds": Comparison(
        "XOR: another seed, more neurons",
        "A and B differ only in the seed of their initial weights: with two neurons A separates most "
        "of the points, B is stuck. C has the seed of B and two neurons more, and learns.",
        (_xor(2, 3), _xor(2, 4), _xor(4, 4)),
    ),
    "rates": Comparison(
        "Learning rates",
        "Too low a learning rate (A) is slow, too high a one (C) leaps to and fro and never arrives; "
        "the one between them (B) learns.",
        tuple(Settings.of(dataset="moons", learning_rate=rate) for rate in (0.03, 0.5, 10.0)),
    ),
    "optimizers": Comparison(
        "Optimizers",
        "All three have the same learning rate, 0.03, which suits Adam. Plain gradient descent needs a "
        "higher one here: that it is last says nothing about its best.",
        tuple(
            Settings.of(dataset="circles", learning_rate=0.03, optimizer=name)
            for name in ("gradient_descent", "momentum", "adam")
        ),
    ),
}
OWN = "own"  # the choice of the kept runs, instead of an example


class KeptField:
    """The runs that are kept; their addresses in one text."""

    def check(self, name: str, value: object) -> tuple[Settings, ...]:
        """Return the runs; NotAllowed if they are too many, or too long for an address."""
        if not isinstance(value, tuple) or not all(isinstance(run, Settings) for run in value):
            raise NotAllowed(f"{name} must be addresses of runs, got {brief(value)}.")
        if len(value) > MOST_KEPT:
            raise NotAllowed(f"At most {MOST_KEPT} runs can be kept, got {len(value)}.")
        if len(self.write(value)) > MOST_CHARACTERS:
            raise NotAllowed(
                f"The kept runs must have at most {MOST_CHARACTERS:,} characters in the address. Runs "
                "on your own points take many."
            )
        return value

    def write(self, value: Iterable[Settings]) -> str:
        """Return the addresses of the runs as one text."""
        return BETWEEN.join(map(written, value))


class ComparedField(SubsetField):
    """Which of the kept runs are shown beside each other, by their letters; "A-C" in the address."""

    def check(self, name: str, value: object) -> tuple[str, ...]:
        """Return the letters in order; NotAllowed if they are too few or too many."""
        letters = super().check(name, value)
        if not 2 <= len(letters) <= MOST_SHOWN:
            raise NotAllowed(f"{name} must be from 2 to {MOST_SHOWN} runs, got {len(letters)}.")
        return letters


COMPARISON_FIELDS: dict[str, Any] = {
    "kept": KeptField(),
    "compared": ComparedField(tuple(LETTERS)),
    "comparison": ChoiceField(tuple(EXAMPLES)),
    "at": IntField(0, MAX_EPOCHS),
}


def written(settings: Settings) -> str:
    """Return the address of a run, to stand in another address."""
    return urlencode(settings.to_address(), safe=",:")


def read_kept(text: str) -> tuple[tuple[Settings, ...], list[str]]:
    """Return the kept runs of an address, and a sentence for each part that is left out.

    Nothing in it is evaluated, and its length is bounded before it is read.
    """
    if len(text) > MOST_CHARACTERS:
        return (), [f"kept must have at most {MOST_CHARACTERS:,} characters, got {len(text):,}."]
    addresses = text.split(BETWEEN)
    runs, wrong = [], []
    for place, address in enumerate(addresses[:MOST_KEPT], start=1):
        try:
            runs.append(_read(address))
        except NotAllowed as error:
            wrong.append(f"Kept run {place} is left out: {error}")
    if len(addresses) > MOST_KEPT:
        wrong.append(f"At most {MOST_KEPT} runs can be kept, got {len(addresses)}; the first are.")
    return tuple(runs), wrong


def _read(address: str) -> Settings:
    """Return the settings of an address, in which nothing is wrong."""
    if address.count("&") >= MOST_PARTS:
        raise NotAllowed(f"An address must have at most {MOST_PARTS} parts.")
    texts = dict(parse_qsl(address, keep_blank_values=True))
    for name in texts:
        if name not in FIELDS:
            raise NotAllowed(f"{brief(name)} is not a setting.")
    if "dataset" not in texts:
        raise NotAllowed(f"it must be the address of a run such as dataset=xor, got {brief(address)}.")
    settings, wrong = Settings.read(texts)
    for sentence in wrong.values():
        raise NotAllowed(sentence)
    return settings


def shown(runs: Sequence[Settings], compared: Sequence[str] | None) -> list[str]:
    """Return the letters of the runs to show: those chosen that there are, or else the first ones."""
    letters = LETTERS[: len(runs)]
    chosen = [letter for letter in compared or () if letter in letters]
    return chosen if len(chosen) >= 2 else [*letters[:MOST_SHOWN]]


def differing(runs: Sequence[Settings]) -> list[str]:
    """Return the names of the settings that are not the same in all of these runs."""
    texts = [run.to_query() for run in runs]
    return [name for name in FIELDS if len({each.get(name, "") for each in texts}) > 1]


def departing(runs: Sequence[Settings]) -> list[list[str]]:
    """Return for each run the names of the settings that most of the others do not share with it."""
    texts = [run.to_query() for run in runs]
    names = differing(runs)
    alike = {name: Counter(each.get(name, "") for each in texts) for name in names}
    return [
        [name for name in names if 2 * alike[name][each.get(name, "")] <= len(runs)] for each in texts
    ]


def value_text(name: str, settings: Settings) -> str:
    """Return the value of a setting as text; of given points, their number and a checksum."""
    text = settings.to_query().get(name, "")
    if name == "own" and settings.data.own:
        return f"{len(settings.data.own.rows)} points, {zlib.crc32(text.encode()):08x}"
    return text or "none"


def columns(runs: Sequence[Settings]) -> list[str]:
    """Return the names of the columns of the table of some runs."""
    return ["run", *differing(runs), "epoch", *MEASURES, "ended", "fingerprint", "address"]


def row(letter: str, trainer: Trainer, names: Iterable[str]) -> dict[str, Any]:
    """Return the row of a run at its epoch: the settings of these names, and its numbers."""
    now = trainer.snapshot()
    return {
        "run": letter,
        **{name: value_text(name, trainer.settings) for name in names},
        "epoch": now.epoch,
        **{measure: float(getattr(now, measure)) for measure in MEASURES},
        "ended": now.ended or "",
        "fingerprint": now.fingerprint,
        "address": table.address(trainer.settings, now.epoch),
    }


def csv_lines(runs: Sequence[Settings], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the table of some runs as lines of CSV."""
    return table.lines(columns(runs), rows)
