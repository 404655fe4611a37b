"""A sweep: its runs, what is allowed, its address, and what counts as success."""

from dataclasses import replace

import numpy as np
import pytest
from choices import own_table

from scratchnet import Settings
from scratchnet.precision import single
from scratchnet.run.history import History, Reason
from scratchnet.studies.result import Result
from scratchnet.studies.sweep import AXES, MOST_RUNS, SWEEP_FIELDS, Sweep
from scratchnet.validation import NotAllowed

BASE = Settings.of(dataset="xor", layer_dims=(2, 2, 1), epochs=50)


def ended_at(accuracy=0.9, cost=0.2, ended=None):
    """A result whose test set has this accuracy and cost at the end, as a run keeps them."""
    numbers = [single(np.array([0.7, each])) for each in (cost, cost, accuracy, accuracy)]
    return Result(BASE, History(*numbers, np.zeros(2, np.uint32)), np.zeros(9), ended)


def test_the_first_run_is_the_base_and_seeds_count_up():
    runs = Sweep(BASE, seeds=3).runs
    assert runs[0] == BASE
    assert [run.network.init_seed for run in runs] == [3, 4, 5]
    assert {run.data for run in runs} == {BASE.data}


@pytest.mark.parametrize(("vary", "weights", "data"), [("data", 1, 4), ("both", 4, 4)])
def test_which_seeds_vary(vary, weights, data):
    runs = Sweep(BASE, seeds=4, vary=vary).runs
    assert len({run.network.init_seed for run in runs}) == weights
    assert len({run.data.seed for run in runs}) == data


def test_the_last_seed_is_followed_by_the_first():
    last = replace(BASE, network=replace(BASE.network, init_seed=2**32 - 1))
    assert [run.network.init_seed for run in Sweep(last, seeds=2).runs] == [2**32 - 1, 0]


def test_seeds_are_paired_over_two_axes():
    sweep = Sweep(BASE, "learning_rate", (0.1, 1.0), "width", (1, 3), seeds=2)
    told = [(*run.network.layer_dims[1:-1], run.training.learning_rate) for run in sweep.runs]
    assert told == [(1, 0.1)] * 2 + [(3, 0.1)] * 2 + [(1, 1.0)] * 2 + [(3, 1.0)] * 2
    assert [run.network.init_seed for run in sweep.runs] == [3, 4] * 4
    assert [place.seed for place in sweep.places] == [0, 1] * 4


@pytest.mark.parametrize("axis", AXES)
def test_every_axis_makes_as_many_different_runs_as_it_has_values(axis):
    sweep = Sweep(BASE, axis, seeds=1)
    assert sweep.values == AXES[axis].values
    assert len({*sweep.runs}) == len(AXES[axis].values)


def test_width_and_depth_keep_what_they_can():
    per_layer = Settings.of(layer_dims=(2, 5, 3, 1), activation=("tanh", "relu"))
    wide = Sweep(per_layer, "width", (4,), seeds=1).runs[0].network
    assert (wide.layer_dims, wide.activation) == ((2, 4, 4, 1), ("tanh", "relu"))
    deep = Sweep(per_layer, "depth", (0, 3), seeds=1).runs
    assert [run.network.layer_dims for run in deep] == [(2, 1), (2, 5, 5, 5, 1)]
    assert {run.network.activation for run in deep} == {"tanh"}


def test_what_was_done_by_hand_in_the_base_is_left_out():
    base = Settings.of(edits=((3, 0, 1.0),), rate_changes=((5, 0.1),))
    (run,) = Sweep(base, seeds=1).runs
    assert run.training.edits == run.training.rate_changes == ()
    assert run.training.learning_rate == 0.1


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"seeds": 501}, "seeds must be an integer from 1 to 500, got 501."),
        ({"seeds": 0}, "seeds must be"),
        ({"axis": "colour"}, "axis must be one of none, learning_rate"),
        ({"axis": "width", "values": (33,)}, "each of values must be an integer from 1 to 32, got 33."),
        ({"axis": "width", "values": ("2", "x")}, "each of values must be"),
        ({"axis": "width", "across": "width"}, "across must be another setting than axis, got width."),
        ({"axis": "noise", "across": "width", "seeds": 60}, "at most 500 runs, got 1,800."),
        ({"goal": "luck"}, "goal must be one of train_cost"),
        ({"bound": -1.0}, "bound must be a number"),
        ({"vary": "points"}, "vary must be one of weights, data, both, got 'points'."),
        ({"axis": "noise", "values": tuple(0.01 * i for i in range(21))}, "up to 20 values"),
    ],
)
def test_what_is_not_allowed_is_said_in_a_sentence(values, named):
    with pytest.raises(NotAllowed) as error:
        Sweep(BASE, **values)
    assert named in str(error.value)


def test_all_epochs_together_are_limited():
    with pytest.raises(NotAllowed, match="2,000,000 epochs in all, got 6,000,000"):
        Sweep(BASE.with_epochs(100_000), seeds=60)
    assert Sweep.usual(BASE.with_epochs(100_000)).seeds == 20


def test_a_goal_that_the_base_cannot_have():
    regression = Settings.of(dataset="plane")
    with pytest.raises(NotAllowed, match="goal must be a cost for regression, got test_accuracy"):
        Sweep(regression)
    assert Sweep.usual(regression).goal == "test_cost"
    untested = Settings.of(train_share=1.0)
    with pytest.raises(NotAllowed, match="goal must be of the training set"):
        Sweep(untested)
    assert Sweep.usual(untested).goal == "train_accuracy"


def test_a_success_reaches_its_goal_and_does_not_diverge():
    at_least = Sweep(BASE, goal="test_accuracy", bound=0.9)
    assert at_least.succeeds(ended_at(0.9)) and not at_least.succeeds(ended_at(0.89))
    at_most = Sweep(BASE, goal="test_cost", bound=0.2)
    assert at_most.succeeds(ended_at(cost=0.2)) and not at_most.succeeds(ended_at(cost=0.21))
    assert not at_most.succeeds(ended_at(cost=float("nan")))
    assert not at_least.succeeds(ended_at(1.0, ended=Reason.DIVERGED))
    assert at_least.succeeds(ended_at(1.0, ended=Reason.COST))


@pytest.mark.parametrize(
    "sweep",
    [
        Sweep(BASE),
        Sweep(BASE, "learning_rate", (0.03, 1.0), "width", (1, 2, 3), 7, "both", "train_cost", 0.25),
        Sweep(BASE, "activation", ("tanh", "relu"), seeds=2),
        Sweep.usual(Settings.of(dataset="own", own=own_table(2))),
        Sweep(Settings.of(dataset="plane"), goal="test_cost", bound=0.01),
    ],
)
def test_the_address_gives_the_sweep_again(sweep):
    again, wrong = Sweep.from_query(sweep.base, sweep.to_query())
    assert again == sweep and wrong == ()
    assert again.runs == sweep.runs


@pytest.mark.parametrize("name", SWEEP_FIELDS)
@pytest.mark.parametrize(
    "text", ["", "-1", "nan", "1e999", "[1]", "\x00", "9" * 50, "a,b", "__import__"]
)
def test_no_text_raises_and_each_wrong_one_is_said(name, text):
    sweep, wrong = Sweep.from_query(BASE, {name: text})
    assert len(sweep.runs) <= MOST_RUNS
    if sweep == Sweep.usual(BASE) and text and name not in ("values", "across_values"):
        assert len(wrong) == 1 and wrong[0].endswith(("ignored.", "instead."))


def test_a_sweep_whose_values_do_not_fit_the_base_is_said():
    sweep, wrong = Sweep.from_query(Settings.of(), {"axis": "width", "values": "4,99"})
    assert sweep == Sweep.usual(Settings())
    assert wrong == (
        "each of values must be an integer from 1 to 32, got 99. "
        "The sweep is the usual one over seeds instead.",
    )
