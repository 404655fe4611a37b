"""A table is points that are given and not drawn: two columns of numbers, and a label for each row.

It may come from a file, from the address of the page, or from somebody who drew it, so everything in it
is checked. In an address it is compressed text, which is bounded before it is read.
"""

import csv
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import count, islice
from typing import NamedTuple, cast

import numpy as np

from scratchnet.data.packed import pack, unpack
from scratchnet.precision import single
from scratchnet.validation import NotAllowed, brief, check_labels, check_number, check_whole

MIN_ROWS, MAX_ROWS = 4, 2000
MAX_CLASSES = 5
MAX_NAME = 30
LARGEST = 1e9  # of the numbers in a column, and of what a step of a scale may be
WIDEST = 3.0  # how far from the middle of the plane a point may lie
LARGEST_LABEL = 10.0  # of regression targets, in units of their scale
FARTHEST = LARGEST * (1.0 + LARGEST_LABEL)  # from 0 to a number in a row: where the scales end
ROUNDING = 0.001  # of a number that is drawn, in units of its scale
MAX_TEXT = 200_000  # bytes of a table as text, before it is compressed
ROOM = 2.9  # from the middle of the plane to the farthest point, where points are scaled to fit

Row = tuple[float, float, float]
Rows = tuple[Row, ...]
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")


class Scale(NamedTuple):
    """Where a column lies on the plane: at (value - centre) / unit."""

    centre: float = 0.0
    unit: float = 1.0


PLAIN = (Scale(), Scale(), Scale())
NAMES = ("x₁", "x₂", "label")


@dataclass(frozen=True)
class Table:
    """Rows of (x1, x2, label) in the units they came in, and how they lie on the plane.

    A label is the index of a class in ``classes``, which are two to five names, or a regression target
    where there are none. ``names`` are those of the columns, ``scales`` lead to the plane: x1 and x2
    within -3 and 3, targets about within -1 and 1. The last ``held_out`` rows are the test set, where
    there is one; 0 leaves it to the training share and the seed. Raises ValueError for what is not
    allowed.
    """

    rows: Rows
    names: tuple[str, str, str] = NAMES
    classes: tuple[str, ...] = ("0", "1")
    scales: tuple[Scale, Scale, Scale] = PLAIN
    held_out: int = 0

    def __post_init__(self):
        for part in ("rows", "names", "classes", "scales"):
            if not isinstance(value := getattr(self, part), tuple | list):
                raise NotAllowed(f"The {part} of a table must be a tuple, got {brief(value)}.")
        self._check_names()
        rows = np.array(self._checked_rows())
        check_whole("held_out", self.held_out, 0, len(rows) - 1)
        scales = tuple(_checked_scale(scale) for scale in self.scales)
        for part, value in (
            ("rows", tuple(map(tuple, rows.tolist()))),
            ("names", tuple(self.names)),
            ("classes", tuple(self.classes)),
            ("scales", scales),
        ):
            object.__setattr__(self, part, value)
        if self.classes:
            self._check_labels(rows[:, 2])
        farthest = (WIDEST, WIDEST, *([] if self.classes else [LARGEST_LABEL]))
        for name, column, scale, most in zip(self.names, rows.T, scales, farthest, strict=False):
            _check_place(name, column, scale, most)

    def _checked_rows(self) -> list[Row]:
        _check_count(self.rows)
        return [_checked_row(i, row, FARTHEST) for i, row in enumerate(self.rows, start=1)]

    def _check_names(self) -> None:
        for part in ("names", "scales"):
            if len(getattr(self, part)) != 3:
                raise NotAllowed(f"A table must have 3 {part}, got {len(getattr(self, part))}.")
        for name in (*self.names, *self.classes):
            if not isinstance(name, str) or not _is_name(name):
                raise NotAllowed(
                    f"A name must have from 1 to {MAX_NAME} printable characters, with no space at "
                    f"either end, got {brief(name)}."
                )
        if len(set(self.classes)) < len(self.classes):
            raise NotAllowed(f"The classes must have different names, got {brief(self.classes)}.")
        if self.classes and not 2 <= len(self.classes) <= MAX_CLASSES:
            raise NotAllowed(
                f"The number of classes must be from 2 to {MAX_CLASSES}, or 0 for regression, got "
                f"{len(self.classes)}."
            )

    def _check_labels(self, labels: np.ndarray) -> None:
        check_labels(self.names[2], labels, range(len(self.classes)))
        if len(set(labels)) < 2:
            raise NotAllowed(
                "The points must be of at least two classes, got only class "
                f"{self.classes[int(labels[0])]}."
            )

    @property
    def on_plane(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the points, (2, m), and the labels, (m,), as the network gets them."""
        columns = np.array(self.rows).T
        x1, x2, label = (
            (column - scale.centre) / scale.unit
            for column, scale in zip(columns, self.scales, strict=True)
        )
        return single(np.stack([x1, x2])), columns[2] if self.classes else single(label)

    def to_text(self) -> str:
        """Return the table for an address: lines of text, compressed."""
        return self._text

    @cached_property
    def _text(self) -> str:
        held_out = [str(self.held_out)] if self.held_out else []
        lines = [
            "\t".join(self.names),
            "\t".join(self.classes),
            " ".join([*(_short(number) for scale in self.scales for number in scale), *held_out]),
            *(" ".join(map(_short, row)) for row in self.rows),
        ]
        return pack("\n".join(lines))

    @classmethod
    def from_text(cls, text: str) -> "Table":
        """Return the table that ``to_text`` wrote; ValueError for any other text."""
        names, classes, scale, *rows = _decompressed(text).split("\n")
        numbers = _parsed_numbers(scale, 7 if scale.count(" ") == 6 else 6)
        centre_1, unit_1, centre_2, unit_2, centre, unit, *held_out = numbers
        return cls(
            tuple((x1, x2, label) for x1, x2, label in (_parsed_numbers(row, 3) for row in rows)),
            cast(tuple[str, str, str], tuple(names.split("\t"))),  # the table counts them
            tuple(classes.split("\t")) if classes else (),
            (Scale(centre_1, unit_1), Scale(centre_2, unit_2), Scale(centre, unit)),
            *map(_whole, held_out),
        )


def standardised_table(
    x1: Sequence[float],
    x2: Sequence[float],
    labels: Sequence[float],
    names: tuple[str, str, str],
    classes: tuple[str, ...],
) -> Table:
    """Return the table of these columns, (m,), with scales that put them on the plane.

    x1 and x2 are standardised: mean 0 and standard deviation 1 over all points, or less where the
    farthest would leave the plane. The mean and deviation are those of training set and test set
    together. Regression targets come to lie between -1 and 1. Raises ValueError for a column in which
    all numbers are the same, and as Table does.
    """
    scale = Scale() if classes else _range_scale(names[2], labels)
    scales = (_standard_scale(names[0], x1), _standard_scale(names[1], x2), scale)
    return Table(tuple(zip(x1, x2, labels, strict=True)), names, classes, scales)


def table_from_points(X: np.ndarray, Y: np.ndarray, classes: int, base: Table | None = None) -> Table:
    """Return the table of points of the plane, (2, m), and labels, (m,), in the units of ``base``.

    Its names stay, and so does a row of it that lies at one of the points, as far as a float32 tells;
    other numbers are rounded to a thousandth of a unit, and stay so far from the edge. What read_points
    gives is always on the plane. Raises ValueError as Table does.
    """
    farthest = (WIDEST, WIDEST, LARGEST_LABEL)
    scales, names = (base.scales, base.names) if base else (PLAIN, NAMES)
    scales = (scales[0], scales[1], Scale()) if classes else scales
    known = dict(zip(_keys(*base.on_plane), base.rows, strict=True)) if base else {}
    rows = []
    for key, point in zip(_keys(X, Y), np.vstack([X, Y]).T.tolist(), strict=True):
        x1, x2, label = map(_value_at, point, scales, farthest)
        rows.append(known.get(key, (x1, x2, label)))
    return Table(tuple(rows), names, class_names(base.classes if base else (), classes), scales)


def class_names(known: tuple[str, ...], classes: int) -> tuple[str, ...]:
    """Return so many names: those that are known, and numbers that are not among them."""
    new = (str(n) for n in count(len(known)) if str(n) not in known)
    return (*known, *islice(new, max(0, classes - len(known))))[:classes]


def unique_names(names: Iterable[str]) -> list[str]:
    """Return the names, with a number behind each that came before: x, x (2), x (3)."""
    unique = []
    for name in names:
        number, new = 1, name
        while new in unique:
            number += 1
            new = name[: MAX_NAME - len(f" ({number})")] + f" ({number})"
        unique.append(new)
    return unique


def read_points(points: object, numbers: bool) -> tuple[np.ndarray, np.ndarray, int]:
    """Return drawn points, [[x1, x2, label], …], as X, (2, m), within the plane, and Y, (m,).

    The third value is the number of classes: as many as the labels say, two at least, or 0 where the
    labels are ``numbers`` (regression). Raises ValueError for anything else: it comes from outside.
    """
    if not isinstance(points, list):
        raise NotAllowed(f"The points must be a list, got {brief(points)}.")
    _check_count(points)
    rows = np.array([_checked_row(i, point) for i, point in enumerate(points, start=1)])
    X, Y = np.clip(rows[:, :2].T, -WIDEST, WIDEST), rows[:, 2]
    if numbers:
        for label in Y.tolist():
            check_number("a label", label, -LARGEST_LABEL, LARGEST_LABEL)
        return X, Y, 0
    check_labels("Y", Y, range(MAX_CLASSES))
    return X, Y, max(2, int(Y.max()) + 1)


@cache
def penguins() -> Table:
    """Return bill length and depth, in mm, of 342 penguins of three species in Antarctica.

    Measured by Kristen Gorman and the Palmer Station LTER (Gorman, Williams & Fraser 2014), published
    by Horst, Hill & Gorman as palmerpenguins (2020) under CC0. Two birds without measures are left out.
    """
    text = files("scratchnet.data").joinpath("penguins.csv").read_text("utf-8")
    birds = list(csv.DictReader(text.splitlines()))
    species = tuple(dict.fromkeys(bird["species"] for bird in birds))
    return standardised_table(
        [float(bird["bill_length_mm"]) for bird in birds],
        [float(bird["bill_depth_mm"]) for bird in birds],
        [species.index(bird["species"]) for bird in birds],
        ("bill length (mm)", "bill depth (mm)", "species"),
        species,
    )


def _check_count(points: Sequence[object]) -> None:
    check_whole("the number of points", len(points), MIN_ROWS, MAX_ROWS)


def _checked_row(i: int, row: object, most: float = LARGEST) -> Row:
    if not isinstance(row, tuple | list) or len(row) != 3:
        raise NotAllowed(f"Point {i} must be three numbers (x1, x2 and a label), got {brief(row)}.")
    x1, x2, label = (check_number(f"a value of point {i}", number, -most, most) for number in row)
    return x1, x2, label


def _standard_scale(name: str, column: Sequence[float]) -> Scale:
    values = _column(name, column)
    centre = math.fsum(values) / values.size  # fsum rounds once, and so on every machine the same
    deviation = math.sqrt(math.fsum((values - centre) ** 2) / values.size)
    farthest = float(np.abs(values - centre).max())
    return _rounded_scale(f"the spread of {name}", centre, max(deviation, farthest / ROOM))


def _range_scale(name: str, column: Sequence[float]) -> Scale:
    values = _column(name, column)
    low, high = float(values.min()), float(values.max())
    return _rounded_scale(f"the spread of {name}", (low + high) / 2, (high - low) / 2)


def _rounded_scale(name: str, centre: float, unit: float) -> Scale:
    """Return the scale in single precision, except for a centre too far away to be rounded."""
    near, unit = float(single(centre)), float(single(unit))
    return _scale(name, near if abs(near - centre) <= unit / 1000 else centre, unit)


def _column(name: str, column: Sequence[float]) -> np.ndarray:
    _check_count(column)
    return np.array([check_number(f"a value of {name}", x, -LARGEST, LARGEST) for x in column])


def _checked_scale(scale: object) -> Scale:
    if not isinstance(scale, tuple | list) or len(scale) != 2:
        raise NotAllowed(f"A scale must be a centre and a unit, got {brief(scale)}.")
    return _scale("the unit of a scale", *scale)


def _scale(name: str, centre: float, unit: float) -> Scale:
    """Return a scale whose unit is not lost to rounding beside its centre; ``name`` is the unit's."""
    centre = check_number("the centre of a scale", centre, -LARGEST, LARGEST)
    return Scale(centre, check_number(name, unit, max(1.0, abs(centre)) / LARGEST, LARGEST))


def _check_place(name: str, column: np.ndarray, scale: Scale, most: float) -> None:
    far = column[np.abs((column - scale.centre) / scale.unit) > most]
    if far.size:
        low, high = (scale.centre + sign * most * scale.unit for sign in (-1, 1))
        raise NotAllowed(
            f"{name} must be from {low:.6g} to {high:.6g} to lie on the plane, got {far[0]:.6g}."
        )


def _is_name(text: str) -> bool:
    return 1 <= len(text) <= MAX_NAME and text.isprintable() and text == text.strip()


def _keys(X: np.ndarray, Y: np.ndarray) -> list[tuple[float, ...]]:
    """Return the float32 values that identify each point of the plane in the browser."""
    return [tuple(point) for point in np.vstack([X, Y]).astype(np.float32).T.tolist()]


def _value_at(place: float, scale: Scale, farthest: float) -> float:
    """Return the value at a place of the plane, rounded to a thousandth of the unit there.

    A place at the edge, ``farthest`` from the centre, is taken inwards: the rounding may go outwards.
    """
    if abs(place) <= farthest:
        place = np.clip(place, ROUNDING - farthest, farthest - ROUNDING)
    digits = 3 - int(np.floor(np.log10(scale.unit)))
    return round(float(place) * scale.unit + scale.centre, digits)


def _short(number: float) -> str:
    """Return the shortest text of a float that gives it again."""
    return repr(number).removesuffix(".0")


def _whole(number: float) -> int:
    if not number.is_integer():
        raise NotAllowed(f"held_out must be an integer, got {brief(number)}.")
    return int(number)


def _parsed_numbers(line: str, n: int) -> tuple[float, ...]:
    texts = line.split(" ")
    for text in texts:
        if not _NUMBER.fullmatch(text):
            raise NotAllowed(f"own must hold only numbers, got {brief(text)}.")
    if len(texts) != n:
        raise NotAllowed(f"own must hold lines of {n} numbers, got one of {len(texts)}.")
    return tuple(map(float, texts))


def _decompressed(text: str) -> str:
    """Return compressed text as lines, no longer than MAX_TEXT however much it would unpack to."""
    lines = unpack(text, MAX_TEXT)
    if lines is None or lines.count("\n") < 3:
        raise NotAllowed(f"own must be points as the page writes them, got {brief(text)}.")
    return lines
