"""The page, started from the terminal: from a checkout, or from where pip installed it."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from scratchnet.validation import NotAllowed

PACKAGE = Path(__file__).parent.parent
# setup.py puts app.py, pages/ and .streamlit/ there; in a checkout they stand beside the package.
INSTALLED = PACKAGE / "site"
DEFAULTS = ("--server.address", "127.0.0.1", "--server.fileWatcherType", "none")


def start_page(options: Sequence[str] = ()) -> int:
    """Run Streamlit on app.py with these options of its own until it ends; return its exit code."""
    if find_spec("streamlit") is None:
        raise NotAllowed("The page needs Streamlit, Plotly and pandas: pip install '.[page]'.")
    folder = INSTALLED if INSTALLED.is_dir() else PACKAGE.parent
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *DEFAULTS, *options]
    return subprocess.run(command, cwd=folder, check=False).returncode
