"""A server with the page, and visitors with a real browser."""

import os

import pytest
from playwright.sync_api import Error, sync_playwright
from server import BROWSERS, SECONDS, launch, serve


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


# The canvases of a figure as one, which has the size of `canvas`, the one with the text alternative.
PAINTED = """canvas => {
    const painted = document.createElement("canvas");
    [painted.width, painted.height] = [canvas.width, canvas.height];
    const context = painted.getContext("2d");
    const { left, top, width } = canvas.getBoundingClientRect();
    const ratio = canvas.width / width;
    for (const each of canvas.closest("figure").querySelectorAll("canvas")) {
        const box = each.getBoundingClientRect();
        const place = [box.left - left, box.top - top, box.width, box.height];
        context.imageSmoothingEnabled = getComputedStyle(each).imageRendering !== "pixelated";
        context.drawImage(each, ...place.map(x => x * ratio));
    }
    return painted;
}"""


class Page:
    """The page as a visitor has it: what can be pressed, and what can be read."""

    def __init__(self, page, server):
        self.page = page
        self.server = server
        self.errors = []
        page.set_default_timeout(1000 * SECONDS)
        page.on("pageerror", self.note_error)
        page.on("console", self.note_message)

    def note_error(self, error):
        self.errors.append(str(error))

    def note_message(self, message):
        # A page that is opened by its own path looks for the server below that path first.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            self.errors.append(message.text)

    def leave(self):
        self.page.remove_listener("pageerror", self.note_error)
        self.page.remove_listener("console", self.note_message)

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

    def wait_for_script(self):
        """Until no script of the page runs, whichever page it is."""
        self.page.wait_for_function(f"() => {NO_SCRIPT_RUNS}")

    def wait_for_frames(self):
        """Until what has changed is laid out and painted."""
        self.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def colour(self, view, x, y):
        """Red, green and blue of a picture (such as plane or curve) at a place in CSS pixels."""
        return self.page.eval_on_selector(
            f".{view} [role=img]",
            f"""(canvas, [x, y]) => {{
                const ratio = canvas.width / canvas.clientWidth;
                const context = ({PAINTED})(canvas).getContext("2d");
                return [...context.getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
            }}""",
            [x, y],
        )

    def size(self, view):
        """Width and height of a picture in CSS pixels."""
        return self.page.eval_on_selector(
            f".{view} [role=img]", "canvas => [canvas.clientWidth, canvas.clientHeight]"
        )

    def picture(self):
        """The plane as it is painted."""
        painted = f"canvas => ({PAINTED})(canvas).toDataURL()"
        return self.page.eval_on_selector(".plane [role=img]", painted)


class Visitors:
    """A browser profile, and a tab in it, for each way of looking at the page.

    They keep what the page is made of, so that it opens in two thirds of the time.
    """

    def __init__(self, browser):
        self.browser = browser
        self.contexts, self.tabs = {}, {}

    def tab(self, **kind):
        """A tab in which nothing is open, and the name to keep it by."""
        name = tuple(sorted(kind.items()))
        if name not in self.contexts:
            self.contexts[name] = self.browser.new_context(**kind)
        tab = self.tabs.pop(name, None) or self.contexts[name].new_page()
        tab.set_viewport_size({"width": 1366, "height": 768})
        tab.mouse.move(0, 0)
        return name, tab

    def keep(self, name, tab):
        """Leave the page, and keep the tab for the next test, if none is kept yet."""
        if name in self.tabs:
            return tab.close()
        tab.unroute_all()
        tab.evaluate("localStorage.clear(), sessionStorage.clear()")  # such as a closed sidebar
        tab.context.clear_cookies()  # such as that of the welcome
        tab.goto("about:blank")
        self.tabs[name] = tab

    def close(self):
        for context in self.contexts.values():
            context.close()


@pytest.fixture(scope="session")
def visitors(browser):
    """Whose tabs the tests use, one after another."""
    visitors = Visitors(browser)
    yield visitors
    visitors.close()


@pytest.fixture
def visit(visitors, server):
    """Opens a page, as a visitor of its own; at the end, none may have had an error."""
    pages = []

    def new(address="", at=server, **kind):
        name, tab = visitors.tab(**kind)
        page = Page(tab, at)
        pages.append((name, page))
        return page.open(address)

    yield new
    for name, page in pages:
        page.leave()
        visitors.keep(name, page.page)
    assert [error for _, page in pages for error in page.errors] == []
