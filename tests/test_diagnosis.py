"""The diagnosis: each kind of trouble in a network made for it, with its numbers; else silence."""

import numpy as np
import pytest
from choices import some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import (
    Dataset,
    DataSettings,
    NetworkSettings,
    Settings,
    Trainer,
    TrainingSettings,
    forward_prop,
    make_dataset,
)
from scratchnet.analysis.diagnosis import CHECKS, diagnose
from scratchnet.data.datasets import DATASETS
from scratchnet.nn.params import flatten


def restored(trainer, params, history=()):
    """The trainer with these parameters, after epochs of these train and test costs."""
    state = trainer.state()
    past = np.zeros((4, len(history)))
    past[:2] = np.reshape(history, (-1, 2)).T
    state["epoch"] = len(history)
    state["history"] = np.hstack([past, state["history"]])
    state["checksums"] = np.zeros(len(history) + 1, np.uint32)
    state["checkpoint"] = state["checkpoint"]._replace(theta=flatten(params))
    return Trainer.restore(state)


def made(dims=(2, 8, 1), activation="tanh", changed=(), history=()):
    """A network on 42 points of the moons, with parameters and a past put in from outside.

    ``changed`` are pairs of the name of a parameter and a function that changes it.
    """
    network = NetworkSettings(dims, activation)
    trainer = Trainer(Settings(DataSettings(points=60), network))
    params = trainer.params
    for name, change in changed:
        change(params[name])
    return restored(trainer, params, history)


def found(trainer):
    """The sentences by their kinds."""
    return {finding.kind: finding.sentence for finding in diagnose(trainer)}


def put(rows, value):
    """A change of these rows, counted from 1, to a value."""

    def change(array):
        array[np.subtract(rows, 1)] = value

    return change


# Dead


def test_dead_units_are_named():
    trainer = made(activation="relu", changed=[("b1", put([2, 5, 7], -100.0))])
    told = "Neurons 2, 5 and 7 of layer 1 are dead: their output is 0 for all 42 training samples"
    assert found(trainer)["dead"].startswith(told)
    _, caches = forward_prop(trainer.dataset.X_train, trainer.params, "relu")
    (A, _, _), _ = caches[1]
    assert [*np.flatnonzero(A.max(axis=1) == 0.0) + 1] == [2, 5, 7]


def test_a_unit_that_is_alive_for_one_point_is_not_dead():
    X = make_dataset(points=60).X_train
    second, first = np.sort(X[0])[-2:]
    edge = [("W1", put([3], [1.0, 0.0])), ("b1", put([3], -(first + second) / 2))]
    assert "dead" not in found(made(activation="relu", changed=edge))
    edge[1] = ("b1", put([3], -first))  # at the kink the slope is 0
    sentence = found(made(activation="relu", changed=edge))["dead"]
    assert sentence.startswith("Neuron 3 of layer 1 is dead: its output")


def test_only_relu_units_die():
    below = [("b1", put([1], -100.0)), ("b2", put([1, 2, 3, 4], -100.0))]
    findings = found(made((2, 4, 4, 1), ("tanh", "relu"), changed=below))
    assert findings["dead"].startswith("All neurons of layer 2 are dead")
    assert findings["saturated"].startswith("Neuron 1 of layer 1 is saturated")
    assert "vanishing" not in findings, "a dead layer lets nothing through: that is told once"
    assert "dead" not in found(made((2, 4, 4, 1), "leaky_relu", changed=below))


@pytest.mark.parametrize("dims", [(2, 4, 1), (2, 8, 8, 1)])
def test_a_network_of_zeros_was_not_killed_by_its_rate(dims):
    trainer = Trainer(Settings(network=NetworkSettings(dims, "relu", init="zeros")))
    for epoch in (0, 50):
        trainer.seek(epoch)
        assert [*found(trainer)] == ["duplicates"]


def test_one_neuron_of_zeros_is_not_called_dead_either():
    zeros = [("W1", put([3], 0.0)), ("b1", put([3], 0.0))]
    assert found(made(activation="relu", changed=zeros)) == {}
    dead = [*zeros, ("b1", put([5], -100.0))]
    sentence = found(made(activation="relu", changed=dead))["dead"]
    assert sentence.startswith("Neuron 5 of layer 1 is dead: its output")


def test_a_neuron_set_by_hand_is_not_blamed_on_the_rate():
    def told(activation, values, kind):
        trainer = Trainer(Settings(DataSettings(points=60), NetworkSettings((2, 8, 1), activation)))
        for index, value in values:
            trainer.set_parameter(index, value)
        trainer.advance(3)
        return found(trainer)[kind]

    first_bias = 2 * 8 + 8
    sentence = told("relu", [(first_bias + 4, -100.0)], "dead")
    assert sentence.startswith(
        "Neuron 5 of layer 1 is dead: its output is 0 for all 42 training samples"
    )
    assert sentence.endswith("receive no gradient. A weight or bias of it was set by hand.")
    both = [(first_bias + 4, -100.0), (first_bias + 6, -100.0)]
    sentence = told("tanh", both, "saturated")
    assert sentence.startswith("Neurons 5 and 7 of layer 1 are saturated")
    assert sentence.endswith("their gradients almost vanish. A weight or bias of each was set by hand.")
    only_one = made(activation="relu", changed=[("b1", put([2], -100.0))])
    only_one.set_parameter(first_bias + 4, -100.0)
    sentence = found(only_one)["dead"]
    assert sentence.startswith("Neurons 2 and 5 of layer 1 are dead")
    assert sentence.endswith("A lower learning rate or leaky ReLU avoids dead neurons.")


# Saturated


@pytest.mark.parametrize(
    ("activation", "steepest", "derivative"),
    [
        ("tanh", 1.0, lambda Z: 1.0 / np.cosh(Z) ** 2),
        ("sigmoid", 0.25, lambda Z: 0.25 / np.cosh(Z / 2) ** 2),
    ],
)
def test_saturated_units_are_named_with_the_number_of_their_points(activation, steepest, derivative):
    X = make_dataset(points=60).X_train
    for scale in np.geomspace(1.0, 1e4, 60):
        flat = (derivative(np.minimum(np.abs(scale * X[0]), 300.0)) < 0.01 * steepest).sum()
        steep = [("W1", put([4, 6], [scale, 0.0])), ("b1", put([4, 6], 0.0))]
        sentence = found(made(activation=activation, changed=steep)).get("saturated", "")
        points = "all 42" if flat == 42 else f"at least {flat} of the 42"
        if flat >= 0.95 * 42:
            assert sentence.startswith("Neurons 4 and 6 of layer 1 are saturated: for " + points)
        else:
            assert sentence == ""


@pytest.mark.parametrize("activation", ["elu", "gelu", "softplus"])
def test_an_activation_that_is_flat_on_one_side_saturates_there(activation):
    def told(bias):
        return found(made(activation=activation, changed=[("b1", put([8], bias))])).get("saturated", "")

    assert told(bias=-100.0).startswith(
        "Neuron 8 of layer 1 is saturated: for all 42 training samples its"
    )
    assert told(bias=100.0) == ""


# Duplicates


@pytest.mark.parametrize("epochs", [0, 200])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus"])
def test_zeros_make_all_units_of_a_layer_the_same(activation, epochs):
    trainer = Trainer(Settings(network=NetworkSettings((2, 8, 8, 1), activation, init="zeros")))
    trainer.advance(epochs)
    sentence = found(trainer)["duplicates"]
    assert sentence.startswith("All neurons of layers 1 and 2 are duplicates within their layer")


@pytest.mark.parametrize(("apart", "told"), [(0.0, True), (1e-12, True), (1e-3, False)])
def test_units_with_the_same_weights_and_bias_are_named(apart, told):
    def copy(array):
        array[4], array[6], array[2] = array[0], array[0], array[1] + apart

    findings = found(made((2, 3, 7, 1), changed=[("W2", copy), ("b2", copy)]))
    groups = "Neurons 1, 5 and 7 of layer 2" + " and neurons 2 and 3 of layer 2" * told
    assert findings["duplicates"].startswith(groups + " are duplicates")
    if told:
        assert f"(largest difference {apart:.2g})" in findings["duplicates"]


@pytest.mark.parametrize(
    ("groups", "end"),
    [
        ({"W1": [[1, 2, 3]]}, "so they act as a single neuron."),
        ({"W1": [[1, 2], [3, 4]]}, "so each group acts as a single neuron."),
        ({"W1": [[1, 2]], "W2": [[2, 5]]}, "so each group acts as a single neuron."),
        ({"W1": [[1, 2, 3, 4, 5]], "W2": [[2, 5]]}, "so each group acts as a single neuron."),
    ],
)
def test_each_group_of_duplicates_is_one_neuron(groups, end):
    def alike(part):
        def change(array):
            for group in groups[part]:
                array[np.subtract(group, 1)] = array[group[0] - 1]

        return change

    sentence = found(made((2, 5, 5, 1), changed=[(part, alike(part)) for part in groups]))["duplicates"]
    assert f" {end} Random initial weights" in sentence


def test_the_same_weights_with_another_bias_are_no_duplicates():
    same = [("W1", put([1, 2], [0.3, 0.4])), ("b1", put([1], 0.5))]
    assert "duplicates" not in found(made(changed=same))


def test_equal_outputs_are_no_duplicates():
    network = NetworkSettings((2, 4, 3), init="zeros", output="softmax")
    trainer = Trainer(Settings(DataSettings("blobs", classes=3), network))
    assert found(trainer)["duplicates"].startswith("All neurons of layer 1 are duplicates")


# Vanishing and exploding gradients


def chain(W2, W1=1.0, x=2.0, y=1.0):
    """x -> W1 x -> W2 W1 x, for the label y: the error at layer 1 is W2 times that at the output."""
    X = np.array([[x, -x], [0.0, 0.0]])
    network = NetworkSettings(
        (1, 1, 1), "linear", features=("x1",), output="linear", cost="squared_error"
    )
    points = Dataset(X, np.array([[y, -y]]), X, np.array([[y, -y]]), classes=0)
    trainer = Trainer(Settings(DataSettings("plane", classes=0), network), points)
    params = {"W1": np.array([[W1]]), "W2": np.array([[W2]]), "b1": np.zeros((1, 1))}
    return restored(trainer, params | {"b2": np.zeros((1, 1))})


def test_the_error_that_vanishes_is_told_at_both_ends():
    assert "vanishing" not in found(chain(W2=1.1e-3))
    sentence = found(chain(W2=0.9e-3, y=3.0))["vanishing"]
    assert "is 3 at the output and 0.0027 at layer 1" in sentence  # |0.0018 - 3| and that times 0.0009


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus"])
@pytest.mark.parametrize(
    ("output", "cost"),
    [("sigmoid", "cross_entropy"), ("sigmoid", "squared_error"), ("tanh", "squared_error")],
)
def test_the_errors_are_derivatives_of_the_cost(activation, output, cost):
    X, Y = np.array([[0.7], [-1.2]]), np.array([[1.0]])  # for one point, db is dZ
    network = NetworkSettings((2, 4, 1), activation, output=output, cost=cost)
    exact = TrainingSettings(precision="double")  # or the costs would be too rough for a difference
    trainer = Trainer(Settings(network=network, training=exact), Dataset(X, Y, X, Y))
    params = trainer.params
    params["W2"] *= 1e-3

    def derivative(name, neuron):
        up, down = ({**params, name: params[name].copy()} for _ in range(2))
        up[name][neuron] += 1e-3
        down[name][neuron] -= 1e-3
        rise = restored(trainer, up).snapshot().train_cost
        return abs(rise - restored(trainer, down).snapshot().train_cost) / 2e-3

    first, last = np.mean([derivative("b1", neuron) for neuron in range(4)]), derivative("b2", 0)
    sentence = found(restored(trainer, params))["vanishing"]
    assert f"is {last:.2g} at the output and {first:.2g} at layer 1" in sentence


@pytest.mark.parametrize("dataset", ["circles", "xor", "moons"])
def test_a_stalled_network_has_vanishing_gradients_all_along(dataset):
    network = NetworkSettings((2, 8, 8, 1), "sigmoid", init="article")
    trainer = Trainer(Settings(DataSettings(dataset), network, TrainingSettings(1.0)))
    for epoch in (0, 1, 10, 100, 500):
        assert trainer.seek(epoch).train_cost == pytest.approx(np.log(2), abs=0.001)
        assert [*found(trainer)] == ["vanishing"]


@pytest.mark.parametrize(
    ("W1", "W2", "told"),
    [
        (5.0, 1.0, None),  # dW2 = (A2 - y) A1 = (10 - 1) · 10
        (6.0, 1.0, "is 132, for a weight of neuron 1 of layer 2"),  # (12 - 1) · 12
        (1.0, 10.0, "is 380, for a weight of neuron 1 of layer 1"),  # dW1 = (20 - 1) · 10 · 2
    ],
)
def test_the_largest_number_of_the_gradient_is_told(W1, W2, told):
    sentence = found(chain(W1=W1, W2=W2)).get("exploding", "")
    assert f"Exploding gradients: the largest entry {told}" in sentence if told else sentence == ""


def test_the_unit_whose_gradient_explodes_is_named():
    steep = [("W2", put([1], [0.1, 0.1, 900.0]))]
    sentence = found(made((2, 3, 1), "linear", changed=steep))["exploding"]
    assert "for a weight of neuron 3 of layer 1" in sentence


# Diverging


def test_a_run_that_ended_as_diverged():
    network = NetworkSettings((2, 4, 1), "linear", output="linear", cost="squared_error")
    data = DataSettings("plane", classes=0)
    trainer = Trainer(Settings(data, network, TrainingSettings(100.0)))
    last = trainer.advance(1000)
    assert last.ended == "diverged"
    sentence = f"diverged at epoch {last.epoch}: the training cost is no longer finite"
    assert sentence in found(trainer)["diverging"]
    trainer.seek(1)
    assert "The training cost has risen from" in found(trainer)["diverging"]
    trainer.seek(0)
    assert found(trainer) == {}


def costs(train, test=1.0):
    """A history of these costs."""
    return np.stack(np.broadcast_arrays(train, test), axis=1)


def test_a_cost_far_above_its_start_is_told():
    now = made().snapshot().train_cost
    sentence = found(made(history=costs([0.45 * now])))["diverging"]
    assert f"from {0.45 * now:.3g} at the start to {now:.3g}" in sentence
    assert found(made(history=costs([0.55 * now]))) == {}


def test_a_cost_that_jumps_is_told_with_its_rises_and_its_lowest():
    jumps = np.resize([1.3, 1.5], 30)
    jumps[5] = 0.3
    sentence = found(made(history=costs(jumps)))["diverging"]
    assert (
        "rose in 10 of the last 20 epochs, by 2 in total; its minimum was 0.3, at epoch 5." in sentence
    )
    assert found(made(history=costs(1.3 + (jumps - 1.3) / 2))) == {}
    assert found(made(history=costs([*jumps, *np.full(20, 1.3)]))) == {}, "it has settled"


def test_a_cost_that_was_set_by_hand_is_not_blamed_on_the_rate():
    trainer = Trainer(Settings())
    trainer.advance(300)
    trainer.set_parameter(trainer.snapshot().theta.size - 1, 8.0)  # the bias of the output
    before = trainer.history.train_cost
    assert before[300] - before[299] > before[0], "as much as a rate that is too high would do"
    assert "diverging" not in found(trainer)
    for _ in range(3):
        assert trainer.advance(7).train_cost > 0.0
        assert "diverging" not in found(trainer)


def test_a_cost_set_far_above_its_start_by_hand_has_not_risen():
    trainer = Trainer(Settings())
    trainer.advance(10)
    trainer.set_parameter(trainer.snapshot().theta.size - 1, 200.0)
    assert trainer.snapshot().train_cost > 10 * trainer.history.train_cost[0]
    assert "diverging" not in found(trainer)


def test_what_the_rate_does_beside_a_number_set_by_hand_is_told():
    high = Settings(network=NetworkSettings(init="he"), training=TrainingSettings(30.0))
    trainer = Trainer(high)
    trainer.advance(50)
    assert "A lower learning rate helps." in found(trainer)["diverging"]
    trainer.set_parameter(0, float(trainer.snapshot().theta[0]) + 1e-6)
    assert "A lower learning rate helps." in found(trainer)["diverging"]


def test_a_rate_that_was_lowered_is_not_blamed_for_what_another_did():
    trainer = made(history=costs(np.resize([1.3, 1.5], 30)))
    assert "diverging" in found(trainer)
    trainer.change_learning_rate(0.01)
    assert "diverging" not in found(trainer)
    trainer.advance(5)
    assert "diverging" not in found(trainer)
    trainer = made(history=costs([0.3 * made().snapshot().train_cost]))
    trainer.change_learning_rate(0.01)
    trainer.advance(5)
    assert trainer.history.train_cost[-1] > 2 * trainer.history.train_cost[0]
    assert "diverging" not in found(trainer), "it falls since"
    trainer.change_learning_rate(100.0)
    trainer.advance(5)
    assert "diverging" in found(trainer)


def test_a_gradient_that_explodes_after_a_number_was_set_says_so():
    trainer = Trainer(Settings(DataSettings(points=60), NetworkSettings((2, 3, 1), "linear")))
    trainer.set_parameter(2 * 3 + 2, 900.0)
    assert found(trainer)["exploding"].endswith(
        "of layer 1. A weight or bias set by hand may be the cause."
    )


def test_a_cost_that_is_not_a_number_is_as_good_as_endless():
    train, test = np.linspace(3.0, 1.5, 41), np.full(41, 0.6)
    test[0], test[12], test[20] = 2.0, 0.3, np.nan
    sentence = found(made(history=costs(train, test)))["overfitting"]
    assert "since its minimum at epoch 12, 29 epochs ago, the test cost has risen from 0.3" in sentence
    jumps = np.resize([1.3, 1.5], 30)
    jumps[5], jumps[7] = 0.3, np.nan
    assert "its minimum was 0.3, at epoch 5." in found(made(history=costs(jumps)))["diverging"]


# Overfitting


def test_a_test_cost_that_turned_up_is_told_with_both_epochs():
    train, test = np.linspace(3.0, 1.5, 41), np.full(41, 0.6)
    test[0], test[12] = 2.0, 0.3
    now = made().snapshot()
    sentence = found(made(history=costs(train, test)))["overfitting"]
    assert "since its minimum at epoch 12, 29 epochs ago, the test cost has risen from 0.3 " in sentence
    assert f" to {now.test_cost:.3g}, while the training cost fell from 2.55 to" in sentence
    assert f"to {now.train_cost:.3g}." in sentence

    def silent(train=train, test=test):
        return found(made(history=costs(train, test))) == {}

    assert silent(train=0.4 * train), "the train cost rose too"
    assert silent(test=np.where(np.arange(41) == 30, 0.4, test)), "it was low lately"
    assert silent(test=np.where(test == 0.3, 0.45, test)), "it is not clearly above"


def test_a_small_test_cost_may_double():
    test = np.full(41, 0.05)
    test[0], test[12] = 2.0, 0.01
    assert found(made(history=costs(np.linspace(2.0, 1.0, 41), test))) == {}


# Silence


@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "own"])
@pytest.mark.parametrize(
    ("activation", "learning_rate"),
    [
        ("sigmoid", 2.0),
        ("tanh", 0.3),
        ("leaky_relu", 0.2),
        ("elu", 0.2),
        ("gelu", 0.3),
        ("softplus", 0.2),
        ("sine", 0.2),
        ("linear", 0.05),
    ],
)
def test_a_healthy_run_gives_no_finding(dataset, activation, learning_rate):
    classes = DATASETS[dataset].classes[0]
    values = {"dataset": dataset, "points": 600, "noise": 0.1, "classes": classes}
    values |= {"activation": activation, "learning_rate": learning_rate if classes else 0.1}
    trainer = Trainer(Settings.resolve(Settings().values() | values)[0])
    for epoch in (0, 20, 100, 400):
        trainer.seek(epoch)
        assert diagnose(trainer) == []


@pytest.mark.parametrize("epoch", [0, 1, 10, 100, 1000])
@pytest.mark.parametrize("dims", [(2, 1), (2, 4, 1), (2, 8, 8, 1), (2, 8, 8, 8, 1)])
def test_the_defaults_give_no_finding(dims, epoch):
    trainer = Trainer(Settings(network=NetworkSettings(dims)))
    trainer.seek(epoch)
    assert diagnose(trainer) == []


def test_a_healthy_relu_network_gives_no_finding():
    data = DataSettings(points=600, noise=0.1)
    trainer = Trainer(Settings(data, NetworkSettings((2, 8, 1), "relu")))
    for epoch in (0, 20, 100, 400):
        trainer.seek(epoch)
        assert diagnose(trainer) == []


# Whatever the run


@settings(max_examples=150)
@given(run=some_settings(learning_rate=3.0), epochs=st.integers(0, 60))
def test_a_diagnosis_changes_nothing_and_tells_each_kind_once(run, epochs):
    trainer, other = Trainer(run), Trainer(run)
    trainer.advance(epochs)
    other.advance(epochs)
    findings = diagnose(trainer)
    assert diagnose(trainer) == findings
    kinds = [finding.kind for finding in findings]
    assert kinds == [kind for kind in CHECKS if kind in kinds]
    for _, sentence in findings:
        assert sentence[0].isupper() and sentence.endswith(".")
        assert "nan" not in sentence and "None" not in sentence
    assert trainer.epoch == other.epoch and trainer.settings == run
    assert np.array_equal(trainer.snapshot().theta, other.snapshot().theta, equal_nan=True)
    for name, costs in vars(trainer.history).items():
        assert np.array_equal(costs, getattr(other.history, name), equal_nan=True)
    assert np.array_equal(trainer.advance(5).theta, other.advance(5).theta, equal_nan=True)
