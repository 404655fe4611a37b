"""The playback answers what the browser asks, the same whenever it is asked."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_payload import decode, unpack

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings, forward_prop
from scratchnet.live import playback as playback_module
from scratchnet.live.playback import MAP_SIDE, SIDE, Playback
from scratchnet.run import trainer as trainer_module

SETTINGS = Settings(
    DataSettings(points=60), NetworkSettings((2, 4, 3, 1)), TrainingSettings(epochs=200)
)


LIVE = Path(playback_module.__file__).parent
UNITS, PARAMETERS = 4 + 3 + 1, 31


class Clock:
    """A clock that the tests set: it goes on by ``step`` seconds whenever it is looked at."""

    def __init__(self):
        self.now = self.step = 0.0

    def monotonic(self):
        self.now += self.step
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Time stands still for a playback, on any machine, unless a test says otherwise."""
    clock = Clock()
    monkeypatch.setattr(playback_module, "time", clock)
    monkeypatch.setattr(trainer_module, "monotonic", clock.monotonic)
    return clock


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
                "update": 0,
                "do": "frames",
                "speed": 5,
                "frames": 0,
                "playing": False,
                "index": 0,
                "value": 0,
            }
            | request
        )
        return unpack(playback.payload)


class Body:
    """Reads the bytes behind a header from the front, as stage.js does."""

    def __init__(self, body):
        self.body, self.at = body, 0

    def take(self, kind, *shape):
        part = np.frombuffer(self.body, kind, int(np.prod(shape)), self.at)
        self.at += part.nbytes
        return part.reshape(shape)

    def picture(self):
        """The surface and the maps of a frame of SETTINGS."""
        return self.take("i1", SIDE**2).astype(float), self.take("i1", UNITS, MAP_SIDE**2)


def epochs(header):
    return [frame[0] for frame in header["frames"]]


def test_frames_are_what_the_network_computes():
    browser = Browser(Playback(SETTINGS))
    header, body = browser.ask(epoch=10, frames=3, speed=7, playing=True)
    assert epochs(header) == [17, 24, 31]
    assert header["first"] == 11
    assert not header["ends"]
    trainer = Trainer(SETTINGS)
    line = np.linspace(-3, 3, SIDE)
    grid = np.stack(np.meshgrid(line, line)).reshape(2, -1)
    body, thetas = Body(body), []
    for epoch, update, *numbers, rate, scale, fingerprint in header["frames"]:
        snapshot = trainer.seek(epoch)
        assert numbers == [
            snapshot.train_cost,
            snapshot.test_cost,
            snapshot.train_accuracy,
            snapshot.test_accuracy,
        ]
        assert (update, rate, fingerprint) == (0, 0.5, snapshot.fingerprint)
        AL, _ = forward_prop(grid, snapshot.params, "tanh")
        code, maps = body.picture()
        assert np.abs(decode(code, scale) - AL[0]).max() < 0.01
        assert np.abs(maps / 127 - maps_of(snapshot.params)).max() < 0.01
        thetas.append(snapshot.theta)
    assert np.array_equal(body.take("<f8", 3, PARAMETERS), thetas)
    costs = body.take("<f8", 2, 21)
    assert np.array_equal(costs[0], trainer.history.train_cost[11:32])


def maps_of(params):
    """The activations of all neurons, and the output brought to -1 … 1, over the plane."""
    line = np.linspace(-3, 3, MAP_SIDE)
    AL, caches = forward_prop(np.stack(np.meshgrid(line, line)).reshape(2, -1), params, "tanh")
    hidden = [A for (A, _, _), _ in caches[1:]]
    return np.vstack([*hidden, 2 * AL - 1])


def test_a_wide_network_has_smaller_maps():
    network = NetworkSettings((2, 32, 32, 32, 32, 32, 32, 1))
    playback = Playback(Settings(DataSettings(points=20), network))
    assert 9 <= playback.map_side < MAP_SIDE
    maps = playback.map_side**2 * (6 * 32 + 1)
    assert 15_000 < maps < 24_000


def test_an_epoch_can_be_shown_again_and_played_on_from():
    browser = Browser(Playback(SETTINGS))
    first, _ = browser.ask(epoch=0, frames=20, playing=True)
    back, body = browser.ask(epoch=35, do="show")
    assert back["first"] == 35
    assert back["frames"] == [first["frames"][6]]
    body = Body(body)
    body.picture()
    body.take("<f8", PARAMETERS)
    assert body.take("<f8", 2, 1)[0, 0] == first["frames"][6][2]
    again, _ = browser.ask(epoch=35, frames=3, playing=True)
    assert again["frames"] == first["frames"][7:10]


def test_single_updates_lead_to_the_next_epoch():
    settings = replace(SETTINGS, training=TrainingSettings(0.1, 200, batch_size=15))
    browser = Browser(Playback(settings))
    header, _ = browser.ask(epoch=3, do="updates", speed=1, frames=4)
    assert [frame[:2] for frame in header["frames"]] == [[3, 1], [3, 2], [4, 0], [4, 1]]
    assert browser.playback.trainer.update == 1
    trainer = Trainer(settings)
    for (epoch, update), numbers in zip(
        [(3, 1), (3, 2), (4, 0), (4, 1)], header["frames"], strict=True
    ):
        assert numbers[2] == trainer.seek(epoch, update).train_cost
    on, _ = browser.ask(epoch=4, update=1, frames=1, speed=1)
    assert on["frames"][0][2] == trainer.seek(5).train_cost


def test_a_parameter_is_set_and_the_numbers_are_of_it():
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    browser.ask(epoch=0, frames=20, playing=True)
    header, _ = browser.ask(epoch=35, do="set", index=4, value=2)
    assert playback.settings.training.edits == ((35, 4, 2.0),)
    assert header["frames"][0][2] == Trainer(playback.settings).seek(35).train_cost
    header, _ = browser.ask(epoch=35, do="set", index=4, value=1e9)
    assert playback.trouble.startswith(
        "the value in edits must be a number from -1000 to 1000, got 1000000000"
    )
    assert playback.settings.training.edits == ((35, 4, 2.0),)
    browser.ask(epoch=35, do="set", index=4, value=1.5)
    assert playback.trouble == ""
    browser.ask(do="restart")
    assert playback.settings == SETTINGS


@pytest.mark.parametrize("index", [-1, 31, 1.5, "0", None])
@pytest.mark.parametrize("value", [1.0, "x", None, float("nan")])
def test_a_parameter_that_is_none_is_said(index, value):
    playback = Playback(SETTINGS)
    Browser(playback).ask(do="set", index=index, value=value)
    assert "index must be an integer from 0 to 30, got " in playback.trouble
    assert playback.settings == SETTINGS


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
    assert epochs(browser.ask(epoch=999, do="all")[0]) == [200]


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
    assert [frame[2] for frame in header["frames"]] == [replay.seek(e).train_cost for e in (50, 55)]
    playback.change(learning_rate=0.1, epochs=200)
    assert playback.revision == 1, "the rate that it has already is no change"


def test_another_rate_while_paused_takes_hold_at_once():
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    browser.ask(epoch=12)
    playback.change(learning_rate=0.1, epochs=200)
    assert playback.settings.training.rate_changes == ((12, 0.1),)
    Browser(playback).ask(epoch=0, do="all")
    playback.change(learning_rate=0.2, epochs=200)
    assert playback.settings.training == TrainingSettings(0.2, 200)


def test_one_rate_change_too_many_is_said_and_the_run_goes_on():
    changes = tuple((epoch, 0.1) for epoch in range(1, 101))
    playback = Playback(replace(SETTINGS, training=TrainingSettings(0.5, 200, changes)))
    browser = Browser(playback)
    browser.ask(epoch=150)
    playback.change(learning_rate=0.2, epochs=200)
    assert playback.trouble.startswith("rate_changes must hold at most 100 changes, got 101. ")
    assert epochs(browser.ask(epoch=150, frames=1)[0]) == [155]
    assert playback.settings.training.rate_changes == changes
    browser.ask(epoch=0, do="restart")
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


def test_a_long_way_tells_how_far_it_is(clock):
    playback = Playback(SETTINGS)
    clock.step = 0.1
    way = playback.travel(200)
    first = next(way)
    assert 0 < first < 200
    assert first < next(way)
    assert playback.trainer.epoch < 200


def costs_of(header, body):
    """The training costs that come with the frames, as stage.js reads them."""
    body = Body(body)
    for _ in header["frames"]:
        body.picture()
    body.take("<f8", len(header["frames"]), PARAMETERS)
    last = header["frames"][-1][0] if header["frames"] else header["first"] - 1
    costs = body.take("<f8", 2, last + 1 - header["first"])
    assert body.at == len(body.body), "there is nothing that stage.js would not read"
    return costs[0]


@pytest.mark.parametrize("step", [0.0, 0.03, 0.2, 0.6, 5.0, 3600.0])
def test_every_frame_is_whole_however_slow_the_machine(clock, step):
    settings = replace(SETTINGS, training=TrainingSettings(0.5, 180, ((60, 0.1),)))
    clock.step = step
    browser = Browser(Playback(settings))
    shown, seen, costs = 0, [], []
    while shown < 180:
        header, body = browser.ask(epoch=shown, frames=24, speed=50, playing=True)
        assert header["first"] == shown + 1
        seen += header["frames"]
        costs += [*costs_of(header, body)]
        shown = epochs(header)[-1] if header["frames"] else shown
        assert header["ends"] == (shown == 180)
        assert header["rate"] == (0.1 if shown >= 60 else 0.5)
        assert browser.asks <= 180, "every answer goes on"
    assert [frame[0] for frame in seen] == [50, 100, 150, 180]
    trainer = Trainer(settings)
    assert [frame[2] for frame in seen] == [trainer.seek(e).train_cost for e in (50, 100, 150, 180)]
    assert np.array_equal(costs, trainer.history.train_cost[1:])


def test_the_time_of_an_answer_ends_between_two_frames(clock):
    browser = Browser(Playback(SETTINGS))
    browser.ask(frames=1, speed=5, playing=True)  # the pace is known now
    clock.step = 0.06
    header, _ = browser.ask(epoch=5, frames=24, speed=5, playing=True)
    assert 1 <= len(header["frames"]) < 24
    assert all(epoch % 5 == 0 for epoch in epochs(header))


def test_a_frame_is_trained_in_one_go(clock, monkeypatch):
    playback = Playback(SETTINGS)
    Browser(playback).ask(frames=1, speed=5, playing=True)
    asked, advance = [], playback.trainer.advance
    monkeypatch.setattr(playback.trainer, "advance", lambda n: [asked.append(n), advance(n)][1])
    Browser(playback).ask(epoch=5, frames=2, speed=50, playing=True)
    assert asked == [50, 50]


def test_an_answer_without_a_frame_comes_in_time_and_its_epochs_are_kept(clock):
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    clock.step = 0.6
    header, _ = browser.ask(frames=24, speed=50, playing=True)
    assert (epochs(header), header["ends"]) == ([], False)
    done = playback.trainer.epoch
    assert 0 < done < 50
    browser.ask(frames=24, speed=50, playing=True)
    assert playback.trainer.epoch > done
    header, _ = browser.ask(frames=24, speed=2, playing=True)
    assert epochs(header)[:1] == [2], "another speed begins at the epoch that is shown"
    browser.ask(epoch=2, frames=24, speed=50, playing=True)
    browser.ask(epoch=2)
    assert playback.trainer.epoch == 2, "so does a pause"


def test_another_rate_holds_from_the_epoch_that_is_shown_when_a_frame_is_not_done_yet(clock):
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    clock.step = 0.6
    browser.ask(epoch=10, frames=24, speed=50, playing=True)
    assert playback.trainer.epoch > 10
    playback.change(learning_rate=0.1, epochs=200)
    browser.ask(epoch=10, frames=24, speed=50, playing=True)
    assert playback.settings.training.rate_changes == ((10, 0.1),)


@pytest.mark.parametrize("step", [0.0, 5.0])
def test_a_step_always_gives_a_frame(clock, step):
    clock.step = step
    header, _ = Browser(Playback(SETTINGS)).ask(frames=3, speed=1)
    assert epochs(header) == ([1, 2, 3] if step == 0.0 else [1])
