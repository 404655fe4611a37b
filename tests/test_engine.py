"""The engine that runs and the network that is read agree bit for bit."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet.activations import ACTIVATIONS
from scratchnet.costs import COSTS, cost_of, targets
from scratchnet.engine import Engine, Surface
from scratchnet.network import INITS, backprop, forward_prop, init_params
from scratchnet.params import flatten


class Network(NamedTuple):
    """A network with its parameters, and samples with their targets."""

    dims: tuple[int, ...]
    activation: tuple[str, ...]
    output: str
    cost: str
    params: dict
    X: np.ndarray
    T: np.ndarray

    def engine(self, theta):
        """The engine of this network with the parameters theta."""
        grad = np.empty_like(theta)
        m = self.X.shape[1]
        return Engine(theta, grad, self.dims, m, self.activation, self.output, self.cost)


@st.composite
def networks(draw):
    """Any layers, activations, output and cost."""
    output, cost = draw(st.sampled_from(sorted(COSTS)))
    n_y = draw(st.integers(2, 5)) if output == "softmax" else draw(st.integers(1, 2))
    hidden = draw(st.lists(st.integers(1, 12), max_size=4))
    dims = (draw(st.integers(1, 4)), *hidden, n_y)
    activation = tuple(draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in hidden)
    seed = draw(st.integers(0, 2**32 - 1))
    params = init_params(dims, seed, draw(st.sampled_from(sorted(INITS))))
    random = np.random.RandomState(seed)
    m = draw(st.integers(1, 300))
    X = draw(st.sampled_from([0.1, 1.0, 30.0])) * random.randn(dims[0], m)
    Y = random.randint(0, n_y, (1, m)) if output == "softmax" else random.randint(0, 2, (n_y, m))
    return Network(dims, activation, output, cost, params, X, targets(1.0 * Y, output, n_y))


@settings(max_examples=200)
@given(networks())
def test_forward_and_backward_have_the_same_bits(network):
    _, activation, output, cost, params, X, T = network
    AL, caches = forward_prop(X, params, activation, output)
    grads = backprop(AL, T, caches, activation, output, cost)

    engine = network.engine(flatten(params))
    with np.errstate(over="ignore"):
        assert np.array_equal(engine.forward(X), AL)
        engine.backward(X, T)
    for l, (_, Z) in enumerate(caches):
        assert np.array_equal(engine.forward.Z[l], Z)
    for name, part in engine.grads.items():
        assert np.array_equal(part, grads[name]), name
    assert engine.cost(T) == cost_of(output, cost).cost(caches[-1][1], AL, T)


@given(networks())
def test_the_engine_follows_theta_and_repeats_itself(network):
    X, T = network.X, network.T
    theta = np.zeros_like(flatten(network.params))
    engine = network.engine(theta)
    with np.errstate(over="ignore"):
        engine.forward(X)
        engine.backward(X, T)
        theta[:] = flatten(network.params)
        engine.forward(X)
        first = engine.cost(T), engine.backward(X, T).copy()
        engine.forward(X)
        second = engine.cost(T), engine.backward(X, T)
    assert first[0] == second[0]
    assert np.array_equal(first[1], second[1])


@pytest.mark.parametrize("n_y", [1, 4])
def test_a_surface_is_what_the_network_answers(n_y):
    dims = (3, 5, 3, n_y)
    params = init_params(dims, init="xavier")
    X = np.random.RandomState(0).randn(3, 2345)  # two whole blocks and a part of one
    surface = Surface(dims, "tanh", X)
    logits = surface(flatten(params))
    _, caches = forward_prop(X, params, "tanh")
    assert np.allclose(logits, caches[-1][1], rtol=0, atol=1e-14)
    again = surface(np.zeros_like(flatten(params)))
    assert (again == 0).all()
    assert not np.shares_memory(logits, again)
