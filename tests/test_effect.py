"""What is said of a run with a bug agrees with its cost curves."""

import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from scratchnet import Settings, Trainer
from scratchnet.lessons.effect import effect
from scratchnet.lessons.planted_bugs import BUGS, train_with
from scratchnet.nn.costs import cost_of, cost_of_guessing, targets

RUNS = {
    "moons": {},
    "xor": {"dataset": "xor"},
    "regression": {"dataset": "gaussians"},
    "plane": {"dataset": "plane", "activation": "linear", "learning_rate": "0.1"},
    "five classes": {"dataset": "blobs", "classes": "5", "layer_dims": "2-8-8-5"},
    "deep relu": {"layer_dims": "2-8-8-8-8-8-1", "activation": "relu", "init": "he"},
    "deep sigmoid": {"layer_dims": "2-8-8-8-1", "activation": "sigmoid", "init": "article"},
    "one layer": {"layer_dims": "2-1", "dataset": "xor"},
    "penalty": {"l2": "0.01"},
    "squared error": {"dataset": "circles", "output": "tanh", "cost": "squared_error"},
    "high rate": {"learning_rate": "20"},
    "diverges": {"dataset": "gaussians", "activation": "relu", "learning_rate": "3"},
    "mini-batches": {"dataset": "spiral", "classes": "3", "layer_dims": "2-8-3", "batch_size": "16"},
    "short": {"epochs": "3"},
}


def settings_of(run):
    settings, corrections = Settings.from_query(RUNS[run])
    assert not corrections
    return settings


def guessing_of(settings):
    _, T = Trainer(settings).training_set
    return cost_of_guessing(T, settings.network.cost)


@cache
def curve(run, name=None):
    training = train_with(BUGS.get(name), settings_of(run))
    return np.array(training.costs), training.stopped


def near(text, value, digits=3):
    """Whether a number in a sentence is this value, rounded."""
    return float(text.replace(",", "")) == float(f"{value:.{digits}g}")


NUMBER = r"(\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?)"


def check_course(said, costs, well, guessing):
    """Check what a sentence says of the curve with the bug."""
    start, end = costs[0], costs[-1]

    def found(pattern):
        match = re.match(pattern.replace("NUMBER", NUMBER), said)
        return match and match.groups()

    if groups := found(r"From epoch (\d+) on the cost stays near NUMBER, that of guessing"):
        since = int(groups[0])
        assert len(costs) - since >= max(20, len(costs) / 2)
        assert near(groups[1], guessing)
        assert np.allclose(costs[since:], guessing, rtol=0.021)
        assert since == 0 or abs(costs[since - 1] / guessing - 1.0) > 0.0199
    elif groups := found("The cost stays near NUMBER"):
        assert near(groups[0], end)
        assert np.allclose(costs, end, rtol=0.021)
    elif groups := found(
        r"The cost goes up and down, rising in (\d+) of (\d+) epochs "
        r"\(without the bug in (\d+)\), and ends at NUMBER"
    ):
        assert int(groups[0]) == sum(after > before for before, after in pairwise(costs))
        assert int(groups[1]) == len(costs) - 1
        assert int(groups[2]) == sum(after > before for before, after in pairwise(well))
        assert near(groups[3], end)
        turns = np.count_nonzero(np.diff(np.sign(np.diff(costs))))
        assert turns > 3, "it does not go up and down"
    elif groups := found(r"The cost falls to NUMBER at epoch (\d+), then rises to NUMBER"):
        assert near(groups[0], costs[int(groups[1])])
        assert costs[int(groups[1])] == costs.min() < min(start, end)
        assert near(groups[2], end)
    elif groups := found(r"The cost rises to NUMBER at epoch (\d+), then falls to NUMBER"):
        assert near(groups[0], costs[int(groups[1])])
        assert costs[int(groups[1])] == costs.max() > max(start, end)
        assert near(groups[2], end)
    elif groups := found("The cost ends near its start, at NUMBER"):
        assert near(groups[0], end)
        assert end == pytest.approx(start, rel=0.021)
    else:
        verb, *groups = found("The cost (rises|falls) from NUMBER to NUMBER")
        assert verb == ("rises" if end > start else "falls")
        assert near(groups[0], start)
        assert near(groups[1], end)


def check_comparison(said, costs, well):
    """Check what a sentence says of both ends."""
    end, other = costs[-1], well[-1]
    if not np.isfinite(other):
        (since,) = re.search(
            r"; without the bug it is not finite from epoch (\d+) on\.$", said
        ).groups()
        assert np.isfinite(well[int(since) - 1])
        assert not np.isfinite(well[int(since) :]).any()
        return
    assert near(re.search(rf"without the bug \({NUMBER}\)", said)[1], other)
    if match := re.search(rf", {NUMBER} times as high as without", said):
        assert near(match[1], end / other, 2)
        assert end >= 2 * other
    elif match := re.search(r", (\d+) % higher than without", said):
        assert int(match[1]) == round(100 * (end / other - 1))
        assert other < end < 2 * other
    elif ", lower than without" in said:
        assert end < 0.95 * other
    elif "more than a million times" in said:
        assert end > 1e6 * other
    else:
        assert ", about as high as without" in said
        assert end == pytest.approx(other, rel=0.051)
        match = re.search(rf"; at epoch (\d+) it is {NUMBER} against {NUMBER}\.$", said)
        epoch = int(match[1])
        assert near(match[2], costs[epoch])
        assert near(match[3], well[epoch])
        assert abs(costs[epoch] - well[epoch]) > 0.05 * well[epoch]


@pytest.mark.parametrize("name", BUGS)
@pytest.mark.parametrize("run", RUNS)
def test_the_sentence_agrees_with_the_curves(run, name):
    (costs, stopped), (well, _) = curve(run, name), curve(run)
    guessing = guessing_of(settings_of(run))
    said = effect(costs, well, guessing)
    assert said.endswith(".")
    if stopped:
        assert said == "The code stops with an exception, so there is no cost curve."
    elif np.array_equal(costs, well, equal_nan=True):
        assert "the same to the last digit" in said
    elif match := re.match(r"The cost is not finite from epoch (\d+) on; without the bug ", said):
        assert np.isfinite(costs[int(match[1]) - 1])
        assert not np.isfinite(costs[int(match[1]) :]).any()
        if np.isfinite(well[-1]):
            assert near(re.search(rf"it ends at {NUMBER}\.$", said)[1], well[-1])
        else:
            check_comparison(said, costs, well)
    elif match := re.search(rf"the two costs never differ by more than {NUMBER} %\.$", said):
        apart = 100 * np.max(np.abs(costs / well - 1.0))
        assert apart <= float(match[1]) < apart + 0.1001
        assert apart <= 5.0
    else:
        assert np.isfinite(costs[-1])
        check_course(said, costs, well, guessing)
        check_comparison(said, costs, well)


@pytest.mark.parametrize(
    ("costs", "correct", "sentence"),
    [
        ([], [1, 2], "The code stops with an exception, so there is no cost curve."),
        ([1], [1], "One epoch cannot show an effect: its cost is computed before the first update."),
        ([1, np.nan], [1, np.nan], "The bug changes nothing in this run: the costs are the same"),
        (
            [1, np.inf, np.nan],
            [1, 1, 0.5],
            "not finite from epoch 1 on; without the bug it ends at 0.5.",
        ),
        ([np.nan, 1, np.nan], [1, 1, np.nan], "from epoch 2 on; without the bug it is not finite from"),
        ([1, 0.5127], [1, 0.5], "The bug hardly shows: the two costs never differ by more than 2.6 %."),
        (
            [1, *[0.69] * 30],
            [1, *[0.1] * 30],
            "From epoch 1 on the cost stays near 0.693, that of guess",
        ),
        ([1, *[0.69] * 9], [1, *[0.1] * 9], "The cost falls from 1 to 0.69, 6.9 times as high as"),
        (
            [0.4, 0.401],
            [0.4, 0.2],
            "The cost stays near 0.401, 2 times as high as without the bug (0.2).",
        ),
        (
            [1, 2, 1, 2, 1, 2],
            [1, 1, 1, 1, 1, 0.5],
            "rising in 3 of 5 epochs (without the bug in 0), and",
        ),
        (
            [1, 0.2, 0.4],
            [1, 0.5, 0.1],
            "The cost falls to 0.2 at epoch 1, then rises to 0.4, 4 times as",
        ),
        (
            [1, 4000, 0.4],
            [1, 0.5, 0.3],
            "The cost rises to 4,000 at epoch 1, then falls to 0.4, 33 % high",
        ),
        ([1, 1.2, 1.01], [1, 0.5, 0.3], "The cost ends near its start, at 1.01, 3.4 times as high as"),
        (
            [1, 1.2, 1.3],
            [1, 0.5, 1.5],
            "The cost rises from 1 to 1.3, lower than without the bug (1.5): on the training set alone",
        ),
        (
            [1, 0.9, 0.3],
            [1, 0.5, 0.3],
            "about as high as without the bug (0.3); at epoch 1 it is 0.9 aga",
        ),
        (
            [1, 2, 8e9],
            [1, 0.5, 0.3],
            "8e+09, more than a million times as high as without the bug (0.3).",
        ),
        (
            [1, 0.9, 0.3],
            [1, 0.5, 0.0],
            "0.3, more than a million times as high as without the bug (0).",
        ),
    ],
)
def test_each_kind_of_sentence_by_hand(costs, correct, sentence):
    assert sentence in effect(costs, correct, np.log(2))


def test_a_smooth_curve_is_not_said_to_go_up_and_down():
    costs, _ = curve("moons", "no_derivative")
    said = effect(costs, curve("moons")[0], np.log(2))
    assert said == (
        "The cost falls to 0.294 at epoch 19, then rises to 0.348, 20 times as high as without the bug "
        "(0.0174)."
    )


@pytest.mark.parametrize("run", RUNS)
def test_no_constant_output_is_better_than_guessing(run):
    """The cost of guessing is the least of many constants, each put through the cost function."""
    settings = settings_of(run)
    network, labels = settings.network, Trainer(settings).dataset.Y_train
    T = targets(labels, network.output, network.layer_dims[-1])
    middle = T.mean(axis=1, keepdims=True)
    logits = {
        "linear": lambda p: p,
        "sigmoid": lambda p: np.log(p / (1 - p)),
        "tanh": np.arctanh,
        "softmax": np.log,
    }[network.output](middle)
    outputs = {
        "linear": lambda Z: Z,
        "sigmoid": lambda Z: 1 / (1 + np.exp(-Z)),
        "tanh": np.tanh,
        "softmax": lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0),
    }[network.output]
    random = np.random.RandomState(1)

    def cost(logits):
        ZL = np.repeat(logits, T.shape[1], axis=1)
        return float(cost_of(network.output, network.cost).cost(ZL, outputs(ZL), T))

    least = guessing_of(settings)
    assert least == pytest.approx(cost(logits))
    assert all(cost(logits + random.randn(*logits.shape)) > least for _ in range(20))
