"""What the columns of a sheet hold, and which of them may be x1, x2 and the label."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scratchnet.data.notation import COMMA, DOUBTFUL, MISSING, NOTATIONS, Notation, in_percent
from scratchnet.data.points import LARGEST, MAX_CLASSES
from scratchnet.validation import NotAllowed, shown

LABEL_NAMES = frozenset(
    (
        "label",
        "labels",
        "class",
        "target",
        "species",
        "variety",
        "category",
        "diagnosis",
        "outcome",
        "survived",
    )
)
_is_id = re.compile(r"(.*[ _.-])?([Ii][Dd]|[Ii]ndex|idx|rownames|#|[Nn]o\.?)|.*[a-z]I[dD]").fullmatch
_is_coordinate = re.compile(r"[xX][ _]?[0-9₀-₉]*").fullmatch


@dataclass(frozen=True)
class Column:
    """A column of texts, (m,), and the lines of the file where they stand.

    ``is_id`` says whether the column is named as one that tells the rows apart.
    """

    name: str
    texts: tuple[str, ...]
    lines: tuple[int, ...]
    notation: Notation
    is_id: bool = False

    @cached_property
    def numbers(self) -> np.ndarray:
        """The texts as numbers, (m,), nan where they are none."""
        return self.notation.numbers(["" if text in MISSING else text for text in self.texts])

    @cached_property
    def can_be_number(self) -> bool:
        """Whether at least half of the values present are finite numbers, and two of them differ."""
        finite = self.numbers[np.isfinite(self.numbers)]
        present = sum(text not in MISSING and text not in DOUBTFUL for text in self.texts)
        return 2 * len(finite) >= present and len(np.unique(finite)) >= 2

    @cached_property
    def is_missing(self) -> np.ndarray:
        """Which values are missing, (m,); a doubtful mark is none if many have it or it is needed."""
        missing = np.array([text in MISSING for text in self.texts], dtype=bool)
        doubtful = np.array([text in DOUBTFUL for text in self.texts], dtype=bool)
        few = doubtful.sum() <= max(3, len(self.texts) // 20)
        others = {text for text in self.texts if text not in MISSING and text not in DOUBTFUL}
        return missing | doubtful if self.can_be_number or (few and len(others) >= 2) else missing

    @cached_property
    def classes(self) -> frozenset[str]:
        """The different values present; numbers that are equal are one."""
        there = {text for text, missing in zip(self.texts, self.is_missing, strict=True) if not missing}
        return frozenset(class_texts(list(there), self.notation))

    @property
    def can_be_classes(self) -> bool:
        """Whether there are two to five different values."""
        return 2 <= len(self.classes) <= MAX_CLASSES

    @cached_property
    def is_like_labels(self) -> bool:
        """Whether the values are rather classes than coordinates: few, repeated, whole if numbers."""
        whole = not self.can_be_number or not (self.numbers[np.isfinite(self.numbers)] % 1).any()
        return self.can_be_classes and whole and len(self.classes) < len(self.texts)

    @cached_property
    def is_index(self) -> bool:
        """Whether the column only tells the rows apart: by its name, or as it counts them."""
        return self.is_id or (len(self.texts) > 1 and bool((np.diff(self.numbers) == 1).all()))

    def place(self, row: int) -> str:
        """Return the value of a row and where it stands, for a sentence."""
        return f"{shown(self.texts[row])} in row {row + 1:,}, line {self.lines[row]:,}"

    @property
    def words(self) -> np.ndarray:
        """Which values are neither numbers nor missing, (m,)."""
        return np.isnan(self.numbers) & ~self.is_missing

    def other_notation(self, text: str) -> Notation | None:
        """Return a notation in which a text is a number that it is not here, rather one of groups."""
        found = [each for each in NOTATIONS if each.reads(text)]
        grouped = [each for each in found if each.group and each.group in text]
        return next(iter(grouped + found), None)

    def no_number(self) -> str:
        """Return the first value that is no number, and how another notation reads it; or ""."""
        if not self.words.any():
            return ""
        row = int(self.words.argmax())
        sentence = f"{self.place(row)}, of {shown(self.name)} is no number"
        if other := self.other_notation(self.texts[row]):
            sentence += f", but {other.number(self.texts[row]):.12g} in the notation {other.example}"
        return sentence

    def notes(self) -> list[str]:
        """Return how numbers are read that may as well be meant otherwise."""
        mark, notes = self.notation.decimal, []
        if in_percent(self.texts):
            notes.append(f"{self.place(0)}, of {self.name} is read as {self.numbers[0]:g}.")
        with_mark = [row for row, text in enumerate(self.texts) if mark in text]
        whole = len(with_mark) < len(self.texts) or self.notation == COMMA
        if (
            with_mark
            and whole
            and all(self.notation.is_ambiguous(self.texts[row]) for row in with_mark)
        ):
            row = with_mark[0]
            (other,) = (notation for notation in NOTATIONS if notation.group == mark)
            notes.append(
                f"{self.place(row)}, of {self.name} is read as {self.numbers[row]:g}; the notation "
                f"{other.example} reads it as {other.number(self.texts[row]):g}."
            )
        return notes


class Choice(NamedTuple):
    """The names of the columns that are taken as x1, x2 and the label."""

    x1: str
    x2: str
    label: str


def guess(columns: Sequence[Column]) -> Choice:
    """Return the columns to begin with; raise NotAllowed where there are no such three.

    The label is the column named as one, or else the last one of a few classes. A column that may be a
    label, or only counts the rows, is x1 or x2 only where no other is left.
    """
    numbers = [column for column in columns if column.can_be_number]
    labels = [column for column in columns if column.can_be_classes or column.can_be_number]
    named = [column for column in labels if not column.is_index]
    first, last = (named[0], named[-1]) if named else (None, None)

    def unlike_a_label(column: Column) -> tuple[int, ...]:
        few = column.is_like_labels
        return (
            column.name.lower() not in LABEL_NAMES,
            column.is_index,
            _is_coordinate(column.name) is not None,
            not (few and column is last),
            not (few and not column.can_be_number),
            not (few and column is first),
            column is not last,
            not few,
            -labels.index(column),
        )

    for label in sorted(labels, key=unlike_a_label):
        x = sorted(
            (column for column in numbers if column is not label),
            key=lambda column: (column.is_index, column.is_like_labels),
        )[:2]
        if len(x) == 2:
            x1, x2 = sorted(x, key=numbers.index)
            return Choice(x1.name, x2.name, label.name)
    raise NotAllowed(_no_three(columns))


def _no_three(columns: Sequence[Column]) -> str:
    """Return why there are no columns for x1, x2 and the label, with the first value in the way."""
    texts = [column for column in columns if not column.can_be_number]
    numeric, other = len(columns) - len(texts), (texts or columns)[-1]
    different = len(other.classes)
    reasons = [column.no_number() for column in texts]
    # Rather of a column that another notation makes one of numbers.
    reasons = [reason for reason in reasons if "notation" in reason] + (reasons if numeric < 2 else [])
    reason = reasons[0] if reasons else f"the first is {other.place(0)}"
    return (
        f"A file must have two numeric columns, and a label that is numeric or has from 2 to "
        f"{MAX_CLASSES} classes, got {numeric} numeric, and {different:,} different "
        f"value{'s' * (different != 1)} in {shown(other.name)}; {reason}."
    )


def is_id_name(name: str) -> bool:
    """Return whether a column of that name in a file only tells the rows apart, as "" and "id"."""
    return not name or _is_id(name) is not None


def class_texts(texts: Sequence[str], notation: Notation) -> list[str]:
    """Return the texts of classes: numbers in their shortest form, so 1.0 is 1, or else the text."""
    numbers = notation.numbers(texts) + 0.0  # which makes 0 of -0
    if not (np.abs(numbers) <= LARGEST).all():
        return list(texts)
    return [repr(number).removesuffix(".0") for number in numbers.tolist()]
