"""Imports point one way: pages -> scratchnet.ui -> scratchnet, and the core needs only NumPy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = sorted((ROOT / "scratchnet").glob("*.py"))
UI = sorted((ROOT / "scratchnet" / "ui").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))


def imported(path):
    """The full names of the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CORE, ids=name)
def test_the_core_imports_numpy_and_the_standard_library(path):
    allowed = {*sys.stdlib_module_names, "numpy", "scratchnet"}
    for module in imported(path):
        assert module.split(".")[0] in allowed, module
        assert not module.startswith("scratchnet.ui"), module


@pytest.mark.parametrize("path", UI, ids=name)
def test_the_ui_imports_no_page(path):
    assert not any(module.split(".")[0] in ("pages", "app") for module in imported(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_trains_nothing_and_plots_nothing_itself(path):
    for module in imported(path):
        assert module == "streamlit" or module.startswith("scratchnet.ui"), module


@pytest.mark.parametrize("path", [*CORE, *UI, *PAGES], ids=name)
def test_the_state_of_the_session_is_read_and_written_in_one_place(path):
    text = path.read_text("utf-8")
    if path.name != "session.py":
        assert "session_state" not in text
        assert "query_params" not in text


def test_importing_scratchnet_loads_no_page_library():
    code = (
        "import scratchnet, sys; "
        "assert not {'streamlit', 'plotly', 'pandas'} & set(sys.modules); "
        "import os; assert os.environ['OPENBLAS_NUM_THREADS'] == '1'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize("path", [*CORE, *UI], ids=name)
def test_what_is_not_allowed_is_told_from_a_fault_of_the_code(path):
    """A check raises NotAllowed. Only a reader of kinds.py raises a ValueError, for parse to catch."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError":
            assert path.name == "kinds.py" and node.args[0].value.startswith("not a ")
