"""A file of somebody's own becomes a table: its records become columns, of which three are taken.

A file does not say whether its first line holds names, how its numbers are written, and which columns
are x1, x2 and the label. All three are guessed by what the columns hold, said in one line, and can be
chosen instead. What cannot be used is refused with one sentence; what is left out is said in a note.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from scratchnet.data.columns import (
    DOUBTFUL,
    LABEL_NAMES,
    MISSING,
    Choice,
    Column,
    guess,
    is_id_name,
    notes_on_numbers,
)
from scratchnet.data.notation import POINT, Notation, is_mostly_numeric, looks_numeric, notation_of
from scratchnet.data.points import (
    LARGEST,
    MAX_CLASSES,
    MAX_NAME,
    MAX_ROWS,
    MIN_ROWS,
    Table,
    standardised_table,
    unique_names,
)
from scratchnet.data.records import MAX_LINES, SAMPLE, SEPARATORS, Record, records_of
from scratchnet.validation import NotAllowed, brief, check_whole

MANY = 20  # rows: whole numbers that differ in all of them, in a first column without a name, are ids


class Sheet(NamedTuple):
    """The columns of a file by their names, and how it was read.

    ``header`` says whether its first line holds the names, and ``notes`` which of them were changed.
    """

    columns: dict[str, Column]
    separator: str
    header: bool
    notation: Notation
    notes: tuple[str, ...] = ()

    def choice(self) -> Choice:
        """Return the columns to begin with; raise NotAllowed where there are no three that fit."""
        return guess(list(self.columns.values()))

    def taken(self, choice: Choice, table: Table) -> str:
        """Return in one line how the file was read, and which columns the table is made of."""
        label = f"{len(table.classes)} classes" if table.classes else "numeric, for regression"
        return (
            f"Taken: x1 = {choice.x1}, x2 = {choice.x2}, label = {choice.label} ({label}); first line: "
            f"{'names' if self.header else 'a sample'}; between values: {SEPARATORS[self.separator]}; "
            f"numbers as {self.notation.example}."
        )


def read(name: str, data: bytes, header: bool | None = None, notation: Notation | None = None) -> Sheet:
    """Return the sheet of a CSV file of that name.

    ``header`` is whether the first line holds names, ``notation`` how numbers are written; None finds
    out. Raises NotAllowed as records_of does, and for a file without rows below its names.
    """
    file = brief(name)
    separator, rows, comment = records_of(file, data)
    if comment and not has_header(rows) and has_header([comment, *rows]):
        rows.insert(0, comment)
    header = has_header(rows) if header is None else header
    names = rows.pop(0).cells if header else []
    check_whole(f"the number of rows below the names in {file}", len(rows), 1, MAX_LINES)
    notation = notation or notation_of((cell for row in rows for cell in row.cells), separator)
    columns, notes = _named(names, rows, notation) if names else (_unnamed(rows, notation), [])
    return Sheet({column.name: column for column in columns}, separator, header, notation, tuple(notes))


def has_header(rows: Sequence[Record]) -> bool:
    """Return whether the first of these rows holds names, and not a sample as the others do.

    A sample has a number, or nothing, in each column of numbers. Names that are numbers are told by
    their counting 0, 1, 2, …, or by a name beside them: that of a label, or one that is no class.
    """
    first, *below = (row.cells for row in rows[:SAMPLE])
    numeric = [is_mostly_numeric(column) for column in zip(*below, strict=True)]
    over = [cell for cell, is_numeric in zip(first, numeric, strict=False) if is_numeric] or first
    if not any(map(looks_numeric, over)) or not all(map(_may_be_number, over)):
        return True
    named = [cell for cell in first if cell]
    return (
        named == [str(i) for i in range(len(named))]
        or not {cell.lower() for cell in named}.isdisjoint(LABEL_NAMES)
        or any(
            _is_no_class(cell, column)
            for cell, column in zip(first, zip(*below, strict=True), strict=False)
        )
    )


def _may_be_number(cell: str) -> bool:
    return looks_numeric(cell) or cell in MISSING or cell in DOUBTFUL


def _is_no_class(cell: str, column: Sequence[str]) -> bool:
    """Return whether a text stands above a column of classes, each repeated, and is none of them."""
    counts = Counter(column)
    classes = len(counts) <= MAX_CLASSES < len(column) and min(counts.values()) > 1
    return classes and not _may_be_number(cell) and cell not in counts


def _named(
    texts: Sequence[str], rows: Sequence[Record], notation: Notation
) -> tuple[list[Column], list[str]]:
    """Return the columns below these names, and a note of each name that had to be changed."""
    names = unique_names(_clean(text) or f"column {i}" for i, text in enumerate(texts, start=1))
    notes = []
    for i, (text, name) in enumerate(zip(texts, names, strict=True), start=1):
        if text != name:
            was = brief(repr(text)[1:-1])  # with what cannot be shown as its code
            notes.append(f"Column {i} is called {was} in the file and {brief(name)} here.")
    return _columns(names, rows, notation, [is_id_name(text) for text in texts]), notes


def _unnamed(rows: Sequence[Record], notation: Notation) -> list[Column]:
    """Return columns called x1, x2, … and label: the one that is taken for it, or else the last."""
    width = len(rows[0].cells)
    columns = _columns([f"column {i}" for i in range(width)], rows, notation, [False] * width)
    ids = columns[0].numbers
    if len(ids) >= MANY and (ids == np.rint(ids)).all() and len(np.unique(ids)) == len(ids):
        columns[0] = replace(columns[0], is_id=True)
    try:
        label = guess(columns).label
    except NotAllowed:
        label = columns[-1].name
    names = iter(f"x{i}" for i in range(1, width))
    return [
        replace(column, name="label" if column.name == label else next(names)) for column in columns
    ]


def _columns(
    names: Iterable[str], rows: Sequence[Record], notation: Notation, is_id: Iterable[bool]
) -> list[Column]:
    lines = tuple(row.line for row in rows)
    cells = zip(*(row.cells for row in rows), strict=True)
    return [
        Column(name, texts, lines, notation, id)
        for name, texts, id in zip(names, cells, is_id, strict=True)
    ]


def table_of(
    sheet: Sheet, choice: Choice, as_number: bool | None = None
) -> tuple[Table, tuple[str, ...]]:
    """Return the table of three columns, and notes of how they are read and which rows are left out.

    A label is a number, or the text of its value is a class; None takes classes where they can be.
    Raises NotAllowed for columns that are not three different ones, for fewer than MIN_ROWS rows with a
    value in each, for numbers that do not differ, and for classes that are not two to five.
    """
    if len({*choice} & {*sheet.columns}) < 3:
        chosen = ", ".join(map(brief, choice))
        known = brief(", ".join(sheet.columns))
        raise NotAllowed(f"The columns must be three different ones of {known}, got {chosen}.")
    columns = [sheet.columns[name] for name in choice]
    label = columns[2]
    if as_number is None:
        as_number = label.can_be_number and not label.can_be_classes
    numeric = columns if as_number else columns[:2]
    rows, notes = _usable(columns, numeric)
    notes = [*notes_on_numbers(numeric), *notes]
    if len(rows) > MAX_ROWS:
        if not as_number:
            _classes(label, rows)  # counted in all rows, as a rare one may not be drawn
        notes.append(f"Of {len(rows):,} rows, {MAX_ROWS:,} are taken, drawn at random.")
        rows = rows[np.sort(np.random.RandomState(0).permutation(len(rows))[:MAX_ROWS])]
    numbers = [column.numbers[rows].tolist() for column in numeric]
    for column, values in zip(numeric, numbers, strict=True):
        if len(set(values)) == 1:
            raise NotAllowed(
                f"{column.name} must hold different numbers, got {values[0]:g} in all rows."
            )
    classes, labels = ((), numbers[2]) if as_number else _classes(label, rows)
    return standardised_table(numbers[0], numbers[1], labels, choice, classes), tuple(notes)


def to_csv(table: Table) -> str:
    """Return the table as a CSV file, from which ``read`` and ``table_of`` make the same table again.

    Its scales are then those of ``standardised_table``, and its classes those that have points, sorted.
    """
    rows = [
        [x1, x2, table.classes[int(label)] if table.classes else label] for x1, x2, label in table.rows
    ]
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    is_read = has_header([Record(0, list(map(str, row))) for row in (table.names, *rows)])
    writer.writerow(name if is_read else f"column {name}" for name in table.names)
    for row in rows:
        writer.writerow(
            int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in row
        )
    return file.getvalue()


def _clean(text: str) -> str:
    """Return a text as Table allows it for a name."""
    text = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
    return text.strip()[:MAX_NAME].strip()


def _usable(columns: Sequence[Column], numeric: Sequence[Column]) -> tuple[np.ndarray, list[str]]:
    """Return the rows with a value in each column, and a note of why the others are left out."""
    m = len(columns[0].texts)
    left, reasons = np.ones(m, dtype=bool), []
    for column in columns:
        for wrong, why in _faults(column, column in numeric):
            found = left & wrong
            if n := int(found.sum()):
                row = int(found.argmax())
                example = f"{column.place(row)}{column.offer(row)}"
                reasons.append((n, f"{n:,} {'has' if n == 1 else 'have'} {why} ({example})"))
            left &= ~wrong
    lost = m - int(left.sum())
    if m - lost < MIN_ROWS:
        why = f": {max(reasons)[1]}" if reasons else ""
        raise NotAllowed(
            f"The number of usable rows must be at least {MIN_ROWS}, got {m - lost} of {m:,}{why}."
        )
    why = ", ".join(why for _, why in reasons)
    note = f"Of {m:,} rows, {lost:,} {'is' if lost == 1 else 'are'} left out: {why}."
    return np.flatnonzero(left), [note] if lost else []


def _faults(column: Column, is_number: bool) -> Iterator[tuple[np.ndarray, str]]:
    """Yield which rows of a column cannot be used, (m,), and why."""
    yield column.is_missing, f"no {column.name}"
    if is_number:
        yield column.words, f"no number in {column.name}"
        yield np.isinf(column.numbers), f"an infinite value in {column.name}"
        yield np.abs(column.numbers) > LARGEST, f"a value beyond ±{LARGEST:,.0f} in {column.name}"


def _classes(column: Column, rows: np.ndarray) -> tuple[tuple[str, ...], list[int]]:
    """Return the sorted names of the classes and the class of each row; NotAllowed if not 2 to 5."""
    texts = column.class_texts(rows)
    different = sorted(set(texts))
    if not 2 <= len(different) <= MAX_CLASSES:
        values = "1 value" if len(different) == 1 else f"{len(different):,} different values"
        numeric = len(different) > 1 and all(map(looks_numeric, different))
        classes = f"from 2 to {MAX_CLASSES} classes{', or be taken as numeric' if numeric else ''}"
        first = column.place(int(rows[0]))
        raise NotAllowed(
            f"{column.name} must have {classes}, got {values} in the rows that are used, such as "
            f"{first}."
        )
    names = dict(zip(different, unique_names(map(_clean, different)), strict=True))
    numeric = bool(np.isfinite(POINT.numbers(list(names.values()))).all())
    in_order = sorted(names.values(), key=POINT.number if numeric else None)
    return tuple(in_order), [in_order.index(names[text]) for text in texts]
