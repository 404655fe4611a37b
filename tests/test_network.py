"""The eight functions: worked by hand, against central differences, and at the edges."""

import inspect

import numpy as np
import pytest

from scratchnet.nn import network
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.costs import COSTS, cost_of, penalty, targets
from scratchnet.nn.network import (
    backprop,
    cost_function,
    forward_prop,
    init_params,
    one_layer_backward,
    sigmoid,
    train,
    update_parameters,
)


def test_the_functions_stand_in_the_order_of_the_article():
    article = ["init_params", "sigmoid", "forward_prop", "cost_function", "one_layer_backward"]
    article += ["backprop", "update_parameters", "train"]
    defined = [name for name, f in vars(network).items() if inspect.isfunction(f)]
    assert [name for name in defined if name in article] == article


def test_init_params_is_the_articles_to_the_bit():
    params = init_params([2, 4, 1])
    random = np.random.RandomState(3)
    assert np.array_equal(params["W1"], random.randn(4, 2) * 0.01)
    assert np.array_equal(params["W2"], random.randn(1, 4) * 0.01)
    assert np.array_equal(params["b1"], np.zeros((4, 1)))
    assert np.array_equal(params["b2"], np.zeros((1, 1)))


@pytest.mark.parametrize(
    ("init", "deviation"),
    [("article", 0.01), ("xavier", np.sqrt(2 / 300)), ("he", np.sqrt(2 / 200)), ("zeros", 0.0)],
)
def test_init_params_draws_with_the_deviation_of_its_name(init, deviation):
    W1 = init_params([200, 100, 1], init=init)["W1"]
    assert W1.std() == pytest.approx(deviation, rel=0.02)


def test_init_params_leaves_the_global_random_state_alone():
    np.random.seed(1)
    expected = np.random.RandomState(1).rand()
    init_params([2, 4, 1])
    assert np.random.rand() == expected


@pytest.mark.parametrize("dims", [[2], [2, 0, 1], [2, -1, 1], [2, 1.5, 1], [2, True, 1], "24", 7])
def test_init_params_refuses_dimensions(dims):
    with pytest.raises(ValueError, match="layer_dims"):
        init_params(dims)


def test_sigmoid_at_any_z():
    Z = np.array([[-1e6, -1e3, 0.0, 1e3, 1e6]])
    A, cache = sigmoid(Z)
    assert np.array_equal(A, [[0, 0, 0.5, 1, 1]])
    assert cache is Z
    assert sigmoid(np.log(3.0))[0] == pytest.approx(0.75)


def test_a_training_step_worked_by_hand():
    """A 2-2-1 network on two samples, in fractions that floats hold exactly."""
    X = np.array([[1.0, 0.0], [0.0, 2.0]])
    Y = np.array([[1.0, 0.0]])
    params = {
        "W1": np.zeros((2, 2)),
        "b1": np.zeros((2, 1)),
        "W2": np.array([[1.0, -1.0]]),
        "b2": np.zeros((1, 1)),
    }
    AL, caches = forward_prop(X, params)
    assert np.array_equal(AL, [[0.5, 0.5]])
    assert cost_function(AL, Y) == pytest.approx(np.log(2), abs=1e-15)

    grads = backprop(AL, Y, caches)
    # dZ2 = AL - Y = [-1/2, 1/2]; A1 is 1/2 everywhere
    assert np.array_equal(grads["dW2"], [[0, 0]])
    assert np.array_equal(grads["db2"], [[0]])
    # dA1 = W2ᵀ dZ2, and dZ1 = dA1 / 4, since the sigmoid's slope at 0 is 1/4
    assert np.array_equal(grads["dA1"], [[-0.5, 0.5], [0.5, -0.5]])
    assert np.array_equal(grads["dW1"], [[-1 / 16, 1 / 8], [1 / 16, -1 / 8]])
    assert np.array_equal(grads["db1"], [[0], [0]])
    assert np.array_equal(grads["dA0"], np.zeros((2, 2)))
    assert list(grads) == ["dA1", "dW2", "db2", "dA0", "dW1", "db1"]

    updated = update_parameters(params, grads, learning_rate=2.0)
    assert np.array_equal(updated["W1"], [[1 / 8, -1 / 4], [-1 / 8, 1 / 4]])
    assert np.array_equal(updated["W2"], params["W2"])
    assert np.array_equal(params["W1"], np.zeros((2, 2))), "the given parameters must stay"


def test_one_layer_backward_is_the_chain_rule():
    """One sigmoid neuron with Z = 0, A = 1/2: dZ = dA/4, dW = dZ A_prev, dA_prev = W dZ."""
    cache = ((np.array([[3.0]]), np.array([[2.0]]), np.array([[-6.0]])), np.array([[0.0]]))
    dA_prev, dW, db = one_layer_backward(np.array([[8.0]]), cache)
    assert (dA_prev.item(), dW.item(), db.item()) == (4.0, 6.0, 2.0)


def numeric_gradient(cost, params, h=1e-5):
    """Central differences of cost(params) for every parameter."""
    numeric = {}
    for name, value in params.items():
        numeric[name] = np.empty_like(value)
        for index in np.ndindex(value.shape):
            ends = []
            for step in (h, -h):
                moved = {key: part.copy() for key, part in params.items()}
                moved[name][index] += step
                ends.append(cost(moved))
            numeric[name][index] = (ends[0] - ends[1]) / (2 * h)
    return numeric


@pytest.mark.parametrize("activation", [*ACTIVATIONS, ("tanh", "relu")])
@pytest.mark.parametrize(("output", "cost"), COSTS)
@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.01, 0.02)])
def test_gradients_against_central_differences(samples, activation, output, cost, l1, l2):
    X, Y = samples
    X, Y = X[:, :12], Y[:, :12]
    n_y = 3 if output == "softmax" else 1
    T = targets(Y, output, n_y)
    params = init_params([2, 4, 3, n_y], init="xavier")
    for l in (
        1,
        2,
        3,
    ):  # without, a sample whose ReLUs are all off is on the next kink
        params[f"b{l}"] += 0.1

    def minimised(params):
        AL, caches = forward_prop(X, params, activation, output)
        weights = sum(penalty(params[f"W{l}"], l1, l2) for l in (1, 2, 3))
        return cost_of(output, cost).cost(caches[-1][1], AL, T) + weights

    AL, caches = forward_prop(X, params, activation, output)
    grads = backprop(AL, T, caches, activation, output, cost, l1, l2)
    for name, numeric in numeric_gradient(minimised, params).items():
        analytic = grads[f"d{name}"]
        error = np.linalg.norm(numeric - analytic)
        assert error < 1e-7 * (np.linalg.norm(numeric) + np.linalg.norm(analytic)) + 1e-10, name


def test_the_gradient_is_finite_where_the_long_form_is_zero_by_zero():
    X = np.array([[1.0, -1.0]])
    params = {"W1": np.array([[38.0]]), "b1": np.zeros((1, 1))}
    AL, caches = forward_prop(X, params)
    assert AL[0, 0] == 1.0
    grads = backprop(AL, np.array([[1.0, 0.0]]), caches)
    assert np.isfinite(grads["dW1"]).all()
    assert backprop(AL, np.array([[0.0, 0.0]]), caches)["dW1"].item() == pytest.approx(0.5)


def test_cost_function_is_finite_at_the_ends_and_right_between():
    assert cost_function(np.array([[0.25, 0.5]]), np.array([[1, 0]])) == pytest.approx(1.5 * np.log(2))
    for a in (0.0, 1.0):
        for y in (0.0, 1.0):
            cost = cost_function(np.array([[a]]), np.array([[y]]))
            assert np.isfinite(cost)
            assert (cost > 30) == (a != y)


def test_train_learns_and_its_first_cost_is_that_of_the_first_parameters(samples):
    X, Y = samples
    params, costs = train(X, Y, [2, 6, 1], epochs=300, lr=1.0, activation="tanh", init="xavier")
    AL, _ = forward_prop(X, init_params([2, 6, 1], init="xavier"), "tanh")
    assert costs[0] == pytest.approx(cost_function(AL, Y), abs=1e-12)
    assert len(costs) == 300
    assert costs[-1] < 0.6 * costs[0]
    AL, _ = forward_prop(X, params, "tanh")
    assert cost_function(AL, Y) < costs[-1]


@pytest.mark.parametrize(("output", "cost"), COSTS)
@pytest.mark.parametrize("batch_size", [None, 7])
def test_train_learns_with_every_output_and_cost(samples, output, cost, batch_size):
    X, Y = samples
    dims = [2, 8, 3 if output == "softmax" else 1]
    if output == "linear":
        Y = np.sin(2 * X[:1])
    ends = {"output": output, "cost": cost, "batch_size": batch_size}
    _, costs = train(X, Y, dims, 500, 0.5, activation="tanh", init="xavier", **ends)
    assert costs[-1] < 0.7 * costs[0]


def test_batches_in_the_given_order_are_steps_of_their_own(samples):
    X, Y = samples
    params, _ = train(X, Y, [2, 3, 1], 1, 0.5, batch_size=15, shuffle=False)
    by_hand = init_params([2, 3, 1])
    for part in (slice(0, 15), slice(15, 30), slice(30, 40)):
        by_hand, _ = train(X[:, part], Y[:, part], [2, 3, 1], 1, 0.5, params=by_hand)
    assert all(np.array_equal(params[name], by_hand[name]) for name in params)
    shuffled, _ = train(X, Y, [2, 3, 1], 1, 0.5, batch_size=15)
    assert not np.array_equal(shuffled["W1"], params["W1"])


def test_train_goes_on_from_given_parameters_and_leaves_them(samples):
    X, Y = samples
    whole, costs = train(X, Y, [2, 3, 1], 20, 0.5)
    half, first = train(X, Y, [2, 3, 1], 10, 0.5)
    kept = {name: value.copy() for name, value in half.items()}
    rest, second = train(X, Y, [2, 3, 1], 10, 0.5, params=half)
    assert first + second == costs
    assert all(np.array_equal(rest[name], whole[name]) for name in whole)
    assert all(np.array_equal(half[name], kept[name]) for name in half)


def test_small_weights_stay_on_the_plateau_of_a_deep_sigmoid_net(samples):
    """The article's 0.01: a cost of log 2, and it does not move."""
    X, Y = samples
    Y = np.resize([0.0, 1.0], Y.shape)
    _, costs = train(X, Y, [2, 8, 8, 1], 500, 1.0)
    assert costs[-1] == pytest.approx(np.log(2), abs=0.001)


def test_zeros_keep_the_neurons_of_a_layer_the_same(samples):
    params, _ = train(*samples, [2, 4, 1], 50, 1.0, init="zeros")
    assert (params["W1"] == params["W1"][0]).all()
    assert (params["W2"] == params["W2"][0, 0]).all()


def test_a_rate_that_is_far_too_high_ends_in_nan_without_a_warning(samples):
    X, Y = samples
    params, _ = train(1e150 * X, Y, [2, 3, 1], 50, 1000.0, activation="linear")
    assert not np.isfinite(params["W1"]).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"layer_dims": [3, 4, 1]}, r"layer_dims must start with 2, the number of features, got 3"),
        ({"layer_dims": [2, 4, 2]}, r"layer_dims must end with 1, the number of outputs, got 2"),
        ({"layer_dims": [2, 0, 1]}, r"layer_dims\[1\] must be an integer from 1 to 100000, got 0."),
        ({"Y": np.full((1, 40), 2.0)}, r"Y must hold only the labels 0 and 1, got 2"),
        (
            {"Y": np.zeros((1, 39))},
            r"Y must have the shape \(1, 40\), one label per sample, got \(1, 39\)",
        ),
        ({"X": np.full((2, 40), np.nan)}, r"X must hold only finite numbers, got nan"),
        (
            {"X": np.zeros(40)},
            r"X must have the shape \(features, samples\), at least 1 of each, got \(40,\).",
        ),
        ({"X": [["a"]]}, r"X must be an array of numbers, got \[\['a'\]\]."),
        ({"lr": -0.1}, r"learning_rate must be a number from 0 to 1000, got -0.1"),
        ({"lr": float("nan")}, "learning_rate must be a number from 0 to 1000, got nan."),
        ({"epochs": -1}, r"epochs must be an integer from 0 to 100000, got -1"),
        ({"epochs": 100_001}, "epochs must be an integer from 0 to 100000, got 100001."),
        ({"epochs": 2.0}, "epochs must be an integer from 0 to 100000, got 2.0."),
        (
            {"activation": "swish"},
            "activation must be one of sigmoid, tanh, relu, .*, got 'swish'.",
        ),
        (
            {"activation": ("tanh", "tanh")},
            "activation must be one name, or one for each of .*, got 2 names.",
        ),
        ({"batch_size": 41}, r"batch_size must be an integer from 1 to 40, got 41"),
        ({"l1": -1.0}, r"l1 must be a number from 0 to 1000, got -1.0"),
        (
            {"optimizer": "sgd"},
            "optimizer must be one of gradient_descent, momentum, rmsprop, adam, got 'sgd'.",
        ),
        ({"output": "softmax", "layer_dims": [2, 4, 1]}, "Y must hold only the labels 0, got 1."),
        (
            {"output": "tanh", "cost": "cross_entropy"},
            "cost of a tanh output must be squared_error, got 'cross_entropy'.",
        ),
        (
            {"params": init_params([2, 3, 1])},
            r"params must be W1, b1, W2, b2 in the shapes of layer_dims .*, got 'W1 \(3, 2\), b1 \(3",
        ),
        (
            {"epochs": 0, "activation": "swish"},
            "activation must be one of sigmoid, tanh, relu, .*, got 'swish'.",
        ),
        (
            {"epochs": 10**5000},
            "epochs must be an integer from 0 to 100000, got a number with too many digits.",
        ),
        ({"init": "random"}, "init must be one of article, xavier, he, zeros, got 'random'."),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1."),
    ],
)
def test_train_names_what_is_wrong(samples, change, sentence):
    X, Y = samples
    asked = {"X": X, "Y": Y, "layer_dims": [2, 4, 1], "epochs": 3, "lr": 0.1} | change
    with pytest.raises(ValueError, match=sentence):
        train(**asked)
