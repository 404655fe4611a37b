"""Every published number of the classic experiments comes out again, within the digits printed.

Where it need not, its row says why and how far it may lie off. The faults in print are made again too.
"""

from functools import cache
from urllib.parse import parse_qsl

import numpy as np
import pytest

from scratchnet import Settings, Trainer, train
from scratchnet.lessons import classic_data as data
from scratchnet.lessons import classic_runs as runs
from scratchnet.lessons.classic import Row
from scratchnet.lessons.classics import CLASSICS, FAULTS
from scratchnet.lessons.faults_in_print import gradient_difference, step_through_new_weights
from scratchnet.nn import optimizers
from scratchnet.nn.costs import cost_of
from scratchnet.nn.network import backprop, forward_prop
from scratchnet.ui.link import VIEW
from scratchnet.ui.navigation import PAGES
from scratchnet.ui.own_numbers import NumbersField

BY_NAME = {each.name: each for each in (*CLASSICS, *FAULTS)}
ROWS = [(each.name, i) for each in CLASSICS for i in range(len(each.rows))]
OF_FAULTS = [(fault.name, i) for fault in FAULTS for i in range(len(fault.rows))]


@cache
def ours(name):
    """The numbers of an experiment, computed once for all its rows."""
    return BY_NAME[name].ours()


@cache
def both(name):
    return BY_NAME[name].wrong(), BY_NAME[name].right()


def assert_close(row, value):
    assert row.agrees(value) or (row.why and abs(row.difference(value)) <= (row.within or np.inf)), (
        value
    )


@pytest.mark.parametrize(("name", "i"), ROWS)
def test_a_published_number_is_ours(name, i):
    values = ours(name)
    assert len(values) == len(BY_NAME[name].rows)
    assert_close(BY_NAME[name].rows[i], values[i])


@pytest.mark.parametrize(("name", "i"), OF_FAULTS)
def test_a_faulty_number_comes_out_with_the_fault_and_not_without_it(name, i):
    row, (wrong, right) = BY_NAME[name].rows[i], both(name)
    assert len(wrong) == len(right) == len(BY_NAME[name].rows)
    assert_close(row, wrong[i])
    if (name, i) != ("adam", 0):  # the first cost is before Adam has gone far
        assert not row.agrees(right[i])
        assert row.as_printed(right[i]) != row.published


RIGHT = {
    "widgets": ("0.42", "0.78"),
    "updated_weights": ("0.291027774",),
    "adam": ("0.690552", "0.185567", "0.150852"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_form_gives_the_right_number(name):
    for published, value in zip(RIGHT[name], both(name)[1], strict=True):
        assert Row("", published).agrees(value)


def test_the_number_in_the_text_is_that_of_mazurs_step_with_biases():
    cost = runs.mazur_cost(runs.mazur_step(data.mazur()[-1], biases=True))
    assert f" {cost:.9f}." in BY_NAME["mazur"].shows
    assert Row("", "0.280471447").agrees(cost)


def test_a_correct_gradient_passes_once_the_cost_is_exact():
    (wrong,), (right,) = both("correct_gradient")
    assert wrong > 1e-7 > 20 * right
    cost = cost_of("sigmoid", "cross_entropy").cost
    assert gradient_difference(cost, planted=True) == pytest.approx(0.2850931, abs=1e-7)


def test_few_rows_are_excused_and_each_says_why():
    excused = [(each.name, row.what) for each in CLASSICS for row in each.rows if row.why]
    assert excused == [
        *(("neurons", what) for what in ("tanh: output", "gradient of x1", "of w1", "of x2")),
        ("han_kamber", "error of 6"),
        *(("hidden_layer", f"after {n},000 updates") for n in (7, 8, 9)),
        *(("width", f"{h} hidden, accuracy, %") for h in (20, 50)),
        ("weights", "large, epoch 0"),
        ("rates", "alpha 100"),
        ("gradient_check", "relative difference"),
    ]
    assert all(row.within for each in CLASSICS for row in each.rows if row.why and row.unit)


@pytest.mark.parametrize(
    ("published", "near", "far", "printed"),
    [
        ("0.47", 0.4749, 0.4751, "0.47"),
        ("67.25", 67.2549, 67.2551, "67.25"),
        ("-0.0065", -0.00654, -0.00656, "-0.0065"),
        ("1.189e-07", 1.1894e-7, 1.1896e-7, "1.189e-07"),
        ("50", 50.4, 50.6, "50"),
    ],
)
def test_a_number_agrees_if_it_rounds_to_the_digits_printed(published, near, far, printed):
    row = Row("", published)
    assert row.agrees(near) and not row.agrees(far) and not row.agrees(np.nan)
    assert row.as_printed(near) == printed != row.as_printed(far)
    assert not row.difference_text(near).endswith("*") and row.difference_text(far).endswith(" *")
    assert float(row.difference_text(near)) == pytest.approx(near - float(published), rel=0.05)


def test_infinity_has_no_difference():
    row = Row("", "inf", "log(0)")
    assert (row.as_printed(1773.6), row.difference_text(1773.6)) == ("1774", "none *")


def test_the_engine_runs_as_train_does():
    X, Y, line, layers = data.spirals()
    for first, activation in ((line, "sigmoid"), (layers, "relu")):
        dims = [2, *(len(W) for name, W in first.items() if name[0] == "W")]
        how = {"activation": activation, "output": "softmax", "l2": 1e-3}
        _, params = runs.descend(X, Y, first, 20, 1.0, **how)
        expected, _ = train(X, Y, dims, 20, 1.0, params=first, **how)
        assert all(np.array_equal(params[name], expected[name]) for name in expected)


def test_a_step_of_the_sweep_moves_no_bias():
    """One rate, by forward_prop and backprop, with the weights alone updated."""
    X, T, params = data.exclusive_or()
    for _ in range(10_000):
        AL, caches = forward_prop(X, params)
        grads = backprop(AL, T, caches, cost="squared_error")
        params = params | {name: params[name] - 40.0 * grads[f"d{name}"] for name in ("W1", "W2")}
    AL, _ = forward_prop(X, params)
    assert np.mean(np.abs(AL - T)) == pytest.approx(ours("rates")[3], abs=1e-13)


def test_data_are_drawn_without_the_global_generator():
    before = np.random.get_state()[1].copy()
    shapes = [X.shape for X, *_ in (data.spirals(), data.planar_flower(), data.two_moons())]
    assert shapes == [(2, 300), (2, 400), (2, 300)]
    X, Y = data.two_circles(100, seed=2)
    assert X.shape == (2, 100) and Y.sum() == 50
    assert np.array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("mazur", lambda step: step_through_new_weights),
        ("mazur", lambda step: lambda params: step(step(params))),
    ],
)
def test_another_step_does_not_give_mazurs_weights(monkeypatch, name, change):
    monkeypatch.setattr(runs, "mazur_step", change(runs.mazur_step))
    values = BY_NAME[name].ours()
    assert not all(row.agrees(v) for row, v in zip(BY_NAME[name].rows, values, strict=True))


def test_another_momentum_does_not_give_the_costs_of_the_course():
    """The momentum of this site at the rate of the course goes ten times as far."""
    _, cost = runs.last_batch_costs(optimizers.momentum, 1, 7e-4, 1001)
    assert abs(cost - 0.685341) > 0.01


def test_the_curves_of_the_saturated_neuron_begin_at_its_outputs():
    (near, far), (before, _, saturated, _) = runs.saturation_curves().values(), ours("saturation")
    assert (near[0], far[0]) == pytest.approx((before**2 / 2, saturated**2 / 2))
    assert near[150] < 0.1 * near[0] and far[150] > 0.8 * far[0], "it learns more slowly"


@pytest.mark.parametrize("name", [each.name for each in CLASSICS if each.query])
def test_the_playground_takes_the_address_as_it_is(name):
    page, _, query = BY_NAME[name].address.partition("?")
    texts = dict(parse_qsl(query))
    assert texts == dict(BY_NAME[name].query)
    if page:
        assert page in PAGES
        ((view, text),) = texts.items()
        assert VIEW[view].check(view, VIEW[view].read(text))
    else:
        settings, corrections = Settings.from_query(texts)
        assert corrections == ()
        assert texts.items() <= settings.to_query().items()


@pytest.mark.parametrize(("name", "cost"), [("han_kamber", 0.9), ("mazur", 0.5)])
def test_the_step_that_opens_is_the_same(name, cost):
    step = NumbersField().read(BY_NAME[name].query["numbers"]).step()
    X, T, params = getattr(data, name)()
    assert np.array_equal(step.X, X) and np.array_equal(step.T, T) and step.rate == cost
    assert all(np.array_equal(step.params[part], params[part]) for part in params)


def test_the_runs_that_are_called_the_same_are():
    zeros = Trainer(Settings.from_query(BY_NAME["weights"].query)[0])
    zeros.advance(50)
    assert set(np.round(zeros.history.train_cost, 6)) == {0.693147}
    chance = Trainer(Settings.from_query(BY_NAME["chance"].query)[0])
    assert chance.history.train_cost[0] == pytest.approx(ours("chance")[1], abs=1e-6)
