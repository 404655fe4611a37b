"""The metrics: by hand on a few samples, and by what they mean on any."""

from dataclasses import replace

import numpy as np
import pytest
from choices import some_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scratchnet import Settings, Trainer, TrainingSettings, backprop, forward_prop
from scratchnet.analysis.metrics import (
    area_under,
    confusion,
    layer_values,
    precision,
    recall,
    roc,
)
from scratchnet.nn.costs import NO_CLASS, accuracy, predicted_classes, targets
from scratchnet.precision import PRECISIONS, single

NAN, INF = np.nan, np.inf


@st.composite
def answers(draw):
    """Logits, (n_L, m), with ties, infinities and what is not a number, and labels, (m,)."""
    classes, m = draw(st.integers(2, 5)), draw(st.integers(1, 30))
    values = st.sampled_from([-INF, -1.0, 0.0, 0.5, 1.0, INF, NAN]) | st.floats(-3, 3)
    ZL = draw(arrays(float, (classes if classes > 2 else 1, m), elements=values))
    return ZL, draw(arrays(float, m, elements=st.integers(0, classes - 1)))


@st.composite
def scores(draw):
    """Scores, (m,), many of them tied, and labels, (m,), with both classes."""
    m = draw(st.integers(2, 30))
    score = draw(arrays(float, m, elements=st.integers(-4, 4) | st.sampled_from([INF, -INF])))
    labels = draw(arrays(float, m - 2, elements=st.sampled_from([0.0, 1.0])))
    return score, np.append(labels, [0.0, 1.0])


def test_the_class_said_is_the_side_of_the_line_or_the_largest():
    assert predicted_classes(np.array([[-2.0, 0.0, 0.1, INF, NAN]])).tolist() == [0, 0, 1, 1, NO_CLASS]
    ZL = np.array([[3.0, -1.0, 0.0, 9.0], [2.0, -1.0, 0.0, NAN], [1.0, 0.0, 0.0, 1.0]])
    assert predicted_classes(ZL).tolist() == [0, 2, 0, NO_CLASS]


def test_a_table_by_hand():
    said, labels = np.array([0, 0, 1, 2, 2, 2, NO_CLASS]), np.array([0.0, 1, 1, 2, 2, 0, 0])
    table = confusion(said, labels, 3)
    assert table.tolist() == [[1, 0, 1, 1], [1, 1, 0, 0], [0, 0, 2, 0]]
    assert precision(table).tolist() == [1 / 2, 1, 2 / 3]
    assert recall(table).tolist() == [1 / 3, 1 / 2, 1]


def test_there_is_no_precision_where_nothing_is_said_and_no_recall_where_nothing_is():
    table = confusion(np.array([0, 0]), np.array([0.0, 2.0]), 3)
    assert np.array_equal(precision(table), [0.5, NAN, NAN], equal_nan=True)
    assert np.array_equal(recall(table), [1, NAN, 0], equal_nan=True)


@given(answers())
def test_a_table_counts_every_sample_once_and_what_is_right_on_its_diagonal(answered):
    ZL, labels = answered
    classes = max(len(ZL), 2)
    table = confusion(predicted_classes(ZL), labels, classes)
    assert table.sum(axis=1).tolist() == [np.count_nonzero(labels == each) for each in range(classes)]
    assert table[:, NO_CLASS].sum() == np.isnan(ZL).any(axis=0).sum()
    output = "softmax" if len(ZL) > 1 else "sigmoid"
    right = accuracy(ZL, targets(labels[None], output, len(ZL)))
    assert table.trace() / labels.size == right


def test_a_curve_by_hand():
    curve = roc(np.array([0.1, 0.4, 0.4, 0.8, -1.0]), np.array([0, 0, 1, 1, 1]))
    assert curve.threshold.tolist() == [INF, 0.8, 0.4, 0.1, -1.0]
    assert curve.true_positive_rate.tolist() == [0, 1 / 3, 2 / 3, 2 / 3, 1]
    assert curve.false_positive_rate.tolist() == [0, 0, 1 / 2, 1, 1]
    # Of the six pairs, class 1 has the higher score in three and a tie in one.
    assert area_under(*curve[:2]) == pytest.approx(3.5 / 6)


def test_the_first_entry_is_said_of_none_not_even_of_an_infinite_score():
    curve = roc(np.array([0.0, INF, INF]), np.array([0, 1, 0]))
    assert curve.threshold.tolist() == [INF, INF, 0]
    assert curve.true_positive_rate.tolist() == [0, 1, 1]
    assert curve.false_positive_rate.tolist() == [0, 1 / 2, 1]


@pytest.mark.parametrize(("score", "area"), [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0), ([7] * 4, 0.5)])
def test_the_area_of_the_best_of_the_worst_and_of_no_order(score, area):
    curve = roc(np.array(score), np.array([0, 0, 1, 1]))
    assert area_under(*curve[:2]) == area


@given(scores())
def test_a_point_of_the_curve_is_the_share_of_each_class_from_a_score_on(scored):
    score, labels = scored
    curve = roc(score, labels)
    assert [rate[0] for rate in curve] == [0, 0, INF]
    assert [rate[-1] for rate in curve[:2]] == [1, 1]
    assert np.array_equal(curve.threshold[1:], np.unique(score)[::-1])
    for false_positive, true_positive, threshold in zip(*(part[1:] for part in curve), strict=True):
        assert true_positive == np.mean(score[labels == 1] >= threshold)
        assert false_positive == np.mean(score[labels == 0] >= threshold)
    assert all((np.diff(rate) >= 0).all() for rate in curve[:2])


@given(scores())
def test_the_area_is_the_share_of_pairs_in_the_right_order(scored):
    score, labels = scored
    ones, zeros = score[labels == 1][:, None], score[labels == 0]
    pairs = np.mean((ones > zeros) + 0.5 * (ones == zeros))
    assert area_under(*roc(score, labels)[:2]) == pytest.approx(pairs)


@pytest.mark.parametrize(("score", "labels"), [([1, 2], [1, 1]), ([1, 2], [0, 0]), ([1, NAN], [0, 1])])
def test_there_is_no_curve_of_one_class_nor_of_what_is_not_a_number(score, labels):
    assert roc(np.array(score), np.array(labels)) is None


@settings(max_examples=30)
@given(some_settings())
def test_the_values_of_the_layers_are_those_of_the_network(chosen):
    trainer = Trainer(chosen)
    snapshot, before = trainer.advance(2), trainer.params
    network, training, data = chosen.network, chosen.training, trainer.dataset
    kind = network.activation, network.output
    X, T = trainer.training_set
    AL, caches = forward_prop(X, snapshot.params, *kind)
    grads = backprop(AL, T, caches, *kind, network.cost, training.l1, training.l2)
    layers = layer_values(snapshot, data, chosen)
    assert [each.layer for each in layers] == list(range(1, len(network.layer_dims)))
    for layer, weights, activations, gradients in layers:
        A = AL if layer == len(caches) else caches[layer][0][0]
        assert np.array_equal(weights, snapshot.params[f"W{layer}"])
        assert np.array_equal(activations, A)
        assert activations.shape == (network.layer_dims[layer], data.X_train.shape[1])
        assert np.array_equal(gradients, grads[f"dW{layer}"])
    assert all(np.array_equal(trainer.params[name], before[name]) for name in before)
    ZL = snapshot.logits(data.X_train)
    assert np.array_equal(ZL, caches[-1][1])
    assert np.array_equal(snapshot.outputs(data.X_train), AL)
    if data.classes:
        table = confusion(predicted_classes(ZL), data.Y_train[0], data.classes)
        keep = PRECISIONS[training.precision]
        assert keep(table.trace() / table.sum()) == snapshot.train_accuracy


def test_the_gradients_are_what_the_next_step_takes():
    chosen = replace(Settings(), training=TrainingSettings(0.3, l1=0.001, l2=0.01))
    trainer = Trainer(chosen)
    layers = layer_values(trainer.advance(5), trainer.dataset, chosen)
    after = trainer.advance().params
    for layer, weights, _, gradients in layers:
        assert np.array_equal(single(weights - 0.3 * gradients), after[f"W{layer}"])
