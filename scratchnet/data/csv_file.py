"""A file of somebody's own becomes a table: it is read as text, looked through, and then taken in part.

A file may hold anything, so it is measured before it is parsed, and nothing in it is evaluated. What
cannot be used is refused with one sentence; what was changed or left out is said in a note.

pandas is imported when a file comes: it takes 0.2 seconds, which the page starts without.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scratchnet.data.points import LARGEST, MAX_CLASSES, MAX_NAME, MAX_ROWS, MIN_ROWS, Table, fitted
from scratchnet.validation import NotAllowed, check_number, check_whole, shown

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 5_000_000
MAX_LINES = 50_000
MIN_COLUMNS, MAX_COLUMNS = 3, 100
MISSING = frozenset({"", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "<NA>", "#N/A"})
LABEL_NAMES = ("label", "class", "target", "species", "y")

# Each text matches in one way at most, so a long one that is no number is found to be none at once.
_FINITE = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_is_number = re.compile(_FINITE).fullmatch
_is_float = re.compile(rf"{_FINITE}|[+-]?inf(inity)?", re.IGNORECASE | re.ASCII).fullmatch
_has_decimal_comma = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?").fullmatch


class Sheet(NamedTuple):
    """Columns of text, nan where a value is missing, and notes of what was changed in the file."""

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


def read(name: str, data: bytes) -> Sheet:
    """Return the sheet of a CSV file of that name, whose values a comma, semicolon or tab separates.

    Raises ValueError for more than MAX_BYTES (5,000,000 bytes), MAX_LINES (50,000 lines) or MAX_COLUMNS
    (100 columns), for fewer than three columns, for what is not text or has no rows, for lines that
    differ in their number of values, and for quotes that are not closed.
    """
    file, notes = shown(name), []
    text = _text(file, data)
    separator, width = _layout(file, text)
    rows = list(_records(file, text, separator, width))
    if separator == ";" and any(_has_decimal_comma(cell) for row in rows for cell in row):
        notes.append("Commas within numbers are read as decimal commas: 1,5 is 1.5.")
        for row in rows:
            row[:] = (cell.replace(",", ".") if _has_decimal_comma(cell) else cell for cell in row)
    if all(map(_is_number, rows[0])):
        names = [f"column {i}" for i in range(1, width + 1)]
        notes.append(f"The first line holds numbers; the columns are called column 1 to {names[-1]}.")
    else:
        header = rows.pop(0)
        names = _unique(_clean(text) or f"column {i}" for i, text in enumerate(header, start=1))
        for i, (text, name) in enumerate(zip(header, names, strict=True), start=1):
            if text != name:
                was = shown(repr(text)[1:-1])  # with what cannot be shown as its code
                notes.append(f"Column {i} is called {was} in the file and {shown(name)} here.")
    check_whole(f"the number of rows below the names in {file}", len(rows), 1, MAX_LINES)
    return Sheet(_frame(names, rows), tuple(notes))


def _frame(names: Iterable[str], rows: Iterable[Iterable[str]]) -> pd.DataFrame:
    """Return a frame of these columns of text."""
    import pandas as pd

    columns = {
        name: pd.Series([None if cell in MISSING else cell for cell in cells], dtype=str)
        for name, cells in zip(names, zip(*rows, strict=True), strict=True)
    }
    return pd.DataFrame(columns)


def can_be_number(sheet: Sheet, label: str) -> bool:
    """Return whether at least half of the values present are finite numbers, and two of them differ."""
    numbers = _numbers(sheet.frame[label])
    finite = numbers[np.isfinite(numbers)]
    return 2 * len(finite) >= sheet.frame[label].count() and len(np.unique(finite)) >= 2


def can_be_classes(sheet: Sheet, label: str) -> bool:
    """Return whether there are two to five different values."""
    different = sheet.frame[label].dropna().drop_duplicates()
    return 2 <= len(set(_class_texts(different))) <= MAX_CLASSES


def columns_of_numbers(sheet: Sheet) -> list[str]:
    """Return the columns that can be x1 or x2."""
    return [name for name in sheet.frame if can_be_number(sheet, name)]


def columns_of_labels(sheet: Sheet) -> list[str]:
    """Return the columns that can be a label."""
    return [name for name in sheet.frame if can_be_classes(sheet, name) or can_be_number(sheet, name)]


def guess(sheet: Sheet) -> tuple[str, str, str]:
    """Return columns to begin with as x1, x2 and label; ValueError where there are no such three."""
    numbers = columns_of_numbers(sheet)
    few = [name for name in sheet.frame if can_be_classes(sheet, name)]
    named = next((name for known in LABEL_NAMES for name in few if name.lower() == known), None)
    # A column of few numbers is more likely a label, so it is x1 or x2 only where no other is left.
    x = sorted(numbers, key=lambda name: (name == named, name in few))[:2]
    labels = [name for name in (*numbers, *few) if name not in x]
    if len(x) < 2 or not labels:
        others = [name for name in sheet.frame if name not in x]
        values = len(set(_class_texts(sheet.frame[others[-1]].dropna())))
        raise NotAllowed(
            "A file must have two numeric columns, and a label that is numeric or has from 2 to "
            f"{MAX_CLASSES} classes, got {len(numbers)} numeric, and {values} different values "
            f"in {shown(others[-1])}."
        )
    x1, x2 = sorted(x, key=numbers.index)
    return x1, x2, named if named in labels else labels[-1]


def table_of(
    sheet: Sheet, x1: str, x2: str, label: str, as_number: bool
) -> tuple[Table, tuple[str, ...]]:
    """Return the table of three columns, and notes of which rows are not in it.

    A label is a number, or the text of its value is a class. Raises ValueError for columns that are not
    three different ones, for fewer than MIN_ROWS rows with a value in each, for numbers that do not
    differ, and for classes that are not two to five.
    """
    names = (x1, x2, label)
    if len({*names} & {*sheet.frame}) < 3:
        chosen = ", ".join(map(shown, names))
        raise NotAllowed(f"The columns must be three different ones of the file, got {chosen}.")
    numbers = names if as_number else names[:2]
    frame, notes = _usable(sheet.frame[list(names)], numbers)
    if len(frame) > MAX_ROWS:
        if not as_number:
            _classes(label, frame[label])  # counted in all rows, as a rare one may not be drawn
        notes.append(f"Of {len(frame):,} rows, {MAX_ROWS:,} are taken, drawn at random.")
        frame = frame.iloc[np.sort(np.random.RandomState(0).permutation(len(frame))[:MAX_ROWS])]
    columns = [_numbers(frame[name]).tolist() for name in numbers]
    for name, column in zip(numbers, columns, strict=True):
        if len(set(column)) == 1:
            raise NotAllowed(f"{name} must hold different numbers, got {column[0]:g} in all rows.")
    if as_number:
        return fitted(*columns, names, ()), tuple(notes)
    classes, labels = _classes(label, frame[label])
    return fitted(*columns, labels, names, classes), tuple(notes)


def to_csv(table: Table) -> str:
    """Return the table as a CSV file, from which ``read`` and ``table_of`` make the same table again.

    Its scales are then those of ``fitted``, and its classes those that have points, sorted.
    """
    nameless = all(map(_is_number, table.names))  # they would be read as a point
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(f"column {name}" if nameless else name for name in table.names)
    for row in table.rows:
        x1, x2, label = (int(number) if number.is_integer() else number for number in row)
        writer.writerow([x1, x2, table.classes[label] if table.classes else label])
    return file.getvalue()


def frame_of(table: Table) -> pd.DataFrame:
    """Return the rows to edit, counted from 1; a label is a number or the name of its class."""
    import pandas as pd

    columns = dict(zip(_unique(table.names), zip(*table.rows, strict=True), strict=True))
    frame = pd.DataFrame(columns, index=pd.RangeIndex(1, len(table.rows) + 1))
    if table.classes:
        frame.isetitem(2, [table.classes[int(label)] for _, _, label in table.rows])
    return frame


def table_from_frame(frame: pd.DataFrame, table: Table) -> Table:
    """Return the table of an edited ``frame_of(table)``, in its scales; empty rows are left out.

    Its classes are those that still have points, then new ones as they appear. Raises ValueError for a
    row with an empty cell or no number where one belongs, and as Table does.
    """
    if frame.equals(frame_of(table)):
        return table  # with all of its classes, though one may have no points
    frame = (
        frame.set_axis(range(1, len(frame) + 1)).replace(r"^\s*$", None, regex=True).dropna(how="all")
    )
    for i, *row in frame.itertuples(name=None):
        for name, cell, number in zip(table.names, row, (True, True, not table.classes), strict=True):
            if cell is None or cell != cell:  # missing, as None or nan
                raise NotAllowed(f"Row {i} must have three values, got no {name}.")
            if number:
                check_number(f"{name} of row {i}", cell, -LARGEST, LARGEST)
    x1, x2, labels = (frame.iloc[:, column].tolist() for column in range(3))
    classes = ()
    if table.classes:
        texts = [str(label).strip() for label in labels]
        classes = tuple(dict.fromkeys([*(name for name in table.classes if name in texts), *texts]))
        labels = map(classes.index, texts)
    return replace(table, rows=tuple(zip(x1, x2, labels, strict=True)), classes=classes)


def _text(file: str, data: bytes) -> str:
    """Return the text of a file, if it is neither too large nor empty."""
    check_whole(f"the number of bytes in {file}", len(data), 0, MAX_BYTES)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # as in pictures and workbooks
        raise NotAllowed(f"{file} must be UTF-8 text, got other bytes; save it as CSV UTF-8.")
    if not text.strip():
        raise NotAllowed(
            f"{file} must have a line of names and rows of values below it, got an empty file."
        )
    lines = text.count("\n") + text.count("\r") - text.count("\r\n") + (text[-1] not in "\r\n")
    check_whole(f"the number of lines in {file}", lines, 1, MAX_LINES)
    return text


def _layout(file: str, text: str) -> tuple[str, int]:
    """Return the separator of the values in the first line, and their number."""
    start = text.lstrip("\r\n ")[:100_000]
    bare = re.match(r"[^\r\n]*", re.sub(r'"[^"]*"?', "", start))[0]
    # Two of them make three columns. Commas come last, as they may be decimal commas.
    mark = next((mark for mark in "\t;," if bare.count(mark) >= 2), max(",;\t", key=bare.count))
    width = len(next(csv.reader(io.StringIO(start, newline=""), delimiter=mark)))
    columns = f"the number of columns in {file}, with a comma, semicolon or tab between,"
    return mark, check_whole(columns, width, MIN_COLUMNS, MAX_COLUMNS)


def _records(file: str, text: str, separator: str, width: int) -> Iterator[list[str]]:
    """Yield the lines that are not blank, as values without the spaces around them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if len(cells) == width:
                yield cells
            elif len(cells) > 1 or any(cells):
                values = f"{len(cells):,}"
                raise NotAllowed(
                    f"Line {line:,} of {file} must have {width} values, as the first line has, got "
                    f"{values}."
                )
            line = reader.line_num + 1
    except csv.Error:
        raise NotAllowed(
            f"Line {line:,} of {file} must have quotes only around whole values of up to "
            f"{csv.field_size_limit():,} characters, got an open quote or a longer value."
        ) from None


def _clean(text: str) -> str:
    """Return a text as Table allows it for a name."""
    text = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
    return text.strip()[:MAX_NAME].strip()


def _unique(names: Iterable[str]) -> list[str]:
    """Return the names, with a number behind each that came before: x, x (2), x (3)."""
    unique = []
    for name in names:
        number, new = 1, name
        while new in unique:
            number += 1
            new = name[: MAX_NAME - len(f" ({number})")] + f" ({number})"
        unique.append(new)
    return unique


def _numbers(texts: pd.Series) -> np.ndarray:
    """Return the texts as numbers, nan where they are none."""
    return np.array([float(text) if _is_float(text) else np.nan for text in texts.fillna("").tolist()])


def _usable(frame: pd.DataFrame, numbers: Iterable[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows with a value in each column, and a note of why the others are left out."""
    left, reasons = np.ones(len(frame), dtype=bool), []
    for name in frame:
        for wrong, why in _faults(name, frame[name], name in numbers):
            if n := int((left & wrong).sum()):
                reasons.append((n, f"{n:,} {'has' if n == 1 else 'have'} {why}"))
            left &= ~wrong
    rows, lost = int(left.sum()), int((~left).sum())
    if rows < MIN_ROWS:
        why = f": {max(reasons)[1]}" if reasons else ""
        raise NotAllowed(
            f"The number of usable rows must be at least {MIN_ROWS}, got {rows} of {len(frame):,}{why}."
        )
    why = ", ".join(why for _, why in reasons)
    note = f"Of {len(frame):,} rows, {lost:,} {'is' if lost == 1 else 'are'} left out: {why}."
    return frame[left], [note] if lost else []


def _faults(name: str, texts: pd.Series, number: bool) -> Iterator[tuple[np.ndarray, str]]:
    """Yield which rows of a column cannot be used, and why."""
    missing = texts.isna().to_numpy()
    yield missing, f"no {name}"
    if number:
        numbers = _numbers(texts)
        words = np.isnan(numbers) & ~missing
        yield words, f"no number in {name} (such as {shown(next(iter(texts[words]), ''))})"
        yield np.isinf(numbers), f"an infinite value in {name}"
        yield np.abs(numbers) > LARGEST, f"a value beyond ±{LARGEST:,.0f} in {name}"


def _class_texts(texts: pd.Series) -> list[str]:
    """Return the texts of classes: numbers in their shortest form, so 1.0 is 1, or else the text."""
    numbers = _numbers(texts) + 0.0  # which makes 0 of -0
    if not (np.abs(numbers) <= LARGEST).all():
        return texts.tolist()
    return [repr(number).removesuffix(".0") for number in numbers.tolist()]


def _classes(column: str, texts: pd.Series) -> tuple[tuple[str, ...], list[int]]:
    """Return the sorted names of the classes and the class of each row; ValueError if not 2 to 5."""
    texts = _class_texts(texts)
    different = sorted(set(texts))
    if not 2 <= len(different) <= MAX_CLASSES:
        values = "1 value" if len(different) == 1 else f"{len(different):,} different values"
        numeric = len(different) > 1 and all(map(_is_number, different))
        classes = f"from 2 to {MAX_CLASSES} classes{', or be taken as numeric' if numeric else ''}"
        raise NotAllowed(f"{column} must have {classes}, got {values} in the rows that are used.")
    names = dict(zip(different, _unique(map(_clean, different)), strict=True))
    numeric = all(map(_is_number, names.values()))
    classes = tuple(sorted(names.values(), key=float if numeric else None))
    return classes, [classes.index(names[text]) for text in texts]
