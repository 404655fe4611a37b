"""A shared run is an address with the fingerprint that its sender saw, and the version of scratchnet.

Whoever opens it is told whether their own numbers are the same, and if not, since when.
"""

import re
from collections.abc import Mapping

from scratchnet.validation import shown

NAMES = ("fingerprint", "version")  # in the address, beside the settings
VERSION = "0.2.0"
RUNS_SINCE = "0.2.0"  # the first version in which an address gives the run that it gives now


def address_of(fingerprint: str) -> dict[str, str]:
    """What an address says of the run that is shared with it."""
    return dict(zip(NAMES, (fingerprint, VERSION), strict=True))


def compare(asked: Mapping[str, str], fingerprint: str, precision: str) -> str:
    """Say in one line whether the run at hand is the one that was shared; "" where none was.

    ``asked`` is what the address says, by NAMES, ``fingerprint`` that of the run at hand, in this
    ``precision``. No text raises.
    """
    if not any(asked.get(name) for name in NAMES):
        return ""
    there, version = (asked.get(name, "") for name in NAMES)
    if not re.fullmatch("[0-9a-f]{8}", there):
        return (
            f"fingerprint is {shown(there)}; allowed are eight hex digits, as a copied link has them."
        )
    if there == fingerprint:
        return "This is the run that was shared, digit for digit."
    return f"This is not the run that was shared: {_why(version, precision)} The fingerprint was {there}, here it is {fingerprint}."


def _why(version: str, precision: str) -> str:
    """What may have made the difference."""
    numbers = _numbers(version)
    if numbers is None:
        return f"version is {shown(version)}; allowed is a version such as {VERSION}."
    if numbers < _numbers(RUNS_SINCE):
        return f"that was version {version}, and since version {RUNS_SINCE} an address gives other numbers."
    if numbers > _numbers(VERSION):
        return f"that was version {version}, and this is {VERSION}, an older one."
    if precision == "double":
        return "in double precision another processor may give other numbers."
    return "its address was changed on the way, or one machine rounds a number differently."


def _numbers(version: str) -> tuple[int, ...] | None:
    """The numbers of a version, to be compared; None if it is none."""
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}", version):
        return None
    return tuple(map(int, version.split(".")))
