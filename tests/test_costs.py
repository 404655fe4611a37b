"""The costs: finite and exact everywhere, the article's cost where that is, and each with its slope."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scratchnet.nn.activations import OUTPUTS
from scratchnet.nn.costs import COSTS, accuracy, cost_of, penalty, penalty_gradient, targets
from scratchnet.nn.network import cost_function, sigmoid

cross_entropy = cost_of("sigmoid").cost
logits = arrays(float, (1, 9), elements=st.floats(-5, 5))
labels = arrays(float, (1, 9), elements=st.sampled_from([0.0, 1.0]))


@given(logits, labels)
def test_equals_the_articles_cost_away_from_saturation(ZL, Y):
    AL, _ = sigmoid(ZL)
    assert cross_entropy(ZL, AL, Y) == pytest.approx(cost_function(AL, Y), abs=1e-12, rel=1e-12)


@pytest.mark.parametrize(("z", "y", "cost"), [(800, 1, 0), (800, 0, 800), (-800, 1, 800), (-1e6, 0, 0)])
def test_finite_and_exact_however_sure(z, y, cost):
    assert cross_entropy(np.array([[float(z)]]), None, np.array([[float(y)]])) == cost
    two, both = np.array([[float(z)], [0.0]]), np.array([[float(y)], [1.0 - y]])
    assert cost_of("softmax").cost(two, None, both) == cost


def test_does_not_round_a_small_cost_to_zero():
    assert cross_entropy(np.array([[40.0]]), None, np.array([[1.0]])) == pytest.approx(np.exp(-40.0))


def test_a_softmax_of_two_is_a_sigmoid_of_the_difference():
    Z, Y = np.random.RandomState(0).randn(2, 30), np.arange(30)[None, :] % 2
    two = cost_of("softmax").cost(Z, None, targets(Y, "softmax", 2))
    assert two == pytest.approx(cross_entropy(Z[1:] - Z[:1], None, Y))


def test_squared_errors_by_hand():
    AL, T = np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([[0.0, 0.0], [0.0, 1.0]])
    assert cost_of("linear").cost(None, AL, T) == 0.5 * (1 + 0 + 4 + 4) / 2
    half = np.array([[0.5]])
    assert cost_of("sigmoid", "squared_error").cost(None, half, np.array([[1.0]])) == 0.125
    assert cost_of("sigmoid", "squared_error").dZ(half, np.array([[1.0]])).item() == -0.125
    assert cost_of("tanh").dZ(half, np.array([[1.0]])).item() == -0.375


@pytest.mark.parametrize(("output", "cost"), COSTS)
def test_dz_is_the_slope_of_the_cost(output, cost):
    random = np.random.RandomState(1)
    function, (value, dZ, *_) = OUTPUTS[output].function, cost_of(output, cost)
    Z = random.randn(3, 5)
    T = targets(random.randint(0, 3, (1, 5)), "softmax", 3)
    slope, h = dZ(function(Z), T), 1e-6
    for index in np.ndindex(Z.shape):
        step = np.zeros_like(Z)
        step[index] = h
        ends = [value(at, function(at), T) for at in (Z + step, Z - step)]
        assert slope[index] / 5 == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=1e-8)


@pytest.mark.parametrize(("output", "cost"), COSTS)
def test_scratch_gives_the_same_bits_and_the_operands_stay(output, cost):
    random = np.random.RandomState(2)
    Z, T = random.randn(3, 7), random.randint(0, 2, (3, 7)).astype(float)
    AL = OUTPUTS[output].function(Z)
    given_Z, given_AL, given_T = Z.copy(), AL.copy(), T.copy()
    value, dZ, *_ = cost_of(output, cost)
    assert value(Z, AL, T, np.full((2, 3, 7), 3.0)) == value(Z, AL, T)
    out = np.empty_like(Z)
    assert dZ(AL, T, out) is out
    assert np.array_equal(out, dZ(AL, T))
    assert np.array_equal([Z, AL, T], [given_Z, given_AL, given_T])


@pytest.mark.parametrize(("output", "cost"), COSTS)
def test_the_texts_are_the_functions(output, cost):
    random = np.random.RandomState(3)
    Z, T = random.randn(2, 5), targets(random.randint(0, 2, (1, 5)), "softmax", 2)
    AL, entry = OUTPUTS[output].function(Z), cost_of(output, cost)
    known = vars(np) | {"Z": Z, "Z_L": Z, "A_L": AL, "T": T}
    if output != "softmax":
        assert eval(OUTPUTS[output].text, known) == pytest.approx(AL)
    loss, _, _ = entry.text.partition(", which stays finite")
    assert eval(loss, known).sum() / 5 == pytest.approx(entry.cost(Z, AL, T))
    assert eval(entry.dZ_text, known) == pytest.approx(entry.dZ(AL, T))


def test_targets():
    Y = np.array([[0.0, 1.0, 1.0]])
    assert targets(Y, "sigmoid", 1) is Y
    assert np.array_equal(targets(Y, "tanh", 1), [[-1, 1, 1]])
    assert np.array_equal(targets(2 * Y - 1, "tanh", 1), [[-1, 1, 1]])
    assert np.array_equal(targets(Y, "softmax", 3), [[1, 0, 0], [0, 1, 1], [0, 0, 0]])
    values = np.array([[0.3, -7.0]])
    assert targets(values, "linear", 1) is values


@pytest.mark.parametrize(
    ("Y", "output", "n_y", "sentence"),
    [
        ([[0, 2]], "sigmoid", 1, "Y must hold only the labels 0 and 1, got 2."),
        ([[-1, 1]], "sigmoid", 1, "Y must hold only the labels 0 and 1, got -1."),
        ([[0.5, 1]], "tanh", 1, "Y must hold only the labels -1, 0 and 1, got 0.5."),
        ([[0, 3]], "softmax", 3, "Y must hold only the labels 0, 1 and 2, got 3."),
        ([[0, 1]], "linear", 2, "Y must have 2 rows, one for each output, got 1."),
    ],
)
def test_targets_name_what_is_wrong(Y, output, n_y, sentence):
    with pytest.raises(ValueError, match=sentence):
        targets(np.array(Y, dtype=float), output, n_y)


@pytest.mark.parametrize(
    ("output", "cost", "sentence"),
    [
        (
            "softmax",
            "squared_error",
            "cost of a softmax output must be cross_entropy, got 'squared_error'.",
        ),
        (
            "linear",
            "cross_entropy",
            "cost of a linear output must be squared_error, got 'cross_entropy'.",
        ),
        ("relu", None, "output must be one of sigmoid, softmax, tanh, linear, got 'relu'."),
    ],
)
def test_a_cost_that_does_not_go_with_the_output_is_named(output, cost, sentence):
    with pytest.raises(ValueError, match=sentence):
        cost_of(output, cost)


def test_the_penalty_and_its_slope():
    W, h = np.array([[1.0, -2.0], [0.5, 0.0]]), 1e-6
    assert penalty(W, l1=0.1, l2=2.0) == pytest.approx(0.1 * 3.5 + 5.25)
    slope = penalty_gradient(W, l1=0.1, l2=2.0)
    assert slope[1, 1] == 0
    for index in ((0, 0), (0, 1), (1, 0)):
        step = np.zeros_like(W)
        step[index] = h
        ends = [penalty(at, 0.1, 2.0) for at in (W + step, W - step)]
        assert slope[index] == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=1e-8)


def test_accuracy_counts_the_right_side():
    assert accuracy(np.array([[-2.0, -0.1, 0.0, 3.0]]), np.array([[0.0, 1.0, 0.0, 1.0]])) == 0.75
    assert accuracy(np.array([[-2.0, 0.1]]), np.array([[-1.0, -1.0]])) == 0.5
    assert accuracy(np.array([[np.nan, -1.0, np.inf, -np.inf]]), np.zeros((1, 4))) == 0.5
    Z = np.array([[1.0, 0.0], [0.0, 2.0], [0.5, 3.0]])
    assert accuracy(Z, targets(np.array([[0, 1]]), "softmax", 3)) == 0.5
