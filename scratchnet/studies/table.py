"""A sweep as a table: a row for each run, with its address, which gives the very run again."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from scratchnet.run.history import MEASURES
from scratchnet.run.settings import Settings
from scratchnet.studies.result import Result
from scratchnet.studies.sweep import NO_AXIS, Sweep


def columns(sweep: Sweep) -> list[str]:
    """Return the names of the columns of the table of a sweep."""
    axes = [axis for axis in (sweep.axis, sweep.across) if axis != NO_AXIS]
    ends = ("epoch", *MEASURES, "ended", "success", "fingerprint", "address")
    return list(dict.fromkeys([*axes, "init_seed", "seed", *ends]))


def row(sweep: Sweep, place: int, result: Result) -> dict[str, Any]:
    """Return the row of one run, by the names of the columns; costs as they are, to the last digit."""
    value, across, _ = sweep.places[place]
    settings = result.settings
    return {
        sweep.axis: value,
        sweep.across: across,
        "init_seed": settings.network.init_seed,
        "seed": settings.data.seed,
        "epoch": result.epoch,
        **{name: result.last(name) for name in MEASURES},
        "ended": result.ended or "",
        "success": int(sweep.succeeds(result)),
        "fingerprint": result.fingerprint,
        "address": address(settings, result.epoch),
    }


def address(settings: Settings, epoch: int) -> str:
    """Return the address of a run at an epoch."""
    return f"?{urlencode(settings.to_address() | {'epoch': str(epoch)})}"


def csv_lines(sweep: Sweep, rows: Iterable[tuple[int, Result]]) -> Iterator[str]:
    """Yield the table of a sweep as lines of CSV."""
    return lines(columns(sweep), (row(sweep, place, result) for place, result in rows))


def lines(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield lines of CSV: the names of the columns, then these columns of each row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for each in rows:
        yield _taken(text)
        writer.writerow(each)
    yield _taken(text)


def _taken(text: io.StringIO) -> str:
    """Return what was written, and forget it."""
    written = text.getvalue()
    text.seek(0)
    text.truncate()
    return written
