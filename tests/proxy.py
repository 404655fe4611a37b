"""HAProxy with the configuration of deploy/, for the tests of it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CONFIGURATION = Path(__file__).parent.parent / "deploy" / "haproxy.cfg"
SECONDS = 60  # to wait for what is sure to come, however slow the machine


def found() -> str | None:
    """Return the path of HAProxy, if it is installed."""
    return shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")


def haproxy() -> str:
    """Return the path of HAProxy; without it the test is skipped, and fails under CI=true."""
    if (path := found()) is None:
        reason = "no haproxy on PATH"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return path


def check() -> subprocess.CompletedProcess[str]:
    """Have HAProxy check the configuration."""
    return subprocess.run([haproxy(), "-c", "-f", CONFIGURATION], capture_output=True, text=True)


@contextmanager
def proxy(*ports: int) -> Iterator[str]:
    """Start HAProxy before the two replicas at these ports of this machine, and yield its address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    replicas = {f"REPLICA_{n}": f"127.0.0.1:{port}" for n, port in enumerate(ports, start=1)}
    process = subprocess.Popen(
        [haproxy(), "-f", CONFIGURATION],
        env=os.environ | replicas | {"LISTEN": listen},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_for(listen, process)
        yield f"http://{listen}"
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


def _wait_for(listen: str, process: subprocess.Popen) -> None:
    """Wait until somebody listens there."""
    host, port = listen.split(":")
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.02)
