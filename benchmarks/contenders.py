"""The networks that are timed, and the contenders: the engine, the textbook form, and the libraries.

Each contender is a function of a column and a number of steps, and gives one that makes these steps, or
epochs of batches. A library is imported only when its contender is made.
"""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scratchnet.nn.engine import Batches, Engine, Parameters
from scratchnet.nn.network import backprop, batches_of, forward_prop, init_params, update_parameters
from scratchnet.nn.params import flatten


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
