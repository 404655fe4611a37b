"""A run arrives at a page that is open: from another server, after a reload, or from an example."""

from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from choices import own_table
from conftest import Page
from playwright.sync_api import TimeoutError
from server import SECONDS, serve

from scratchnet import DataSettings, Settings, Trainer, TrainingSettings
from scratchnet.lessons.presets import PRESETS
from scratchnet.ui.texts import MOST_IN_ADDRESS

LONG = "/?epochs=100000"  # a run that does not end while it is looked at, however slow the machine


def epoch_in_address(page):
    query = parse_qs(urlparse(page.page.evaluate("location.href")).query)
    return int(query.get("epoch", ["0"])[0])


@pytest.fixture
def stay(visitors):
    """Opens a page whose server may go, and so have errors."""
    tabs = []

    def new(address):
        name, tab = visitors.tab()
        tabs.append((name, tab))
        page = Page(tab, "")
        return page.open(address)

    yield new
    for name, tab in tabs:
        visitors.keep(name, tab)


def test_a_page_whose_server_was_restarted_is_where_it_was(stay):
    settings, _ = Settings.from_query({"epochs": "100000", "seed": "5"})
    with serve() as first:
        page = stay(f"{first.address}/?epochs=100000&seed=5")
        page.press("Play")
        page.wait_for_play(60)
        page.press("Pause")
        page.wait_for_rest()
        epoch, fingerprint = page.epoch, page.read("fingerprint")
        page.wait("new URLSearchParams(location.search).get('epoch') === stage.dataset.epoch")
    seen = page.read("visit")
    with serve(port=urlparse(first.address).port):
        is_back = "stage.dataset.visit !== a[0] && stage.dataset.fingerprint === a[1]"
        page.wait(is_back, seen, fingerprint)
        page.wait_for_rest()
        assert page.epoch == epoch_in_address(page) == epoch
        page.press("Step")
        page.wait_for_epoch(epoch + 1)
        assert page.read("fingerprint") == Trainer(settings).seek(epoch + 1).fingerprint


def test_a_page_whose_server_was_restarted_while_it_played_goes_on(stay):
    with serve() as first:
        page = stay(f"{first.address}{LONG}")
        page.press("Play")
        page.page.wait_for_function(
            "() => Number(new URLSearchParams(location.search).get('epoch')) > 60"
        )
        seen = page.read("visit")
    shown = page.epoch
    with serve(port=urlparse(first.address).port):
        page.wait("stage.dataset.visit !== a[0]", seen)
        page.wait_for_play(shown + 300)
        page.press("Pause")
        page.wait_for_rest()
        page.wait("new URLSearchParams(location.search).get('epoch') === stage.dataset.epoch")
        settings, _ = Settings.from_query({"epochs": "100000"})
        assert page.read("fingerprint") == Trainer(settings).seek(page.epoch).fingerprint


def test_points_too_many_for_the_address_outlive_the_server(stay):
    """The page has them still, and gives them to the server that was started anew."""
    own = own_table(2, points=1000)
    settings = Settings(DataSettings("own", own=own), training=TrainingSettings(epochs=100_000))
    assert len(own.to_text()) > MOST_IN_ADDRESS
    with serve() as first:
        page = stay(f"{first.address}/?{urlencode(settings.to_address())}")
        page.press("Play")
        page.wait_for_play(60)
        seen = page.read("visit")
    with serve(port=urlparse(first.address).port):
        page.wait("stage.dataset.visit !== a[0] && stage.dataset.points === '1000'", seen)
        page.wait_for_play(100)
        page.press("Pause")
        page.wait_for_rest()
        assert page.read("fingerprint") == Trainer(settings).seek(page.epoch).fingerprint


def test_a_reload_while_it_plays_goes_on_from_about_there(visit):
    page = visit(LONG)
    page.press("Play")
    page.page.wait_for_function("() => Number(new URLSearchParams(location.search).get('epoch')) > 100")
    shown = epoch_in_address(page)
    page.page.reload()
    page.ready()
    page.wait("Number(stage.dataset.epoch) >= a[0]", shown)
    page.wait_for_rest()
    assert page.epoch == epoch_in_address(page)


def choose(page, title):
    """Choose an example in the menu, which closes when the page is drawn anew meanwhile."""
    item = page.page.get_by_role("menuitem", name=title, exact=True)
    page.press("Examples")
    for _ in range(SECONDS):
        try:
            return item.click(timeout=1000)
        except TimeoutError:
            page.press("Examples")
    raise AssertionError(f"The menu of examples does not offer {title}.")


def test_play_after_an_example_plays_the_example(visit):
    page = visit(LONG)
    preset = PRESETS[2]
    choose(page, preset.title)
    page.press("Play")
    page.page.get_by_text(preset.question[:30]).wait_for()
    page.wait_for_play(5)


class Slow:
    """A connection on which what the server sends can be held back for a while."""

    def __init__(self, page):
        self.page, self.held, self.holds = page, [], False
        page.route_web_socket("**/_stcore/stream", self.join)

    def join(self, browser):
        self.browser = browser
        browser.connect_to_server().on_message(self.take)

    def take(self, message):
        if self.holds:
            self.held.append(message)
        else:
            self.browser.send(message)

    def hold(self):
        self.holds = True

    def wait_for(self, text):
        """Until the server has sent this, and it is held back."""
        for _ in range(20 * SECONDS):
            if text.encode() in b"".join(self.held):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the server never sent {text}")

    def release(self):
        self.holds = False
        for message in self.held:
            self.browser.send(message)


def test_controls_that_have_not_heard_of_a_change_do_not_undo_it(browser, server):
    tab = browser.new_page()
    slow, page = Slow(tab), Page(tab, server)
    page.open(LONG)
    page.wait_for_rest()
    slow.hold()
    for seed in (2, 3, 4):
        page.press("New data")
        slow.wait_for(f"&seed={seed}&")
    slow.release()
    page.wait_for_rest()
    page.wait("new URLSearchParams(location.search).get('seed') === '4'")
    tab.close()


def test_features_chosen_before_the_run_with_the_first_has_come_are_all_taken(browser, server):
    tab = browser.new_page(viewport={"width": 1366, "height": 768})
    slow, page = Slow(tab), Page(tab, server)
    page.open("/?layer_dims=2-3-1")
    page.wait_for_rest()
    tab.get_by_role("button", name="Feature x₂").click()
    slow.hold()
    for feature in ("sin x₁", "x₁x₂", "x₁²"):
        tab.locator(".card").get_by_role("checkbox", name=feature, exact=True).click()
    slow.wait_for("features=x1-x2-sin_x1")
    slow.release()
    page.wait(
        "new URLSearchParams(location.search).get('features') === 'x1-x2-x1_squared-x1_x2-sin_x1'"
    )
    page.wait_for_rest()
    tab.close()


@pytest.mark.parametrize("number", range(3))
def test_the_last_of_several_examples_is_shown(visit, number):
    page = visit("/")
    for preset in PRESETS[number : number + 3]:
        choose(page, preset.title)
    page.wait("stage.dataset.fingerprint === a[0]", Trainer(preset.settings).snapshot().fingerprint)
    page.page.get_by_text(preset.question[:30]).wait_for()
    page.wait_for_rest()


def test_a_pointer_at_rest_shows_no_neuron_of_a_run_that_comes_below_it(visit):
    page = visit("/")
    page.press("Examples")
    item = page.page.get_by_role("menuitem", name=PRESETS[1].title, exact=True)
    neuron = page.page.get_by_role("button", name="x₁", exact=False).last.bounding_box()
    page.page.mouse.move(neuron["x"] + 9, neuron["y"] + 9)
    item.press("Enter")
    page.page.get_by_text(PRESETS[1].question[:30]).wait_for()
    page.wait_for_rest()
    assert page.page.locator(".plane figcaption span").inner_text() == "Network output"
    page.page.mouse.move(neuron["x"] + 12, neuron["y"] + 12)
    page.page.locator(".plane figcaption span", has_text="Feature x₁").wait_for()
