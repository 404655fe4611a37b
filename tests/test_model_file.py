"""A model file restores a run bit for bit."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from choices import some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings, make_dataset
from scratchnet.data.features import FEATURES
from scratchnet.export.model_file import MAX_BYTES, load, reproduced, save
from scratchnet.validation import MAX_EPOCHS

DATA = DataSettings(points=40)
SMALL = Settings(DATA, NetworkSettings((2, 3, 1)), TrainingSettings(0.05, batch_size=8))
REGRESSION = Settings(
    replace(DATA, dataset="plane", classes=0),
    NetworkSettings((2, 4, 1), "linear", output="linear", cost="squared_error"),
)


def assert_same(a, b):
    """Assert that two trainers are equal in every bit, now and after 30 more epochs."""
    for _ in range(2):
        assert (a.settings, a.epoch, a.update, a.ended) == (b.settings, b.epoch, b.update, b.ended)
        for one, other in ((a.snapshot(), b.snapshot()), (a.history, b.history), (a.memory, b.memory)):
            one, other = (each if isinstance(each, dict) else vars(each) for each in (one, other))
            assert one.keys() == other.keys()
            for name, value in one.items():
                same = np.asarray(value).tobytes() == np.asarray(other[name]).tobytes()
                assert same if isinstance(value, np.ndarray) else repr(value) == repr(other[name]), name
        for trainer in (a, b):
            trainer.advance(30)


def changed_by_hand(trainer, rate, index, value):
    """Set a weight and the learning rate at the current epoch."""
    trainer.set_parameter(index % trainer.snapshot().theta.size, value)
    trainer.change_learning_rate(rate)


@settings(max_examples=100)
@given(
    made=some_settings(points=40),
    epochs=st.lists(st.integers(0, 20), min_size=1, max_size=3),
    part=st.floats(0, 1),
    by_hand=st.none() | st.tuples(st.floats(0.001, 0.02), st.integers(0, 99), st.floats(-1, 1)),
)
def test_a_loaded_run_resumes_training_bit_for_bit(made, epochs, part, by_hand):
    trainer = Trainer(made)
    for epoch in epochs:
        trainer.seek(epoch)
    if by_hand:
        changed_by_hand(trainer, *by_hand)
        trainer.advance(2)
    trainer.seek(trainer.epoch, int(part * (trainer.updates_per_epoch - 1)))
    file = save(trainer)
    loaded = load(file)
    assert save(loaded) == save(trainer) == file
    assert reproduced(loaded, seconds=60) is True
    assert_same(loaded, trainer)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (replace(SMALL, training=TrainingSettings(stop_cost=0.3)), "cost"),
        (replace(SMALL, training=TrainingSettings(stop_accuracy=0.7)), "accuracy"),
        (replace(SMALL, training=TrainingSettings(1.0, optimizer="adam", patience=3)), "patience"),
        (replace(REGRESSION, training=TrainingSettings(100.0)), "diverged"),
        (replace(REGRESSION, training=TrainingSettings(100.0, batch_size=8, l2=0.1)), "diverged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_run_that_has_ended_stays_ended(made, reason):
    trainer = Trainer(made)
    trainer.advance(3000)
    assert trainer.snapshot().ended == reason
    assert_same(load(save(trainer)), trainer)
    trainer.seek(trainer.epoch // 2)
    loaded = load(save(trainer))
    assert reproduced(loaded, seconds=60) is True
    assert_same(loaded, trainer)


def test_a_loaded_run_can_go_back_to_earlier_epochs():
    trainer = Trainer(SMALL)
    trainer.advance(20)
    loaded = load(save(trainer))
    loaded.seek(7, 2)
    trainer.seek(7, 2)
    assert_same(loaded, trainer)


def test_numpy_loads_the_arrays():
    trainer = Trainer(replace(SMALL, training=TrainingSettings(optimizer="adam")))
    snapshot = trainer.advance(5)
    file = np.load(io.BytesIO(save(trainer)), allow_pickle=False)
    assert np.array_equal(file["theta"], snapshot.theta)
    *costs_and_accuracies, checksums = vars(trainer.history).values()
    assert np.array_equal(file["history"], np.stack(costs_and_accuracies))
    assert np.array_equal(file["checksums"], checksums)
    assert file["slots"].shape == (2, snapshot.theta.size)
    facts = json.loads(file["settings.json"])
    assert (facts["epoch"], facts["update"], facts["updates"]) == (5, 0, 5)
    assert facts["fingerprint"] == snapshot.fingerprint
    assert facts["settings"] == trainer.settings.to_query()


def test_the_file_of_the_largest_run_is_below_the_limit():
    network = NetworkSettings((7, *[32] * 6, 1), features=tuple(FEATURES))
    made = Settings(DATA, network, TrainingSettings(optimizer="adam"))
    trainer = Trainer(made)
    state = trainer.state()
    random = np.random.RandomState(0)
    state["history"] = random.rand(4, MAX_EPOCHS + 1)
    state["checksums"] = random.randint(0, 2**32, MAX_EPOCHS + 1, np.uint32)
    checkpoint = state["checkpoint"]
    state["checkpoint"] = checkpoint._replace(slots=random.rand(*checkpoint.slots.shape))
    state["epoch"] = MAX_EPOCHS
    state["checkpoint"] = state["checkpoint"]._replace(updates=MAX_EPOCHS)
    file = save(Trainer.restore(state))
    assert len(file) < MAX_BYTES
    loaded = load(file)
    assert loaded.epoch == MAX_EPOCHS


def test_a_run_on_another_dataset_cannot_be_saved():
    other = make_dataset(**vars(replace(DATA, seed=5)))
    with pytest.raises(
        ValueError, match="The dataset must be the one that the settings give, got another"
    ):
        save(Trainer(SMALL, other))


def test_a_state_that_the_settings_do_not_reach_is_not_reproduced():
    trainer = Trainer(replace(SMALL, training=replace(SMALL.training, optimizer="momentum")))
    trainer.advance(9)
    before = save(trainer)
    assert reproduced(trainer, seconds=60) is True
    assert reproduced(trainer, seconds=0.0) is None
    assert save(trainer) == before
    state = trainer.state()
    theta = state["checkpoint"].theta.copy()
    theta[3] = np.nextafter(theta[3], 9.0)
    state["checkpoint"] = state["checkpoint"]._replace(theta=theta)
    assert reproduced(load(save(Trainer.restore(state))), seconds=60) is False
    slots = trainer.state()["checkpoint"].slots + 1e-9
    state["checkpoint"] = trainer.state()["checkpoint"]._replace(slots=slots)
    assert reproduced(load(save(Trainer.restore(state))), seconds=60) is False
    state["checkpoint"] = trainer.state()["checkpoint"]
    training = replace(trainer.settings.training, stop_accuracy=0.01)
    state["settings"] = replace(SMALL, training=training)
    assert reproduced(load(save(Trainer.restore(state))), seconds=60) is False  # that run ended before
