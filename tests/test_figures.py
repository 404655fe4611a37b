"""A figure shows the network's own values."""

import base64
from dataclasses import replace

import numpy as np
import pytest
from choices import own_table
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scratchnet import Settings, Trainer, forward_prop
from scratchnet.analysis import metrics
from scratchnet.charts import look
from scratchnet.charts.confusion import confusion_matrix, roc_curve
from scratchnet.charts.cost_curve import Line, cost_curve, cost_lines
from scratchnet.charts.histograms import _ends, _histogram, _left_out, _short, histograms
from scratchnet.charts.icons import dataset_icon
from scratchnet.charts.surface import LIFT, output_surface
from scratchnet.data.datasets import DATASETS
from scratchnet.data.features import features_of
from scratchnet.data.points import penguins
from scratchnet.precision import single
from scratchnet.run.settings import FIELDS


def trained(**query):
    """A trainer of the address, after 20 epochs."""
    address = {"points": "50", "layer_dims": "2-4-1"} | query
    trainer = Trainer(Settings.from_query(address)[0])
    trainer.advance(20)
    return trainer


RUNS = {
    "sigmoid": {},
    "tanh": {"output": "tanh", "activation": "relu"},
    "numbers": {"dataset": "gaussians", "features": "x1-x2-sin_x1"},
    "classes": {"dataset": "blobs", "classes": "4"},
}


def outputs(points, trainer):
    network = trainer.settings.network
    X = single(features_of(points, network.features))
    return forward_prop(X, trainer.params, network.activation, network.output)[0]


def figure_of(trainer):
    return output_surface(trainer.snapshot(), trainer.dataset, trainer.settings.network)


@pytest.mark.parametrize("query", RUNS.values(), ids=RUNS)
def test_the_surface_is_the_output_of_the_network(query):
    trainer = trained(**query)
    surface = figure_of(trainer).data[0]
    x1, x2 = np.meshgrid(surface.x, surface.y)
    AL = outputs(np.stack([x1.ravel(), x2.ravel()]), trainer)
    assert np.array_equal(surface.z.ravel(), AL.max(axis=0))
    if len(AL) > 1:
        assert np.array_equal(surface.surfacecolor.ravel(), AL.argmax(axis=0))
    assert (surface.x[0], surface.x[-1], surface.y[0], surface.y[-1]) == trainer.dataset.window


def test_own_data_are_shown_in_their_units():
    trainer = trained(dataset="penguins")
    surface, *points = figure_of(trainer).data
    birds = {(x1, x2) for x1, x2, _ in penguins().rows}
    shown = {
        (round(x1, 5), round(x2, 5)) for each in points for x1, x2 in zip(each.x, each.y, strict=True)
    }
    assert shown < birds
    centre, unit = penguins().scales[0]
    assert np.allclose([surface.x[0], surface.x[-1]], [centre - 3 * unit, centre + 3 * unit])
    assert [each.name for each in points] == [f"{name}, training" for name in penguins().classes]
    assert surface.hovertemplate.startswith("bill length (mm) %{x")


def test_names_of_own_data_are_not_taken_for_markup():
    names = ("<b>%{z}", "$x$", "label")
    table = replace(own_table(2), names=names, classes=("<i>", "b&"))
    values = {"dataset": "own", "own": table, "layer_dims": (2, 1)}
    trainer = Trainer(Settings.resolve(Settings().values() | values)[0])
    figure, table = (
        figure_of(trainer),
        confusion_matrix(trainer.snapshot(), trainer.dataset, trainer.settings.network),
    )
    surface, first, second = figure.data
    assert surface.hovertemplate.startswith("&lt;b&gt;&#37;{z} %{x:.5~g}<br>&#36;x&#36; %{y")
    assert figure.layout.scene.yaxis.title.text == "&#36;x&#36;"
    assert (first.name, second.name) == ("&lt;i&gt;, training", "b&amp;, training")
    assert table.layout.yaxis.ticktext[:2] == ("&lt;i&gt;", "b&amp;")


def test_own_regression_targets_are_shown_in_their_units():
    values = {"dataset": "own", "own": own_table(0), "classes": 0}
    trainer = Trainer(Settings.resolve(Settings().values() | values)[0])
    surface, points = figure_of(trainer).data
    centre, unit = own_table(0).scales[2]
    AL = outputs(trainer.dataset.X_train, trainer)
    assert np.allclose(np.sort(points.customdata), np.sort(trainer.dataset.Y_train[0] * unit + centre))
    assert (surface.cmin, surface.cmax) == (centre - unit, centre + unit)
    assert surface.z.min() - 1 <= (AL * unit + centre).min() <= (AL * unit + centre).max()
    assert "output (w) %{z" in surface.hovertemplate


@pytest.mark.parametrize(("query", "low"), [(RUNS["sigmoid"], 0), (RUNS["tanh"], -1)])
def test_samples_of_two_classes_are_drawn_at_their_targets(query, low):
    trainer = trained(**query)
    figure = figure_of(trainer)
    for label, points in enumerate(figure.data[1:]):
        of_class = trainer.dataset.X_train[:, trainer.dataset.Y_train[0] == label]
        assert np.array_equal([points.x, points.y], of_class)
        assert set(points.z) == {(low, 1)[label] + LIFT}
    symbols = {points.marker.symbol for points in figure.data[1:]}
    assert len(symbols) == 2, "the classes differ in shape as well as in colour"


def test_with_more_classes_a_sample_is_drawn_at_the_output_of_its_class():
    trainer = trained(**RUNS["classes"])
    dataset = trainer.dataset
    AL = outputs(dataset.X_train, trainer)
    figure = figure_of(trainer)
    assert len({points.marker.symbol for points in figure.data[1:]}) == 4
    for label, points in enumerate(figure.data[1:]):
        of_class = dataset.Y_train[0] == label
        assert np.array_equal(points.x, dataset.X_train[0, of_class])
        assert np.allclose(points.z, AL[label, of_class] + LIFT)


def test_samples_of_a_regression_are_drawn_at_their_targets():
    trainer = trained(**RUNS["numbers"])
    _, points = figure_of(trainer).data
    assert np.array_equal(points.z, trainer.dataset.Y_train[0] + LIFT)
    assert np.array_equal(points.marker.color, trainer.dataset.Y_train[0])


@pytest.mark.parametrize("name", FIELDS["dataset"].options)
def test_the_icon_of_a_dataset_shows_its_samples(name):
    own = own_table(2, points=400) if name == "own" else None
    kind, _, text = dataset_icon(name, own).partition(";base64,")
    svg = base64.b64decode(text).decode()
    assert kind == "data:image/svg+xml"
    generator = DATASETS[name]
    assert svg.count("<path") == (generator.classes[0] or 5)
    assert svg.count("M") == (360 if generator.label else 99 if generator.draw else 110)
    x, y = np.array([p.split("h0")[0].split() for p in svg.split("M")[1:]], dtype=float).T
    assert ((x > 0) & (x < 64) & (y > 0) & (y < 64)).all()


def test_the_cost_curve_shows_the_history():
    trainer = trained()
    figure = cost_curve(trainer.history)
    train, test = figure.data
    assert np.array_equal(train.x, np.arange(21))
    assert np.array_equal(train.y, trainer.history.train_cost)
    assert np.array_equal(test.y, trainer.history.test_cost)
    assert figure.layout.yaxis.type == "linear"
    assert cost_curve(trainer.history, logarithmic=True).layout.yaxis.type == "log"
    assert figure.layout.xaxis.dtick is None


@pytest.mark.parametrize(("epochs", "last"), [(0, 1), (1, 1), (4, 4)])
def test_the_axis_of_a_few_epochs_begins_at_0_and_has_a_tick_for_each(epochs, last):
    figure = cost_lines([Line("cost", [1.0] * (epochs + 1))], "cross_entropy")
    assert figure.layout.xaxis.range == (0, last)
    assert figure.layout.xaxis.dtick == 1
    (curve,) = figure.data
    assert curve.mode == ("lines" if epochs else "markers"), "one epoch is a point"
    assert curve.cliponaxis == (epochs > 0), "the point on the axis is whole"


@pytest.mark.parametrize(
    ("costs", "ticks"),
    [
        ([1.0, 0.1, np.inf, 0.0], ("D2", "~g", None)),
        ([0.69, 0.66], (None, "~g", None)),
        ([1.0, 1e-9], (None, None, "power")),
        ([np.nan], (None, "~g", None)),
    ],
)
def test_the_ticks_of_a_log_axis_depend_on_its_decades_and_are_whole_numbers(costs, ticks):
    axis = cost_lines([Line("cost", costs)], "cross_entropy", True).layout.yaxis
    assert (axis.dtick, axis.tickformat, axis.exponentformat) == ticks


def parts_of(dataset):
    """The points and labels by the name that a figure gives them."""
    return {
        "test set": (dataset.X_test, dataset.Y_test[0]),
        "training set": (dataset.X_train, dataset.Y_train[0]),
    }


def tables_of(figure):
    """The cells of a confusion table by the points they count, and the text at the ends."""
    cells, shares = {}, {}
    for trace in figure.data:
        if trace.type == "heatmap":
            cells.setdefault(trace.name, []).append(trace.z[0])
        else:
            shares[trace.name] = dict(zip(zip(trace.x, trace.y, strict=True), trace.text, strict=True))
    return {name: np.array(rows) for name, rows in cells.items()}, shares


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "classes"])
def test_the_confusion_matrix_counts_the_predictions(name):
    trainer = trained(noise="0.5", **RUNS[name])
    snapshot, dataset = trainer.snapshot(), trainer.dataset
    cells, _ = tables_of(confusion_matrix(snapshot, dataset, trainer.settings.network))
    for part, (X, labels) in parts_of(dataset).items():
        AL = outputs(X, trainer)
        middle = 0.0 if name == "tanh" else 0.5
        said = AL.argmax(axis=0) if len(AL) > 1 else AL[0] > middle
        for true, row in enumerate(cells[part]):
            for column, count in enumerate(row):
                assert count == np.count_nonzero((labels == true) & (said == column))
    assert cells["test set"].trace() / dataset.Y_test.size == pytest.approx(snapshot.test_accuracy)
    assert cells["training set"].trace() / dataset.Y_train.size == pytest.approx(
        snapshot.train_accuracy
    )


def test_precision_stands_below_its_column_and_recall_at_the_end_of_its_row():
    trainer = trained(noise="0.5", **RUNS["classes"])
    figure = confusion_matrix(trainer.snapshot(), trainer.dataset, trainer.settings.network)
    x, y = figure.layout.xaxis, figure.layout.yaxis
    assert (x.ticktext[-1], y.ticktext[-1]) == ("recall", "precision")
    assert y.range[0] > y.range[1], "class 0 is on top"
    cells, shares = tables_of(figure)
    for part, table in cells.items():
        for label, right in enumerate(table.diagonal()):
            precision, recall = right / table[:, label].sum(), right / table[label].sum()
            assert shares[part][label, y.tickvals[-1]] == f"{100 * precision:.3g} %"
            assert shares[part][x.tickvals[-1], label] == f"{100 * recall:.3g} %"


def test_a_cell_of_the_confusion_matrix_is_coloured_by_its_share_of_the_class():
    trainer = trained(noise="0.5", **RUNS["classes"])
    figure = confusion_matrix(trainer.snapshot(), trainer.dataset, trainer.settings.network)
    rows = [trace for trace in figure.data if (trace.type, trace.name) == ("heatmap", "test set")]
    for label, row in enumerate(rows):
        assert row.y == (label,)
        assert (row.zmin, row.zmax) == (0, np.count_nonzero(trainer.dataset.Y_test == label))
        assert row.colorscale == ((0.0, look.MIDDLE), (1.0, look.CLASSES[label]))


def test_the_confusion_matrix_shows_the_test_set_first():
    trainer = trained()
    figure = confusion_matrix(trainer.snapshot(), trainer.dataset, trainer.settings.network)
    assert {trace.name for trace in figure.data if trace.visible is not False} == {"test set"}
    for button in figure.layout.updatemenus[0].buttons:
        visible = button.args[0]["visible"]
        shown = {trace.name for trace, there in zip(figure.data, visible, strict=True) if there}
        assert (button.method, shown) == ("restyle", {button.label})


def overflowing(trainer):
    """The snapshot with weights so large that logits are inf - inf."""
    return replace(trainer.snapshot(), theta=trainer.snapshot().theta * 1e300)


def test_samples_without_a_prediction_have_their_own_column():
    trainer = trained(activation="relu", layer_dims="2-4-4-4", **RUNS["classes"])
    dataset, network = trainer.dataset, trainer.settings.network
    snapshot = overflowing(trainer)
    figure = confusion_matrix(snapshot, dataset, network)
    assert figure.layout.xaxis.ticktext == ("0", "1", "2", "3", "none", "recall")
    cells, _ = tables_of(figure)
    for part, (X, labels) in parts_of(dataset).items():
        unsaid = np.isnan(snapshot.logits(X)).any(axis=0)
        assert unsaid.any()
        assert cells[part][:, -1].tolist() == [np.sum(unsaid & (labels == each)) for each in range(4)]


@pytest.mark.parametrize(("name", "middle"), [("sigmoid", 0.5), ("tanh", 0.0)])
def test_the_dot_on_the_roc_curve_is_the_decision_of_the_page(name, middle):
    trainer = trained(noise="0.5", **RUNS[name])
    figure = roc_curve(trainer.snapshot(), trainer.dataset, trainer.settings.network)
    dots = {trace.legendgroup: trace for trace in figure.data if trace.mode == "markers"}
    for part, (X, labels) in parts_of(trainer.dataset).items():
        said = outputs(X, trainer)[0] > middle
        assert dots[part].x == np.mean(said[labels == 0])
        assert dots[part].y == np.mean(said[labels == 1])
    axis = figure.layout.xaxis.title.text
    assert axis.endswith(f"(of class 0)<br>● class 1 where the output is above {middle:g}")


def test_the_roc_curve_and_its_area_come_from_the_logits():
    trainer = trained(noise="0.5")
    snapshot, network = trainer.snapshot(), trainer.settings.network
    figure = roc_curve(snapshot, trainer.dataset, network)
    lines = {trace.legendgroup: trace for trace in figure.data if trace.mode == "lines"}
    for part, (X, labels) in parts_of(trainer.dataset).items():
        (ZL,) = snapshot.logits(X)
        curve, line = metrics.roc(ZL, labels), lines[part]
        assert np.array_equal([line.x, line.y], curve[:2])
        ones, zeros = ZL[labels == 1][:, None], ZL[labels == 0]
        assert line.name == f"{part}, AUC {np.mean(ones > zeros):.4f}"
        assert f"{curve.threshold[3]:.4g}" in line.text[3]


def test_samples_of_one_class_have_no_roc_curve():
    trainer = trained()
    dataset = replace(trainer.dataset, Y_test=np.zeros_like(trainer.dataset.Y_test))
    figure = roc_curve(trainer.snapshot(), dataset, trainer.settings.network)
    assert figure.data[-1].name == "test set: no curve"
    assert any("training set, AUC" in trace.name for trace in figure.data)


def histograms_of(trainer):
    """(bars, x axis, values) of each panel, row by row."""
    snapshot, dataset, settings = trainer.snapshot(), trainer.dataset, trainer.settings
    figure = histograms(snapshot, dataset, settings)
    layers = metrics.layer_values(snapshot, dataset, settings)
    values = [values for _, *three in layers for values in three]
    axes = [figure.layout[bars.xaxis.replace("x", "xaxis")] for bars in figure.data]
    return list(zip(figure.data, axes, values, strict=True))


@pytest.mark.parametrize("query", RUNS.values(), ids=RUNS)
def test_the_histograms_count_the_values_of_the_layers(query):
    panels = histograms_of(trained(l2="0.01", **query))
    names = [axis.title.text for _, axis, _ in panels]
    assert names[:3] == ["weights W1", "activations A1", "gradients dW1"]
    assert names[3:] == ["weights W2", "activations A2", "gradients dW2"]
    for bars, axis, values in panels:
        assert sum(bars.y) == values.size
        low, high = axis.range
        assert values.min() - bars.width <= low <= values.min()
        assert values.max() <= high <= values.max() + bars.width
        assert axis.tickvals == axis.range, "the ticks are at both ends"
        assert [float(text.replace("−", "-")) for text in axis.ticktext] == pytest.approx(axis.range)


numbers = st.floats(-1e200, 1e200) | st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1])


@given(arrays(float, st.integers(1, 60), elements=numbers | st.floats(-1.0, 1.0)))
def test_no_bin_of_a_histogram_spans_zero(values):
    bars = _histogram(values, 1)
    edges, counts = np.array(bars.customdata), np.array(bars.y)
    assert counts.sum() == values.size
    assert len(counts) <= 32
    slack = 1e-9 * bars.width
    for (low, high), count, centre, colour in zip(
        edges, counts, bars.x, bars.marker.color, strict=True
    ):
        inside = (values >= low - slack) & (values <= high + slack)
        assert np.count_nonzero(inside) >= count
        assert high - low == pytest.approx(bars.width)
        assert centre == pytest.approx((low + high) / 2)
        assert low >= 0 or high <= 0, "a bin has one sign"
        assert colour == look.CLASSES[int(low >= 0)]


def test_a_histogram_by_hand():
    bars = _histogram(np.array([[-0.3, -0.25, 0.0, 0.04], [0.1, 0.15, 0.55, 1.0]]), 1)
    assert bars.width == 0.2
    assert np.allclose(bars.customdata, [[-0.4, -0.2], [0, 0.2], [0.4, 0.6], [0.8, 1.0]])
    assert list(bars.y) == [2, 4, 1, 1]
    assert _histogram(np.full((3, 4), 2.0), 1).y == 12
    assert _histogram(np.array([0.0, 8.0]), 1).width == 1.0


def test_a_histogram_says_how_many_values_are_not_finite():
    values = np.array([1.0, np.nan, np.inf, 3.0])
    assert sum(_histogram(values, 1).y) == 2
    assert _left_out(values) == ", 2 not finite"
    assert _left_out(values[[0, 3]]) == ""
    assert len(_histogram(values[1:3], 1).y) == 0
    assert _ends(_histogram(values[1:3], 1)) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.25, "0.25"),
        (-0.30000000000000004, "−0.3"),
        (-2.5e-7, "−2.5e−7"),
        (1e12, "1e12"),
        (3e5, "3e5"),
    ],
)
def test_the_ends_of_a_histogram_are_short_numbers(value, text):
    assert _short(value) == text


def test_figures_of_a_network_that_overflows_raise_no_warning():
    trainer = trained(activation="relu", layer_dims="2-4-4-1")
    snapshot, dataset, settings = overflowing(trainer), trainer.dataset, trainer.settings
    histograms(snapshot, dataset, settings)
    figure = roc_curve(snapshot, dataset, settings.network)
    assert figure.data[-1].name == "test set: no curve"
