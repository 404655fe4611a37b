"""What is computed step by step into buffers is read as one expression, with the same bits."""

import ast

import numpy as np
import pytest

from scratchnet.export.formula import plain_body
from scratchnet.export.partial_evaluation import Evaluator
from scratchnet.export.program import Program
from scratchnet.export.source_text import written
from scratchnet.nn.activations import ACTIVATIONS, OUTPUTS
from scratchnet.nn.costs import COSTS
from scratchnet.nn.optimizers import OPTIMIZERS


def plain(function):
    """The plain form of a function that nn has a table of, and the source that defines it."""
    if isinstance(function, np.ufunc):
        return function, ""
    program = Program({}, ())
    Evaluator(program, {"function": function}, {}, set()).visit(ast.parse("function", mode="eval").body)
    source = "\n".join([*sorted(program.imports), written(program.statements())])
    space = {}
    exec(source, space)
    return space[function.__name__.lstrip("_")], source


def same(a, b):
    return np.array_equal(np.broadcast_to(np.float64(a), np.shape(b)), b, equal_nan=True)


Z = np.random.RandomState(0).randn(3, 40) * [[1.0], [30.0], [0.0]]
T = np.eye(3)[:, np.arange(40) % 3]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_plain_form_of_an_activation_has_the_same_bits(name):
    (g, source), (slope, _) = plain(ACTIVATIONS[name].function), plain(ACTIVATIONS[name].derivative)
    A = ACTIVATIONS[name].function(Z)
    assert same(g(Z), A)
    assert same(slope(Z, A), ACTIVATIONS[name].derivative(Z, A))
    assert "out" not in source.replace("out = np.tanh", "").split("return")[0] or name == "gelu"


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_plain_form_of_an_output_has_the_same_bits(name):
    g, _ = plain(OUTPUTS[name].function)
    assert same(g(Z), OUTPUTS[name].function(Z))


@pytest.mark.parametrize("choice", COSTS)
def test_the_plain_form_of_a_cost_has_the_same_bits(choice):
    cost = COSTS[choice]
    A = OUTPUTS[choice[0]].function(Z)
    assert plain(cost.cost)[0](Z, A, T) == cost.cost(Z, A, T)
    assert same(plain(cost.dZ)[0](A, T), cost.dZ(A, T))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_plain_form_of_an_optimizer_has_the_same_bits_and_memory(name):
    update, _ = plain(OPTIMIZERS[name].update)
    random = np.random.RandomState(1)
    theta, slots = random.randn(3, 4), np.zeros((OPTIMIZERS[name].slots, 3, 4))
    other_theta, other_slots = theta.copy(), slots.copy()
    for t in range(1, 6):
        grad = random.randn(3, 4)
        theta = OPTIMIZERS[name].update(theta, grad, 0.1, slots, t)
        known = {"gradient_descent": (), "adam": (other_slots, t)}.get(name, (other_slots,))
        other_theta = update(other_theta, grad, 0.1, *known)
        assert same(other_theta, theta)
        assert same(other_slots, slots)


def test_steps_are_put_together_only_where_each_is_used_once():
    body = ast.parse("x = np.exp(Z)\nreturn_ = x + x").body
    assert plain_body(body) == body
