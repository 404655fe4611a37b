"""How many succeed, how sure that is, and which run is in the middle."""

import numpy as np
import pytest

from scratchnet import Settings
from scratchnet.run.history import History, Reason
from scratchnet.studies.result import Result
from scratchnet.studies.statistics import band, median_run, wilson


# Newcombe (1998), Statistics in Medicine 17, table I, method 3: Wilson without continuity correction.
@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_against_published_intervals(k, n, low, high):
    assert [round(end, 4) for end in wilson(k, n)] == [low, high]


def test_wilson_is_symmetric_and_stays_between_0_and_1():
    for n in (1, 7, 500):
        for k in range(n + 1):
            low, high = wilson(k, n)
            assert 0.0 <= low <= k / n <= high <= 1.0
            assert np.allclose(wilson(n - k, n), (1 - high, 1 - low))
    assert wilson(0, 0) == (0.0, 1.0)


def result(costs, ended=None, accuracies=None):
    costs = np.array(costs, dtype=float)
    accuracies = costs if accuracies is None else np.array(accuracies, dtype=float)
    history = History(costs, costs, accuracies, accuracies, np.zeros(costs.size, np.uint32))
    return Result(Settings(), history, np.zeros(1), ended)


def test_a_quantile_is_a_value_that_a_run_had():
    runs = [result([5.0, value]) for value in (1.0, 2.0, 3.0, 4.0)]
    found = band(runs, "train_cost")
    assert found.median.tolist() == [5.0, 2.0]
    assert (found.low[1], found.high[1]) == (1.0, 3.0)


def test_a_run_that_stopped_keeps_its_last_value_and_one_that_diverged_is_worst():
    runs = [
        result([5.0, 1.0], Reason.COST),
        result([5.0, 3.0, 3.0]),
        result([5.0, np.nan], Reason.DIVERGED),
    ]
    assert band(runs, "train_cost").median.tolist() == [5.0, 3.0, 3.0]
    assert band(runs, "train_cost").high.tolist() == [5.0, np.inf, np.inf]
    assert band(runs, "train_cost").low.tolist() == [5.0, 1.0, 1.0]


def test_a_diverged_run_has_the_lowest_accuracy():
    runs = [
        result([0.1, 0.1], accuracies=[0.5, 0.9]),
        result([0.1, 0.1], Reason.DIVERGED, accuracies=[0.5, 0.95]),
        result([0.1, 0.1], accuracies=[0.5, 0.7]),
    ]
    assert band(runs, "train_accuracy").median.tolist() == [0.5, 0.7]
    assert median_run(runs, "train_accuracy") is runs[2]


def test_the_median_run_is_one_of_the_runs():
    runs = [result([9.0, value]) for value in (4.0, 1.0, 3.0, 3.0, 2.0)]
    assert median_run(runs, "train_cost") is runs[2]
    runs = [result([1.0, np.inf], Reason.DIVERGED) for _ in range(3)]
    assert median_run(runs, "train_cost") is runs[0]
