"""A payload is what the network computes, the same whoever asks for it and whenever."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from choices import some_settings
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from test_payload import decode, unpack

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings, forward_prop
from scratchnet.charts import look
from scratchnet.data.datasets import grid
from scratchnet.live import frames as frames_module
from scratchnet.live.frames import MAP_SIDE, MAX_FRAMES, RELEASE, SIDE, Asked, OtherRelease, payload
from scratchnet.run.history import Reason
from scratchnet.validation import MAX_EPOCHS, NotAllowed

SETTINGS = Settings(
    DataSettings(points=60), NetworkSettings((2, 4, 3, 1)), TrainingSettings(epochs=200)
)
LIVE = Path(frames_module.__file__).parent
PARAMETERS = 31


def packed(settings=SETTINGS, trainer=None, **asked):
    """The bytes of these frames, made in one go."""
    return list(payload(trainer or Trainer(settings), Asked(settings, **asked)))[-1]


class Frames:
    """A payload, read from the front as frames.js reads it."""

    def __init__(self, packed):
        self.header, self.body = unpack(packed)
        header, self.at = self.header, 0
        self.number = "<f8" if header["double"] else "<f4"
        n, neurons = len(header["frames"]), header["neurons"]
        self.surfaces = self.pictures(n, header["planes"], header["side"])
        self.maps = self.pictures(n, neurons, header["mapSide"])
        self.thetas = self.take(self.number, n, header["parameters"])
        costs = header["frames"][-1][0] + 1 - header["first"]
        self.train_cost, self.test_cost = self.take(self.number, 2, costs)
        if about := header.get("about"):
            samples = about["train"] + about["test"]
            self.points = self.take("<f4", 2, samples)
            self.labels = self.take("<f4", samples)
            self.features = self.take(
                "i1", len(about["features"]), header["mapSide"], header["mapSide"]
            )
        assert self.at == len(self.body), "there is nothing that frames.js would not read"

    @property
    def epochs(self):
        return [frame[0] for frame in self.header["frames"]]

    def take(self, kind, *shape):
        part = np.frombuffer(self.body, kind, int(np.prod(shape)), self.at)
        self.at += part.nbytes
        return part.reshape(shape)

    def pictures(self, n, count, side):
        """The pictures of n frames: the first, and what has changed in each other."""
        return np.cumsum(self.take("i1", n, count, side, side), axis=0, dtype=np.int8)


def frames_of(settings=SETTINGS, trainer=None, **asked):
    return Frames(packed(settings, trainer, **asked))


def plane(n):
    line = np.linspace(-3, 3, n)
    return np.stack(np.meshgrid(line, line)).reshape(2, -1)


def maps_of(params):
    """The activations of all neurons, and the output brought to -1 … 1, over the plane."""
    AL, caches = forward_prop(plane(MAP_SIDE), params, "tanh")
    hidden = [A for (A, _, _), _ in caches[1:]]
    return np.vstack([*hidden, 2 * AL - 1]).reshape(-1, MAP_SIDE, MAP_SIDE)


@pytest.mark.parametrize("side", [SIDE, 50])
def test_frames_are_what_the_network_computes(side):
    frames = frames_of(epoch=17, speed=7, count=3, side=side)
    assert frames.epochs == [17, 24, 31]
    assert frames.header["first"] == 11, "the costs since the frame before come, too"
    assert not frames.header["ends"]
    trainer = Trainer(SETTINGS)
    for k, (epoch, update, *numbers, rate, scale, mark) in enumerate(frames.header["frames"]):
        snapshot = trainer.seek(epoch)
        assert numbers == [
            snapshot.train_cost,
            snapshot.test_cost,
            snapshot.train_accuracy,
            snapshot.test_accuracy,
        ]
        assert (update, rate, mark) == (0, 0.5, snapshot.fingerprint)
        AL, _ = forward_prop(plane(side), snapshot.params, "tanh")
        painted = decode(frames.surfaces[k].astype(float), scale)
        assert np.abs(painted - AL.reshape(1, side, side)).max() < 0.01
        assert np.abs(frames.maps[k] / 127 - maps_of(snapshot.params)).max() < 0.01
        assert np.array_equal(frames.thetas[k], snapshot.theta)
    assert np.array_equal(frames.train_cost, trainer.history.train_cost[11:32])
    assert np.array_equal(frames.test_cost, trainer.history.test_cost[11:32])


@pytest.mark.parametrize("precision", ["single", "double"])
def test_no_bit_of_a_number_is_lost(precision):
    settings = replace(SETTINGS, training=TrainingSettings(0.3, 200, precision=precision))
    frames, trainer = frames_of(settings, epoch=40, speed=40, count=3), Trainer(settings)
    assert (frames.number == "<f8") == (precision == "double")
    thetas = np.array([trainer.seek(epoch).theta for epoch in (40, 80, 120)])
    assert np.array_equal(frames.thetas.astype(float), thetas)
    assert np.array_equal(frames.train_cost.astype(float), trainer.history.train_cost[1:121])
    if precision == "double":
        assert not np.array_equal(thetas, thetas.astype("f4")), "it would have been lost in float32"


def test_a_wide_network_has_smaller_maps():
    network = NetworkSettings((2, 32, 32, 32, 32, 32, 32, 1))
    header = frames_of(Settings(DataSettings(points=20), network), side=10).header
    assert 9 <= header["mapSide"] < MAP_SIDE
    assert 15_000 < header["mapSide"] ** 2 * header["neurons"] < 24_000
    assert header["neurons"] == 6 * 32 + 1


def test_of_classes_there_are_two_planes_the_winner_and_its_lead():
    settings = Settings.of(dataset="blobs", classes=4)
    frames = frames_of(settings, epoch=30, count=2)
    trainer = Trainer(settings)
    assert frames.surfaces.shape == (2, 2, SIDE, SIDE)
    params = trainer.seek(31).params
    X = grid(trainer.dataset.window, SIDE)[2]
    AL, _ = forward_prop(X, params, "tanh", "softmax")
    assert np.array_equal(frames.surfaces[1, 0].reshape(-1), AL.argmax(axis=0))


def test_single_updates_lead_to_the_next_epoch():
    settings = replace(SETTINGS, training=TrainingSettings(0.1, 200, batch_size=15))
    trainer = Trainer(settings)
    for epoch, update in ((3, 1), (3, 2), (4, 0), (4, 1)):
        frames = frames_of(settings, epoch=epoch, update=update)
        (numbers,) = frames.header["frames"]
        assert numbers[:2] == [epoch, update]
        assert numbers[2] == trainer.seek(epoch, update).train_cost
        assert np.array_equal(frames.thetas[0], trainer.snapshot().theta)
        assert frames.train_cost.tolist() == [trainer.history.train_cost[epoch]], "of whole epochs"


def test_an_update_that_an_epoch_does_not_have_is_refused_before_the_way_to_it():
    trainer = Trainer(SETTINGS)
    with pytest.raises(NotAllowed, match="update must be 0, got 2"):
        next(payload(trainer, Asked(SETTINGS, epoch=90, update=2)))
    assert trainer.epoch == 0


@of_hypothesis(max_examples=40)
@given(
    made=some_settings(points=30, widest=5),
    way=st.lists(st.integers(0, 150), max_size=3),
    epoch=st.integers(0, 120),
    speed=st.integers(1, 30),
    count=st.integers(1, 4),
)
def test_the_same_place_has_the_same_bytes_wherever_the_trainer_was(made, way, epoch, speed, count):
    asked = {"epoch": epoch, "speed": speed, "count": count, "side": 10}
    trainer = Trainer(made)
    for place in way:
        trainer.seek(place)
    assert packed(made, trainer, **asked) == packed(made, **asked)


def test_others_may_move_the_trainer_meanwhile():
    trainer = Trainer(SETTINGS)
    expected = packed(epoch=30, speed=30, count=4)
    others = iter((190, 0, 3, 150) * 50)
    done = None
    for done in payload(trainer, Asked(SETTINGS, epoch=30, speed=30, count=4)):
        if done is None:
            trainer.seek(next(others))
    assert done == expected


def test_the_run_ends_at_its_last_epoch():
    frames = frames_of(epoch=193, count=24, speed=7)
    assert frames.epochs == [193, 200]
    assert frames.header["ends"]
    assert frames.header["ended"] is None
    assert frames_of(epoch=999).epochs == [200]
    assert frames_of(epoch=999, count=3, speed=9).epochs == [200]
    assert not frames_of(epoch=199).header["ends"]


def test_an_earlier_end_is_that_of_the_same_run():
    shorter = SETTINGS.with_epochs(80)
    frames = frames_of(shorter, epoch=120)
    assert (frames.epochs, frames.header["ends"], frames.header["epochs"]) == ([80], True, 80)
    assert frames.header["frames"] == frames_of(epoch=80).header["frames"]


def test_a_run_that_stops_by_itself_ends_there():
    settings = replace(SETTINGS, training=TrainingSettings(0.5, 200, stop_cost=0.3))
    end = Trainer(settings).seek(200)
    assert end.ended == "cost"
    frames = frames_of(settings, epoch=0, speed=9, count=30)
    assert frames.epochs[-1] == end.epoch
    assert (frames.header["ends"], frames.header["ended"]) == (True, "cost")
    assert frames_of(settings, epoch=200).epochs == [end.epoch]
    before = frames_of(settings, epoch=end.epoch - 1)
    assert (before.header["ends"], before.header["ended"]) == (False, None)


@pytest.mark.parametrize("data", [("moons", 2), ("blobs", 4), ("plane", 0)])
@pytest.mark.parametrize("precision", ["single", "double"])
def test_a_diverging_run_is_shown_where_it_is_not_finite_any_more(data, precision):
    names = ("dataset", "classes", "layer_dims", "activation", "learning_rate", "l2", "precision")
    values = (*data, (2, 4, 4, 4, 4, 4, 1), "linear", 100.0, 10.0, precision)
    settings, _ = Settings.resolve(Settings().values() | dict(zip(names, values, strict=True)))
    frames = frames_of(settings, epoch=0, count=30, speed=40)
    snapshot = Trainer(settings).seek(frames.epochs[-1])
    assert (frames.header["ends"], frames.header["ended"]) == (True, "diverged")
    assert not (np.isfinite(snapshot.theta).all() and np.isfinite(snapshot.train_cost))
    last = frames.header["frames"][-1]
    assert last[2] == (snapshot.train_cost if np.isfinite(snapshot.train_cost) else None)
    assert last[-1] == snapshot.fingerprint
    assert frames_of(settings, epoch=900, all=True).epochs == [snapshot.epoch]


def test_the_first_payload_tells_all_of_the_run():
    frames = frames_of(epoch=30, all=True)
    trainer = Trainer(SETTINGS)
    trainer.advance(30)
    assert (frames.epochs, frames.header["first"]) == ([30], 0)
    assert np.array_equal(frames.thetas[0], trainer.snapshot().theta)
    assert np.array_equal(frames.train_cost, trainer.history.train_cost)
    assert np.array_equal(frames.test_cost, trainer.history.test_cost)
    dataset = trainer.dataset
    points = np.hstack([dataset.X_train, dataset.X_test])
    assert np.array_equal(frames.points, points.astype("f4"))
    assert np.array_equal(frames.labels[:42], dataset.Y_train[0])
    assert np.array_equal(frames.labels[42:], dataset.Y_test[0])
    x1, x2 = frames.features
    assert (x1[0] == x1[-1]).all()
    assert (np.diff(x1[0].astype(int)) >= 0).all(), "x1 grows to the right"
    assert np.array_equal(x1.T, x2)


def test_what_does_not_tell_all_of_the_run_says_nothing_about_it():
    assert "about" not in frames_of(epoch=30).header


def test_the_first_payload_carries_what_the_stage_has_no_copy_of():
    about = frames_of(all=True).header["about"]
    assert about["look"]["classes"][0] == [245, 147, 34]
    assert len(about["look"]["classes"]) == len(about["look"]["markers"]) == about["mostClasses"]
    assert about["featureNames"] == ["x₁", "x₂"]
    assert (about["classNames"][:3], about["fullNames"][1]) == (["0", "1", "2"], "class 1")
    assert about["parameters"] == [-1000, 1000]
    assert about["mostEpochs"] == MAX_EPOCHS
    assert about["updates"] == 1
    colours = {*look.CLASSES, look.MIDDLE, look.TRAIN_LINE, look.TEST_LINE}
    for script in LIVE.glob("*.js"):
        assert not any(colour in script.read_text("utf-8") for colour in colours), script


def test_an_epoch_of_more_work_is_said_to_take_longer():
    """It is reckoned, not measured, so that all who watch a run ask for the same frames."""
    times = [
        frames_of(Settings.of(points=300, **more), side=10, all=True).header["about"]["secondsAnEpoch"]
        for more in (
            {},
            {"layer_dims": (2, 32, 32, 1)},
            {"layer_dims": (2, 32, 32, 1), "batch_size": 1},
        )
    ]
    assert 1e-5 < times[0] < times[1] < times[2] < 1.0
    assert times[2] > 5 * times[1], "210 updates are many calls"


def test_what_was_changed_in_the_run_is_in_its_frames():
    training = TrainingSettings(0.5, 180, ((60, 0.1),), ((35, 4, 2.0),), schedule="step", period=100)
    settings = replace(SETTINGS, training=training)
    frames, trainer = frames_of(settings, epoch=34, speed=25, count=9), Trainer(settings)
    header = frames.header
    assert (header["epochs"], header["rateChanges"]) == (180, [[60, 0.1]])
    assert header["edits"] == [[35, 4, 2.0]]
    assert frames.epochs == [34, 59, 84, 109, 134, 159, 180]
    assert [frame[6] for frame in header["frames"]] == [0.5, 0.5, 0.1, 0.05, 0.05, 0.05, 0.05]
    for frame in header["frames"]:
        assert frame[2] == trainer.seek(frame[0]).train_cost
    assert frames_of(settings, epoch=35).thetas[0, 4] == 2.0
    assert frames_of(settings, epoch=34).thetas[0, 4] != 2.0


def test_an_address_says_what_is_asked_for():
    read = Asked.read(
        f"dataset=circles&epochs=200&from=90&update=0&speed=5&count=24&side=50&all=1&release={RELEASE}"
    )
    settings = Settings.of(dataset="circles", epochs=200)
    assert read == Asked(settings, 90, 0, 5, 24, 50, True)
    assert Asked.read("") == Asked(Settings())
    assert Asked.read("learning_rate=0%2E25&epochs=20").settings.training == TrainingSettings(0.25, 20)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("from=-1", "from must be an integer from 0 to 100000, got -1."),
        ("from=100001", "from must be an integer from 0 to 100000, got 100001."),
        ("from=x", "from must be an integer from 0 to 100000, got 'x'."),
        ("speed=0", "speed must be an integer from 1 to 100000, got 0."),
        (
            f"count={MAX_FRAMES + 1}",
            f"count must be an integer from 1 to {MAX_FRAMES}, got {MAX_FRAMES + 1}.",
        ),
        ("side=101", "side must be an integer from 10 to 100, got 101."),
        ("all=2", "all must be an integer from 0 to 1, got 2."),
        ("epochs=0", "epochs must be an integer from 1 to 100000, got 0."),
        ("classes=3", "classes must be 2 for moons, got 3."),
        ("from=", "from must be an integer from 0 to 100000, got ''."),
        ("colour=red", "'colour' is not a setting."),
        ("edits=5:105:1", "the index in edits must be an integer from 0 to 104, got 105."),
        ("&" * 100, "An address must have at most 100 parts."),
    ],
)
def test_what_is_wrong_with_an_address_is_said_in_one_sentence(address, sentence):
    with pytest.raises(NotAllowed) as told:
        Asked.read(address)
    assert str(told.value) == sentence


def test_frames_of_another_release_are_refused():
    with pytest.raises(OtherRelease, match=f"release must be {re.escape(RELEASE)}, got '0.1'."):
        Asked.read("release=0.1")


def test_a_release_is_told_by_its_code_too(monkeypatch, tmp_path):
    package = tmp_path / "scratchnet"
    (package / "live").mkdir(parents=True)
    monkeypatch.setattr(frames_module, "__file__", str(package / "live" / "frames.py"))
    names = {frames_module._release()}
    for path, text in (("nn.py", "1"), ("nn.py", "2"), ("live/stage.js", "x")):
        (package / path).write_text(text)
        names.add(frames_module._release())
    assert len(names) == 4


def test_the_stage_has_a_text_for_each_reason_that_ends_a_run():
    texts = re.search(
        r"const STOPPED = \{(.*?)\n\};", (LIVE / "words.js").read_text("utf-8"), re.DOTALL
    )
    assert re.findall(r"^  (\w+):", texts[1], re.MULTILINE) == list(Reason)


def test_every_speed_and_every_chunk_of_the_stage_is_allowed():
    speeds = re.findall(r'<option value="(\d+)"', (LIVE / "stage.html").read_text("utf-8"))
    pace = (LIVE / "pace.js").read_text("utf-8")
    most = re.search(r"const FRAMES_A_CHUNK = (\d+);", pace)[1]
    for side in re.findall(r"side: (\d+)", pace):
        for speed in speeds:
            assert Asked.read(f"speed={speed}&count={most}&side={side}").count == int(most)
