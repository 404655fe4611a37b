"""A shared run is an address with the fingerprint that its sender saw, and the version of scratchnet.

Whoever opens it learns whether their numbers are the same, and if not, the likely reason.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from scratchnet.validation import brief

VERSION = "0.3.0"
PLACE = ("epoch", "update")  # in the address, beside the settings: where in the run
NAMES = ("fingerprint", "version")  # and these, in that of a shared run
RUNS_SINCE = "0.3.0"  # the first version in which an address gives the run that it gives now


class Verdict(NamedTuple):
    """Whether the current run is known to be the one that was shared, and a sentence that says so."""

    same: bool
    sentence: str


def compare(
    asked: Mapping[str, str], fingerprint: str | None, precision: str, corrected: bool = False
) -> Verdict | None:
    """Return whether the current run is the one that was shared; None if none was.

    ``asked`` is what the address says, by NAMES, and ``corrected`` whether something else in it had to
    be. ``fingerprint`` is that of the current run, in this ``precision``, at the place in the address;
    None if it does not come there. No text raises.
    """
    there, version = (asked.get(name, "") for name in NAMES)
    if not there and not version:
        return None
    if there == fingerprint:
        return Verdict(True, "This is the run that was shared, digit for digit.")
    if not re.fullmatch("[0-9a-f]{8}", there):
        sentence = f"fingerprint must be eight hex digits, got {brief(there)}. It is ignored."
    elif fingerprint is None:
        sentence = (
            "Cannot tell whether this is the shared run: this run does not reach the shared epoch."
        )
    else:
        why = _why(version, precision, corrected)
        sentence = f"Not the run that was shared (fingerprint {there}): {why}"
    return Verdict(False, sentence)


def _why(version: str, precision: str, corrected: bool) -> str:
    """Return what may explain the difference."""
    if corrected:
        return "something in its address had to be corrected."
    if not version:
        return "the link does not name its scratchnet version."
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4}){2}", version):
        return f"its version must be one such as {VERSION}, got {brief(version)}."
    if _numbers(version) < _numbers(RUNS_SINCE):
        return f"links from versions before {RUNS_SINCE} may give other numbers."
    if _numbers(version) > _numbers(VERSION):
        return f"that was version {version}, and this is {VERSION}."
    if precision == "double":
        return "double precision differs from processor to processor."
    return "its address was changed, or a machine rounds differently."


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, to compare them."""
    return tuple(map(int, version.split(".")))
