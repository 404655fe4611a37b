"""What pip installs: NumPy alone for the core, and the page with its libraries as an extra."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scratchnet.cli import page
from scratchnet.cli.main import main

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_core_needs_numpy_alone_and_the_page_what_hosts_install():
    (numpy,) = PROJECT["dependencies"]
    hosts = (ROOT / "requirements.txt").read_text("utf-8").split()
    assert numpy.startswith("numpy>=")
    assert PROJECT["optional-dependencies"]["page"] == hosts
    assert all("<" in each for each in hosts)
    assert numpy in hosts


def test_the_command_is_the_terminal():
    assert PROJECT["scripts"] == {"scratchnet": "scratchnet.cli.main:main"}


@pytest.mark.parametrize("installed", [False, True])
def test_the_command_page_starts_streamlit_on_the_app(installed, monkeypatch, tmp_path):
    started = []

    def run(command, cwd, check):
        started.append((command, cwd))
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(subprocess, "run", run)
    if installed:
        monkeypatch.setattr(page, "INSTALLED", tmp_path)
    assert main(["page", "--server.port", "8502"]) == 3
    ((command, folder),) = started
    assert command[:5] == [sys.executable, "-m", "streamlit", "run", "app.py"]
    assert command[5:7] == ["--server.address", "127.0.0.1"]
    assert command[-2:] == ["--server.port", "8502"]
    assert folder == (tmp_path if installed else ROOT)
    assert installed or (folder / "app.py").is_file()


def test_the_command_page_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(page, "find_spec", lambda name: None)
    assert main(["page"]) == 2
    assert capsys.readouterr().err == (
        "scratchnet: The page needs Streamlit, Plotly and pandas: pip install '.[page]'.\n"
    )
