"""The page of seeds and sweeps: its controls, its address, and what it shows of the runs."""

import base64
import re
import zlib
from dataclasses import replace
from time import monotonic

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from test_page import APP, address, control, warnings

from scratchnet import Settings, Trainer
from scratchnet.charts.thumbnail import SIDE, png, thumbnail
from scratchnet.studies.queue import SHARED
from scratchnet.studies.result import Result
from scratchnet.studies.sweep import EXAMPLES, Sweep
from scratchnet.studies.turns import end_workers, train_all
from scratchnet.ui.link import look_of_sweep, read_sweep, sweep_address

SMALL = {"dataset": "xor", "layer_dims": "2-2-1", "epochs": "40", "points": "60", "seeds": "6"}


@pytest.fixture(autouse=True, scope="module")
def no_workers_left():
    yield
    for job in [*SHARED._jobs.values()]:
        job.seen.clear()
    while SHARED._thread is not None:
        pass
    end_workers()


def open_seeds(**texts):
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.switch_page("pages/seeds.py")
    for name, text in texts.items():
        page.query_params[name] = text
    return page.run()


def followed(page):
    """The page when its sweep is done; a fragment looks again by itself only in a browser."""
    due = monotonic() + 300  # seconds: its processes stand back for everything else on this machine
    while monotonic() < due:
        if any("CSV" in (each.proto.label or "") for each in page.get("download_button")):
            return page
        page.run()
    raise AssertionError("the sweep never ended")


def shown(page):
    return " ".join(each.value for each in page.markdown)


def pictures(page):
    (element,) = [each for each in page.get("html") if 'class="runs"' in each.proto.body]
    return element.proto.body


def test_an_untouched_visitor_sees_the_first_example():
    page = followed(open_seeds())
    assert not page.exception
    assert address(page) == {"dataset": "xor", "layer_dims": "2-2-1", "bound": "0.85"}
    assert "**46 of 60 runs** reach a test accuracy of at least 0.85: 77%" in shown(page)
    assert pictures(page).count("<img") == 60
    assert pictures(page).count('class="missed"') == 14


def test_a_picture_leads_to_its_very_run():
    page = followed(open_seeds(**SMALL))
    links = re.findall(r'href="\./\?([^"]*)"', pictures(page))
    assert len(links) == 6
    query = dict(pair.split("=") for pair in links[4].replace("&amp;", "&").split("&"))
    assert query.pop("epoch") == "40"
    expected = Trainer(
        Settings.of(dataset="xor", layer_dims=(2, 2, 1), epochs=40, points=60, init_seed=7)
    )
    assert query.pop("fingerprint") == expected.advance(40).fingerprint
    del query["version"]
    assert Settings.from_query(query) == (expected.settings, ())


def test_an_own_run_is_swept_as_it_is():
    page = followed(open_seeds(**SMALL, learning_rate="0.1"))
    assert address(page)["learning_rate"] == "0.1"
    assert "of 6 runs" in shown(page)


def test_a_control_changes_the_sweep_and_the_address():
    page = followed(open_seeds(**SMALL))
    control(page, "selectbox", "axis").set_value("width").run()
    assert address(page)["axis"] == "width"
    control(page, "multiselect", "values").set_value([1, 3]).run()
    assert address(page)["values"] == "1,3"
    assert "of 12 runs" in shown(followed(page))


def test_what_is_not_allowed_leaves_the_sweep_as_it_was():
    page = followed(open_seeds(**SMALL, axis="width", values="1,3"))
    control(page, "number_input", "seeds").set_value(400).run()
    assert warnings(page) == ["A sweep must have at most 500 runs, got 800."]
    assert address(page)["seeds"] == "6"
    assert control(page, "number_input", "seeds").value == 6
    control(page, "number_input", "seeds").set_value(5).run()
    assert warnings(page) == [] and address(page)["seeds"] == "5"


def test_an_address_whose_sweep_does_not_fit_is_corrected_and_said():
    page = open_seeds(**SMALL, axis="width", values="1,99")
    assert warnings(page)[0].startswith("each of values must be an integer from 1 to 32, got 99.")
    assert "axis" not in address(page)
    page = open_seeds(**SMALL | {"seeds": "many"})
    assert warnings(page)[0].startswith("seeds must be an integer from 1 to 500, got 'many'.")


def test_a_sweep_that_is_too_long_names_the_command():
    page = open_seeds(layer_dims="2-32-32-32-1", batch_size="1", points="2000", epochs="1000")
    assert "A sweep must take at most 300 seconds" in warnings(page)[0]
    assert "python -m scratchnet sweep --from" in warnings(page)[0]
    assert not page.exception


def test_a_stopped_sweep_says_so_and_goes_on():
    page = open_seeds(layer_dims="2-16-16-1", batch_size="2", seeds="4", epochs="500")
    (stop,) = [button for button in page.button if button.label == "Stop"]
    stop.click().run()
    assert "Stopped at" in shown(page)
    (job,) = [job for job in SHARED._jobs.values() if job.sweep.seeds == 4]
    assert not job.is_watched
    (go_on,) = [button for button in page.button if button.label == "Go on"]
    go_on.click().run()
    assert "Stopped at" not in shown(page) and job.is_watched
    (stop,) = [button for button in page.button if button.label == "Stop"]
    stop.click().run()


@pytest.mark.parametrize("sweep", EXAMPLES.values(), ids=EXAMPLES)
def test_look_and_terminal_hold_the_sweep(sweep):
    assert (
        read_sweep({**dict.fromkeys(look_of_sweep(sweep)), **look_of_sweep(sweep)}, sweep.base)[0]
        == sweep
    )
    assert sweep_address(sweep).startswith("?dataset=xor&layer_dims=2-2-1")


def test_the_claim_of_the_first_example():
    sweep = EXAMPLES["XOR with two neurons"]
    results = dict(train_all(sweep.runs, jobs=1))
    assert sum(map(sweep.succeeds, results.values())) == 46


def pixels_of(address):
    """The pixels of a PNG of ours, (height, width, 3), read as the format is written down."""
    content = base64.b64decode(address.partition(",")[2])
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    start = content.index(b"IDAT")
    length = int.from_bytes(content[start - 4 : start], "big")
    rows = np.frombuffer(zlib.decompress(content[start + 4 : start + 4 + length]), np.uint8)
    return rows.reshape(height, 1 + 3 * width)[:, 1:].reshape(height, width, 3)


def result_with(settings, theta):
    trainer = Trainer(settings)
    return Result(trainer.settings, trainer.history, np.array(theta), None)


def test_a_small_picture_has_the_colour_of_the_predicted_class_at_its_place():
    run = Settings.of(dataset="blobs", layer_dims=(2, 1))
    found = pixels_of(thumbnail(result_with(run, [0.0, 50.0, 0.0])))  # class 1 where x2 > 0
    orange, blue = found[-1, 0].tolist(), found[0, 0].tolist()
    assert orange[0] > orange[2] and blue[2] > blue[0]
    assert np.array_equal(found[0], np.broadcast_to(blue, found[0].shape))
    sideways = pixels_of(thumbnail(result_with(run, [50.0, 0.0, 0.0])))
    assert sideways[0, 0].tolist() == orange and sideways[0, -1].tolist() == blue


def test_a_small_picture_of_classes_has_the_colour_of_each():
    run = Settings.of(dataset="blobs", classes=3, layer_dims=(2, 3))
    theta = [50.0, 0.0, -50.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0]  # class 0 right, 1 left, 2 between
    found = pixels_of(thumbnail(result_with(run, theta)))
    middle = found[SIDE // 2]
    assert len({tuple(colour) for colour in middle[[0, SIDE // 2, -1]].tolist()}) == 3


def test_a_png_can_be_read_by_others():
    pixels = np.random.RandomState(0).randint(0, 256, (SIDE, 5, 3)).astype(np.uint8)
    content = base64.b64decode(png(pixels).partition(",")[2])
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert (height, width) == (SIDE, 5)
    start = content.index(b"IDAT")
    length = int.from_bytes(content[start - 4 : start], "big")
    rows = zlib.decompress(content[start + 4 : start + 4 + length])
    assert rows == b"".join(b"\0" + row.tobytes() for row in pixels)
    assert int.from_bytes(content[start + 4 + length :][:4], "big") == zlib.crc32(
        content[start : start + 4 + length]
    )


def test_the_usual_sweep_needs_no_address():
    assert {*look_of_sweep(Sweep.usual(Settings())).values()} == {None}
    assert replace(Sweep.usual(Settings()), seeds=7).to_query() == {"seeds": "7"}
