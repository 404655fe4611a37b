"""The page served on this machine, and a browser to look at it: for the tests and the benchmark."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
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
    """Where the page is, and the process that serves it."""

    address: str
    process: subprocess.Popen


@contextmanager
def serve(environment: Mapping[str, str] | None = None, port: int = 0) -> Iterator[Server]:
    """Serve the page; at the end, stop. Raises AssertionError if the server logged a traceback.

    ``environment`` are all variables of the process, where they are others than here; ``port`` 0 is any
    that is free.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    command += ["--server.fileWatcherType", "none"]  # as ``make run`` does
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        _wait_for(f"{address}/_stcore/health")
        yield Server(address, process)
    finally:
        process.terminate()
        log, _ = process.communicate(timeout=SECONDS)
    assert "Traceback" not in log, log


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
