"""The functions of network.py take arrays that fit each other, and otherwise name both shapes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet import (
    backprop,
    cost_function,
    forward_prop,
    init_params,
    one_layer_backward,
    predict,
    train,
    update_parameters,
)
from scratchnet.nn.network import linear_backward
from scratchnet.validation import NotAllowed

X = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
Y = np.array([[0.0, 1.0, 1.0, 0.0]])
P = init_params([2, 3, 1], init="xavier")
AL, CACHES = forward_prop(X, P)
GRADS = backprop(AL, Y, CACHES)
P3 = init_params([2, 5, 3], init="xavier")
AL3, CACHES3 = forward_prop(X, P3, output="softmax")
LABELS3 = np.array([0, 2, 1, 2])
ONE_HOT = np.eye(3)[LABELS3].T  # (3, 4)
OF_TWO_SAMPLES = forward_prop(X[:, :2], P)[1]

shapes = st.lists(st.integers(0, 4), max_size=3).map(tuple)


def test_one_dimensional_labels_are_one_row():
    assert cost_function(AL, Y[0]) == cost_function(AL, Y)
    assert cost_function(AL, [0, 1, 1, 0]) == cost_function(AL, Y)
    for labels in (Y[0], [0, 1, 1, 0]):
        grads = backprop(AL, labels, CACHES)
        assert all(np.array_equal(grads[name], GRADS[name]) for name in GRADS)
    of_one = forward_prop(X[:, :1], P)
    assert np.array_equal(backprop(of_one[0], [1], of_one[1])["dW1"].shape, P["W1"].shape)


@given(shapes, shapes)
def test_a_cost_is_of_outputs_and_targets_of_one_shape_or_refused(of_A, of_Y):
    A, T = np.full(of_A, 0.25), np.ones(of_Y)
    fit = len(of_A) == 2 and 0 not in of_A and (of_Y == of_A or (1, *of_Y) == of_A)
    if fit:
        assert cost_function(A, T) == pytest.approx(of_A[0] * np.log(4))
        return
    with pytest.raises(NotAllowed, match="must have the shape") as error:
        cost_function(A, T)
    assert f"got {of_A}" in str(error.value) or f"{of_A} of A, got {of_Y}" in str(error.value)


@given(shapes)
def test_backprop_takes_targets_of_the_shape_of_the_outputs_and_no_others(of_Y):
    if of_Y == (3, 4):
        assert backprop(AL3, np.ones(of_Y), CACHES3, output="softmax")["dW2"].shape == (3, 5)
        return
    with pytest.raises(NotAllowed) as error:
        backprop(AL3, np.ones(of_Y), CACHES3, output="softmax")
    assert str(error.value) == f"Y must have the shape (3, 4) of AL, got {of_Y}."


@given(shapes)
def test_the_backward_step_of_a_layer_takes_dA_like_its_outputs_and_no_other(of_dA):
    (linear_cache, _) = CACHES[0]
    if of_dA == (3, 4):
        assert one_layer_backward(np.ones(of_dA), CACHES[0])[1].shape == (3, 2)
        return
    with pytest.raises(NotAllowed) as error:
        one_layer_backward(np.ones(of_dA), CACHES[0])
    assert str(error.value) == f"dA must have the shape (3, 4) of Z, got {of_dA}."
    with pytest.raises(NotAllowed) as error:
        linear_backward(np.ones(of_dA), linear_cache)
    assert str(error.value) == f"dZ must have the shape (3, 4) of W A_prev + b, got {of_dA}."


@given(st.sampled_from(sorted(P)), shapes)
def test_an_update_takes_gradients_like_their_parameters_and_no_others(name, shape):
    grads = GRADS | {f"d{name}": np.ones(shape)}
    if shape == P[name].shape:
        assert update_parameters(P, grads, 0.5)[name].shape == shape
        return
    with pytest.raises(NotAllowed) as error:
        update_parameters(P, grads, 0.5)
    assert str(error.value) == f"d{name} must have the shape {P[name].shape} of {name}, got {shape}."


@given(st.sampled_from(sorted(P)), shapes)
def test_no_pass_is_made_with_parameters_that_do_not_fit(name, shape):
    changed = P | {name: np.ones(shape)}
    dims = changed["W1"].shape, changed["b1"].shape, changed["W2"].shape, changed["b2"].shape
    if [len(each) for each in dims] == [2] * 4:
        (n1, n0), b1, (n2, n1_again), b2 = dims
        if n0 == 2 and n1 == n1_again and b1 == (n1, 1) and b2 == (n2, 1) and n2:
            assert forward_prop(X, changed)[0].shape == (n2, 4)
            return
    for forward in (forward_prop, predict):
        with pytest.raises(NotAllowed, match=r"(W|b)\d must have the shape|X must have the shape"):
            forward(X, changed)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: cost_function(AL, Y.T), "Y must have the shape (1, 4) of A, got (4, 1)."),
        (
            lambda: cost_function(AL[0], Y),
            "A must have the shape (outputs, samples), at least 1 of each, got (4,).",
        ),
        (lambda: cost_function(AL, "ab"), "Y must be an array of numbers, got 'ab'."),
        (
            lambda: backprop(AL3, ONE_HOT.T, CACHES3, output="softmax"),
            "Y must have the shape (3, 4) of AL, got (4, 3).",
        ),
        (
            lambda: backprop(AL3, LABELS3, CACHES3, output="softmax"),
            "Y must have the shape (3, 4) of AL, got (4,).",
        ),
        (
            lambda: backprop(AL, Y, OF_TWO_SAMPLES),
            "AL must have the shape (1, 2) of Z in the last cache, got (1, 4).",
        ),
        (
            lambda: backprop(AL, Y, CACHES3),
            "AL must have the shape (3, 4) of Z in the last cache, got (1, 4).",
        ),
        (lambda: backprop(AL, Y, []), "caches must hold the cache of each layer, got none."),
        (
            lambda: backprop(AL, Y, [CACHES3[0], CACHES[1]]),
            "dA must have the shape (5, 4) of Z, got (3, 4).",
        ),
        (
            lambda: backprop(AL, Y, [OF_TWO_SAMPLES[0], CACHES[1]]),
            "dA must have the shape (3, 2) of Z, got (3, 4).",
        ),
        (
            lambda: one_layer_backward(np.ones((3, 4)), ((X[:1], P["W1"], P["b1"]), np.ones((3, 4)))),
            "A_prev must have the shape (2, 4) of W A_prev, got (1, 4).",
        ),
        (
            lambda: one_layer_backward(np.ones((3, 4)), (OF_TWO_SAMPLES[0][0], np.ones((3, 4)))),
            "dZ must have the shape (3, 2) of W A_prev + b, got (3, 4).",
        ),
        (
            lambda: one_layer_backward(np.ones((3, 4)), CACHES[0], "selu"),
            "activation must be one of sigmoid, tanh, relu, leaky_relu, elu, gelu, softplus, sine, "
            "linear, got 'selu'.",
        ),
        (
            lambda: forward_prop(X, P | {"b1": np.zeros(3)}),
            "b1 must have the shape (3, 1), a row for each neuron, got (3,).",
        ),
        (
            lambda: forward_prop(X.T, P),
            "X must have the shape (2, samples), a row for each feature, got (4, 2).",
        ),
        (
            lambda: update_parameters(P, {"dW1": 1.0}, 0.5),
            "dW1 must have the shape (3, 2) of W1, got ().",
        ),
        (
            lambda: update_parameters(P, {}, 0.5),
            "grads must hold dW1, db1, dW2 and db2, got none.",
        ),
        (
            lambda: update_parameters(P3, GRADS, 0.5),
            "dW1 must have the shape (5, 2) of W1, got (3, 2).",
        ),
        (
            lambda: update_parameters(P, GRADS, 0.5, "adam", {"t": 3, "W1": np.zeros((2, 5, 2))}),
            "memory of W1 must have the shape (2, 3, 2) of adam, got (2, 5, 2).",
        ),
        (
            lambda: train(X[:, :3], np.eye(3)[[0, 0, 1]], [2, 3], 1, 0.1, output="softmax"),
            "Each column of Y must hold one 1, for the class, got 2.",
        ),
    ],
)
def test_what_does_not_fit_is_one_sentence_with_both_shapes(call, sentence):
    with pytest.raises(NotAllowed) as error:
        call()
    assert str(error.value) == sentence


def test_softmax_takes_the_columns_of_one_hot_targets():
    params, _ = train(X, ONE_HOT, [2, 3], 1, 0.1, output="softmax")
    again, _ = train(X, LABELS3, [2, 3], 1, 0.1, output="softmax")
    assert all(np.array_equal(params[name], again[name]) for name in params)


def test_a_memory_of_gradient_descent_is_none_of_momentum():
    memory = {}
    update_parameters(P, GRADS, 0.5, memory=memory)
    with pytest.raises(NotAllowed, match=r"memory of W1 must have the shape \(1, 3, 2\) of momentum"):
        update_parameters(P, GRADS, 0.5, "momentum", memory)
