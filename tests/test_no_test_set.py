"""A training share of 100 %: no test set, no test numbers, and nothing that would need them."""

import json
import subprocess
import sys

import numpy as np
import pytest
from plain_check import check
from terminal import result, run

from scratchnet import Settings, Trainer, make_dataset
from scratchnet.analysis.diagnosis import diagnose
from scratchnet.charts.confusion import confusion_matrix, roc_curve
from scratchnet.charts.cost_curve import cost_curve
from scratchnet.export.fixture import fixture_text
from scratchnet.export.history_csv import history_csv
from scratchnet.export.model_file import load, reproduced, save
from scratchnet.export.script import script_of
from scratchnet.validation import NotAllowed

RUNS = [
    {"dataset": "xor", "points": 60},
    {"dataset": "plane", "points": 60, "batch_size": 7},
    {"dataset": "penguins", "optimizer": "adam"},
    {"dataset": "blobs", "classes": 4, "precision": "double"},
]


@pytest.fixture(params=RUNS, ids=lambda values: values["dataset"])
def trainer(request):
    trainer = Trainer(Settings.of(**request.param, train_share=1.0, epochs=20))
    trainer.advance(20)
    return trainer


@pytest.mark.parametrize("share", [0.1, 0.95, 0.99, 1.0])
def test_only_a_share_of_1_leaves_the_test_set_empty(share):
    data = make_dataset("xor", points=20, train_share=share)
    assert (data.X_test.shape[1] == 0) == (share == 1.0)
    assert data.X_train.shape[1] + data.X_test.shape[1] == 20


def test_all_points_train():
    some, all_of_them = (make_dataset("xor", points=50, train_share=share) for share in (0.7, 1.0))
    columns = {tuple(x) for x in np.hstack([some.X_train, some.X_test]).T}
    assert {tuple(x) for x in all_of_them.X_train.T} == columns


def test_there_are_no_test_numbers(trainer):
    snapshot, history = trainer.snapshot(), trainer.history
    assert np.isfinite(history.train_cost).all()
    for numbers in (snapshot.test_cost, snapshot.test_accuracy, history.test_cost):
        assert np.isnan(numbers).all()
    assert not any(name.startswith("test") for name in trainer.measures)


def test_training_is_that_of_train_on_all_points(trainer):
    """The test set never touches the run: here the same points are the training set and a test set."""
    data = trainer.dataset
    names = {"window": data.window, "classes": data.classes}
    twice = type(data)(data.X_train, data.Y_train, data.X_train, data.Y_train, **names)
    other = Trainer(trainer.settings, twice)
    assert other.advance(20).fingerprint == trainer.snapshot().fingerprint
    assert np.array_equal(other.history.test_cost, trainer.history.train_cost)


@pytest.mark.parametrize("name", ["patience", "stop_accuracy"])
def test_a_stop_that_needs_a_test_set_is_refused(name):
    value = {"patience": 5, "stop_accuracy": 0.9}[name]
    sentence = f"{name} must be 0 without a test set, got {value} and a train_share of 1."
    with pytest.raises(NotAllowed, match=sentence):
        Settings.of(train_share=1.0, **{name: value})
    settings, corrections = Settings.from_query({"train_share": "1", name: str(value)})
    assert settings.values()[name] == 0
    assert corrections[0].startswith(sentence)
    code, _, err = run("--train-share", "1", f"--{name.replace('_', '-')}", value, "--epochs", 5)
    assert code == 2
    assert sentence in err


def test_overfitting_is_no_finding_without_a_test_set():
    values = {"points": 40, "noise": 0.5, "epochs": 600, "layer_dims": (2, 24, 24, 1)}
    shares = {
        share: Trainer(Settings.of(**values, train_share=share, optimizer="adam", learning_rate=0.03))
        for share in (0.5, 1.0)
    }
    kinds = {}
    for share, trainer in shares.items():
        trainer.advance(600)
        kinds[share] = {*diagnose(trainer)}
    assert "overfitting" in kinds[0.5]
    assert "overfitting" not in kinds[1.0]


def test_the_terminal_prints_no_test_numbers():
    found = result("--dataset", "xor", "--train-share", "1", "--epochs", "5")
    assert not any("test" in name for name in found)
    assert found["train_cost"] > 0


def test_the_history_file_leaves_the_test_columns_empty(trainer):
    head, *rows = (line.split(",") for line in history_csv(trainer).splitlines())
    at = head.index("test_cost"), head.index("test_accuracy")
    assert all(row[i] == "" for row in rows for i in at)
    assert all(float(row[head.index("train_cost")]) > 0 for row in rows)


def test_the_fixture_has_no_test_set_and_can_be_checked(trainer):
    text = fixture_text(trainer)
    assert not [name for name in json.loads(text)["history"] if "test" in name]
    assert check(text) == []


def test_the_script_ends_at_the_same_numbers(trainer, tmp_path):
    path = tmp_path / "run.py"
    path.write_text(script_of(trainer), "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", path], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "test" not in done.stdout
    assert "These are the numbers that scratchnet found, to the last digit." in done.stdout


def test_a_saved_model_resumes(trainer):
    again = load(save(trainer))
    assert reproduced(again)
    assert again.advance(5).fingerprint == trainer.advance(5).fingerprint


def test_charts_show_no_test_set(trainer):
    snapshot, data, network = trainer.snapshot(), trainer.dataset, trainer.settings.network
    figures = [cost_curve(trainer.history, network.cost)]
    if data.classes:
        figures.append(confusion_matrix(snapshot, data, network))
        assert any(trace.visible is not False for trace in figures[-1].data)
    if data.classes == 2:
        figures.append(roc_curve(snapshot, data, network))
    for figure in figures:
        assert "test set" not in figure.to_json()
        assert "training set" in figure.to_json()
