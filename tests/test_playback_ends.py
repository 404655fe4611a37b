"""How a playback begins and ends, and that it answers whatever comes from outside."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_payload import unpack
from test_playback import LIVE, PARAMETERS, SETTINGS, Body, Browser, at, clock, epochs  # noqa: F401

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings
from scratchnet.charts import look
from scratchnet.live import playback as playback_module
from scratchnet.live.playback import MAP_SIDE, Playback
from scratchnet.run.history import Reason
from scratchnet.ui import stage
from scratchnet.validation import MAX_EPOCHS


def test_the_first_payload_tells_all_of_the_run():
    playback = at(30)
    header, body = unpack(playback.payload)
    assert header["all"]
    assert not header["playing"]
    assert epochs(header) == [30]
    trainer = Trainer(SETTINGS)
    trainer.advance(30)
    body = Body(body)
    body.picture()
    assert np.array_equal(body.take("<f8", PARAMETERS), trainer.snapshot().theta)
    costs = body.take("<f8", 2, 31)
    assert np.array_equal(costs[0], trainer.history.train_cost)
    assert np.array_equal(costs[1], trainer.history.test_cost)
    dataset = trainer.dataset
    points = body.take("<f4", 2, 60)
    assert np.array_equal(points, np.hstack([dataset.X_train, dataset.X_test]).astype("f4"))
    assert np.array_equal(body.take("<f4", 42), dataset.Y_train[0])
    assert np.array_equal(body.take("<f4", 18), dataset.Y_test[0])
    x1, x2 = body.take("i1", 2, MAP_SIDE, MAP_SIDE)
    assert (x1[0] == x1[-1]).all()
    assert (np.diff(x1[0].astype(int)) >= 0).all(), "x1 grows to the right"
    assert np.array_equal(x1.T, x2)
    assert body.at == len(body.body)


def test_a_run_that_is_over_goes_on_for_as_many_epochs_as_it_had_at_first():
    playback = Playback(replace(SETTINGS, training=TrainingSettings(0.5, 200, ((50, 0.1),))))
    browser = Browser(playback)
    for end in (200, 400):
        browser.ask(epoch=end)
        revision = playback.revision
        for _ in range(2):  # a request may come twice
            browser.ask(epoch=end, do="more", playing=True)
            assert playback.epochs == end + 200
        assert playback.revision == revision + 1
        header, _ = browser.ask(epoch=end, frames=2, speed=5, playing=True)
        assert epochs(header) == [end + 5, end + 10]
        assert not header["ends"]
    assert header["frames"][-1][2] == Trainer(playback.settings).seek(410).train_cost
    assert playback.settings.training == TrainingSettings(0.5, 600, ((50, 0.1),))


def test_no_run_goes_on_beyond_the_most_epochs_nor_before_its_end():
    playback = Playback(replace(SETTINGS, training=TrainingSettings(0.5, 60)))
    browser = Browser(playback)
    browser.ask(epoch=30)
    browser.ask(epoch=30, do="more", playing=True)
    assert playback.epochs == 60
    opened_with_more = Playback(replace(SETTINGS, training=TrainingSettings(0.5, MAX_EPOCHS - 10)))
    opened_with_more.change(0.5, 60)
    browser = Browser(opened_with_more)
    browser.ask(epoch=60)
    browser.ask(epoch=60, do="more", playing=True)
    assert opened_with_more.epochs == MAX_EPOCHS


def test_a_run_that_stopped_by_itself_does_not_go_on():
    training = TrainingSettings(0.5, 200, ((150, 0.1),), ((3, 0, 1.0),), stop_cost=0.3)
    playback = Playback(replace(SETTINGS, training=training))
    end = playback.trainer.seek(200)
    assert end.ended == "cost"
    browser = Browser(playback)
    for epoch in (end.epoch, 200):
        browser.ask(epoch=epoch, do="more", playing=True)
        assert playback.settings.training == training
        assert playback.trainer.epoch == end.epoch


def test_a_rate_that_was_set_at_the_end_holds_from_there_on():
    playback = Playback(SETTINGS)
    browser = Browser(playback)
    browser.ask(epoch=200)
    playback.change(learning_rate=0.1, epochs=200)
    browser.ask(epoch=200, do="more", playing=True)
    header, _ = browser.ask(epoch=200, frames=2, playing=True)
    assert playback.settings.training == TrainingSettings(0.5, 400, ((200, 0.1),))
    assert header["frames"][1][2] == Trainer(playback.settings).seek(210).train_cost


def test_reset_begins_anew_with_the_last_rate():
    playback = at(12)
    playback.change(learning_rate=0.1, epochs=200)
    header, _ = Browser(playback).ask(epoch=0, do="restart")
    assert header["all"]
    assert epochs(header) == [0]
    assert playback.settings.training == TrainingSettings(0.1, 200)
    assert Trainer(playback.settings).seek(9).train_cost == playback.trainer.seek(9).train_cost


@pytest.mark.parametrize("data", [("moons", 2), ("blobs", 4), ("plane", 0)])
@pytest.mark.parametrize("precision", ["single", "double"])
def test_a_diverging_run_is_shown_where_it_is_not_finite_any_more(data, precision):
    names = ("dataset", "classes", "layer_dims", "activation", "learning_rate", "l2", "precision")
    values = (*data, (2, 4, 4, 4, 4, 4, 1), "linear", 100.0, 10.0, precision)
    settings, _ = Settings.resolve(Settings().values() | dict(zip(names, values, strict=True)))
    playback = Playback(settings)
    header, _ = Browser(playback).ask(epoch=0, frames=60, speed=20, playing=True)
    assert header["ends"]
    assert header["ended"] == [epochs(header)[-1], "diverged"]
    snapshot = playback.trainer.snapshot()
    assert not (np.isfinite(snapshot.theta).all() and np.isfinite(snapshot.train_cost))
    last = header["frames"][-1]
    assert last[2] == (snapshot.train_cost if np.isfinite(snapshot.train_cost) else None)
    assert last[-1] == snapshot.fingerprint
    playback.show_all()
    assert epochs(unpack(playback.payload)[0]) == [snapshot.epoch]


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
            "update": st.integers(),
            "do": st.sampled_from(["frames", "updates", "show", "set", "more", "all", "restart", "x"]),
            "playing": st.booleans() | st.text(),
            "index": st.integers() | st.none(),
            "value": st.floats() | st.text() | st.booleans(),
        }
    )
)
def test_whatever_comes_from_outside_is_answered(asked):
    playback = Playback(Settings(DataSettings(points=20), NetworkSettings((2, 1))))
    if asked and "run" in asked:
        asked |= {"run": playback.run, "revision": playback.revision}
    playback.answer(asked)
    assert len(unpack(playback.payload)[0]["frames"]) <= 60


def test_the_stage_has_a_text_for_each_reason_that_ends_a_run():
    texts = re.search(
        r"const STOPPED = \{(.*?)\n\};", (LIVE / "words.js").read_text("utf-8"), re.DOTALL
    )
    assert re.findall(r"^  (\w+):", texts[1], re.MULTILINE) == list(Reason)


def test_the_first_payload_carries_what_the_stage_has_no_copy_of():
    header, _ = unpack(Playback(SETTINGS).payload)
    assert header["look"]["classes"][0] == [245, 147, 34]
    assert len(header["look"]["classes"]) == len(header["look"]["markers"]) == header["mostClasses"]
    assert header["featureNames"] == ["x₁", "x₂"]
    assert (header["classNames"][:3], header["fullNames"][1]) == (["0", "1", "2"], "class 1")
    assert header["parameters"] == [-1000, 1000]
    assert header["mostFrames"] == playback_module.MAX_FRAMES
    colours = {*look.CLASSES, look.MIDDLE, look.TRAIN_LINE, look.TEST_LINE}
    for script in LIVE.glob("*.js"):
        assert not any(colour in script.read_text("utf-8") for colour in colours), script


def test_every_speed_of_the_stage_is_allowed():
    speeds = re.findall(r'<option value="(\d+)"', (LIVE / "stage.html").read_text("utf-8"))
    assert max(map(int, speeds)) == playback_module.MAX_SPEED


def test_every_script_and_style_of_the_stage_is_sent_once():
    assert sorted(stage._SCRIPTS) == sorted(path.name for path in LIVE.glob("*.js"))
    assert sorted(stage._STYLES) == sorted(path.name for path in LIVE.glob("*.css"))


def test_a_run_that_a_session_opens_with_says_so_until_it_is_asked():
    playback = Playback(SETTINGS, opened=True)
    assert unpack(playback.payload)[0]["opened"]
    playback.show_all()
    assert unpack(playback.payload)[0]["opened"], "the page may have been written twice"
    header, _ = Browser(playback).ask(do="all", epoch=7)
    assert not header["opened"]
    assert header["frames"][0][0] == 7
    assert not unpack(Playback(SETTINGS).payload)[0]["opened"]
