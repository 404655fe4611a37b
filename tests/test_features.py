"""Features: what the network is told of a point."""

import numpy as np
import pytest

from scratchnet.data.features import FEATURES, features_of


def test_each_feature_is_what_its_name_says():
    x1, x2 = points = np.array([[0.5, -2.0, 0.0], [3.0, 0.25, -1.0]])
    expected = {
        "x1": x1,
        "x2": x2,
        "x1_squared": x1**2,
        "x2_squared": x2**2,
        "x1_x2": x1 * x2,
        "sin_x1": np.sin(x1),
        "sin_x2": np.sin(x2),
    }
    assert list(expected) == list(FEATURES)
    for name, row in expected.items():
        assert features_of(points, [name]) == pytest.approx(row[None, :])


def test_they_stand_in_the_order_asked_for_and_the_plain_ones_have_the_same_bits():
    points = np.random.RandomState(0).randn(2, 9)
    assert np.array_equal(features_of(points, ("x1", "x2")), points)
    assert np.array_equal(features_of(points, ("x2", "x1")), points[::-1])


def test_points_that_are_not_of_the_plane_are_refused():
    with pytest.raises(ValueError, match="A point must have 2 coordinates, x1 and x2, got 3"):
        features_of(np.zeros((3, 4)), ["x1"])
