"""A figure shows the network's own values."""

import base64

import numpy as np
import pytest

from scratchnet import Settings, Trainer, forward_prop
from scratchnet.datasets import SHAPES
from scratchnet.features import features_of
from scratchnet.settings import KINDS
from scratchnet.ui import figures


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
    X = features_of(points, network.features)
    return forward_prop(X, trainer.params, network.activation, network.output)[0]


def figure_of(trainer):
    return figures.output_surface(trainer.snapshot(), trainer.dataset, trainer.settings.network)


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


@pytest.mark.parametrize(("query", "low"), [(RUNS["sigmoid"], 0), (RUNS["tanh"], -1)])
def test_the_points_of_two_classes_lie_at_their_targets(query, low):
    trainer = trained(**query)
    figure = figure_of(trainer)
    for label, points in enumerate(figure.data[1:]):
        of_class = trainer.dataset.X_train[:, trainer.dataset.Y_train[0] == label]
        assert np.array_equal([points.x, points.y], of_class)
        assert set(points.z) == {(low, 1)[label] + figures.LIFT}
    symbols = {points.marker.symbol for points in figure.data[1:]}
    assert len(symbols) == 2, "the classes differ in shape as well as in colour"


def test_a_point_of_more_classes_lies_at_the_output_of_its_own():
    trainer = trained(**RUNS["classes"])
    dataset = trainer.dataset
    AL = outputs(dataset.X_train, trainer)
    figure = figure_of(trainer)
    assert len({points.marker.symbol for points in figure.data[1:]}) == 4
    for label, points in enumerate(figure.data[1:]):
        of_class = dataset.Y_train[0] == label
        assert np.array_equal(points.x, dataset.X_train[0, of_class])
        assert np.allclose(points.z, AL[label, of_class] + figures.LIFT)


def test_points_with_numbers_lie_at_their_labels():
    trainer = trained(**RUNS["numbers"])
    _, points = figure_of(trainer).data
    assert np.array_equal(points.z, trainer.dataset.Y_train[0] + figures.LIFT)
    assert np.array_equal(points.marker.color, trainer.dataset.Y_train[0])


@pytest.mark.parametrize("name", KINDS["dataset"].options)
def test_the_icon_of_a_dataset_has_its_points(name):
    kind, _, text = figures.dataset_icon(name).partition(";base64,")
    svg = base64.b64decode(text).decode()
    assert kind == "data:image/svg+xml"
    drawn = bool(SHAPES[name].draw)
    assert svg.count("<path") == (2 if SHAPES[name].classes[0] else 5)
    assert svg.count("M") == (99 if drawn else 360)
    x, y = np.array([p.split("h0")[0].split() for p in svg.split("M")[1:]], dtype=float).T
    assert ((x > 0) & (x < 64) & (y > 0) & (y < 64)).all()


def test_the_cost_curve_is_the_history():
    trainer = trained()
    figure = figures.cost_curve(trainer.history)
    train, test = figure.data
    assert np.array_equal(train.x, np.arange(21))
    assert np.array_equal(train.y, trainer.history.train_cost)
    assert np.array_equal(test.y, trainer.history.test_cost)
    linear, log = figure.layout.updatemenus[0].buttons
    assert linear.args[0] == {"yaxis.type": "linear"}
    assert log.args[0] == {"yaxis.type": "log"}
