"""The classic experiments, run: each function returns the numbers that stand beside the published ones.

The mathematics is that of network.py. Runs of thousands of epochs take the engine, which gives the same
bits in less time. All are in double precision, as the sources are.
"""

from collections.abc import Callable

import numpy as np

from scratchnet.data.datasets import make_dataset
from scratchnet.lessons import classic_data as data
from scratchnet.nn import optimizers
from scratchnet.nn.costs import cost_of, penalty, targets
from scratchnet.nn.engine import Batches, Engine, Parameters
from scratchnet.nn.network import (
    backprop,
    forward_prop,
    init_params,
    one_layer_backward,
    predict,
    train,
    update_parameters,
)
from scratchnet.nn.params import Params, count_weights, flatten, layer_dims_of, views

Numbers = tuple[float, ...]

WIDTHS = (1, 2, 3, 4, 5, 20, 50)
RATES = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
CIRCLE_LAYERS = (2, 10, 5, 1)
ONE = np.array([[1.0]])


def descend(
    X: np.ndarray,
    Y: np.ndarray,
    first: Params,
    epochs: int,
    learning_rate: float,
    activation: str = "sigmoid",
    output: str = "sigmoid",
    l2: float = 0.0,
    every: int = 1000,
) -> tuple[list[float], Params]:
    """Return the cost with its penalty at the epochs 0, ``every``, …, and the parameters at the end.

    This is full-batch gradient descent as ``train`` does it, bit for bit.
    """
    dims = layer_dims_of(first)
    X, T = np.asfortranarray(X), np.asarray(targets(Y, output, dims[-1]), dtype=float)
    parameters = Parameters(flatten(first), dims, l2=l2)
    engine = Engine(parameters.theta, parameters.grad, dims, X.shape[1], activation, output)
    params, rate, costs = views(parameters.theta, dims), np.array(learning_rate), []
    with np.errstate(over="ignore"):
        for epoch in range(epochs):
            engine.forward(X)
            if epoch % every == 0:
                weights = (params[f"W{l}"] for l in range(1, len(dims)))
                costs.append(float(engine.cost(T)) + sum(penalty(W, 0.0, l2) for W in weights))
            engine.backward(X, T)
            parameters.update(rate)
    return costs, params


def percent_correct(X, Y, params, activation="sigmoid", output="sigmoid") -> float:
    """Return the accuracy in percent."""
    return float(100 * np.mean(predict(X, params, activation, output) == Y))


def single_neurons() -> Numbers:
    """Return output and gradients (x1, w1, x2, w2) of a tanh neuron, and the output of a sigmoid."""
    b = np.array([[float(np.float32(6.8813735870195432))]])
    tanh = {"W1": np.array([[-3.0, 1.0]]), "b1": b}
    A, (cache,) = forward_prop(np.array([[2.0], [0.0]]), tanh, output="tanh")
    dX, dW, _ = one_layer_backward(ONE, cache, "tanh")
    (x1, x2), (w1, w2) = dX.ravel().tolist(), dW.ravel().tolist()
    neuron = {"W1": np.array([[2.0, -3.0]]), "b1": np.array([[-3.0]])}
    sigmoid, _ = forward_prop(np.array([[-1.0], [-2.0]]), neuron)
    return A.item(), x1, w1, x2, w2, sigmoid.item()


def han_kamber() -> Numbers:
    """Return the three outputs, the three errors, and the parameters after one step."""
    X, T, params = data.han_kamber()
    AL, caches = forward_prop(X, params)
    (hidden, _, _), _ = caches[1]
    grads = backprop(AL, T, caches, cost="squared_error")
    new = update_parameters(params, grads, 0.9)
    o4, o5 = hidden.ravel().tolist()
    (e4, e5), e6 = (-grads["db1"]).ravel().tolist(), -grads["db2"].item()
    (w14, _, w34), (w15, _, w35) = new["W1"].tolist()
    (w46, w56), (b4, b5) = new["W2"].ravel().tolist(), new["b1"].ravel().tolist()
    weights = (w46, w56, w14, w15, w34, w35)
    return (o4, o5, AL.item(), e6, e5, e4, *weights, new["b2"].item(), b5, b4)


def mazur_cost(params: Params) -> float:
    """Return the cost of Mazur's sample: half the squared error, summed over both outputs."""
    X, T, _ = data.mazur()
    AL, caches = forward_prop(X, params)
    _, ZL = caches[-1]
    return float(cost_of("sigmoid", "squared_error").cost(ZL, AL, T))


def mazur_step(params: Params, biases: bool = False) -> Params:
    """Return the parameters after one step of rate 0.5; the biases keep their values unless asked."""
    X, T, _ = data.mazur()
    AL, caches = forward_prop(X, params)
    grads = backprop(AL, T, caches, cost="squared_error")
    new = update_parameters(params, grads, 0.5)
    return new if biases else new | {"b1": params["b1"], "b2": params["b2"]}


def mazur() -> Numbers:
    """Return the cost before the step, and w1 to w8 after it."""
    *_, params = data.mazur()
    new = mazur_step(params)
    return (mazur_cost(params), *new["W1"].ravel().tolist(), *new["W2"].ravel().tolist())


def softmax_line() -> Numbers:
    """Return the loss with its penalty at 0, 10, …, 190 updates, and the accuracy in percent."""
    X, Y, line, _ = data.spirals()
    losses, params = descend(X, Y, line, 200, 1.0, output="softmax", l2=1e-3, every=10)
    return (*losses, percent_correct(X, Y, params, output="softmax"))


def hidden_layer_of_100() -> Numbers:
    """Return the loss with its penalty at 0, 1000, …, 9000 updates, and the accuracy in percent."""
    X, Y, _, layers = data.spirals()
    losses, params = descend(X, Y, layers, 10_000, 1.0, "relu", "softmax", 1e-3)
    return (*losses, percent_correct(X, Y, params, "relu", "softmax"))


def line_on_the_flower() -> Numbers:
    """Return the accuracy in percent of logistic regression on the flower, trained until it rests."""
    X, Y = data.planar_flower()
    _, params = descend(X, Y, init_params([2, 1], init="zeros"), 3000, 1.0)
    return (percent_correct(X, Y, params),)


def chance() -> Numbers:
    """Return the cost before training with two and with three balanced classes."""
    costs = []
    for dataset, layer_dims, output in (
        ("moons", [2, 8, 8, 1], "sigmoid"),
        ("blobs", [2, 8, 8, 3], "softmax"),
    ):
        points = make_dataset(dataset, classes=max(layer_dims[-1], 2), train_share=1.0)
        X, Y = points.X_train, points.Y_train
        _, (cost,) = train(X, Y, layer_dims, 1, 0.5, activation="tanh", output=output)
        costs.append(cost)
    return tuple(costs)


def flower_by_width() -> Numbers:
    """Return the accuracy in percent for each of WIDTHS, after 5,000 epochs of rate 1.2."""
    X, Y = data.planar_flower()
    runs = (descend(X, Y, data.flower_weights(h), 5000, 1.2, "tanh", every=5000) for h in WIDTHS)
    return tuple(percent_correct(X, Y, params, "tanh") for _, params in runs)


def flower_costs() -> Numbers:
    """Return the cost at 0, 1000, …, 7000 epochs with four hidden neurons."""
    costs, _ = descend(*data.planar_flower(), data.flower_weights(4), 7001, 1.2, "tanh")
    return tuple(costs)


SATURATION = {"from (0.6, 0.9)": (0.6, 0.9), "from (2, 2)": (2.0, 2.0)}  # w and b at first


def _saturated_run(w: float, b: float) -> tuple[Params, Params, list[float]]:
    """Return the first and the last parameters of Nielsen's neuron, and its cost history."""
    first = {"W1": w * ONE, "b1": b * ONE}
    last, costs = train(ONE, 0 * ONE, [1, 1], 300, 0.15, params=first, cost="squared_error")
    return first, last, costs


def saturated_neuron() -> Numbers:
    """Return the first and the last output from (w, b) = (0.6, 0.9), then from (2, 2)."""
    runs = [_saturated_run(*start)[:2] for start in SATURATION.values()]
    return tuple(forward_prop(ONE, params)[0].item() for run in runs for params in run)


def saturation_curves() -> dict[str, list[float]]:
    """Return the cost histories of both."""
    return {name: _saturated_run(*start)[-1] for name, start in SATURATION.items()}


def initial_weights() -> Numbers:
    """Return costs and accuracies of zero, large and He weights on two circles.

    Of zero weights: the costs at 0, 1000 and 14000, and both accuracies in percent. Of large ones: the
    first cost and both accuracies. Of He initialization: the costs at 0, 1000, …, 14000 and both
    accuracies.
    """
    samples, held_out = data.two_circles(300, seed=1), data.two_circles(100, seed=2)

    def trained(first: Params) -> tuple[list[float], Numbers]:
        costs, params = descend(*samples, first, 15_000, 0.01, "relu")
        return costs, tuple(percent_correct(*each, params, "relu") for each in (samples, held_out))

    zero, of_zero = trained(init_params(CIRCLE_LAYERS, 3, "zeros"))
    large, of_large = trained(data.scaled_weights(CIRCLE_LAYERS, 10.0))
    he, of_he = trained(init_params(CIRCLE_LAYERS, 3, "he"))
    return zero[0], zero[1], zero[14], *of_zero, large[0], *of_large, *he, *of_he


def sweep_of_rates() -> Numbers:
    """Return the mean absolute error after 10,000 updates for each of RATES, all six nets together.

    Trask sums his half squared error where ours is a mean of four samples, so our rate is 4 times his.
    His network has no biases: their gradient is set to 0.
    """
    X, T, first = data.exclusive_or()
    dims, X = layer_dims_of(first), np.asfortranarray(X)
    parameters = Parameters(np.tile(flatten(first), (len(RATES), 1)), dims)
    network = parameters.theta, parameters.grad, dims, 4, "sigmoid", "sigmoid", "squared_error"
    engine, rates = Engine(*network), 4.0 * np.array(RATES)[:, None]
    with np.errstate(over="ignore"):
        for _ in range(10_000):
            engine.forward(X)
            engine.backward(X, T)
            parameters.grad[:, count_weights(dims) :] = 0.0
            parameters.update(rates)
        errors = np.mean(np.abs(engine.forward(X) - T), axis=(1, 2))
    return tuple(errors.tolist())


def bowl() -> Numbers:
    """Return what descent does on a quadratic bowl with the curvatures 1 and 9, by its rate.

    These are the distances left along both axes after 10 updates of rate 0.1, the factor of one update
    at the best rate 2 / (1 + 9), and that of a rate above 2 / 9. A linear neuron without a target has
    this cost: its curvature along w_i is the mean of x_i².
    """
    ends = np.sqrt(2.0), np.sqrt(18.0)
    X = np.array([[ends[0], -ends[0], 0.0, 0.0], [0.0, 0.0, ends[1], -ends[1]]])
    first = {"W1": np.ones((1, 2)), "b1": np.zeros((1, 1))}

    def weights(updates: int, rate: float) -> np.ndarray:
        T = np.zeros((1, 4))
        params, _ = train(X, T, [2, 1], updates, rate, params=first, output="linear")
        return np.abs(params["W1"][0])

    slow, fast = weights(10, 0.1).tolist()
    best, too_high = (weights(10, rate).max() / weights(9, rate).max() for rate in (0.2, 0.23))
    return slow, fast, float(best), float(too_high)


def last_batch_costs(
    update: Callable, slots: int, learning_rate: float, epochs: int, layer_dims=(2, 5, 2, 1)
) -> list[float]:
    """Return the cost of the last mini-batch at the epochs 0, 1000, … of the course's moons.

    ``update`` is a leaf function of optimizers.py with ``slots`` arrays of state. A batch has 64
    samples, the last one of an epoch 44; epoch k = 1, 2, … is shuffled with the seed 10 + k.
    """
    X, Y = data.two_moons()
    theta = flatten(init_params(layer_dims, 3, "he"))
    grad, state, updates = np.empty_like(theta), np.zeros((slots, theta.size)), 0
    batches = Batches(theta, grad, layer_dims, X, Y.astype(float), 64, "relu")
    rate, costs = np.array(learning_rate), []
    with np.errstate(over="ignore"):
        for epoch in range(epochs):
            batches.shuffle(np.random.RandomState(11 + epoch).permutation(300))
            for engine, X_batch, T_batch in batches:
                engine.forward(X_batch)
                engine.backward(X_batch, T_batch)
                updates += 1
                update(theta, grad, rate, state, updates, theta)
                cost = engine.cost(T_batch)  # of the forward pass, before the update
            if epoch % 1000 == 0:
                costs.append(float(cost))
    return costs


def optimizers_on_moons() -> Numbers:
    """Return the costs of descent at 0, 1000, 2000, 3000, of momentum at 0, 1000, of Adam at 0.

    The course's momentum is an average, v = 0.9 v + 0.1 g; ours is v = 0.9 v + g, at a tenth of the
    rate.
    """
    descent = last_batch_costs(optimizers.gradient_descent, 0, 7e-4, 3001)
    momentum = last_batch_costs(optimizers.momentum, 1, 7e-5, 1001)
    adam = last_batch_costs(optimizers.adam, 2, 7e-4, 1)
    return *descent, *momentum, *adam
