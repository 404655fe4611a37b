"""The playback answers what the browser asks, the same whenever it is asked."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_payload import decode, unpack

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings, forward_prop
from scratchnet.ui.stage.playback import SIDE, Playback

SETTINGS = Settings(
    DataSettings(points=60), NetworkSettings((2, 4, 3, 1)), TrainingSettings(epochs=200)
)


def at(epoch):
    """A playback that stands at an epoch."""
    playback = Playback(SETTINGS)
    assert list(playback.travel(epoch)) == [], "a short way needs no progress bar"
    playback.show_all()
    return playback


class Browser:
    """Asks a playback as stage.js does."""

    def __init__(self, playback):
        self.playback = playback
        self.asks = 0

    def ask(self, **request):
        playback = self.playback
        self.asks += 1
        playback.answer(
            {
                "run": playback.run,
                "revision": playback.revision,
                "ask": self.asks,
                "epoch": 0,
                "speed": 5,
                "frames": 0,
                "playing": False,
                "goto": False,
                "again": False,
                "restart": False,
            }
            | request
        )
        return unpack(playback.payload)


def epochs(header):
    return [frame[0] for frame in header["frames"]]


def test_the_first_payload_tells_all_of_the_run():
    playback = at(30)
    header, body = unpack(playback.payload)
    assert header["all"]
    assert not header["playing"]
    assert epochs(header) == [30]
    trainer = Trainer(SETTINGS)
    trainer.advance(30)
    costs = np.frombuffer(body, "<f8", 62, SIDE**2).reshape(2, 31)
    assert np.array_equal(costs[0], trainer.history.train_cost)
    assert np.array_equal(costs[1], trainer.history.test_cost)


def test_frames_are_what_the_network_computes():
    browser = Browser(Playback(SETTINGS))
    header, body = browser.ask(epoch=10, frames=3, speed=7, playing=True)
    assert epochs(header) == [17, 24, 31]
    assert header["first"] == 11
    assert not header["ends"]
    trainer = Trainer(SETTINGS)
    line = np.linspace(-3, 3, SIDE)
    grid = np.stack(np.meshgrid(line, line)).reshape(2, -1)
    for k, (epoch, *numbers, rate, scale) in enumerate(header["frames"]):
        snapshot = trainer.seek(epoch)
        assert numbers == [
            snapshot.train_cost,
            snapshot.test_cost,
            snapshot.train_accuracy,
            snapshot.test_accuracy,
        ]
        assert rate == 0.5
        AL, _ = forward_prop(grid, snapshot.params, "tanh")
        code = np.frombuffer(body, "i1", SIDE**2, k * SIDE**2).astype(float)
        assert np.abs(decode(code, scale) - AL[0]).max() < 0.01
    costs = np.frombuffer(body, "<f8", 42, 3 * SIDE**2).reshape(2, 21)
    assert np.array_equal(costs[0], trainer.history.train_cost[11:32])


def test_the_same_request_gets_the_same_frames_however_often():
    browser = Browser(Playback(SETTINGS))
    first = browser.ask(epoch=20, frames=4, playing=True)
    browser.ask(epoch=150, frames=4, playing=True)
    again = browser.ask(epoch=20, frames=4, playing=True)
    assert again[0] == first[0] | {"answers": 3}
    assert again[1] == first[1]


def test_a_pause_takes_the_trainer_back_to_what_is_shown():
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    browser.ask(epoch=0, frames=20, playing=True)
    assert playback.playing
    assert playback.trainer.epoch == 100
    header, _ = browser.ask(epoch=35)
    assert epochs(header) == []
    assert not playback.playing
    assert playback.trainer.epoch == 35


def test_the_run_ends_at_its_last_epoch():
    browser = Browser(Playback(SETTINGS))
    header, _ = browser.ask(epoch=190, frames=24, speed=7, playing=True)
    assert epochs(header) == [197, 200]
    assert header["ends"]
    assert browser.ask(epoch=200, frames=24)[0]["frames"] == []
    assert browser.playback.trainer.seek(999).epoch == 999
    assert epochs(browser.ask(epoch=999, goto=True)[0]) == [200]


def test_another_rate_takes_hold_at_the_epoch_that_is_shown():
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    browser.ask(epoch=0, frames=20, playing=True)  # the trainer is at 100, the browser shows less
    playback.change(learning_rate=0.1, epochs=200)
    assert playback.revision == 1
    assert playback.settings.training.rate_changes == ()
    header, _ = browser.ask(epoch=45, frames=2, playing=True)
    assert playback.settings.training.rate_changes == ((45, 0.1),)
    replay = Trainer(playback.settings)
    assert [frame[1] for frame in header["frames"]] == [replay.seek(e).train_cost for e in (50, 55)]
    playback.change(learning_rate=0.1, epochs=200)
    assert playback.revision == 1, "the rate that it has already is no change"


def test_another_rate_while_paused_takes_hold_at_once():
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    browser.ask(epoch=12)
    playback.change(learning_rate=0.1, epochs=200)
    assert playback.settings.training.rate_changes == ((12, 0.1),)
    Browser(playback).ask(epoch=0, goto=True)
    playback.change(learning_rate=0.2, epochs=200)
    assert playback.settings.training == TrainingSettings(0.2, 200)


def test_one_rate_change_too_many_is_said_and_the_run_goes_on():
    changes = tuple((epoch, 0.1) for epoch in range(1, 101))
    playback = Playback(replace(SETTINGS, training=TrainingSettings(0.5, 200, changes)))
    browser = Browser(playback)
    browser.ask(epoch=150)
    playback.change(learning_rate=0.2, epochs=200)
    assert playback.trouble.startswith("rate_changes is ")
    assert epochs(browser.ask(epoch=150, frames=1)[0]) == [155]
    assert playback.settings.training.rate_changes == changes
    browser.ask(epoch=0, restart=True)
    assert playback.trouble == ""


def test_what_is_drawn_at_rest_is_dropped_when_it_moves_or_is_revised():
    playback = Playback(SETTINGS)
    for move in (
        lambda: Browser(playback).ask(epoch=3),
        lambda: playback.change(0.1, 200),
        lambda: playback.change(0.1, 100),
    ):
        playback.at_rest = True
        revision = playback.revision
        move()
        assert not playback.at_rest
    assert playback.revision == revision + 1


def test_an_earlier_end_takes_the_run_back_to_it():
    playback = at(120)
    playback.change(learning_rate=0.5, epochs=80)
    assert playback.trainer.epoch == 80
    assert playback.settings == replace(SETTINGS, training=TrainingSettings(0.5, 80))
    playback.show_all()
    assert unpack(playback.payload)[0]["ends"]


def test_a_long_way_tells_how_far_it_is():
    wide = NetworkSettings((2, 32, 32, 32, 32, 32, 32, 1))
    playback = Playback(Settings(DataSettings(points=2000), wide, TrainingSettings(epochs=500)))
    way = playback.travel(400)
    first = next(way)
    assert 0 < first < 400
    assert first < next(way)
    assert playback.trainer.epoch < 400


def test_a_run_that_is_over_plays_again_as_it_was():
    settings = replace(SETTINGS, training=TrainingSettings(0.5, 200, ((50, 0.1),)))
    playback = Playback(settings)
    browser = Browser(playback)
    browser.ask(epoch=200)
    header, _ = browser.ask(epoch=0, frames=24, speed=5, playing=True, again=True)
    assert playback.settings == settings
    assert header["frames"][-1][1] == Trainer(settings).seek(120).train_cost


def test_a_rate_that_was_set_at_the_end_holds_when_it_plays_again():
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    browser.ask(epoch=200)
    playback.change(learning_rate=0.1, epochs=200)
    header, _ = browser.ask(epoch=0, frames=2, playing=True, again=True)
    assert playback.settings.training == TrainingSettings(0.1, 200)
    assert header["frames"][1][1] == Trainer(playback.settings).seek(10).train_cost


def test_reset_begins_anew_with_the_last_rate():
    playback = at(12)
    playback.change(learning_rate=0.1, epochs=200)
    header, _ = Browser(playback).ask(epoch=0, restart=True)
    assert header["all"]
    assert epochs(header) == [0]
    assert playback.settings.training == TrainingSettings(0.1, 200)
    assert Trainer(playback.settings).seek(9).train_cost == playback.trainer.seek(9).train_cost


def test_a_diverging_run_is_shown_to_its_last_finite_epoch():
    network = NetworkSettings((2, 4, 4, 4, 4, 4, 4, 1), "linear")
    settings = Settings(DataSettings(points=40), network, TrainingSettings(100.0))
    header, _ = Browser(Playback(settings)).ask(epoch=0, frames=20, playing=True)
    assert header["ends"]
    assert header["ended"] == [epochs(header)[-1], "diverged"]


@pytest.mark.parametrize("stale", [{"run": -1}, {"revision": 99}])
def test_a_request_about_another_run_is_told_of_this_one(stale):
    playback = at(7)
    header, _ = Browser(playback).ask(epoch=50, frames=9, playing=True, **stale)
    assert header["all"]
    assert epochs(header) == [7]
    assert header["answers"] == 0
    assert not playback.playing


@given(
    st.none()
    | st.dictionaries(st.text(max_size=5), st.integers())
    | st.fixed_dictionaries(
        {
            "run": st.integers(),
            "revision": st.integers(),
            "ask": st.integers() | st.text(),
            "epoch": st.integers() | st.floats() | st.text() | st.none(),
            "speed": st.integers() | st.booleans(),
            "frames": st.integers() | st.lists(st.integers()),
            "playing": st.booleans() | st.text(),
            "goto": st.booleans(),
            "again": st.booleans(),
            "restart": st.none(),
        }
    )
)
def test_whatever_comes_from_outside_is_answered(asked):
    playback = Playback(Settings(DataSettings(points=20), NetworkSettings((2, 1))))
    if asked and "run" in asked:
        asked |= {"run": playback.run, "revision": playback.revision}
    playback.answer(asked)
    assert len(unpack(playback.payload)[0]["frames"]) <= 60
