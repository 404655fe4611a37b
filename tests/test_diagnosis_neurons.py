"""Diagnosis of neurons: dead, stuck at zero, saturated, duplicates; each in a network made for it."""

import numpy as np
import pytest
from diagnosed import found, made, put

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, forward_prop, make_dataset

# Dead and stuck at zero


def test_dead_neurons_are_named():
    trainer = made(activation="relu", changed=[("b1", put([2, 5, 7], -100.0))])
    told = "Neurons 2, 5 and 7 of layer 1 are dead: their output is 0 for all 42 training samples"
    assert found(trainer)["dead"].startswith(told)
    _, caches = forward_prop(trainer.dataset.X_train, trainer.params, "relu")
    (A, _, _), _ = caches[1]
    assert [*np.flatnonzero(A.max(axis=1) == 0.0) + 1] == [2, 5, 7]


def test_a_neuron_that_is_active_for_one_sample_is_not_dead():
    X = make_dataset(points=60).X_train
    second, first = np.sort(X[0])[-2:]
    edge = [("W1", put([3], [1.0, 0.0])), ("b1", put([3], -(first + second) / 2))]
    assert "dead" not in found(made(activation="relu", changed=edge))
    edge[1] = ("b1", put([3], -first))  # at the kink the slope is 0
    sentence = found(made(activation="relu", changed=edge))["dead"]
    assert sentence.startswith("Neuron 3 of layer 1 is dead: its output")


def test_only_relu_neurons_die():
    below = [("b1", put([1], -100.0)), ("b2", put([1, 2, 3, 4], -100.0))]
    findings = found(made((2, 4, 4, 1), ("tanh", "relu"), changed=below))
    assert findings["dead"].startswith("All neurons of layer 2 are dead")
    assert findings["saturated"].startswith("Neuron 1 of layer 1 is saturated")
    assert "vanishing" not in findings, "a dead layer lets nothing through: that is told once"
    assert "dead" not in found(made((2, 4, 4, 1), "leaky_relu", changed=below))


@pytest.mark.parametrize("dims", [(2, 4, 1), (2, 8, 8, 1)])
def test_a_network_of_zeros_is_not_blamed_on_the_learning_rate(dims):
    trainer = Trainer(Settings(network=NetworkSettings(dims, "relu", init="zeros")))
    for epoch in (0, 50):
        trainer.seek(epoch)
        assert [*found(trainer)] == ["duplicates"]


def test_one_relu_neuron_of_zeros_is_stuck_and_not_dead():
    zeros = [("W1", put([3], 0.0)), ("b1", put([3], 0.0))]
    findings = found(made(activation="relu", changed=zeros))
    assert [*findings] == ["zero"]
    assert findings["zero"].startswith(
        "Neuron 3 of layer 1 is stuck at zero: its weights and bias are 0, where ReLU has no gradient."
    )
    dead = [*zeros, ("b1", put([5], -100.0))]
    sentence = found(made(activation="relu", changed=dead))["dead"]
    assert sentence.startswith("Neuron 5 of layer 1 is dead: its output")


@pytest.mark.parametrize("dims", [(2, 1, 1), (2, 1, 1, 1)])
def test_a_hidden_layer_of_one_relu_neuron_of_zeros_is_stuck(dims):
    trainer = Trainer(Settings(network=NetworkSettings(dims, "relu", init="zeros")))
    for epoch in (0, 50):
        trainer.seek(epoch)
        assert [*found(trainer)] == ["zero"]
        assert not trainer.params["W1"].any()


def test_a_neuron_of_zeros_that_gets_a_gradient_is_not_stuck():
    zeros = [("W1", put([3], 0.0)), ("b1", put([3], 0.0))]
    for activation in ("tanh", "sigmoid", "leaky_relu", "gelu"):
        assert found(made(activation=activation, changed=zeros)) == {}


def test_a_neuron_set_by_hand_is_not_blamed_on_the_learning_rate():
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


@pytest.mark.parametrize(("activation", "kind"), [("relu", "dead"), ("tanh", "saturated")])
def test_a_neuron_that_is_switched_off_is_not_reported(activation, kind):
    """It has no part in the network, so nothing is wrong with it."""
    trainer = Trainer(Settings(DataSettings(points=60), NetworkSettings((2, 8, 1), activation)))
    trainer.set_parameter(2 * 8 + 8 + 4, -100.0)  # a bias
    assert kind in found(trainer)
    assert kind not in found(Trainer(trainer.settings.with_switch(0, 0, 1, 5, "off")))
    assert kind in found(Trainer(trainer.settings.with_switch(0, 0, 1, 5, "frozen")))


# Saturated


@pytest.mark.parametrize(
    ("activation", "steepest", "derivative"),
    [
        ("tanh", 1.0, lambda Z: 1.0 / np.cosh(Z) ** 2),
        ("sigmoid", 0.25, lambda Z: 0.25 / np.cosh(Z / 2) ** 2),
    ],
)
def test_saturated_neurons_are_named_with_the_number_of_samples(activation, steepest, derivative):
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
def test_an_activation_that_is_flat_on_one_side_saturates_on_that_side(activation):
    def told(bias):
        return found(made(activation=activation, changed=[("b1", put([8], bias))])).get("saturated", "")

    assert told(bias=-100.0).startswith(
        "Neuron 8 of layer 1 is saturated: for all 42 training samples its"
    )
    assert told(bias=100.0) == ""


# Duplicates


@pytest.mark.parametrize("epochs", [0, 200])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus"])
def test_zeros_make_all_neurons_of_a_layer_duplicates(activation, epochs):
    trainer = Trainer(Settings(network=NetworkSettings((2, 8, 8, 1), activation, init="zeros")))
    trainer.advance(epochs)
    sentence = found(trainer)["duplicates"]
    assert sentence.startswith("All neurons of layers 1 and 2 are duplicates within their layer")


@pytest.mark.parametrize(("apart", "told"), [(0.0, True), (1e-12, True), (1e-3, False)])
def test_neurons_with_the_same_weights_and_bias_are_named(apart, told):
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
def test_each_group_of_duplicates_acts_as_one_neuron(groups, end):
    def alike(part):
        def change(array):
            for group in groups[part]:
                array[np.subtract(group, 1)] = array[group[0] - 1]

        return change

    sentence = found(made((2, 5, 5, 1), changed=[(part, alike(part)) for part in groups]))["duplicates"]
    assert f" {end} They became so in training" in sentence


def test_the_same_weights_with_another_bias_are_no_duplicates():
    same = [("W1", put([1, 2], [0.3, 0.4])), ("b1", put([1], 0.5))]
    assert "duplicates" not in found(made(changed=same))


def test_equal_outputs_are_no_duplicates():
    network = NetworkSettings((2, 4, 3), init="zeros", output="softmax")
    trainer = Trainer(Settings(DataSettings("blobs", classes=3), network))
    assert found(trainer)["duplicates"].startswith("All neurons of layer 1 are duplicates")


def test_neurons_are_compared_by_their_own_size_and_not_by_the_largest_of_their_layer():
    large = [("W1", put([8], 1e9))]
    assert "duplicates" not in found(made(changed=large))
    same = [*large, ("W1", put([1, 2], [0.3, 0.4])), ("b1", put([1, 2], 0.0))]
    assert found(made(changed=same))["duplicates"].startswith("Neurons 1 and 2 of layer 1 are dup")


@pytest.mark.parametrize("rate", ["10", "30", "100"])
@pytest.mark.parametrize("activation", ["tanh", "relu", "linear"])
@pytest.mark.parametrize("dataset", ["plane", "gaussians"])
def test_neurons_that_a_high_learning_rate_drives_apart_are_no_duplicates(dataset, activation, rate):
    query = {"dataset": dataset, "learning_rate": rate, "activation": activation}
    for seed in ("3", "4", "5"):
        trainer = Trainer(Settings.from_query(query | {"init_seed": seed})[0])
        for epoch in (2, 4, 8, 30):
            trainer.seek(epoch)
            assert "duplicates" not in found(trainer)


def test_neurons_that_are_not_finite_are_no_duplicates():
    changed = [("W1", put([1, 2], np.nan)), ("W1", put([4, 5], np.inf))]
    assert "duplicates" not in found(made(activation="linear", changed=changed))


def test_duplicates_of_random_initial_weights_are_not_told_to_use_them():
    sentence = found(Trainer(Settings(network=NetworkSettings((2, 4, 1), init="zeros"))))["duplicates"]
    assert sentence.endswith("Random initial weights, such as Xavier, break the symmetry.")
    same = [("W1", put([1, 2], [0.3, 0.4])), ("b1", put([1, 2], 0.0))]
    assert found(made(changed=same))["duplicates"].endswith(
        "They became so in training: another seed or a lower learning rate may help."
    )
