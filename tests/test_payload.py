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
from scratchnet.live.payload import (
    LIMITS,
    differences,
    frame,
    map_code,
    pack,
    picture,
    real,
    surface_code,
)
from scratchnet.run.snapshot import Snapshot


def unpack(payload):
    """The header, and the bytes behind it, as stage.js reads them."""
    body = zlib.decompress(payload)
    end = 4 + int.from_bytes(body[:4], "little")
    return json.loads(body[4:end]), body[end:]


def decode(code, scale):
    """The outputs that stage.js paints."""
    logit = np.sign(code) * scale * (code / 127.0) ** 2
    return (np.tanh(logit / 2) + 1) / 2


def outputs(logits):
    return (np.tanh(logits / 2) + 1) / 2


@given(arrays(float, (5, 5), elements=st.floats(-50, 50) | st.floats(-1e-3, 1e-3)))
def test_the_code_is_as_fine_as_a_colour_and_keeps_the_side_of_the_line(logits):
    code, scale = surface_code(logits, 20.0)
    painted = decode(code.astype(float), scale)
    assert np.abs(painted - outputs(logits)).max() < 0.01
    assert np.array_equal(np.sign(code), np.sign(logits))


@pytest.mark.parametrize(
    ("output", "value", "span"),
    [("tanh", np.tanh, 2.0), ("linear", lambda z: np.clip(z, -1, 1), 2.0)],
)
def test_other_outputs_are_painted_as_true(output, value, span):
    logits = np.linspace(-12, 12, 4001)[None, :]
    code, scale = picture(logits, output)
    assert scale == LIMITS[output]
    painted = value(np.sign(code) * scale * (code.astype(float) / 127) ** 2)
    assert np.abs(painted - value(logits)).max() < 0.01 * span


@given(arrays(float, (4, 6), elements=st.floats(-30, 30)))
def test_of_classes_the_winner_is_shown_and_by_how_much(logits):
    (winner, code), scale = picture(logits, "softmax")
    assert np.array_equal(winner, logits.argmax(axis=0))
    assert (code >= 0).all()
    first, second = np.sort(logits, axis=0)[:-3:-1]
    lead = scale * (code / 127.0) ** 2
    assert np.tanh(lead / 2) == pytest.approx(np.tanh((first - second) / 2), abs=0.02)


def test_of_classes_what_is_not_a_number_is_no_colour():
    logits = np.array([[np.nan, np.inf, 1.0], [0.0, np.inf, 0.0], [0.0, 0.0, np.inf]])
    (_, code), _ = picture(logits, "softmax")
    assert code[:2].tolist() == [-128, -128]
    assert code[2] == 127


@pytest.mark.parametrize("steepness", [1e-4, 0.1, 3.0, 19.0])
def test_the_line_is_sharp_whether_the_network_is_unsure_or_sure(steepness):
    """Between two points of the grid the line is found to a fiftieth of their distance."""
    for where in (0.1, 0.25, 0.5, 0.8):
        x = np.arange(-4, 6)
        code, _ = surface_code(steepness * (x - where)[None, :], 20.0)
        value = np.sign(code[0].astype(float)) * code[0].astype(float) ** 2
        assert np.interp(0, value, x) == pytest.approx(where, abs=0.02)


def test_what_is_not_a_number_is_no_colour():
    code, scale = surface_code(np.array([[-2.0, np.nan, 3.0, np.inf]]), 20.0)
    assert code[0, 1] == -128
    assert code[0, 3] == 127
    assert scale == 20.0
    assert surface_code(np.zeros((2, 2)), 20.0)[1] == 1.0


def test_the_numbers_of_a_frame_arrive_to_the_bit():
    trainer = Trainer(Settings())
    snapshot = trainer.advance(3)
    header, _ = unpack(pack({"frames": [frame(snapshot, 0.3, 0.25)]}, []))
    assert header["frames"] == [
        [
            3,
            0,
            snapshot.train_cost,
            snapshot.test_cost,
            snapshot.train_accuracy,
            snapshot.test_accuracy,
            0.3,
            0.25,
            snapshot.fingerprint,
        ]
    ]


def test_what_is_not_finite_is_null():
    snapshot = Snapshot(math.inf, math.nan, 0.5, 0.5, 1, np.zeros(3), Settings())
    assert frame(snapshot, 0.3, 1.0)[2:4] == [None, None]


def test_the_bytes_stand_behind_the_header_in_their_order():
    theta = np.array([0.1, -2.5])
    header, body = unpack(pack({"x": 1}, [np.arange(4, dtype=np.int8), theta]))
    assert header == {"x": 1}
    assert body == bytes([0, 1, 2, 3]) + theta.tobytes()


@given(arrays(float, (2, 9), elements=st.floats(-3, 3)))
def test_a_map_is_right_to_a_hundredth_between_minus_one_and_one(A):
    code = map_code(A)
    assert code.dtype == np.int8
    assert np.abs(code / 127.0 - np.clip(A, -1, 1)).max() < 0.01


def test_of_a_map_what_is_not_a_number_is_no_colour():
    assert map_code(np.array([np.nan, np.inf, -np.inf])).tolist() == [-128, 127, -127]


@given(arrays(np.int8, (4, 7)))
def test_the_sums_of_the_differences_are_the_pictures_also_where_they_wrap(codes):
    sent = differences(list(codes))
    assert sent.dtype == np.int8
    assert np.array_equal(sent[0], codes[0]), "the first is whole"
    assert np.array_equal(np.cumsum(sent, axis=0, dtype=np.int8), codes)


def test_pictures_that_hardly_change_take_few_bytes():
    random = np.random.RandomState(0)
    first = random.randint(-127, 128, 10_000).astype(np.int8)
    alike = [first + np.int8(step) for step in range(8)]
    assert len(pack({}, [differences(alike)])) < 0.2 * len(pack({}, alike))


def test_a_number_is_sent_in_the_type_that_keeps_it():
    kept = np.array([0.1, 1e-30, 3.0], np.float32).astype(float)
    assert np.array_equal(kept.astype(real("single")).astype(float), kept)
    assert real("single") == "<f4"
    assert np.array_equal(np.array([0.1]).astype(real("double")), [0.1])
