"""The article, function by function: what each does, and what is wrong with it in print.

The article is "How to build a Neural Network from scratch" (Milad E. Fahmy, freeCodeCamp, 2021). There
is also a copy of it as plain text, which has lost every ``[1]`` and some lines. A fault is re-created
here in a few lines of its own, and run beside the function of network.py in the same case: what is said
about it is what came out.

The article trains nothing and names neither data nor layers. ``experiment`` does what comes next.
"""
# ruff: noqa: F821  two of the re-creations use a name that nobody has defined

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

# The experiment, as an address of the playground holds it. Its data and layers are ours; sigmoids, the
# full batch and the seed of the weights are the article's.
EXPERIMENT = {
    "dataset": "circles",
    "layer_dims": "2-8-8-1",
    "activation": "sigmoid",
    "learning_rate": "1",
    "epochs": "3000",
}


class Fault(NamedTuple):
    """A fault of a printed function, and a case in which it shows.

    ``case`` calls the function that it is given: ``printed`` is a small re-creation of the fault,
    ``ours`` the function of network.py.
    """

    what_it_does: str
    printed: Callable
    ours: Callable
    case: Callable[[Callable], object]
    why: str

    def run(self) -> object:
        """What comes of the printed version; most raise."""
        return self.case(self.printed)

    def run_ours(self) -> object:
        """What comes of ours in the same case."""
        return self.case(self.ours)

    @property
    def source(self) -> str:
        """The lines that are run."""
        return _source(self.printed, self.case)


class Chapter(NamedTuple):
    """One of the eight functions. ``helpers`` are the functions that do its work, where others do."""

    name: str
    what_it_does: str
    formula: str
    in_print: str
    faults: tuple[Fault, ...] = ()
    helpers: tuple[Callable, ...] = ()

    @property
    def source(self) -> str:
        """The function as it is in network.py, with its helpers."""
        return _source(getattr(network, self.name), *self.helpers)


class Reading(NamedTuple):
    """Something that the article tells its readers to read or watch next."""

    title: str
    author: str
    link: str


def outcome(fault: Fault) -> str:
    """Two lines: what comes of the printed version and of ours, both run now."""
    return f"in print: {_said(fault.run)}\nhere:     {_said(fault.run_ours)}"


def experiment(init: str) -> list[float]:
    """The cost history of the experiment, from first weights of that name: "article" or "xavier"."""
    settings, _ = Settings.from_query(EXPERIMENT)
    data, training = make_dataset(**vars(settings.data)), settings.training
    samples, dims = (data.X_train, data.Y_train), settings.network.layer_dims
    how = {"init": init, "precision": training.precision}
    _, costs = train(*samples, dims, training.epochs, training.learning_rate, **how)
    return costs


def address(init: str) -> str:
    """The end of the playground's address that gives the same run."""
    return urlencode(EXPERIMENT | {"init": init})


def _source(*functions: Callable) -> str:
    return "\n".join(map(inspect.getsource, functions))


def _said(run: Callable[[], object]) -> str:
    """The value that ``run`` gives, or the error it raises, as the page says it."""
    try:
        value = run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


# Two visitors of the page must not seed np.random, which all threads share, one beside the other.
ONE_AT_A_TIME = Lock()

# The faults, function by function: re-creations, and the cases in which they are run.


def init_with_the_seed_of_all(layer_dims):
    np.random.seed(3)  # everybody draws from here
    sizes = enumerate(pairwise(layer_dims), start=1)
    return {f"W{l}": 0.01 * np.random.randn(n, n_prev) for l, (n_prev, n) in sizes}


def next_draws_of_others(init):
    """Two programs with seeds of their own each make a network, then draw a number."""
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
    """The largest entry of dW1 at the start of the experiment below."""
    settings, _ = Settings.from_query(EXPERIMENT)
    data = make_dataset(**vars(settings.data))
    AL, caches = forward_prop(data.X_train, init(settings.network.layer_dims))
    return float(np.abs(backprop(AL, data.Y_train, caches)["dW1"]).max())


def sigmoid_that_overflows(Z):
    return 1 / (1 + np.exp(-Z)), Z


def sigmoid_far_left(sigmoid):
    """Where NumPy is told to raise what it otherwise warns of."""
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
    """Z = 0, where the slope is 1/4: dZ = 8/4, and dW = 3 dZ."""
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
    dA, grads[f"dW{L - 1}"], _ = linear_backward(AL - Y, caches[-1][0])  # it is dW of layer L
    for l in range(L - 1, 0, -1):
        dA, grads[f"dW{l}"], _ = one_layer_backward(dA, caches[l - 1])
    return grads


def names_of_gradients(backprop):
    """Of a network with two layers."""
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
    """Z = 38, so that A rounds to 1, for a sample of class 1 and one of class 0."""
    params = {"W1": np.array([[38.0]]), "b1": np.array([[0.0]])}
    AL, caches = forward_prop(np.array([[1.0, 1.0]]), params)
    with np.errstate(divide="ignore", invalid="ignore"):  # NumPy would warn
        return backprop(AL, np.array([[1.0, 0.0]]), caches)["dW1"].item()


def update_by_the_wrong_name(parameters, grads, learning_rate):
    return {name: theta - learning_rate * grads[name] for name, theta in parameters.items()}


def updated_W1(update):
    """1 - 0.5 · 0.4."""
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    return update({"W1": one, "b1": zero}, {"dW1": 0.4 * one, "db1": zero}, 0.5)["W1"].item()


def update_of_what_is_given(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] = parameters[name] - learning_rate * grads[f"d{name}"]
    return parameters


def given_W1(update):
    """W1 of the caller, which was 1, after an update."""
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    given = {"W1": one, "b1": zero}
    update(given, {"dW1": 0.4 * one, "db1": zero}, 0.5)
    return given["W1"].item()


def update_without_a_body(parameters, grads, learning_rate):
    exec("for name in parameters:\nupdated = parameters")  # as text, for Python refuses to read it


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
        "Makes the first parameters. Weights are random, so that the neurons of a layer differ from "
        "each other; biases start at 0. layer_dims holds the sizes of the layers, from the features "
        "on. (The text once spells the function init_parms.)",
        r"W_l \sim 0.01 \cdot \mathcal{N}(0, 1), \qquad b_l = 0",
        "It runs, with two weaknesses.",
        (
            Fault(
                "It seeds the random numbers of the whole program.",
                init_with_the_seed_of_all,
                init_params,
                next_draws_of_others,
                "A generator of its own gives the same weights, and leaves the draws of all others "
                "alone.",
            ),
            Fault(
                "Its weights are too small for two hidden layers of sigmoids.",
                init_small,
                partial(init_params, init="xavier"),
                largest_first_gradient,
                "Each layer multiplies the error by its weights on the way back, so that 0.01 leaves "
                'next to nothing of it. The second number is with init="xavier", whose weights go with '
                "the sizes of the layers; unasked, init_params still takes 0.01. The experiment below "
                "compares the two.",
            ),
        ),
    ),
    Chapter(
        "sigmoid",
        "Turns any number into one between 0 and 1, and hands back Z too, for backpropagation. (The "
        "text speaks of discrete inputs; they may be any numbers.)",
        r"A = \sigma(Z) = \frac{1}{1 + e^{-Z}}",
        "It runs, and the numbers are right; it may warn.",
        (
            Fault(
                "Far to the left, exp overflows. NumPy warns, or stops where it is told to.",
                sigmoid_that_overflows,
                sigmoid,
                sigmoid_far_left,
                "1 divided by infinity is the 0 that A should be, so there is nothing to warn of, and "
                "the warning is turned off here.",
            ),
        ),
        (network.activate, activations.sigmoid),
    ),
    Chapter(
        "forward_prop",
        "Takes the samples through all layers: each multiplies by its weights, adds its biases and "
        "applies the sigmoid. What backpropagation needs again is kept in caches, one a layer.",
        r"A_0 = X, \quad Z_l = W_l A_{l-1} + b_l, \quad A_l = \sigma(Z_l)",
        "It runs, and there is no fault in it.",
    ),
    Chapter(
        "cost_function",
        "Says in one number how far the outputs are from the labels: the binary cross-entropy, which "
        "is 0 where the network is sure and right, log 2 = 0.693 where it guesses, and large where it"
        " is sure and wrong.",
        r"J = -\tfrac{1}{m} \sum_{i=1}^{m} ( y_i \log a_i + (1 - y_i) \log (1 - a_i) )",
        "It stops at its first call.",
        (
            Fault(
                "The second logarithm is called log, a name that nothing has defined.",
                cost_with_a_bare_log,
                cost_function,
                cost_of_guessing,
                "Both logarithms are NumPy's; ours takes log1p(-A), which is more exact where A is "
                "small.",
            ),
            Fault(
                "With this mended, the cost is not a number but a matrix with one entry, and the cost"
                " history a list of matrices.",
                cost_as_a_matrix,
                cost_function,
                cost_of_guessing,
                "A product of matrices adds up the samples, but stays a matrix; a sum is a number.",
            ),
            Fault(
                "Once an output rounds to 1, the cost of a right answer is 0 times the logarithm of 0.",
                cost_with_log_of_zero,
                cost_function,
                cost_of_being_sure_and_right,
                "A is first moved inside (0, 1), by next to nothing, so that every logarithm is "
                "finite. What is left of the cost is rounding.",
            ),
            Fault(
                "In the plain-text copy, m is the shape of Y instead of the number of samples.",
                cost_over_a_shape,
                cost_function,
                cost_of_guessing,
                "Y is (1, m), so that m is the second entry of its shape.",
            ),
        ),
    ),
    Chapter(
        "one_layer_backward",
        "Takes the error back through one layer: from dA of its outputs to dW and db of its "
        "parameters, and to dA of the layer before. dA and dZ are the derivatives of the summed loss,"
        " m times those of the cost, although the text speaks of the cost; the 1/m comes with dW and "
        "db. Ours keeps that.",
        r"\begin{aligned} dZ &= dA \cdot A (1 - A) \\ dW &= \tfrac{1}{m} \, dZ \, A_{prev}^T \\ "
        r"db &= \tfrac{1}{m} \textstyle\sum_{i=1}^{m} dZ_i \\ dA_{prev} &= W^T dZ \end{aligned}",
        "It stops at its first call.",
        (
            Fault(
                "It subtracts from 1 all that sigmoid returns, which is a pair: A and Z.",
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
                "A_prev has a column for each sample, so that m is the second entry of its shape.",
            ),
        ),
        (network.linear_backward,),
    ),
    Chapter(
        "backprop",
        "Goes through the layers from the last to the first, and collects the gradients: the slopes "
        "of the cost (the text once says: of the output) along every weight and bias.",
        r"dZ_L = A_L - Y, \qquad dA_l \to dW_l, \, db_l, \, dA_{l-1}",
        "It would run, if one_layer_backward did; but what it returns is wrong.",
        (
            Fault(
                "The gradients of the output layer are stored under the number of the layer before, "
                "whose own then overwrite them: the last dW and db are missing.",
                backprop_one_name_off,
                backprop,
                names_of_gradients,
                "The gradient of W_l is dW_l, for the output layer too. Only dA goes by the number of"
                " the layer before, since it belongs to what that layer gives.",
            ),
            Fault(
                "It divides by A and by 1 - A, one of which is 0 once an output rounds to 0 or 1.",
                backprop_by_division,
                backprop,
                dW_of_a_sure_neuron,
                "Multiplied out, the division and the slope A (1 - A) of the sigmoid leave A - Y, "
                "which is always finite: 0 for the first sample, 1 for the second, ½ in the mean.",
            ),
            Fault(
                "In the plain-text copy the dictionary is never made, the line for the output layer "
                "is gone, and so is the return.",
                backprop_without_grads,
                backprop,
                names_of_gradients,
                "Ours begins with an empty dictionary, fills it from the output layer on, and returns"
                " it.",
            ),
        ),
    ),
    Chapter(
        "update_parameters",
        "Takes one step of gradient descent: every parameter moves against its gradient, the farther "
        "the higher the learning rate α.",
        r"W_l \leftarrow W_l - \alpha \, dW_l, \quad b_l \leftarrow b_l - \alpha \, db_l",
        "It stops at its first call.",
        (
            Fault(
                "It looks the gradients up as W1 and b1, but their names are dW1 and db1.",
                update_by_the_wrong_name,
                update_parameters,
                updated_W1,
                "W1 moves against dW1, by the name under which backprop has stored it.",
            ),
            Fault(
                "With this mended, it changes the dictionary that it was given, so that the "
                "parameters from before the step are lost to the caller.",
                update_of_what_is_given,
                update_parameters,
                given_W1,
                "Ours returns new parameters. The old ones can be kept, compared and gone back to.",
            ),
            Fault(
                "In the plain-text copy the loop has lost its body.",
                update_without_a_body,
                update_parameters,
                updated_W1,
                "Ours has the step for W and for b in it.",
            ),
        ),
    ),
    Chapter(
        "train",
        "Puts it all together. An epoch is one pass of the samples forwards, the cost, one pass back,"
        " and one step. The cost history has the cost of each epoch, from before its step.",
        r"X \to A_L \to J, \quad A_L, Y \to dW_l, db_l \to W_l, b_l",
        "There is no fault in its own lines, but it stops in its first epoch.",
        (
            Fault(
                "The first function to fail is cost_function.",
                train_with_the_printed_cost,
                train,
                cost_after_ten_epochs,
                "With the functions above corrected, it trains. Our histories take the cost from Z of"
                " the output layer, where it is exact however sure the network is.",
            ),
            Fault(
                "In the plain-text copy the end is missing: nothing is updated, and nothing returned.",
                train_without_its_end,
                train,
                cost_after_ten_epochs,
                "Ours ends an epoch with backprop and update_parameters, and returns what it has "
                "trained.",
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
