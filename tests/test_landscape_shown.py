"""The page of the landscape: its figures, its words and its pictures are of the run."""

import zlib
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from scratchnet import Settings, Trainer
from scratchnet.charts import landscape as charts
from scratchnet.charts import landscape_words as words
from scratchnet.data.datasets import grid
from scratchnet.studies import landscape
from scratchnet.studies.survey import KINDS, Choice, Work
from scratchnet.ui import landscape_pictures, landscape_view, link

APP = Path(__file__).parent.parent / "app.py"
SMALL = {"points": 60, "epochs": 30, "layer_dims": (2, 3, 1)}
ALL = ("momentum", "rmsprop", "adam")


def open_page(**address):
    page = AppTest.from_file(str(APP), default_timeout=60).switch_page("pages/landscape.py")
    for name, text in ({"points": "60", "epochs": "30", "layer_dims": "2-3-1"} | address).items():
        page.query_params[name] = text
    page.run()
    assert not page.exception
    return page


def address(page):
    given = page.query_params
    return {name: text if isinstance(text, str) else text[0] for name, text in given.items()}


def said(page):
    texts = [*page.markdown, *page.caption, *page.warning]
    return " ".join(each.value for each in texts).replace("\\", "")


def widget(page, kind, name):
    version = page.session_state["versions"].get(name)
    return getattr(page, kind)(key=f"{name}.{version}" if version else name)


def surveyed(settings, choice):
    work = Work(settings, choice)
    while work.go_on() < 1.0:
        pass
    return work.survey


# ---- the page --------------------------------------------------------------------------------------


def test_the_page_says_the_costs_of_the_run_at_once():
    page = open_page(epoch="7")
    trainer = Trainer(Settings.of(**SMALL))
    trainer.seek(30)
    history = trainer.history
    assert f"from cost {history.train_cost[0]:.4g} to **{history.train_cost[30]:.4g}**" in said(page)
    assert "a random walk of as many points" in said(page)
    assert "100 × 100 costs on the training set, without penalty" in said(page)
    assert "**Try this:**" in said(page) and "**Not shown:**" in said(page)
    assert len(page.warning) == 0
    assert "slice" not in address(page) and address(page)["epoch"] == "7"


@pytest.mark.parametrize("kind", KINDS)
def test_each_plane_has_its_words(kind):
    page = open_page(slice=kind, compare="adam")
    assert words.CAUTIONS[kind].split(".")[0] in said(page)
    assert "A path that ends lower can look higher" in said(page)
    table = page.table[0].value
    rows = surveyed(Settings.of(**SMALL), Choice(kind, optimizers=("adam",))).paths
    assert [*table["cost there"]] == [f"{seen.path.costs[-1]:.4g}" for seen in rows]
    assert [*table["explained"]] == [f"{100 * seen.share:.4g} %" for seen in rows]


def test_what_is_chosen_goes_to_the_address_and_comes_back():
    page = open_page()
    widget(page, "button_group", "slice").set_value("random").run()
    widget(page, "number_input", "slice_seed").set_value(9).run()
    widget(page, "multiselect", "compare").set_value(["adam", "momentum"]).run()
    widget(page, "button_group", "colours").set_value("linear").run()
    assert not page.exception
    chosen = {"slice": "random", "slice_seed": "9", "compare": "adam-momentum", "colours": "linear"}
    assert chosen.items() <= address(page).items()
    again = open_page(**chosen)
    assert (chosen | {"compare": "momentum-adam"}).items() <= address(again).items()
    assert widget(again, "number_input", "slice_seed").value == 9
    assert [*widget(again, "multiselect", "compare").value] == ["momentum", "adam"]
    assert page.table[0].value.equals(again.table[0].value)


def test_two_weights_are_chosen_by_name():
    page = open_page(slice="weights")
    widget(page, "selectbox", "weight_1").set_value("b2[0, 0]").run()
    assert address(page)["weight_1"] == "b2-0-0"
    assert "weight_2" not in address(page)
    again = open_page(slice="weights", weight_1="b2-0-0", weight_2="W1-2-1")
    assert widget(again, "selectbox", "weight_1").value == "b2[0, 0]"
    assert widget(again, "selectbox", "weight_2").value == "W1[2, 1]"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("slice", "sphere", "slice must be one of path, random, weights, line, got 'sphere'."),
        ("slice_seed", "0", "slice_seed must be an integer from 1 to 4294967295, got 0."),
        ("compare", "sgd", "each of compare must be one of gradient_descent, momentum, rmsprop, adam"),
        ("colours", "red", "colours must be one of log, linear, got 'red'."),
        ("weight_1", "<b>", "weight_1 must be a weight or bias such as W1-0-1, got '<b>'."),
        (
            "weight_1",
            "W9-0-0",
            "weight_1 must be a parameter of this network, got W9[0, 0]. Using W1[0, 0]",
        ),
        (
            "weight_2",
            "W1-0-0",
            "weight_2 must be another one than weight_1, got W1[0, 0]. Using W1[0, 1]",
        ),
    ],
)
def test_a_bad_choice_is_corrected_in_one_sentence(name, text, sentence):
    given = {"slice": "weights"} | {name: text}
    page = open_page(**given)
    assert [sentence in warning.value.replace("\\", "") for warning in page.warning] == [True]


def test_the_look_is_of_the_address_alone():
    fields = {name: link.VIEW[name] for name in ("weight_1", "slice_seed", "compare")}
    for name, text in (("weight_1", "W1-0-1"), ("slice_seed", "7"), ("compare", "momentum-adam")):
        look, wrong = link.read_look({name: text})
        assert wrong == []
        assert fields[name].write(look[name]) == text
        assert link.view_texts(look, {}) == {name: text}


def test_a_run_that_diverges_is_explained():
    page = open_page(dataset="gaussians", layer_dims="2-1", learning_rate="3", epochs="2000")
    assert "The run diverges: the path ends at epoch" in said(page)


# ---- the figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("log", [True, False])
def test_the_map_has_the_costs_of_the_cells_and_the_paths_those_of_the_run(log):
    seen = surveyed(Settings.of(**SMALL), Choice(optimizers=ALL))
    figure = charts.contour_map(seen, log)
    heat = figure.data[0]
    assert np.array_equal(heat.customdata, seen.costs.astype(np.float32))
    drawn = np.log10(np.maximum(seen.costs, charts.FLOOR)) if log else seen.costs
    assert np.array_equal(heat.z, drawn.astype(np.float32))
    paths = [trace for trace in figure.data if trace.name]
    assert [trace.name.split(",")[0] for trace in paths] == ["SGD", "momentum", "RMSprop", "Adam"]
    for trace, path in zip(paths, seen.paths, strict=True):
        assert np.array_equal(trace.customdata[:, 1], path.path.costs)
        assert np.array_equal(trace.customdata[:, 2], path.costs)
        assert np.array_equal(np.stack([trace.x, trace.y], axis=1), path.at)
        far, near = path.distances.argmax(), path.distances.argmin()
        assert trace.marker.opacity[far] < trace.marker.opacity[near] <= 1.0
    ends = {each.text for each in figure.layout.annotations}
    own = seen.paths[0].path
    assert ends == {f"start {own.costs[0]:.4g}", f"end {own.costs[-1]:.4g}"}


def test_a_cell_that_is_not_finite_is_grey_and_counted():
    seen = surveyed(Settings.of(**SMALL), Choice())
    seen.costs[3, 5], seen.costs[4, 6] = np.nan, np.inf
    figure = charts.contour_map(seen, True)
    assert np.argwhere(np.isnan(figure.data[0].z)).tolist() == [[3, 5], [4, 6]]
    assert figure.layout.plot_bgcolor == charts.NEUTRAL
    assert "At 2 places the cost is not finite: grey." in words.how(seen, True)
    assert charts.shown(np.array([0.0, 1e-9, 1.0]), True).tolist() == [1e-6, 1e-6, 1.0]


def test_on_the_surface_a_path_is_at_its_own_cost():
    seen = surveyed(Settings.of(**SMALL), Choice(optimizers=("adam",)))
    surface, *paths = charts.cost_surface(seen, False).data
    assert np.array_equal(surface.z, seen.costs.astype(np.float32))
    for trace, path in zip(paths, seen.paths, strict=True):
        assert np.array_equal(trace.z, path.path.costs)


def test_the_axes_of_two_weights_are_their_values():
    seen = surveyed(Settings.of(**SMALL), Choice("weights", weights=(4, 1)))
    titles, origin = charts.axes(seen)
    end = seen.paths[0].path.end
    assert titles == ("W1[2, 0]", "W1[0, 1]")
    assert origin == (end[4], end[1])
    (path,) = (trace for trace in charts.contour_map(seen, True).data if trace.name)
    assert path.x == pytest.approx(seen.paths[0].path.thetas[:, 4])
    assert path.y == pytest.approx(seen.paths[0].path.thetas[:, 1])


@pytest.mark.parametrize(
    ("low", "high"), [(1e-6, 1e3), (0.05, 0.097), (0.2, 3.0), (0.5, 0.5001), (1e-3, 1.0)]
)
def test_the_colour_bar_has_a_few_round_costs(low, high):
    ticks = charts._log_ticks(low, high)
    assert 2 <= len(ticks) <= 6
    assert all(low * 0.999 <= tick <= high * 1.001 for tick in ticks)
    assert ticks == sorted(ticks)


def test_the_ticks_of_the_colour_bar_are_round():
    assert charts._log_ticks(0.611, 1.45) == pytest.approx([0.8, 1.0, 1.2, 1.4])
    assert charts._log_ticks(0.0022, 1.01) == pytest.approx([0.01, 0.1, 1.0])
    assert charts._log_ticks(0.2, 3.0) == pytest.approx([0.2, 0.5, 1.0, 2.0])


def test_a_run_that_diverges_at_once_has_no_path_and_it_is_said():
    page = open_page(dataset="gaussians", learning_rate="1000")
    assert "diverges at once, to over 1,000 times that" in said(page)


# ---- the pictures ----------------------------------------------------------------------------------

KINDS_OF_OUTPUT = {
    "sigmoid": {},
    "tanh": {"output": "tanh", "cost": "squared_error"},
    "classes": {"dataset": "blobs", "classes": 4, "layer_dims": (2, 4, 4)},
    "regression": {"dataset": "gaussians", "learning_rate": 0.1},
}


@pytest.mark.parametrize("name", KINDS_OF_OUTPUT)
def test_a_picture_is_what_the_network_predicts(name):
    settings = Settings.of(**SMALL | KINDS_OF_OUTPUT[name])
    seen, trainer = surveyed(settings, Choice()), Trainer(settings)
    told = landscape_view._told(seen, trainer, True)
    codes = np.frombuffer(zlib.decompress(b64decode(told["pictures"])), np.int8)
    codes = codes.reshape(-1, told["planes"], landscape_pictures.SIDE**2).cumsum(axis=0, dtype=np.int8)
    assert len(codes) == len(told["x"]) * len(told["y"]) + 31 == len(told["scales"])
    _, _, points = grid(trainer.dataset.window, landscape_pictures.SIDE)
    for epoch in (0, 12, 30):
        snapshot = trainer.seek(epoch)
        code = codes[len(codes) - 31 + epoch]
        predicted = snapshot.predict(points)
        if name == "regression":
            assert np.array_equal(np.sign(code[0]), np.sign(predicted[0]))
        else:
            assert np.array_equal(code[0] if name == "classes" else code[0] > 0, predicted)


def test_the_component_is_told_the_costs_of_the_cells_and_paths():
    settings = Settings.of(**SMALL)
    seen = surveyed(settings, Choice(optimizers=("adam",)))
    trainer = Trainer(settings)
    trainer.seek(12)
    told = landscape_view._told(seen, trainer, True)
    costs = landscape.TrainingCost(trainer)
    assert 0.0 in told["x"] and 0.0 in told["y"]  # the end of the run has a picture
    for j, i in ((0, 0), (3, 20), (24, 24)):
        a, b = told["x"][i], told["y"][j]
        (cost,) = costs(seen.planes[0].thetas(np.array([a]), np.array([b])))
        assert told["costs"][j][i] == pytest.approx(cost, rel=1e-6)
    trainer.seek(30)
    assert told["paths"][0]["costs"] == trainer.history.train_cost.tolist()
    assert told["paths"][0]["epochs"][told["shown"]] == 12
    assert [path["name"] for path in told["paths"]] == ["this run (SGD, rate 0.5)", "Adam, rate 0.01"]


def test_a_survey_that_takes_long_shows_how_far_it_is(monkeypatch):
    shown = []

    class Place:
        empty = staticmethod(lambda: None)

        def progress(self, done, text):
            shown.append(done)

    monkeypatch.setattr(landscape_view, "SOON", -1.0)
    monkeypatch.setattr(landscape_view.st, "empty", Place)
    landscape_view.survey(Settings.of(**SMALL, seed=77), Choice())
    assert len(shown) > 100
    assert shown == sorted(shown) and shown[0] >= 0.0 and shown[-1] < 1.0
    shown.clear()
    landscape_view.survey(Settings.of(**SMALL, seed=77), Choice())
    assert shown == []  # it is kept
