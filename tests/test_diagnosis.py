"""Diagnosis of a run: gradients and costs, each in a network made for it; else no finding."""

import numpy as np
import pytest
from choices import some_settings
from diagnosed import found, made, put, restored
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import Dataset, DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings
from scratchnet.analysis.diagnosis import CHECKS, diagnose
from scratchnet.data.datasets import DATASETS

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


def test_vanishing_gradients_are_reported_with_the_error_at_both_ends():
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
def test_a_run_on_the_plateau_has_vanishing_gradients_all_along(dataset):
    network = NetworkSettings((2, 8, 8, 1), "sigmoid", init="article")
    trainer = Trainer(Settings(DataSettings(dataset), network, TrainingSettings(1.0)))
    for epoch in (0, 1, 10, 100, 500):
        assert trainer.seek(epoch).train_cost == pytest.approx(np.log(2), abs=0.001)
        assert [*found(trainer)] == ["vanishing"] + ["plateau"] * (epoch >= 200)


@pytest.mark.parametrize(
    ("W1", "W2", "told"),
    [
        (5.0, 1.0, None),  # dW2 = (A2 - y) A1 = (10 - 1) · 10
        (6.0, 1.0, "is 132, for a weight of neuron 1 of layer 2"),  # (12 - 1) · 12
        (1.0, 10.0, "is 380, for a weight of neuron 1 of layer 1"),  # dW1 = (20 - 1) · 10 · 2
    ],
)
def test_an_exploding_gradient_is_reported_with_its_largest_entry(W1, W2, told):
    sentence = found(chain(W1=W1, W2=W2)).get("exploding", "")
    assert f"Exploding gradients: the largest entry {told}" in sentence if told else sentence == ""


def test_the_neuron_whose_gradient_explodes_is_named():
    steep = [("W2", put([1], [0.1, 0.1, 900.0]))]
    sentence = found(made((2, 3, 1), "linear", changed=steep))["exploding"]
    assert "for a weight of neuron 3 of layer 1" in sentence


# Diverging


def test_a_run_that_diverged_is_reported():
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


def test_a_cost_far_above_its_initial_value_is_reported():
    now = made().snapshot().train_cost
    sentence = found(made(history=costs([0.45 * now])))["diverging"]
    assert f"from {0.45 * now:.3g} at the start to {now:.3g}" in sentence
    assert found(made(history=costs([0.55 * now]))) == {}


def test_a_cost_that_oscillates_is_reported_with_its_rises_and_its_minimum():
    jumps = np.resize([1.3, 1.5], 30)
    jumps[5] = 0.3
    sentence = found(made(history=costs(jumps)))["diverging"]
    assert (
        "rose in 10 of the last 20 epochs, by 2 in total; its minimum was 0.3, at epoch 5." in sentence
    )
    assert sentence.startswith("The training cost oscillates")
    assert found(made(history=costs(1.3 + (jumps - 1.3) / 2))) == {}
    assert found(made(history=costs([*jumps, *np.full(20, 1.3)]))) == {}, "it has settled"


def test_a_single_jump_is_no_oscillation():
    once = np.array([*np.linspace(1.3, 0.5, 30), 1.5, 3.0, *np.full(10, 0.7)])
    sentence = found(made(history=costs(once)))["diverging"]
    assert sentence.startswith("The training cost jumped: it rose in")


def test_a_jump_by_a_weight_set_by_hand_is_not_blamed_on_the_learning_rate():
    trainer = Trainer(Settings())
    trainer.advance(300)
    trainer.set_parameter(trainer.snapshot().theta.size - 1, 8.0)  # the bias of the output
    before = trainer.history.train_cost
    assert before[300] - before[299] > before[0], "as much as a rate that is too high would do"
    assert "diverging" not in found(trainer)
    for _ in range(3):
        assert trainer.advance(7).train_cost > 0.0
        assert "diverging" not in found(trainer)


def test_a_jump_by_neurons_switched_off_is_not_blamed_on_the_learning_rate():
    settings = Settings(DataSettings("spiral"))
    for neuron in (6, 7):
        settings = settings.with_switch(800, 0, 2, neuron, "off")
    trainer = Trainer(settings)
    trainer.advance(800)
    cost = trainer.history.train_cost
    assert cost[800] - cost[799] > cost[0], "as much as a rate that is too high would do"
    assert "diverging" not in found(trainer)


def test_a_cost_raised_by_a_weight_set_by_hand_does_not_diverge():
    trainer = Trainer(Settings())
    trainer.advance(10)
    trainer.set_parameter(trainer.snapshot().theta.size - 1, 200.0)
    assert trainer.snapshot().train_cost > 10 * trainer.history.train_cost[0]
    assert "diverging" not in found(trainer)


def test_an_oscillation_is_reported_although_a_weight_was_set_by_hand():
    high = Settings(network=NetworkSettings(init="he"), training=TrainingSettings(30.0))
    trainer = Trainer(high)
    trainer.advance(50)
    assert "A lower learning rate helps." in found(trainer)["diverging"]
    trainer.set_parameter(0, float(trainer.snapshot().theta[0]) + 1e-6)
    assert "A lower learning rate helps." in found(trainer)["diverging"]


def test_a_lowered_learning_rate_is_not_blamed_for_what_came_before():
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


def test_a_gradient_that_explodes_after_a_weight_was_set_by_hand_says_so():
    trainer = Trainer(Settings(DataSettings(points=60), NetworkSettings((2, 3, 1), "linear")))
    trainer.set_parameter(2 * 3 + 2, 900.0)
    assert found(trainer)["exploding"].endswith(
        "of layer 1. A weight or bias set by hand may be the cause."
    )


def test_a_nan_cost_counts_as_infinite():
    train, test = np.linspace(3.0, 1.5, 41), np.full(41, 0.6)
    test[0], test[12], test[20] = 2.0, 0.3, np.nan
    sentence = found(made(history=costs(train, test)))["overfitting"]
    assert "since its minimum at epoch 12, 29 epochs ago, the test cost has risen from 0.3" in sentence
    jumps = np.resize([1.3, 1.5], 30)
    jumps[5], jumps[7] = 0.3, np.nan
    assert "its minimum was 0.3, at epoch 5." in found(made(history=costs(jumps)))["diverging"]


# Overfitting


def test_overfitting_is_reported_with_both_epochs():
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


def test_a_small_test_cost_may_double_without_a_finding():
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
    learnable = activation != "linear" or dataset not in ("circles", "xor")
    for epoch in (0, 20, 100, 400):
        trainer.seek(epoch)
        assert [*found(trainer)] == ["plateau"] * (epoch == 400 and not learnable)


@pytest.mark.parametrize("epoch", [0, 1, 10, 100, 1000])
@pytest.mark.parametrize("dims", [(2, 1), (2, 4, 1), (2, 8, 8, 1), (2, 8, 8, 8, 1)])
def test_the_defaults_give_no_finding(dims, epoch):
    trainer = Trainer(Settings(network=NetworkSettings(dims)))
    trainer.seek(epoch)
    assert diagnose(trainer) == {}


def test_a_healthy_relu_network_gives_no_finding():
    data = DataSettings(points=600, noise=0.1)
    trainer = Trainer(Settings(data, NetworkSettings((2, 8, 1), "relu")))
    for epoch in (0, 20, 100, 400):
        trainer.seek(epoch)
        assert diagnose(trainer) == {}


# Whatever the run


@settings(max_examples=150)
@given(run=some_settings(learning_rate=3.0), epochs=st.integers(0, 60))
def test_a_diagnosis_changes_nothing_and_reports_each_kind_once(run, epochs):
    trainer, other = Trainer(run), Trainer(run)
    trainer.advance(epochs)
    other.advance(epochs)
    findings = diagnose(trainer)
    assert diagnose(trainer) == findings
    assert [*findings] == [kind for kind in CHECKS if kind in findings]
    for sentence, remedy, neurons in findings.values():
        assert remedy is None or remedy.applied_to(run).training.edits == ()
        for l, indices in neurons:
            assert 1 <= l < len(run.network.layer_dims)
            assert indices and {*indices} <= {*range(run.network.layer_dims[l])}
        assert sentence[0].isupper() and sentence.endswith(".")
        assert "nan" not in sentence and "None" not in sentence
    assert trainer.epoch == other.epoch and trainer.settings == run
    assert np.array_equal(trainer.snapshot().theta, other.snapshot().theta, equal_nan=True)
    for name, costs in vars(trainer.history).items():
        assert np.array_equal(costs, getattr(other.history, name), equal_nan=True)
    assert np.array_equal(trainer.advance(5).theta, other.advance(5).theta, equal_nan=True)
