"""A bug is a faulty line in the code of the network, planted to see what it does.

Each is a patch: a line of a function that network.py uses, and what stands there instead. ``planted``
gives a copy of network.py with the bug in it; the copy runs, is checked and trains just as network.py
does.
"""

import ast
import inspect
import linecache
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec, module_from_spec
from itertools import pairwise
from textwrap import indent
from types import ModuleType
from typing import NamedTuple

import numpy as np

from scratchnet.analysis.gradient_check import FAILURES, Case, exception_text
from scratchnet.data.datasets import make_dataset
from scratchnet.data.features import features_of
from scratchnet.nn import network
from scratchnet.run.settings import Settings

# A training to look at is so long, but has no more than so many updates.
EPOCHS, UPDATES = 300, 3000

# Lines of network.py that several bugs stand in the place of.
HIDDEN_DZ = "dZ = dA * ACTIVATIONS[activation].derivative(Z, A)  # (n_l, m)"
DB = "db = (1 / m) * np.dot(dZ, np.ones((m, 1)))  # the sum over the samples"
OUTPUT_DZ = "dZ = cost_of(output, cost).dZ(AL, Y)"
GRAD = 'theta, grad = parameters[name], grads[f"d{name}"]'


class Bug(NamedTuple):
    """A bug: what is wrong, and a patch of the function that it ``replaces``.

    ``line``, which may be a few lines, stands once in that function; ``by`` is there instead.
    ``training`` says what it does in 300 epochs to a run on the moons, such as the one that the page
    opens with. A bug that ``needs`` something changes nothing where there is no such thing, which
    ``applies`` tells.
    """

    title: str
    fault: str
    replaces: str
    line: str
    by: str
    training: str
    needs: str = ""
    applies: Callable[[Case], bool] = lambda case: True

    @property
    def function(self) -> Callable:
        """The function with the bug in it."""
        return getattr(planted(self), self.replaces)


def _hidden_besides(*names: str) -> Callable[[Case], bool]:
    return lambda case: any(name not in names for name in case.activations)


def _wide_neighbours(case: Case) -> bool:
    _, *dims = case.layer_dims
    return any(n_prev > 1 and n > 1 for n_prev, n in pairwise(dims))


HIDDEN = {"needs": "a hidden layer", "applies": _hidden_besides()}

BUGS = {
    "no_derivative": Bug(
        "The slope of the activation is missing",
        "In a hidden layer dZ is dA, as if every activation were a straight line of slope 1.",
        "activation_backward",
        HIDDEN_DZ,
        "dZ = dA  # and not times g'(Z)",
        "The cost stays several times as high, and keeps jumping up and down.",
        "a hidden layer that is not linear",
        _hidden_besides("linear"),
    ),
    "derivative_at_A": Bug(
        "The slope is taken at A instead of Z",
        "The cache is thought to hold A, so that the activation is applied twice before its slope.",
        "activation_backward",
        "A, _ = activate(Z, ACTIVATIONS[activation].function)",
        "Z, _ = activate(Z, ACTIVATIONS[activation].function)  # A, taken for Z\n"
        "A, _ = activate(Z, ACTIVATIONS[activation].function)",
        "It learns, and nothing seems wrong. Yet the cost stays half as high again, or more.",
        "a hidden layer that is not linear, ReLU or leaky ReLU, whose slopes at A and Z are the same",
        _hidden_besides("linear", "relu", "leaky_relu"),
    ),
    "derivative_of_sigmoid": Bug(
        "The slope of a sigmoid for every activation",
        "A (1 - A), as in the article, stays where another activation was put in.",
        "activation_backward",
        HIDDEN_DZ,
        "dZ = dA * A * (1 - A)  # the slope of a sigmoid, whatever the activation is",
        "The slope is negative where tanh is, and the cost stays several times as high.",
        "a hidden layer that is not a sigmoid",
        _hidden_besides("sigmoid"),
    ),
    "pair_for_a_number": Bug(
        "A pair is taken for a number",
        "sigmoid gives A and its cache, and 1 is to be lessened by both: so the article has it.",
        "activation_backward",
        HIDDEN_DZ,
        "dZ = dA * (1 - sigmoid(Z)) * sigmoid(Z)  # sigmoid gives two things, A and Z",
        "There is none: Python stops in the first step.",
        **HIDDEN,
    ),
    "sum_for_mean": Bug(
        "1/m is missing",
        "The gradients are those of the sum over the m samples, and the cost is the mean.",
        "linear_backward",
        f"dW = (1 / m) * np.dot(dZ, A_prev.T)\n{DB}",
        "dW = np.dot(dZ, A_prev.T)  # and not 1/m of it\n"
        "db = np.dot(dZ, np.ones((m, 1)))  # and not 1/m of it",
        "Each step is 210 times as long as it should be: the cost jumps about, far above its start.",
        "more than one sample",
        lambda case: case.X.shape[1] > 1,
    ),
    "mean_in_every_layer": Bug(
        "1/m once more in every layer",
        "dA_prev is divided by m as well, so the gradient loses a factor m with each layer back.",
        "linear_backward",
        "dA_prev = np.dot(W.T, dZ)",
        "dA_prev = (1 / m) * np.dot(W.T, dZ)  # once too often",
        "Hardly anything reaches the layers before the last: the cost stays several times as high.",
        "a hidden layer, and more than one sample",
        lambda case: len(case.layer_dims) > 2 and case.X.shape[1] > 1,
    ),
    "bias_not_summed": Bug(
        "The gradient of the biases is not summed",
        "db has a column for each sample, and so have the biases after the first step.",
        "linear_backward",
        DB,
        "db = (1 / m) * dZ  # and not summed over the samples",
        "The cost gets lower than it should be, for each training point has biases of its own. There "
        "are none for a new point.",
        "more than one sample",
        lambda case: case.X.shape[1] > 1,
    ),
    "bias_summed_over_all": Bug(
        "The gradient of the biases is summed over the neurons as well",
        "The sum has no axis, so that all biases of a layer get one number.",
        "linear_backward",
        DB,
        "db = (1 / m) * np.sum(dZ)  # over the neurons as well: the axis is missing",
        "It learns, and nothing seems wrong: in most runs the curve is nearly the same.",
        "a layer of more than one neuron",
        lambda case: max(case.layer_dims[1:]) > 1,
    ),
    "not_transposed": Bug(
        "W is not transposed",
        "dZ goes back through W put into the shape of its transpose, which makes the product possible.",
        "linear_backward",
        "dA_prev = np.dot(W.T, dZ)",
        "dA_prev = np.dot(W.reshape(W.shape[::-1]), dZ)  # only the shape of Wᵀ",
        "It learns, and nothing seems wrong: in some runs slower, in some faster.",
        "two layers in a row, besides the input, of more than one neuron",
        _wide_neighbours,
    ),
    "sign_of_error": Bug(
        "The sign of the error",
        "Backpropagation starts at Y - AL instead of AL - Y.",
        "backprop",
        OUTPUT_DZ,
        "dZ = -cost_of(output, cost).dZ(AL, Y)  # Y - AL, and not AL - Y",
        "Each step goes uphill: the cost rises to more than a hundred times its start.",
    ),
    "output_slope_twice": Bug(
        "The slope of the output comes twice",
        "dZ of the output, which has the slope in it already, is multiplied by AL (1 - AL).",
        "backprop",
        OUTPUT_DZ,
        f"{OUTPUT_DZ} * AL * (1 - AL)  # dZ has the slope in it already",
        "The gradient is a quarter of itself at most: the cost stays several times as high.",
    ),
    "key_of_another_layer": Bug(
        "A gradient under the key of another layer",
        "The last layer's is put where the layer before then puts its own: so the article has it.",
        "backprop",
        'grads[f"dA{L - 1}"], grads[f"dW{L}"], grads[f"db{L}"] = linear_backward(dZ, linear_cache)',
        "k = L - 1  # the key of the layer before, where the loop then puts that layer's own\n"
        'grads[f"dA{L - 1}"], grads[f"dW{k}"], grads[f"db{k}"] = linear_backward(dZ, linear_cache)',
        "There is none: the update stops in the first step.",
    ),
    "no_penalty": Bug(
        "The penalty is left out",
        "L1 and L2 are in the cost that is minimised, and not in its gradient.",
        "penalty_gradient",
        "return l1 * np.sign(W) + l2 * W",
        "return np.zeros_like(W)  # the penalty is in the cost and not in the gradient",
        "As if there were no penalty: the costs are the same to the last digit.",
        "an L1 or L2 penalty",
        lambda case: bool(case.l1 or case.l2),
    ),
    "uphill": Bug(
        "The sign of the update",
        "All gradients are right, and the update adds them.",
        "update_parameters",
        GRAD,
        'theta, grad = parameters[name], -grads[f"d{name}"]  # so the step adds the gradient',
        "Each step goes uphill: the cost rises to more than a hundred times its start.",
    ),
    "last_layer_forgotten": Bug(
        "The last layer is not updated",
        "All gradients are right, and the loop of the update ends one layer too early.",
        "update_parameters",
        "updated = {}\nfor l in range(1, len(parameters) // 2 + 1):",
        "updated = dict(parameters)\nfor l in range(1, len(parameters) // 2):  # ends one too early",
        "The other layers make up for a part: the cost falls, but stays several times as high.",
    ),
    "key_without_d": Bug(
        "W1 is looked for where dW1 is",
        "The update asks the gradients for keys that they do not have: so the article has it.",
        "update_parameters",
        GRAD,
        "theta, grad = parameters[name], grads[name]  # there is dW1, and no W1",
        "There is none: the update stops in the first step.",
    ),
}


@cache
def planted(bug: Bug) -> ModuleType:
    """Return a copy of network.py in which the bug stands in the place of the healthy function."""
    spec = find_spec(network.__name__)
    copy = module_from_spec(spec)
    spec.loader.exec_module(copy)
    # The copy is without these checks, which would stop some bugs before they show what they do.
    copy.check_inputs = copy.check_grads = lambda *arrays: arrays
    text, name = _patched(bug), f"<{bug.title}>"
    exec(compile(text, name, "exec"), vars(copy))
    linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name  # for ``source``
    return copy


def _patched(bug: Bug) -> str:
    """Return the source of the healthy function with the bug in it."""
    lines, old = source(healthy(bug)).splitlines(), bug.line.splitlines()
    bare = [line.strip() for line in lines]
    places = [start for start in range(len(lines)) if bare[start : start + len(old)] == old]
    assert len(places) == 1, f"{bug.line!r} stands {len(places)} times in {bug.replaces}"
    (start,) = places
    margin = lines[start].removesuffix(bare[start])
    lines[start : start + len(old)] = [indent(bug.by, margin)]
    return "\n".join(lines)


def healthy(bug: Bug) -> Callable:
    """Return the function of which the bug takes the place."""
    return getattr(network, bug.replaces)


def source(function: Callable) -> str:
    """Return the lines of a function, without its docstring."""
    lines = inspect.getsource(function).splitlines()
    (tree,) = ast.parse("\n".join(lines)).body
    first = tree.body[0]
    if ast.get_docstring(tree) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)


class Training(NamedTuple):
    """The cost before each epoch, and what the code stopped with: then there are no costs."""

    costs: tuple[float, ...]
    stopped: str | None = None


def train_with(bug: Bug | None, settings: Settings, epochs: int | None = None) -> Training:
    """Train the network of these settings from its first weights, with the bug, or without for None.

    Without ``epochs``, it is as many as the settings say, but at most EPOCHS, and some UPDATES in all.
    Weights that were set by hand are left out.
    """
    code = network if bug is None else planted(bug)
    net, training, data = settings.network, settings.training, make_dataset(**vars(settings.data))
    m = data.Y_train.shape[1]
    batch_size = min(training.batch_size or m, m)
    if epochs is None:
        epochs = min(training.epochs, EPOCHS, max(UPDATES * batch_size // m, 1))
    samples = features_of(data.X_train, net.features), data.Y_train
    try:
        with np.errstate(all="ignore"):
            _, costs = code.train(
                *samples,
                net.layer_dims,
                epochs,
                training.rate_at,
                activation=net.activation,
                output=net.output,
                cost=net.cost,
                init=net.init,
                optimizer=training.optimizer,
                batch_size=batch_size,
                l1=training.l1,
                l2=training.l2,
                seed=net.init_seed,
                precision=training.precision,
            )
    except FAILURES as error:
        return Training((), exception_text(error))
    return Training(tuple(costs))
