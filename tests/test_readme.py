"""The README keeps its word: the tests that it names are there, and its Python runs."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_every_test_that_the_readme_names_is_there():
    named = set(re.findall(r"`(test_\w+)`", README))
    there = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        there |= set(re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE))
    assert len(named) > 20
    assert named <= there


def test_the_python_of_the_readme_runs_as_it_stands():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    accuracy, *epochs = (line.split()[0] for line in done.stdout.splitlines())
    assert 0.9 < float(accuracy) <= 1
    assert epochs == ["250", "500", "750", "1000"]
