"""What the columns of a sheet hold, and which of them may be x1, x2 and the label."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from scratchnet.data.notation import DOUBTFUL, MISSING, NOTATIONS, Notation
from scratchnet.data.points import LARGEST, MAX_CLASSES
from scratchnet.validation import NotAllowed, brief

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
_is_id = re.compile(
    r"(.*[ _.-])?([Ii][Dd]|[Ii]ndex|idx|rownames|#|[Nn]o\.?)|.*[a-z]I[dD]|Unnamed: [0-9]+"
).fullmatch
_is_coordinate = re.compile(r"[xX][ _]?[0-9₀-₉]*").fullmatch


@dataclass(frozen=True, eq=False)
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
        others = {text for text in self.texts if text not in MISSING and text not in DOUBTFUL}
        doubtful = sum(text in DOUBTFUL for text in self.texts)
        few = doubtful <= max(3, len(self.texts) // 20) and len(others) >= 2
        marks = MISSING | DOUBTFUL if self.can_be_number or few else MISSING
        return np.array([text in marks for text in self.texts], dtype=bool)

    def class_texts(self, rows: np.ndarray) -> list[str]:
        """Return the classes of these rows: numbers in their shortest form, so 1.0 is 1, or texts."""
        if not self._holds_numbers(rows):
            return [self.texts[row] for row in rows]
        return [repr(number + 0.0).removesuffix(".0") for number in self.numbers[rows].tolist()]

    def _holds_numbers(self, rows: np.ndarray) -> bool:
        return bool((np.abs(self.numbers[rows]) <= LARGEST).all())

    @cached_property
    def classes(self) -> frozenset[str]:
        """The different values present; numbers that are equal are one."""
        rows = np.flatnonzero(~self.is_missing)
        if self._holds_numbers(rows):
            rows = rows[np.unique(self.numbers[rows], return_index=True)[1]]
        return frozenset(self.class_texts(rows))

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
        count = self.numbers[0] + np.arange(len(self.numbers))
        return self.is_id or bool((self.numbers == count).all())

    def place(self, row: int) -> str:
        """Return the value of a row and where it stands, for a sentence."""
        return f"{brief(self.texts[row])} in row {row + 1:,}, line {self.lines[row]:,}"

    @property
    def words(self) -> np.ndarray:
        """Which values are neither numbers nor missing, (m,)."""
        return np.isnan(self.numbers) & ~self.is_missing

    @property
    def is_misread(self) -> bool:
        """Whether the first value that is no number would be one in another notation."""
        row = int(self.words.argmax())
        return bool(self.words[row]) and self.offer(row) != ""

    def offer(self, row: int) -> str:
        """Return how another notation reads a value that is no number in this one; "" if none does."""
        text = self.texts[row]
        found = [each for each in NOTATIONS if each.reads(text)]
        if not found or self.notation in found:
            return ""
        # Marks that may be of groups are rather that, as this notation has the other decimal mark.
        other = next((each for each in found if each.group and each.group in text), found[0])
        return f", but {other.number(text):.12g} in the notation {other.example}"

    def no_number(self) -> str:
        """Return the first value that is no number, and how another notation reads it.

        Without one, the column is no numeric one as it has the same value in all rows.
        """
        row = int(self.words.argmax())
        why = f"is not a number{self.offer(row)}" if self.words[row] else "is in all rows"
        return f"{self.place(row)}, of {brief(self.name)} {why}"

    def reading(self, row: int) -> str:
        """Return how the value of a row is read, for a note."""
        return f"{self.place(row)}, of {brief(self.name)} is read as {self.numbers[row]:g}"


def notes_on_numbers(columns: Sequence[Column]) -> list[str]:
    """Return how numbers of these columns are read that may as well be meant otherwise."""
    notes, marked = [], []
    for column in columns:
        numbers = [row for row in range(len(column.texts)) if not np.isnan(column.numbers[row])]
        percent = [row for row in numbers if column.texts[row].endswith("%")]
        notes += [f"{column.reading(row)}." for row in percent[:1]]
        marked += [(column, row) for row in numbers if column.notation.decimal in column.texts[row]]
    # Three digits behind the mark of every number: it may be one of groups.
    if marked and all(column.notation.is_ambiguous(column.texts[row]) for column, row in marked):
        column, row = marked[0]
        (other,) = (each for each in NOTATIONS if each.group == column.notation.decimal)
        number = other.number(column.texts[row])
        notes.append(f"{column.reading(row)}; the notation {other.example} reads {number:g}.")
    return notes


class Choice(NamedTuple):
    """The names of the columns that are taken as x1, x2 and the label."""

    x1: str
    x2: str
    label: str


def guess(columns: Sequence[Column]) -> Choice:
    """Return the columns to begin with; raise NotAllowed where there are no such three.

    A column that only tells the rows apart is taken where no three others fit: rather one that counts
    than one named as an id.
    """
    for usable in (
        [column for column in columns if not column.is_index],
        [column for column in columns if not column.is_id],
        columns,
    ):
        if choice := _choice(usable):
            return choice
    raise NotAllowed(_no_three(columns))


def _choice(columns: Sequence[Column]) -> Choice | None:
    """Return which of these columns fit best, or None.

    The label is the column named as one, or else the last one if it holds classes, or one of texts.
    What may be a label is x1 or x2 only where no other column is left.
    """
    numbers = [column for column in columns if column.can_be_number]
    texts = [column for column in columns if column.can_be_classes and not column.is_misread]
    labels = [column for column in columns if column in numbers or column in texts]

    def unlike_a_label(column: Column) -> tuple[int, ...]:
        few, first, last = column.is_like_labels, column is labels[0], column is labels[-1]
        return (
            column.name.lower() not in LABEL_NAMES,
            _is_coordinate(column.name) is not None,
            not (few and last),
            not (few and not column.can_be_number),
            not (few and first),
            not last,  # for regression
            not few,
            -labels.index(column),
        )

    for label in sorted(labels, key=unlike_a_label):
        others = [column for column in numbers if column is not label]
        if len(others) >= 2:
            others.sort(key=lambda column: column.is_like_labels)
            x1, x2 = sorted(others[:2], key=numbers.index)
            return Choice(x1.name, x2.name, label.name)
    return None


def _no_three(columns: Sequence[Column]) -> str:
    """Return why there are no columns for x1, x2 and the label, with the first value in the way."""
    texts = [column for column in columns if not column.can_be_number]
    numeric, other = len(columns) - len(texts), (texts or columns)[-1]
    different = len(other.classes)
    misread = [column for column in texts if column.is_misread]
    reasons = [column.no_number() for column in (*misread, *(texts if numeric < 2 else []))]
    reason = next(iter(reasons), f"the first is {other.place(0)}")
    return (
        f"A file must have two numeric columns, and a label that is numeric or has from 2 to "
        f"{MAX_CLASSES} classes, got {numeric} numeric, and {different:,} different "
        f"value{'s' * (different != 1)} in {brief(other.name)}; {reason}."
    )


def is_id_name(name: str) -> bool:
    """Return whether a column of that name in a file only tells the rows apart, as "" and "id"."""
    return not name or _is_id(name) is not None
