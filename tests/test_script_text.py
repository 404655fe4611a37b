"""A script is short, plain and well written, and has what its run uses and nothing else."""

import ast
import inspect
import re
import subprocess
import sys
from collections import Counter
from urllib.parse import parse_qsl

import numpy as np
import pytest
from choices import SMALL
from hypothesis import given, settings
from test_script import EDITS, RUNS, changed_by_hand, expected, run_here, trainer_of

import scratchnet
from scratchnet import Settings, Trainer
from scratchnet.data import datasets
from scratchnet.data.points import standardised_table
from scratchnet.export import source_code
from scratchnet.export.script import script_of
from scratchnet.nn import activations, costs, optimizers


def functions_in(text):
    return {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


def names_in(*modules):
    functions = [
        name for module in modules for name, _ in inspect.getmembers(module, inspect.isfunction)
    ]
    return {name.lstrip("_") for name in functions}


def test_a_script_has_the_functions_that_the_run_uses_and_no_others():
    article = {"init_params", "forward_prop", "one_layer_backward", "backprop", "update_parameters"}
    choices = names_in(activations, costs, optimizers, datasets) - {"streams", "random_streams"}
    found = functions_in(script_of(Trainer(Settings.of(points=40))))
    assert article < found
    assert found & choices == {
        *("make_dataset", "moons", "standardised", "parts", "single", "sigmoid", "tanh_derivative"),
        *("sigmoid_cross_entropy", "total", "gradient_descent"),
    }
    made = Settings.of(
        dataset="spiral", classes=3, layer_dims=(2, 3, 3, 3), activation=("gelu", "relu"),
        optimizer="adam", batch_size=8, precision="double",
    )  # fmt: skip
    found = functions_in(script_of(Trainer(made)))
    assert article | {"batches_of"} < found
    assert found & choices == {
        *("make_dataset", "spiral", "standardised", "parts", "single"),
        *("gelu", "gelu_derivative", "relu", "relu_derivative"),
        *("softmax", "targets", "softmax_cross_entropy", "total", "adam"),
    }


def test_a_script_checks_nothing_and_is_short():
    for values in ({}, {"dataset": "blobs", "classes": 5}, {"optimizer": "adam", "batch_size": 16}):
        text = script_of(Trainer(Settings.of(**values)))
        for word in ("check_", "raise ", "isinstance", "out=", "out)", "scratchnet."):
            assert word not in text, word
        drawing = [text.index("\nL = len"), text.index("def init_params")]  # and what was found
        lines = (text[: drawing[0]] + text[drawing[1] :]).splitlines()
        assert len([*filter(None, lines)]) < 180


@pytest.mark.parametrize(
    ("values", "formula"),
    [
        ({}, 'def sigmoid(Z):\n    """DOC"""\n    return 1.0 / (np.exp(-Z) + 1.0)\n'),
        ({}, "    return theta - grad * learning_rate\n"),
        ({}, "random.randn(n, n_prev) * np.sqrt(2.0 / (n_prev + n))  # (n_l, n_(l-1))\n"),
        ({"activation": "relu"}, "    return np.maximum(Z, 0.0)\n"),
        ({"activation": "leaky_relu"}, "    return np.where(Z > 0.0, 1.0, LEAK)\n"),
        ({"optimizer": "momentum"}, "    v[:] = v * MOMENTUM + grad\n"),
        ({"optimizer": "adam"}, "    v[:] = v * BETA2 + grad * grad * (1.0 - BETA2)\n"),
        ({"l2": 0.1}, 'grads[f"dW{l}"] + (l1 * np.sign(W) + l2 * W)\n'),
        ({"features": ("x1", "x1_x2"), "layer_dims": (2, 1)}, "np.stack([x1, x1 * x2])"),
        ({"schedule": "step", "decay": 0.7}, "    rate = rate * decay ** (epoch // period)\n"),
        ({"batch_size": 10}, "X_epoch, T_epoch = X_train.T[order].T, T_train[:, order]"),
    ],
)
def test_a_formula_in_a_script_is_plain(values, formula):
    text = re.sub('""".*"""', '"""DOC"""', script_of(Trainer(Settings.of(points=40, **values))))
    assert formula in text


def test_a_script_has_its_formulas_from_nn(monkeypatch):
    """A source that computes something else gives another script."""
    source = inspect.getsource(activations).replace("multiply(A, A, out)", "multiply(A, Z, out)")
    source_code.tree_of.cache_clear()
    monkeypatch.setattr(source_code.inspect, "getsource", lambda module: source)
    trees = {activations.__name__: source_code.tree_of(activations.__name__)}
    monkeypatch.undo()
    source_code.tree_of.cache_clear()
    tree_of = source_code.tree_of
    monkeypatch.setattr(source_code, "tree_of", lambda name: trees.get(name) or tree_of(name))
    assert "    return 1.0 - A * Z\n" in script_of(Trainer(SMALL))


@pytest.mark.parametrize("run", RUNS)
def test_no_name_in_a_script_is_defined_twice(run):
    trainer = trainer_of(*run, RUNS[run])
    body = ast.parse(script_of(trainer)).body
    defined = Counter()
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            defined.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined[node.name] += 1
    assert {name: n for name, n in defined.items() if n > 1} == {}
    globals_ = {*defined}
    for node in body:  # and none is hidden by a local one
        if isinstance(node, ast.FunctionDef):
            names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
            stored = {each.id for each in names if isinstance(each.ctx, ast.Store)}
            assert not (stored | {each.arg for each in node.args.args}) & globals_, node.name


def assert_well_written(text, file):
    file.write_text(text, "utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    options = ["--isolated", "--no-cache", "--line-length", "104", file]
    for command in (["check", "--select", "E,F,W,I"], ["format", "--check"]):
        done = subprocess.run([*ruff, *command, *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("run", RUNS)
def test_a_script_is_well_written(run, tmp_path):
    trainer = trainer_of(*run, RUNS[run])
    trainer.advance(20)
    assert_well_written(script_of(trainer), tmp_path / "run.py")


@settings(max_examples=20)
@given(made=changed_by_hand())
def test_a_script_of_any_settings_is_well_written(made, tmp_path_factory):
    trainer = Trainer(made)
    trainer.advance(12)
    assert_well_written(script_of(trainer), tmp_path_factory.mktemp("written") / "run.py")


def test_the_top_of_a_script_says_which_run_it_is():
    trainer = trainer_of("moons", 2, {"activation": ("tanh", "relu"), "edits": EDITS})
    trainer.advance(13)
    text = ast.get_docstring(ast.parse(script_of(trainer)))
    title, _, address, *_ = text.splitlines()
    assert title.endswith(f"a run of scratchnet {scratchnet.__version__}, to epoch 13.")
    assert "so the digits are the same on every machine" in text
    query = dict(parse_qsl(address.removeprefix("?"), strict_parsing=True))
    place = {name: query.pop(name) for name in ("epoch", "fingerprint", "version")}
    assert place == {
        "epoch": "13",
        "fingerprint": trainer.snapshot().fingerprint,
        "version": scratchnet.__version__,
    }
    assert Settings.from_query(query) == (trainer.settings, ())
    text = ast.get_docstring(ast.parse(script_of(trainer_of("moons", 2, {"precision": "double"}))))
    assert f"NumPy {np.__version__}" in text
    assert "this holds on the same machine with the same versions" in " ".join(text.split())


def test_a_script_contains_no_user_supplied_text():
    evil = ('"""', "'); boom()#", 'x"""; boom()')
    rows = [(float(i), float(i * i % 7), float(i % 2)) for i in range(30)]
    table = standardised_table(*zip(*rows, strict=True), names=evil, classes=("boom()", "\\"))
    trainer = Trainer(Settings.of(dataset="own", own=table))
    text = script_of(trainer)
    assert "boom" not in text
    assert "own=" not in text
    assert "Its points are below." in text
    assert text.count('"""') == script_of(Trainer(Settings.of(dataset="penguins"))).count('"""') - 2
    assert run_here(text) == expected(trainer)
