"""One vector and its parts share their memory."""

import numpy as np
import pytest

from scratchnet.nn.network import init_params
from scratchnet.nn.params import count, count_weights, flatten, layer_dims_of, views


def test_views_share_memory_and_flatten_goes_back():
    dims = (2, 3, 4, 1)
    params = init_params(dims, init="xavier")
    theta = flatten(params)
    assert theta.size == count(dims) == 9 + 16 + 5
    parts = views(theta, dims)
    assert list(parts) == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert all(np.array_equal(parts[name], params[name]) for name in params)
    parts["W2"][0, 0] = 5.0
    assert theta[6] == 5.0, "theta holds all weights before all biases"
    assert count_weights(dims) == 6 + 12 + 4
    assert np.array_equal(theta[22:], np.zeros(8))
    assert np.array_equal(flatten(parts), theta)
    assert list(views(theta, dims, "d"))[:2] == ["dW1", "db1"]
    assert layer_dims_of(parts) == dims


@pytest.mark.parametrize("dims", [(2, 1), (3, 5, 2), (1, 1, 1, 4)])
def test_the_layer_dimensions_are_those_of_the_parameters(dims):
    assert layer_dims_of(init_params(dims)) == dims
