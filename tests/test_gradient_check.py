"""The gradient check: worked by hand, at kinks, and on networks of every kind, which all pass."""

import numpy as np
import pytest
from choices import some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import Settings, Trainer
from scratchnet.analysis.gradient_check import (
    BUG,
    FLOOR,
    SAME,
    STEP,
    STEPS,
    Case,
    analytic_gradients,
    case_of,
    check,
    errors_by_step,
    numeric_gradients,
    relative_error,
    relative_errors,
    verdict,
)
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.costs import COSTS, targets
from scratchnet.nn.network import INITS, init_params


def one_neuron(w=0.5, b=-1.0, x=3.0, t=0.25, **kind):
    """A network of one linear neuron, and one sample: the cost is ½ (w x + b - t)²."""
    params = {"W1": np.array([[w]]), "b1": np.array([[b]])}
    linear = {"output": "linear", "cost": "squared_error"}
    return Case(params, np.array([[x]]), np.array([[t]]), **linear | kind)


@st.composite
def some_case(draw, activation, output, cost):
    """A network with this activation in a hidden layer at least, and samples for it."""
    random = np.random.RandomState(draw(st.integers(0, 10**6)))
    others = draw(st.lists(st.sampled_from([*ACTIVATIONS]), max_size=2))
    n_y = draw(st.integers(2, 4)) if output == "softmax" else 1
    n_x, *hidden = draw(st.lists(st.integers(1, 5), min_size=len(others) + 2, max_size=len(others) + 2))
    params = init_params([n_x, *hidden, n_y], 3, draw(st.sampled_from([*INITS])))
    spread = draw(st.sampled_from([0.1, 0.5, 1.0]))
    params = {name: part + spread * random.randn(*part.shape) for name, part in params.items()}
    m = draw(st.integers(1, 8))
    labels = random.randint(0, max(n_y, 2), (1, m)).astype(float)
    if output == "linear":
        labels = random.randn(1, m)
    l1, l2 = (draw(st.sampled_from([0.0, 0.01, 0.1])) for _ in range(2))
    T = targets(labels, output, n_y)
    kind = ((activation, *others), output, cost, l1, l2)
    return Case(params, random.randn(n_x, m), T, *kind)


def test_a_central_difference_worked_by_hand():
    """A parabola has its exact slope in the middle: dC/dw = (w x + b - t) x and dC/db = w x + b - t."""
    case = one_neuron()
    grads, left_out = numeric_gradients(case, step=0.25)
    assert grads["W1"].item() == (1.5 - 1.0 - 0.25) * 3
    assert grads["b1"].item() == 1.5 - 1.0 - 0.25
    assert not any(part.any() for part in left_out.values())
    assert case.params["W1"].item() == 0.5, "the given parameters must stay"


def test_a_long_step_goes_around_the_bend():
    """C = log(1 + exp(-w)) at 1: its slope is -1 / (1 + e), and a step of 1 ends at 0 and at 2."""
    case = one_neuron(1.0, 0.0, 1.0, 1.0, output="sigmoid", cost="cross_entropy")
    around = (np.log1p(np.exp(-2.0)) - np.log(2.0)) / 2
    assert numeric_gradients(case, 1.0).grads["W1"].item() == pytest.approx(around, abs=1e-15)
    assert analytic_gradients(case)["dW1"].item() == pytest.approx(-1 / (1 + np.e))


def test_the_penalty_is_in_the_cost_that_is_moved():
    plain, both = one_neuron(), one_neuron(l1=0.5, l2=2.0)
    added = numeric_gradients(both, 0.25).grads["W1"] - numeric_gradients(plain, 0.25).grads["W1"]
    assert added.item() == 0.5 + 2.0 * 0.5
    assert numeric_gradients(both, 0.25).grads["b1"].item() == 0.25


def test_relative_error_of_arrays():
    a = np.array([3.0, 4.0])
    assert relative_error(a, a) == 0.0
    assert relative_error(a, -a) == relative_error(a, 0 * a) == 1.0
    assert relative_error(3 * a, a) == pytest.approx(0.5)  # (k - 1) / (k + 1)
    assert relative_error(np.array([1e-9]), np.array([-1e-9])) == pytest.approx(2e-9 / FLOOR)
    assert relative_error(np.array([np.nan, 4.0]), a) == 1.0


def test_relative_errors_of_entries():
    analytic = np.array([1.0, 1.0, 1.0, 1e-9, 0.0, np.nan, np.inf])
    numeric = np.array([1.0, -1.0, 3.0, -1e-9, 0.0, 1.0, 1.0])
    expected = [0.0, 1.0, 0.5, 2e-9 / FLOOR, 0.0, 1.0, 1.0]
    assert relative_errors(analytic, numeric) == pytest.approx(expected)


def test_verdicts():
    errors = [0.0, SAME, 2 * SAME, BUG / 2, BUG, 1.0, np.nan]
    said = ["same", "same", "unclear", "unclear", "bug", "bug", "none"]
    assert [verdict(error) for error in errors] == said


def through_relu(Z1, name="relu"):
    """Two neurons, one of which has this Z and the other 1, on one sample."""
    params = {
        "W1": np.array([[0.0], [1.0]]),
        "b1": np.array([[Z1], [0.0]]),
        "W2": np.array([[1.0, 1.0]]),
        "b2": np.zeros((1, 1)),
    }
    return Case(params, np.ones((1, 1)), np.zeros((1, 1)), name, "linear")


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu"])
@pytest.mark.parametrize("Z", [0.0, STEP / 2, -STEP / 2])
def test_at_a_kink_a_parameter_is_left_out_and_the_others_are_not(name, Z):
    result = check(through_relu(Z, name))
    left_out = {name: part.left_out.ravel().tolist() for name, part in result.comparisons.items()}
    assert left_out == {"W1": [True, False], "b1": [True, False], "W2": [False] * 2, "b2": [False]}
    assert result.left_out == 2
    assert result.worst <= SAME
    assert np.isnan(result.comparisons["b1"].errors[0, 0])


@pytest.mark.parametrize(("name", "Z"), [("relu", 2 * STEP), ("relu", -2 * STEP), ("gelu", 0.0)])
def test_beside_a_kink_and_without_one_all_are_compared(name, Z):
    result = check(through_relu(Z, name))
    assert result.left_out == 0
    assert result.worst <= SAME


def test_at_a_kink_the_central_difference_is_half_the_slope():
    """The reason to leave it out: ReLU goes up by h on one side and by nothing on the other."""
    case = through_relu(0.0)
    assert analytic_gradients(case)["db1"][0, 0] == 0.0
    assert numeric_gradients(case).grads["b1"][0, 0] == pytest.approx(0.5, abs=1e-4)


def test_a_weight_near_0_is_at_the_kink_of_l1():
    result = check(one_neuron(w=STEP / 2, l1=0.1))
    assert result.comparisons["W1"].left_out.all()
    assert not result.comparisons["b1"].left_out.any()
    assert check(one_neuron(w=0.0, l1=0.1)).left_out == 0  # the slope there counts as 0, on both ways


def test_where_all_is_at_a_kink_there_is_no_verdict():
    case = through_relu(0.0)
    case = Case(
        {name: 0 * part for name, part in case.params.items()}, case.X, case.T, "relu", "linear"
    )
    part = check(case).comparisons["b1"]
    assert part.left_out.all()
    assert np.isnan([part.error, part.descent_error, part.error_of_norms]).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("output", "cost"), COSTS)
def test_healthy_networks_pass(activation, output, cost):
    """20 drawn networks of each of 45 kinds: 900."""

    @settings(max_examples=20)
    @given(some_case(activation, output, cost))
    def passes(case):
        result = check(case)
        size = sum(part.size for part in case.params.values())
        assert result.worst < 1e-6
        assert result.notes == ()
        assert result.left_out <= size / 10
        assert all(part.error_of_norms < 1e-6 for part in result.comparisons.values())

    passes()


@settings(max_examples=100)
@given(some_settings(), st.integers(0, 5))
def test_the_runs_of_the_playground_pass(drawn, epochs):
    trainer = Trainer(drawn)
    trainer.advance(epochs)
    result = check(case_of(trainer))
    assert result.notes == ()
    assert not result.worst >= 1e-6  # nan where all is at a kink


def test_a_run_is_checked_as_it_is_now():
    address = {"features": "x1-x2-sin_x1", "l2": "0.01", "activation": "tanh-relu"}
    trainer = Trainer(Settings.from_query(address)[0])
    at_first = check(case_of(trainer))
    trainer.advance(50)
    case = case_of(trainer)
    assert case.layer_dims == (3, 8, 8, 1)
    assert case.X.shape == (3, 30)
    result = check(case)
    assert result.worst < 1e-6
    assert not np.array_equal(result.comparisons["W1"].numeric, at_first.comparisons["W1"].numeric)


def v_of(**address):
    return errors_by_step(case_of(Trainer(Settings.from_query(address)[0])))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu", "sine"])
def test_the_error_over_the_step_is_a_v_with_its_lowest_point_near_the_step_of_a_check(activation):
    for name, errors in v_of(activation=activation).items():
        lowest = STEPS[int(errors.argmin())]
        assert 1e-7 < lowest < 1e-3, name
        at_step = errors[np.isclose(STEPS, STEP)].item()
        assert at_step < 1e-8
        assert errors[0] > 1e3 * at_step  # the longest step goes around bends
        assert errors[-1] > 1e3 * at_step  # the shortest drowns in rounding


def test_the_truncation_grows_as_the_square_of_the_step():
    errors = v_of()["W1"]
    long = errors[[STEPS.index(step) for step in STEPS if 1e-3 < step < 0.02]]
    assert np.diff(np.log10(long)) == pytest.approx(-1.0, abs=0.05)  # a step of √10 less, a tenth


def test_a_v_of_some_entries_is_made_of_the_same_differences():
    case = case_of(Trainer(Settings()))
    some, every = numeric_gradients(case, most=5).grads, numeric_gradients(case).grads
    for name, part in some.items():
        seen = ~np.isnan(part)
        assert seen.sum() == min(part.size, 5)
        assert np.array_equal(part[seen], every[name][seen])
