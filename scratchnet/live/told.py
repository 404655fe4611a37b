"""What the stage tells Python: where it is, and what the visitor has done there."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from scratchnet.validation import MAX_EPOCHS, NotAllowed, check_whole

MOST_ACTS = 100  # a visitor who does more while Python is away does not mean it
MOST_ASKS = 4  # a comparison asks for one thing at a time of each run


@dataclass(frozen=True)
class Told:
    """The run of the stage by its visit and its address, its place, and what it does there.

    ``log`` says that the cost axis is logarithmic. ``acts`` are what was done at this place and perhaps
    not heard yet, each with its number ``n``, and with ``do``, what it is.
    """

    visit: int
    run: str
    epoch: int
    update: int
    playing: bool
    log: bool
    acts: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, told: object) -> "Told | None":
        """Return what was told, or None if it is nothing: it comes from outside, so it is checked."""
        names = [each.name for each in fields(cls)]
        if not isinstance(told, Mapping) or set(told) != set(names):
            return None
        kinds = (
            (told["run"], str),
            (told["acts"], list),
            *((told[name], bool) for name in ("playing", "log")),
        )
        if not all(isinstance(value, kind) for value, kind in kinds):
            return None
        acts = tuple(act for act in told["acts"][:MOST_ACTS] if isinstance(act, Mapping))
        if len([act for act in acts if act.get("do") == "frames"]) > 1:  # a stage waits for each
            return None
        try:
            for name in ("epoch", "update"):
                check_whole(name, told[name], 0, MAX_EPOCHS)
            for act in acts:
                check_whole("n", act.get("n"), 0, 2**53)
        except NotAllowed:
            return None
        return cls(**{name: told[name] for name in names} | {"acts": acts})

    @property
    def rests(self) -> bool:
        """Return whether the picture has come to rest."""
        return not self.playing and any(act.get("do") == "rest" for act in self.acts)


def compared(told: object) -> tuple[int | None, list[str]]:
    """Return the epoch that a comparison shows, and the addresses that Python is to answer for it.

    It comes from outside, so it is checked: None and nothing for what is none.
    """
    if not isinstance(told, Mapping) or not isinstance(asks := told.get("asks"), list):
        return None, []
    try:
        epoch = check_whole("at", told.get("at"), 0, MAX_EPOCHS)
    except NotAllowed:
        return None, []
    return epoch, [each for each in asks[:MOST_ASKS] if isinstance(each, str)]
