"""The presets: their settings, and that what they promise can be seen in the run."""

import copy
from dataclasses import replace

import numpy as np
import pytest

from scratchnet import Settings, Trainer, forward_prop
from scratchnet.analysis.diagnosis import diagnose
from scratchnet.lessons.presets import PRESETS, changed_preset_of, preset_of

BY_TITLE = {preset.title: preset for preset in PRESETS}
PRECISIONS = ["single", "double"]
HEALTHY = [
    "Moons in five seconds",
    "A sine as a feature",
    "Five classes",
    "Regression: peaks and valleys",
]


class Claim:
    """The run of a preset in one precision, to see whether it is as the preset says."""

    def __init__(self, precision):
        self.precision, self.runs = {"precision": precision}, {}

    def run(self, title):
        """The trainer of the whole run."""
        if title not in self.runs:
            settings, _ = Settings.from_query(BY_TITLE[title].query | self.precision)
            self.runs[title] = Trainer(settings)
            self.runs[title].advance(settings.training.epochs)
        return self.runs[title]

    def at(self, title, epoch):
        """The same run at this epoch."""
        trainer = copy.copy(self.run(title))
        trainer.seek(epoch)
        return trainer

    def kinds(self, title, epoch):
        return [*diagnose(self.at(title, epoch))]

    def instead(self, title, **changed):
        """The end of the run with other settings in its query."""
        return self.trainer_instead(title, **changed).snapshot()

    def changed(self, title):
        """The whole run with the change that the preset offers."""
        return self.trainer_instead(title, **BY_TITLE[title].change.query)

    def trainer_instead(self, title, **changed):
        query = BY_TITLE[title].query | self.precision | changed
        settings, corrections = Settings.from_query(query)
        assert corrections == ()
        trainer = Trainer(settings)
        trainer.advance(settings.training.epochs)
        return trainer


@pytest.fixture(scope="module", params=PRECISIONS)
def claim(request):
    """Every claim has to hold in both precisions; if one does not, its preset says so."""
    return Claim(request.param)


@pytest.mark.parametrize("preset", PRESETS, ids=BY_TITLE)
def test_a_query_holds_only_values_that_differ_from_the_defaults_and_needs_no_correction(preset):
    settings, corrections = Settings.from_query(preset.query)
    assert corrections == ()
    assert settings == preset.settings
    for name in preset.query:
        without = {other: text for other, text in preset.query.items() if other != name}
        assert Settings.from_query(without)[0] != settings, f"{name} is the default"


@pytest.mark.parametrize("preset", PRESETS, ids=BY_TITLE)
def test_a_change_is_another_run_that_is_recognised_and_needs_no_correction(preset):
    settings, corrections = Settings.from_query(preset.query | preset.change.query)
    assert corrections == ()
    assert settings == preset.changed != preset.settings
    assert preset_of(settings) is None
    assert changed_preset_of(settings) is preset
    assert changed_preset_of(preset.settings) is None


@pytest.mark.parametrize("preset", PRESETS, ids=BY_TITLE)
def test_a_question_is_asked_and_answered_within_the_run_in_a_few_words(preset):
    assert "?" in preset.question and len(preset.question) < 160
    assert len(preset.explanation) < 220 and len(preset.change.outcome) < 180
    assert preset.until is None or 0 < preset.until <= preset.settings.training.epochs


def test_a_preset_is_recognised_by_its_settings():
    assert len(BY_TITLE) == len(PRESETS)
    for preset in PRESETS:
        other = replace(preset.settings.network, init_seed=4)
        assert preset_of(preset.settings) is preset
        assert preset_of(replace(preset.settings, network=other)) is None


@pytest.mark.parametrize("title", HEALTHY)
@pytest.mark.parametrize("epoch", [0, 10, 50, 200, 1000])
def test_a_healthy_preset_gives_no_finding(claim, title, epoch):
    assert claim.kinds(title, epoch) == []


def test_moons_in_five_seconds(claim):
    trainer = claim.at("Moons in five seconds", 750)
    history = trainer.history
    assert history.train_accuracy[50] < 0.92, "it bends early"
    whole = claim.run("Moons in five seconds").history
    assert (whole.train_accuracy[410:] == 1.0).all() and (whole.test_accuracy[410:] == 1.0).all()
    few = claim.changed("Moons in five seconds").snapshot()
    assert min(few.train_accuracy, few.test_accuracy) > 0.85
    assert max(few.train_accuracy, few.test_accuracy) < 0.92, "about one in ten is wrong"


def test_xor_without_a_hidden_layer(claim):
    cost = claim.run("XOR without a hidden layer").history.train_cost
    assert cost[-1] == pytest.approx(0.69, abs=0.005)
    assert cost[-1] == pytest.approx(cost.min(), rel=1e-12), "it gets down, and no further"
    findings = diagnose(claim.run("XOR without a hidden layer"))
    assert [*findings] == ["plateau"]
    assert "Without a hidden layer" in findings["plateau"].sentence
    assert max(claim.run("XOR without a hidden layer").history.train_accuracy[100:]) < 0.55
    assert claim.changed("XOR without a hidden layer").snapshot().test_accuracy > 0.95


def test_a_sine_as_a_feature(claim):
    snapshot = claim.run("A sine as a feature").snapshot()
    assert snapshot.train_accuracy == snapshot.test_accuracy == 1.0
    assert claim.changed("A sine as a feature").snapshot().train_accuracy < 0.97


def test_a_learning_rate_too_high(claim):
    if claim.precision == {"precision": "double"}:
        assert (
            "In single precision; in double, the run depends on the processor"
            in BY_TITLE["Learning rate too high"].explanation
        )
        return
    cost = claim.run("Learning rate too high").history.train_cost
    assert 0.45 < np.mean(np.diff(cost) > 0.0) < 0.6
    assert cost.max() > 10 * cost[0]
    assert cost[-100:].max() > 2 * cost[0]
    assert all(
        "diverging" in claim.kinds("Learning rate too high", epoch) for epoch in (50, 200, 500, 1000)
    )
    assert claim.changed("Learning rate too high").snapshot().test_accuracy > 0.97


def test_initial_weights_too_small(claim):
    cost = claim.run("Initial weights too small").history.train_cost
    assert np.abs(cost - np.log(2)).max() < 0.0005
    kinds = [claim.kinds("Initial weights too small", epoch) for epoch in (0, 10, 200, 1000)]
    assert kinds == [["vanishing"]] * 2 + [["vanishing", "plateau"]] * 2
    findings = diagnose(claim.run("Initial weights too small"))
    assert "Larger initial weights" in findings["plateau"].sentence
    assert claim.changed("Initial weights too small").snapshot().test_accuracy > 0.97


def test_vanishing_gradients(claim):
    cost = claim.run("Vanishing gradients").history.train_cost
    assert np.abs(cost - np.log(2)).max() < 0.0005
    kinds = [claim.kinds("Vanishing gradients", epoch) for epoch in (0, 10, 200, 1000)]
    assert kinds == [["vanishing"]] * 2 + [["vanishing", "plateau"]] * 2
    assert claim.changed("Vanishing gradients").snapshot().test_accuracy > 0.95


def test_dying_relu(claim):
    trainer = claim.run("Dying ReLU")
    cost = trainer.history.train_cost
    assert (np.diff(cost[:9]) < 0.0).all()
    assert cost[-1] == pytest.approx(np.log(2), abs=0.001)
    early, late = claim.at("Dying ReLU", 20), claim.at("Dying ReLU", 1000)
    for trainer in (early, late):
        dead = diagnose(trainer)["dead"]
        assert "all neurons of layer 2 are dead" in dead.sentence
        assert dict(dead.neurons)[2] == (*range(8),)
    for name in ("W1", "b1", "W2", "b2", "W3"):
        assert np.array_equal(early.params[name], late.params[name]), "dead for good"
    AL, _ = forward_prop(late.dataset.X_train, late.params, "relu")
    assert np.ptp(AL) == 0.0
    gentle = claim.changed("Dying ReLU")
    assert gentle.snapshot().test_accuracy > 0.97
    neurons = diagnose(gentle)["dead"].neurons if "dead" in diagnose(gentle) else ()
    assert sum(len(indices) for _, indices in neurons) < 8, "most of the sixteen are alive"


def test_overfitting(claim):
    trainer = claim.run("Overfitting")
    history = trainer.history
    best = history.test_cost.argmin()
    assert sum(part.size for part in trainer.params.values()) == 105
    assert trainer.dataset.X_train.shape == (2, 70)
    assert history.train_accuracy[-1] == 1.0
    assert best == pytest.approx(120, abs=10)
    assert history.test_cost[-1] > 2 * history.test_cost[best]
    assert history.train_cost[-1] < 0.1 * history.train_cost[best]
    assert claim.kinds("Overfitting", 200) == []
    assert claim.kinds("Overfitting", 1000) == ["overfitting"]
    kept = claim.changed("Overfitting").history.test_cost
    assert kept[-1] < 1.05 * kept.min() and kept[-1] < 0.5 * history.test_cost[-1]


def test_five_classes(claim):
    trainer = claim.run("Five classes")
    snapshot = trainer.snapshot()
    assert snapshot.train_accuracy == snapshot.test_accuracy == 1.0
    AL, _ = forward_prop(trainer.dataset.X_test, snapshot.params, "tanh", "softmax")
    assert AL.shape[0] == 5
    np.testing.assert_allclose(AL.sum(axis=0), 1.0)
    straight = claim.changed("Five classes").snapshot()
    assert max(straight.train_accuracy, straight.test_accuracy) < 0.5


def test_peaks_and_valleys(claim):
    trainer = claim.run("Regression: peaks and valleys")
    tops = np.array([[1.8 * (i - 1), 2.4 * (j - 0.5)] for i, j in np.ndindex(3, 2)]).T  # (2, 6)
    sign = np.array([(-1) ** (i + j) for i, j in np.ndindex(3, 2)])
    heights = [
        forward_prop(tops, claim.at("Regression: peaks and valleys", epoch).params, "tanh", "linear")[
            0
        ][0]
        * sign
        for epoch in (0, 1000)
    ]
    assert heights[0].min() < 0.0
    assert heights[1].min() > 0.75
    assert trainer.snapshot().test_cost < 0.01 * trainer.history.test_cost[0]
    few = claim.changed("Regression: peaks and valleys").snapshot()
    assert few.test_cost > 10 * trainer.snapshot().test_cost


def test_both_measurements_of_a_penguin_classify_better_than_one(claim):
    title = "Three species of penguins"
    early = claim.at(title, 20).snapshot()
    assert min(early.train_accuracy, early.test_accuracy) > 0.95
    for feature in ("x1", "x2"):
        alone = claim.instead(title, features=feature)
        assert min(alone.train_accuracy, alone.test_accuracy) > 0.7
        assert max(alone.train_accuracy, alone.test_accuracy) < 0.82
    assert 55 < claim.run(title).history.test_cost.argmin() < 75
    assert claim.kinds(title, 60) == []
    assert claim.kinds(title, 1000) == ["overfitting"]
