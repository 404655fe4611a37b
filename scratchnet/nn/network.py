"""Reference implementation: the eight functions of the article, in its order, corrected.

The article is "How to build a Neural Network from scratch" (Milad E. Fahmy, freeCodeCamp, 2021). With
no keyword given, the functions do what it describes: sigmoid in every layer, binary cross-entropy,
weights of 0.01 times a standard normal draw, full-batch gradient descent.

Throughout, m is the number of samples, n_l the number of neurons in layer l and L the number of layers
after the input. X is (n_0, m), Y is (1, m), W_l is (n_l, n_(l-1)), b_l is (n_l, 1). Arrays of other
shapes raise ValueError, where NumPy might broadcast them without a word.

engine.py runs the same mathematics faster, with the same bits.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from scratchnet.nn.activations import ACTIVATIONS, OUTPUTS, layer_activations
from scratchnet.nn.costs import cost_of, penalty_gradient, predicted_classes, targets
from scratchnet.nn.optimizers import OPTIMIZERS, check_memory
from scratchnet.nn.params import Params, check_grads, check_inputs, check_outputs
from scratchnet.precision import PRECISIONS
from scratchnet.rng import random_streams
from scratchnet.validation import (
    MAX_EPOCHS,
    MAX_LEARNING_RATE,
    MAX_PENALTY,
    MAX_SEED,
    NotAllowed,
    brief,
    check_choice,
    check_layer_dims,
    check_number,
    check_samples,
    check_shape,
    check_whole,
)

LinearCache = tuple[np.ndarray, np.ndarray, np.ndarray]  # A_prev, W, b
Cache = tuple[LinearCache, np.ndarray]  # and Z

# Standard deviation of the initial weights of a layer, given n_prev inputs and n outputs.
INITS: dict[str, Callable[[int, int], float]] = {
    "article": lambda n_prev, n: 0.01,
    "xavier": lambda n_prev, n: np.sqrt(2.0 / (n_prev + n)),
    "he": lambda n_prev, n: np.sqrt(2.0 / n_prev),
    "zeros": lambda n_prev, n: 0.0,
}


def init_params(layer_dims: Sequence[int], seed: int = 3, init: str = "article") -> Params:
    """Return the initial parameters: W_l drawn from a normal distribution, b_l = 0.

    The article's first function. ``layer_dims`` is [n_0, …, n_L]; ``seed`` is that of NumPy's
    RandomState, whose draws are frozen for all versions; the article seeds with 3. ``init`` names the
    standard deviation of the weights: "article" 0.01; "xavier" sqrt(2 / (n_prev + n)) (Glorot & Bengio
    2010); "he" sqrt(2 / n_prev) (He et al. 2015); "zeros" 0, so all neurons of a layer stay the same.

    Returns {"W1": (n_1, n_0), "b1": (n_1, 1), …}. Raises ValueError for an unknown ``init``, a bad
    seed, or a dimension below 1.
    """
    layer_dims = check_layer_dims(layer_dims, n_x=None, n_y=None)
    seed = check_whole("seed", seed, 0, MAX_SEED)
    deviation = INITS[check_choice("init", init, INITS)]
    random = np.random.RandomState(seed)
    params = {}
    for l in range(1, len(layer_dims)):
        n, n_prev = layer_dims[l], layer_dims[l - 1]
        params[f"W{l}"] = random.randn(n, n_prev) * deviation(n_prev, n)  # (n_l, n_(l-1))
        params[f"b{l}"] = np.zeros((n, 1))
    return params


def sigmoid(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return A = 1 / (1 + exp(-Z)), of any shape, and Z, which backpropagation needs again.

    The article's second function. There is no warning where exp(-Z) overflows: A = 0 is then correct.
    """
    return activate(Z, ACTIVATIONS["sigmoid"].function)


def activate(Z: np.ndarray, function: Callable) -> tuple[np.ndarray, np.ndarray]:
    """Return A = g(Z), and Z, as ``sigmoid`` does, for any leaf function g of activations.py."""
    Z = np.asarray(Z, dtype=np.float64)
    with np.errstate(over="ignore"):
        A = function(Z)
    return A, Z


def forward_prop(
    X: np.ndarray,
    params: Mapping[str, np.ndarray],
    activation: str | Sequence[str] = "sigmoid",
    output: str = "sigmoid",
) -> tuple[np.ndarray, list[Cache]]:
    """Propagate X, (n_0, m), forward through all layers: Z = W A_prev + b, A = g(Z).

    The article's third function. ``activation`` is that of the hidden layers, one name for all or one
    for each; ``output`` is that of the output layer: "sigmoid", "softmax", "tanh" or "linear".

    Returns AL, (n_L, m), the network's outputs, and for each layer the cache ((A_prev, W, b), Z).
    """
    X, params = check_inputs(X, params)
    A = X  # (n_0, m)
    caches = []
    L = len(params) // 2
    functions = [ACTIVATIONS[name].function for name in layer_activations(activation, L)]
    functions.append(OUTPUTS[check_choice("output", output, OUTPUTS)].function)
    for l in range(1, L + 1):
        A_prev = A
        W, b = params[f"W{l}"], params[f"b{l}"]
        Z = np.dot(W, A_prev) + b  # (n_l, m)
        A, activation_cache = activate(Z, functions[l - 1])
        linear_cache = (A_prev, W, b)
        caches.append((linear_cache, activation_cache))
    return A, caches


def cost_function(A: np.ndarray, Y: np.ndarray) -> float:
    """Return the binary cross-entropy -1/m · Σ (Y log A + (1 - Y) log(1 - A)).

    The article's fourth function; A and Y are (1, m). A is clipped to the floats inside (0, 1), so a
    network that is confident and wrong has a large cost instead of an infinite one: a sample costs at
    most 708.4 at A = 0 and 36.7 at A = 1. The costs of a history come from costs.py, which computes
    them from the logits and needs no clipping.
    """
    A, Y = check_outputs(A, Y)
    m = Y.shape[1]
    A = np.clip(A, np.finfo(A.dtype).tiny, 1.0 - np.finfo(A.dtype).epsneg)
    return float(-np.sum(Y * np.log(A) + (1 - Y) * np.log1p(-A)) / m)


def one_layer_backward(
    dA: np.ndarray, cache: Cache, activation: str = "sigmoid"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Propagate dA, (n_l, m), back through one layer; return (dA_prev, dW, db).

    The article's fifth function, with ``cache`` from forward_prop: activation_backward, and then
    linear_backward.
    """
    linear_cache, Z = cache
    dZ = activation_backward(dA, Z, activation)
    return linear_backward(dZ, linear_cache)


def activation_backward(dA: np.ndarray, Z: np.ndarray, activation: str = "sigmoid") -> np.ndarray:
    """Propagate dA, (n_l, m), back through A = g(Z); return dZ = dA · g'(Z), (n_l, m)."""
    check_choice("activation", activation, ACTIVATIONS)
    check_shape("dA", dA, np.shape(Z), "Z")
    A, _ = activate(Z, ACTIVATIONS[activation].function)
    with np.errstate(over="ignore"):
        dZ = dA * ACTIVATIONS[activation].derivative(Z, A)  # (n_l, m)
    return dZ


def linear_backward(
    dZ: np.ndarray, linear_cache: LinearCache
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Propagate dZ, (n_l, m), back through Z = W A_prev + b; return (dA_prev, dW, db).

    dW = 1/m · dZ A_prevᵀ, (n_l, n_(l-1)); db = 1/m · Σ dZ over the samples, (n_l, 1);
    dA_prev = Wᵀ dZ, (n_(l-1), m). In the article these lines end one_layer_backward; on their own they
    also serve the output layer, where dZ is known without dA.
    """
    A_prev, W, _ = linear_cache
    m = A_prev.shape[1]
    check_shape("A_prev", A_prev, (W.shape[1], m), "W A_prev")
    check_shape("dZ", dZ, (W.shape[0], m), "W A_prev + b")
    dW = (1 / m) * np.dot(dZ, A_prev.T)
    db = (1 / m) * np.dot(dZ, np.ones((m, 1)))  # the sum over the samples
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def backprop(
    AL: np.ndarray,
    Y: np.ndarray,
    caches: Sequence[Cache],
    activation: str | Sequence[str] = "sigmoid",
    output: str = "sigmoid",
    cost: str | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
) -> Params:
    """Propagate back through all layers, from the outputs AL and the targets Y, (n_L, m).

    The article's sixth function. It starts at dZ = AL - Y, which is the article's
    dAL · AL (1 - AL) with dAL = -(Y/AL - (1 - Y)/(1 - AL)), multiplied out: the long form is 0/0 once
    an output rounds to 0 or 1. Another ``output`` or ``cost`` starts at its own dZ, see costs.py.
    With ``l1`` or ``l2``, the derivative of the penalty l1 Σ|W| + l2/2 ΣW² is added to every dW_l;
    biases have no penalty.

    Returns {"dW1": like W1, "db1": like b1, "dA0": like X, …}: dA_(l-1) comes with dW_l and db_l.
    """
    AL, Y = check_outputs(AL, Y, caches)
    L = len(caches)
    activations = layer_activations(activation, L)
    grads = {}
    dZ = cost_of(output, cost).dZ(AL, Y)
    linear_cache, _ = caches[L - 1]
    grads[f"dA{L - 1}"], grads[f"dW{L}"], grads[f"db{L}"] = linear_backward(dZ, linear_cache)
    for l in reversed(range(1, L)):
        grads[f"dA{l - 1}"], grads[f"dW{l}"], grads[f"db{l}"] = one_layer_backward(
            grads[f"dA{l}"], caches[l - 1], activations[l - 1]
        )
    if l1 or l2:
        for l in range(1, L + 1):
            (_, W, _), _ = caches[l - 1]
            grads[f"dW{l}"] = grads[f"dW{l}"] + penalty_gradient(W, l1, l2)
    return grads


def update_parameters(
    parameters: Mapping[str, np.ndarray],
    grads: Mapping[str, np.ndarray],
    learning_rate: float,
    optimizer: str = "gradient_descent",
    memory: dict | None = None,
    precision: str = "double",
    held: Mapping[str, np.ndarray] | None = None,
) -> Params:
    """Return new parameters: W - learning_rate · dW and b - learning_rate · db, gradient descent.

    The article's seventh function. Another ``optimizer`` of OPTIMIZERS needs a ``memory``: a dictionary
    for the state of the optimizer, empty at the first step, which is changed. In the ``precision``
    "single", the new parameters and the memory are rounded to it, see precision.py. Where ``held``,
    like the parameters, is True, both stay as they are, see switches.py.
    """
    memory = check_memory(memory, parameters, optimizer)
    parameters, grads = check_grads(parameters, grads)
    keep = PRECISIONS[check_choice("precision", precision, PRECISIONS)]
    update, slots, *_ = OPTIMIZERS[optimizer]
    memory["t"] = memory.get("t", 0) + 1
    updated = {}
    for l in range(1, len(parameters) // 2 + 1):
        for name in (f"W{l}", f"b{l}"):
            theta, grad = parameters[name], grads[f"d{name}"]
            before = memory.setdefault(name, np.zeros((slots, *theta.shape)))
            remembered = before.copy()
            updated[name] = keep(update(theta, grad, learning_rate, remembered, memory["t"]))
            memory[name] = keep(remembered)
            if held is not None:
                updated[name] = np.where(held[name], theta, updated[name])
                memory[name] = np.where(held[name], before, memory[name])
    return updated


def batches_of(
    X: np.ndarray, Y: np.ndarray, batch_size: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield X and Y in batches of ``batch_size`` samples, in their order; the last may be smaller."""
    for start in range(0, X.shape[1], batch_size):
        yield X[:, start : start + batch_size], Y[:, start : start + batch_size]


def train(
    X: np.ndarray,
    Y: np.ndarray,
    layer_dims: Sequence[int],
    epochs: int,
    lr: float | Callable[[int], float],
    *,
    params: Mapping[str, np.ndarray] | None = None,
    activation: str | Sequence[str] = "sigmoid",
    output: str = "sigmoid",
    cost: str | None = None,
    init: str = "article",
    optimizer: str = "gradient_descent",
    batch_size: int | None = None,
    shuffle: bool = True,
    l1: float = 0.0,
    l2: float = 0.0,
    seed: int = 3,
    precision: str = "double",
) -> tuple[Params, list[float]]:
    """Train a network of ``layer_dims`` on X, (n_0, m), and labels Y, (1, m), for ``epochs`` epochs.

    The article's eighth function. ``lr`` is the learning rate, or a function from the epoch to its
    learning rate. ``params`` are the initial parameters, which are not changed; without them,
    init_params(layer_dims, seed, init) draws them. An epoch is one update with all samples, or with a
    ``batch_size`` one update for each mini-batch of that size, reshuffled each epoch from the ``seed``
    unless ``shuffle`` is off; the last batch may be smaller, and its gradient is the mean over it.
    ``output`` is the output layer, "sigmoid", "softmax", "tanh" or "linear"; see costs.targets for the
    labels that each takes. ``cost`` is what is minimised, "cross_entropy" or "squared_error"; None is
    the default of the output. ``l1`` and ``l2`` are the weights of the penalty, see backprop. In the
    ``precision`` "single", everything that is kept is rounded to it: X and the targets, the parameters,
    the state of the optimizer, and the costs. Then the numbers are the same on every machine, see
    precision.py.

    Returns the parameters and the cost history: cost_history[i] is the cost of all samples, without
    the penalty, before the updates of epoch i, so cost_history[0] is that of the initial parameters.
    Raises ValueError for a value that is not allowed, and names it. A learning rate that is far too
    high ends in nan, without a warning.
    """
    keep = PRECISIONS[check_choice("precision", precision, PRECISIONS)]
    X, Y, layer_dims = _samples_for(X, Y, layer_dims, output)
    m = X.shape[1]
    batch_size = m if batch_size is None else check_whole("batch_size", batch_size, 1, m)
    _check_training(layer_dims, epochs, lr, activation, optimizer, l1, l2)
    params = _initial_params(params, layer_dims, seed, init)
    with np.errstate(over="ignore"):
        X, Y = keep(X), keep(Y)
        params = {name: keep(part) for name, part in params.items()}
    cost_at = cost_of(output, cost).cost
    (shuffling,) = random_streams(seed, 1)
    memory: dict = {}
    cost_history = []
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(epochs):
            rate = lr(epoch) if callable(lr) else lr
            AL, caches = forward_prop(X, params, activation, output)
            _, ZL = caches[-1]
            cost_history.append(float(keep(cost_at(ZL, AL, Y))))
            X_epoch, Y_epoch = X, Y
            if batch_size < m and shuffle:
                order = shuffling.permutation(m)
                X_epoch, Y_epoch = X.T[order].T, Y[:, order]  # samples stay in one piece
            for X_batch, Y_batch in batches_of(X_epoch, Y_epoch, batch_size):
                AL, caches = forward_prop(X_batch, params, activation, output)
                grads = backprop(AL, Y_batch, caches, activation, output, cost, l1, l2)
                params = update_parameters(params, grads, rate, optimizer, memory, precision)
    return params, cost_history


def predict(
    X: np.ndarray,
    params: Mapping[str, np.ndarray],
    activation: str | Sequence[str] = "sigmoid",
    output: str = "sigmoid",
) -> np.ndarray:
    """Return the predicted class of each sample of X, (n_0, m), or the values of a linear output.

    ``activation`` and ``output`` are those that the parameters were trained with. Classes are (m,):
    with one output 1 where the logit is above 0, else 0; with several the row of the largest, from 0. A
    tie goes to the lowest class; where an output is nan, the class is -1. Values are (n_L, m). Raises
    ValueError for shapes that do not fit.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        AL, caches = forward_prop(X, params, activation, output)
    _, ZL = caches[-1]
    return AL if output == "linear" else predicted_classes(ZL)


def _samples_for(
    X: object, Y: object, layer_dims: object, output: str
) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Return X, the targets for the labels Y, and layer_dims, if they fit each other.

    Raises ValueError.
    """
    X, Y = check_samples(X, Y)
    n_y = None if output == "softmax" and Y.shape[0] == 1 else Y.shape[0]
    dims = check_layer_dims(layer_dims, n_x=X.shape[0], n_y=n_y)
    check_choice("output", output, OUTPUTS)
    return X, targets(Y, output, dims[-1]), dims


def _check_training(layer_dims, epochs, lr, activation, optimizer, l1, l2) -> None:
    """Raise ValueError for the first of these that is not allowed."""
    check_whole("epochs", epochs, 0, MAX_EPOCHS)
    if not callable(lr):
        check_number("learning_rate", lr, 0.0, MAX_LEARNING_RATE)
    layer_activations(activation, len(layer_dims) - 1)
    check_choice("optimizer", optimizer, OPTIMIZERS)
    check_number("l1", l1, 0.0, MAX_PENALTY)
    check_number("l2", l2, 0.0, MAX_PENALTY)


def _initial_params(
    params: Mapping[str, np.ndarray] | None, layer_dims: Sequence[int], seed: int, init: str
) -> Params:
    """Return a copy of ``params`` if they fit layer_dims, else raise ValueError; draw them for None."""
    drawn = init_params(layer_dims, seed, init)
    if params is None:
        return drawn
    if {name: np.shape(part) for name, part in params.items()} != {k: drawn[k].shape for k in drawn}:
        raise NotAllowed(
            f"params must be {', '.join(drawn)} in the shapes of layer_dims {list(layer_dims)}, got "
            f"{brief(', '.join(f'{name} {np.shape(part)}' for name, part in params.items()))}."
        )
    return dict(params)
