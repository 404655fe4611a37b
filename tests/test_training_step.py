"""A step taken apart is the step that the trainer makes, to the bit."""

import inspect
from dataclasses import replace

import numpy as np
import pytest
from choices import some_settings, some_switches
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import Settings, Trainer
from scratchnet.analysis.training_step import next_step, own_step
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.costs import COSTS
from scratchnet.precision import PRECISIONS


@settings(max_examples=120)
@given(
    made=some_settings(learning_rate=0.05),
    epoch=st.integers(0, 5),
    part=st.floats(0, 1),
    data=st.data(),
)
def test_every_array_is_what_the_trainer_computes(made, epoch, part, data):
    switches = data.draw(some_switches(made.network.layer_dims, last=epoch))
    made = replace(made, training=replace(made.training, switches=switches))
    trainer = Trainer(made)
    trainer.seek(epoch, int(part * (trainer.updates_per_epoch - 1)))
    before = trainer.params
    step = next_step(trainer)
    assert all(np.array_equal(trainer.params[name], before[name]) for name in before)
    engine, X, T = engine_of(trainer)
    assert np.array_equal(X, step.X)
    assert np.array_equal(T, step.T)
    with np.errstate(over="ignore"):
        engine.forward(X)
        engine.backward(X, T)
    for l in range(1, len(step.activations) + 2):
        assert np.array_equal(step.value(f"Z{l}"), engine.forward.Z[l - 1])
        assert np.array_equal(step.value(f"A{l}"), engine.forward.A[l - 1])
        assert np.array_equal(step.value(f"dZ{l}"), engine._dZ[l - 1])
        if not (made.training.l1 or made.training.l2):
            assert np.array_equal(step.value(f"dW{l}"), engine.grads[f"dW{l}"])
        assert np.array_equal(step.value(f"db{l}"), engine.grads[f"db{l}"])
    assert step.value("cost").item() == engine.cost(T)
    trainer.advance_update()
    for name, kept in trainer.params.items():
        assert np.array_equal(kept, step.updated[name], equal_nan=True)
        assert step.value(f"{name} new") is step.updated[name]
        with np.errstate(over="ignore"):
            rounded = PRECISIONS[step.precision](step.moved[name])
        assert np.array_equal(kept, rounded, equal_nan=True)


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum", "rmsprop", "adam"])
def test_what_an_update_gives_is_shown_before_it_is_rounded(optimizer):
    trainers = {
        precision: Trainer(Settings.from_query({"optimizer": optimizer, "precision": precision})[0])
        for precision in PRECISIONS
    }
    single, double = (next_step(trainer) for trainer in trainers.values())
    for name, moved in single.moved.items():
        assert not np.array_equal(moved, single.updated[name])
        assert np.abs(moved / single.updated[name] - 1).max() < 1e-7
        assert np.array_equal(double.moved[name], double.updated[name])


def engine_of(trainer):
    """The engine of the next update, with its samples."""
    if trainer._batches is None:
        return trainer._engine, *trainer.training_set
    trainer.next_batch()
    return list(trainer._batches)[trainer.update]


@pytest.mark.parametrize(
    "query", [{}, {"output": "tanh"}, {"dataset": "plane"}, {"dataset": "blobs", "classes": "3"}]
)
def test_every_quantity_names_a_line_of_its_source(query):
    made, _ = Settings.from_query({"layer_dims": "2-3-1", "points": "30"} | query)
    step = next_step(Trainer(made))
    for quantity in step.quantities:
        source = inspect.getsource(quantity.source).splitlines()
        marked = [line for line in source if line.strip().startswith(quantity.line)]
        assert len(marked) == 1, quantity.name
        assert quantity.formula
    names = [quantity.name for quantity in step.quantities]
    assert names[:11] == ["Z1", "A1", "Z2", "A2", "cost", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1"]
    assert names[11:] == ["db1", "dA0", "W1 new", "b1 new", "W2 new", "b2 new"]
    assert np.array_equal(step.value("A0"), step.X)


KINDS = [
    *({"activation": name} for name in ACTIVATIONS),
    {"output": "sigmoid", "cost": "squared_error"},
    {"output": "tanh"},
    {"dataset": "plane"},
    {"dataset": "blobs", "classes": "3"},
    {"optimizer": "adam"},
]


@pytest.mark.parametrize("query", KINDS)
def test_the_leaf_of_a_quantity_computes_it(query):
    """What the page shows as the code of a quantity, called by itself, gives its value."""
    shape = {"layer_dims": "2-3-2-1", "points": "30", "precision": "double"}
    step = next_step(Trainer(Settings.from_query(shape | query)[0]))
    value, leaf = step.value, {each.name: each.leaf for each in step.quantities}
    cost = step.quantity("cost")
    assert (cost.source(value("Z3"), value("A3"), step.T) == value("cost")).all()
    for l in (1, 2, 3):
        assert np.array_equal(leaf[f"A{l}"](value(f"Z{l}")), value(f"A{l}"))
    for l in (1, 2):
        slope = leaf[f"dZ{l}"](value(f"Z{l}"), value(f"A{l}"))
        assert np.array_equal(value(f"dA{l}") * slope, value(f"dZ{l}"))
    assert np.array_equal(leaf["dZ3"](value("A3"), step.T), value("dZ3"))
    for name, theta in step.params.items():
        slots = np.zeros((2, *theta.shape)) if "optimizer" in query else None
        new = leaf[f"{name} new"](theta, value(f"d{name}"), 0.5, slots, 1)
        assert np.array_equal(new, value(f"{name} new"))


def softmax_cost(Z, A, T):
    top = Z.max(axis=0)
    sums = np.log(np.exp(Z - top).sum(axis=0))
    return (sums.sum() - ((Z - top) * T).sum()) / Z.shape[1]


# The formulas of the costs, by hand: as the code computes them, and as textbooks write them.
FORMULAS = {
    r"C = \sum \big(\log(1 + e^{-|Z|}) - Z\,T + \max(Z, 0)\big) \big/ m": lambda Z, A, T: (
        np.sum(np.log(1 + np.exp(-np.abs(Z))) - Z * T + np.maximum(Z, 0)) / Z.shape[1]
    ),
    r"-\tfrac1m \sum \big(T \log A + (1 - T) \log(1 - A)\big)": lambda Z, A, T: (
        -np.sum(T * np.log(A) + (1 - T) * np.log(1 - A)) / Z.shape[1]
    ),
    r"C = \Big(\sum_s \log \sum_k e^{Z_{ks} - z_s} - \sum (Z - z)\,T\Big) \Big/ m,"
    r"\quad z_s = \max_k Z_{ks}": softmax_cost,
    r"-\tfrac1m \sum T \log A": lambda Z, A, T: -np.sum(T * np.log(A)) / Z.shape[1],
    r"C = \tfrac12 \sum (A - T)^2 \big/ m": lambda Z, A, T: 0.5 * np.sum((A - T) ** 2) / Z.shape[1],
}


@pytest.mark.parametrize(("output", "cost"), COSTS)
def test_the_formula_of_a_cost_is_what_its_code_computes_and_equals_the_textbook(output, cost):
    n = 3 if output == "softmax" else 2
    params = {"W1": np.arange(2.0 * n).reshape(n, 2) / 3 - 1, "b1": np.ones((n, 1))}
    T = np.eye(n)[:, [0, 1, 1, n - 1]]
    step = own_step(params, np.array([[1.0, -2.0, 0.5, 3.0]] * 2), T, 0.1, output=output, cost=cost)
    of = step.value("Z1"), step.value("A1"), T
    shown = step.quantity("cost")
    assert bool(shown.textbook) == (cost == "cross_entropy")
    for formula in filter(None, (shown.formula, shown.textbook)):
        assert FORMULAS[formula](*of) == pytest.approx(shown.value.item(), rel=1e-9)


# The network of two inputs, two hidden and two output neurons that textbooks work out by hand:
# sigmoids, half the squared error, one sample, a rate of 0.5, and biases that stay.
PARAMS = {
    "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
    "b1": np.array([[0.35], [0.35]]),
    "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
    "b2": np.array([[0.60], [0.60]]),
}
X, T = np.array([[0.05], [0.10]]), np.array([[0.01], [0.99]])


def test_a_step_worked_out_by_hand():
    step = own_step(PARAMS, X, T, 0.5, cost="squared_error")
    printed = {
        "Z1": [0.3775, 0.3925],
        "A1": [0.593269992, 0.596884378],
        "A2": [0.751365070, 0.772928465],
        "cost": [0.298371109],
        "W2 new": [0.35891648, 0.408666186, 0.511301270, 0.561370121],
        "W1 new": [0.149780716, 0.19956143, 0.24975114, 0.29950229],
    }
    for name, numbers in printed.items():
        for ours, theirs in zip(step.value(name).ravel(), numbers, strict=True):
            digits = len(str(theirs).partition(".")[2])
            assert ours == pytest.approx(theirs, abs=0.51 * 10.0**-digits), name


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"X": np.array([[np.nan], [1.0]])}, "X must hold only finite numbers, got nan"),
        ({"T": np.array([[2.0], [0.5]]), "cost": None}, "T must hold targets from 0 to 1, got "),
        (
            {"params": PARAMS | {"b1": np.array([[np.inf], [0.0]])}},
            "b1 must hold only finite numbers, got inf.",
        ),
        ({"learning_rate": -1.0}, "learning_rate must be a number from 0 to 1000, got -1.0."),
        ({"T": np.array([[1.1], [0.5]]), "cost": None}, "T must hold targets from 0 to 1, got "),
        (
            {"T": np.array([[0.5], [0.4]]), "output": "softmax", "cost": None},
            "The targets of a sample must sum to 1 for a softmax output, got 0.9.",
        ),
        (
            {"output": "linear", "cost": "cross_entropy"},
            "cost of a linear output must be squared_error, got 'cross_entropy'.",
        ),
        (
            {"params": PARAMS | {"b1": np.ones((1, 1))}},
            r"b1 must have the shape \(2, 1\), a row for each neuron, got \(1, 1\)",
        ),
        (
            {"params": PARAMS | {"b2": np.ones(2)}},
            r"b2 must have the shape \(2, 1\), a row for each neuron, got \(2,\)",
        ),
        (
            {"params": PARAMS | {"W1": np.ones((2, 3))}},
            r"W1 must have the shape \(neurons, 2\), a column for each input, got \(2, 3\)",
        ),
        (
            {"params": PARAMS | {"W2": np.ones((2, 1))}},
            r"W2 must have the shape \(neurons, 2\), a column for each input, got \(2, 1\)",
        ),
        (
            {"params": PARAMS | {"W2": np.ones(2)}},
            r"W2 must have the shape \(neurons, 2\), a column for each input, got \(2,\)",
        ),
        (
            {"params": PARAMS | {"W2": np.ones((0, 2))}},
            r"W2 must have the shape \(neurons, 2\), a column for each input, got \(0, 2\)",
        ),
        ({"params": PARAMS | {"W1": "abc"}}, "W1 must be an array of numbers, got 'abc'."),
        (
            {"params": {name: PARAMS[name] for name in ("W1", "b1", "W2")}},
            "params must be W1 and b1, then W2 and b2, and so on, got 'W1, b1, W2'.",
        ),
        ({"params": {}}, "params must be W1 and b1, then W2 and b2, and so on, got none."),
        ({"params": []}, "params must be W1 and b1, then W2 and b2, and so on, got none."),
        (
            {"params": PARAMS | {"W4": X, "b4": X}},
            "params must be W1 and b1, then W2 and b2, and .*, got 'W1, b1, W2, b2, W4, b4'.",
        ),
        (
            {"T": np.array([[0.5]])},
            r"T must have the shape \(2, 1\), a row for each output, got \(1, 1\)",
        ),
    ],
)
def test_own_numbers_that_are_none_are_refused(changed, sentence):
    own = {"params": PARAMS, "X": X, "T": T, "learning_rate": 0.5, "cost": "squared_error"}
    with pytest.raises(ValueError, match=sentence):
        own_step(**(own | changed))


ONE = {"W1": np.array([[0.5]]), "b1": np.array([[0.1]])}


@pytest.mark.parametrize(
    ("output", "cost", "target"),
    [
        ("linear", None, 2.0),
        ("linear", "squared_error", -7.5),
        ("tanh", None, -1.0),
        ("tanh", "squared_error", 0.3),
        ("sigmoid", "squared_error", 1.5),
        ("sigmoid", None, 0.3),
    ],
)
def test_the_targets_are_those_of_the_cost(output, cost, target):
    step = own_step(ONE, [[1.0]], [[target]], 0.1, output=output, cost=cost)
    assert step.T.item() == target
    assert step.updated["b1"].item() == pytest.approx(0.1 - 0.1 * step.value("dZ1").item())


def test_lists_are_arrays():
    step = own_step({"W1": [[0.5]], "b1": [[1]]}, [[2]], [[1]], 0.1)
    assert step.value("Z1").item() == 2.0
