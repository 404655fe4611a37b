"""Each activation against its own derivative, in place as out of place, and at any Z."""

import numpy as np
import pytest

from scratchnet.nn.activations import ACTIVATIONS, layer_activations

Z = np.linspace(-6, 6, 48).reshape(4, 12) + 0.01  # no point on the kink of ReLU


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_derivative_is_the_slope_of_the_function(name):
    function, derivative, *_ = ACTIVATIONS[name]
    h = 1e-6
    slope = (function(Z + h) - function(Z - h)) / (2 * h)
    assert np.allclose(derivative(Z, function(Z)), slope, rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_out_gets_the_same_bits_and_the_operands_stay(name):
    function, derivative, *_ = ACTIVATIONS[name]
    given = Z.copy()
    A, D = np.full_like(Z, 7.0), np.full_like(Z, 7.0)
    assert function(given, A) is A
    assert derivative(given, A, D) is D
    assert np.array_equal(A, function(Z))
    assert np.array_equal(D, derivative(Z, function(Z)))
    assert np.array_equal(given, Z)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_finite_at_any_z(name):
    function, derivative, *_ = ACTIVATIONS[name]
    far = np.array([[-1e6, -710.0, 0.0, 710.0, 1e6]])
    with np.errstate(over="ignore"):  # as the callers of sigmoid do
        A = function(far)
        slope = derivative(far, A)
    assert np.isfinite(A).all()
    assert np.isfinite(slope).all()


FLAT_AT_AN_END = ["sigmoid", "tanh", "elu", "gelu", "softplus"]  # that ReLU is flat is no trouble


def test_the_steepest_slope_is_known_of_those_that_flatten_out():
    assert [name for name, each in ACTIVATIONS.items() if each.steepest] == FLAT_AT_AN_END
    far = np.linspace(-30.0, 30.0, 600_001)
    for name in FLAT_AT_AN_END:
        function, derivative, *_ = ACTIVATIONS[name]
        slope = np.abs(derivative(far, function(far)))
        assert ACTIVATIONS[name].steepest == pytest.approx(slope.max(), rel=1e-5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_kink_is_where_the_slope_or_its_slope_jumps(name):
    function, derivative, *_ = ACTIVATIONS[name]
    h = np.array([[-2e-6, -1e-6, 1e-6, 2e-6]])
    slope = derivative(h, function(h))[0]
    jumps = abs(slope[2] - slope[1]) > 1e-3
    bends = abs((slope[3] - slope[2]) - (slope[1] - slope[0])) > 1e-7
    assert ACTIVATIONS[name].kinked == (jumps or bends)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_what_dies_has_no_slope_below_zero(name):
    function, derivative, *_ = ACTIVATIONS[name]
    below = np.array([[-3.0, -0.5, -1e-3]])
    assert ACTIVATIONS[name].dies == (derivative(below, function(below)) == 0.0).all()


def test_known_values():
    at = np.array([[-1.0, 0.0, 2.0]])
    assert np.array_equal(ACTIVATIONS["relu"].function(at), [[0, 0, 2]])
    assert np.array_equal(ACTIVATIONS["relu"].derivative(at, None), [[0, 0, 1]])
    assert np.array_equal(ACTIVATIONS["linear"].function(at), at)
    assert ACTIVATIONS["sigmoid"].function(at)[0, 1] == 0.5
    for name, value in {
        "tanh": 0.9640275800758169,
        "leaky_relu": 2.0,
        "elu": 2.0,
        "gelu": 1.954597694087775,
        "softplus": 2.1269280110429727,
        "sine": 0.9092974268256817,
    }.items():
        assert ACTIVATIONS[name].function(at)[0, 2] == pytest.approx(value), name
    assert ACTIVATIONS["leaky_relu"].function(at)[0, 0] == -0.01
    assert ACTIVATIONS["elu"].function(at)[0, 0] == pytest.approx(np.exp(-1) - 1)


def test_one_name_or_one_a_layer():
    assert layer_activations("tanh", 3) == ("tanh", "tanh")
    assert layer_activations(["relu", "tanh"], 3) == ("relu", "tanh")
    assert layer_activations("tanh", 1) == ()
