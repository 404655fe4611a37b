"""The article, function by function: what each does, and the errors in the published code.

The article is "How to build a Neural Network from scratch" (Milad E. Fahmy, freeCodeCamp, 2021). There
is also a plain-text copy of it, which has lost every ``[1]`` and some lines. Each error is reproduced
here in a few lines of its own and run on the same input as the function of network.py, so its outcome
is computed, not just claimed.

The article trains nothing and names neither data nor layers. ``experiment`` adds that.
"""
# ruff: noqa: F821  two of the reproduced errors use an undefined name

import inspect
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np

from scratchnet.data.datasets import make_dataset
from scratchnet.nn import activations, network
from scratchnet.nn.network import (
    backprop,
    cost_function,
    forward_prop,
    init_params,
    linear_backward,
    one_layer_backward,
    sigmoid,
    train,
    update_parameters,
)
from scratchnet.run.settings import Settings

# The experiment, in the form of a playground address. Data and layers are ours; sigmoids, full batch
# and the seed of the weights are the article's.
EXPERIMENT = {
    "dataset": "circles",
    "layer_dims": "2-8-8-1",
    "activation": "sigmoid",
    "learning_rate": "1",
    "epochs": "3000",
}


class Fault(NamedTuple):
    """An error in a published function, and a case that shows it.

    ``case`` calls the function passed to it: ``printed`` is a small function that reproduces the error,
    ``ours`` the function of network.py.
    """

    what_it_does: str
    printed: Callable
    ours: Callable
    case: Callable[[Callable], object]
    why: str

    def run(self) -> object:
        """Run the case with the published version; most raise an exception."""
        return self.case(self.printed)

    def run_ours(self) -> object:
        """Run the case with our version."""
        return self.case(self.ours)

    @property
    def source(self) -> str:
        """Return the lines that are run."""
        return _source(self.printed, self.case)


class Chapter(NamedTuple):
    """One of the eight functions. ``helpers`` are functions that it calls to do its work."""

    name: str
    what_it_does: str
    formula: str
    in_print: str
    faults: tuple[Fault, ...] = ()
    helpers: tuple[Callable, ...] = ()

    @property
    def source(self) -> str:
        """Return the source of the function in network.py, with its helpers."""
        return _source(getattr(network, self.name), *self.helpers)


class Reading(NamedTuple):
    """Further reading that the article recommends."""

    title: str
    author: str
    link: str


def outcome(fault: Fault) -> str:
    """Return two lines: the result of the published version and of ours, both run now."""
    return f"published: {_said(fault.run)}\nhere:      {_said(fault.run_ours)}"


def experiment(init: str) -> list[float]:
    """Return the cost history of the experiment with the initial weights "article" or "xavier"."""
    settings, _ = Settings.from_query(EXPERIMENT)
    data, training = make_dataset(**vars(settings.data)), settings.training
    samples, dims = (data.X_train, data.Y_train), settings.network.layer_dims
    how = {"init": init, "precision": training.precision}
    _, costs = train(*samples, dims, training.epochs, training.learning_rate, **how)
    return costs


def address(init: str) -> str:
    """Return the query of the playground address that gives the same run."""
    return urlencode(EXPERIMENT | {"init": init})


def _source(*functions: Callable) -> str:
    return "\n".join(map(inspect.getsource, functions))


def _said(run: Callable[[], object]) -> str:
    """Return the value of ``run``, or the exception that it raises, as text for the page."""
    try:
        value = run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


# Two visitors must not seed np.random, which all threads share, at the same time.
ONE_AT_A_TIME = Lock()

# The errors, function by function: each reproduced, and the case in which it is run.


def init_with_the_seed_of_all(layer_dims):
    np.random.seed(3)  # the global generator
    sizes = enumerate(pairwise(layer_dims), start=1)
    return {f"W{l}": 0.01 * np.random.randn(n, n_prev) for l, (n_prev, n) in sizes}


def next_draws_of_others(init):
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
    """Return the largest |dW1| at the start of the experiment below."""
    settings, _ = Settings.from_query(EXPERIMENT)
    data = make_dataset(**vars(settings.data))
    AL, caches = forward_prop(data.X_train, init(settings.network.layer_dims))
    return float(np.abs(backprop(AL, data.Y_train, caches)["dW1"]).max())


def sigmoid_that_overflows(Z):
    return 1 / (1 + np.exp(-Z)), Z


def sigmoid_far_left(sigmoid):
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


def cost_of_being_sure_and_right(cost):
    with np.errstate(divide="ignore", invalid="ignore"):  # NumPy would warn
        return cost(np.array([[1.0]]), np.array([[1.0]]))


def layer_with_a_pair(dA, cache):
    linear_cache, Z = cache
    slope = (1 - sigmoid(Z)) * sigmoid(Z)  # sigmoid gives A and Z
    return linear_backward(dA * slope, linear_cache)


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


def backprop_one_name_off(AL, Y, caches):
    L, grads = len(caches), {}
    dA, grads[f"dW{L - 1}"], _ = linear_backward(AL - Y, caches[-1][0])  # this is dW of layer L
    for l in range(L - 1, 0, -1):
        dA, grads[f"dW{l}"], _ = one_layer_backward(dA, caches[l - 1])
    return grads


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


def update_by_the_wrong_name(parameters, grads, learning_rate):
    return {name: theta - learning_rate * grads[name] for name, theta in parameters.items()}


def updated_W1(update):
    """Return the updated W1: 1 - 0.5 · 0.4."""
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    return update({"W1": one, "b1": zero}, {"dW1": 0.4 * one, "db1": zero}, 0.5)["W1"].item()


def update_of_what_is_given(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] = parameters[name] - learning_rate * grads[f"d{name}"]
    return parameters


def given_W1(update):
    """Return the caller's own W1, which was 1, after an update."""
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    given = {"W1": one, "b1": zero}
    update(given, {"dW1": 0.4 * one, "db1": zero}, 0.5)
    return given["W1"].item()


def update_without_a_body(parameters, grads, learning_rate):
    exec("for name in parameters:\nupdated = parameters")  # as text, since Python cannot parse it


def train_with_the_printed_cost(X, Y, layer_dims, epochs, lr):
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


CHAPTERS = (
    Chapter(
        "init_params",
        "Creates the initial parameters. The weights are random, so that the neurons of a layer "
        "differ; the biases are 0. layer_dims holds the layer sizes, starting with the number of "
        "features. (The text once spells the function init_parms.)",
        r"W_l \sim 0.01 \cdot \mathcal{N}(0, 1), \qquad b_l = 0",
        "It runs, with two weaknesses.",
        (
            Fault(
                "It seeds the random numbers of the whole program.",
                init_with_the_seed_of_all,
                init_params,
                next_draws_of_others,
                "A separate generator gives the same weights and does not affect the random numbers of "
                "other code.",
            ),
            Fault(
                "Its weights are too small for two hidden layers of sigmoids.",
                init_small,
                partial(init_params, init="xavier"),
                largest_first_gradient,
                "In the backward pass each layer multiplies the error by its weights, so with weights "
                "of about 0.01 almost no gradient reaches the first layer. The second number is with "
                'init="xavier", which scales the weights by the layer sizes; the default of '
                "init_params is still 0.01. The experiment below compares the two.",
            ),
        ),
    ),
    Chapter(
        "sigmoid",
        "Maps any number to a number between 0 and 1. It also returns Z, for backpropagation. (The "
        "text speaks of discrete inputs; in fact they may be any real numbers.)",
        r"A = \sigma(Z) = \frac{1}{1 + e^{-Z}}",
        "It runs, and the result is correct; it may cause a warning.",
        (
            Fault(
                "For large negative Z, exp(-Z) overflows. NumPy warns, or raises if configured to.",
                sigmoid_that_overflows,
                sigmoid,
                sigmoid_far_left,
                "1 / infinity = 0 is the correct value of A, so the warning is harmless; our code "
                "turns it off.",
            ),
        ),
        (network.activate, activations.sigmoid),
    ),
    Chapter(
        "forward_prop",
        "The forward pass: each layer multiplies by its weights, adds its biases and applies the "
        "sigmoid. The values that backpropagation needs are stored in caches, one per layer.",
        r"A_0 = X, \quad Z_l = W_l A_{l-1} + b_l, \quad A_l = \sigma(Z_l)",
        "It runs and is correct.",
    ),
    Chapter(
        "cost_function",
        "Measures in one number how far the outputs are from the labels: the binary cross-entropy. It "
        "is near 0 for confident correct predictions, log 2 = 0.693 for guessing, and large for "
        "confident wrong predictions.",
        r"J = -\tfrac{1}{m} \sum_{i=1}^{m} ( y_i \log a_i + (1 - y_i) \log (1 - a_i) )",
        "It stops at its first call.",
        (
            Fault(
                "The second logarithm is called as log, an undefined name.",
                cost_with_a_bare_log,
                cost_function,
                cost_of_guessing,
                "Both logarithms must be NumPy's. Ours uses log1p(-A), which is more accurate for "
                "small A.",
            ),
            Fault(
                "With this corrected, the cost is not a number but a 1 × 1 matrix, and the cost "
                "history is a list of matrices.",
                cost_as_a_matrix,
                cost_function,
                cost_of_guessing,
                "The matrix product sums over the samples, but its result is a matrix; np.sum gives "
                "a number.",
            ),
            Fault(
                "If an output rounds to 1, the cost of a correct prediction contains 0 · log 0, "
                "which is nan.",
                cost_with_log_of_zero,
                cost_function,
                cost_of_being_sure_and_right,
                "Ours first clips A to the inside of (0, 1), so that every logarithm is finite. The "
                "remaining cost is round-off.",
            ),
            Fault(
                "In the plain-text copy, m is the shape of Y instead of the number of samples.",
                cost_over_a_shape,
                cost_function,
                cost_of_guessing,
                "Y has shape (1, m), so m is the second entry of the shape.",
            ),
        ),
    ),
    Chapter(
        "one_layer_backward",
        "Backpropagates through one layer: from dA of its outputs to dW and db of its parameters, and "
        "to dA of the previous layer. dA and dZ are the derivatives of the summed loss, m times those "
        "of the cost, although the text speaks of the cost; the factor 1/m comes with dW and db. Ours "
        "does the same.",
        r"\begin{aligned} dZ &= dA \cdot A (1 - A) \\ dW &= \tfrac{1}{m} \, dZ \, A_{prev}^T \\ "
        r"db &= \tfrac{1}{m} \textstyle\sum_{i=1}^{m} dZ_i \\ dA_{prev} &= W^T dZ \end{aligned}",
        "It stops at its first call.",
        (
            Fault(
                "It subtracts the whole return value of sigmoid from 1, which is the pair (A, Z).",
                layer_with_a_pair,
                one_layer_backward,
                dW_of_one_neuron,
                "The derivative of the sigmoid is A (1 - A), with A alone; ours unpacks the pair.",
            ),
            Fault(
                "In the plain-text copy, m is the shape of A_prev.",
                layer_over_a_shape,
                one_layer_backward,
                dW_of_one_neuron,
                "A_prev has one column per sample, so m is the second entry of its shape.",
            ),
        ),
        (network.activation_backward, network.linear_backward),
    ),
    Chapter(
        "backprop",
        "The backward pass: goes through the layers from last to first and collects the gradient, the "
        "derivatives of the cost (the text once says: of the output) with respect to every weight and "
        "bias.",
        r"dZ_L = A_L - Y, \qquad dA_l \to dW_l, \, db_l, \, dA_{l-1}",
        "It would run if one_layer_backward did, but its result is wrong.",
        (
            Fault(
                "The gradients of the output layer are stored under the number of the previous layer, "
                "whose gradients then overwrite them: the last dW and db are missing.",
                backprop_one_name_off,
                backprop,
                names_of_gradients,
                "The gradient of W_l is dW_l, for the output layer too. Only dA has the number of the "
                "previous layer, since it is the derivative with respect to that layer's output.",
            ),
            Fault(
                "It divides by A and by 1 - A, one of which is 0 if an output rounds to 0 or 1.",
                backprop_by_division,
                backprop,
                dW_of_a_sure_neuron,
                "The division cancels with the derivative A (1 - A) of the sigmoid. This leaves A - Y, "
                "which is always finite: 0 for the first sample, 1 for the second, ½ on average.",
            ),
            Fault(
                "In the plain-text copy the dictionary is never created, and the line for the output "
                "layer and the return are missing.",
                backprop_without_grads,
                backprop,
                names_of_gradients,
                "Ours creates an empty dictionary, fills it from the output layer backwards, and "
                "returns it.",
            ),
        ),
    ),
    Chapter(
        "update_parameters",
        "Takes one step of gradient descent: every parameter moves against its gradient, by a step "
        "proportional to the learning rate α.",
        r"W_l \leftarrow W_l - \alpha \, dW_l, \quad b_l \leftarrow b_l - \alpha \, db_l",
        "It stops at its first call.",
        (
            Fault(
                "It looks up the gradients as W1 and b1, but their names are dW1 and db1.",
                update_by_the_wrong_name,
                update_parameters,
                updated_W1,
                "Ours looks up dW1, the name under which backprop stores the gradient of W1.",
            ),
            Fault(
                "With this corrected, it modifies its argument, so the caller loses the parameters "
                "from before the step.",
                update_of_what_is_given,
                update_parameters,
                given_W1,
                "Ours returns new parameters. The old ones can be kept, compared and restored.",
            ),
            Fault(
                "In the plain-text copy the loop has no body.",
                update_without_a_body,
                update_parameters,
                updated_W1,
                "In ours, the loop updates W and b.",
            ),
        ),
    ),
    Chapter(
        "train",
        "The training loop. An epoch is one forward pass, the cost, one backward pass and one update. "
        "The cost history holds the cost of each epoch before its update.",
        r"X \to A_L \to J, \quad A_L, Y \to dW_l, db_l \to W_l, b_l",
        "Its own lines are correct, but it stops in the first epoch.",
        (
            Fault(
                "The first function to fail is cost_function.",
                train_with_the_printed_cost,
                train,
                cost_after_ten_epochs,
                "With the functions above corrected, it trains. Our histories compute the cost from "
                "the logits Z of the output layer, which is accurate even for very confident outputs.",
            ),
            Fault(
                "In the plain-text copy the end is missing: nothing is updated, nothing is returned.",
                train_without_its_end,
                train,
                cost_after_ten_epochs,
                "Ours ends each epoch with backprop and update_parameters, and returns the trained "
                "parameters.",
            ),
        ),
    ),
)

READINGS = (
    Reading("Neural Networks Playlist", "3Blue1Brown", "https://youtu.be/aircAruvnKk"),
    Reading(
        "Neural Networks and Deep Learning",
        "Michael A. Nielsen",
        "http://neuralnetworksanddeeplearning.com/chap1.html",
    ),
    Reading(
        "Gradient Descent and Stochastic Gradient Descent",
        "Sebastian Raschka",
        "https://www.quora.com/Whats-the-difference-between-gradient-descent-and-stochastic-gradient-descent/answer/Sebastian-Raschka-1",
    ),
)
