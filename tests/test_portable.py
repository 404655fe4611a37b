"""A run is the same on every processor: the last digit of what is computed is not kept."""

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.portable import X86, drawn, environment, outcome, outcomes, processors
from scratchnet import NetworkSettings, Settings, Trainer, TrainingSettings, make_dataset
from scratchnet.data.datasets import DATASETS
from scratchnet.data.points import standardised_table
from scratchnet.export.script import script_of
from scratchnet.lessons.presets import PRESETS
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.network import INITS
from scratchnet.precision import single
from scratchnet.run.settings import BY_HAND, FIELDS, SCHEDULES

RUNS = [*(drawn(number) for number in range(60)), *(preset.settings for preset in PRESETS)]
on_x86 = pytest.mark.skipif(not X86, reason="OpenBLAS can be told to be another processor on x86 only")


@pytest.fixture(scope="module")
def here():
    """What is kept of each of the runs in this process."""
    return [outcome(settings) for settings in RUNS]


@on_x86
@pytest.mark.parametrize("name", processors())
def test_whole_histories_are_the_same_as_another_processor(name, here):
    there = outcomes(RUNS, name)
    assert [run for run, (a, b) in enumerate(zip(here, there, strict=True)) if a != b] == []


@on_x86
def test_another_processor_computes_other_digits():
    """Or the test above would compare nothing: in double precision the runs go apart."""
    exact = [drawn(number, "double") for number in range(20)]
    pairs = zip(map(outcome, exact), outcomes(exact, "Nehalem, SSE4"), strict=True)
    assert sum(a["fingerprint"] != b["fingerprint"] for a, b in pairs) > 10


def test_these_runs_have_every_choice():
    values = [settings.values() for settings in RUNS]
    for name in ("dataset", "output", "cost", "optimizer", "schedule", "init"):
        assert {each[name] for each in values} == {*FIELDS[name].options}, name
    activations = [np.atleast_1d(each["activation"]) for each in values]
    assert {*np.concatenate(activations)} == {*ACTIVATIONS}
    assert {each["batch_size"] for each in values} >= {0, 1, 7, 16, 40}
    for name in (*BY_HAND, "stop_cost", "stop_accuracy", "patience", "l1", "l2"):
        assert sum(bool(each[name]) for each in values) > 5, name


@on_x86
@pytest.mark.parametrize("name", processors())
def test_an_exported_script_finds_the_same_as_another_processor(name, tmp_path):
    for number in (3, 4, 5):  # two optimizers with a memory, with mini-batches and with a stop
        trainer = Trainer(drawn(number))
        trainer.advance(100)
        file = tmp_path / "run.py"
        file.write_text(script_of(trainer), "utf-8")
        done = subprocess.run(
            [sys.executable, file], capture_output=True, text=True, env=environment(name), check=True
        )
        assert "to the last digit." in done.stdout.splitlines()[-1]
        assert f"fingerprint {trainer.snapshot().fingerprint}\n" in done.stdout


def moved(values):
    """Every number moved to the next float64, up or down in turn."""
    ways = np.where(np.arange(values.size).reshape(values.shape) % 2, np.inf, -np.inf)
    return np.nextafter(values, ways)


def kept(settings):
    """The whole history of a run, as bytes."""
    trainer = Trainer(settings)
    trainer.advance(60)
    return b"".join(np.ascontiguousarray(part).tobytes() for part in vars(trainer.history).values())


def in_both(settings):
    """The settings in single and in double precision."""
    return [
        replace(settings, training=replace(settings.training, precision=precision))
        for precision in ("single", "double")
    ]


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "gelu", "softplus", "elu", "sine"])
def test_the_last_digit_of_an_activation_does_not_matter(name, monkeypatch):
    single, double = in_both(Settings(network=NetworkSettings(activation=name)))
    before = kept(single), kept(double)
    g = ACTIVATIONS[name].function

    def other_g(Z, out=None):
        out = np.empty_like(Z) if out is None else out
        out[...] = moved(g(Z))
        return out

    monkeypatch.setitem(ACTIVATIONS, name, ACTIVATIONS[name]._replace(function=other_g))
    assert kept(single) == before[0]
    assert kept(double) != before[1]


@pytest.mark.parametrize("schedule", ["cosine", "step"])
def test_the_last_digit_of_a_schedule_does_not_matter(schedule, monkeypatch):
    training = TrainingSettings(schedule=schedule, period=20, decay=0.9)
    single, double = in_both(Settings(training=training))
    before = kept(single), kept(double)
    share = SCHEDULES[schedule]
    monkeypatch.setitem(SCHEDULES, schedule, lambda *at: math.nextafter(share(*at), math.inf))
    assert kept(single) == before[0]
    assert kept(double) != before[1]


@pytest.mark.parametrize("init", ["article", "xavier", "he"])
def test_the_last_digit_of_a_first_weight_does_not_matter(init, monkeypatch):
    single, double = in_both(Settings(network=NetworkSettings(init=init)))
    before = kept(single), kept(double)
    deviation = INITS[init]
    monkeypatch.setitem(INITS, init, lambda *n: math.nextafter(deviation(*n), math.inf))
    assert kept(single) == before[0]
    assert kept(double) != before[1]


# Those that take more than sums, products and quotients, which every processor rounds in the same way.
NUDGED = [*(name for name, generator in DATASETS.items() if generator.draw), "gaussians"]


@pytest.mark.parametrize("name", NUDGED)
def test_the_last_digit_of_a_coordinate_does_not_matter(name, monkeypatch):
    settings, _ = Settings.from_query({"dataset": name, "points": "500"})
    before = make_dataset(**vars(settings.data))
    generator = DATASETS[name]
    part = "draw" if generator.draw else "label"
    other = lambda *given: moved(getattr(generator, part)(*given))  # noqa: E731
    monkeypatch.setitem(DATASETS, name, generator._replace(**{part: other}))
    after = make_dataset(**vars(settings.data))
    assert before.X_train.tobytes() == after.X_train.tobytes()
    assert before.X_test.tobytes() == after.X_test.tobytes()
    assert before.Y_train.tobytes() == after.Y_train.tobytes()


def test_the_scales_of_a_table_do_not_depend_on_the_order_of_a_sum():
    random = np.random.RandomState(0)
    x1, x2 = random.standard_normal((2, 300)) * [[3.0], [2000.0]] + [[-70.0], [9e6]]
    tables = [
        standardised_table(
            x1[order], x2[order], (np.arange(300) % 2)[order], ("u", "v", "w"), ("a", "b")
        )
        for order in (np.arange(300), random.permutation(300))
    ]
    assert tables[0].scales == tables[1].scales
    assert tables[0].scales[0] == tuple(single(tables[0].scales[0]))


def test_a_centre_far_away_is_not_rounded_away_from_its_points():
    x = 1e8 + np.arange(40) / 8  # float32 tells 1e8 from 1e8 + 8
    table = standardised_table(x, x[::-1], np.arange(40) % 2, ("u", "v", "w"), ("a", "b"))
    X, _ = table.on_plane
    assert np.allclose(X.mean(axis=1), 0, atol=1e-3)
    assert np.allclose(X.std(axis=1), 1, atol=1e-3)
