"""What can be said of many runs: how many succeed, how sure that is, and the run in the middle.

A quantile is always a value that a run had: of an even number of runs the median is the lower of the
two in the middle. There are no means, which no run had.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from scratchnet.run.history import Reason
from scratchnet.studies.result import Result

Z95 = 1.959963984540054  # of the normal distribution: 95 % lie within so many standard deviations


def wilson(k: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Return the interval for the true share of successes, of which k in n were seen (Wilson 1927).

    (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n), with p = k/n; 95 % of such intervals hold the
    true share. Without any run it is from 0 to 1.
    """
    if n == 0:
        return 0.0, 1.0
    p, shrink = k / n, 1.0 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / shrink
    low, high = max(centre - reach, 0.0), min(centre + reach, 1.0)
    return 0.0 if k == 0 else low, 1.0 if k == n else high


class Band(NamedTuple):
    """A measure of many runs at each epoch: the quarter, the half and three quarters of the runs."""

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray


def band(results: Sequence[Result], measure: str) -> Band:
    """Return the quantiles of a measure after each epoch.

    A run that stopped by itself keeps its last value; one that diverged counts as infinitely bad.
    """
    epochs = max(result.epoch for result in results) + 1
    values = np.stack([_until(result, measure, epochs) for result in results])
    return Band(*np.quantile(values, (0.25, 0.5, 0.75), axis=0, method="inverted_cdf"))


def _until(result: Result, measure: str, epochs: int) -> np.ndarray:
    """Return a measure of a run after each epoch, up to so many."""
    known = getattr(result.history, measure)
    worst = -np.inf if measure.endswith("accuracy") else np.inf
    after = worst if result.ended == Reason.DIVERGED else known[-1]
    values = np.append(known, np.full(epochs - known.size, after))
    if result.ended == Reason.DIVERGED:
        values[known.size - 1] = worst
    return np.where(np.isnan(values), worst, values)


def median_run(results: Sequence[Result], measure: str) -> Result:
    """Return the run whose measure at its end is the median, the first of several."""
    ends = np.array([_until(result, measure, result.epoch + 1)[-1] for result in results])
    middle = np.quantile(ends, 0.5, method="inverted_cdf")
    return results[int(np.flatnonzero(ends == middle)[0])]
