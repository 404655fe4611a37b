"""Errors in the article's code, function by function: each reproduced, and the case that shows it.

Each is a few lines of its own. Those that can be planted in network.py are in planted_bugs.py.
"""
# ruff: noqa: F821  two of the reproduced errors use an undefined name

from itertools import pairwise
from threading import Lock

import numpy as np

from scratchnet.data.datasets import make_dataset
from scratchnet.lessons.experiment import QUERY
from scratchnet.nn.network import (
    backprop,
    cost_function,
    forward_prop,
    init_params,
    one_layer_backward,
    sigmoid,
)
from scratchnet.run.settings import Settings

# Two visitors must not seed np.random, which all threads share, at the same time.
ONE_AT_A_TIME = Lock()


def init_with_a_global_seed(layer_dims):
    np.random.seed(3)  # the global generator
    sizes = enumerate(pairwise(layer_dims), start=1)
    return {f"W{l}": 0.01 * np.random.randn(n, n_prev) for l, (n_prev, n) in sizes}


def draws_of_other_code(init):
    """Seed differently twice; each time initialize a network, then draw a random number."""
    with ONE_AT_A_TIME:
        kept, draws = np.random.get_state(), []
        try:
            for seed in (1, 2):
                np.random.seed(seed)
                init([2, 4, 1])
                draws.append(round(np.random.rand(), 4))
        finally:
            np.random.set_state(kept)
    return draws


def init_small(layer_dims):
    return init_params(layer_dims, init="article")  # 0.01 times a normal draw


def largest_first_gradient(init):
    """Return the largest |dW1| at the start of the experiment."""
    settings, _ = Settings.from_query(QUERY)
    data = make_dataset(**vars(settings.data))
    AL, caches = forward_prop(data.X_train, init(settings.network.layer_dims))
    return float(np.abs(backprop(AL, data.Y_train, caches)["dW1"]).max())


def sigmoid_that_overflows(Z):
    return 1 / (1 + np.exp(-Z)), Z


def sigmoid_of_minus_1000(sigmoid):
    """Apply the sigmoid to -1000, with NumPy warnings turned into exceptions."""
    with np.errstate(over="raise"):
        A, _ = sigmoid(np.array([-1000.0]))
    return A.item()


def cost_with_a_bare_log(A, Y):
    return -np.mean(np.where(Y == 1, np.log(A), log(1 - A)))


def cost_of_guessing(cost):
    return cost(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]]))


def cost_as_a_matrix(A, Y):
    by_sample = Y @ np.log(A).T + (1 - Y) @ np.log(1 - A).T
    return -by_sample / Y.shape[1]


def cost_over_a_shape(A, Y):
    m = Y.shape  # (1, 2), not 2
    return 1 / m * -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))


def cost_with_log_of_zero(A, Y):
    return -float(np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)))


def cost_of_a_sure_correct_prediction(cost):
    with np.errstate(divide="ignore", invalid="ignore"):  # NumPy would warn
        return cost(np.array([[1.0]]), np.array([[1.0]]))


def dZ_of_one_neuron(layer):
    """Return dZ at Z = 0, where the slope is 1/4: 8/4."""
    return layer(np.array([[8.0]]), np.array([[0.0]])).item()


def dW_of_one_neuron(layer):
    """Return dW at Z = 0, where the slope is 1/4: dZ = 8/4, and dW = 3 dZ."""
    A_prev, W, b, Z = (np.array([[number]]) for number in (3.0, 2.0, -6.0, 0.0))
    _, dW, _ = layer(np.array([[8.0]]), ((A_prev, W, b), Z))
    return dW.item()


def layer_over_a_shape(dA, cache):
    (A_prev, W, _), Z = cache
    A, _ = sigmoid(Z)
    dZ = A * (1 - A) * dA
    per_sample = 1 / A_prev.shape
    return W.T @ dZ, per_sample * (dZ @ A_prev.T), per_sample * dZ.sum()


def names_of_gradients(backprop):
    """Return the names of the weight gradients of a network with two layers."""
    AL, caches = forward_prop(np.eye(2), init_params([2, 3, 1]))
    grads = backprop(AL, np.array([[1.0, 0.0]]), caches)
    return sorted(name for name in grads if name.startswith("dW"))


def backprop_without_grads(AL, Y, caches):
    for l in range(len(caches) - 1, 0, -1):
        _, grads[f"dW{l}"], _ = one_layer_backward(grads[f"dA{l}"], caches[l - 1])


def backprop_by_division(AL, Y, caches):
    dAL = (1 - Y) / (1 - AL) - Y / AL
    dA0, dW1, _ = one_layer_backward(dAL, caches[0])
    return {"dA0": dA0, "dW1": dW1}


def dW_of_a_sure_neuron(backprop):
    """Return dW for Z = 38, where A rounds to 1, with one sample of class 1 and one of class 0."""
    params = {"W1": np.array([[38.0]]), "b1": np.array([[0.0]])}
    AL, caches = forward_prop(np.array([[1.0, 1.0]]), params)
    with np.errstate(divide="ignore", invalid="ignore"):  # NumPy would warn
        return backprop(AL, np.array([[1.0, 0.0]]), caches)["dW1"].item()


def updated_W1(update):
    """Return the updated W1: 1 - 0.5 · 0.4."""
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    return update({"W1": one, "b1": zero}, {"dW1": 0.4 * one, "db1": zero}, 0.5)["W1"].item()


def update_in_place(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] = parameters[name] - learning_rate * grads[f"d{name}"]
    return parameters


def W1_of_the_caller(update):
    """Return the caller's own W1, which was 1, after an update."""
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    given = {"W1": one, "b1": zero}
    update(given, {"dW1": 0.4 * one, "db1": zero}, 0.5)
    return given["W1"].item()


def update_without_a_body(parameters, grads, learning_rate):
    exec("for name in parameters:\nupdated = parameters")  # as text, since Python cannot parse it


def train_with_the_published_cost(X, Y, layer_dims, epochs, lr):
    params, costs = init_params(layer_dims), []
    for _ in range(epochs):
        AL, _ = forward_prop(X, params)
        costs.append(cost_with_a_bare_log(AL, Y))
    return params, costs


def cost_after_ten_epochs(train):
    X, Y = np.array([[-1.0, 0.0, 2.0]]), np.array([[0.0, 0.0, 1.0]])
    params, _ = train(X, Y, [1, 1], 10, 1.0)
    AL, _ = forward_prop(X, params)
    return cost_function(AL, Y)


def train_without_its_end(X, Y, layer_dims, epochs, lr):
    params, costs = init_params(layer_dims), []
    for _ in range(epochs):
        AL, _ = forward_prop(X, params)
        costs.append(cost_function(AL, Y))
