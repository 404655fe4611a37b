"""The settings that the options of the command line give, beside those of an address."""

import csv
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scratchnet.cli.parser import CSV_OPTIONS, FIRST_LINES, NOTATIONS_BY_EXAMPLE, flag
from scratchnet.data import csv_file
from scratchnet.data.columns import Choice
from scratchnet.data.records import MAX_BYTES as MAX_CSV_BYTES
from scratchnet.run.fields import parse
from scratchnet.run.settings import FIELDS, Settings
from scratchnet.validation import NotAllowed, brief, check_choice, check_whole

Options = dict[str, Any]
MOST_JOBS = 1000


def check_csv_options(options: Options) -> None:
    """Raise NotAllowed for an option that says how to read a CSV file, without one."""
    if options["csv"] is None and any(options[name] not in (None, False) for name in CSV_OPTIONS):
        *flags, last = map(flag, CSV_OPTIONS)
        raise NotAllowed(
            f"{', '.join(flags)} and {last} need --csv, as they say how to read a CSV file."
        )


def settings_given(options: Options, query: Mapping[str, str]) -> Settings:
    """Return the settings of an address, except for those of the options, which must fit.

    A warning says what the address has wrong.
    """
    given = {name: options[name] for name in FIELDS if options[name] is not None}
    if options["csv"] is not None:
        if "own" in given or given.get("dataset", "own") != "own":
            raise NotAllowed("--csv gives the points, so --own and --dataset do not go with it.")
        given = given | {"own": _own(options)}
    given = ({"dataset": "own"} if "own" in given else {}) | given
    values = {name: parse(FIELDS[name], name, text) for name, text in given.items()}
    settings, corrections = Settings.from_query({**query, **given})
    # Where one that is given had to give way, it is put back, to hear why.
    _, misfits = Settings.resolve(settings.values() | values)
    for sentence in misfits.values():
        raise NotAllowed(sentence)
    for sentence in corrections:
        print_line(f"Warning: {sentence}")
    return settings


def _own(options: Options) -> str:
    """Return the points of a CSV file, as the text of a table."""
    file = options["csv"]
    header = _option(options, "first_line", FIRST_LINES)
    notation = _option(options, "notation", NOTATIONS_BY_EXAMPLE)
    sheet = csv_file.read(Path(file).name, first_bytes(file, MAX_CSV_BYTES), header, notation)
    choice = sheet.choice() if options["columns"] is None else _columns(options["columns"])
    table, notes = csv_file.table_of(sheet, choice, options["numbers"] or None)
    for note in (sheet.taken(choice, table), *sheet.notes, *notes):
        print_line(f"Note: {note}")
    return table.to_text()


def _option(options: Options, name: str, choices: Mapping[str, Any]) -> Any:
    """Return what an option stands for; None if it is not given."""
    return None if options[name] is None else choices[check_choice(name, options[name], choices)]


def _columns(text: str) -> Choice:
    """Return the columns that an option names; quotes may stand around a name with a comma."""
    names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])]
    if len(names) != 3:
        raise NotAllowed(f"columns must be three names such as x1,x2,label, got {brief(text)}.")
    return Choice(*names)


def first_bytes(file: str, most: int) -> bytes:
    """Return the bytes of a file, but no more of them than show that it is too large."""
    with Path(file).open("rb") as opened:
        return opened.read(most + 1)


def print_line(sentence: str) -> None:
    """Print on one line of stderr; a name from outside cannot do anything to the terminal."""
    print("".join(c if c.isprintable() else "?" for c in sentence), file=sys.stderr)


def checked_jobs(jobs: int) -> int:
    """Return how many processors to use, -1 for all; NotAllowed for any other number below 1."""
    return jobs if jobs == -1 else check_whole("--jobs", jobs, 1, MOST_JOBS)


def show_progress(what: str, done: int, total: int, seconds: float) -> None:
    """Show on stderr how many of the runs or links are done, after so many seconds."""
    left = round(seconds / done * (total - done))
    bar = f"[{'#' * (20 * done // total):.<20}]"
    line = f"{what} {done} of {total}  {bar}  {left // 60}:{left % 60:02} left"
    print(f"\r{line:<79}", end="", file=sys.stderr, flush=True)
