"""Remedies: on an example run of each kind, the remedied run does not have the finding."""

from urllib.parse import parse_qsl

import pytest

from scratchnet import Settings, Trainer
from scratchnet.analysis.diagnosis import CHECKS, diagnose
from scratchnet.run.settings import FIELDS

RELU = "dataset=circles&activation=relu&learning_rate="

# The address of a run, the epoch to look at, the kind of the finding, and what the button says.
CASES = [
    (RELU + "0.3", 1000, "dead", "Use leaky ReLU"),
    (
        "dataset=circles&activation=relu-tanh&learning_rate=30",
        100,
        "dead",
        "Leaky ReLU, learning rate 0.5",
    ),
    ("init=zeros&activation=relu&layer_dims=2-1-1", 50, "zero", "Use Xavier initial weights"),
    ("dataset=circles&learning_rate=14", 200, "saturated", "Learning rate 0.5"),
    ("init=zeros", 200, "duplicates", "Use Xavier initial weights"),
    (
        "dataset=circles&activation=sigmoid&init=article&learning_rate=1",
        1000,
        "vanishing",
        "Use Xavier initial weights",
    ),
    ("layer_dims=2-8-8-8-8-8-8-1&activation=sigmoid", 1000, "vanishing", "Use tanh"),
    ("edits=0:0:1000&activation=linear", 0, "exploding", "Restart without what was set by hand"),
    ("dataset=plane&learning_rate=0.5&activation=linear", 3, "exploding", "Learning rate 0.05"),
    ("dataset=circles&learning_rate=14", 50, "diverging", "Learning rate 0.5"),
    ("dataset=circles&learning_rate=14&optimizer=momentum", 50, "diverging", "Learning rate 0.5"),
    (RELU + "3", 1000, "plateau", "Leaky ReLU, learning rate 0.3"),
    ("dataset=xor&layer_dims=2-1", 1000, "plateau", "Add a hidden layer of 4"),
    ("dataset=circles&layer_dims=2-4-1&activation=linear", 1000, "plateau", "Use tanh"),
    ("dataset=circles&learning_rate=0.00001", 1000, "plateau", "Learning rate 0.5"),
    ("dataset=circles&learning_rate=0.00001&optimizer=adam", 1000, "plateau", "Learning rate 0.01"),
    (RELU + "5", 1000, "plateau", "Leaky ReLU, learning rate 0.5"),
    ("l2=3", 1000, "plateau", "L2 penalty 0.01"),
    ("l1=0.3&learning_rate=0.1", 1000, "plateau", "L1 penalty 0.01"),
    ("init=zeros", 1000, "plateau", "Use Xavier initial weights"),
    (
        "dataset=gaussians&init=article&learning_rate=0.1",
        1000,
        "plateau",
        "Xavier initial weights, learning rate 0.5",
    ),
    ("layer_dims=2-8-8-8-8-8-8-1&activation=sigmoid", 1000, "plateau", "Use tanh"),
    ("dataset=xor&points=100&noise=0.4", 1000, "overfitting", "L2 penalty 0.01"),
    ("dataset=penguins", 1000, "overfitting", "L2 penalty 0.01"),
]


def at(settings, epoch):
    trainer = Trainer(settings)
    trainer.seek(epoch)
    return trainer


@pytest.mark.parametrize(("address", "epoch", "kind", "label"), CASES)
def test_the_remedied_run_does_not_have_the_finding(address, epoch, kind, label):
    settings, corrections = Settings.from_query(dict(parse_qsl(address)))
    assert corrections == ()
    remedy = diagnose(at(settings, epoch))[kind].remedy
    assert remedy.label == label
    assert kind not in diagnose(at(remedy.applied_to(settings), epoch))


def test_there_is_a_case_for_every_kind():
    assert {kind for _, _, kind, _ in CASES} == {*CHECKS}


def test_a_remedied_run_has_the_last_rate_from_its_first_epoch_on():
    address = "dataset=xor&layer_dims=2-1&rate_changes=10:0.1&edits=5:0:1"
    settings, _ = Settings.from_query(dict(parse_qsl(address)))
    remedied = diagnose(at(settings, 400))["plateau"].remedy.applied_to(settings)
    assert remedied.training.learning_rate == 0.1
    assert remedied.training.rate_changes == remedied.training.edits == ()
    assert remedied.network.layer_dims == (2, 4, 1)


def test_no_learning_rate_is_offered_that_is_not_allowed():
    low = FIELDS["learning_rate"].low
    settings, _ = Settings.from_query({"dataset": "circles", "learning_rate": repr(low)})
    trainer = at(settings, 0)
    trainer.set_parameter(0, 1e3)
    trainer.advance(30)
    findings = diagnose(trainer)
    assert "diverging" in findings or "saturated" in findings
    for finding in findings.values():
        assert finding.remedy is None or finding.remedy.applied_to(settings)
