"""Two servers behind HAProxy, as deploy/ has it: a visitor goes on when one of them is gone."""

from contextlib import ExitStack
from itertools import pairwise
from urllib.parse import urlparse

import pytest
from proxy import proxy
from server import serve
from test_playground import assert_true_to_numpy

PAUSE = 5000  # milliseconds without a new frame that a visitor has to bear when a server is gone

# Note from now on when each epoch is shown, in milliseconds, as long as the page is not loaded anew.
NOTE_EPOCHS = """stage => {
    window.shown = [];
    const note = () => window.shown.push([Number(stage.dataset.epoch), performance.now()]);
    note();
    new MutationObserver(note).observe(stage, { attributeFilter: ["data-epoch"] });
}"""
CONNECTED = "[data-test-connection-state=CONNECTED]"


@pytest.fixture
def replicas():
    """The address of HAProxy, and the process of each server by its name in the cookie."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serve()) for _ in range(2)]
        address = stack.enter_context(proxy(*(urlparse(server.address).port for server in servers)))
        yield address, dict(zip(("one", "two"), (server.process for server in servers), strict=True))


def replica_of(page):
    """The name of the server that a visitor is on."""
    (name,) = (each["value"] for each in page.page.context.cookies() if each["name"] == "replica")
    return name


def test_a_run_goes_on_when_its_server_is_killed_while_it_plays(replicas, visit):
    address, processes = replicas
    page = visit("/?epochs=450&points=100&speed=1", at=address)
    page.press("Play")
    page.wait_for_play(30)
    home = replica_of(page)
    page.page.eval_on_selector(".stage", NOTE_EPOCHS)
    processes[home].kill()
    page.page.wait_for_selector(CONNECTED, state="detached")
    page.page.wait_for_selector(CONNECTED)
    assert page.read("playing") == "true", "it is still in the middle of playing"
    page.wait_for_epoch(450)
    page.wait_for_rest()
    assert replica_of(page) != home
    assert_true_to_numpy(page)
    epochs, times = zip(*page.page.evaluate("window.shown"), strict=True)
    assert list(epochs) == sorted(epochs)
    assert max(later - earlier for earlier, later in pairwise(times)) < PAUSE
