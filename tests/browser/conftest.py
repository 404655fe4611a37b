"""A server with the page, and visitors with a real browser."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright
from server import BROWSERS, SECONDS, launch, serve


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in the same hook
def pytest_collection_modifyitems(items):
    """Have these tests run one after another, in one process: one server and one browser will do.

    pytest-xdist starts with the largest group, so that they run from the beginning beside the rest.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def server():
    """The address of the page, served on this machine for the time of the tests."""
    with serve() as server:
        yield server.address


@pytest.fixture(scope="session")
def browser():
    """A browser; without one the tests are skipped, and fail under CI=true."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except Error as error:
            reason = f"no browser: none of {', '.join(BROWSERS)} on PATH, nor Playwright's own"
            if os.environ.get("CI") == "true":
                pytest.fail(f"{reason} ({error})")
            pytest.skip(reason)
        yield browser
        browser.close()


# Conditions in JavaScript: Python draws the views of what ``stage`` shows; no script of the page runs.
EXPLORED = """[...document.querySelectorAll("[data-testid=stMarkdown] strong")].some(said => {
    const { epoch, update } = stage.dataset;
    const more = update === "0" ? "" : `, update ${update}`;
    return said.textContent === `Explore epoch ${Number(epoch).toLocaleString("en-US")}${more}`;
})"""
NO_SCRIPT_RUNS = "document.querySelector('[data-test-script-state=notRunning]') !== null"


class Page:
    """The page as a visitor has it: what can be pressed, and what can be read."""

    def __init__(self, page, server):
        self.page = page
        self.server = server
        self.errors = []
        page.set_default_timeout(1000 * SECONDS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def open(self, address=""):
        self.page.goto(self.server + address)
        return self.ready()

    def ready(self):
        self.page.wait_for_selector(".stage[data-epoch]")
        return self

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def read(self, name):
        """What the stage shows: epoch, trainCost, testCost, playing, points; or how often it asked."""
        return self.page.eval_on_selector(".stage", f"stage => stage.dataset.{name}")

    @property
    def epoch(self):
        return int(self.read("epoch"))

    def wait(self, condition, *arguments):
        """Until a condition in JavaScript holds, of ``stage`` and ``a``, the arguments."""
        self.page.wait_for_function(
            f"""a => {{
                if (!window.stageFound?.isConnected) {{
                    const hosts = [...document.querySelectorAll("*")];
                    const stages = hosts.map(e => e.shadowRoot?.querySelector(".stage"));
                    window.stageFound = stages.find(Boolean);
                }}
                const stage = window.stageFound;
                return stage?.dataset.epoch !== undefined && ({condition});
            }}""",
            arg=list(arguments),
        )

    def wait_for_epoch(self, epoch):
        self.wait("Number(stage.dataset.epoch) >= a[0]", epoch)

    def wait_for_play(self, epoch):
        """Until the run that plays has come to an epoch."""
        self.wait("stage.dataset.playing === 'true' && Number(stage.dataset.epoch) >= a[0]", epoch)

    def wait_for_pause(self):
        """Until the picture is at rest, and Python has begun to draw the views of its epoch."""
        self.wait(f"stage.dataset.playing === 'false' && {EXPLORED}")

    def wait_for_rest(self):
        """The same, and until these views are drawn: no script runs."""
        self.wait(f"stage.dataset.playing === 'false' && {EXPLORED} && {NO_SCRIPT_RUNS}")

    def wait_for_frames(self):
        """Until what has changed is laid out and painted."""
        self.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def colour(self, view, x, y):
        """Red, green and blue of a canvas (plane or curve) at a place in CSS pixels."""
        return self.page.eval_on_selector(
            f".{view} canvas",
            """(canvas, [x, y]) => {
                const ratio = canvas.width / canvas.clientWidth;
                const pixel = canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1);
                return [...pixel.data].slice(0, 3);
            }""",
            [x, y],
        )

    def size(self, view):
        """Width and height of a canvas in CSS pixels."""
        return self.page.eval_on_selector(
            f".{view} canvas", "canvas => [canvas.clientWidth, canvas.clientHeight]"
        )

    def picture(self):
        """The plane as it is painted."""
        return self.page.eval_on_selector(".plane canvas", "canvas => canvas.toDataURL()")


@pytest.fixture(scope="session")
def contexts(browser):
    """A browser profile for each way of looking at the page; it keeps what the page is made of."""
    kept = {}

    def context(**kind):
        name = tuple(sorted(kind.items()))
        if name not in kept:
            kept[name] = browser.new_context(viewport={"width": 1366, "height": 768}, **kind)
        return kept[name]

    yield context
    for each in kept.values():
        each.close()


@pytest.fixture
def visit(contexts, server):
    """Opens a page, as a visitor of its own; at the end, none may have had an error."""
    pages = []

    def new(address="", **context):
        page = Page(contexts(**context).new_page(), server)
        pages.append(page)
        return page.open(address)

    yield new
    for page in pages:
        page.page.close()
    assert [error for page in pages for error in page.errors] == []
