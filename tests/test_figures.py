"""A figure shows the network's own values."""

import base64

import numpy as np
import pytest

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, forward_prop
from scratchnet.settings import KINDS
from scratchnet.ui import figures


@pytest.fixture(scope="module")
def trainer():
    trainer = Trainer(Settings(DataSettings(points=50), NetworkSettings((2, 4, 1))))
    trainer.advance(20)
    return trainer


def test_the_surface_is_the_output_of_the_network(trainer):
    snapshot = trainer.snapshot()
    figure = figures.probability_surface(snapshot, trainer.dataset, trainer.settings.network)
    surface = figure.data[0]
    x1, x2 = np.meshgrid(surface.x, surface.y)
    AL, _ = forward_prop(np.stack([x1.ravel(), x2.ravel()]), snapshot.params, "tanh")
    assert np.array_equal(surface.z.ravel(), AL[0])
    assert (surface.x[0], surface.x[-1], surface.y[0], surface.y[-1]) == trainer.dataset.window


def test_the_points_lie_at_their_labels(trainer):
    figure = figures.probability_surface(trainer.snapshot(), trainer.dataset, trainer.settings.network)
    for label, points in enumerate(figure.data[1:]):
        of_class = trainer.dataset.X_train[:, trainer.dataset.Y_train[0] == label]
        assert np.array_equal([points.x, points.y], of_class)
        assert set(points.z) == {label + figures.LIFT}
    symbols = {points.marker.symbol for points in figure.data[1:]}
    assert len(symbols) == 2, "the classes differ in shape as well as in colour"


@pytest.mark.parametrize("name", KINDS["dataset"].options)
def test_the_icon_of_a_dataset_has_its_points(name):
    kind, _, text = figures.dataset_icon(name).partition(";base64,")
    svg = base64.b64decode(text).decode()
    assert kind == "data:image/svg+xml"
    assert svg.count("<path") == 2
    assert svg.count("M") == 99
    x, y = np.array([p.split("h0")[0].split() for p in svg.split("M")[1:]], dtype=float).T
    assert ((x > 0) & (x < 64) & (y > 0) & (y < 64)).all()


def test_the_cost_curve_is_the_history(trainer):
    figure = figures.cost_curve(trainer.history)
    train, test = figure.data
    assert np.array_equal(train.x, np.arange(21))
    assert np.array_equal(train.y, trainer.history.train_cost)
    assert np.array_equal(test.y, trainer.history.test_cost)
    linear, log = figure.layout.updatemenus[0].buttons
    assert linear.args[0] == {"yaxis.type": "linear"}
    assert log.args[0] == {"yaxis.type": "log"}
