"""A sweep in the terminal: a line of CSV for each run, in their order, and how many succeeded.

With --cluster the runs are trained on a Dask cluster, through joblib; the rows are the same.
"""

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

import joblib

from scratchnet.cli.given import (
    check_csv_options,
    checked_jobs,
    print_line,
    settings_given,
    show_progress,
)
from scratchnet.cli.parser import flag, sweep_parser
from scratchnet.run.address import NAMES, PLACE
from scratchnet.run.fields import parse
from scratchnet.run.pasted_link import read_link
from scratchnet.studies import table
from scratchnet.studies.result import Result
from scratchnet.studies.statistics import wilson
from scratchnet.studies.sweep import SWEEP_FIELDS, Sweep
from scratchnet.studies.turns import end_workers, in_order, train_all
from scratchnet.validation import NotAllowed, brief


def run_sweep(arguments: Sequence[str]) -> int:
    """Run the sweep of these arguments; return the exit code, 130 after Ctrl-C."""
    options = vars(sweep_parser().parse_args(arguments))
    sweep = _sweep(options)
    jobs = checked_jobs(options["jobs"])
    bar = options["progress"] or (sys.stderr.isatty() and not options["quiet"])
    done = successes = 0

    def counted() -> Iterator[tuple[int, Result]]:
        nonlocal done, successes
        for place, result in train_all(sweep.runs, jobs):
            done, successes = done + 1, successes + sweep.succeeds(result)
            if bar:
                show_progress("run", done, len(sweep.runs), monotonic() - begun)
            yield place, result

    begun, code = monotonic(), 0
    try:
        with _cluster(options["cluster"]), warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*have been cancelled", UserWarning)  # by Ctrl-C
            try:
                for line in table.csv_lines(sweep, in_order(counted())):
                    print(line, end="", flush=True)
            except KeyboardInterrupt:
                code = 130
    finally:
        if bar:
            print(file=sys.stderr)
        end_workers()
        if done:
            print_line(_summary(sweep, successes, done))
    return code


def _sweep(options: dict) -> Sweep:
    """Return the sweep of an address, except for what the options say, which must fit."""
    check_csv_options(options)
    query, remarks, look = read_link(options["from"] or "")
    for sentence in remarks:
        print_line(f"Note: {sentence}")
    of_run = {name: text for name, text in query.items() if name not in (*PLACE, *NAMES)}
    sweep, wrong = Sweep.from_query(settings_given(options, of_run), look)
    for sentence in wrong:
        print_line(f"Warning: {sentence}")
    given = {
        name: parse(field, flag(name), options[name])
        for name, field in SWEEP_FIELDS.items()
        if options[name] is not None
    }
    return sweep.with_changes(given)


@contextmanager
def _cluster(address: str | None) -> Iterator[None]:
    """Have joblib use the Dask cluster at this address; without one, this machine."""
    if address is None:
        yield
        return
    from distributed import Client

    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise NotAllowed(
            f"--cluster must be the address of a Dask scheduler, got {brief(address)}."
        ) from error
    with client, joblib.parallel_config(backend="dask"):
        yield


def _summary(sweep: Sweep, successes: int, done: int) -> str:
    """Return how many of the runs reached the goal, and what share of all seeds would."""
    low, high = wilson(successes, done)
    return (
        f"{successes} of {done} runs succeeded ({sweep.in_words}); "
        f"95 % interval of the share: {low:.1%} to {high:.1%} (Wilson)."
    )
