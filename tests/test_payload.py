"""A payload carries what the run computed: numbers to the bit, pictures to a colour."""

import json
import math
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scratchnet import Settings, Trainer
from scratchnet.trainer import Snapshot
from scratchnet.ui.stage.payload import frame, pack, surface_code


def unpack(payload):
    """The header, and the bytes behind it, as stage.js reads them."""
    body = zlib.decompress(payload)
    end = 4 + int.from_bytes(body[:4], "little")
    return json.loads(body[4:end]), body[end:]


def decode(code, scale):
    """The probabilities that stage.js paints."""
    v = np.sign(code) * scale * (code / 127.0) ** 2
    return (v + 1) / 2


@given(arrays(float, (5, 5), elements=st.floats(0, 1)))
def test_the_code_is_as_fine_as_a_colour_and_keeps_the_side_of_the_line(probabilities):
    code, scale = surface_code(probabilities)
    painted = decode(code.astype(float), scale)
    assert np.abs(painted - probabilities).max() <= 0.5 / 127 * max(scale, 1e-300) + 1e-12
    seen = code != 0
    assert ((code > 0) == (probabilities > 0.5))[seen].all()


def test_the_code_shows_the_line_also_where_the_network_is_unsure_everywhere():
    """With the article's first weights every output is within 0.0001 of one half."""
    x = np.linspace(-1e-4, 1e-4, 101)
    code, scale = surface_code((0.5 + x)[None, :])
    assert code.min() == -127
    assert code.max() == 127
    crossing = np.interp(0, decode(code[0].astype(float), scale) - 0.5, x)
    assert abs(crossing) < 1e-8


def test_what_is_not_a_number_is_no_colour():
    code, scale = surface_code(np.array([[0.2, np.nan, 0.9]]))
    assert code[0, 1] == -128
    assert scale == pytest.approx(0.8)
    assert surface_code(np.full((2, 2), 0.5))[1] == 1.0


def test_the_numbers_of_a_frame_arrive_to_the_bit():
    trainer = Trainer(Settings())
    snapshot = trainer.advance(3)
    header, _ = unpack(pack({"frames": [frame(snapshot, 0.3, 0.25)]}, [], [[], []]))
    assert header["frames"] == [
        [
            3,
            snapshot.train_cost,
            snapshot.test_cost,
            snapshot.train_accuracy,
            snapshot.test_accuracy,
            0.3,
            0.25,
        ]
    ]


def test_what_is_not_finite_is_null():
    snapshot = Snapshot(1, np.zeros(3), (2, 1), math.inf, math.nan, 0.5, 0.5)
    assert frame(snapshot, 0.3, 1.0)[1:3] == [None, None]


def test_the_bytes_stand_in_the_order_that_the_stage_reads():
    dataset = Trainer(Settings()).dataset
    surface = np.arange(4, dtype=np.int8).reshape(2, 2)
    header, body = unpack(pack({"x": 1}, [surface], [[1.0, 2.0], [3.0, 4.0]], dataset))
    assert header == {"x": 1, "train": 210, "test": 90}
    assert body[:4] == bytes([0, 1, 2, 3])
    assert np.array_equal(np.frombuffer(body, "<f8", 4, 4), [1, 2, 3, 4])
    points = np.frombuffer(body, "<f4", 600, 36).reshape(2, 300)
    assert np.array_equal(points[:, :210], dataset.X_train.astype("f4"))
    assert np.array_equal(points[:, 210:], dataset.X_test.astype("f4"))
    labels = np.frombuffer(body, "i1", 300, 36 + 2400)
    assert np.array_equal(labels[:210], dataset.Y_train[0])
    assert len(body) == 36 + 2400 + 300
