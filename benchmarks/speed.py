"""How fast is the engine? Five networks, against the textbook form and the libraries.

All in one process, on one core, in float64; the engine rounds what it keeps. The rounds take turns, and
the medians are printed. A peer that is not installed gets a line that says so. A figure of the table is
the time of one full-batch step (forward, backward, update), in the fourth column of one epoch of 30
steps. The engine's is without the cost, as are the textbook form's and JAX's; PyTorch and scikit-learn
compute it on their way to the gradient.

Two more figures are what one waits for on the page: from a network shape that is new to the process to
its first 1,000 epochs, and the surface of 100 x 100. The last lines say which bars hold.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import os
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from benchmarks.machine import print_machine
from scratchnet.data.datasets import grid
from scratchnet.nn.engine import Batches, Engine, Parameters, Surface
from scratchnet.nn.network import backprop, batches_of, forward_prop, init_params, update_parameters
from scratchnet.nn.params import flatten

ROUNDS = 15
STEPS = 100  # that a contender makes in one call
SECONDS_A_TURN = 0.02
FIRST_EPOCHS = 1000
NEW_WIDTHS = (5, 6, 7, 9, 10, 11, 12)  # of hidden layers, one a round: none is in a column
SURFACE_ROUNDS = 200


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


# ---- the contenders: each gives a function that makes so many steps, or epochs of batches --------


def repeated(step: Callable[[], None], steps: int) -> Callable[[], None]:
    def run():
        for _ in range(steps):
            step()

    return run


def engine(column: Column, steps: int, precision: str = "single") -> Callable[[], None]:
    X, Y = samples(column.m)
    dims, activation = column.layer_dims, column.activation
    first = flatten(init_params(dims, init="xavier"))
    parameters = Parameters(first, dims, column.optimizer, precision)
    at, rate = (parameters.theta, parameters.grad, dims), np.array(0.1)
    whole = Engine(*at, column.m, activation)
    batches = column.batch and Batches(*at, X, Y, column.batch, activation)
    random = np.random.RandomState(1)

    def step():
        whole.forward(X)
        whole.backward(X, Y)
        parameters.update(rate)

    def epoch():
        batches.shuffle(random.permutation(column.m))
        for each, X_batch, Y_batch in batches:
            each.forward(X_batch)
            each.backward(X_batch, Y_batch)
            parameters.update(rate)

    return repeated(epoch if batches else step, steps)


def textbook(column: Column, steps: int) -> Callable[[], None]:
    X, Y = samples(column.m)
    params, memory = init_params(column.layer_dims, init="xavier"), {}

    def step():
        nonlocal params
        for X_batch, Y_batch in batches_of(X, Y, column.batch or column.m):
            AL, caches = forward_prop(X_batch, params, column.activation)
            grads = backprop(AL, Y_batch, caches, column.activation)
            params = update_parameters(params, grads, 0.1, column.optimizer, memory)

    return repeated(step, steps)


def torch_network(column: Column):
    """PyTorch's network of the same layers, which gives logits."""
    import torch

    torch.set_num_threads(1)
    function = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    layers = []
    for n_prev, n in zip(column.layer_dims, column.layer_dims[1:], strict=False):
        layers += [torch.nn.Linear(n_prev, n, dtype=torch.float64), function[column.activation]()]
    return torch.nn.Sequential(*layers[:-1])


def pytorch(column: Column, steps: int) -> Callable[[], None]:
    import torch

    net, cost = torch_network(column), torch.nn.BCEWithLogitsLoss()
    X, Y = (torch.tensor(array.T.copy()) for array in samples(column.m))
    kind = torch.optim.Adam if column.optimizer == "adam" else torch.optim.SGD
    optimizer = kind(net.parameters(), lr=0.1)

    def step(X=X, Y=Y):
        optimizer.zero_grad()
        cost(net(X), Y).backward()
        optimizer.step()

    def epoch():
        for part in torch.randperm(column.m).split(column.batch):
            step(X[part], Y[part])

    return repeated(epoch if column.batch else step, steps)


def scikit_learn(column: Column, steps: int) -> Callable[[], None]:
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
        max_iter=steps,
        n_iter_no_change=steps,
    )
    X, y = X.T.copy(), Y[0]
    return lambda: model.fit(X, y)


def jax_update(column: Column) -> tuple:
    """JAX's update, (state, X, Y) -> state, with the first state and the samples."""
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

    def descend(params, X, Y):
        return tree(lambda p, g: p - 0.1 * g, params, jax.grad(cost)(params, X, Y))

    def adam(state, X, Y):
        params, m, v, t = state
        grads, t = jax.grad(cost)(params, X, Y), t + 1
        m = tree(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = tree(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        a, b = 1 - 0.9**t, 1 - 0.999**t
        moved = tree(lambda p, m, v: p - 0.1 * (m / a) / (jnp.sqrt(v / b) + 1e-8), params, m, v)
        return moved, m, v, t

    if column.optimizer == "adam":
        zeros = tree(jnp.zeros_like, params)
        return adam, (params, zeros, zeros, 0.0), X, Y
    return descend, params, X, Y


def jax_jit(column: Column, steps: int) -> Callable[[], None]:
    """One compiled update, called from Python."""
    import jax

    update, state, X, Y = jax_update(column)
    step = jax.jit(lambda state: update(state, X, Y))
    step_on = jax.jit(lambda state, part: update(state, X[:, part], Y[:, part]))
    random = np.random.RandomState(1)

    def run():
        nonlocal state
        for _ in range(steps):
            if column.batch:
                for part in random.permutation(column.m).reshape(-1, column.batch):
                    state = step_on(state, part)
            else:
                state = step(state)
        jax.block_until_ready(state)

    return run


def jax_scan(column: Column, steps: int) -> Callable[[], None]:
    """The loop is compiled too: one call makes all the steps."""
    import jax

    update, state, X, Y = jax_update(column)

    def epoch(state, key):
        if not column.batch:
            return update(state, X, Y), None
        order = jax.random.permutation(key, column.m).reshape(-1, column.batch)
        take = lambda state, part: (update(state, X[:, part], Y[:, part]), None)  # noqa: E731
        return jax.lax.scan(take, state, order)[0], None

    compiled = jax.jit(lambda state, keys: jax.lax.scan(epoch, state, keys)[0])
    keys = jax.random.split(jax.random.key(0), steps)

    def run():
        nonlocal state
        state = compiled(state, keys)
        jax.block_until_ready(state)

    return run


ENGINE, TEXTBOOK, SKLEARN = "engine", "textbook (network.py)", "scikit-learn fit"
PYTORCH, JAX_JIT, JAX_SCAN = "PyTorch eager", "JAX jit a step", "JAX lax.scan, compiled"
CONTENDERS = {
    ENGINE: engine,
    TEXTBOOK: textbook,
    SKLEARN: scikit_learn,
    PYTORCH: pytorch,
    JAX_JIT: jax_jit,
    JAX_SCAN: jax_scan,
}

# How many times faster than a peer the engine has to be in each column; None where nothing is asked.
BARS = {
    PYTORCH: (9, 8, 1.6, 15, 9),
    SKLEARN: (1, 1, 1, 1, 1),
    TEXTBOOK: (1, 1, 1, 1, 1),
    JAX_JIT: (1, 1, None, 1, 1),
    JAX_SCAN: (1 / 1.7, 1 / 1.6, None, None, 1 / 1.8),
}
NEW_SHAPE_BAR = 10  # times faster than JAX's compiled loop
SURFACE_BAR = 3  # times faster than PyTorch

Times = dict[str, float]


# ---- the measurements -----------------------------------------------------------------------------


def seconds(run: Callable[[], object], repeat: int = 1) -> float:
    started = time.perf_counter()
    for _ in range(repeat):
        run()
    return (time.perf_counter() - started) / repeat


def medians(times: dict[str, list[float]], unit: float) -> Times:
    return {name: statistics.median(each) / unit for name, each in times.items()}


def installed() -> dict[str, Callable]:
    """The contenders whose libraries are here; this also loads them, before anything is timed."""
    present = {}
    for name, make in CONTENDERS.items():
        try:
            make(COLUMNS[0], 1)
        except ImportError:
            print(f"{name}: not installed, so not measured")
        else:
            present[name] = make
    return present


def measure(contenders: dict[str, Callable], column: Column) -> Times:
    """Microseconds a step, or an epoch of batches, of every contender."""
    turns, times = {}, {name: [] for name in contenders}
    for name, make in contenders.items():
        run = make(column, STEPS)
        run()  # compilers and caches
        turns[name] = run, max(1, int(SECONDS_A_TURN / seconds(run)))
    for _ in range(ROUNDS):
        for name, (run, repeat) in turns.items():
            times[name].append(seconds(run, repeat))
    return medians(times, STEPS * 1e-6)


def measure_new_shape(contenders: dict[str, Callable]) -> Times:
    """Milliseconds from layer_dims that were never used before to the end of the first epochs."""
    times = {name: [] for name in contenders}
    for width in NEW_WIDTHS:
        column = Column((2, width, width, 1), "tanh", 300)
        for name, make in contenders.items():
            started = time.perf_counter()
            make(column, FIRST_EPOCHS)()
            times[name].append(time.perf_counter() - started)
    return medians(times, 1e-3)


def measure_surface(contenders: dict[str, Callable]) -> Times:
    """Microseconds for the 100 x 100 logits of the second column's network."""
    column = COLUMNS[1]
    theta = flatten(init_params(column.layer_dims, init="xavier"))
    _, _, X = grid((-3.0, 3.0, -3.0, 3.0), 100)
    surface = Surface(column.layer_dims, column.activation, X)
    runs = {ENGINE: lambda: surface(theta)}
    if PYTORCH in contenders:
        import torch

        net, points = torch_network(column), torch.tensor(X.T.copy())
        runs[PYTORCH] = torch.inference_mode()(lambda: net(points))
    times = {name: [] for name in runs}
    for _ in range(SURFACE_ROUNDS):
        for name, run in runs.items():
            times[name].append(seconds(run))
    return medians(times, 1e-6)


# ---- what is printed --------------------------------------------------------------------------------


def print_bar(where: str, peer: str, bar: float, times: Times) -> None:
    """Whether the engine is ``bar`` times faster than the peer; 1 / 1.5 is at most 1.5 times slower."""
    if peer not in times:
        print(f"{where}: {peer} is not installed, so the bar is not tested")
        return
    faster = times[peer] / times[ENGINE]
    if bar < 1:
        says = f"within {1 / bar:.1f} times {peer}: {1 / faster:.2f}"
    else:
        asked = "faster" if bar == 1 else f"at least {bar:g} times faster"
        says = f"{asked} than {peer}: {faster:.2f}"
    print(f"{where}: {says}, {'holds' if faster >= bar else 'does not hold'}")


def main() -> None:
    """Print the machine, the table, the two other figures, and the bars."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print_machine()
    contenders = installed()
    with np.errstate(over="ignore"):
        table = [measure(contenders, column) for column in COLUMNS]
        new_shape = measure_new_shape(contenders)
        surface = measure_surface(contenders)

    for number, column in enumerate(COLUMNS, start=1):
        print(f"column {number}: {column}")
    print("\nmicroseconds a step, in column 4 an epoch; in brackets how many times the engine's")
    for name in contenders:
        cells = [f"{c[name]:9.1f} ({c[name] / c[ENGINE]:5.1f})" for c in table]
        print(f"{name:24}" + " ".join(cells))
    for title, times in (
        ("milliseconds from a new shape to its first 1,000 epochs, 2-n-n-1 tanh, m 300", new_shape),
        ("microseconds for a surface of 100 x 100, 2-8-8-1", surface),
    ):
        print(f"\n{title}")
        for name, figure in times.items():
            print(f"{name:24}{figure:9.1f} ({figure / times[ENGINE]:5.1f})")

    print("\nthe bars")
    for peer, bars in BARS.items():
        for number, (bar, times) in enumerate(zip(bars, table, strict=True), start=1):
            if bar:
                print_bar(f"column {number}", peer, bar, times)
    print_bar("new shape", JAX_SCAN, NEW_SHAPE_BAR, new_shape)
    print_bar("surface", PYTORCH, SURFACE_BAR, surface)


if __name__ == "__main__":
    main()
