"""A bug is a wrong line in the code of the network, planted to see what it does.

Each is a patch: a line of a function of network.py, and the lines that replace it. ``planted`` returns
a copy of network.py with the bug in it, which can be run, checked and trained like network.py itself.
Three of the bugs are errors of the article's code.
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

# A training run with a bug has at most so many epochs, and so many updates.
EPOCHS, UPDATES = 300, 3000

# Lines of network.py that more than one bug replaces.
HIDDEN_DZ = "dZ = dA * ACTIVATIONS[activation].derivative(Z, A)  # (n_l, m)"
DB = "db = (1 / m) * np.dot(dZ, np.ones((m, 1)))  # the sum over the samples"
OUTPUT_DZ = "dZ = cost_of(output, cost).dZ(AL, Y)"
GRAD = 'theta, grad = parameters[name], grads[f"d{name}"]'


class Bug(NamedTuple):
    """A bug: what is wrong, and a patch of the function ``replaces``.

    ``line``, which may be a few lines, is in that function once, and ``by`` replaces it. Where a
    network lacks what the bug ``needs``, the bug changes nothing; ``applies`` tells. What a bug does to
    a run is no part of it: see effect.py.
    """

    title: str
    description: str
    replaces: str
    line: str
    by: str
    needs: str = ""
    applies: Callable[[Case], bool] = lambda case: True

    @property
    def function(self) -> Callable:
        """Return the function with the bug in it."""
        return getattr(planted(self), self.replaces)


def _hidden_besides(*names: str) -> Callable[[Case], bool]:
    return lambda case: any(name not in names for name in case.activations)


def _wide_neighbours(case: Case) -> bool:
    _, *dims = case.layer_dims
    return any(n_prev > 1 and n > 1 for n_prev, n in pairwise(dims))


BUGS = {
    "no_derivative": Bug(
        "The derivative of the activation is missing",
        "In the hidden layers dZ is dA, as if the derivative of every activation were 1.",
        "activation_backward",
        HIDDEN_DZ,
        "dZ = dA  # the factor g'(Z) is missing",
        "a hidden layer that is not linear",
        _hidden_besides("linear"),
    ),
    "derivative_at_A": Bug(
        "The derivative is taken at A instead of Z",
        "The cached Z is overwritten by A, so the derivative is taken at A and not at Z.",
        "activation_backward",
        "A, _ = activate(Z, ACTIVATIONS[activation].function)",
        "Z, _ = activate(Z, ACTIVATIONS[activation].function)  # this is A, not Z\n"
        "A, _ = activate(Z, ACTIVATIONS[activation].function)",
        "a hidden layer that is not linear, ReLU or leaky ReLU, whose derivatives at A and Z are equal",
        _hidden_besides("linear", "relu", "leaky_relu"),
    ),
    "derivative_of_sigmoid": Bug(
        "The derivative of the sigmoid for every activation",
        "A (1 - A), the derivative of the sigmoid, is used although the activation is a different "
        "function. Where A is negative, so is A (1 - A).",
        "activation_backward",
        HIDDEN_DZ,
        "dZ = dA * A * (1 - A)  # the derivative of the sigmoid, whatever the activation is",
        "a hidden layer that is not a sigmoid",
        _hidden_besides("sigmoid"),
    ),
    "pair_for_a_number": Bug(
        "Article: a pair is used as a number",
        "The whole return value of sigmoid, the pair (A, Z), is subtracted from 1.",
        "activation_backward",
        HIDDEN_DZ,
        "dZ = dA * (1 - sigmoid(Z)) * sigmoid(Z)  # sigmoid returns the pair (A, Z)",
        "a hidden layer",
        _hidden_besides(),
    ),
    "sum_for_mean": Bug(
        "The factor 1/m is missing",
        "The gradients are those of the sum over the m samples, but the cost is the mean.",
        "linear_backward",
        f"dW = (1 / m) * np.dot(dZ, A_prev.T)\n{DB}",
        "dW = np.dot(dZ, A_prev.T)  # the factor 1/m is missing\n"
        "db = np.dot(dZ, np.ones((m, 1)))  # the factor 1/m is missing",
        "more than one sample",
        lambda case: case.X.shape[1] > 1,
    ),
    "mean_in_every_layer": Bug(
        "The factor 1/m in every layer",
        "dA_prev is divided by m as well, so the gradient is m times smaller with each layer back.",
        "linear_backward",
        "dA_prev = np.dot(W.T, dZ)",
        "dA_prev = (1 / m) * np.dot(W.T, dZ)  # the factor 1/m does not belong here",
        "a hidden layer, and more than one sample",
        lambda case: len(case.layer_dims) > 2 and case.X.shape[1] > 1,
    ),
    "bias_not_summed": Bug(
        "The gradient of the biases is not summed",
        "db has a column for each sample, and so have the biases after the first step: each training "
        "sample gets its own biases, and a new sample has none.",
        "linear_backward",
        DB,
        "db = (1 / m) * dZ  # not summed over the samples",
        "more than one sample",
        lambda case: case.X.shape[1] > 1,
    ),
    "bias_summed_over_all": Bug(
        "The gradient of the biases is summed over the neurons as well",
        "The sum has no axis, so all biases of a layer get the same gradient.",
        "linear_backward",
        DB,
        "db = (1 / m) * np.sum(dZ)  # the axis is missing: over the neurons as well",
        "a layer of more than one neuron",
        lambda case: max(case.layer_dims[1:]) > 1,
    ),
    "not_transposed": Bug(
        "W is not transposed",
        "W is reshaped to the shape of its transpose: the product is possible, but wrong.",
        "linear_backward",
        "dA_prev = np.dot(W.T, dZ)",
        "dA_prev = np.dot(W.reshape(W.shape[::-1]), dZ)  # only the shape of Wᵀ",
        "two layers in a row, besides the input, of more than one neuron",
        _wide_neighbours,
    ),
    "sign_of_error": Bug(
        "The error has the wrong sign",
        "Backpropagation starts at Y - AL instead of AL - Y.",
        "backprop",
        OUTPUT_DZ,
        "dZ = -cost_of(output, cost).dZ(AL, Y)  # Y - AL instead of AL - Y",
    ),
    "output_slope_twice": Bug(
        "The derivative of the output is applied twice",
        "dZ of the output layer already includes the derivative of the output, yet it is multiplied by "
        "AL (1 - AL), that of a sigmoid.",
        "backprop",
        OUTPUT_DZ,
        f"{OUTPUT_DZ} * AL * (1 - AL)  # dZ already includes the derivative",
    ),
    "key_of_another_layer": Bug(
        "Article: gradients under the key of another layer",
        "The gradients of the output layer are stored under the number of the previous layer, whose "
        "gradients then overwrite them: the last dW and db are missing.",
        "backprop",
        'grads[f"dA{L - 1}"], grads[f"dW{L}"], grads[f"db{L}"] = linear_backward(dZ, linear_cache)',
        "k = L - 1  # the number of the previous layer, where the loop stores that layer's own\n"
        'grads[f"dA{L - 1}"], grads[f"dW{k}"], grads[f"db{k}"] = linear_backward(dZ, linear_cache)',
    ),
    "no_penalty": Bug(
        "The penalty is missing in the gradient",
        "L1 and L2 are in the cost that is minimised, but not in its gradient.",
        "penalty_gradient",
        "return l1 * np.sign(W) + l2 * W",
        "return np.zeros_like(W)  # the gradient of the penalty is missing",
        "an L1 or L2 penalty",
        lambda case: bool(case.l1 or case.l2),
    ),
    "uphill": Bug(
        "The update has the wrong sign",
        "The gradients are correct, but the update adds them.",
        "update_parameters",
        GRAD,
        'theta, grad = parameters[name], -grads[f"d{name}"]  # so the step adds the gradient',
    ),
    "last_layer_forgotten": Bug(
        "The last layer is not updated",
        "The gradients are correct, but the loop of the update ends one layer too early.",
        "update_parameters",
        "updated = {}\nfor l in range(1, len(parameters) // 2 + 1):",
        "updated = dict(parameters)\nfor l in range(1, len(parameters) // 2):  # ends one too early",
    ),
    "key_without_d": Bug(
        "Article: gradients under the keys of the parameters",
        "The gradients are looked up as W1 and b1, but their names are dW1 and db1.",
        "update_parameters",
        GRAD,
        "theta, grad = parameters[name], grads[name]  # the key is dW1, not W1",
    ),
}


@cache
def planted(bug: Bug) -> ModuleType:
    """Return a copy of network.py with the bug in place of the correct function."""
    copy = _copied(network)
    # The copy is without these checks, which would stop some bugs before they show what they do.
    vars(copy).update(dict.fromkeys(("check_inputs", "check_grads"), lambda *arrays: arrays))
    text, name = _patched(bug), f"<{bug.title}>"
    exec(compile(text, name, "exec"), vars(copy))
    linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name  # for ``source``
    return copy


def _copied(module: ModuleType) -> ModuleType:
    """Return a new module with the same code."""
    spec = find_spec(module.__name__)
    assert spec is not None
    assert spec.loader is not None
    copy = module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


def _patched(bug: Bug) -> str:
    """Return the source of the correct function with the bug in it."""
    lines, old = source(correct(bug)).splitlines(), bug.line.splitlines()
    bare = [line.strip() for line in lines]
    places = [start for start in range(len(lines)) if bare[start : start + len(old)] == old]
    assert len(places) == 1, f"{bug.line!r} stands {len(places)} times in {bug.replaces}"
    (start,) = places
    margin = lines[start].removesuffix(bare[start])
    lines[start : start + len(old)] = [indent(bug.by, margin)]
    return "\n".join(lines)


def correct(bug: Bug) -> Callable:
    """Return the correct function, which the bug replaces."""
    return getattr(network, bug.replaces)


def source(function: Callable) -> str:
    """Return the source of a function without its docstring."""
    lines = inspect.getsource(function).splitlines()
    (definition,) = ast.parse("\n".join(lines)).body
    assert isinstance(definition, ast.FunctionDef)
    if ast.get_docstring(definition) is not None:
        first = definition.body[0]
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)


class Training(NamedTuple):
    """The training cost before each epoch; no costs, and the exception as text, if the code stopped."""

    costs: tuple[float, ...]
    stopped: str | None = None


def train_with(bug: Bug | None, settings: Settings, epochs: int | None = None) -> Training:
    """Train the network of these settings from its initial weights, with the bug or for None without.

    The default of ``epochs`` is that of the settings, limited by EPOCHS and UPDATES. What was done
    by hand is left out.
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
