"""A recording has the frames that the page has, in one file that needs nothing else."""

import json
import re
import zlib
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import parse_qsl

import numpy as np
import pytest
from choices import SMALL, own_table

from scratchnet import Settings, Trainer, __version__
from scratchnet.lessons.presets import PRESETS
from scratchnet.live import recording as recording_module
from scratchnet.live.frames import Asked, payload
from scratchnet.live.recording import recording


def run_to(epoch, settings=SMALL):
    trainer = Trainer(settings)
    trainer.seek(epoch)
    return trainer


class Parts(HTMLParser):
    """The elements of a page: for each a name, its attributes, and the text that begins it."""

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag):
        self.elements.append((f"/{tag}", {}, ""))

    def handle_data(self, data):
        if self.elements:
            tag, attributes, text = self.elements[-1]
            self.elements[-1] = tag, attributes, text + data

    def named(self, tag):
        return [(attributes, text) for name, attributes, text in self.elements if name == tag]


def unpack(packed):
    """The header of a payload, its frames with whole pictures as frames.js makes them, and costs."""
    body = zlib.decompress(packed)
    start = 4 + int.from_bytes(body[:4], "little")
    header = json.loads(body[4:start])
    count, real = len(header["frames"]), "<f8" if header["double"] else "<f4"

    def take(kind, *shape):
        nonlocal start
        part = np.frombuffer(body, kind, int(np.prod(shape)), start).reshape(shape)
        start += part.nbytes
        return part

    surfaces = take("i1", count, header["planes"] * header["side"] ** 2).cumsum(0, dtype="i1")
    maps = take("i1", count, header["neurons"] * header["mapSide"] ** 2).cumsum(0, dtype="i1")
    thetas = take(real, count, header["parameters"])
    costs = take(real, 2, header["frames"][-1][0] + 1 - header["first"])
    frames = zip(header["frames"], surfaces, maps, thetas, strict=True)
    return header, {frame[0][0]: frame for frame in frames}, costs


def recorded(page):
    """What is unpacked of a recording, and the address of its run."""
    (attributes, text), _ = Parts(page).named("script")
    return unpack(b64decode(text)), attributes["data-run"]


def served(settings, epoch):
    """The frame of an epoch as the page gets it."""
    *_, packed = payload(Trainer(settings), Asked(settings, epoch))
    (frame,) = unpack(packed)[1].values()
    return frame


@pytest.mark.parametrize("title", ["Moons in", "Five classes", "Regression"])
def test_every_frame_is_the_one_of_the_page(title):
    (settings,) = (preset.settings for preset in PRESETS if preset.title.startswith(title))
    trainer = run_to(60, settings)
    (header, frames, costs), run = recorded(recording(trainer))
    assert [*frames] == [*range(61)]
    assert Settings.from_query(dict(parse_qsl(run))) == (settings, ())
    assert header["epochs"] == settings.training.epochs, "the axis of the curve ends as on the page"
    for epoch in (0, 1, 37, 60):
        numbers, *parts = served(settings, epoch)
        numbers_here, *parts_here = frames[epoch]
        assert numbers_here == numbers
        for part_here, part in zip(parts_here, parts, strict=True):
            assert np.array_equal(part_here, part)
    history = trainer.history
    assert np.array_equal(costs, [history.train_cost, history.test_cost])


def test_the_default_run_is_recorded_whole_in_less_than_3_mb():
    page = recording(run_to(1000, Settings()))
    assert len(page.encode()) < 3_000_000
    assert "epoch is recorded" not in page
    assert [*recorded(page)[0][1]] == [*range(1001)]


@pytest.mark.parametrize(
    ("most", "every", "says"),
    [(300_000, 2, "Every 2nd epoch is recorded."), (200_000, 5, "Every 5th epoch is recorded.")],
)
def test_it_has_as_many_frames_as_fit_and_all_costs(monkeypatch, most, every, says):
    trainer = run_to(57)
    whole = len(recording(trainer))
    monkeypatch.setattr(recording_module, "MOST_BYTES", most)
    page = recording(trainer)
    assert len(page.encode()) <= most < whole
    assert says in page
    (header, frames, costs), _ = recorded(page)
    assert [*frames] == [*range(0, 57, every), 57], "and the last one"
    assert header["about"]["every"] == every
    assert np.array_equal(costs[0], trainer.history.train_cost)


def test_a_long_run_has_no_more_frames_than_a_browser_can_keep(monkeypatch):
    monkeypatch.setattr(recording_module, "MOST_FRAMES", 12)
    assert len(recorded(recording(run_to(57)))[0][1]) == 1 + 57 // 10 + 1


def test_it_says_which_run_it_is_and_links_to_it():
    settings = Settings.of(dataset="circles", points=40, batch_size=8, learning_rate=0.25)
    trainer = run_to(9, settings)
    page, now = recording(trainer, "https://host.example/scratchnet?plane=1"), trainer.snapshot()
    assert "<title>scratchnet: circles, 2-8-8-1</title>" in page
    assert "A recording of epochs 0 to 9." in page
    assert f"Fingerprint at the end: <code>{now.fingerprint}</code>" in page
    assert "learning rate 0.25" in page
    ((attributes, text),) = Parts(page).named("a")
    assert text == "Open the run"
    host, _, address = attributes["href"].partition("?")
    assert host == "https://host.example/scratchnet"
    query = dict(parse_qsl(address))
    shared = {name: query.pop(name) for name in ("epoch", "fingerprint", "version")}
    assert shared == {"epoch": "9", "fingerprint": now.fingerprint, "version": __version__}
    assert Settings.from_query(query) == (settings, ())


def test_without_a_page_or_with_too_many_points_there_is_no_link():
    assert "<a " not in recording(run_to(3))
    settings = Settings.of(dataset="own", own=own_table(2, points=1500), layer_dims=(2, 3, 1))
    assert "<a " not in recording(run_to(1, settings), "https://host.example/")


def test_a_run_that_has_stopped_says_so_at_its_end():
    assert recorded(recording(run_to(9)))[0][0]["ended"] == "recorded"
    trainer = run_to(500, Settings.of(points=40, layer_dims=(2, 3, 1), stop_cost=0.3))
    (header, frames, _), _ = recorded(recording(trainer))
    assert header["ended"] == "cost"
    assert [*frames][-1] == trainer.epoch < 500


def test_the_run_stays_where_it_is_and_a_begun_epoch_is_left_out():
    trainer = run_to(3, Settings.of(points=40, layer_dims=(2, 3, 1), batch_size=8))
    trainer.advance_update()
    before = trainer.snapshot()
    (header, frames, _), _ = recorded(recording(trainer))
    assert [*frames] == [0, 1, 2, 3]
    assert header["about"]["updates"] == 1, "single updates are not recorded"
    assert (trainer.epoch, trainer.update) == (3, 1)
    assert trainer.snapshot().fingerprint == before.fingerprint


def test_nothing_of_it_is_loaded_from_elsewhere():
    page = recording(run_to(3), "https://host.example/")
    parts = Parts(page)
    (policy,) = (meta["content"] for meta, _ in parts.named("meta") if "http-equiv" in meta)
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed.keys() == {"default-src", "script-src", "style-src", "img-src"}
    assert (allowed["default-src"], allowed["img-src"]) == ("'none'", "data:")
    _, (_, code) = parts.named("script")
    (digest,) = re.fullmatch(r"'sha256-(.*)'", allowed["script-src"]).groups()
    assert b64decode(digest) == sha256(code.encode()).digest(), "no other script runs"
    tags = {tag for tag, _, _ in parts.elements}
    assert not tags & {"link", "img", "iframe", "base", "object", "embed"}
    assert not any("src" in attributes for _, attributes, _ in parts.elements)
    for word in ("fetch(", "import(", "@import", "url(", "XMLHttpRequest", "WebSocket"):
        assert word not in code + parts.named("style")[0][1]


def test_names_from_outside_are_text():
    table = replace(own_table(2), names=("</script>", "$code", "<b>"), classes=("<em>", "</title>"))
    settings = Settings.of(dataset="own", own=table, layer_dims=(2, 3, 1))
    page = recording(run_to(1, settings), "https://host.example/")
    (header, *_), run = recorded(page)
    assert header["about"]["names"] == list(table.names)
    assert Settings.from_query(dict(parse_qsl(run)))[0].data.own == table
    assert Parts(page).named("b") == Parts(page).named("em") == []
