"""How fast is the engine? Five networks, against the textbook form and the libraries.

All in one process, on one core, in float64: the rounds take turns, and the medians are printed. A peer
that is not installed gets a line that says so. A figure is the time of one full-batch step (forward,
backward, update), in the fourth column of one epoch of 30 steps. The engine's is without the cost, as
are the textbook form's and JAX's; PyTorch and scikit-learn compute it on their way to the gradient. The
surface is the page's picture of 100 x 100.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import importlib.metadata
import os
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scratchnet.engine import Batches, Engine, Surface
from scratchnet.network import backprop, batches_of, forward_prop, init_params, update_parameters
from scratchnet.optimizers import OPTIMIZERS
from scratchnet.params import flatten

ROUNDS = 15
SECONDS_A_TURN = 0.02
WINDOW = (-3.0, 3.0, -3.0, 3.0)


class Column(NamedTuple):
    """What is trained: ``batch`` None is the full batch."""

    layer_dims: tuple[int, ...]
    activation: str
    m: int
    optimizer: str = "gradient_descent"
    batch: int | None = None

    def __str__(self) -> str:
        extras = ", Adam" * (self.optimizer == "adam") + f", batch {self.batch}" * bool(self.batch)
        return f"{'-'.join(map(str, self.layer_dims))} {self.activation}, m {self.m}{extras}"


COLUMNS = (
    Column((2, 4, 1), "sigmoid", 300),
    Column((2, 8, 8, 1), "tanh", 300),
    Column((2, 32, 32, 32, 1), "relu", 1000),
    Column((2, 8, 8, 1), "tanh", 300, batch=10),
    Column((2, 8, 8, 1), "tanh", 300, optimizer="adam"),
)


def samples(m: int) -> tuple[np.ndarray, np.ndarray]:
    X = np.random.RandomState(0).randn(2, m)
    return X, (X[:1] * X[1:] > 0).astype(float)


# ---- the contenders: each gives a function that makes its number of steps, or of epochs ----------


def engine(column: Column) -> Callable[[], None]:
    X, Y = samples(column.m)
    dims, activation = column.layer_dims, column.activation
    theta = flatten(init_params(dims, init="xavier"))
    grad, work = np.empty_like(theta), np.empty_like(theta)
    update, k = OPTIMIZERS[column.optimizer]
    slots, rate, t = np.zeros((k, theta.size)), np.array(0.1), 0
    whole = Engine(theta, grad, dims, column.m, activation)
    batches = column.batch and Batches(theta, grad, dims, X, Y, column.batch, activation)
    random = np.random.RandomState(1)

    def step():
        nonlocal t
        whole.forward(X)
        t += 1
        update(theta, whole.backward(X, Y), rate, slots, t, theta, work)

    def epoch():
        nonlocal t
        batches.shuffle(random.permutation(column.m))
        for each, X_batch, Y_batch in batches:
            each.forward(X_batch)
            t += 1
            update(theta, each.backward(X_batch, Y_batch), rate, slots, t, theta, work)

    return epoch if batches else step


def textbook(column: Column) -> Callable[[], None]:
    X, Y = samples(column.m)
    params, memory = init_params(column.layer_dims, init="xavier"), {}

    def step():
        nonlocal params
        for X_batch, Y_batch in batches_of(X, Y, column.batch or column.m):
            AL, caches = forward_prop(X_batch, params, column.activation)
            grads = backprop(AL, Y_batch, caches, column.activation)
            params = update_parameters(params, grads, 0.1, column.optimizer, memory)

    return step


def pytorch(column: Column) -> Callable[[], None]:
    import torch

    torch.set_num_threads(1)
    X, Y = (torch.tensor(array.T.copy()) for array in samples(column.m))
    function = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    layers = []
    for n_prev, n in zip(column.layer_dims, column.layer_dims[1:], strict=False):
        layers += [torch.nn.Linear(n_prev, n, dtype=torch.float64), function[column.activation]()]
    net, cost = torch.nn.Sequential(*layers[:-1]), torch.nn.BCEWithLogitsLoss()
    kind = torch.optim.Adam if column.optimizer == "adam" else torch.optim.SGD
    optimizer = kind(net.parameters(), lr=0.1)

    def step():
        order = torch.randperm(column.m) if column.batch else None
        for start in range(0, column.m, column.batch or column.m):
            part = slice(None) if order is None else order[start : start + column.batch]
            optimizer.zero_grad()
            cost(net(X[part]), Y[part]).backward()
            optimizer.step()

    return step


def scikit_learn(column: Column, epochs: int = 100) -> Callable[[], None]:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)

    X, Y = samples(column.m)
    model = MLPClassifier(
        column.layer_dims[1:-1],
        activation={"sigmoid": "logistic"}.get(column.activation, column.activation),
        solver="adam" if column.optimizer == "adam" else "sgd",
        batch_size=column.batch or column.m,
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        max_iter=epochs,
        n_iter_no_change=epochs,
    )
    X, y = X.T.copy(), Y[0]
    return lambda: model.fit(X, y)


def jax_scan(column: Column, steps: int = 100) -> Callable[[], None]:
    """JAX's compiled loop: one call makes ``steps`` steps; the caller divides."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, Y = (jnp.asarray(array) for array in samples(column.m))
    L = len(column.layer_dims) - 1
    function = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu}[column.activation]
    params = {k: jnp.asarray(v) for k, v in init_params(column.layer_dims, init="xavier").items()}

    def cost(params, X, Y):
        A = X
        for l in range(1, L + 1):
            Z = params[f"W{l}"] @ A + params[f"b{l}"]
            A = function(Z) if l < L else Z
        return jnp.mean(jnp.maximum(Z, 0) - Z * Y + jnp.log1p(jnp.exp(-jnp.abs(Z))))

    tree = jax.tree_util.tree_map

    def descend(state, X, Y):
        params, m, v, t = state
        grads, t = jax.grad(cost)(params, X, Y), t + 1
        if column.optimizer != "adam":
            return tree(lambda p, g: p - 0.1 * g, params, grads), m, v, t
        m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = tree(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        a, b = 1 - 0.9**t, 1 - 0.999**t
        moved = tree(lambda p, m, v: p - 0.1 * (m / a) / (jnp.sqrt(v / b) + 1e-8), params, m, v)
        return moved, m, v, t

    def epoch(state, key):
        if not column.batch:
            return descend(state, X, Y), None
        order = jax.random.permutation(key, column.m).reshape(-1, column.batch)
        take = lambda state, part: (descend(state, X[:, part], Y[:, part]), None)  # noqa: E731
        return jax.lax.scan(take, state, order)[0], None

    run = jax.jit(lambda state, keys: jax.lax.scan(epoch, state, keys)[0])
    zeros = tree(jnp.zeros_like, params)
    state, keys = (params, zeros, zeros, 0.0), jax.random.split(jax.random.key(0), steps)

    def many():
        nonlocal state
        state = run(state, keys)
        jax.block_until_ready(state)

    return many


CONTENDERS = {
    "engine": (engine, 1),
    "textbook (network.py)": (textbook, 1),
    "scikit-learn fit": (scikit_learn, 100),
    "PyTorch eager": (pytorch, 1),
    "JAX lax.scan, compiled": (jax_scan, 100),
}


def measure(column: Column) -> dict[str, float]:
    """Microseconds a step, or an epoch of batches, of every contender that is installed."""
    runs, times = {}, {}
    for name, (make, steps) in CONTENDERS.items():
        try:
            run = make(column)
        except ImportError:
            continue
        run()  # compilers and caches
        started = time.perf_counter()
        run()
        once = time.perf_counter() - started
        runs[name] = run, max(1, int(SECONDS_A_TURN / once)), steps
        times[name] = []
    with np.errstate(over="ignore"):
        for _ in range(ROUNDS):
            for name, (run, repeat, steps) in runs.items():
                started = time.perf_counter()
                for _ in range(repeat):
                    run()
                times[name].append((time.perf_counter() - started) / repeat / steps * 1e6)
    return {name: statistics.median(each) for name, each in times.items()}


def measure_surface() -> float:
    """Microseconds for the 100 x 100 surface of 2-8-8-1."""
    dims = (2, 8, 8, 1)
    surface, theta = Surface(dims, "tanh", WINDOW), flatten(init_params(dims, init="xavier"))
    times = []
    for _ in range(200):
        started = time.perf_counter()
        surface(theta)
        times.append((time.perf_counter() - started) * 1e6)
    return statistics.median(times)


def main() -> None:
    """Print the machine and one table: microseconds, and how many times the engine's."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for package in ("numpy", "scikit-learn", "torch", "jax"):
        try:
            print(f"{package} {importlib.metadata.version(package)}", end="   ")
        except importlib.metadata.PackageNotFoundError:
            print(f"{package} is not installed", end="   ")
    print("\n")
    table = [measure(column) for column in COLUMNS]
    for number, column in enumerate(COLUMNS, start=1):
        print(f"column {number}: {column}")
    print()
    for name in CONTENDERS:
        if all(name in column for column in table):
            cells = [f"{c[name]:9.1f} ({c[name] / c['engine']:5.1f})" for c in table]
            print(f"{name:26}" + " ".join(cells))
    print(f"\nsurface of 100 x 100, 2-8-8-1: {measure_surface():.0f} µs")


if __name__ == "__main__":
    main()
