"""Where a run stops by itself, and why: it diverges, or reaches what was asked for."""

from dataclasses import replace

import numpy as np
import pytest
from choices import SMALL, same, some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import (
    Dataset,
    DataSettings,
    NetworkSettings,
    Settings,
    Trainer,
    TrainingSettings,
    make_dataset,
)
from scratchnet.precision import single
from scratchnet.run.history import epochs_since_best


def diverging(**training):
    """A linear network whose weights grow without end."""
    network = NetworkSettings((2, 4, 1), activation="linear")
    X = 1e6 * make_dataset(points=40).X_train
    dataset = Dataset(X, np.resize([0.0, 1.0], (1, X.shape[1])), X[:, :2], [0, 1])
    return Trainer(Settings(network=network, training=TrainingSettings(100.0, **training)), dataset)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [({"stop_cost": 0.3}, "cost"), ({"stop_accuracy": 0.9}, "accuracy"), ({"patience": 5}, "patience")],
)
def test_a_run_stops_where_it_was_asked_to(asked, reason):
    training = TrainingSettings(1.0, **asked)
    trainer = Trainer(replace(SMALL, training=training))
    snapshot = trainer.advance(5000)
    history = trainer.history
    assert snapshot.ended == reason
    assert 0 < snapshot.epoch < 5000
    first = {
        "cost": np.argmax(history.train_cost <= 0.3),
        "accuracy": np.argmax(history.test_accuracy >= 0.9),
        "patience": history.test_cost.argmin() + 5,
    }
    assert snapshot.epoch == first[reason]
    assert trainer.advance(10).epoch == snapshot.epoch
    assert trainer.seek(snapshot.epoch - 1).ended is None
    assert trainer.advance(10).epoch == snapshot.epoch
    assert Trainer.restore(trainer.state()).advance(3).ended == reason
    assert np.array_equal(history.train_cost, free_of_stops(trainer, snapshot.epoch))


def free_of_stops(trainer, epochs):
    """The costs of the same run when nothing stops it."""
    training = replace(trainer.settings.training, stop_cost=0.0, stop_accuracy=0.0, patience=0)
    free = Trainer(replace(trainer.settings, training=training))
    assert free.advance(epochs + 1).ended is None
    return free.history.train_cost[:-1]


def test_restore_at_the_end_of_a_diverged_run():
    trainer = diverging()
    last = trainer.advance(1000).epoch
    restored = Trainer.restore(trainer.state())
    assert restored.snapshot().ended == "diverged"
    assert restored.advance(3).epoch == last


def test_a_run_diverges_at_the_first_epoch_that_is_not_finite():
    trainer = diverging()
    snapshot = trainer.advance(1000)
    assert snapshot.ended == "diverged"
    assert 1 < snapshot.epoch == trainer.epoch < 1000
    history, last = trainer.history, snapshot.epoch
    assert np.isfinite(history.train_cost[:-1]).all()
    assert np.isfinite(trainer.seek(last - 1).theta).all()
    assert not (np.isfinite(snapshot.theta).all() and np.isfinite(history.train_cost[-1]))
    assert trainer.advance(5).epoch == last
    assert same(diverging().seek(last).params, snapshot.params)


def test_a_cost_that_is_not_finite_ends_a_run_whose_parameters_are():
    network = NetworkSettings((2, 6, 6, 1), "relu", output="linear", cost="squared_error")
    training = TrainingSettings(5.0, patience=400, precision="double")
    trainer = Trainer(Settings(DataSettings("plane", classes=0), network, training))
    end = trainer.advance(1000)
    assert (end.ended, np.isfinite(end.train_cost)) == ("diverged", False)
    assert np.isfinite(trainer.history.train_cost[:-1]).all()


@settings(max_examples=60)
@given(made=some_settings(learning_rate=30.0), asked=st.data())
def test_an_end_is_there_whichever_way_it_is_reached(made, asked):
    trainer = Trainer(made)
    end = trainer.advance(60)
    epoch = asked.draw(st.integers(0, end.epoch))
    for each in (epoch, end.epoch):
        known, fresh = trainer.seek(each), Trainer(made).seek(each)
        assert (known.epoch, known.ended) == (fresh.epoch, fresh.ended)
        assert np.array_equal(known.theta, fresh.theta, equal_nan=True)
    restored = Trainer.restore(trainer.state()).snapshot()
    assert (restored.epoch, restored.ended) == (end.epoch, end.ended)


def test_an_epoch_in_which_a_run_diverges_can_be_entered_whichever_way():
    network = NetworkSettings((2, 4, 4, 4, 4, 4, 4, 1), "linear")
    training = TrainingSettings(100.0, batch_size=10)
    made = Settings(DataSettings(points=60), network, training)
    fresh, known = Trainer(made).seek(0, 1), Trainer(made)
    end = known.advance(99)
    assert (end.epoch, end.update, end.ended) == (1, 0, "diverged")
    known.seek(0)
    again = known.seek(0, 1)
    assert (again.epoch, again.update, again.ended) == (0, 1, None)
    assert same(again.params, fresh.params)
    assert same(known.advance(9).params, end.params)


def test_what_is_not_a_number_is_never_the_best():
    cost = np.array([3.0, 2.0, np.nan, 2.5, 1.0, np.inf, 1.0])
    assert epochs_since_best(cost).tolist() == [0, 0, 1, 2, 0, 1, 2]


def test_a_goal_is_rounded_as_what_is_compared_with_it():
    share = 54 / 60  # in single precision below 0.9
    assert single(share) != share
    network = NetworkSettings((2, 1))
    data = DataSettings(points=200, train_share=0.7)
    made = Settings(data, network, TrainingSettings(stop_accuracy=0.85))
    history = Trainer(made).dataset  # 60 points for the test
    assert history.Y_test.size == 60
    trainer = Trainer(made)
    end = trainer.advance(1000)
    assert end.ended == "accuracy"
    assert trainer.history.test_accuracy[-1] >= single(0.85)


def test_a_goal_that_is_met_at_once_ends_the_run_at_once():
    made = replace(SMALL, training=TrainingSettings(stop_cost=5.0))
    trainer = Trainer(made)
    assert trainer.advance(5).epoch == 0
    assert trainer.snapshot().ended == "cost"
    free = Trainer(replace(SMALL, training=TrainingSettings(stop_cost=0.01)))
    free.advance(3)
    free.settings = replace(free.settings, training=TrainingSettings(stop_cost=5.0))
    free.set_parameter(0, 0.5)
    assert free.snapshot().ended == "cost"


def test_a_diverged_run_goes_on_from_before_with_a_lower_rate():
    trainer = diverging()
    last = trainer.advance(1000).epoch
    assert trainer.seek(last - 1).ended is None
    assert trainer.advance(9).ended == "diverged"
    assert trainer.epoch == last
    trainer.seek(1)
    trainer.change_learning_rate(1e-5)
    assert trainer.advance(last + 5).ended is None
