"""A fixture is the run to the last bit, and its text is enough to compute it again."""

import copy
import json
import math

import numpy as np
import pytest
from choices import EVERY_CHOICE, some_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_check import check, check_to_the_last_digit

from scratchnet import Dataset, DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings
from scratchnet.analysis.training_step import next_step
from scratchnet.export.fixture import (
    fixture_of,
    fixture_text,
)
from scratchnet.export.model_file import save
from scratchnet.nn.activations import ACTIVATIONS

TOLD = ("dataset", "output", "cost", "activation", "init", "optimizer", "batch_size", "l1", "l2")


def run_of(query, epoch=0):
    """A small run of these settings, at that epoch."""
    small = {"points": "30", "train_share": "0.4", "layer_dims": "2-3-2-1"}
    made, wrong = Settings.from_query(small | query)
    assert not wrong
    trainer = Trainer(made)
    trainer.advance(epoch)
    return trainer


@pytest.mark.parametrize(
    "chosen",
    [choice for choice in EVERY_CHOICE if choice[0] in TOLD],
    ids=lambda chosen: f"{chosen[0]} {chosen[1]}",
)
@settings(max_examples=10)
@given(data=st.data())
def test_plain_python_computes_every_choice_again(chosen, data):
    made = data.draw(some_settings(points=30, widest=5, chosen=chosen))
    trainer = Trainer(made)
    trainer.advance(data.draw(st.integers(0, 3)))
    assert check(fixture_text(trainer)) == []


FOLLOWED = {
    "momentum": {"optimizer": "momentum", "learning_rate": "0.05", "l2": "0.01"},
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": "0.01", "activation": "gelu-softplus"},
    "adam": {"optimizer": "adam", "schedule": "cosine", "period": "20", "activation": "relu-elu"},
    "by hand": {"edits": "0:4:0.7,1:13:-0.2,3:2:1.5", "rate_changes": "2:0.1,5:1.0"},
    "switched": {
        "layer_dims": "2-3-2-1",
        "optimizer": "adam",
        "l2": "0.01",
        "edits": "4:7:0.5",
        "switches": "0:1:2:frozen,1:2:1:off,4:1:1:off,6:2:1:on",
    },
    "three classes": {"dataset": "blobs", "classes": "3", "output": "softmax", "layer_dims": "2-3-2-3"},
}


@pytest.mark.parametrize("query", FOLLOWED.values(), ids=FOLLOWED)
def test_plain_python_continues_the_training(query):
    text = fixture_text(run_of(query, epoch=10))
    assert check(text, epochs=10) == []
    assert check(fixture_text(run_of(query, epoch=1)), epochs=1) == []
    for name in ("learning_rate", "train_cost", "test_cost"):  # and sees it if it had not
        changed = json.loads(text)
        changed["history"][name][7] *= 1.01
        assert check(json.dumps(changed), epochs=10)


@pytest.mark.parametrize("precision", ["single", "double"])
@pytest.mark.parametrize("query", [{}, *FOLLOWED.values()], ids=["defaults", *FOLLOWED])
def test_plain_python_trains_50_epochs_to_the_last_digit(query, precision):
    text = fixture_text(run_of(query | {"precision": precision}, epoch=3))
    read = json.loads(text)["single"]
    assert len(read["train_cost"]) == len(read["fingerprint"]) == 51
    assert check_to_the_last_digit(text) == []
    for name in ("train_cost", "test_cost"):
        changed = json.loads(text)
        changed["single"][name][50] = float(np.nextafter(np.float32(read[name][50]), np.float32(9)))
        assert check_to_the_last_digit(json.dumps(changed)) == [f"single {name}[50]"]


@settings(max_examples=60)
@given(made=some_settings(points=40, learning_rate=0.02), epoch=st.integers(0, 4), part=st.floats(0, 1))
def test_every_value_is_that_of_the_run_bit_for_bit(made, epoch, part):
    trainer = Trainer(made)
    trainer.seek(epoch, int(part * (trainer.updates_per_epoch - 1)))
    before = save(trainer)
    read = json.loads(fixture_text(trainer))
    assert save(trainer) == before
    first = Trainer(made)
    step = next_step(first)
    given = read["forward"] | read["backward"] | {"cost": [[read["cost"]]]}
    given |= {f"{name} new": part for name, part in read["updated"].items()}
    assert {*given} == {quantity.name for quantity in step.quantities}
    for quantity in step.quantities:
        assert same_bits(given[quantity.name], quantity.value), quantity.name
    for name, part in first.params.items():
        assert same_bits(read["initial"][name], part)
    assert same_bits(read["X"], step.X)
    assert same_bits(read["T"], step.T)
    for name in ("train_cost", "test_cost"):
        assert same_bits(read["history"][name], getattr(trainer.history, name))
    rates = [made.training.rate_at(at) for at in range(epoch)]
    assert read["history"]["learning_rate"] == rates
    assert Settings.from_query(read["settings"]["query"]) == (made, ())


def same_bits(read, array):
    return np.array(read, dtype=np.float64).tobytes() == array.tobytes()


def test_the_labels_of_the_whole_set_are_those_of_the_data():
    for query in ({}, {"output": "tanh", "cost": "squared_error"}, {"dataset": "gaussians"}):
        trainer = run_of(query)
        assert same_bits(fixture_of(trainer)["labels"], trainer.dataset.Y_train)
    trainer = run_of(FOLLOWED["three classes"])
    assert same_bits(fixture_of(trainer)["labels"], trainer.dataset.Y_train.astype(float))


def numbers_of(value, path=()):
    """The path to every number in a fixture that the check computes with."""
    if isinstance(value, dict):
        for name, entry in value.items():
            if name not in ("query", "layer_dims", "batch_size", "epsilon", "beta1", "beta2", "single"):
                yield from numbers_of(entry, (*path, name))
    elif isinstance(value, list):
        for i, entry in enumerate(value):
            yield from numbers_of(entry, (*path, i))
    elif isinstance(value, float):
        yield path


def changed_at(fixture, path, factor):
    """The text of the fixture with one number a little greater."""
    fixture = copy.deepcopy(fixture)
    *way, last = path
    at = fixture
    for name in way:
        at = at[name]
    at[last] += factor * max(1.0, abs(at[last]))
    return json.dumps(fixture)


CHANGED = {"optimizer": "adam", "learning_rate": "0.01", "l1": "0.01", "l2": "0.01", "points": "20"}


@pytest.mark.parametrize("activation", ["tanh", "gelu-sine"])
def test_a_change_of_any_value_is_detected(activation):
    # In double precision, or rounding would hide what such a change does to a cost.
    exact = {"activation": activation, "precision": "double"}
    fixture = fixture_of(run_of(CHANGED | exact, epoch=1))
    paths = [*numbers_of(fixture)]
    assert len(paths) > 300
    unseen = [path for path in paths if not check(changed_at(fixture, path, 1e-5))]
    assert unseen == []


def test_values_that_are_not_finite_are_serialised_as_null():
    network = NetworkSettings((2, 2, 1), "linear", output="linear", cost="squared_error")
    made = Settings(DataSettings("plane", classes=0), network, TrainingSettings(100.0))
    X = 1e200 * np.array([[1.0, -1.0, 2.0], [3.0, 1.0, -1.0]])
    trainer = Trainer(made, Dataset(X, [[1.0, 2.0, 3.0]], X, [[1.0, 2.0, 3.0]], classes=0))
    read = json.loads(fixture_text(trainer), parse_constant=pytest.fail)
    assert read["cost"] is None
    assert read["history"]["train_cost"] == [None]
    dW1 = next_step(trainer).value("dW1")
    nulls = [[entry is None for entry in row] for row in read["backward"]["dW1"]]
    assert np.array_equal(nulls, ~np.isfinite(dW1))
    assert not np.isfinite(dW1).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(Z=st.floats(-30, 30))
def test_the_text_of_an_activation_is_the_function(name, Z):
    function, derivative, text, slope, *_ = ACTIVATIONS[name]
    A = function(np.array([Z]))
    known = vars(math) | {"Z": Z, "A": A.item()}
    assert eval(text, known) == pytest.approx(A.item(), rel=1e-12, abs=1e-14)
    expected = derivative(np.array([Z]), A).item()
    assert eval(slope, known) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("query", [{}, *FOLLOWED.values(), {"layer_dims": "2-1", "batch_size": "5"}])
def test_the_text_comes_first_and_explains_every_key(query):
    fixture = fixture_of(run_of(query, epoch=1))
    keys = [*fixture]
    assert keys.pop(0) == "how_to"
    text = "\n".join(fixture["how_to"])
    assert text.isascii()
    for name in [*keys, *fixture["history"], *fixture["settings"]["constants"]]:
        assert name in text, name
    assert "{" not in text
    made = fixture["settings"]
    for name in (*made["activations"], made["output"], made["cost"], made["optimizer"]):
        assert name in text
    assert max(map(len, fixture["how_to"])) < 180
