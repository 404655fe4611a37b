"""The README keeps its word: its tests are there, its Python and its command lines run."""

import os
import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import scratchnet

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LINES = re.findall(r"^    python (-m scratchnet .*)$", README, re.MULTILINE)


def test_every_test_that_the_readme_names_is_there():
    named = set(re.findall(r"`(test_\w+)`", README))
    there = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        there |= set(re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE))
    assert len(named) > 20
    assert named <= there


def test_how_much_faster_the_engine_is_follows_from_the_table():
    rows = re.findall(r"^\|.*?\| ([\d.]+) \| ([\d.]+) \| .*\|$", README, re.MULTILINE)
    ratios = [float(textbook) / float(engine) for engine, textbook in rows]
    assert len(ratios) == 5
    assert f"{min(ratios):.1f} to {max(ratios):.1f} times as fast" in README.replace("\n", " ")


def test_the_python_of_the_readme_runs_as_it_stands():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    accuracy, *epochs = (line.split()[0] for line in done.stdout.splitlines())
    assert 0.9 < float(accuracy) <= 1
    assert epochs == ["250", "500", "750", "1000"]


def test_the_readme_has_command_lines():
    assert len(LINES) == README.count("python -m scratchnet ") == 7


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_of_the_readme_runs_as_it_stands(line, tmp_path):
    arguments = shlex.split(line)
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    written = [name for option, name in pairwise(arguments) if option.startswith("--save-")]
    if "sweep" in arguments and "--help" not in arguments:
        assert re.fullmatch(r"\d+ of 60 runs succeeded .*\n", done.stderr)
        assert done.stdout.count("\n") == 61
        return
    assert (done.returncode, done.stderr) == (0, "".join(f"Written: {name}\n" for name in written))
    assert done.stdout.startswith("usage: " if "--help" in arguments else "epoch ")
    assert [path.name for path in tmp_path.iterdir()] == written


def test_the_python_of_the_readme_sets_the_threads_before_numpy_is_loaded():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    first, second, *_ = code.splitlines()
    assert (first.split()[:2], second) == (["from", "scratchnet"], "import numpy as np")
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        assert name in scratchnet.__doc__
