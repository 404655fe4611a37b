"""The page served on this machine, and a browser to look at it: for the tests and the benchmark."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome", "msedge")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
# Without a graphics card the surface to turn takes a second of a core whenever it is drawn.
FLAGS += ["--disable-3d-apis"]
SECONDS = 60  # to wait for what is sure to come, however slow the machine


class Server(NamedTuple):
    """Where the page is, the process that serves it, and what it has logged so far."""

    address: str
    process: subprocess.Popen
    log: Callable[[], str]


@contextmanager
def serve(
    environment: Mapping[str, str] | None = None, port: int = 0, below: str = ""
) -> Iterator[Server]:
    """Serve the page; at the end, stop. Raises AssertionError if the server logged a traceback.

    ``environment`` are all variables of the process, where they are others than here; ``port`` 0 is any
    that is free; ``below`` is the path below which the page is.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}" + (f"/{below}" if below else "")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    command += ["--server.fileWatcherType", "none"]  # as ``make run`` does
    command += ["--server.baseUrlPath", below] if below else []
    with tempfile.NamedTemporaryFile("w") as file:  # a pipe that nobody reads would be full one day
        log = Path(file.name).read_text
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)
        try:
            _wait_for(f"{address}/_stcore/health")
            yield Server(address, process, log)
        finally:
            process.terminate()
            process.wait(timeout=SECONDS)
        assert "Traceback" not in log(), log()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def launch(playwright):
    """The first browser on PATH, else Playwright's own; raises playwright's Error if there is none."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    return playwright.chromium.launch(executable_path=path, args=FLAGS)
