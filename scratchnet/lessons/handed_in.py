"""What a class hands in: a CSV file with a link in each row.

Any of the links may be broken, foreign or hostile, so each is read on its own, and bounded before it
is. None of them stops the others.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scratchnet.lessons.exercises import Exercise
from scratchnet.lessons.marking import Mark, mark_all
from scratchnet.run.pasted_link import read_link
from scratchnet.run.settings import Settings
from scratchnet.validation import NotAllowed, brief, check_whole, one_of

MAX_BYTES, MAX_LINKS = 20_000_000, 5000
MAX_NAME = 100  # characters
SEPARATORS = ",;\t"
# What a column may be called.
TITLES = {
    "link": ("link", "url", "address"),
    "name": ("name", "student"),
    "exercise": ("exercise",),
    "prediction": ("prediction", "answer"),
}
Attempt = tuple[Exercise, Settings]


class HandedIn(NamedTuple):
    """A row of the file, as text."""

    link: str
    name: str = ""
    exercise: str = ""
    prediction: str = ""


class Row(NamedTuple):
    """What is known of a row before it is marked: its attempt, or a sentence why there is none.

    ``prediction`` is the number of the choice, 0 if there is none.
    """

    name: str
    exercise: str = ""
    attempt: Attempt | None = None
    sentence: str = ""
    prediction: int = 0


def read(data: bytes) -> list[HandedIn]:
    """Return the rows of a CSV file; NotAllowed for one that is too large or has no column of links."""
    check_whole("The number of bytes in the file of links", len(data), 1, MAX_BYTES)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if wide else "utf-8-sig", "replace")
    first, _, _ = text.partition("\n")
    separator = max(SEPARATORS, key=first.count)
    try:
        rows = [*csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
        columns, links = _columns(rows)
        torn = any("\n" in _cell(row, columns["link"]) for row in links)
    except csv.Error:
        torn = True
    if torn:  # a quote that is never closed takes in the rows below it, so each line is read alone
        columns, links = _columns([_line(line, separator) for line in text.splitlines()])
    check_whole("The number of links", len(links), 1, MAX_LINKS)
    return [HandedIn(**{name: _cell(row, at) for name, at in columns.items()}) for row in links]


def _line(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a cell that is far too long
        return line.split(separator)


def _columns(rows: list[list[str]]) -> tuple[dict[str, int], list[list[str]]]:
    """Return where each column is, and the rows below their titles."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    titles = [cell.strip().lower() for cell in rows[0]] if rows else []
    columns = {
        name: next((titles.index(title) for title in known if title in titles), -1)
        for name, known in TITLES.items()
    }
    headless = any("?" in cell for cell in titles)
    if columns["link"] < 0:
        marks = Counter(i for row in rows for i, cell in enumerate(row) if "?" in cell)
        if not marks:
            raise NotAllowed("The file of links must have a column link, url or address, got none.")
        columns["link"] = marks.most_common(1)[0][0]
    return columns, rows if headless else rows[1:]


def _cell(row: list[str], at: int) -> str:
    return row[at].strip() if 0 <= at < len(row) else ""


def row_of(handed: HandedIn, exercises: Mapping[str, Exercise]) -> Row:
    """Return what there is to mark in a row. No text raises."""
    name = "".join(c if c.isprintable() else "?" for c in handed.name)[:MAX_NAME]
    row = Row(name)
    try:
        if not handed.link:
            raise NotAllowed("There is no link in this row.")
        query, _, look = read_link(handed.link)
        which = _which(handed.exercise or look.get("exercise", ""), exercises)
        exercise = exercises[which]
        chosen = handed.prediction or look.get("prediction", "")
        row = row._replace(exercise=which, prediction=_prediction(chosen, exercise))
        settings, wrong = Settings.read(query)
        for sentence in wrong.values():
            raise NotAllowed(f"The link is broken: {sentence}")
        return row._replace(attempt=(exercise, settings))
    except NotAllowed as error:
        return row._replace(sentence=str(error))


def _which(said: str, exercises: Mapping[str, Exercise]) -> str:
    """Return the name of the exercise that a row or its link says; a single one need not be said.

    The link of a lecturer's own holds it whole: it is known again by its title, as its goal may have
    been changed since.
    """
    if len(exercises) == 1:
        return next(iter(exercises))
    if said in exercises:
        return said
    titles = {exercise.title.lower(): name for name, exercise in exercises.items()}
    name = titles.get(said.lower())
    if name is None and len(said) > MAX_NAME:
        name = titles.get(Exercise.from_text(said).title.lower())
    if name is None:
        raise NotAllowed(f"exercise must be {one_of(exercises)}, got {brief(said)}.")
    return name


def _prediction(said: str, exercise: Exercise) -> int:
    """Return the number of the choice that somebody predicted, given as such or in words."""
    numbers = range(1, len(exercise.question.choices) + 1)
    names = {str(number): number for number in numbers}
    names |= {
        choice.lower(): number
        for choice, number in zip(exercise.question.choices, numbers, strict=True)
    }
    return names.get(said.strip().lower(), 0)


def marked(rows: Iterable[Row], jobs: int = -1) -> Iterator[tuple[Row, Mark]]:
    """Mark rows on so many processors, -1 for all, and yield each in its place as soon as it is known.

    Equal attempts are trained once.
    """
    rows = list(rows)
    distinct = [*dict.fromkeys(row.attempt for row in rows if row.attempt)]
    marks, known = mark_all(distinct, jobs), dict[Attempt, Mark]()
    for row in rows:
        while row.attempt and row.attempt not in known:
            place, mark = next(marks)
            known[distinct[place]] = mark
        yield row, known[row.attempt] if row.attempt else Mark(False, row.sentence)


def predictions(rows: Iterable[Row]) -> dict[str, Counter[int]]:
    """Return how often each choice was predicted, 0 for none, by the name of the exercise."""
    found: dict[str, Counter[int]] = {}
    for row in rows:
        if row.exercise:
            found.setdefault(row.exercise, Counter())[row.prediction] += 1
    return found
