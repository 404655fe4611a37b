"""The engine that runs and the network that is read agree bit for bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.activations import ACTIVATIONS
from scratchnet.engine import Engine, Surface
from scratchnet.network import INITS, backprop, forward_prop, init_params
from scratchnet.params import flatten


@st.composite
def networks(draw):
    """Layer dimensions, one activation a hidden layer, parameters and samples."""
    hidden = draw(st.lists(st.integers(1, 12), max_size=4))
    dims = (draw(st.integers(1, 4)), *hidden, 1)
    activation = tuple(draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in hidden)
    seed = draw(st.integers(0, 2**32 - 1))
    params = init_params(dims, seed, draw(st.sampled_from(sorted(INITS))))
    random = np.random.RandomState(seed)
    m = draw(st.integers(1, 300))
    X = draw(st.sampled_from([0.1, 1.0, 30.0])) * random.randn(dims[0], m)
    return dims, activation, params, X, (random.rand(1, m) < 0.5).astype(float)


@given(networks())
def test_forward_and_backward_have_the_same_bits(network):
    dims, activation, params, X, Y = network
    AL, caches = forward_prop(X, params, activation)
    grads = backprop(AL, Y, caches, activation)

    theta = flatten(params)
    engine = Engine(theta, np.empty_like(theta), dims, X, Y, activation)
    with np.errstate(over="ignore"):
        assert np.array_equal(engine.forward(), AL)
    engine.backward()
    for l, (_, Z) in enumerate(caches):
        assert np.array_equal(engine.forward.Z[l], Z)
    for name, part in engine.grads.items():
        assert np.array_equal(part, grads[name]), name


@given(networks())
def test_the_engine_follows_theta_and_repeats_itself(network):
    dims, activation, params, X, Y = network
    theta = np.zeros_like(flatten(params))
    engine = Engine(theta, np.empty_like(theta), dims, X, Y, activation)
    with np.errstate(over="ignore"):
        engine.forward()
        engine.backward()
        theta[:] = flatten(params)
        engine.forward()
        first = engine.cost(), engine.backward().copy()
        engine.forward()
        second = engine.cost(), engine.backward()
    assert first[0] == second[0]
    assert np.array_equal(first[1], second[1])


def test_a_surface_is_what_the_network_answers_on_the_grid():
    dims, window = (2, 5, 3, 1), (-3.0, 3.0, -2.0, 4.0)
    params = init_params(dims, init="xavier")
    surface = Surface(dims, "tanh", window, n=37)  # 1369 points: a whole block and a part of one
    answers = surface(flatten(params))
    for i, j in ((0, 0), (36, 0), (0, 36), (20, 9)):
        point = np.array([[-3 + 6 * i / 36], [-2 + 6 * j / 36]])
        AL, _ = forward_prop(point, params, "tanh")
        assert np.isclose(answers[j, i], AL.item(), rtol=0, atol=1e-14)
    again = surface(np.zeros_like(flatten(params)))
    assert (again == 0.5).all()
    assert not np.shares_memory(answers, again)
