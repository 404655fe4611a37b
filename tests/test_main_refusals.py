"""What the terminal refuses in one sentence, and what its help says."""

import subprocess
import sys

import pytest
from terminal import (
    CSV,
    ROOT,
    SMALL,
    refused,
    run,
)

from scratchnet import Settings, Trainer
from scratchnet.cli.parser import MEANINGS
from scratchnet.run.settings import FIELDS


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
        ("--columns a,b,c", "--columns, --first-line, --notation and --numbers need --csv"),
        ("--numbers", "--columns, --first-line, --notation and --numbers need --csv"),
        ("--model missing.npz", "missing.npz: No such file"),
        ("--model .", ".: Is a directory"),
        ("--csv missing.csv", "missing.csv: No such file"),
        (f"--csv {__file__}", "'test_main_refusals.py' must have from 3 to 100 columns"),
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


@pytest.mark.parametrize(
    ("option", "module", "library"),
    [("--save-pictures", "charts.document", "plotly")],
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
    assert flags >= {f"--{name.replace('_', '-')}" for name in FIELDS} | {
        "--layers",
        "--from",
        "--epoch",
    }
    words = " ".join(done.stdout.split())
    for name, value in Settings().values().items():
        if text := FIELDS[name].write(value):
            assert f"(default: {text})" in words, name
        for option in getattr(FIELDS[name], "options", ()):
            assert option in words, option
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert set(MEANINGS) <= set(FIELDS)
