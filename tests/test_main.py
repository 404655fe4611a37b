"""The terminal trains the same run as the page."""

import json
import subprocess
import sys
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest
from choices import own_table, some_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from terminal import CSV, MADE, ROOT, SMALL, as_options, assert_is, refused, result, run, save_at

from scratchnet import Settings, Trainer
from scratchnet.charts.document import document
from scratchnet.data import csv_file
from scratchnet.data.columns import Choice
from scratchnet.data.notation import COMMA
from scratchnet.export.fixture import fixture_text
from scratchnet.export.history_csv import history_csv
from scratchnet.export.model_file import load, save
from scratchnet.export.notebook import notebook_of
from scratchnet.export.script import script_of
from scratchnet.live import ALL_EXPORTS
from scratchnet.live.recording import recording
from scratchnet.run.history import MEASURES


@settings(max_examples=60)
@given(made=some_settings(points=40), epochs=st.integers(1, 25), part=st.floats(0, 0.99))
def test_any_run_has_the_same_bits_as_in_the_page(made, epochs, part):
    made = replace(made, training=replace(made.training, epochs=epochs))
    trainer = Trainer(made)
    end = trainer.seek(epochs)
    assert_is(result(*as_options(made)), end)
    assert_is(result("--from", f"http://127.0.0.1:8501/?{urlencode(made.to_query())}"), end)
    epoch, update = int(part * epochs), int(part * trainer.updates_per_epoch)
    found = result(*as_options(made), "--epoch", epoch, "--update", update)
    assert_is(found, trainer.seek(epoch, update))
    assert result("--from", found["address"]) == found


def test_the_lines_are_the_same_as_the_json():
    code, out, err = run(*SMALL, "--epoch", 7, "--update", 2)
    assert (code, err) == (0, "")
    found = result(*SMALL, "--epoch", 7, "--update", 2)
    assert out.splitlines() == [f"{name.replace('_', ' ')} {value}" for name, value in found.items()]
    assert list(found) == ["epoch", "update", *MEASURES, "address"]


@pytest.mark.parametrize(
    ("options", "fitted"),
    [
        ("--dataset penguins", {"classes": "3", "output": "softmax", "layer_dims": "2-8-8-3"}),
        ("--dataset spiral --classes 4", {"output": "softmax", "layer_dims": "2-8-8-4"}),
        ("--dataset plane", {"classes": "0", "output": "linear", "cost": "squared_error"}),
        ("--features x1-x2-x1_x2", {"layer_dims": "3-8-8-1"}),
        ("--output tanh", {"cost": "squared_error"}),
        ("--layers 2-3-1 --activation tanh", {"layer_dims": "2-3-1"}),
        ("--rate-changes 1:0.1", {"rate_changes": "1:0.1", "epochs": "2"}),
    ],
)
def test_what_is_not_given_goes_with_the_rest(options, fitted):
    address = dict(parse_qsl(result(*options.split(), "--epochs", 2)["address"][1:]))
    assert address | fitted == address


def test_points_alone_are_the_dataset():
    own = own_table(3)
    made, _ = Settings.from_query({"dataset": "own", "own": own.to_text(), "epochs": "5"})
    assert_is(result("--own", own.to_text(), "--epochs", 5), Trainer(made).seek(5))


def test_where_a_run_stops():
    trainer = Trainer(MADE)
    assert_is(result(*SMALL), trainer.seek(20))
    assert_is(result(*SMALL, "--epoch", 0), trainer.seek(0))
    assert_is(result(*SMALL, "--update", 3), trainer.seek(0, 3))
    assert result(*SMALL, "--epoch", 0)["address"].endswith("&epoch=0")


def test_why_it_stopped_by_itself():
    found = result(*SMALL, "--stop-cost", "0.5")
    end = Trainer(replace(MADE, training=replace(MADE.training, stop_cost=0.5))).seek(20)
    assert (found["stopped"], end.ended) == ("cost", "cost")
    assert_is(found, end)
    assert "stopped" not in result(*SMALL)
    diverged = ["--dataset", "plane", "--points", "40", "--learning-rate", "100"]
    found = result(*diverged)
    assert (found["stopped"], found["train_cost"]) == ("diverged", None)
    assert "train cost inf\n" in run(*diverged)[1]


def test_a_model_goes_on(tmp_path):
    file = tmp_path / "model.npz"
    file.write_bytes(save_at(7, 2))
    assert_is(result("--model", file), Trainer(MADE).seek(20))
    assert_is(result("--model", file, "--epoch", 3, "--update", 1), Trainer(MADE).seek(3, 1))
    assert run("--model", file, "--epochs", 30, "--save-model", file)[0] == 0
    again = load(file.read_bytes())
    assert (again.epoch, again.settings.training.epochs) == (30, 30)
    assert_is(result("--model", file), Trainer(MADE).seek(30))


@pytest.mark.parametrize(
    ("beside", "sentence"),
    [
        ("--seed 1", "must be one of --epochs, --epoch, --update, got --seed."),
        ("--rate-changes 1:1", "must be one of --epochs, --epoch, --update, got --rate-changes."),
        ("--from ?seed=1", "must be one of --epochs, --epoch, --update, got --from."),
        ("--csv x", "must be one of --epochs, --epoch, --update, got --csv."),
        ("--numbers", "--columns, --first-line, --notation and --numbers need --csv"),
        ("--epoch 21", "epoch must be an integer from 0 to 20, got 21."),
    ],
)
def test_a_model_has_its_own_settings(tmp_path, beside, sentence):
    file = tmp_path / "model.npz"
    file.write_bytes(save_at(2))
    assert sentence in refused("--model", file, *beside.split())


def test_a_model_that_its_settings_do_not_give_is_said(tmp_path):
    trainer = Trainer(MADE)
    trainer.advance(3)
    state = trainer.state()
    changed = state["checkpoint"]._replace(theta=state["checkpoint"].theta + 0.1)
    file = tmp_path / "model.npz"
    file.write_bytes(save(Trainer.restore(state | {"checkpoint": changed})))
    code, _, err = run("--model", file)
    assert code == 0
    assert err.startswith("Warning: The parameters of the file are not those")


@pytest.mark.parametrize(
    ("beside", "columns", "how"),
    [
        ([], ("u", "v", "w"), {}),
        (["--columns", "v, u,w"], ("v", "u", "w"), {}),
        (["--columns", 'v,"u",w'], ("v", "u", "w"), {}),
        (["--first-line", "sample"], ("x1", "x2", "label"), {"header": False}),
        (["--first-line", "names"], ("u", "v", "w"), {"header": True}),
        (["--notation", "1234,5"], ("u", "v", "w"), {"notation": COMMA}),
    ],
)
def test_points_from_a_csv(tmp_path, beside, columns, how):
    file = tmp_path / "points.csv"
    file.write_text(CSV)
    sheet = csv_file.read("points.csv", CSV.encode(), **how)
    table, notes = csv_file.table_of(sheet, Choice(*columns))
    code, out, err = run("--csv", file, *beside, "--epochs", 3, "--json")
    assert code == 0
    sentences = (sheet.taken(Choice(*columns), table), *sheet.notes, *notes)
    assert err.splitlines() == [f"Note: {sentence}" for sentence in sentences]
    assert len(err.splitlines()) == 2, "a row has no u"
    made, _ = Settings.from_query({"dataset": "own", "own": table.to_text(), "epochs": "3"})
    assert_is(json.loads(out), Trainer(made).seek(3))


@pytest.mark.parametrize(
    ("beside", "sentence"),
    [
        (["--columns", "w,u,v", "--numbers"], "21 have no number in w ('a' in row 1, line 2)"),
        (["--columns", "v,u,v"], "three different ones of 'u, v, w', got 'v', 'u', 'v'."),
        (["--columns", "u,v"], "columns must be three names such as x1,x2,label, got 'u,v'."),
        (["--columns", ""], "columns must be three names such as x1,x2,label, got ''."),
        (["--columns", "u,v,W"], "three different ones of 'u, v, w', got 'u', 'v', 'W'."),
        (
            ["--notation", "1234.5"],
            "'0,5' in row 1, line 2, of 'u' is not a number, but 0.5 in the",
        ),
        (["--notation", "1"], "notation must be one of 1234.5, 1234,5, 1,234.5, 1.234,5, got '1'."),
        (["--first-line", "x"], "first_line must be one of names, sample, got 'x'."),
        (["--dataset", "moons"], "--csv gives the points, so --own and --dataset do not go with it."),
        (["--own", own_table(2).to_text()], "--csv gives the points"),
    ],
)
def test_a_csv_that_cannot_be_taken_so(tmp_path, beside, sentence):
    file = tmp_path / "points.csv"
    file.write_text(CSV)
    assert sentence in refused("--csv", file, *beside)


@pytest.mark.parametrize("beside", [[], ["--numbers"], ["--columns", "x,y,z"]])
def test_a_label_of_the_csv_can_be_a_number(tmp_path, beside):
    file = tmp_path / "points.csv"
    file.write_text("x,y,z\n" + "".join(f"{i},{i % 3},{i / 3}\n" for i in range(20)))
    code, out, err = run("--csv", file, *beside, "--epochs", 3, "--json")
    assert code == 0
    assert "label = z (numeric, for regression)" in err
    assert "train_accuracy" not in json.loads(out)
    assert "classes=0" in json.loads(out)["address"]


def test_numbers_of_few_values_are_classes_unless_they_are_to_be_numbers(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("x,y,z\n" + "".join(f"{i},{i * i % 7},{i % 3}\n" for i in range(20)))
    assert "&classes=3&" in run("--csv", file, "--epochs", 1)[1]
    assert "&classes=0&" in run("--csv", file, "--epochs", 1, "--numbers")[1]


def test_the_exports_are_those_of_the_page(tmp_path):
    trainer = Trainer(MADE)
    trainer.seek(9)
    writers = {
        "script": script_of,
        "notebook": notebook_of,
        "fixture": fixture_text,
        "model": save,
        "history": history_csv,
        "pictures": document,
        "recording": recording,
    }
    assert [*writers] == [export.name for export in ALL_EXPORTS]
    files = {name: tmp_path / name for name in writers}
    files["model"].write_text("overwritten")
    saves = [text for name in writers for text in (f"--save-{name}", files[name])]
    code, _, err = run(*SMALL, "--epoch", 9, *saves)
    assert code == 0
    assert err.splitlines() == [f"Written: {file}" for file in files.values()]
    for name, write in writers.items():
        content, written = write(trainer), files[name].read_bytes()
        content = content.encode() if isinstance(content, str) else content
        assert written == content, name


def test_as_a_command():
    command = [sys.executable, "-m", "scratchnet", *SMALL, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert_is(json.loads(done.stdout), Trainer(MADE).seek(20))
    assert done.stderr == ""
    done = subprocess.run([*command, "--seed", "x"], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("scratchnet: seed must be an integer from 0 to 4294967295, got 'x'.")
