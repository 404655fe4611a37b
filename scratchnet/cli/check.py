"""Marking in the terminal: a line of CSV for each link that was handed in, in the order of the file.

Whether a link passes is decided by training its settings again here. The seconds that took are the only
column that is not the same on every machine, and the last. Without links, the exercises themselves are
checked: whether each of their attempts does what they say.
"""

import csv
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from scratchnet.cli.given import checked_jobs, first_bytes, print_line, show_progress
from scratchnet.cli.parser import check_parser
from scratchnet.lessons import handed_in
from scratchnet.lessons.exercises import MAX_BYTES, Exercise, name_of, shipped
from scratchnet.lessons.handed_in import Row
from scratchnet.lessons.marking import Mark, faults
from scratchnet.studies.turns import end_workers
from scratchnet.validation import NotAllowed, brief

COLUMNS = ("name", "exercise", "passed", "why", "fingerprint", "seconds")
MOST_FILES = 100
SHIPPED = "shipped"  # all of them


def run_check(arguments: Sequence[str]) -> int:
    """Mark the links of these arguments; return the exit code, 130 after Ctrl-C."""
    options = vars(check_parser().parse_args(arguments))
    exercises = _exercises(options["exercise"])
    if options["links"] is None:
        return _proofread(exercises)
    jobs = checked_jobs(options["jobs"])
    bar = options["progress"] or (sys.stderr.isatty() and not options["quiet"])
    links = handed_in.read(first_bytes(options["links"], handed_in.MAX_BYTES))
    rows = [handed_in.row_of(each, exercises) for each in links]
    done: list[tuple[Row, Mark]] = []
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    begun, code = monotonic(), 0
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*have been cancelled", UserWarning)  # by Ctrl-C
            try:
                for row, mark in handed_in.marked(rows, jobs):
                    table.writerow(_cells(row, mark))
                    sys.stdout.flush()
                    done.append((row, mark))
                    if bar:
                        show_progress("link", len(done), len(rows), monotonic() - begun)
            except KeyboardInterrupt:
                code = 130
    finally:
        if bar:
            print(file=sys.stderr)
        end_workers()
        for line in _summary(done, exercises):
            print_line(line)
    return code


def _proofread(exercises: dict[str, Exercise]) -> int:
    """Print for each exercise what it says that is not so."""
    for name, exercise in exercises.items():
        examples = sum(fail.example is not None for fail in exercise.fails)
        reference = "its reference passes" if exercise.reference else "it has no reference"
        fine = [f"{reference}; mistakes that get their sentence: {examples}."]
        for sentence in faults(exercise) or fine:
            print(f"{name}: {sentence}", flush=True)
    return 0


def _exercises(given: str) -> dict[str, Exercise]:
    """Return the exercises of a file, of a folder, or of a name, by their names."""
    if given == SHIPPED:
        return shipped()
    if given in shipped():
        return {given: shipped()[given]}
    path = Path(given)
    if path.suffix != ".toml" and not path.is_dir():
        raise NotAllowed(
            f"EXERCISE must be a .toml file, a folder of them, {SHIPPED}, or a name such as "
            f"{next(iter(shipped()))}, got {brief(given)}."
        )
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not 1 <= len(files) <= MOST_FILES:
        raise NotAllowed(f"{given} must hold from 1 to {MOST_FILES} .toml files, got {len(files)}.")
    found = {name_of(file.name): _exercise(file) for file in files}
    if len(found) < len(files):
        raise NotAllowed(
            f"{given} must hold exercises of different names; numbers before do not count."
        )
    return found


def _exercise(file: Path) -> Exercise:
    try:
        return Exercise.from_toml(first_bytes(str(file), MAX_BYTES).decode("utf-8-sig", "replace"))
    except NotAllowed as error:
        raise NotAllowed(f"{file.name}: {error}") from None


def _cells(row: Row, mark: Mark) -> list[str]:
    passed = "yes" if mark.passed else "no"
    texts = (row.name, row.exercise, passed, mark.why, mark.fingerprint)
    return [*map(_plain, texts), f"{mark.seconds:.2f}"]


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: it comes from outside."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _summary(done: Sequence[tuple[Row, Mark]], exercises: dict[str, Exercise]) -> list[str]:
    """Return how many links passed, and what was predicted in each exercise."""
    passed, unread = sum(mark.passed for _, mark in done), sum(not row.attempt for row, _ in done)
    failed = len(done) - passed - unread
    lines = [f"{len(done)} links: {passed} passed, {failed} did not, {unread} could not be marked."]
    predicted = handed_in.predictions(row for row, _ in done)
    for name, counts in ((name, predicted[name]) for name in exercises if name in predicted):
        question = exercises[name].question
        parts = [
            f"{counts[number]} x {brief(choice)}{' (right)' if number == question.answer else ''}"
            for number, choice in enumerate(question.choices, start=1)
        ]
        if sum(counts.values()) > counts[0]:
            lines.append(f"Predicted in {name}: {', '.join(parts)}; {counts[0]} without an answer.")
    return lines
