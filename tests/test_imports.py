"""The rooms of the project: what each may import, and what it may know."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = {"numpy"}

# Each room, the rooms that it may import, which are all above it here, and packages not Python's own.
ROOMS = {
    "validation": (set(), CORE),
    "precision": (set(), CORE),
    "rng": (set(), CORE),
    "nn": ({"validation", "precision", "rng"}, CORE),
    "data": ({"validation", "precision", "rng"}, CORE | {"pandas"}),
    "run": ({"validation", "precision", "rng", "nn", "data"}, CORE),
    "scratchnet": ({"nn", "data", "run"}, CORE),
    "analysis": ({"validation", "precision", "nn", "data", "run"}, CORE),
    "studies": ({"validation", "precision", "rng", "nn", "data", "run"}, CORE | {"joblib"}),
    "lessons": ({"validation", "precision", "nn", "data", "run", "analysis", "studies"}, CORE),
    "export": ({"validation", "precision", "nn", "data", "run", "analysis"}, CORE),
    "charts": (
        {"validation", "nn", "data", "run", "analysis", "studies", "lessons", "export"},
        CORE | {"plotly"},
    ),
    "live": ({"validation", "nn", "data", "run", "export", "charts"}, CORE | {"starlette"}),
    "cli": (
        {"validation", "data", "run", "studies", "lessons", "export", "charts", "live"},
        CORE | {"distributed", "joblib"},
    ),
    "__main__": ({"cli"}, set()),
    "ui": (
        {
            *{"validation", "nn", "data", "run", "analysis", "studies", "lessons"},
            *{"export", "charts", "live"},
        },
        CORE | {"pandas", "segno", "starlette", "streamlit"},
    ),
    "pages": ({"charts", "ui"}, {"streamlit"}),
    "app": ({"scratchnet", "live", "ui"}, {"streamlit"}),
}
PACKAGE = sorted((ROOT / "scratchnet").rglob("*.py"))
PAGES = [*sorted((ROOT / "pages").glob("*.py")), ROOT / "app.py"]


def room_of(path):
    """The room that a file is in: its folder, or itself where it lies on its own."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] != "scratchnet":
        return parts[0]
    return "scratchnet" if parts[1] == "__init__" else parts[1]


def room_of_module(module, name):
    """The room of "scratchnet.nn.costs", or of what ``from scratchnet import name`` gives."""
    _, _, rest = module.partition(".")
    room = rest.partition(".")[0] or (name if name in ROOMS else "scratchnet")
    return room


def imported(path):
    """The rooms and the other packages that a file imports, also inside functions and by a string."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("import_module", "files"):
            found = [(node.args[0].value, "")]
        else:
            continue
        for module, name in found:
            if module.partition(".")[0] == "scratchnet":
                yield "room", room_of_module(module, name)
            elif module.partition(".")[0] not in sys.stdlib_module_names:
                yield "package", module.partition(".")[0]


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*PACKAGE, *PAGES], ids=name)
def test_a_file_imports_what_its_room_may(path):
    room = room_of(path)
    assert room in ROOMS, "it is in no room"
    rooms, packages = ROOMS[room]
    for kind, each in imported(path):
        allowed = {*rooms, room} if kind == "room" else packages
        assert each in allowed, f"{room} may not import {each}"


def test_the_rooms_stand_in_one_order():
    order = list(ROOMS)
    for room, (rooms, _) in ROOMS.items():
        assert all(order.index(other) < order.index(room) for other in rooms), room


def test_every_arrow_is_used_and_every_room_has_a_file():
    found = {room: set() for room in ROOMS}
    for path in (*PACKAGE, *PAGES):
        found[room_of(path)] |= {each for kind, each in imported(path) if kind == "room"}
    assert [room for room, (rooms, _) in ROOMS.items() if rooms - found[room]] == []


@pytest.mark.parametrize("path", [*PACKAGE, *PAGES], ids=name)
def test_the_state_of_the_session_is_read_and_written_in_one_place(path):
    text = path.read_text("utf-8")
    if path.name not in ("session.py", "widget.py"):  # the second has the values of the widgets
        assert "session_state" not in text
    if path.name != "session.py":
        assert not re.search(r"\bst\.query_params", text)


def test_importing_scratchnet_loads_no_page_library():
    code = (
        "import scratchnet, sys; "
        "assert not {'streamlit', 'plotly', 'pandas'} & set(sys.modules); "
        "import os; assert os.environ['OPENBLAS_NUM_THREADS'] == '1'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ("pages", "app", "scratchnet")])
def test_each_room_can_be_imported_alone(room):
    """No import goes round in a circle, whichever comes first."""
    rooms = [path for path in PACKAGE if room_of(path) == room and path.name != "__init__.py"]
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in rooms]
    code = (
        f"import scratchnet.{room}; import importlib; [importlib.import_module(m) for m in {modules}]"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize("path", PACKAGE, ids=name)
def test_what_is_not_allowed_is_told_from_a_fault_of_the_code(path):
    """A check raises NotAllowed. Only a reader of fields.py raises a ValueError, for parse to catch."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError":
            assert path.name == "fields.py" and node.args[0].value.startswith("not a ")
