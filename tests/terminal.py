"""The command line as a test runs it: what it prints, and what it refuses."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from math import isnan
from pathlib import Path

from scratchnet import DataSettings, Settings, Trainer, TrainingSettings
from scratchnet.cli import main as cli
from scratchnet.export.model_file import save
from scratchnet.run.history import MEASURES

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
        code = cli.main([*map(str, arguments)])
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
    numbers = {name: float(getattr(snapshot, name)) for name in MEASURES}
    return {name: repr(number) for name, number in numbers.items() if not isnan(number)}


def assert_is(found, snapshot):
    """The result is that of the snapshot, to the last bit."""
    assert found["epoch"] == snapshot.epoch
    assert found.get("update", 0) == snapshot.update
    assert {name: repr(found[name]) for name in MEASURES if name in found} == numbers_of(snapshot)


def save_at(epoch, update=0):
    trainer = Trainer(MADE)
    trainer.seek(epoch, update)
    return save(trainer)


def refused(*arguments):
    """The sentence with which the command refuses the arguments."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("scratchnet: ")
    assert err.endswith(".\n")
    assert err.count("\n") == 1
    return err
