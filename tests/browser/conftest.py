"""A server with the page, and visitors with a real browser."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright
from server import BROWSERS, launch, serve


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


class Page:
    """The page as a visitor has it: what can be pressed, and what can be read."""

    def __init__(self, page, server):
        self.page = page
        self.server = server
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def open(self, address=""):
        self.page.goto(self.server + address)
        return self.ready()

    def ready(self):
        self.page.wait_for_selector(".stage[data-epoch]", timeout=20_000)
        return self

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def read(self, name):
        """epoch, trainCost, testCost or playing, as the stage shows it."""
        return self.page.eval_on_selector(".stage", f"stage => stage.dataset.{name}")

    @property
    def epoch(self):
        return int(self.read("epoch"))

    def wait(self, condition, *arguments):
        """Until a condition in JavaScript holds, of ``stage`` (which has a shadow root) and ``a``."""
        self.page.wait_for_function(
            f"""a => {{
                const hosts = [...document.querySelectorAll("*")];
                const stage = hosts.map(e => e.shadowRoot?.querySelector(".stage")).find(Boolean);
                return stage && ({condition});
            }}""",
            arg=list(arguments),
            timeout=20_000,
        )

    def wait_for_epoch(self, epoch):
        self.wait("Number(stage.dataset.epoch) >= a[0]", epoch)

    def wait_for_pause(self):
        self.page.get_by_text("Explore epoch").wait_for(timeout=20_000)

    def wait_for_rest(self):
        """Until the page has been run to its end, and the views of the epoch are drawn."""
        self.page.wait_for_timeout(400)
        self.page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")

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
