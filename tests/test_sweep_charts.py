"""Figures of a sweep: shares with their intervals, and curves that are all values of runs."""

import numpy as np
import pytest

from scratchnet import Settings
from scratchnet.charts.sweep import curves, share_chart, share_table
from scratchnet.studies.statistics import wilson
from scratchnet.studies.sweep import Sweep
from scratchnet.studies.turns import train_all

BASE = Settings.of(dataset="xor", layer_dims=(2, 2, 1), epochs=30, points=60)


def trained(sweep):
    return sorted(train_all(sweep.runs, jobs=1))


@pytest.fixture(scope="module")
def rates():
    sweep = Sweep(BASE, "learning_rate", (0.1, 1.0, 10.0), seeds=5, bound=0.6)
    return sweep, trained(sweep)


def test_shares_stand_alone_with_the_wilson_interval_on_a_log_axis(rates):
    sweep, rows = rates
    figure = share_chart(sweep, rows)
    (points,) = figure.data
    assert points.mode == "markers", "nothing was run between the values"
    assert figure.layout.xaxis.type == "log"
    for k, value in enumerate(sweep.values):
        some = [result for place, result in rows if sweep.places[place].value == value]
        successes = sum(map(sweep.succeeds, some))
        low, high = wilson(successes, 5)
        assert points.x[k] == value and points.y[k] == successes / 5
        assert np.isclose(points.y[k] + points.error_y.array[k], high)
        assert np.isclose(points.y[k] - points.error_y.arrayminus[k], low)
        assert f"{successes} of 5" in points.customdata[k]


def test_names_are_categories_in_their_order():
    sweep = Sweep(BASE, "activation", ("tanh", "relu"), seeds=2)
    figure = share_chart(sweep, trained(sweep))
    assert figure.layout.xaxis.type == "category"
    assert figure.data[0].x == ("tanh", "relu")


def test_values_without_a_run_yet_have_no_share(rates):
    sweep, rows = rates
    (points,) = share_chart(sweep, rows[:5]).data
    assert points.y[1] is None and points.y[2] is None


def test_every_line_of_the_curves_is_a_value_that_a_run_had(rates):
    sweep, rows = rates
    group = rows[:5]
    figure = curves(sweep, group)
    named = {trace.name: trace for trace in figure.data}
    costs = np.array([result.history.test_accuracy for _, result in group])
    for name, trace in named.items():
        if name in ("each run", "goal"):
            continue
        for epoch, value in zip(trace.x, trace.y, strict=True):
            assert value in costs[:, int(epoch)], name
    assert "median of n = 5" in named
    assert named["goal"].y == (0.6, 0.6)
    assert np.array_equal(named["median of n = 5"].y, np.sort(costs, axis=0)[2])
    assert sum(value is None for value in named["each run"].x) == 5


def test_the_median_run_is_drawn_as_it_ran(rates):
    sweep, rows = rates
    figure = curves(sweep, rows[:5])
    (line,) = [trace for trace in figure.data if trace.name == "the median run"]
    assert any(np.array_equal(line.y, result.history.test_accuracy) for _, result in rows[:5])


def test_pairs_of_values_are_counted_in_a_table():
    sweep = Sweep(BASE, "learning_rate", (0.1, 1.0), "width", (1, 3), seeds=3, bound=0.6)
    rows = trained(sweep)
    (cells,) = share_table(sweep, rows).data
    for i, across in enumerate(sweep.across_values):
        for j, value in enumerate(sweep.values):
            some = [r for p, r in rows if sweep.places[p][:2] == (value, across)]
            successes = sum(map(sweep.succeeds, some))
            assert cells.text[i][j] == f"{successes} of 3"
            assert cells.z[i][j] == successes / 3
