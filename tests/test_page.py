"""The page: widgets, settings and the address are one thing."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from choices import own_table
from streamlit.testing.v1 import AppTest

from scratchnet import Settings
from scratchnet.ui import controls, session

APP = Path(__file__).parent.parent / "app.py"


def open_page(**address):
    page = AppTest.from_file(str(APP), default_timeout=30)
    for name, text in address.items():
        page.query_params[name] = text
    return page.run()


def address(page):
    """The address as it stands; AppTest gives a text, or a list with one."""
    return {
        name: text if isinstance(text, str) else text[0] for name, text in page.query_params.items()
    }


def settings_of(page):
    """The settings in the address, all of them as texts."""
    return Settings.from_query(address(page))[0].to_query()


def warnings(page):
    """The warnings as they are read; in Markdown, punctuation that formats nothing is escaped."""
    return [re.sub(r"\\(.)", r"\1", warning.value) for warning in page.warning]


def control(page, kind, name):
    """The widget of this kind that is now the control of this name; it has a key of its own."""
    version = page.session_state["versions"].get(name)
    return getattr(page, kind)(key=f"{name}.{version}" if version else name)


def visit(page):
    return page.session_state["visit"]


class Held(dict):
    """The state of a session, for a callback."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


def tell(page, monkeypatch, *acts, **told):
    """The stage tells where it is and what was done there; a number is given to each act."""
    state, now = page.session_state, visit(page)
    place = dict(zip(("epoch", "update"), now.place, strict=True))
    told = {"visit": now.id, "run": now.run, "playing": False, "log": False} | place | told
    told["acts"] = [{"n": now.told()["heard"] + 1 + k, **act} for k, act in enumerate(acts)]
    names = ("visit", "look", "per_layer", "address", "table", "page", "placed")
    held = Held({name: state[name] for name in names}, **{session.STAGE: SimpleNamespace(told=told)})
    monkeypatch.setattr(session.st, "session_state", held)
    session.hear_stage()
    monkeypatch.undo()
    del held[session.STAGE]
    for name, value in held.items():
        page.session_state[name] = value
    return page.run()


def test_a_first_visit_shows_the_defaults_and_says_nothing():
    page = open_page()
    assert not page.exception
    assert warnings(page) == []
    assert address(page) == {"dataset": "moons"}
    assert control(page, "slider", "points").value == 300
    assert control(page, "select_slider", "learning_rate").value == 0.5


def test_an_address_sets_every_widget_and_gives_the_same_address_again():
    asked = {
        "dataset": "spiral",
        "points": "123",
        "noise": "0.07",
        "train_share": "0.35",
        "seed": "77",
        "classes": "4",
        "layer_dims": "3-5-6-4",
        "activation": "relu-sine",
        "init": "he",
        "init_seed": "12",
        "features": "x1-x2_squared-sin_x2",
        "output": "softmax",
        "cost": "cross_entropy",
        "learning_rate": "0.123",
        "epochs": "345",
        "rate_changes": "10:0.5,40:0.07",
        "optimizer": "adam",
        "batch_size": "16",
        "schedule": "cosine",
        "period": "77",
        "decay": "0.9",
        "l1": "0.001",
        "l2": "0.002",
        "stop_cost": "0.01",
        "stop_accuracy": "0.999",
        "patience": "300",
        "edits": "30:2:0.5,30:7:-1.25",
        "precision": "double",
        "epoch": "50",
        "update": "2",
    }
    page = open_page(**asked)
    assert not page.exception
    assert warnings(page) == []
    assert settings_of(page) | address(page) == asked
    assert control(page, "slider", "noise").value == 0.07
    assert control(page, "selectbox", "activation").value == "each"
    assert control(page, "selectbox", "activation_2").value == "sine"
    assert control(page, "selectbox", "classes").value == 4
    assert control(page, "select_slider", "learning_rate").value == 0.07
    assert visit(page).settings.to_query() == {
        k: v for k, v in asked.items() if k not in ("epoch", "update")
    }
    assert (visit(page).trainer.epoch, visit(page).trainer.update) == (50, 2)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("points", "5", "points must be an integer from 20 to 2000, got 5. Using 300 instead."),
        (
            "dataset",
            "<script>",
            "dataset must be one of moons, circles, xor, blobs, spiral, flower, sine, cubic, "
            "absolute, plane, gaussians, penguins, own, got '<script>'. Using moons instead.",
        ),
        (
            "layer_dims",
            "2-8-8-8",
            "layer_dims must end with 1, the number of outputs, got 8. Using 2-8-8-1 instead.",
        ),
        (
            "activation",
            "tanh-relu-elu",
            "activation must be one name, or one for each of the 2 hidden layers, got 3 names. "
            "Using tanh instead.",
        ),
        ("classes", "5", "classes must be 2 for moons, got 5. Using 2 instead."),
        (
            "output",
            "linear",
            "output must be one of sigmoid, tanh for 2 classes, got linear. Using sigmoid instead.",
        ),
        (
            "learning_rate",
            "nan",
            "learning_rate must be a number from 1e-05 to 1000, got 'nan'. Using 0.5 instead.",
        ),
        (
            "epoch",
            "-3",
            "epoch must be an integer from 0 to 1000, got -3. The run is shown from its beginning.",
        ),
        (
            "update",
            "x",
            "update must be 0, got 'x'. The run is shown from its beginning.",
        ),
        ("update", "1", "update must be 0, got 1"),
        (
            "edits",
            "9:105:1",
            "the index in edits must be an integer from 0 to 104, got 105. Using none instead.",
        ),
        ("colour", "red", "is not a setting"),
    ],
)
def test_a_bad_address_is_corrected_and_said(name, text, said):
    page = open_page(**{name: text, "seed": "9"})
    assert not page.exception
    assert len(warnings(page)) == 1
    assert said in warnings(page)[0]
    assert address(page) == {"dataset": "moons"} | {"seed": "9"}


def test_what_stands_in_the_address_is_shown_and_not_formatted():
    page = open_page(dataset="![x](//a.b/c) $y$ :red[z]")
    said = page.warning[0].value
    assert not re.search(r"[!-/:-@\[-`{-~]", re.sub(r"\\[!-/:-@\[-`{-~]", "", said))


def test_a_correction_is_said_until_another_run_begins():
    page = open_page(points="5")
    control(page, "number_input", "epochs").set_value(500).run()
    assert len(warnings(page)) == 1
    control(page, "slider", "points").set_value(100).run()
    assert warnings(page) == []


def test_a_widget_begins_a_new_run_and_moves_the_address():
    page = open_page(epoch="20")
    before = visit(page)
    control(page, "slider", "noise").set_value(0.3).run()
    assert visit(page) is not before
    assert address(page) == {"dataset": "moons"} | {"noise": "0.3"}
    assert visit(page).trainer.epoch == 0


def test_rate_and_epochs_go_on_with_what_was_learned():
    page = open_page(epoch="20")
    before = visit(page)
    control(page, "select_slider", "learning_rate").set_value(0.1).run()
    control(page, "number_input", "epochs").set_value(400).run()
    assert visit(page) is before
    assert address(page) == {"dataset": "moons"} | {
        "rate_changes": "20:0.1",
        "epochs": "400",
        "epoch": "20",
    }
    again = open_page(**address(page))
    assert visit(again).trainer.snapshot().train_cost == before.trainer.snapshot().train_cost
    assert visit(again).trainer.seek(60).train_cost == before.trainer.seek(60).train_cost


def test_another_precision_begins_a_new_run():
    page = open_page(epoch="20")
    before = visit(page)
    control(page, "selectbox", "precision").set_value("double").run()
    assert visit(page) is not before
    assert address(page) == {"dataset": "moons"} | {"precision": "double"}
    assert visit(page).trainer.settings.training.precision == "double"


def test_a_quick_second_click_still_brings_the_old_address_and_is_not_undone():
    page = open_page()
    first = address(page)
    control(page, "number_input", "epochs").set_value(900).run()
    control(page, "slider", "points").set_value(90).run()
    for name, text in first.items():
        page.query_params[name] = text
    control(page, "slider", "points").set_value(100).run()
    assert control(page, "slider", "points").value == 100
    assert address(page)["points"] == "100"


def test_the_address_is_whole_before_the_long_way_to_its_epoch(monkeypatch):
    """Whatever is touched on the way interrupts it, and must find a session that is complete."""
    monkeypatch.setattr(session, "travel", lambda: iter(["never there"]))
    page = open_page(epoch="30", points="50")
    assert page.exception, "the way breaks off"
    assert address(page) == {"dataset": "moons"} | {"points": "50", "epoch": "30"}
    monkeypatch.undo()
    control(page, "slider", "points").set_value(60).run()
    assert not page.exception
    assert address(page) == {"dataset": "moons"} | {"points": "60"}


def test_a_first_run_that_breaks_off_at_the_controls_leaves_a_session_that_is_complete(monkeypatch):
    """A click interrupts the run of the page wherever it is."""
    monkeypatch.setattr(controls, "show", lambda: 1 / 0)
    page = open_page(points="50", colour="red")
    assert page.exception
    monkeypatch.undo()
    page.run()
    assert not page.exception
    assert address(page) == {"dataset": "moons"} | {"points": "50"}


ASKED = {
    "dataset": "circles",
    "noise": "0.31",
    "learning_rate": "0.03",
    "epochs": "700",
    "init_seed": "12",
    "activation": "relu",
    "features": "x1-sin_x2",
    "layer_dims": "2-5-1",
}


@pytest.mark.parametrize("name", [name for name in ASKED if name != "layer_dims"])
def test_a_control_that_was_hidden_comes_back_as_the_run_is(name):
    page = open_page(**ASKED, hide=name, epoch="5")
    before = visit(page)
    assert not page.exception
    control(page, "multiselect", "hide").set_value([]).run()
    assert not page.exception
    assert visit(page) is before
    assert "hide" not in address(page)
    assert {key: address(page)[key] for key in ASKED} == ASKED
    control(page, "multiselect", "hide").set_value([name]).run()
    assert address(page)["hide"] == name
    assert visit(page) is before


def test_a_rate_that_was_undone_is_not_made_real_by_another_control(monkeypatch):
    page = open_page(rate_changes="50:0.1", epoch="60", layer_dims="2-3-1")
    tell(page, monkeypatch, {"do": "set", "index": 0, "value": 1.0}, epoch=30)
    control(page, "number_input", "epochs").set_value(900).run()
    assert "rate_changes" not in address(page)
    assert control(page, "select_slider", "learning_rate").value == 0.5


@pytest.mark.parametrize(
    ("name", "text"), [("test_points", "abc"), ("log", "yes"), ("projector", "2"), ("hide", "x-y")]
)
def test_a_look_that_is_none_is_said_and_leaves_the_address(name, text):
    page = open_page(**{name: text})
    assert len(warnings(page)) == 1
    assert name in warnings(page)[0]
    assert address(page) == {"dataset": "moons"}


def test_going_back_in_the_browser_takes_an_earlier_look():
    page = open_page()
    first = address(page)
    control(page, "checkbox", "projector").set_value(True).run()
    assert address(page) == first | {"projector": "1"}
    del page.query_params["projector"]
    page.run()
    assert address(page) == first
    assert not control(page, "checkbox", "projector").value


def test_going_back_in_the_browser_takes_the_run_of_that_address():
    page = open_page()
    first = address(page)
    control(page, "slider", "points").set_value(100).run()
    page.query_params.clear()
    page.query_params.update(first)
    page.run()
    assert control(page, "slider", "points").value == 300
    assert visit(page).settings == Settings()


def own_address(points=40):
    values = {"dataset": "own", "own": own_table(3, points=points), "classes": 3}
    return Settings.resolve(Settings().values() | values)[0].to_address()


def captions(page):
    return " ".join(re.sub(r"\\(.)", r"\1", caption.value) for caption in page.caption)


def test_points_of_ones_own_stay_at_hand_with_other_data(monkeypatch):
    # AppTest asks for the names of the pills outside of the session, where no table is at hand.
    monkeypatch.setattr(controls, "_icon", lambda name: "")
    page = open_page(**own_address())
    assert warnings(page) == []
    assert address(page) == own_address()
    assert "**40 points.** Scaled: x₁ = (u + " in captions(page)
    control(page, "button_group", "dataset").set_value("circles").run()
    assert "own" not in address(page)
    assert visit(page).settings.data.own is None
    control(page, "button_group", "dataset").set_value("own").run()
    assert address(page) == own_address()


def test_points_that_are_too_many_are_not_in_the_address_and_it_is_said():
    page = open_page(**own_address(2000))
    assert len(visit(page).settings.data.own.rows) == 2000
    assert address(page) == {name: text for name, text in own_address(2000).items() if name != "own"}
    assert any("are not stored in the address" in warning for warning in warnings(page))
    page.run()
    assert len(visit(page).settings.data.own.rows) == 2000
    again = open_page(**address(page))
    assert visit(again).settings.data.dataset == "moons"
    assert "dataset own must come with points, got none. Using moons instead." in warnings(again)[0]
