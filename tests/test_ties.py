"""A tie goes to the lowest class, as with argmax, in everything that predicts one."""

import numpy as np
import pytest

from scratchnet import Settings, Trainer, predict
from scratchnet.analysis.metrics import confusion
from scratchnet.charts.confusion import roc_curve
from scratchnet.live.payload import picture

TIED = {
    "sigmoid": {},
    "tanh": {"output": "tanh", "cost": "squared_error"},
    "softmax": {"dataset": "blobs", "classes": 4},
}


@pytest.mark.parametrize("chosen", TIED.values(), ids=TIED)
def test_equal_outputs_are_class_0(chosen):
    settings = Settings.of(init="zeros", points=100, seed=2, **chosen)
    trainer = Trainer(settings)
    snapshot, data, network = trainer.snapshot(), trainer.dataset, settings.network
    labels = data.Y_test[0]
    predicted = predict(trainer.test_set[0], snapshot.params, network.activation, network.output)
    assert not predicted.any()
    assert not snapshot.predict(data.X_test).any()
    assert snapshot.test_accuracy == pytest.approx(np.mean(labels == 0))
    assert confusion(predicted, labels, data.classes)[:, 0].sum() == labels.size
    assert not np.any(picture(snapshot.logits(data.X_test), network.output)[0] > 0)


@pytest.mark.parametrize("output", ["sigmoid", "tanh"])
def test_the_dot_of_the_roc_curve_is_the_confusion_matrix_at_a_tie(output):
    trainer = Trainer(Settings.of(init="zeros", points=40, output=output))
    figure = roc_curve(trainer.snapshot(), trainer.dataset, trainer.settings.network)
    dots = [(*trace.x, *trace.y) for trace in figure.data if trace.mode == "markers"]
    assert dots == [(0.0, 0.0)] * 2, "class 1 is predicted for no sample"


def test_a_linear_output_of_exactly_0_is_not_above_0():
    code, _ = picture(np.array([[0.0, -0.0, 1e-12, -1e-12, 5.0]]), "linear")
    assert np.sign(code).tolist() == [[0, 0, 1, -1, 1]]
