"""A run that is no better than guessing is reported, with the cause that its own numbers show."""

from urllib.parse import parse_qsl

import numpy as np
import pytest
from diagnosed import found, made, put

from benchmarks.diagnosis import drawn, outcome
from scratchnet import Dataset, DataSettings, NetworkSettings, Settings, Trainer, forward_prop
from scratchnet.analysis.evidence import evidence_of
from scratchnet.nn.costs import cost_of

WEIGHTS = "Larger initial weights, such as Xavier or He, help."
RANDOM = "Random initial weights, such as Xavier, help."
RATE = "A higher one helps."
LAYER = "A hidden layer or other features help."
CAUSES = {
    "dataset=xor&layer_dims=2-5-1&activation=sigmoid&init=article&learning_rate=0.1": WEIGHTS,
    "dataset=circles&activation=sigmoid&init=article&learning_rate=1": WEIGHTS,
    "dataset=spiral&classes=5&layer_dims=2-2-4-5&activation=sigmoid&init=article": WEIGHTS,
    "dataset=gaussians&init=article&learning_rate=0.1": WEIGHTS,
    "dataset=xor&output=tanh&init=article": WEIGHTS,
    "dataset=gaussians&init=article&l2=0.001&learning_rate=0.1": WEIGHTS,
    "dataset=xor&layer_dims=2-1": LAYER,
    "dataset=circles&layer_dims=2-1": LAYER,
    "dataset=xor&layer_dims=2-1&l2=0.001&optimizer=adam&learning_rate=0.01&init=he": LAYER,
    "layer_dims=2-2-1&switches=0:1:1:off,0:1:2:off": "All neurons of layer 1 are switched off, so the "
    "output is constant.",
    "layer_dims=2-2-1&switches=0:1:1:frozen,0:1:2:frozen,0:2:1:frozen": "All neurons of layers 1 and 2 "
    "are frozen, so they do not learn.",
    "layer_dims=2-3-1&activation=relu&edits=0:9:-100,0:10:-100&switches=0:1:3:off": "No neuron of "
    "layer 1 is active, so no gradient passes. New initial weights with a lower learning rate or leaky "
    "ReLU help.",
    "dataset=circles&layer_dims=2-4-1&activation=linear": "Another activation helps.",
    "dataset=circles&learning_rate=0.00001": RATE,
    "dataset=xor&learning_rate=0.0001&optimizer=momentum": RATE,
    "l2=3": "A smaller penalty helps.",
    "l1=0.3&learning_rate=0.1": "A smaller penalty helps.",
    "init=zeros": RANDOM,
    "init=zeros&activation=relu": RANDOM,
    "init=zeros&activation=relu&layer_dims=2-1-1": RANDOM,
    "dataset=xor&init=zeros&activation=sigmoid": "All neurons of layers 1 and 2 are the same.",
    "dataset=circles&activation=relu&learning_rate=3": "No neuron of layer 2 is active",
    "layer_dims=2-8-8-8-8-8-8-1&activation=sigmoid": "Almost no gradient reaches layer 1.",
}


def run_of(address, epoch=0):
    chosen, corrections = Settings.from_query(dict(parse_qsl(address)))
    assert corrections == ()
    trainer = Trainer(chosen)
    trainer.advance(epoch)
    return trainer


@pytest.mark.parametrize("address", CAUSES)
def test_a_run_on_the_plateau_is_reported_with_its_cause(address):
    assert CAUSES[address] in found(run_of(address, 1000))["plateau"]


def test_the_sentence_has_the_numbers_of_the_run():
    trainer = run_of("dataset=xor&layer_dims=2-1", 250)
    assert "plateau" not in found(run_of("dataset=xor&layer_dims=2-1", 199)), "it may still leave"
    history = trainer.history
    lowest = np.floor(1e4 * history.train_cost.min()) / 1e4
    assert found(trainer)["plateau"].startswith(
        "No better than guessing: in the last 250 epochs the training cost has stayed at "
        f"{lowest:.4g} or above, while a constant output gives 0.693; "
        f"the training accuracy is {100 * history.train_accuracy[-1]:.0f} %. "
    )


def test_a_regression_has_no_accuracy_in_its_sentence():
    trainer = run_of("dataset=gaussians&init=article&learning_rate=0.1", 300)
    variance = np.var(trainer.dataset.Y_train)
    sentence = found(trainer)["plateau"]
    assert f"while a constant output gives {variance / 2:.4g}. The weights" in sentence


@pytest.mark.parametrize(
    ("output", "cost", "classes"),
    [
        ("sigmoid", "cross_entropy", 2),
        ("sigmoid", "squared_error", 2),
        ("tanh", "squared_error", 2),
        ("softmax", "cross_entropy", 3),
        ("linear", "squared_error", 0),
    ],
)
def test_the_cost_of_guessing_is_the_lowest_of_all_constant_outputs(output, cost, classes):
    names = {2: "moons", 3: "blobs", 0: "plane"}
    network = NetworkSettings((2, 3 if classes == 3 else 1), output=output, cost=cost)
    trainer = Trainer(Settings(DataSettings(names[classes], points=41, classes=classes), network))
    guessing = evidence_of(trainer).cost_of_guessing
    X, T = trainer.training_set
    params = trainer.params
    params["W1"][:] = 0.0

    def cost_at(b):
        params["b1"][:] = np.reshape(b, (-1, 1))
        AL, caches = forward_prop(X, params, "tanh", output)
        return float(cost_of(output, cost).cost(caches[-1][1], AL, T))

    values = np.linspace(-2.0, 2.0, 81)
    biases = [(a, b, 0.0) for a in values for b in values] if classes == 3 else values
    lowest = min(map(cost_at, biases))
    assert guessing <= lowest <= 1.002 * guessing


def test_labels_of_one_class_can_be_guessed_without_a_cost():
    X, Y = np.array([[1.0, -1.0, 0.5], [0.2, 0.3, -1.0]]), np.ones((1, 3))
    trainer = Trainer(Settings(network=NetworkSettings((2, 1))), Dataset(X, Y, X, Y))
    trainer.advance(400)
    assert evidence_of(trainer).cost_of_guessing == 0.0
    assert "plateau" not in found(trainer)


def history(train, epochs=300):
    """Return a history of a constant training cost."""
    return np.full((epochs, 2), train)


def test_a_cost_that_was_lower_lately_is_not_on_the_plateau():
    now = made(changed=[("W2", put([1], 0.0))])  # its output is constant
    assert now.snapshot().train_cost == pytest.approx(0.693, abs=1e-3)
    stays = history(0.694)
    assert "plateau" in found(made(changed=[("W2", put([1], 0.0))], history=stays))
    stays[150] = 0.68
    assert "plateau" not in found(made(changed=[("W2", put([1], 0.0))], history=stays))
    stays[150] = 0.8
    assert "plateau" not in found(made(changed=[("W2", put([1], 0.0))], history=stays)), "it jumps"


def test_a_run_whose_accuracy_is_well_above_guessing_is_not_on_the_plateau():
    weights = made().params["W2"]
    for sign, accuracy in ((1.0, 0.12), (-1.0, 0.88)):
        trainer = made(changed=[("W2", put([1], 0.01 * sign * weights))], history=history(0.694))
        assert trainer.snapshot().train_accuracy == pytest.approx(accuracy, abs=0.01)
        assert ("plateau" in found(trainer)) == (accuracy < 0.5)


def test_drawn_runs_that_learn_do_not_end_on_the_plateau():
    """The first of those that ``python -m benchmarks.diagnosis`` counts until 500 have learned."""
    runs = [outcome(drawn(20, number)) for number in range(60)]
    assert sum(run.healthy for run in runs) > 20
    for run in runs:
        assert not run.healthy or not {"plateau", "zero"} & {*run.kinds[1000]}, run
    assert sum("plateau" in run.kinds[1000] for run in runs) > 3
