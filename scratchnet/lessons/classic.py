"""What a classic experiment is, and a published number: whether ours agrees with it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np

from scratchnet.nn.params import Params


class Row(NamedTuple):
    """One published number, as text with all its digits.

    Ours agrees if it rounds to these digits. Where it need not, ``why`` says the reason, and ``within``
    is how far the two may lie apart; None does not limit it.
    """

    what: str
    published: str
    why: str = ""
    within: float | None = None

    @property
    def unit(self) -> float:
        """Return the value of the last digit that was printed; 0 of infinity."""
        exponent = Decimal(self.published).as_tuple().exponent
        return 10.0**exponent if isinstance(exponent, int) else 0.0

    def difference(self, ours: float) -> float:
        """Return ours minus the published number."""
        return ours - float(self.published)

    def agrees(self, ours: float) -> bool:
        """Return whether ours rounds to the published digits."""
        return abs(self.difference(ours)) <= 0.5000001 * self.unit

    def as_printed(self, ours: float) -> str:
        """Return ours with as many digits as were printed, of infinity four."""
        if not self.unit:
            return f"{ours:.4g}"
        number, _, power = self.published.partition("e")
        decimals = len(number.partition(".")[2])
        return f"{ours:.{decimals}{'e' if power else 'f'}}"

    def difference_text(self, ours: float) -> str:
        """Return the difference with two digits, and a star where ours does not agree."""
        difference = self.difference(ours)
        text = f"{difference:+.1e}" if math.isfinite(difference) and difference else "0"
        text = text if math.isfinite(difference) else "none"
        return text if self.agrees(ours) else f"{text} *"


def rows(
    whats: list[str], published: str, why: str = "", within: float | None = None
) -> tuple[Row, ...]:
    """Return a row for each word of ``published``."""
    pairs = zip(whats, published.split(), strict=True)
    return tuple(Row(what, number, why, within) for what, number in pairs)


def at(updates: range, published: str, what: str = "after {:,} updates") -> tuple[Row, ...]:
    """Return a row for each of these numbers of updates."""
    return rows([what.format(number) for number in updates], published)


@dataclass(frozen=True)
class Classic:
    """One experiment: its source, its published numbers, and how to compute ours.

    ``ours`` returns a number for each row; a ``long`` one takes seconds. ``curves`` returns histories
    of the squared error, by their names. ``query`` is a run in the playground, or on the ``page``, and
    ``is_it`` says how that run relates to this one.
    """

    name: str
    title: str
    source: str
    link: str
    shows: str
    rows: tuple[Row, ...]
    ours: Callable[[], tuple[float, ...]]
    learned: str
    long: bool = False
    curves: Callable[[], dict[str, list[float]]] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    is_it: str = "a similar run, with data of its own"

    @property
    def address(self) -> str:
        """Return where the playground has it, below the site, or nothing."""
        return f"{self.page}?{urlencode(self.query)}" if self.query else ""


def step_query(
    layers: str, learning_rate: float, X: np.ndarray, T: np.ndarray, params: Params
) -> dict[str, str]:
    """Return the address of one training step with these numbers, of sigmoids and squared error."""
    values = ",".join(repr(float(value)) for part in (X, *params.values(), T) for value in part.flat)
    return {"numbers": f"{layers};1;sigmoid;sigmoid;squared_error;{learning_rate};{values}"}
