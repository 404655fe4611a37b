"""No page asks for what its security headers do not allow, and every response has them."""

import http.client
from urllib.parse import urlparse

import pytest

from scratchnet.live.frames import RELEASE
from scratchnet.ui.headers import policy

# What a page may not load is told here, also where no script is stopped by it.
NOTE = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
    (window.refused ??= []).push([violatedDirective, blockedURI, sample].join(" ")), true)"""
PLACES = [
    "/",
    "/?epoch=20",
    "/?embed=true&dataset=blobs",
    "/training_step",
    "/gradient_check",
    "/landscape",
    "/article",
]
VIEWS = ["Confusion matrix and ROC", "Weights and gradients", "Export", "Output and cost"]


@pytest.fixture
def look(browser, server):
    """Opens a page without anything kept from before, so that all of it is loaded; none is refused."""
    context = browser.new_context(accept_downloads=True)
    context.add_init_script(NOTE)
    pages = []

    def new(place):
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        if place:
            page.goto(server + place)
        pages.append(page)
        return page

    yield new
    for page in pages:
        refused = [frame.evaluate("window.refused ?? []") for frame in page.frames]
        said = [text for text in page.said if "Content Security Policy" in text]
        assert (refused, said) == ([[]] * len(refused), []), page.url
    context.close()


def wait_for_script(page):
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")


@pytest.mark.parametrize("place", PLACES)
def test_a_page_loads_nothing_that_is_refused(look, place):
    page = look(place)
    page.wait_for_selector(".stage[data-epoch], h1, h2, h3")
    wait_for_script(page)


def test_charts_exports_and_the_dialog_load_nothing_that_is_refused(look):
    page = look("/?epoch=20")
    page.wait_for_selector(".stage[data-epoch]")
    for view in VIEWS:
        page.locator("[data-testid=stButtonGroup] button", has_text=view).click()
        page.wait_for_selector(
            ".js-plotly-plot" if view != "Export" else "[data-testid=stDownloadButton]"
        )
        wait_for_script(page)
        if view == "Export":
            for button in page.locator("[data-testid=stDownloadButton] button").all():
                with page.expect_download():
                    button.click()
    chart = page.locator(".js-plotly-plot", has=page.locator(".cartesianlayer .xy")).first
    chart.hover()
    with page.expect_download():
        chart.locator("[data-title='Download plot as a PNG']").click()
    page.get_by_role("button", name="Your data").click()
    page.get_by_role("tab", name="As a table").click()
    page.wait_for_selector("[data-testid=stDialog] canvas")
    page.get_by_role("tab", name="From a file").click()
    wait_for_script(page)


def test_the_code_that_comes_through_python_is_not_refused(look, server):
    """And the page plays in the frame of a page of somebody else."""
    page = look("")
    page.context.route("**/stage.js*", lambda route: route.abort())
    page.set_content(f'<iframe src="{server}/?embed=true" width="1200" height="700"></iframe>')
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Play", exact=True).click()
    frame.locator(".stage[data-playing=true]").wait_for()


def test_a_script_of_somebody_else_is_refused(browser, server):
    page = browser.new_page()
    page.add_init_script(NOTE)
    page.goto(f"{server}/article")
    page.wait_for_selector("h1, h2, h3")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { text: 'wrong = 1' }))"
    )
    page.wait_for_function("() => window.refused?.length")
    assert page.evaluate("window.wrong") is None
    page.close()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/article",
        "/frames?side=10",
        "/frames?side=1",
        f"/stage.js?release={RELEASE}",
        "/_stcore/health",
        "/_stcore/host-config",
        "/favicon.png",
        "/static/none.js",
        "/media/none.png",
        "/..%2f..%2fetc/passwd",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_every_response_has_the_headers_once(server, path, method):
    connection = http.client.HTTPConnection(urlparse(server).netloc)
    connection.request(method, path)
    response = connection.getresponse()
    for name, value in (
        ("content-security-policy", policy()),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", None),
    ):
        assert response.headers.get_all(name) == (value and [value])
    connection.close()


def test_nothing_is_said_about_framing():
    assert "frame-ancestors" not in policy()
    assert "'unsafe-eval'" not in policy()
    assert "script-src 'self'" in policy()
    assert "'unsafe-inline'" not in policy().split("script-src")[1].split(";")[0]
