"""Optimizers: their formulas by hand, flat as in parts, in place as out of place."""

import math
import re

import numpy as np
import pytest

from scratchnet.nn.network import init_params, update_parameters
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.params import flatten


def steps(name, gradients, learning_rate=0.1):
    """Where one parameter, 1 at first, goes with these gradients."""
    update, k, *_ = OPTIMIZERS[name]
    theta, slots, path = np.array([1.0]), np.zeros((k, 1)), []
    for t, gradient in enumerate(gradients, start=1):
        theta = update(theta, np.array([gradient]), learning_rate, slots, t)
        path.append(theta.item())
    return path


def test_gradient_descent_by_hand():
    assert steps("gradient_descent", [2.0, -1.0]) == pytest.approx([0.8, 0.9])


def test_momentum_by_hand():
    # v is 2, then 0.9 · 2 - 1 = 0.8
    assert steps("momentum", [2.0, -1.0]) == pytest.approx([0.8, 0.72])


def test_rmsprop_by_hand():
    # s is 0.4, then 0.36 + 0.1 = 0.46
    expected = [1 - 0.2 / np.sqrt(0.4), 1 - 0.2 / np.sqrt(0.4) + 0.1 / np.sqrt(0.46)]
    assert steps("rmsprop", [2.0, -1.0]) == pytest.approx(expected, abs=1e-8)


def test_adam_by_hand():
    # At first m̂ = g and v̂ = g², so the first step is the rate, whatever the size of the gradient.
    assert steps("adam", [2.0])[0] == pytest.approx(0.9, abs=1e-8)
    assert steps("adam", [-1e-3])[0] == pytest.approx(1.1, abs=1e-5)
    # m = 0.18 - 0.1, v = 0.003996 + 0.001
    m, v = 0.08 / (1 - 0.81), 0.004996 / (1 - 0.999**2)
    assert steps("adam", [2.0, -1.0])[1] == pytest.approx(0.9 - 0.1 * m / np.sqrt(v), abs=1e-8)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_flat_and_in_place_gives_the_same_bits_as_part_by_part(name):
    random = np.random.RandomState(0)
    params = init_params([2, 5, 3, 1], init="xavier")
    theta, memory = flatten(params), {}
    update, k, *_ = OPTIMIZERS[name]
    slots, work = np.zeros((k, theta.size)), np.empty_like(theta)
    for t in range(1, 9):
        grads = {f"d{part}": random.randn(*value.shape) for part, value in params.items()}
        flat = flatten({part: grads[f"d{part}"] for part in params})
        kept = flat.copy()
        params = update_parameters(params, grads, 0.03, name, memory)
        assert update(theta, flat, 0.03, slots, t, theta, work) is theta
        assert np.array_equal(theta, flatten(params))
        assert np.array_equal(flat, kept), "the gradient must stay"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_finds_the_bottom_of_a_bowl(name):
    update, k, *_ = OPTIMIZERS[name]
    theta, slots = np.array([3.0, -2.0]), np.zeros((k, 2))
    for t in range(1, 500):
        theta = update(theta, theta, 0.02, slots, t)
    assert np.abs(theta).max() < 0.02


def test_an_unknown_optimizer_is_named():
    with pytest.raises(
        ValueError,
        match="optimizer must be one of gradient_descent, momentum, rmsprop, adam, got 'sgd'",
    ):
        update_parameters({}, {}, 0.1, "sgd")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_text_and_the_constants_are_the_update(name):
    _, _, text, constants = OPTIMIZERS[name]
    known = vars(math) | constants | {"p": 1.0, "learning_rate": 0.1, "v": 0.0, "s": 0.0, "m1": 0.0}
    for t, gradient in enumerate([2.0, -1.0, 0.5], start=1):
        known |= {"t": t, "g": gradient}
        formulas, *_ = re.split(r"; (?=\w+( and \w+)* (is|are) )", text)
        exec(formulas, known)
    assert known["p"] == pytest.approx(steps(name, [2.0, -1.0, 0.5])[-1], rel=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_that_remembers_needs_a_memory(name):
    params = init_params([2, 3, 1], init="xavier")
    grads = {f"d{part}": np.ones_like(value) for part, value in params.items()}
    if not OPTIMIZERS[name].slots:
        assert np.array_equal(update_parameters(params, grads, 0.1, name)["W1"], params["W1"] - 0.1)
        return
    sentence = f"memory must be a dictionary for {name}, empty at the first step, got None."
    with pytest.raises(ValueError, match=sentence):
        update_parameters(params, grads, 0.1, name)
    memory = {}
    update_parameters(params, grads, 0.1, name, memory)
    assert memory["t"] == 1
