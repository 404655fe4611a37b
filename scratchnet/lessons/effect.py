"""The effect of a planted bug on a training run, in words: read off the two cost curves alone."""

from collections.abc import Sequence

import numpy as np

NEAR = 0.05  # Two costs are about the same if they differ by no more than this part.
FLAT = 0.02  # A cost stays at a value if it is within this part of it,
LONG = 20  # for so many epochs, and for half of the run.
LOW, PEAK = 1.1, 1.5  # A minimum or a maximum is told if the start and the end are so many times off.
MANY = 1e6  # How many times exactly no longer matters.

Costs = Sequence[float] | np.ndarray


def effect(costs: Costs, correct: Costs, guessing: float) -> str:
    """Return what a bug did to a run, in one sentence.

    ``costs`` are the training costs with the bug after 0, 1, … epochs, none if an exception stopped the
    code, and ``correct`` those without it. ``guessing`` is the cost of the best constant output.
    """
    cost, well = (np.asarray(curve, dtype=float) for curve in (costs, correct))
    if not cost.size:
        return "The code stops with an exception, so there is no cost curve."
    if cost.size == 1:
        return "One epoch cannot show an effect: its cost is computed before the first update."
    if np.array_equal(cost, well, equal_nan=True):
        return "The bug changes nothing in this run: the costs are the same to the last digit."
    if not np.isfinite(cost[-1]):
        return f"The cost is not finite from epoch {_settled(np.isfinite(cost))} on{_other(well)}."
    apart = _apart(cost, well)
    if apart.max() <= NEAR:
        most = np.ceil(1000.0 * apart.max()) / 10.0  # rounded up, as no more is claimed
        return f"The bug hardly shows: the two costs never differ by more than {most:.1f} %."
    return f"{_course(cost, well, guessing)}{_comparison(cost, well)}."


def _settled(before: np.ndarray) -> int:
    """Return the epoch after the last one at which ``before`` is true."""
    return int(np.flatnonzero(before).max(initial=-1)) + 1


def _apart(cost: np.ndarray, well: np.ndarray) -> np.ndarray:
    """Return by which part the costs differ at each epoch; infinity where one is not a number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(cost - well) / well
    return np.where(np.isnan(apart), np.inf, apart)


def _course(cost: np.ndarray, well: np.ndarray, guessing: float) -> str:
    """Return how the cost with the bug goes, and where it ends."""
    cost = np.nan_to_num(cost, nan=np.inf, posinf=np.inf)
    first, end = cost[0], cost[-1]
    low, peak = int(cost.argmin()), int(cost.argmax())
    away = _settled(np.abs(cost - guessing) > FLAT * guessing)
    if cost.size - away >= max(LONG, cost.size / 2):
        return f"From epoch {away} on the cost stays near {_number(guessing)}, that of guessing"
    if cost[peak] - cost[low] <= FLAT * first:
        return f"The cost stays near {_number(end)}"
    if _oscillates(cost):
        rises, others = (np.count_nonzero(curve[1:] > curve[:-1]) for curve in (cost, well))
        return (
            f"The cost goes up and down, rising in {rises} of {cost.size - 1} epochs (without the bug "
            f"in {others}), and ends at {_number(end)}"
        )
    if min(first, end) > LOW * cost[low]:
        return f"The cost falls to {_number(cost[low])} at epoch {low}, then rises to {_number(end)}"
    if cost[peak] > PEAK * max(first, end):
        return f"The cost rises to {_number(cost[peak])} at epoch {peak}, then falls to {_number(end)}"
    if abs(end - first) <= FLAT * first:
        return f"The cost ends near its start, at {_number(end)}"
    return f"The cost {'rises' if end > first else 'falls'} from {_number(first)} to {_number(end)}"


def _oscillates(cost: np.ndarray) -> bool:
    """Return whether the cost, on a log axis, goes up and down by more than the range it covers."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(cost)
        steps = np.diff(logs)
    up, down = steps[steps > 0.0].sum(), -steps[steps < 0.0].sum()
    return bool(min(up, down) > np.ptp(logs))


def _comparison(cost: np.ndarray, well: np.ndarray) -> str:
    """Return how the cost at the end compares with that without the bug."""
    if not np.isfinite(well[-1]):
        return _other(well)
    end, other = cost[-1], f"without the bug ({_number(well[-1])})"
    if end > MANY * well[-1]:
        return f", more than a million times as high as {other}"
    ratio = end / well[-1]
    if ratio >= 2.0:
        return f", {_number(ratio, 2)} times as high as {other}"
    if ratio > 1.0 + NEAR:
        return f", {100.0 * (ratio - 1.0):.0f} % higher than {other}"
    if ratio < 1.0 - NEAR:
        return f", lower than {other}: on the training set alone, that is no merit"
    k = int(_apart(cost, well).argmax())
    return (
        f", about as high as {other}; at epoch {k} it is {_number(cost[k])} against {_number(well[k])}"
    )


def _other(well: np.ndarray) -> str:
    """Return how the cost ends without the bug, as a clause."""
    if np.isfinite(well[-1]):
        return f"; without the bug it ends at {_number(well[-1])}"
    return f"; without the bug it is not finite from epoch {_settled(np.isfinite(well))} on"


def _number(value: float, digits: int = 3) -> str:
    """Return a number rounded to so many digits, with commas in large ones."""
    return f"{float(f'{value:.{digits}g}'):,g}"
