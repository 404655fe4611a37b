"""The terminal trains the same run as the page, and says in one sentence what it cannot do."""

import io
import itertools
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from math import isnan
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from choices import own_table, some_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import DataSettings, Settings, Trainer, TrainingSettings, __version__
from scratchnet.charts import ALL_EXPORTS
from scratchnet.charts.document import document
from scratchnet.cli import main as terminal
from scratchnet.cli.parser import MEANINGS
from scratchnet.data import csv_file
from scratchnet.export.fixture import fixture_text
from scratchnet.export.history_csv import COLUMNS, history_csv
from scratchnet.export.model_file import load, save
from scratchnet.export.script import script_of
from scratchnet.run import trainer as trainer_module
from scratchnet.run.settings import KINDS
from scratchnet.ui import link

ROOT = Path(__file__).parent.parent
SMALL = ["--points", "40", "--epochs", "20", "--batch-size", "7"]
MADE = Settings(DataSettings(points=40), training=TrainingSettings(epochs=20, batch_size=7))
CSV = "u;v;w\n" + "".join(f"{i},5;{i * i % 7};{'ab'[i % 2]}\n" for i in range(20)) + ";1;a\n"


class Screen(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self):
        return True


def run(*arguments, err=None):
    """The exit code, stdout and stderr of the command with these arguments."""
    out, err = io.StringIO(), err or io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = terminal.main([*map(str, arguments)])
    return code, out.getvalue(), err.getvalue()


def result(*arguments):
    """What the command prints as JSON; nothing goes wrong, and nothing has to be said."""
    code, out, err = run(*arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def as_options(made):
    return [f"--{name.replace('_', '-')}={text}" for name, text in made.to_query().items()]


def numbers_of(snapshot):
    """The costs and accuracies as text, where they are numbers."""
    numbers = {name: float(getattr(snapshot, name)) for name in COLUMNS}
    return {name: repr(number) for name, number in numbers.items() if not isnan(number)}


def assert_is(found, snapshot):
    """The result is that of the snapshot, to the last bit."""
    assert found["epoch"] == snapshot.epoch
    assert found.get("update", 0) == snapshot.update
    assert {name: repr(found[name]) for name in COLUMNS if name in found} == numbers_of(snapshot)


@settings(max_examples=60)
@given(made=some_settings(points=40), epochs=st.integers(1, 25), part=st.floats(0, 0.99))
def test_any_run_has_the_same_bits_as_in_the_page(made, epochs, part):
    made = replace(made, training=replace(made.training, epochs=epochs))
    trainer = Trainer(made)
    end = trainer.seek(epochs)
    assert_is(result(*as_options(made)), end)
    assert_is(result("--from", f"http://127.0.0.1:8501/?{urlencode(made.to_query())}"), end)
    epoch, update = int(part * epochs), int(part * trainer.updates_an_epoch)
    found = result(*as_options(made), "--epoch", epoch, "--update", update)
    assert_is(found, trainer.seek(epoch, update))
    assert result("--from", found["address"]) == found


def test_the_lines_are_the_same_as_the_json():
    code, out, err = run(*SMALL, "--epoch", 7, "--update", 2)
    assert (code, err) == (0, "")
    found = result(*SMALL, "--epoch", 7, "--update", 2)
    assert out.splitlines() == [f"{name.replace('_', ' ')} {value}" for name, value in found.items()]
    assert list(found) == ["epoch", "update", *COLUMNS, "address"]


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


@pytest.mark.parametrize(
    "address",
    [
        "?{}&epoch=7&update=2",
        "{}&epoch=7&update=2",
        "http://127.0.0.1:8501/?{}&epoch=7&update=2#top",
        "'https://host/one?{}&epoch=7&update=2'",
        "?{}&epoch=7&update=2&hide=seed&log=1&embed=true&embed_options=a&embed_options=b",
    ],
)
def test_an_address_says_the_run_and_the_place(address):
    found = result("--from", address.format(urlencode(MADE.to_query())))
    assert_is(found, Trainer(MADE).seek(7, 2))


def test_how_the_page_looks_is_known():
    assert {*link.VIEW, "embed", "embed_options"} == {*terminal.VIEW}
    assert terminal.PLACE == link.PLACE


@pytest.mark.parametrize("address", ["http://127.0.0.1:8501/", "?", ""])
def test_an_address_without_names_is_the_run_that_the_page_opens_with(address):
    assert_is(result("--from", address, "--epochs", 3), Trainer(Settings()).seek(3))


def test_what_an_address_has_wrong_is_said_and_corrected():
    address = f"?{urlencode(MADE.to_query())}&dataset=mars&foo=1&epoch=21&seed=1%1b[2J"
    code, out, err = run("--from", address, "--json")
    assert code == 0
    assert "\x1b" not in err
    query = MADE.to_query() | {"dataset": "mars", "foo": "1", "seed": "1\x1b[2J"}
    made, corrections = Settings.from_query(query)
    assert err.splitlines() == [
        "Warning: 'dataset' is in the address more than once; the last counts.",
        "Warning: 'seed' is in the address more than once; the last counts.",
        *(f"Warning: {sentence}" for sentence in corrections),
        "Warning: epoch must be an integer from 0 to 20, got 21. The run goes to its end.",
    ]
    assert_is(json.loads(out), Trainer(made).seek(20))


def test_a_shared_run_is_recognized():
    link = f"?{urlencode(MADE.to_query())}&epoch=12&version={__version__}&fingerprint="
    right = link + Trainer(MADE).seek(12).fingerprint
    for address, told in (
        (right, "This is the run that was shared, digit for digit.\n"),
        (f"{link}00000000", "Warning: Not the run that was shared (fingerprint 00000000): "),
        (f"{link}zzzz", "Warning: fingerprint must be eight hex digits, got 'zzzz'."),
    ):
        code, _, err = run("--from", address)
        assert (code, err[: len(told)]) == (0, told)
        assert "not a setting" not in err
    _, _, err = run("--from", right, "--seed", 9)
    assert err == "", "it is another run because it was asked for"


def test_options_beside_an_address_win():
    address = f"?{urlencode(MADE.to_query())}&epoch=21&update=99"
    found = result("--from", address, "--seed", 9, "--epoch", 5)
    made = replace(MADE, data=replace(MADE.data, seed=9))
    assert_is(found, Trainer(made).seek(5))
    code, out, err = run("--from", address, "--dataset", "penguins", "--epoch", 2, "--json")
    assert code == 0
    assert "classes must be 3 for penguins, got 2. It is taken as 3." in err
    assert "dataset=penguins" in json.loads(out)["address"]
    assert_is(
        result("--from", address.replace("=21&update=99", "=4&update=2"), "--update", 1),
        Trainer(MADE).seek(4, 1),
    )


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


def save_at(epoch, update=0):
    trainer = Trainer(MADE)
    trainer.seek(epoch, update)
    return save(trainer)


@pytest.mark.parametrize(
    ("beside", "sentence"),
    [
        ("--seed 1", "must be one of --epochs, --epoch, --update, got --seed."),
        ("--rate-changes 1:1", "must be one of --epochs, --epoch, --update, got --rate-changes."),
        ("--from ?seed=1", "must be one of --epochs, --epoch, --update, got --from."),
        ("--csv x", "must be one of --epochs, --epoch, --update, got --csv."),
        ("--numbers", "--columns and --numbers need --csv"),
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


def test_points_from_a_csv(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(CSV)
    sheet = csv_file.read("points.csv", CSV.encode())
    for beside, columns, number in (
        ([], ("u", "v", "w"), False),
        (["--columns", "v, u,w"], ("v", "u", "w"), False),
        (["--columns", 'w,u,"v"', "--numbers"], None, True),
        (["--columns", "v,u,v"], None, False),
        (["--columns", "u,v"], None, False),
        (["--dataset", "moons"], None, False),
        (["--own", own_table(2).to_text()], None, False),
    ):
        arguments = ["--csv", file, *beside, "--epochs", 3, "--json"]
        if columns is None:
            refused(*arguments)
            continue
        table, notes = csv_file.table_of(sheet, *columns, number)
        code, out, err = run(*arguments)
        assert code == 0
        assert err.splitlines() == [f"Note: {note}" for note in (*sheet.notes, *notes)]
        assert len(err.splitlines()) == 2
        made, _ = Settings.from_query({"dataset": "own", "own": table.to_text(), "epochs": "3"})
        assert_is(json.loads(out), Trainer(made).seek(3))


def test_a_label_of_the_csv_can_be_a_number(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("x,y,z\n" + "".join(f"{i},{i % 3},{i / 3}\n" for i in range(20)))
    found = result("--csv", file, "--columns", "x,y,z", "--numbers", "--epochs", 3)
    assert "train_accuracy" not in found
    assert "classes=0" in found["address"]


def test_the_exports_are_those_of_the_page(tmp_path):
    trainer = Trainer(MADE)
    trainer.seek(9)
    writers = {
        "script": script_of,
        "fixture": fixture_text,
        "model": save,
        "history": history_csv,
        "pictures": document,
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
        if name == "pictures":  # Plotly gives each chart an id of its own
            assert len(written) == len(content)
        else:
            assert written == content, name


def refused(*arguments):
    """The sentence with which the command refuses the arguments."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("scratchnet: ")
    assert err.endswith(".\n")
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (
            "--dataset mars",
            "dataset must be one of moons, circles, xor, blobs, spiral, flower, sine, cubic, "
            "absolute, plane, gaussians, penguins, own, got 'mars'.",
        ),
        ("--layers 2-8-8", "layer_dims must end with 1, the number of outputs, got 8"),
        ("--layer-dims 2-99-1", "layer_dims[1] must be an integer from 1 to 32, got 99."),
        (
            "--dataset penguins --layers 2-8-1",
            "layer_dims must end with 3, the number of outputs, got 1",
        ),
        ("--classes 4", "classes must be 2 for moons, got 4"),
        (
            "--dataset penguins --output sigmoid --classes 3",
            "output must be softmax for 3 classes, got sigmoid",
        ),
        ("--from ?dataset=penguins --output tanh", "output must be softmax for 3 classes, got tanh"),
        ("--activation tanh-relu-elu", "activation"),
        ("--noise 0.6", "noise must be a number from 0 to 0.5, got 0.6"),
        ("--noise -1", "noise must be a number from 0 to 0.5, got -1.0."),
        ("--noise nan", "noise must be a number from 0 to 0.5, got 'nan'."),
        ("--epochs 0", "epochs must be an integer from 1 to 100000, got 0."),
        (
            "--epochs 99999999999999999999",
            "epochs must be an integer from 1 to 100000, got '99999999999999999999'.",
        ),
        ("--epoch 1001", "epoch must be an integer from 0 to 1000, got 1001"),
        ("--epoch x", "epoch must be an integer from 0 to 1000, got 'x'."),
        ("--update 1", "update must be 0, got 1"),
        (
            "--epoch 20 --update 1 --epochs 20 --batch-size 7",
            "update must be 0, got 1.",
        ),
        ("--own xyz", "own must be points as the page writes them, got 'xyz'."),
        ("--dataset own", "dataset own must come with points, got none."),
        ("--edits 1:2", "edits"),
        ("--columns a,b,c", "--columns and --numbers"),
        ("--numbers", "--columns and --numbers"),
        ("--model missing.npz", "missing.npz: No such file"),
        ("--model .", ".: Is a directory"),
        ("--csv missing.csv", "missing.csv: No such file"),
        (f"--csv {__file__}", "test_main.py"),
        (
            f"--model {__file__}",
            "The file must end as a .npz file does, got b",
        ),
        ("--save-model nowhere/m.npz", "nowhere/m.npz cannot be written: there is no folder nowhere"),
        ("--save-script .", "cannot be written: it is a folder"),
        ("--epochz 3", "unrecognized arguments: --epochz 3"),
        ("--epo 3", "unrecognized arguments: --epo 3"),
        ("--epochs", "expected one argument"),
        ("--seed 1\x1b[2J\n", "seed must be an integer from 0 to 4294967295, got '1?[2J'."),
        ("--bad\x1b[2J", "unrecognized arguments: --bad?[2J"),
        ("--progress --quiet", "not allowed with"),
        (
            f"--from ?{'&' * 100}",
            "The address must have at most 300000 characters and 100 names, got 101 characters "
            "and 101 names.",
        ),
        (
            f"--from ?dataset={'x' * 300_000}",
            "The address must have at most 300000 characters and 100 names, got 300009 characters "
            "and 1 names.",
        ),
    ],
)
def test_what_is_not_allowed_is_one_sentence(options, named, monkeypatch):
    monkeypatch.setattr(Trainer, "advance", None)  # nothing is trained before
    assert named in refused(*options.split(" ") if "\x1b" not in options else options.strip().split())


def test_a_fault_of_the_code_is_not_said_to_be_of_who_asked(monkeypatch):
    def faulty(trainer, epochs=1):
        raise ValueError("operands could not be broadcast together")

    monkeypatch.setattr(Trainer, "advance", faulty)
    with pytest.raises(ValueError, match="operands could not be broadcast"):
        run(*SMALL)


def test_a_hostile_address_is_harmless():
    hostile = (
        "?dataset=%00%ff&own=" + "A" * 200_000 + "&layer_dims=9e9-1&points=__import__('os')&=&&;&%"
    )
    code, out, err = run("--from", hostile, "--epochs", 2, "--json")
    assert code == 0
    assert_is(json.loads(out), Trainer(Settings()).seek(2))
    assert all(line.startswith("Warning: ") and len(line) < 300 for line in err.splitlines())


@pytest.mark.parametrize(
    ("option", "module", "library"),
    [("--csv", "data.csv_file", "pandas"), ("--save-pictures", "charts.document", "plotly")],
)
def test_a_library_that_is_not_there_is_named(option, module, library, tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text(CSV)
    loaded = [name for name in sys.modules if name.startswith((f"{library}.", "scratchnet.charts."))]
    for name in {f"scratchnet.{module}", *loaded}:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    name = f"scratchnet: {library}"
    assert refused(option, file).startswith(name)
    assert refused(option, file).endswith(" is needed for this, and is not installed.\n")


def test_the_help_names_every_setting_and_loads_no_library_of_the_page():
    code = (
        "import sys; from scratchnet.cli.main import main\n"
        "try: main(['--help'])\n"
        "finally: assert not {'streamlit', 'plotly', 'pandas'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    flags = {word.rstrip(",") for word in done.stdout.split() if word.startswith("--")}
    assert flags >= {f"--{name.replace('_', '-')}" for name in KINDS} | {
        "--layers",
        "--from",
        "--epoch",
    }
    words = " ".join(done.stdout.split())
    for name, value in Settings().values().items():
        if text := KINDS[name].write(value):
            assert f"(default: {text})" in words, name
        for option in getattr(KINDS[name], "options", ()):
            assert option in words, option
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert set(MEANINGS) <= set(KINDS)


def test_as_a_command():
    command = [sys.executable, "-m", "scratchnet", *SMALL, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert_is(json.loads(done.stdout), Trainer(MADE).seek(20))
    assert done.stderr == ""
    done = subprocess.run([*command, "--seed", "x"], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("scratchnet: seed must be an integer from 0 to 4294967295, got 'x'.")


def clock(monkeypatch, step):
    """Time goes on by ``step`` seconds whenever it is looked at; gives how long it has been."""
    ticks = itertools.count()
    for module in (terminal, trainer_module):
        monkeypatch.setattr(module, "monotonic", lambda: step * next(ticks))
    return lambda: step * next(ticks)


def test_the_progress_goes_to_stderr(monkeypatch):
    clock(monkeypatch, 1.0)
    code, out, err = run(*SMALL, "--progress")
    assert (code, out) == (0, run(*SMALL)[1])
    bars = err.split("\r")[1:]
    assert len(bars) == 11
    cost = Trainer(MADE).seek(10).train_cost
    assert bars[4] == f"{f'epoch 10 of 20  cost {cost:.6g}  [##########..........]  0:15 left':<79}"
    assert bars[-1].startswith("epoch 20 of 20")
    assert bars[-1].rstrip(" \n").endswith("[####################]  0:00 left")
    assert err.endswith("\n")


def test_the_progress_is_shown_ten_times_a_second(monkeypatch):
    passed = clock(monkeypatch, 0.01)
    _, _, err = run(*SMALL, "--epochs", 200, "--progress")
    assert 5 < err.count("\r") <= 10 * passed() + 1


@pytest.mark.parametrize(("options", "bar"), [([], True), (["--quiet"], False)])
def test_a_terminal_has_a_bar_unless_it_is_to_be_quiet(options, bar):
    _, _, err = run(*SMALL, *options, err=Screen())
    assert ("epoch 20 of 20" in err) == bar
    assert bar or err == ""


def test_ctrl_c_keeps_what_was_learned(monkeypatch, tmp_path):
    clock(monkeypatch, 1.0)
    make_updates, calls = Trainer._make_updates, itertools.count()

    def interrupted(trainer, last=None):
        make_updates(trainer, last)
        if next(calls) == 12:  # the parameters are those of epoch 13, but nothing else is
            raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "_make_updates", interrupted)
    model = tmp_path / "model.npz"
    code, out, err = run(*SMALL, "--json", "--save-model", model)
    assert (code, err) == (130, f"Written: {model}\n")
    monkeypatch.undo()
    trainer = Trainer(MADE)
    assert_is(json.loads(out), trainer.seek(12))
    assert model.read_bytes() == save(trainer)


def test_ctrl_c_before_the_training(monkeypatch):
    def interrupted(settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal, "Trainer", interrupted)
    assert run(*SMALL) == (130, "", "")
