"""A neuron that is frozen stays as it is, and the network learns without one that is off."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from choices import SMALL, same, some_settings, some_switches
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import Settings, Trainer
from scratchnet.nn.network import train
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.switches import STATES
from scratchnet.run.settings import TrainingSettings
from scratchnet.validation import NotAllowed

HOW = {"points": 60, "layer_dims": (2, 4, 3, 1), "precision": "double", "batch_size": 16}
RATES = {"gradient_descent": 0.5, "momentum": 0.1, "rmsprop": 0.01, "adam": 0.01}
OFF, FROZEN, ON = "off", "frozen", "on"


def run_of(*switches, **others):
    """A run with these switches, not trained yet."""
    return Trainer(Settings.of(**(HOW | others | {"switches": switches})))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_network_with_a_neuron_off_learns_as_one_that_does_not_have_it(optimizer):
    """From the initial weights of the others on; they differ by the rounding of sums alone."""
    how = {"optimizer": optimizer, "learning_rate": RATES[optimizer], "batch_size": 0, "l2": 0.001}
    trainer = run_of((0, 1, 2, OFF), (0, 2, 3, OFF), **how)
    W1, b1, W2, b2, W3, b3 = (part.copy() for part in run_of(**how).params.values())
    smaller = {
        "W1": np.delete(W1, 1, axis=0),
        "b1": np.delete(b1, 1, axis=0),
        "W2": np.delete(np.delete(W2, 1, axis=1), 2, axis=0),
        "b2": np.delete(b2, 2, axis=0),
        "W3": np.delete(W3, 2, axis=1),
        "b3": b3,
    }
    X, T = trainer.training_set
    _, costs = train(
        *(X, T, (2, 3, 2, 1), 60, RATES[optimizer]),
        params=smaller,
        activation="tanh",
        optimizer=optimizer,
        l2=0.001,
    )
    trainer.advance(60)
    assert np.allclose(trainer.history.train_cost[:60], costs, rtol=1e-9, atol=0)
    assert abs(costs[-1] - costs[0]) > 0.01, "it learns"
    without = run_of(**how)
    without.advance(60)
    assert not np.allclose(without.history.train_cost[:60], costs, rtol=1e-3), "the neuron matters"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("precision", ["single", "double"])
def test_a_frozen_neuron_stays_as_it_is_and_goes_on_where_it_was(optimizer, precision):
    how = {"optimizer": optimizer, "learning_rate": RATES[optimizer], "precision": precision}
    trainer = run_of((10, 1, 2, FROZEN), (30, 1, 2, ON), l2=0.01, **how)
    trainer.advance(10)
    before, remembered = trainer.params, trainer.memory
    trainer.advance(20)
    after, still = trainer.params, trainer.memory
    for name in ("W1", "b1"):
        moved = before[name] != after[name]
        assert not moved[1].any(), name
        assert np.delete(moved, 1, axis=0).all(), name
        assert np.array_equal(remembered[name][:, 1], still[name][:, 1]), "what the optimizer has"
    assert (before["W2"] != after["W2"]).all(), "what leads out of it learns on"
    trainer.advance(1)
    assert (trainer.params["W1"] != after["W1"]).all(), "it is on again"


def test_what_leads_out_of_a_neuron_that_is_off_is_0_until_it_is_on_and_then_learns():
    trainer = run_of((10, 1, 2, OFF), (30, 1, 2, ON))
    seen = {epoch: trainer.seek(epoch).params for epoch in (9, 10, 29, 31)}
    assert (seen[9]["W2"][:, 1] != 0).all()
    for epoch in (10, 29):
        assert (seen[epoch]["W2"][:, 1] == 0).all()
        assert np.array_equal(seen[epoch]["W1"][1], seen[10]["W1"][1])
    assert (seen[31]["W2"][:, 1] != 0).all()


def test_no_weight_set_by_hand_leads_out_of_a_neuron_that_is_off():
    index = 2 * 4 + 1  # W2[0, 1]
    trainer = run_of((10, 1, 2, OFF), edits=((10, index, 0.5), (12, index, 0.7), (30, index, 0.7)))
    for epoch in (10, 12, 30):
        assert trainer.seek(epoch).params["W2"][0, 1] == 0
    edited = run_of((10, 1, 2, FROZEN), edits=((12, 2, 0.5),))  # W1[1, 0]
    assert edited.seek(12).params["W1"][1, 0] == 0.5
    assert edited.seek(40).params["W1"][1, 0] == 0.5, "it is frozen as it was set"


def test_a_layer_that_is_off_leaves_the_bias_of_the_next_to_learn():
    off = [(0, 2, j, OFF) for j in (1, 2, 3)]
    trainer = run_of(*off, batch_size=0)
    trainer.advance(200)
    first, last = trainer.history.train_cost[[0, -1]]
    _, T = trainer.training_set
    share = T.mean()
    of_guessing = -(share * np.log(share) + (1 - share) * np.log(1 - share))
    assert last == pytest.approx(of_guessing, rel=1e-3)
    assert last <= first


def assert_same_run(trainer, straight):
    """They have the same bits, in all that the next update depends on."""
    assert (trainer.epoch, trainer.update) == (straight.epoch, straight.update)
    assert same(trainer.params, straight.params)
    assert same(trainer.memory, straight.memory)
    assert same(trainer.held, straight.held)
    assert same(vars(trainer.history), vars(straight.history))


@settings(max_examples=100)
@given(
    made=some_settings(),
    data=st.data(),
    places=st.lists(st.tuples(st.integers(0, 25), st.floats(0, 1), st.booleans()), max_size=4),
)
def test_any_place_of_a_switched_run_has_the_same_bits_whichever_way_it_is_reached(made, data, places):
    switches = data.draw(some_switches(made.network.layer_dims))
    made = replace(made, training=replace(made.training, switches=switches))
    trainer = Trainer(made)
    for epoch, part, is_copied in places:
        place = epoch, int(part * (trainer.updates_per_epoch - 1))
        trainer.seek(*place)
        if is_copied:
            trainer = pickle.loads(pickle.dumps(trainer))
        straight = Trainer(made)
        straight.advance(epoch)
        straight.seek(*place)
        assert_same_run(trainer, straight)


@pytest.mark.parametrize("epoch", [0, 3, 8, 20])
@pytest.mark.parametrize("state", [OFF, FROZEN])
def test_a_run_branches_off_where_a_neuron_is_switched(epoch, state):
    trainer = Trainer(SMALL)
    trainer.advance(epoch)
    switched = SMALL.with_switch(epoch, 0, 1, 2, state)
    straight = Trainer(switched)
    straight.advance(epoch)
    branch = trainer.branched(switched)
    assert_same_run(branch, straight)
    for each in (branch, straight):
        each.advance(5)
    assert_same_run(branch, straight)
    assert trainer.settings == SMALL


def test_a_switch_is_noted_and_what_was_to_come_later_is_forgotten():
    training = TrainingSettings(
        rate_changes=((5, 0.1), (30, 0.2)), switches=((3, 1, 7, FROZEN), (20, 1, 1, OFF))
    )
    assert training.with_switch(20, 1, 1, FROZEN).switches == ((3, 1, 7, FROZEN), (20, 1, 1, FROZEN))
    branched = training.with_switch(10, 2, 1, OFF)
    assert branched.switches == ((3, 1, 7, FROZEN), (10, 2, 1, OFF))
    assert branched.rate_changes == ((5, 0.1),)
    assert training.with_edit(19, 0, 1.0).switches == ((3, 1, 7, FROZEN),)


def test_switching_back_at_the_same_epoch_is_the_run_as_it_was():
    off = SMALL.with_switch(20, 0, 1, 2, OFF)
    assert off != SMALL
    assert off.with_switch(20, 0, 1, 2, ON) == SMALL
    later = off.with_switch(30, 0, 1, 2, FROZEN)
    assert later.with_switch(30, 0, 1, 2, OFF) == off, "it is that already"
    assert later.with_switch(30, 0, 1, 2, ON) == off.with_switch(30, 0, 1, 2, ON)


def test_looking_at_what_is_held_changes_nothing():
    trainer = run_of((3, 1, 2, OFF))
    trainer.advance(5)
    trainer._theta[:] = 1.0  # as it could never be
    assert trainer.held["W2"][0].tolist() == [False, True, False, False]
    assert (trainer._theta == 1.0).all()


@pytest.mark.parametrize("place", [(9, 1), (1, 9), (0, 1), (1, 0), (3, 2), ("1", 1), ([1], 1)])
@pytest.mark.parametrize("state", STATES)
def test_a_neuron_that_there_is_not_cannot_be_switched(place, state):
    with pytest.raises(NotAllowed, match="in switches must be"):
        SMALL.with_switch(3, 0, 1, 1, OFF).with_switch(3, 0, *place, state)


def test_a_run_begun_afresh_has_nothing_that_was_done_by_hand():
    done = SMALL.with_edit(3, 0, 0, 1.0).with_rate(5, 0, 0.1).with_switch(20, 0, 1, 2, OFF)
    assert done.training.afresh() == replace(SMALL.training, learning_rate=0.1)
