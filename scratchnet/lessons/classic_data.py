"""The data and the initial weights of the classic experiments, drawn as each source says.

Every function draws from a RandomState of its own with the seed of the source, whose draws are frozen
for all versions of NumPy. X is (2, m), Y is (1, m).
"""

import numpy as np

from scratchnet.nn.params import Params

Samples = tuple[np.ndarray, np.ndarray]


def with_zero_biases(*weights: np.ndarray) -> Params:
    """Return the parameters {"W1": …, "b1": …, …} with these weights, (n_l, n_(l-1)), and biases 0."""
    params = {}
    for l, W in enumerate(weights, start=1):
        params[f"W{l}"], params[f"b{l}"] = W, np.zeros((len(W), 1))
    return params


def spirals() -> tuple[np.ndarray, np.ndarray, Params, Params]:
    """Return three spirals of 100 points, and the initial weights of a line and of 100 neurons.

    They are those of the case study of CS231n. Its page names no seed: 18 draws between the data and
    the weights were found by search. The source keeps W as inputs x outputs.
    """
    random = np.random.RandomState(0)
    arms = []
    for j in range(3):
        r = np.linspace(0, 1, 100)
        t = np.linspace(4 * j, 4 * (j + 1), 100) + 0.2 * random.randn(100)
        arms.append(r * np.stack([np.sin(t), np.cos(t)]))
    random.randn(18)
    line, *layers = (0.01 * random.randn(*shape).T for shape in ((2, 3), (2, 100), (100, 3)))
    Y = np.repeat([[0, 1, 2]], 100, axis=1)
    return np.hstack(arms), Y, with_zero_biases(line), with_zero_biases(*layers)


def planar_flower() -> Samples:
    """Return the flower of 400 points of the deep learning course, with its noise."""
    random = np.random.RandomState(1)
    petals = []
    for j in range(2):
        t = np.linspace(3.12 * j, 3.12 * (j + 1), 200) + 0.2 * random.randn(200)
        r = 4 * np.sin(4 * t) + 0.2 * random.randn(200)
        petals.append(r * np.stack([np.sin(t), np.cos(t)]))
    return np.hstack(petals), np.repeat([[0, 1]], 200, axis=1)


def flower_weights(h: int) -> Params:
    """Return that course's initial weights for one hidden layer of h neurons: 0.01 times a draw."""
    random = np.random.RandomState(2)
    return with_zero_biases(0.01 * random.randn(h, 2), 0.01 * random.randn(1, h))


def two_moons() -> Samples:
    """Return two moons of 300 points together, with noise 0.2, in the order of scikit-learn."""
    t = np.linspace(0, np.pi, 150)
    outer, inner = [np.cos(t), np.sin(t)], [1 - np.cos(t), 1 - np.sin(t) - 0.5]
    return _shuffled(np.hstack([outer, inner]), np.random.RandomState(3), 0.2)


def two_circles(points: int, seed: int) -> Samples:
    """Return a circle in another, of 0.8 times its radius, with noise 0.05, as scikit-learn does."""
    t = np.linspace(0, 2 * np.pi, points // 2, endpoint=False)
    outer = np.stack([np.cos(t), np.sin(t)])
    return _shuffled(np.hstack([outer, 0.8 * outer]), np.random.RandomState(seed), 0.05)


def _shuffled(X: np.ndarray, random: np.random.RandomState, noise: float) -> Samples:
    """Return X, the first half of class 0 and the second of class 1, shuffled, with noise, and Y."""
    m = X.shape[1]
    order = np.arange(m)
    random.shuffle(order)
    return (X.T[order] + random.normal(scale=noise, size=(m, 2))).T, (order >= m // 2)[None].astype(int)


def scaled_weights(layer_dims: tuple[int, ...], scale: float) -> Params:
    """Return weights of ``scale`` times a normal draw with seed 3, and biases 0."""
    random = np.random.RandomState(3)
    shapes = zip(layer_dims[1:], layer_dims[:-1], strict=True)
    return with_zero_biases(*(scale * random.randn(*shape) for shape in shapes))


def exclusive_or() -> tuple[np.ndarray, np.ndarray, Params]:
    """Return Trask's four samples of three features, their targets, and his weights for 3-4-1."""
    X = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    random = np.random.RandomState(1)
    W1, W2 = random.uniform(-1, 1, (3, 4)), random.uniform(-1, 1, (4, 1))
    return X, np.array([[0.0, 1.0, 1.0, 0.0]]), with_zero_biases(W1.T, W2.T)


def mazur() -> tuple[np.ndarray, np.ndarray, Params]:
    """Return the sample, its targets and the parameters of Mazur's network 2-2-2."""
    params = {
        "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
        "b1": np.full((2, 1), 0.35),
        "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
        "b2": np.full((2, 1), 0.60),
    }
    return np.array([[0.05], [0.10]]), np.array([[0.01], [0.99]]), params


def han_kamber() -> tuple[np.ndarray, np.ndarray, Params]:
    """Return the sample, its target and the parameters of Han & Kamber's network 3-2-1."""
    params = {
        "W1": np.array([[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]]),  # w14 w24 w34, w15 w25 w35
        "b1": np.array([[-0.4], [0.2]]),
        "W2": np.array([[-0.3, -0.2]]),  # w46 w56
        "b2": np.array([[0.1]]),
    }
    return np.array([[1.0], [0.0], [1.0]]), np.array([[1.0]]), params


def gradient_check_case() -> tuple[np.ndarray, np.ndarray, Params]:
    """Return the three samples, labels and parameters of the course's gradient check, 4-5-3-1."""
    random = np.random.RandomState(1)
    X, params = random.randn(4, 3), {}
    for l, (n, n_prev) in enumerate(((5, 4), (3, 5), (1, 3)), start=1):
        params[f"W{l}"], params[f"b{l}"] = random.randn(n, n_prev), random.randn(n, 1)
    return X, np.array([[1, 1, 0]]), params
