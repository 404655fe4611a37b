"""The cost from the logits: finite and exact everywhere, and the article's cost where that is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scratchnet.costs import COSTS, accuracy
from scratchnet.network import cost_function, sigmoid

cross_entropy = COSTS["cross_entropy"]
logits = arrays(float, (1, 9), elements=st.floats(-5, 5))
labels = arrays(float, (1, 9), elements=st.sampled_from([0.0, 1.0]))


@given(logits, labels)
def test_equals_the_articles_cost_away_from_saturation(ZL, Y):
    AL, _ = sigmoid(ZL)
    assert cross_entropy.cost(ZL, Y) == pytest.approx(cost_function(AL, Y), abs=1e-12, rel=1e-12)


@pytest.mark.parametrize(("z", "y", "cost"), [(800, 1, 0), (800, 0, 800), (-800, 1, 800), (-1e6, 0, 0)])
def test_finite_and_exact_however_sure(z, y, cost):
    assert cross_entropy.cost(np.array([[float(z)]]), np.array([[float(y)]])) == cost


def test_does_not_round_a_small_cost_to_zero():
    assert cross_entropy.cost(np.array([[40.0]]), np.array([[1.0]])) == pytest.approx(np.exp(-40.0))


@given(logits, labels)
def test_dz_is_the_slope_of_the_cost(ZL, Y):
    h = 1e-5
    dZ = cross_entropy.dZ(sigmoid(ZL)[0], Y)
    for i in range(9):
        step = np.zeros_like(ZL)
        step[0, i] = h
        slope = (cross_entropy.cost(ZL + step, Y) - cross_entropy.cost(ZL - step, Y)) / (2 * h)
        assert dZ[0, i] / 9 == pytest.approx(slope, abs=1e-8)


@given(logits, labels)
def test_scratch_gives_the_same_bits(ZL, Y):
    assert cross_entropy.cost(ZL, Y, np.full((2, 1, 9), 3.0)) == cross_entropy.cost(ZL, Y)


def test_accuracy_counts_the_right_side_of_one_half():
    assert accuracy(np.array([[-2.0, -0.1, 0.0, 3.0]]), np.array([[0.0, 1.0, 0.0, 1.0]])) == 0.75
