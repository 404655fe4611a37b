"""The engine that runs and the network that is read agree bit for bit."""

from typing import NamedTuple

import numpy as np
import pytest
from choices import some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import Trainer
from scratchnet.data.datasets import grid
from scratchnet.data.features import features_of
from scratchnet.lessons.presets import PRESETS
from scratchnet.live.payload import map_code, picture
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.costs import COSTS, cost_of, targets
from scratchnet.nn.engine import Engine
from scratchnet.nn.network import INITS, backprop, forward_prop, init_params
from scratchnet.nn.params import flatten
from scratchnet.nn.pictures import Maps, Surface


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
    X = np.random.RandomState(0).randn(3, 4567)  # a whole block and a part of one
    surface = Surface(dims, "tanh", X)
    logits = surface(flatten(params))
    _, caches = forward_prop(X, params, "tanh")
    assert np.allclose(logits, caches[-1][1], rtol=0, atol=1e-6)
    again = surface(np.zeros_like(flatten(params)))
    assert (again == 0).all()
    assert not np.shares_memory(logits, again)


@pytest.mark.parametrize("scale", [1e-12, 1e25])
def test_a_surface_that_float32_cannot_show_is_computed_in_float64(scale):
    """Logits that are tiny beside the terms of their sum, and numbers that overflow."""
    params = init_params((2, 3, 1), init="xavier")
    if scale > 1:
        params = {name: scale * part for name, part in params.items()}
    else:
        params["W2"] *= scale
        params["W2"][0, 1] = -params["W2"][0, 0]
        params["W1"][1], params["b1"][1] = params["W1"][0], params["b1"][0]
        params["W2"][0, :2] = 0.7, -0.7
    X = np.random.RandomState(0).randn(2, 50)
    logits = Surface((2, 3, 1), "linear", X)(flatten(params))
    _, caches = forward_prop(X, params, "linear")
    assert np.isfinite(logits).all()
    assert np.allclose(logits, caches[-1][1], rtol=1e-9, atol=0)


def picture_in_float64(trainer, X):
    """The logits and the maps as network.py computes them."""
    network = trainer.settings.network
    with np.errstate(over="ignore", invalid="ignore"):
        AL, caches = forward_prop(X, trainer.params, network.activation, network.output)
    A = [A_prev for (A_prev, _, _), _ in caches[1:]] + [AL]
    return caches[-1][1], np.vstack(A)


@settings(max_examples=40)
@given(made=some_settings(learning_rate=0.3, widest=8), epoch=st.sampled_from([0, 10, 100]))
def test_pictures_in_float32_have_the_codes_of_float64(made, epoch):
    assert_same_pictures(made, epoch)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_pictures_of_presets_in_float32_have_the_codes_of_float64(preset):
    for epoch in (0, 20, 300):
        assert_same_pictures(preset.settings, epoch)


def assert_same_pictures(made, epoch):
    """Codes are the same, or one apart; the decision boundary moves by less than 1/100 of a cell."""
    trainer = Trainer(made)
    if trainer.advance(epoch).ended == "diverged":
        return
    network, theta = made.network, trainer.snapshot().theta
    _, _, points = grid(trainer.dataset.window, 100)
    X = features_of(points, network.features)
    logits = Surface(network.layer_dims, network.activation, X)(theta)
    exact, A = picture_in_float64(trainer, X)
    (code, _), (exact_code, _) = picture(logits, network.output), picture(exact, network.output)
    apart = np.abs(code[-1].astype(int) - exact_code[-1])
    same_class = code[0] == exact_code[0] if len(code) > 1 else True
    assert apart[np.broadcast_to(same_class, apart.shape)].max(initial=0) <= 1
    assert np.mean(apart > 0) < 0.01
    maps = Maps(network.layer_dims, network.activation, network.output, X)(theta)
    assert np.abs(map_code(maps).astype(int) - map_code(A)).max() <= 1
    if len(logits) == 1:
        assert largest_move(logits[0], exact[0]) < 0.01


def largest_move(logits, exact):
    """How far the place where a logit is 0 moves between two neighbours on the grid, in cells."""
    moves = [0.0]
    for axis in (0, 1):
        grids = (z.reshape(100, 100).astype(float) for z in (logits, exact))
        ours, theirs = (np.moveaxis(z, axis, 0) for z in grids)
        crossed = (theirs[:-1] > 0) != (theirs[1:] > 0)
        both = crossed & ((ours[:-1] > 0) != (ours[1:] > 0))
        places = [z[:-1][both] / (z[:-1] - z[1:])[both] for z in (ours, theirs)]
        moves.append(np.abs(places[0] - places[1]).max(initial=0.0))
        once = crossed & ~both  # it moved past a point of the grid, from right beside it
        beside = np.minimum(np.abs(theirs[:-1]), np.abs(theirs[1:]))[once]
        moves.append((beside / np.abs(theirs[:-1] - theirs[1:])[once]).max(initial=0.0))
    return max(moves)
