"""The records of a CSV file: its bytes become text, and the text becomes lines of values.

The separator is found by trying each; nothing in the file is evaluated.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from scratchnet.data.notation import ERRORS, is_mostly_numeric, looks_numeric
from scratchnet.validation import NotAllowed, brief, check_whole

if TYPE_CHECKING:
    import _csv

MAX_BYTES = 5_000_000
MAX_LINES = 50_000
MIN_COLUMNS, MAX_COLUMNS = 3, 100
# Tabs hardly ever stand within a value, but commas may be decimal commas, and spaces stand in names.
SEPARATORS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", " ": "space"}
SAMPLE, MAX_SAMPLE = 200, 100_000  # records, and characters, that are looked at to find the separator


class Record(NamedTuple):
    """A line of a file: its number, counted from 1, and its values without the spaces around them."""

    line: int
    cells: list[str]


class Records(NamedTuple):
    """The lines of a file that are not blank, which all have the same number of values.

    ``separator`` is a key of SEPARATORS, and ``comment`` the last comment above the first line, or None
    where it does not have as many values.
    """

    separator: str
    rows: list[Record]
    comment: Record | None


class _Top(NamedTuple):
    """What stands before the values: a separator that is given, the last comment, and where it ends."""

    separator: str
    comment: str
    comment_line: int
    lines: int
    characters: int


def records_of(file: str, data: bytes) -> Records:
    """Return the records of a file, which sentences call ``file``.

    Raises ValueError for more than MAX_BYTES (5,000,000 bytes), MAX_LINES (50,000 lines) or MAX_COLUMNS
    (100 columns), for fewer than three columns, for what is not text, for lines that differ in their
    number of values, and for quotes that are not closed.
    """
    text = _text(file, data)
    top = _top(text)
    text = text[top.characters :]
    if not text.strip():
        raise NotAllowed(f"{file} must have rows of values, got only {top.lines} lines of comments.")
    separator, width = _layout(file, text, top.separator)
    rows = list(_records(file, text, separator, top.lines))
    width = _cut_empty_ends(rows, width)
    rows = [row for row in rows if len(row.cells) == width or not _is_comment(row.cells[0])]
    if rows and len(rows[0].cells) == width - 1 and not any(map(looks_numeric, rows[0].cells)):
        rows[0].cells.insert(0, "")  # R writes no name above the names of its rows
    for line, cells in rows:
        if len(cells) != width:
            raise NotAllowed(
                f"Line {line:,} of {file} must have {width} values, as most lines have, got "
                f"{len(cells):,}: {brief(separator.join(cells[:50])[:50])}."
            )
    comment = [cell.strip() for cell in next(_split(top.comment, separator), [])]
    if len(comment) != width:
        return Records(separator, rows, None)
    return Records(separator, rows, Record(top.comment_line, [comment[0] or "#", *comment[1:]]))


def _text(file: str, data: bytes) -> str:
    """Return the text of a file, if it is neither too large nor empty."""
    check_whole(f"the number of bytes in {file}", len(data), 0, MAX_BYTES)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
        zero = text.find("\0")
        wrong = "" if zero < 0 else f"a zero byte in line {text.count(chr(10), 0, zero) + 1:,}"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        wrong = f"the byte {error.object[error.start]:#04x} in line {line:,}"
    if wrong:  # as in pictures and workbooks
        raise NotAllowed(f"{file} must be UTF-8 text, got {wrong}; save it as CSV UTF-8.")
    if not text.strip():
        raise NotAllowed(f"{file} must have rows of values, got an empty file.")
    lines = text.count("\n") + text.count("\r") - text.count("\r\n") + (text[-1] not in "\r\n")
    check_whole(f"the number of lines in {file}", lines, 1, MAX_LINES)
    return text


def _is_comment(text: str) -> bool:
    return text.startswith(("#", "%")) and not text.startswith(ERRORS)


def _top(text: str) -> _Top:
    """Return what stands before the values: blank lines, comments, and a line such as ``sep=;``."""
    separator, comment, comment_line, lines, characters = "", "", 0, 0, 0
    for line in io.StringIO(text, newline=""):
        bare = line.strip()
        if form := re.fullmatch(r'"?sep=([\t;|, ]|\\t)"?', line.strip("\r\n"), re.IGNORECASE):
            separator = form[1].replace("\\t", "\t")
        elif _is_comment(bare):
            comment, comment_line = bare.lstrip("#% ")[:MAX_SAMPLE], lines + 1
        elif bare:
            break
        lines, characters = lines + 1, characters + len(line)
    return _Top(separator, comment, comment_line, lines, characters)


def _layout(file: str, text: str, given: str) -> tuple[str, int]:
    """Return the separator of the values, and how many of them most lines have.

    The first separator is taken that makes three columns or more, of which two hold numbers; where none
    does, the one that makes the most columns.
    """
    widths: dict[str, int] = {}
    for separator in [given] if given else SEPARATORS:
        rows = [row for row in islice(_split(text[:MAX_SAMPLE], separator), SAMPLE) if any(row)]
        below = rows[1:-1] or rows  # the names may be fewer, and the last line may be cut off
        widths[separator] = Counter(map(len, below)).most_common(1)[0][0] if below else 0
        if _holds_numbers(rows[1:] or rows, widths[separator]):
            return separator, widths[separator]
    separator = max(widths, key=lambda separator: (separator != " ", widths[separator]))
    if not MIN_COLUMNS <= widths[separator] <= MAX_COLUMNS:
        *others, last = SEPARATORS.values()
        raise NotAllowed(
            f"{file} must have from {MIN_COLUMNS} to {MAX_COLUMNS} columns, with a {', '.join(others)} "
            f"or {last} between, got {widths[separator]:,}: {brief(text.strip()[:50].splitlines()[0])}."
        )
    return separator, widths[separator]


def _holds_numbers(rows: list[list[str]], width: int) -> bool:
    """Return whether most rows have so many values, and these make two columns of numbers."""
    even = [row for row in rows if len(row) == width]
    if not MIN_COLUMNS <= width <= MAX_COLUMNS or 2 * len(even) < len(rows):
        return False
    return sum(map(is_mostly_numeric, zip(*even, strict=True))) >= 2


def _split(text: str, separator: str, strict: bool = False) -> "_csv.Reader":
    """Return a reader of the lines, as values with the spaces around them."""
    lines: Iterator[str] = io.StringIO(text, newline="")
    if separator == " ":  # any number of spaces and tabs
        lines = (f"{line.strip().replace(chr(9), ' ')}\n" for line in lines)
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=strict)


def _records(file: str, text: str, separator: str, line: int) -> Iterator[Record]:
    """Yield the lines that are not blank; ``line`` lines stand before them."""
    reader = _split(text, separator, strict=True)
    first = line
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield Record(line + 1, cells)
            line = first + reader.line_num
    except csv.Error:
        raise NotAllowed(
            f"Line {line + 1:,} of {file} must have quotes only around whole values of up to "
            f"{csv.field_size_limit():,} characters, got an open quote or a longer value."
        ) from None


def _cut_empty_ends(rows: list[Record], width: int) -> int:
    """Cut the empty values that separators at the ends of lines make; return how many values remain."""
    while width > MIN_COLUMNS and not any(cells[width - 1 :] and cells[width - 1] for _, cells in rows):
        width -= 1
    for _, cells in rows:
        while len(cells) > width and not cells[-1]:
            cells.pop()
    return width
