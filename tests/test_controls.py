"""What is changed in a control or on the drawing goes to the run, and what must change with it."""

from types import SimpleNamespace

import pytest
from test_page import address, open_page, warnings

from scratchnet.ui import session


class Stage(dict):
    """What the browser has sent, as the session holds it."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


def ask_for_layers(page, monkeypatch, hidden):
    """The drawing asks for these hidden layers."""
    state = page.session_state
    names = ("playback", "per_layer", "address", "table", "page", "placed")
    held = Stage(
        {name: state[name] for name in names} | {session.STAGE: SimpleNamespace(layers=hidden)}
    )
    monkeypatch.setattr(session.st, "session_state", held)
    session.change_layers()
    monkeypatch.undo()
    del held[session.STAGE]
    for name in held:
        page.session_state[name] = held[name]
    return page.run()


def test_the_drawing_changes_the_layers(monkeypatch):
    page = open_page(layer_dims="2-7-1")
    for hidden, dims in (([7, 4], "2-7-4-1"), ([], "2-1"), ([4] * 6, "2-4-4-4-4-4-4-1")):
        ask_for_layers(page, monkeypatch, hidden)
        assert not page.exception
        assert address(page)["layer_dims"] == dims


@pytest.mark.parametrize("hidden", [[4] * 7, [33], [0], ["8"], "88", None, 5, [[1]], {"a": 1}])
def test_layers_that_are_none_change_nothing(monkeypatch, hidden):
    page = open_page(layer_dims="2-7-1")
    ask_for_layers(page, monkeypatch, hidden)
    assert not page.exception
    assert address(page)["layer_dims"] == "2-7-1"


def test_another_dataset_brings_the_output_that_goes_with_it():
    page = open_page(dataset="blobs", classes="4")
    assert address(page)["layer_dims"] == "2-8-8-4"
    assert page.selectbox(key="output").disabled
    for dataset, classes, dims, output, cost in (
        ("plane", "0", "2-8-8-1", "linear", "squared_error"),
        ("moons", "2", "2-8-8-1", "sigmoid", "cross_entropy"),
        ("spiral", "2", "2-8-8-1", "sigmoid", "cross_entropy"),
    ):
        page.button_group(key="dataset").set_value(dataset).run()
        assert not page.exception
        now = address(page)
        assert (now["dataset"], now["classes"], now["layer_dims"]) == (dataset, classes, dims)
        assert (now["output"], now["cost"]) == (output, cost)
    page.selectbox(key="classes").set_value(3).run()
    assert address(page)["output"] == "softmax"
    page.selectbox(key="classes").set_value(2).run()
    page.selectbox(key="output").set_value(("tanh", "squared_error")).run()
    assert address(page)["output"] == "tanh"
    assert not page.exception
    assert warnings(page) == []


def test_features_are_chosen_and_one_stays():
    page = open_page()
    page.button_group(key="features").set_value(["sin_x2", "x1"]).run()
    assert address(page)["features"] == "x1-sin_x2"
    page.button_group(key="features").set_value(["sin_x2"]).run()
    assert address(page)["layer_dims"] == "1-8-8-1"
    page.button_group(key="features").set_value([]).run()
    assert not page.exception
    assert address(page)["features"] == "sin_x2"
    assert page.button_group(key="features").value == ["sin_x2"]


def test_each_layer_can_have_its_own_activation(monkeypatch):
    page = open_page(layer_dims="2-3-4-1")
    page.selectbox(key="activation").set_value("each").run()
    page.selectbox(key="activation_1").set_value("relu").run()
    page.selectbox(key="activation_2").set_value("sine").run()
    assert address(page)["activation"] == "relu-sine"
    ask_for_layers(page, monkeypatch, [3, 4, 4])
    assert address(page)["layer_dims"] == "2-3-4-4-1"
    assert address(page)["activation"] == "relu-sine-tanh"
    ask_for_layers(page, monkeypatch, [])
    assert address(page)["layer_dims"] == "2-1"
    assert not page.exception
    assert warnings(page) == []


def test_stops_that_need_a_test_set_are_off_and_disabled_without_one():
    page = open_page(patience="5", stop_accuracy="0.9")
    page.slider(key="train_share").set_value(1.0).run()
    assert not page.exception
    assert (address(page)["patience"], address(page)["stop_accuracy"]) == ("0", "0.0")
    stops = [page.number_input(key=name) for name in ("patience", "stop_accuracy", "stop_cost")]
    assert [stop.disabled for stop in stops] == [True, True, False]
    page.slider(key="train_share").set_value(0.9).run()
    assert not page.number_input(key="patience").disabled
