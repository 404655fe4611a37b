"""A script alone, with nothing but NumPy, gives the numbers of the page to the last digit."""

import ast
import contextlib
import io
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from choices import SMALL, data_of, some_settings, some_switches
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import (
    Dataset,
    NetworkSettings,
    Settings,
    Trainer,
    TrainingSettings,
)
from scratchnet.data.datasets import DATASETS
from scratchnet.data.features import FEATURES
from scratchnet.export.script import script_of
from scratchnet.nn.activations import ACTIVATIONS
from scratchnet.nn.optimizers import OPTIMIZERS
from scratchnet.nn.params import count

EDITS = ((0, 0, 0.5), (0, 30, -0.25), (12, 5, 1.5), (12, 9, 0.0), (40, 1, -1.0))
LABELS = {"output": "linear", "cost": "squared_error", "learning_rate": 0.1}
SAME = "These are the numbers that scratchnet found, to the last digit."

# One run for every dataset and its number of classes; 42 points are for training.
RUNS = {
    ("moons", 2): {"activation": "sigmoid", "rate_changes": ((5, 0.1), (20, 2.0), (90, 1.0))},
    ("circles", 2): {
        "features": ("x1_squared", "x2_squared"), "layer_dims": (2, 4, 1), "activation": "relu",
        "optimizer": "momentum", "batch_size": 10, "learning_rate": 0.03,
    },
    ("xor", 2): {
        "features": ("x1_x2",), "layer_dims": (1, 4, 1), "activation": "leaky_relu", "init": "he",
        "optimizer": "rmsprop", "l1": 0.01, "learning_rate": 0.01,
    },
    ("blobs", 5): {
        "layer_dims": (2, 6, 5), "output": "softmax", "activation": "elu", "optimizer": "adam",
        "batch_size": 16, "l2": 0.01, "learning_rate": 0.03,
    },
    ("spiral", 3): {
        "layer_dims": (2, 4, 3), "output": "softmax", "activation": "gelu", "edits": EDITS[:1],
        "schedule": "cosine", "period": 30,
    },
    ("flower", 2): {
        "activation": "softplus", "optimizer": "adam", "batch_size": 10, "edits": EDITS, "l2": 0.001,
        "schedule": "step", "period": 7, "decay": 0.7, "rate_changes": ((9, 0.1),),
    },
    ("sine", 2): {
        "features": tuple(FEATURES), "layer_dims": (7, 4, 1), "activation": "sine", "output": "tanh",
        "cost": "squared_error", "schedule": "cosine", "period": 60, "learning_rate": 0.1,
    },
    ("cubic", 2): {"activation": "linear", "cost": "squared_error", "batch_size": 1},
    ("absolute", 2): {"activation": ("tanh", "relu"), "optimizer": "rmsprop", "init": "article"},
    ("plane", 0): LABELS | {"optimizer": "momentum", "batch_size": 7, "l1": 0.01, "l2": 0.01},
    ("gaussians", 0): LABELS | {"activation": "gelu", "batch_size": 100, "edits": EDITS[1:]},
    ("penguins", 3): {"layer_dims": (2, 5, 3), "output": "softmax", "init_seed": 8},
    ("own", 2): {"layer_dims": (2, 1)},
    ("own", 0): LABELS | {"optimizer": "adam"},
}  # fmt: skip


def trainer_of(dataset, classes, values):
    """The trainer of these settings, with 60 points, or as many as there are."""
    values = {"layer_dims": (2, 4, 3, 1)} | values
    groups = [
        group(**{each.name: values[each.name] for each in fields(group) if each.name in values})
        for group in (NetworkSettings, TrainingSettings)
    ]
    return Trainer(Settings(data_of(dataset, classes, points=60), *groups))


def printed(text):
    """What a script printed, by name, and its last line."""
    *lines, verdict = text.splitlines()
    return dict(line.rsplit(" ", 1) for line in lines), verdict


def expected(trainer):
    """What the script of a trainer is to print."""
    snapshot = trainer.seek(trainer.epoch)
    numbers = {
        f"{part} cost": repr(float(getattr(snapshot, f"{part}_cost"))) for part in ("train", "test")
    }
    numbers["fingerprint"] = snapshot.fingerprint
    return {"epochs": str(snapshot.epoch)} | numbers, SAME


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Runs Python code with the standard library and NumPy, and nothing else, without a warning."""
    only = tmp_path_factory.mktemp("only_numpy")
    installed = Path(np.__file__).parent.parent
    for name in ("numpy", "numpy.libs"):
        if (installed / name).exists():
            (only / name).symlink_to(installed / name, target_is_directory=True)
    start = (
        "import runpy, sys; sys.path.append(sys.argv[1]); runpy.run_path(sys.argv[2], {}, '__main__')"
    )
    outside = {name: text for name, text in os.environ.items() if "_NUM_THREADS" not in name}

    def run(code):
        file = only / "script.py"
        file.write_text(code, "utf-8")
        command = [sys.executable, "-I", "-S", "-W", "error", "-c", start, only, file]
        return subprocess.run(command, capture_output=True, text=True, cwd=only, env=outside)

    return run


def run_here(code):
    """What a script prints, run in this process."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "script.py", "exec"), {"__name__": "__main__"})
    return printed(out.getvalue())


def assert_same_alone(alone, trainer):
    done = alone(script_of(trainer))
    assert done.stderr == ""
    assert printed(done.stdout) == expected(trainer)


@pytest.mark.parametrize(("dataset", "classes"), RUNS)
def test_a_script_prints_the_costs_of_the_run(alone, dataset, classes):
    trainer = trainer_of(dataset, classes, RUNS[dataset, classes])
    assert trainer.advance(40).epoch == 40
    assert_same_alone(alone, trainer)


def test_these_runs_have_every_choice():
    runs = RUNS.values()
    assert {dataset for dataset, _ in RUNS} == {*DATASETS}
    hidden = [run.get("activation", "tanh") for run in runs]
    assert {name for each in hidden for name in np.atleast_1d(each)} == {*ACTIVATIONS}
    assert {run.get("optimizer", "gradient_descent") for run in runs} == {*OPTIMIZERS}


def test_a_script_at_epoch_0_prints_the_costs_of_the_initial_weights(alone):
    trainer = trainer_of("moons", 2, {"edits": EDITS})
    assert trainer.epoch == 0
    assert_same_alone(alone, trainer)
    assert run_here(script_of(Trainer(SMALL))) == expected(Trainer(SMALL))


def test_a_script_prints_the_last_costs_of_a_run_that_diverged(alone):
    X = 1e6 * np.random.RandomState(0).randn(2, 40)
    data = Dataset(X, np.resize([0.0, 1.0], (1, 40)), X[:, :2], [0, 1])
    made = NetworkSettings((2, 4, 1), activation="linear")
    trainer = Trainer(Settings(network=made, training=TrainingSettings(100.0)), data)
    snapshot = trainer.advance(1000)
    assert snapshot.ended == "diverged"
    assert 1 < snapshot.epoch < 1000
    assert_same_alone(alone, trainer)


@st.composite
def changed_by_hand(draw):
    """Any settings, with rates, weights and neurons that were set while the run was on."""
    made = draw(some_settings(learning_rate=0.1))
    size = count(made.network.layer_dims)
    weights = st.tuples(st.integers(0, 12), st.integers(0, size - 1))
    edits = draw(st.dictionaries(weights, st.floats(-2, 2), max_size=4))
    rates = draw(st.dictionaries(st.integers(1, 12), st.sampled_from([0.01, 0.3]), max_size=2))
    training = replace(
        made.training,
        edits=tuple(sorted((*place, value) for place, value in edits.items())),
        rate_changes=tuple(sorted(rates.items())),
        switches=draw(some_switches(made.network.layer_dims)),
        stop_cost=draw(st.sampled_from([0.0, 0.6])),
        stop_accuracy=draw(st.sampled_from([0.0, 0.9])),
        patience=draw(st.sampled_from([0, 2])),
    )
    return replace(made, training=training)


@settings(max_examples=150)
@given(made=changed_by_hand(), epochs=st.integers(0, 10))
def test_a_script_of_any_settings_finds_the_costs_of_the_run(made, epochs):
    trainer = Trainer(made)
    trainer.advance(epochs)
    trainer.seek(trainer.epoch, trainer.updates_per_epoch - 1)  # mid-epoch where there are batches
    assert run_here(script_of(trainer)) == expected(trainer)


def test_a_script_reproduces_a_cost_that_is_not_finite():
    trainer = trainer_of("plane", 0, LABELS | {"layer_dims": (2, 1), "learning_rate": 100.0})
    snapshot = trainer.advance(1000)
    assert (snapshot.ended, snapshot.train_cost) == ("diverged", np.inf)
    text = script_of(trainer)
    assert '    "train cost": float("inf"),\n' in text
    assert run_here(text) == expected(trainer)


def test_a_script_imports_only_numpy_and_the_standard_library(alone):
    for module in ("scratchnet", "streamlit"):
        assert f"No module named '{module}'" in alone(f"import {module}").stderr
    text = script_of(Trainer(SMALL))
    imports = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    roots = {ast.unparse(node).split()[1].split(".")[0] for node in imports}
    assert "numpy" in roots
    assert roots - {"numpy"} <= sys.stdlib_module_names
    assert text.index("OMP_NUM_THREADS") < text.index("import numpy as np")


def test_samples_that_are_not_of_the_generator_are_written_out():
    random = np.random.RandomState(0)
    X = random.randn(2, 40)  # in double precision
    data = Dataset(X, np.resize([0.0, 1.0], (1, 40)), X[:, :2], [0, 1])
    assert 'TRAIN = """' not in script_of(Trainer(SMALL))
    for precision, dataset in (("single", data), ("double", data)):
        made = replace(SMALL, training=TrainingSettings(precision=precision))
        trainer = Trainer(made, dataset)
        trainer.advance(5)
        text = script_of(trainer)
        assert "np.array(text.split(), np.float64)" in text
        assert run_here(text) == expected(trainer)
    points = np.float64(np.float32(X))
    trainer = Trainer(SMALL, Dataset(points, data.Y_train, points[:, :2], [0, 1]))
    assert "np.array(text.split(), np.float32)" in script_of(trainer)
    assert run_here(script_of(trainer)) == expected(trainer)


def test_mid_epoch_a_script_ends_at_the_last_whole_epoch():
    made = replace(SMALL, training=TrainingSettings(0.3, batch_size=10, optimizer="adam"))
    trainer = Trainer(made)
    trainer.seek(4)
    trainer.set_parameter(2, 0.5)
    whole = script_of(trainer)
    trainer.seek(4, 3)
    before = trainer.snapshot()
    assert script_of(trainer) == whole
    after = trainer.snapshot()
    assert (after.epoch, after.update) == (before.epoch, before.update) == (4, 3)
    assert run_here(whole) == expected(trainer)


def test_changes_after_the_current_epoch_are_not_in_a_script():
    trainer = trainer_of("moons", 2, {"edits": EDITS[2:], "rate_changes": ((20, 0.25),)})
    trainer.advance(11)
    text = script_of(trainer)
    assert "EDITS" not in text
    assert "RATE_CHANGES" not in text
    assert "\nlearning_rate = 0.5\n" in text
    trainer.advance(1)
    text = script_of(trainer)
    assert "EDITS = [\n    (12, " in text
    assert "RATE_CHANGES" not in text


def test_a_script_says_when_its_costs_differ():
    trainer = Trainer(SMALL)
    trainer.advance(3)
    cost = repr(trainer.snapshot().train_cost)
    other = repr(float(np.nextafter(trainer.snapshot().train_cost, 1)))
    text = script_of(trainer)
    assert text.count(cost) == 1
    found, verdict = run_here(text.replace(cost, other))
    assert found == expected(trainer)[0]
    assert verdict.startswith("These numbers differ from those that scratchnet found:")
    assert other in verdict


def test_a_script_does_not_depend_on_the_hash_seed():
    code = (
        "from scratchnet import Settings, Trainer; from scratchnet.export.script import script_of; "
        "print(script_of(Trainer(Settings())), end='')"
    )
    root = Path(__file__).parent.parent
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, cwd=root, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1
