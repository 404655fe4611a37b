"""The trainer: the network's own run, to any epoch and back, and what changes it."""

import copy
import pickle
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from choices import EVERY_CHOICE, SMALL, same, some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import (
    Dataset,
    NetworkSettings,
    Settings,
    Trainer,
    TrainingSettings,
    backprop,
    cost_function,
    forward_prop,
    make_dataset,
    train,
    update_parameters,
)
from scratchnet.data.features import features_of
from scratchnet.nn.network import batches_of
from scratchnet.precision import single
from scratchnet.rng import random_streams
from scratchnet.run.trainer import MAX_CHECKPOINTS
from scratchnet.validation import MAX_EPOCHS


@settings(max_examples=200)
@given(made=some_settings(learning_rate=0.1), epochs=st.integers(1, 20))
def test_the_trainer_runs_what_network_py_reads(made, epochs):
    network, training = made.network, made.training
    trainer = Trainer(made)
    trainer.advance(epochs)
    epochs = trainer.epoch  # fewer, if it diverged
    data = trainer.dataset
    params, costs = train(
        features_of(data.X_train, network.features), data.Y_train, network.layer_dims, epochs,
        training.rate_at, activation=network.activation, output=network.output, cost=network.cost,
        init=network.init, optimizer=training.optimizer,
        batch_size=training.batch_size if 0 < training.batch_size < 35 else None,
        l1=training.l1, l2=training.l2, seed=network.init_seed, precision=training.precision,
    )  # fmt: skip
    assert same(trainer.params, params)
    assert np.array_equal(trainer.history.train_cost[:-1], costs)


@pytest.mark.parametrize("chosen", EVERY_CHOICE, ids=lambda chosen: f"{chosen[0]} {chosen[1]}")
@settings(max_examples=5)
@given(data=st.data())
def test_every_choice_trains_with_any_others_without_a_warning(chosen, data):
    made = data.draw(some_settings(chosen=chosen, learning_rate=0.003))
    name, value = chosen
    drawn = (vars(made.data) | vars(made.network) | vars(made.training))[name]
    assert value in (drawn if isinstance(drawn, tuple) else [drawn])
    snapshot = Trainer(made).advance(50)
    assert (snapshot.epoch, snapshot.ended) == (50, None)
    assert np.isfinite([snapshot.train_cost, snapshot.test_cost]).all()


def test_a_snapshot_tells_the_truth_about_its_parameters():
    trainer = Trainer(SMALL)
    snapshot = trainer.advance(50)
    data = trainer.dataset
    for X, Y, cost, accuracy in (
        (data.X_train, data.Y_train, snapshot.train_cost, snapshot.train_accuracy),
        (data.X_test, data.Y_test, snapshot.test_cost, snapshot.test_accuracy),
    ):
        AL, _ = forward_prop(X, snapshot.params, "tanh")
        assert cost == single(cost) == pytest.approx(cost_function(AL, Y), rel=6e-8)
        assert accuracy == single(np.mean((AL > 0.5) == Y))
    history = trainer.history
    assert history.train_cost.shape == history.test_accuracy.shape == (51,)
    assert history.train_cost[50] == snapshot.train_cost
    assert history.test_accuracy[50] == snapshot.test_accuracy


def test_what_is_handed_out_does_not_change_the_run():
    trainer = Trainer(SMALL)
    snapshot = trainer.snapshot()
    trainer.params["W1"][:] = 9.0
    trainer.history.train_cost[:] = 9.0
    with pytest.raises(ValueError, match="read-only"):
        snapshot.params["W1"][:] = 9.0
    trainer.advance(5)
    assert snapshot.epoch == 0
    assert same(trainer.params, Trainer(SMALL).advance(5).params)


SWITCHES = (
    *((0, 1, 4, "frozen"), (37, 1, 2, "off"), (37, 2, 1, "frozen")),
    *((60, 1, 2, "on"), (90, 1, 4, "off"), (90, 2, 1, "on")),
)
RUNS = {
    "full batch": TrainingSettings(),
    "momentum": TrainingSettings(0.05, optimizer="momentum", l2=0.01),
    "mini-batches": TrainingSettings(0.1, batch_size=8, l1=0.001),
    "one by one": TrainingSettings(0.02, batch_size=1, optimizer="rmsprop"),
    "adam": TrainingSettings(0.02, batch_size=16, optimizer="adam", schedule="cosine", period=90),
    "steps": TrainingSettings(0.3, optimizer="adam", schedule="step", period=50, decay=0.7),
    "switches": TrainingSettings(0.1, batch_size=16, optimizer="momentum", switches=SWITCHES),
    "edits and switches": TrainingSettings(
        0.02, optimizer="adam", edits=((36, 3, 0.5), (90, 9, 0.7)), switches=SWITCHES
    ),
}


@pytest.mark.parametrize("training", RUNS.values(), ids=RUNS)
@settings(max_examples=8)
@given(epochs=st.lists(st.integers(0, 400), min_size=1, max_size=4))
def test_any_epoch_has_the_same_bits_whichever_way_it_is_reached(training, epochs):
    straight = Trainer(replace(SMALL, training=training))
    straight.advance(400)
    history = straight.history
    trainer = Trainer(replace(SMALL, training=training))
    for epoch in epochs:
        snapshot = trainer.seek(epoch)
        assert snapshot.epoch == epoch
        assert snapshot.train_cost == history.train_cost[epoch]
        assert snapshot.test_cost == history.test_cost[epoch]
        assert same(snapshot.params, straight.seek(epoch).params)


@pytest.mark.parametrize("training", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("at", [0, 1, 37, 200])
def test_restore_goes_on_bit_for_bit(training, at):
    whole, half = (Trainer(replace(SMALL, training=training)) for _ in range(2))
    for trainer in (whole, half):
        trainer.advance(at)
        trainer.change_learning_rate(0.03)
    restored = Trainer.restore(half.state())
    assert restored.epoch == at
    assert same(restored.advance(60).params, whole.advance(60).params)
    assert np.array_equal(restored.history.test_cost, whole.history.test_cost)
    assert same(restored.seek(at // 2).params, whole.seek(at // 2).params)


@settings(max_examples=100)
@given(made=some_settings(), at=st.integers(0, 40), more=st.integers(1, 20))
def test_restore_goes_on_bit_for_bit_with_any_settings(made, at, more):
    whole, half = Trainer(made), Trainer(made)
    half.advance(at)
    restored = Trainer.restore(half.state())
    restored.advance(more)
    whole.advance(at + more)
    assert same(restored.params, whole.params)
    assert same(vars(restored.history), vars(whole.history))


def test_the_penalty_keeps_weights_small_and_is_not_in_the_cost():
    free = Trainer(replace(SMALL, training=TrainingSettings(0.3))).advance(300)
    for penalty in ({"l1": 0.01}, {"l2": 0.05}):
        held = Trainer(replace(SMALL, training=TrainingSettings(0.3, **penalty))).advance(300)
        assert np.abs(held.theta).sum() < 0.8 * np.abs(free.theta).sum()
        AL, _ = forward_prop(make_dataset(**vars(SMALL.data)).X_train, held.params, "tanh")
        assert held.train_cost == pytest.approx(
            cost_function(AL, make_dataset(**vars(SMALL.data)).Y_train)
        )


def test_run_yields_snapshots_on_the_way():
    trainer = Trainer(SMALL)
    assert [snapshot.epoch for snapshot in trainer.run(10, every=4)] == [4, 8, 10]


@pytest.mark.parametrize(
    "ask",
    [
        lambda trainer: trainer.seek(-1),
        lambda trainer: trainer.seek(1, update=1),
        lambda trainer: trainer.advance(-1),
        lambda trainer: trainer.advance(0.5),
        lambda trainer: next(trainer.run(3, every=0)),
    ],
)
def test_an_epoch_that_is_none_is_refused(ask):
    with pytest.raises(ValueError, match=r"must be (0|an integer from .*), got "):
        ask(Trainer(SMALL))


def test_the_checkpoints_of_a_long_run_are_few():
    trainer = Trainer(SMALL)
    trainer.advance(5000)
    assert len(trainer._checkpoints) <= MAX_CHECKPOINTS


def test_another_rate_keeps_the_weights_and_the_settings_give_the_same_run():
    trainer = Trainer(SMALL)
    before = trainer.advance(30)
    trainer.change_learning_rate(0.05)
    assert same(trainer.params, before.params)
    after = trainer.advance(30)
    assert trainer.settings.training.rate_changes == ((30, 0.05),)
    again, _ = Settings.from_query(trainer.settings.to_query())
    assert same(Trainer(again).advance(60).params, after.params)
    assert not same(Trainer(SMALL).advance(60).params, after.params)


def test_between_two_epochs_stand_the_updates_of_network_py():
    made = replace(SMALL, training=TrainingSettings(0.3, batch_size=10, optimizer="momentum"))
    trainer = Trainer(made)
    assert trainer.updates_per_epoch == 5  # 42 training points
    before = trainer.seek(2)
    X, Y = trainer.dataset.X_train, trainer.dataset.Y_train
    (shuffling,) = random_streams(made.network.init_seed, 1)
    params, memory = Trainer(made).params, {}
    for epoch in range(3):
        order = shuffling.permutation(42)
        for k, (X_batch, Y_batch) in enumerate(batches_of(X[:, order], Y[:, order], 10), start=1):
            AL, caches = forward_prop(X_batch, params, "tanh")
            grads = backprop(AL, Y_batch, caches, "tanh")
            params = update_parameters(params, grads, 0.3, "momentum", memory, "single")
            if epoch == 2 and k < 5:
                snapshot = trainer.seek(2, k)
                assert same(snapshot.params, params)
                assert (snapshot.epoch, snapshot.update) == (2, k)
                AL, _ = forward_prop(X, params, "tanh")
                assert snapshot.train_cost == pytest.approx(cost_function(AL, Y), rel=6e-8)
    assert trainer.history.train_cost[2] == before.train_cost, "the history is of whole epochs"
    assert same(trainer.advance(1).params, params)
    assert same(trainer.seek(2, 3).params, trainer.seek(2, 3).params)
    assert same(trainer.seek(2).params, before.params)


def test_restore_between_two_epochs():
    made = replace(SMALL, training=TrainingSettings(0.3, batch_size=10, optimizer="adam"))
    whole, half = Trainer(made), Trainer(made)
    half.seek(4, 2)
    restored = Trainer.restore(half.state())
    assert (restored.epoch, restored.update) == (4, 2)
    assert same(restored.params, half.params)
    assert same(restored.advance(3).params, whole.seek(7).params)


def test_a_parameter_that_is_set_is_noted_and_gives_the_same_run_again():
    trainer = Trainer(SMALL)
    trainer.advance(40)
    before = trainer.seek(30)
    trainer.set_parameter(1, 2.5)
    set_once = trainer.snapshot()
    assert trainer.params["W1"][0, 1] == 2.5
    assert np.array_equal(np.delete(set_once.theta, 1), np.delete(before.theta, 1))
    AL, _ = forward_prop(trainer.dataset.X_train, trainer.params, "tanh")
    cost = cost_function(AL, trainer.dataset.Y_train)
    assert set_once.train_cost == pytest.approx(cost, rel=6e-8) != before.train_cost
    assert trainer.history.train_cost[30] == set_once.train_cost
    trainer.set_parameter(1, -0.5)
    trainer.set_parameter(0, 0.25)
    assert trainer.settings.training.edits == ((30, 0, 0.25), (30, 1, -0.5))
    after = trainer.advance(30)
    again, corrections = Settings.from_query(trainer.settings.to_query())
    assert corrections == ()
    replayed = Trainer(again)
    assert same(replayed.seek(60).params, after.params)
    assert same(vars(replayed.history), vars(trainer.history))
    assert same(replayed.seek(30).params, trainer.seek(30).params)


def test_a_parameter_that_makes_exp_overflow_is_set_without_a_warning():
    trainer = Trainer(replace(SMALL, network=NetworkSettings((2, 4, 3, 1), "sigmoid")))
    trainer.set_parameter(0, -1000.0)
    trainer.set_parameter(1, 1000.0)
    assert np.isfinite(trainer.snapshot().train_cost)


def test_a_first_weight_can_be_set():
    trainer = Trainer(SMALL)
    trainer.set_parameter(3, 0.0)
    assert trainer.params["W1"][1, 1] == 0.0
    assert trainer.settings.training.edits == ((0, 3, 0.0),)
    assert same(Trainer(trainer.settings).params, trainer.params)


def test_between_two_epochs_a_rate_waits_for_the_next_and_a_parameter_is_refused():
    trainer = Trainer(replace(SMALL, training=TrainingSettings(0.3, batch_size=10)))
    trainer.seek(3, 2)
    trainer.change_learning_rate(0.01)
    assert trainer.settings.training.rate_changes == ((4, 0.01),)
    assert same(trainer.seek(9).params, Trainer(trainer.settings).seek(9).params)
    trainer.seek(3, 2)
    with pytest.raises(
        ValueError,
        match="A parameter must be set at the end of an epoch, got an epoch with 2 updates done",
    ):
        trainer.set_parameter(0, 1.0)
    with pytest.raises(ValueError, match="index must be an integer from 0 to 30, got 31"):
        trainer.set_parameter(31, 1.0)


def test_going_back_and_changing_the_rate_forgets_what_came_later():
    trainer = Trainer(SMALL)
    trainer.advance(200)
    trainer.seek(50)
    trainer.change_learning_rate(2.0)
    training = TrainingSettings(0.5, rate_changes=((50, 2.0),))
    expected = Trainer(replace(SMALL, training=training)).advance(120)
    assert same(trainer.seek(120).params, expected.params)


@pytest.mark.parametrize("training", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_goes_on_with_the_same_bits(training, copied):
    trainer = Trainer(replace(SMALL, training=training))
    trainer.advance(100)
    trainer.set_parameter(0, 0.7)
    other = copied(trainer)
    assert same(other.advance(20).params, trainer.advance(20).params)
    assert same(vars(other.history), vars(trainer.history))


def test_a_copy_made_in_the_middle_of_an_epoch():
    trainer = Trainer(replace(SMALL, training=RUNS["adam"]))
    trainer.seek(7, 2)
    other = copy.copy(trainer)
    assert (other.epoch, other.update) == (7, 2)
    assert same(other.advance(3).params, trainer.advance(3).params)


def test_what_holds_views_cannot_be_copied():
    for part in (Trainer(SMALL)._parameters, Trainer(SMALL)._engine):
        with pytest.raises(TypeError, match="copy the Trainer"):
            copy.deepcopy(part)


def test_no_run_is_longer_than_can_be_restored():
    trainer = Trainer(replace(SMALL, network=NetworkSettings((2, 1))))
    trainer.advance(MAX_EPOCHS)
    assert trainer.advance(5).epoch == MAX_EPOCHS
    assert list(trainer.run(5)) == []
    assert Trainer.restore(trainer.state()).epoch == MAX_EPOCHS


def test_a_run_of_no_length_is_refused_before_it_is_asked_for_more():
    with pytest.raises(ValueError, match="epochs must be an integer from 0 to 100000, got -5"):
        Trainer(SMALL).run(epochs=-5)


def test_the_end_of_the_run_does_not_change_its_bits():
    trainer = Trainer(SMALL)
    trainer.advance(5)
    trainer.change_epochs(10)
    assert trainer.settings.training.epochs == 10
    assert same(trainer.advance(15).params, Trainer(SMALL).advance(20).params)


@pytest.mark.parametrize(
    ("X", "Y", "sentence"),
    [
        (np.zeros((3, 4)), [0, 1, 0, 1], "A point must have 2 coordinates, x1 and x2, got 3"),
        (np.zeros((2, 4)), [0, 1, 2, 1], "must hold only the labels 0 and 1, got 2"),
    ],
)
def test_a_dataset_that_the_network_cannot_take_is_refused(X, Y, sentence):
    with pytest.raises(ValueError, match=sentence):
        Trainer(SMALL, Dataset(X, Y, X, Y, classes=3))


@pytest.mark.parametrize(
    ("query", "accuracy"),
    [
        ({"dataset": "blobs", "classes": "5", "points": "600"}, 0.85),
        ({"dataset": "spiral", "classes": "3", "epochs": "3000", "noise": "0.05"}, 0.95),
        ({"dataset": "sine", "features": "x2-sin_x1", "layer_dims": "2-1", "noise": "0"}, 0.97),
        ({"dataset": "circles", "features": "x1_squared-x2_squared", "layer_dims": "2-1"}, 0.9),
        ({"output": "tanh", "cost": "squared_error"}, 0.95),
        ({"output": "sigmoid", "cost": "squared_error", "learning_rate": "3"}, 0.95),
        ({"activation": "tanh-relu"}, 0.95),
    ],
)
def test_what_can_be_chosen_learns(query, accuracy):
    made, corrections = Settings.from_query(query)
    assert corrections == ()
    assert Trainer(made).advance(made.training.epochs).test_accuracy >= accuracy


@pytest.mark.parametrize(("dataset", "cost"), [("plane", 0.005), ("gaussians", 0.04)])
def test_numbers_are_learned_and_have_no_accuracy(dataset, cost):
    trainer = Trainer(Settings.from_query({"dataset": dataset, "learning_rate": "0.1"})[0])
    spread = trainer.dataset.Y_test.var() / 2
    snapshot = trainer.advance(3000)
    assert snapshot.test_cost < cost < spread
    assert np.isnan(snapshot.test_accuracy)
    assert np.isnan(trainer.history.train_accuracy).all()


def test_the_defaults_learn_the_moons():
    trainer = Trainer(Settings())
    snapshot = trainer.advance(trainer.settings.training.epochs)
    assert snapshot.test_accuracy >= 0.95


def far_trainer():
    """A trainer whose checkpoints lie far apart, and a straight one to compare with."""
    made = replace(SMALL, training=TrainingSettings(0.1, optimizer="momentum"))
    trainer, straight = Trainer(made), Trainer(made)
    trainer.advance(3000)
    return trainer, straight


def test_going_forward_to_what_was_trained_already_trains_little_again(monkeypatch):
    trainer, straight = far_trainer()
    made, make = [], trainer._make_updates
    monkeypatch.setattr(trainer, "_make_updates", lambda *args: (made.append(1), make(*args)))
    for back, forth in ((100, 2900), (0, 1501), (2000, 2001)):
        trainer.seek(back)
        made.clear()
        snapshot = trainer.seek(forth)
        assert len(made) <= 3000 / MAX_CHECKPOINTS * 2
        assert same(snapshot.params, straight.seek(forth).params)
        assert np.array_equal(trainer.history.test_cost, straight.history.test_cost)
    assert same(trainer.seek(3100).params, straight.seek(3100).params)


def test_a_way_forward_uses_what_was_trained_already():
    trainer, straight = far_trainer()
    trainer.seek(0)
    assert len(list(trainer.travel(2900, seconds=0.0))) < 10
    assert same(trainer.params, straight.seek(2900).params)


def test_who_was_at_a_place_can_go_back_to_it(monkeypatch):
    trainer, straight = far_trainer()
    for epoch, elsewhere in ((2917, 40), (55, 3000), (2917, 2918), (7, 0)):
        trainer.seek(epoch)
        place = trainer.place
        trainer.seek(elsewhere)
        with monkeypatch.context() as patch:
            patch.setattr(trainer, "_make_updates", None)  # without training
            trainer.go_back(place)
        assert (trainer.epoch, trainer.update) == (epoch, 0)
        assert same(trainer.params, straight.seek(epoch).params)
        assert same(trainer.seek(epoch + 60).params, straight.seek(epoch + 60).params)
    assert len(trainer._checkpoints) <= MAX_CHECKPOINTS
    assert all(epoch % trainer._stride == 0 for epoch in trainer._checkpoints)


def test_who_was_in_the_middle_of_an_epoch_goes_back_to_its_start():
    made = replace(SMALL, training=TrainingSettings(0.3, batch_size=10))
    trainer = Trainer(made)
    trainer.seek(5, 3)
    place = trainer.place
    trainer.advance(9)
    trainer.go_back(place)
    assert (trainer.epoch, trainer.update) == (5, 0)
    assert same(trainer.seek(5, 3).params, Trainer(made).seek(5, 3).params)


@pytest.mark.parametrize("training", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("since", [None, 100, 37, 3])
def test_a_branch_goes_on_with_the_bits_of_its_settings(training, since):
    """From where the trainer is, or from the last checkpoint before ``since``."""
    trainer = Trainer(replace(SMALL, training=training))
    trainer.advance(100)
    changed = trainer.settings.with_rate(100 if since is None else since, 0, 0.02)
    branch = trainer.branched(changed, since)
    at = 100 if since is None else since
    assert at - trainer._stride < branch.epoch <= at
    assert branch.settings == changed
    fresh = Trainer(changed)
    assert same(branch.seek(130).params, fresh.seek(130).params)
    assert same(vars(branch.history), vars(fresh.history))
    assert same(branch.seek(20).params, fresh.seek(20).params)
    assert trainer.epoch == 100, "it stays where it was"
    assert same(trainer.advance(20).params, Trainer(trainer.settings).advance(120).params)


def test_a_branch_is_made_in_the_middle_of_an_epoch():
    made = replace(SMALL, training=TrainingSettings(0.3, batch_size=10, optimizer="adam"))
    trainer = Trainer(made)
    trainer.seek(4, 2)
    branch = trainer.branched(made.with_epochs(77))
    assert (branch.epoch, branch.update) == (4, 2)
    assert branch.settings.training.epochs == 77
    assert same(branch.advance(3).params, Trainer(made).seek(7).params)


ENDS = {
    "cost": TrainingSettings(0.1, stop_cost=0.3),
    "patience": TrainingSettings(2.0, patience=5),
    "diverged": TrainingSettings(0.3, l2=8.0),
}


@pytest.mark.parametrize("reason", ENDS)
@pytest.mark.parametrize("batch_size", [0, 16])  # with a checkpoint at every eighth epoch, and at each
def test_a_run_that_ended_keeps_its_end_when_one_goes_back_and_forth(reason, batch_size):
    training = replace(ENDS[reason], batch_size=batch_size)
    network = NetworkSettings((2, 4, 4, 1), "linear" if reason == "diverged" else "tanh")
    trainer = Trainer(replace(SMALL, network=network, training=training))
    end = trainer.seek(1000)
    assert end.ended == reason
    assert 1 < end.epoch < 1000
    for epoch in (0, end.epoch - 1, end.epoch, end.epoch + 1, 1, 5000):
        snapshot = trainer.seek(epoch)
        assert snapshot.epoch == min(epoch, end.epoch)
        assert snapshot.ended == (reason if epoch >= end.epoch else None)
        assert trainer.at_end == (epoch >= end.epoch)
    assert trainer.seek(9999).fingerprint == end.fingerprint
    assert trainer.advance(5).epoch == end.epoch


@pytest.mark.parametrize("batch_size", [0, 16])
def test_a_change_before_the_end_makes_another_end(batch_size):
    made = replace(SMALL, training=replace(ENDS["cost"], batch_size=batch_size))
    trainer = Trainer(made)
    end = trainer.seek(1000)
    trainer.seek(end.epoch - 5)
    trainer.change_learning_rate(0.01)
    later = trainer.seek(1000)
    assert later.epoch > end.epoch
    assert trainer.seek(0).ended is trainer.seek(end.epoch).ended is None
    fresh = Trainer(trainer.settings).seek(1000)
    assert (later.epoch, later.fingerprint) == (fresh.epoch, fresh.fingerprint)
    branch = Trainer(made)
    branch.seek(end.epoch)
    assert branch.branched(trainer.settings, end.epoch - 6).seek(1000).epoch == later.epoch


@pytest.mark.parametrize("update", [1, 7])
def test_a_way_to_an_update_that_there_is_not_is_refused_at_once(update):
    trainer = Trainer(SMALL)
    with pytest.raises(ValueError, match="update must be 0, got "):
        next(trainer.travel(90, update))
    assert trainer.epoch == 0


def test_what_a_trainer_keeps_is_in_its_bytes():
    """The checkpoints of a run that goes on, the state of its optimizer, the samples, the layers."""
    trainer = Trainer(SMALL)
    weights = [trainer.nbytes]
    for _ in range(3):
        trainer.advance(200)
        weights.append(trainer.nbytes)
    assert weights == sorted(set(weights))
    kept = sum(point.theta.nbytes + point.slots.nbytes for point in trainer._checkpoints.values())
    assert weights[-1] - weights[0] > kept + trainer.history.train_cost.nbytes
    plain = Trainer(SMALL).nbytes
    for more in (
        replace(SMALL, data=replace(SMALL.data, points=2000)),
        replace(SMALL, network=NetworkSettings((2, 32, 32, 1))),
    ):
        assert Trainer(more).nbytes > 2 * plain
    adam = Trainer(replace(SMALL, training=TrainingSettings(optimizer="adam")))
    adam.advance(600)
    assert adam.nbytes - Trainer(adam.settings).nbytes > weights[-1] - weights[0]


@pytest.mark.parametrize(
    "choice",
    [{}, {"batch_size": 10}, {"dataset": "blobs", "classes": 5}, {"layer_dims": (2, 4, 1)}],
    ids=str,
)
def test_nbytes_is_about_the_memory_that_a_trainer_takes(choice):
    """What bounds the runs that a server keeps would else be no bound."""
    some = Settings.of(**choice)
    Trainer(some)  # what is made once for all
    tracemalloc.start()
    trainer = Trainer(some)
    trainer.advance(300)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.75 * taken < trainer.nbytes < 1.25 * taken
