"""The article, function by function: what each does, and the errors in the published code.

The article is "How to build a Neural Network from scratch" (Milad E. Fahmy, freeCodeCamp, 2021). There
is also a plain-text copy of it, which has lost every ``[1]`` and some lines. Each error is reproduced,
see published.py and planted_bugs.py, and run on the same input as the function of network.py, so its
outcome is computed, not just claimed.
"""

import inspect
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from scratchnet.lessons import published
from scratchnet.lessons.planted_bugs import BUGS, correct
from scratchnet.nn import activations, network
from scratchnet.nn.network import (
    backprop,
    cost_function,
    init_params,
    one_layer_backward,
    sigmoid,
    train,
    update_parameters,
)


class PublishedError(NamedTuple):
    """An error in a published function, and a case that shows it.

    ``case`` calls the function passed to it: ``published`` is a function that reproduces the error,
    ``ours`` the function of network.py.
    """

    description: str
    published: Callable
    ours: Callable
    case: Callable[[Callable], object]
    why: str

    def run(self) -> object:
        """Run the case with the published version; most raise an exception."""
        return self.case(self.published)

    def run_ours(self) -> object:
        """Run the case with our version."""
        return self.case(self.ours)

    @property
    def source(self) -> str:
        """Return the lines that are run."""
        return _source(self.published, self.case)


def _planted(bug: str, case: Callable[[Callable], object], why: str) -> PublishedError:
    """Return a published error that is also a planted bug, and reproduced by it."""
    planted = BUGS[bug]
    return PublishedError(planted.description, planted.function, correct(planted), case, why)


class Chapter(NamedTuple):
    """One of the eight functions. ``helpers`` are functions that it calls to do its work."""

    name: str
    what_it_does: str
    formula: str
    as_published: str
    errors: tuple[PublishedError, ...] = ()
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


def outcome(error: PublishedError) -> str:
    """Return two lines: the result of the published version and of ours, both run now."""
    return f"published: {_printed(error.run)}\nhere:      {_printed(error.run_ours)}"


def _source(*functions: Callable) -> str:
    return "\n".join(map(inspect.getsource, functions))


def _printed(run: Callable[[], object]) -> str:
    """Return the value of ``run``, or the exception that it raises, as text for the page."""
    try:
        value = run()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


CHAPTERS = (
    Chapter(
        "init_params",
        "Creates the initial parameters. The weights are random, so that the neurons of a layer "
        "differ; the biases are 0. layer_dims holds the layer sizes, starting with the number of "
        "features. (The text once spells the function init_parms.)",
        r"W_l \sim 0.01 \cdot \mathcal{N}(0, 1), \qquad b_l = 0",
        "It runs, with two weaknesses.",
        (
            PublishedError(
                "It seeds NumPy's global random number generator.",
                published.init_with_a_global_seed,
                init_params,
                published.draws_of_other_code,
                "A separate generator gives the same weights and does not affect the random numbers of "
                "other code.",
            ),
            PublishedError(
                "Its weights are too small for two hidden layers of sigmoids.",
                published.init_small,
                partial(init_params, init="xavier"),
                published.largest_first_gradient,
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
            PublishedError(
                "For large negative Z, exp(-Z) overflows. NumPy warns, or raises if configured to.",
                published.sigmoid_that_overflows,
                sigmoid,
                published.sigmoid_of_minus_1000,
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
        "It raises an exception on its first call.",
        (
            PublishedError(
                "The second logarithm is called as log, an undefined name.",
                published.cost_with_a_bare_log,
                cost_function,
                published.cost_of_guessing,
                "Both logarithms must be NumPy's. Ours uses log1p(-A), which is more accurate for "
                "small A.",
            ),
            PublishedError(
                "With this corrected, the cost is not a number but a 1 × 1 matrix, and the cost "
                "history is a list of matrices.",
                published.cost_as_a_matrix,
                cost_function,
                published.cost_of_guessing,
                "The matrix product sums over the samples, but its result is a matrix; np.sum gives "
                "a number.",
            ),
            PublishedError(
                "If an output rounds to 1, the cost of a correct prediction contains 0 · log 0, "
                "which is nan.",
                published.cost_with_log_of_zero,
                cost_function,
                published.cost_of_a_sure_correct_prediction,
                "Ours first clips A to the inside of (0, 1), so that every logarithm is finite. The "
                "remaining cost is round-off.",
            ),
            PublishedError(
                "In the plain-text copy, m is the shape of Y instead of the number of samples.",
                published.cost_over_a_shape,
                cost_function,
                published.cost_of_guessing,
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
        "It raises an exception on its first call.",
        (
            _planted(
                "pair_for_a_number",
                published.dZ_of_one_neuron,
                "The derivative of the sigmoid is A (1 - A), with A alone; ours unpacks the pair.",
            ),
            PublishedError(
                "In the plain-text copy, m is the shape of A_prev.",
                published.layer_over_a_shape,
                one_layer_backward,
                published.dW_of_one_neuron,
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
            _planted(
                "key_of_another_layer",
                published.names_of_gradients,
                "The gradient of W_l is dW_l, for the output layer too. Only dA has the number of the "
                "previous layer, since it is the derivative with respect to that layer's output.",
            ),
            PublishedError(
                "It divides by A and by 1 - A, one of which is 0 if an output rounds to 0 or 1.",
                published.backprop_by_division,
                backprop,
                published.dW_of_a_sure_neuron,
                "The division cancels with the derivative A (1 - A) of the sigmoid. This leaves A - Y, "
                "which is always finite: 0 for the first sample, 1 for the second, ½ on average.",
            ),
            PublishedError(
                "In the plain-text copy the dictionary is never created, and the line for the output "
                "layer and the return are missing.",
                published.backprop_without_grads,
                backprop,
                published.names_of_gradients,
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
        "It raises an exception on its first call.",
        (
            _planted(
                "key_without_d",
                published.updated_W1,
                "Ours looks up dW1, the name under which backprop stores the gradient of W1.",
            ),
            PublishedError(
                "With this corrected, it modifies its argument, so the caller loses the parameters "
                "from before the step.",
                published.update_in_place,
                update_parameters,
                published.W1_of_the_caller,
                "Ours returns new parameters. The old ones can be kept, compared and restored.",
            ),
            PublishedError(
                "In the plain-text copy the loop has no body.",
                published.update_without_a_body,
                update_parameters,
                published.updated_W1,
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
            PublishedError(
                "The first function to fail is cost_function.",
                published.train_with_the_published_cost,
                train,
                published.cost_after_ten_epochs,
                "With the functions above corrected, it trains. Our histories compute the cost from "
                "the logits Z of the output layer, which is accurate even for very confident outputs.",
            ),
            PublishedError(
                "In the plain-text copy the end is missing: nothing is updated, nothing is returned.",
                published.train_without_its_end,
                train,
                published.cost_after_ten_epochs,
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
