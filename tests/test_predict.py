"""A prediction is the class that a network says, or a value; the accuracy is how often it is right."""

import numpy as np
import pytest
from choices import some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import Settings, Trainer, forward_prop, init_params, predict, train
from scratchnet.nn.costs import NO_CLASS, accuracy

LINE = {"W1": np.array([[1.0, -1.0]]), "b1": np.array([[0.5]])}  # z = x1 - x2 + 0.5
THREE = {"W1": np.eye(3), "b1": np.zeros((3, 1))}


@pytest.mark.parametrize("output", ["sigmoid", "tanh"])
def test_of_one_output_it_is_whether_the_logit_is_above_0(output):
    X = [[0.0, 0.0, 1.0, np.nan], [0.0, 2.0, 1.5, 0.0]]
    said = predict(X, LINE, output=output)
    assert said.tolist() == [1, 0, 0, NO_CLASS]
    assert said.dtype.kind == "i"


def test_of_more_outputs_it_is_the_row_of_the_largest():
    X = np.array([[1.0, 0.0, -1.0, 2.0], [0.0, 0.0, 3.0, 2.0], [0.5, 1.0, 4.0, np.nan]])
    assert predict(X, THREE, output="softmax").tolist() == [0, 2, 2, NO_CLASS]


def test_of_a_linear_output_it_is_the_values():
    X = np.array([[1.0, 2.0], [0.0, 4.0]])
    assert np.array_equal(predict(X, LINE, output="linear"), [[1.5, -1.5]])
    params = init_params([2, 5, 2], init="xavier")
    AL, _ = forward_prop(X, params, "relu", "linear")
    assert np.array_equal(predict(X, params, "relu", "linear"), AL)


def test_no_samples_have_no_classes():
    assert predict(np.empty((2, 0)), LINE).shape == predict(np.empty((3, 0)), THREE).shape[:1] == (0,)


def test_xor_is_learned():
    X, Y = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]]), np.array([[0, 1, 1, 0]])
    params, _ = train(X, Y, [2, 4, 1], 2000, 1.0, activation="tanh", init="xavier")
    assert np.array_equal(predict(X, params, "tanh"), Y[0])


@pytest.mark.parametrize(
    ("X", "params", "output", "sentence"),
    [
        (np.ones((3, 4)), LINE, "sigmoid", r"X has shape \(3, 4\); allowed is \(2, samples\), a row"),
        (np.ones(2), LINE, "sigmoid", r"X has shape \(2,\); allowed is \(2, samples\)"),
        ("ab", LINE, "sigmoid", "X .*an array of numbers"),
        (np.ones((2, 4)), {}, "sigmoid", "params are none; allowed are W1 and b1, then"),
        (np.ones((2, 4)), {"W1": LINE["W1"]}, "sigmoid", "params are 'W1'; allowed are W1 and b1"),
        (np.ones((2, 4)), {"W1": [1, 2], "b1": [[0]]}, "linear", r"W1 has shape \(2,\); allowed is"),
        (np.ones((2, 4)), LINE | {"b1": [0]}, "linear", r"b1 has shape \(1,\); allowed is \(1, 1\)"),
        (np.ones((2, 4)), LINE, "relu", "output .*'relu'"),
    ],
)
def test_what_does_not_fit_is_named(X, params, output, sentence):
    with pytest.raises(ValueError, match=sentence):
        predict(X, params, output=output)


@settings(max_examples=30)
@given(some_settings(), st.integers(0, 5))
def test_a_snapshot_predicts_what_its_accuracies_count(chosen, epochs):
    trainer = Trainer(chosen)
    snapshot, data = trainer.advance(epochs), trainer.dataset
    said = snapshot.predict(data.X_test)
    X, T = trainer.test_set
    with np.errstate(over="ignore", invalid="ignore"):
        AL, caches = forward_prop(X, snapshot.params, chosen.network.activation, chosen.network.output)
    if not data.classes:
        assert np.array_equal(said, AL, equal_nan=True)
        return
    assert said.shape == (data.Y_test.size,)
    right = np.mean(said == data.Y_test[0])
    assert right == accuracy(caches[-1][1], T)
    assert right == pytest.approx(snapshot.test_accuracy, rel=1e-6)


def test_a_snapshot_tells_points_of_another_shape():
    snapshot = Trainer(Settings()).snapshot()
    assert snapshot.predict([[0.0], [1.0]]).shape == (1,)
    with pytest.raises(ValueError, match=r"points have shape \(3, 4\); allowed is \(2, m\)"):
        snapshot.predict(np.ones((3, 4)))


def test_infinite_logits_are_classes_without_a_warning():
    params = {"W1": np.array([[1e308, -1e308]]), "b1": np.zeros((1, 1))}
    X = np.array([[10.0, -10.0, 10.0], [0.0, 0.0, 10.0]])
    assert predict(X, params).tolist() == [1, 0, NO_CLASS]
