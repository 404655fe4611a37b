"""Tables that others have published come out of ``train`` to the last digit that they print.

Data and first weights are made as each source says, with NumPy's frozen draws of that seed.
"""

import numpy as np
import pytest

from scratchnet import forward_prop, train
from scratchnet.nn.costs import penalty


@pytest.fixture(scope="module")
def flower():
    """X, (2, 400), and Y of the planar data of Andrew Ng's deep learning course, with its noise."""
    random = np.random.RandomState(1)
    petals = []
    for j in range(2):
        t = np.linspace(3.12 * j, 3.12 * (j + 1), 200) + 0.2 * random.randn(200)
        r = 4 * np.sin(4 * t) + 0.2 * random.randn(200)
        petals.append(r * np.stack([np.sin(t), np.cos(t)]))
    return np.hstack(petals), np.repeat([[0, 1]], 200, axis=1)


def small_weights(h):
    """The first weights of that course for one hidden layer of h neurons: seed 2, 0.01 times a draw."""
    random = np.random.RandomState(2)
    W1, W2 = 0.01 * random.randn(h, 2), 0.01 * random.randn(1, h)
    return {"W1": W1, "b1": np.zeros((h, 1)), "W2": W2, "b2": np.zeros((1, 1))}


def test_the_cost_of_the_planar_flower(flower):
    _, costs = train(
        *flower, [2, 4, 1], 7001, 1.2, params=small_weights(4), activation="tanh", precision="double"
    )
    printed = [0.693048, 0.288083, 0.254385, 0.233864, 0.226792, 0.222644, 0.219731, 0.217504]
    assert np.round(costs[::1000], 6).tolist() == printed


@pytest.mark.parametrize(("h", "printed"), [(1, 67.5), (2, 67.25), (3, 90.75), (4, 90.5), (5, 91.25)])
def test_the_accuracy_of_the_planar_flower_by_the_width_of_the_layer(flower, h, printed):
    X, Y = flower
    params, _ = train(X, Y, [2, h, 1], 5000, 1.2, params=small_weights(h), activation="tanh")
    AL, _ = forward_prop(X, params, "tanh")
    assert 100 * np.mean((AL > 0.5) == Y) == printed


def test_the_softmax_line_of_cs231n():
    random = np.random.RandomState(0)
    arms = []
    for j in range(3):
        r, t = np.linspace(0, 1, 100), np.linspace(4 * j, 4 * (j + 1), 100) + 0.2 * random.randn(100)
        arms.append(r * np.stack([np.sin(t), np.cos(t)]))
    random.randn(18)  # drawn between the data and the weights
    first = {"W1": 0.01 * random.randn(2, 3).T, "b1": np.zeros((3, 1))}
    X, Y = np.hstack(arms), np.repeat([[0, 1, 2]], 100, axis=1)

    def loss(epochs):
        how = {"output": "softmax", "l2": 1e-3, "params": first}
        params, _ = train(X, Y, [2, 3], epochs, 1.0, **how)
        _, costs = train(X, Y, [2, 3], 1, 1.0, **how | {"params": params})
        return costs[0] + penalty(params["W1"], 0.0, 1e-3)

    printed = [
        1.096956, 0.917265, 0.851503, 0.822336, 0.807586, 0.799448, 0.794681, 0.791764, 0.789920,
        0.788726, 0.787938, 0.787409, 0.787049, 0.786803, 0.786633, 0.786514, 0.786431, 0.786373,
        0.786331, 0.786302,
    ]  # fmt: skip
    assert [round(loss(epochs), 6) for epochs in range(0, 200, 10)] == printed
