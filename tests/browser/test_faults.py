"""What goes wrong between the page and its server: the run goes on, or the page says what happened.

Each test controls the network, or time. Whatever is shown is of the epoch that it says.
"""

import pytest
from conftest import Page
from server import SECONDS, serve

from scratchnet import Settings, Trainer

LONG = "/?epochs=100000"


def fingerprint_at(epoch, **query):
    """What NumPy has at an epoch of the run that is shown."""
    return Trainer(Settings.from_query({"epochs": "100000"} | query)[0]).seek(epoch).fingerprint


def assert_true(page, **query):
    """Pause, and compare what is shown to what NumPy computes."""
    page.press("Pause")
    page.wait_for_rest()
    assert page.read("fingerprint") == fingerprint_at(page.epoch, **query)


class Route:
    """The route of the frames, which a test can cut, delay or bring out of order."""

    def __init__(self, tab):
        self.asked, self.held, self.act = 0, [], self.go_on
        tab.route("**/frames?*", self.take)

    def take(self, route):
        self.asked += 1
        self.act(route)

    def go_on(self, route):
        route.continue_()

    def hold(self, route):
        self.held.append(route)

    def release(self):
        """Answer what was held, the last first."""
        self.act = self.go_on
        while self.held:
            self.held.pop().continue_()


def wait_for_nothing(route, page):
    """Hold back what is asked for, until the page says that it waits."""
    route.act = route.hold
    page.page.get_by_text("Waiting for the next epochs").wait_for()


def waiting(tab, server):
    """The route, and a page that plays a run whose next frames are held back."""
    route, page = Route(tab), Page(tab, server)
    page.open(LONG)
    page.press("Play")
    page.wait_for_play(50)
    wait_for_nothing(route, page)
    return route, page


@pytest.fixture
def tab(browser):
    """A tab of its own, in which things may fail."""
    tab = browser.new_page(viewport={"width": 1366, "height": 768})
    yield tab
    tab.close()


@pytest.mark.parametrize(
    "failing",
    [
        lambda route: route.fulfill(status=500, body="no"),
        lambda route: route.fulfill(status=410, content_type="text/plain", body="another release"),
        lambda route: route.abort(),
    ],
    ids=["500", "410", "cut"],
)
def test_every_third_request_fails(tab, server, failing):
    route, page = Route(tab), Page(tab, server)
    route.act = lambda one: failing(one) if route.asked % 3 == 0 else one.continue_()
    page.open(LONG)
    page.press("Play")
    page.wait_for_play(600)
    assert route.asked > 4
    assert_true(page)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "not here"},
        {"status": 200, "content_type": "text/html", "body": "<html>a page for every address</html>"},
    ],
    ids=["404", "a page instead"],
)
def test_without_the_route_the_same_frames_come_through_python(tab, server, answer):
    page = Page(tab, server)
    for address in ("**/frames?*", "**/stage.js?*"):
        tab.route(address, lambda route: route.fulfill(**answer))
    page.open(LONG)
    page.press("Play")
    page.wait_for_play(300)
    assert_true(page)
    page.press("Step")
    epoch = page.epoch
    page.press("Reset")
    page.wait("stage.dataset.epoch === '0'")
    page.press("Step")
    page.wait("stage.dataset.epoch === '1'")
    assert epoch > 300
    assert page.read("fingerprint") == fingerprint_at(1)


@pytest.mark.parametrize("below", ["class", "~/+"])
def test_below_a_path_the_frames_come_from_their_route(tab, below):
    """As a host may serve it; nothing is asked for outside of that path."""
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    with serve(below=below) as server:
        page = Page(tab, server.address)
        page.open(LONG)
        page.press("Play")
        page.wait_for_play(300)
        assert_true(page)
    frames = [url for url in asked if "frames?" in url or "stage.js?" in url]
    assert len(frames) > 3
    assert all(url.startswith(f"{server.address}/") for url in frames)


def test_an_answer_that_comes_late_is_waited_for_and_the_page_says_so(tab, server):
    route, page = waiting(tab, server)
    shown = page.epoch
    route.release()
    page.wait_for_play(shown + 50)
    assert_true(page)


def test_where_answers_come_late_the_picture_thins_out_and_says_so(tab, server):
    """Every second frame is shown, of the same run; and all of them again when answers come in time."""
    route, page = waiting(tab, server)
    for _ in range(2):
        shown = page.epoch
        route.release()
        page.wait_for_play(shown + 1)
        wait_for_nothing(route, page)
    route.release()
    thinner = "every second frame is shown"
    page.page.get_by_text(thinner).wait_for()
    with page.page.expect_request("**/frames?*speed=10&*"):
        pass
    page.page.get_by_text(thinner).wait_for(state="hidden")
    with page.page.expect_request("**/frames?*speed=5&*"):
        pass
    assert_true(page)


def test_an_answer_that_is_not_wanted_any_more_changes_nothing(tab, server):
    """Frames of the rate before arrive after it was changed, and after the run was begun anew."""
    route, page = waiting(tab, server)
    page.page.get_by_role("slider", name="Learning rate").press("ArrowLeft")
    page.page.wait_for_url("**rate_changes=*")
    route.release()
    changed = page.page.evaluate("new URLSearchParams(location.search).get('rate_changes')")
    page.wait_for_play(int(changed.split(":")[0]) + 50)
    assert_true(page, rate_changes=changed)


def test_a_cut_connection_does_not_stop_the_picture_and_what_was_done_is_heard_later(tab, server):
    """The websocket is cut while the run plays, and no other can be opened for a while."""
    sockets = []
    tab.route_web_socket("**/_stcore/stream", lambda socket: sockets.append(Socket(socket)))
    page = Page(tab, server)
    page.open(LONG)
    page.press("Play")
    page.wait_for_play(50)
    Socket.is_cut = True
    for socket in sockets:
        socket.browser.close()
    seen = page.epoch
    page.wait_for_play(seen + 450)
    page.press("Pause")
    page.wait("stage.dataset.playing === 'false'")
    epoch = page.epoch
    Socket.is_cut = False
    page.wait_for_rest()
    page.wait("stage.dataset.epoch === a[0]", str(epoch))
    assert page.read("fingerprint") == fingerprint_at(epoch)


class Socket:
    """A websocket between the page and its server."""

    is_cut = False

    def __init__(self, browser):
        self.browser = browser
        if Socket.is_cut:
            browser.close()
        else:
            browser.connect_to_server()


def test_two_tabs_play_two_runs(browser, server):
    """Each shows its own, whichever the server trained last."""
    seeds = "5", "6"
    pages = [Page(browser.new_page(viewport={"width": 1366, "height": 768}), server) for _ in seeds]
    for page, seed in zip(pages, seeds, strict=True):
        page.open(f"{LONG}&seed={seed}")
        page.press("Play")
    for page, seed in zip(pages, seeds, strict=True):
        page.page.bring_to_front()
        page.wait_for_play(200)
        assert_true(page, seed=seed)
        page.page.close()


def test_a_tab_that_slept_goes_on_where_it_was(tab, server):
    """For a minute the browser draws no frame and no timer runs, as in a tab in the background."""
    page = Page(tab, server)
    tab.clock.install()
    page.open(LONG)
    page.press("Play")
    page.wait_for_play(50)
    tab.clock.pause_at(tab.evaluate("Date.now()") + 1)
    shown = page.epoch
    tab.clock.fast_forward(60_000)
    tab.clock.resume()
    page.wait_for_play(shown + 50)
    assert_true(page)


def test_back_and_forward_while_it_plays(tab, server):
    page = Page(tab, server)
    page.open(f"{LONG}&seed=5")
    page.wait_for_rest()
    page.press("New data")
    page.page.wait_for_url("**seed=6**")
    page.wait_for_rest()
    page.press("Play")
    page.wait_for_play(50)
    page.page.go_back()
    page.wait("new URLSearchParams(location.search).get('seed') === '5'")
    page.wait("stage.dataset.fingerprint === a[0]", fingerprint_at(0, seed="5"))
    page.press("Play")
    page.wait_for_play(50)
    page.page.go_forward()
    page.wait("new URLSearchParams(location.search).get('seed') === '6'")
    page.wait("stage.dataset.playing === 'false'")
    page.wait_for_rest()
    assert page.read("fingerprint") == fingerprint_at(page.epoch, seed="6")


def test_a_setting_that_the_server_refuses_is_said(tab, server):
    """An address that an edited one of the page could have; the sentence stands below the picture."""
    page = Page(tab, server)
    tab.route(
        "**/frames?*from=5&*",
        lambda route: route.fulfill(
            status=422, content_type="text/plain", body="speed must be 1, got 5."
        ),
    )
    page.open(LONG)
    page.press("Play")
    refused = page.page.get_by_text("speed must be 1, got 5.")
    refused.wait_for(timeout=1000 * SECONDS)
    page.page.get_by_label("log axis").click()
    page.wait_for_rest()  # Python has heard of it, and answered
    assert refused.is_visible(), "it stays"
