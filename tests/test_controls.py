"""What is changed in a control or on the drawing goes to the run, and what must change with it."""

from dataclasses import replace

import pytest
from choices import own_table
from test_page import control, open_page, settings_of, tell, visit, warnings

from scratchnet.ui import controls


def draw(page, monkeypatch, drawn):
    """The drawing asks for these features, or for another size."""
    return tell(page, monkeypatch, {"do": "network", **drawn})


def test_the_drawing_changes_the_layers(monkeypatch):
    page = open_page(layer_dims="2-7-1")
    one_more, one_less = {"layers": 1}, {"layers": -1}
    for how, dims in (
        (one_more, "2-7-7-1"),
        ({"layer": 1, "neurons": -1}, "2-7-6-1"),
        ({"layer": 0, "neurons": 1}, "2-8-6-1"),
        (one_less, "2-8-1"),
        (one_less, "2-1"),
        (one_less, "2-1"),
        (one_more, "2-4-1"),
    ):
        draw(page, monkeypatch, how)
        assert not page.exception
        assert settings_of(page)["layer_dims"] == dims


def test_the_drawing_changes_the_features(monkeypatch):
    page = open_page(dataset="circles")
    draw(page, monkeypatch, {"features": ["x2_squared", "x1"]})
    assert settings_of(page)["features"] == "x1-x2_squared"
    for none in ([], ["x9"], "x1", [["x1"]], None):
        draw(page, monkeypatch, {"features": none})
        assert not page.exception
        assert settings_of(page)["features"] == "x1-x2_squared"
    assert settings_of(page)["layer_dims"] == "2-8-8-1"


@pytest.mark.parametrize(
    "how",
    [
        {"layer": 0, "neurons": 26},
        {"layer": 0, "neurons": -7},
        {"layer": 0, "neurons": 0.5},
        {"layer": 0, "neurons": "1"},
        {"layer": 3, "neurons": 1},
        {"layer": "0", "neurons": 1},
        {"layer": None, "neurons": [1]},
        {"neurons": 1},
        {"layers": "1"},
        {"layers": {"a": 1}},
        {},
    ],
)
def test_layers_that_are_none_change_nothing(monkeypatch, how):
    page = open_page(layer_dims="2-7-1")
    draw(page, monkeypatch, how)
    assert not page.exception
    assert settings_of(page)["layer_dims"] == "2-7-1"


def test_another_dataset_brings_the_output_that_goes_with_it():
    page = open_page(dataset="blobs", classes="4")
    assert settings_of(page)["layer_dims"] == "2-8-8-4"
    assert control(page, "selectbox", "output").disabled
    for dataset, classes, dims, output, cost in (
        ("plane", "0", "2-8-8-1", "linear", "squared_error"),
        ("moons", "2", "2-8-8-1", "sigmoid", "cross_entropy"),
        ("spiral", "2", "2-8-8-1", "sigmoid", "cross_entropy"),
    ):
        control(page, "button_group", "dataset").set_value(dataset).run()
        assert not page.exception
        now = settings_of(page)
        assert (now["dataset"], now["classes"], now["layer_dims"]) == (dataset, classes, dims)
        assert (now["output"], now["cost"]) == (output, cost)
    control(page, "selectbox", "classes").set_value(3).run()
    assert settings_of(page)["output"] == "softmax"
    control(page, "selectbox", "classes").set_value(2).run()
    control(page, "selectbox", "output").set_value(("tanh", "squared_error")).run()
    assert settings_of(page)["output"] == "tanh"
    assert not page.exception
    assert warnings(page) == []


def test_features_are_chosen_and_one_stays():
    page = open_page()
    control(page, "button_group", "features").set_value(["sin_x2", "x1"]).run()
    assert settings_of(page)["features"] == "x1-sin_x2"
    control(page, "button_group", "features").set_value(["sin_x2"]).run()
    assert settings_of(page)["layer_dims"] == "1-8-8-1"
    control(page, "button_group", "features").set_value([]).run()
    assert not page.exception
    assert settings_of(page)["features"] == "sin_x2"
    assert control(page, "button_group", "features").value == ["sin_x2"]


def test_each_layer_can_have_its_own_activation(monkeypatch):
    page = open_page(layer_dims="2-3-4-1")
    control(page, "selectbox", "activation").set_value("each").run()
    control(page, "selectbox", "activation_1").set_value("relu").run()
    control(page, "selectbox", "activation_2").set_value("sine").run()
    assert settings_of(page)["activation"] == "relu-sine"
    draw(page, monkeypatch, {"layers": 1})
    assert settings_of(page)["layer_dims"] == "2-3-4-4-1"
    assert settings_of(page)["activation"] == "relu-sine-tanh"
    for _ in range(3):
        draw(page, monkeypatch, {"layers": -1})
    assert settings_of(page)["layer_dims"] == "2-1"
    assert not page.exception
    assert warnings(page) == []


def test_a_change_whose_callback_was_cut_off_is_taken_by_the_next_run_of_the_page():
    page = open_page()
    page.session_state["noise"] = 0.3
    page.run()
    assert settings_of(page)["noise"] == "0.3"
    assert control(page, "slider", "noise").value == 0.3


def test_stops_that_need_a_test_set_are_off_and_disabled_without_one():
    page = open_page(patience="5", stop_accuracy="0.9")
    control(page, "slider", "train_share").set_value(1.0).run()
    assert not page.exception
    assert (settings_of(page)["patience"], settings_of(page)["stop_accuracy"]) == ("0", "0.0")
    stops = [control(page, "number_input", name) for name in ("patience", "stop_accuracy", "stop_cost")]
    assert [stop.disabled for stop in stops] == [True, True, False]
    control(page, "slider", "train_share").set_value(0.9).run()
    assert not control(page, "number_input", "patience").disabled


def test_what_the_stage_tells_of_another_run_changes_nothing(monkeypatch):
    page = open_page(dataset="xor", layer_dims="2-3-1")
    before = visit(page).settings
    for visit_id in (visit(page).id + 1, None, "x"):
        tell(page, monkeypatch, {"do": "set", "index": 0, "value": 1.0}, visit=visit_id)
        assert visit(page).settings == before
        assert visit(page).trouble == ""


def test_the_next_seed_draws_new_data_or_splits_given_points_anew():
    page = open_page(seed="4294967295")
    for dataset, label, seed in (("moons", "New data", "0"), ("penguins", "New split", "1")):
        control(page, "button_group", "dataset").set_value(dataset).run()
        (button,) = (button for button in page.button if button.label == label)
        button.click().run()
        assert not page.exception
        assert (settings_of(page)["dataset"], settings_of(page)["seed"]) == (dataset, seed)
    control(page, "slider", "train_share").set_value(1.0).run()
    (button,) = (button for button in page.button if button.label == "New split")
    assert button.disabled, "there is nothing to split"


@pytest.mark.parametrize(("key", "value"), [("train_share", 0.5), ("seed", 7)])
def test_own_points_are_dealt_anew_only_by_another_share_or_seed(monkeypatch, key, value):
    # AppTest asks for the names of the pills outside of the session, where no table is at hand.
    monkeypatch.setattr(controls, "_icon", lambda name: "")
    own = replace(own_table(2), held_out=12)
    page = open_page(dataset="own", own=own.to_text(), train_share="0.7")
    control(page, "select_slider", "l2").set_value(0.1).run()
    assert page.session_state.visit.settings.data.own.held_out == 12
    control(page, "button_group", "dataset").set_value("xor").run()
    control(page, "slider", "train_share").set_value(1.0).run()
    control(page, "button_group", "dataset").set_value("own").run()
    assert (settings_of(page)["own"], settings_of(page)["train_share"]) == (own.to_text(), "0.7")
    kind = "slider" if key == "train_share" else "number_input"
    control(page, kind, key).set_value(value).run()
    assert not page.exception
    settings = page.session_state.visit.settings
    assert settings.data.own.held_out == 0
    assert settings.values()[key] == value


def test_a_penalty_of_the_address_is_among_those_of_its_slider():
    page = open_page(l1="0.0042", l2="1000")
    for key, value in (("l1", 0.0042), ("l2", 1000.0)):
        slider = control(page, "select_slider", key)
        assert slider.value == value
        assert f"{value:g}" in slider.options
        assert slider.options[:2] == ["0", "1e-05"]
    control(page, "select_slider", "l1").set_value(0.0).run()
    assert (settings_of(page)["l1"], settings_of(page)["l2"]) == ("0.0", "1000.0")
    assert "0.0042" in control(page, "select_slider", "l1").options
