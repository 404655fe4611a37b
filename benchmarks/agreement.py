"""Do others compute the same? Gradients, cost curves and steps, against PyTorch and scikit-learn.

Where a peer defines a thing differently, it is brought to scratchnet's definition, and the line below
says how:

- GELU: PyTorch's is compared in its tanh form, which scratchnet's is.
- softplus: PyTorch's goes over to Z above 20; here that threshold is set out of reach.
- squared error: PyTorch's mean is replaced by half the sum over the outputs, mean over the samples.
- L2: scikit-learn's alpha is divided by the number of samples, so alpha = l2 · m; its loss curve has
  the penalty in it, scratchnet's history has not, so the penalty is added.
- the cost of a step: scikit-learn notes that before the update, as scratchnet does.

A peer that is not installed gets a line that says so. Raises AssertionError where the bound is missed.
"""

from collections.abc import Callable
from itertools import product

import numpy as np

from benchmarks.machine import print_machine
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.costs import COSTS, penalty, targets
from scratchnet.nn.network import backprop, forward_prop, init_params, train
from scratchnet.nn.optimizers import OPTIMIZERS

GRADIENT_BOUND = 1e-12
CURVE_BOUND = 1e-10
STEPS = 200

# Rates as they are usual. RMSprop divides by the size of the gradient and so magnifies its rounding: at
# a rate of 0.01 the two runs of 200 steps are 2e-10 apart.
RATES = {"gradient_descent": 0.1, "momentum": 0.1, "rmsprop": 0.001, "adam": 0.001}
PENALTIES = ((0.0, 0.0), (0.01, 0.0), (0.0, 0.01), (0.01, 0.02))


def samples(m: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """X, (2, m), and two classes that overlap."""
    random = np.random.RandomState(0)
    X = random.randn(2, m)
    return X, (X[:1] * X[1:] + 0.3 * random.randn(1, m) > 0).astype(float)


def main() -> None:
    """Print the machine, and for each comparison how many there were and the largest difference."""
    print_machine()
    for name, compare in (("PyTorch", against_torch), ("scikit-learn", against_sklearn)):
        try:
            compare()
        except ImportError:
            print(f"{name} is not installed; it was not compared")


def report(what: str, differences: list[float], bound: float) -> None:
    worst = max(differences)
    print(f"{what:<58} {len(differences):4d} compared, at most {worst:.1e} apart (bound {bound:.0e})")
    assert worst < bound, what


# ---- PyTorch -----------------------------------------------------------------------------------


def against_torch() -> None:
    """Gradients for every activation, output, cost and penalty; the steps of every optimizer."""
    import torch

    torch.set_default_dtype(torch.float64)
    gradients = [
        gradient_difference(torch, activation, output, cost, l1, l2)
        for activation, (output, cost), (l1, l2) in product(ACTIVATIONS, COSTS, PENALTIES)
    ]
    report("gradients against PyTorch's autograd", gradients, GRADIENT_BOUND)
    for optimizer in OPTIMIZERS:
        differences = [optimizer_difference(torch, optimizer, size) for size in (None, 16)]
        report(f"{optimizer}, {STEPS} steps against PyTorch's", differences, CURVE_BOUND)


def torch_activation(torch, name: str) -> Callable:
    functional = torch.nn.functional
    return {
        "gelu": lambda Z: functional.gelu(Z, approximate="tanh"),
        "softplus": lambda Z: functional.softplus(Z, threshold=1e6),
        "leaky_relu": functional.leaky_relu,
        "elu": functional.elu,
        "sine": torch.sin,
        "linear": lambda Z: Z,
    }.get(name) or getattr(torch, name)


def torch_cost(torch, params: dict, X, T, activation: str, output: str, cost: str):
    """The cost of the same network in PyTorch, for torch tensors."""
    A, L = X, len(params) // 2
    for l in range(1, L + 1):
        Z = params[f"W{l}"] @ A + params[f"b{l}"]
        A = torch_activation(torch, activation)(Z) if l < L else Z
    m = X.shape[1]
    if cost == "squared_error":
        return 0.5 * ((torch_activation(torch, output)(Z) - T) ** 2).sum() / m
    if output == "softmax":
        return torch.nn.functional.cross_entropy(Z.T, T.T, reduction="sum") / m
    return torch.nn.functional.binary_cross_entropy_with_logits(Z, T, reduction="sum") / m


def torch_params(torch, params: dict) -> dict:
    return {name: torch.tensor(part, requires_grad=True) for name, part in params.items()}


def gradient_difference(torch, activation, output, cost, l1, l2) -> float:
    """The largest difference of any derivative, in units of the largest derivative."""
    X, Y = samples()
    n_y = 3 if output == "softmax" else 1
    T = targets(Y, output, n_y)
    params = init_params([2, 6, 5, n_y], init="xavier")
    AL, caches = forward_prop(X, params, activation, output)
    grads = backprop(AL, T, caches, activation, output, cost, l1, l2)

    theirs = torch_params(torch, params)
    total = torch_cost(torch, theirs, torch.tensor(X), torch.tensor(T), activation, output, cost)
    for l in (1, 2, 3):
        W = theirs[f"W{l}"]
        total = total + l1 * W.abs().sum() + 0.5 * l2 * (W * W).sum()
    total.backward()
    return max(
        np.abs(part.grad.numpy() - grads[f"d{name}"]).max() / np.abs(grads[f"d{name}"]).max()
        for name, part in theirs.items()
    )


def optimizer_difference(torch, optimizer: str, batch_size: int | None) -> float:
    """The largest difference of any parameter after 200 steps, on the same batches."""
    X, Y = samples()
    size = batch_size or X.shape[1]
    epochs = STEPS // -(-X.shape[1] // size)
    params = init_params([2, 8, 8, 1], init="xavier")
    ours, _ = train(
        X, Y, [2, 8, 8, 1], epochs, RATES[optimizer],
        params=params, activation="tanh", optimizer=optimizer, batch_size=batch_size, shuffle=False,
    )  # fmt: skip
    theirs = torch_params(torch, params)
    step = {
        "gradient_descent": lambda p, lr: torch.optim.SGD(p, lr),
        "momentum": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9),
        "rmsprop": lambda p, lr: torch.optim.RMSprop(p, lr, alpha=0.9, eps=1e-8),
        "adam": lambda p, lr: torch.optim.Adam(p, lr),
    }[optimizer](list(theirs.values()), RATES[optimizer])
    for _ in range(epochs):
        for start in range(0, X.shape[1], size):
            batch = slice(start, start + size)
            step.zero_grad()
            parts = torch.tensor(X[:, batch]), torch.tensor(Y[:, batch])
            torch_cost(torch, theirs, *parts, "tanh", "sigmoid", "cross_entropy").backward()
            step.step()
    return max(np.abs(theirs[name].detach().numpy() - ours[name]).max() for name in ours)


# ---- scikit-learn ------------------------------------------------------------------------------


def against_sklearn() -> None:
    """The whole cost curve of full-batch descent, from the same weights."""
    import sklearn.neural_network

    curves = [
        curve_difference(sklearn.neural_network, activation, n_y, l2)
        for activation, n_y, l2 in product(("sigmoid", "tanh", "relu"), (1, 3), (0.0, 0.01))
    ]
    report("cost curves of 200 epochs against scikit-learn's", curves, CURVE_BOUND)


def curve_difference(peer, activation: str, n_y: int, l2: float) -> float:
    """The largest difference anywhere on the curve; n_y 1 is a sigmoid, more a softmax."""
    X, Y = samples()
    if n_y > 1:
        Y = Y + (X[:1] > 1)
    dims, m = [2, 8, 8, n_y], X.shape[1]
    output = "sigmoid" if n_y == 1 else "softmax"
    params = init_params(dims, init="xavier")
    model = peer.MLPClassifier(
        (8, 8), activation={"sigmoid": "logistic"}.get(activation, activation), solver="sgd",
        alpha=l2 * m, batch_size=m, learning_rate_init=0.3, momentum=0.0, nesterovs_momentum=False,
        shuffle=False,
    )  # fmt: skip
    model.partial_fit(X.T, Y[0], classes=np.unique(Y))
    for l in (1, 2, 3):
        model.coefs_[l - 1][:] = params[f"W{l}"].T
        model.intercepts_[l - 1][:] = params[f"b{l}"][:, 0]
    model.loss_curve_.clear()

    ours = []
    for _ in range(STEPS):
        model.partial_fit(X.T, Y[0])
        weights = sum(penalty(params[f"W{l}"], 0.0, l2) for l in (1, 2, 3))
        params, (cost,) = train(
            X, Y, dims, 1, 0.3, params=params, activation=activation, output=output, l2=l2
        )
        ours.append(cost + weights)
    return float(np.abs(np.array(model.loss_curve_) - ours).max())


if __name__ == "__main__":
    main()
