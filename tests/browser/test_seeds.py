"""The page of seeds and sweeps in a browser: it fills by itself, and a picture opens its run."""

import pytest
from axe_playwright_python.sync_playwright import Axe

SMALL = "/seeds?dataset=xor&layer_dims=2-2-1&points=100&epochs=200&bound=0.8"
DONE = "() => [...document.querySelectorAll('button')].some(e => e.innerText.includes('CSV'))"


@pytest.fixture
def open_seeds(visit):
    """Opens the page of sweeps, and waits until all runs of its sweep are there."""

    def opened(address, **kind):
        page = visit("/?epoch=5", **kind)
        page.page.goto(page.server + address)
        page.page.wait_for_function(DONE)
        page.wait_for_script()
        return page

    return opened


def test_the_link_of_the_page_shows_an_example_that_fills_by_itself(visit):
    page = visit("/")
    page.page.get_by_role("link", name="Seeds and sweeps").first.click()
    page.page.wait_for_function("() => document.querySelectorAll('.runs img').length > 0")
    page.page.wait_for_function(DONE)
    assert page.page.locator(".runs a").count() == 60
    assert page.page.locator(".runs .missed").count() == 14
    page.page.get_by_text("46 of 60 runs").wait_for()
    assert "layer_dims=2-2-1" in page.page.evaluate("location.search")


def test_a_picture_opens_its_run_with_that_fingerprint(open_seeds):
    page = open_seeds(f"{SMALL}&seeds=8")
    picture = page.page.locator(".runs a").nth(5)
    fingerprint = picture.get_attribute("href").partition("fingerprint=")[2].partition("&")[0]
    picture.focus()
    page.page.keyboard.press("Enter")
    page.ready()
    page.wait_for_epoch(200)
    assert page.read("fingerprint") == fingerprint
    page.page.get_by_text("This is the run that was shared, digit for digit.").wait_for()


def test_back_from_a_run_the_sweep_is_there_again(open_seeds):
    page = open_seeds(f"{SMALL}&seeds=8")
    page.page.locator(".runs a").first.click()
    page.ready()
    page.wait_for_rest()
    page.page.go_back()
    page.page.wait_for_function(DONE)
    assert page.page.locator(".runs a").count() == 8


def test_along_a_setting_there_is_a_group_for_each_value(open_seeds):
    page = open_seeds(f"{SMALL}&seeds=5&axis=learning_rate&values=0.1,1.0")
    assert page.page.locator(".runs section").count() == 2
    assert page.page.locator(".runs h4").all_inner_texts() == ["learning rate 0.1", "learning rate 1"]
    page.page.get_by_text("share of successes").wait_for()


def test_a_stopped_sweep_keeps_what_it_has(visit):
    page = visit("/?epoch=5")
    long = "/seeds?layer_dims=2-16-16-1&batch_size=2&seeds=6&epochs=400"
    page.page.goto(page.server + long)
    page.page.get_by_role("button", name="Stop").click()
    page.page.get_by_text("Stopped at").wait_for()
    page.page.get_by_role("button", name="Go on").click()
    page.page.get_by_text("Stopped at").wait_for(state="detached")
    page.page.get_by_role("button", name="Stop").click()
    page.page.get_by_text("Stopped at").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut_and_everything_is_told(open_seeds, scheme):
    page = open_seeds(f"{SMALL}&seeds=5&axis=noise&values=0.1,0.3", color_scheme=scheme)
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_frames()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
    told = page.page.locator(".runs img").first.get_attribute("alt")
    assert told.startswith("weight seed 3, data seed 1: test accuracy 0.")
    found = Axe().run(page.page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    own = [
        (rule["id"], node["target"])
        for rule in found
        for node in rule["nodes"]
        if ".runs" in str(node["target"])
    ]
    assert own == []
