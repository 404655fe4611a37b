"""The progress of a run in the terminal, and how Ctrl-C ends it."""

import itertools
import json

import pytest
from terminal import (
    MADE,
    SMALL,
    Screen,
    assert_is,
    run,
)

from scratchnet import Trainer
from scratchnet.cli import main as cli
from scratchnet.export.model_file import save
from scratchnet.run import trainer as trainer_module


def clock(monkeypatch, step):
    """Time goes on by ``step`` seconds whenever it is looked at; gives how long it has been."""
    ticks = itertools.count()
    for module in (cli, trainer_module):
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

    monkeypatch.setattr(cli, "Trainer", interrupted)
    assert run(*SMALL) == (130, "", "")
