"""The landscape in a browser: its point is there, the pointer and the keys move, the path plays."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Page

from scratchnet import Settings, Trainer

MAP = ".st-key-landscape_map .js-plotly-plot"
HEADS = ".landscape-heads g"


@pytest.fixture
def look(visitors, server):
    """Opens the page of the landscape, until its point is on the map; there may be no error."""
    pages = []

    def open_page(query="", width=1366, height=900, **kind):
        name, tab = visitors.tab(**kind)
        page = Page(tab, server)
        pages.append((name, page))
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(f"{server}/landscape{query}")
        tab.locator(HEADS).first.wait_for(state="attached")
        page.wait_for_script()
        return page

    yield open_page
    for name, page in pages:
        page.leave()
        visitors.keep(name, page.page)
    assert [error for _, page in pages for error in page.errors] == []


def told(page):
    return page.page.locator(".told").inner_text()


def picture(page):
    return page.page.get_by_role("application").evaluate("canvas => canvas.toDataURL()")


def wait_for(page, text):
    page.page.locator(".told", has_text=text).wait_for()


def point_at(page, x, y):
    """Point at a place of the map, in shares of its plane."""
    box = page.page.locator(f"{MAP} .nsewdrag").bounding_box()
    for step in (1, 0):
        page.page.mouse.move(box["x"] + x * box["width"] + step, box["y"] + y * box["height"])


def cost_in(text):
    return float(re.search(r"cost ([\d.e−-]+)", text)[1].replace("−", "-"))


def test_the_example_of_the_page_shows_its_point_with_the_cost_of_the_run(look):
    page = look()
    trainer = Trainer(Settings())
    assert told(page) == f"The run at epoch 1,000: cost {trainer.seek(1000).train_cost:.4g}"
    assert page.page.locator(HEADS).count() == 1
    at = look("?epoch=40")
    assert told(at) == f"The run at epoch 40: cost {trainer.seek(40).train_cost:.4g}"


def test_the_pointer_changes_the_picture_of_the_boundary(look):
    page = look("?points=60&epochs=100")
    seen = {told(page): picture(page)}
    for x, y in ((0.1, 0.8), (0.9, 0.1), (0.85, 0.9)):
        before = told(page)
        point_at(page, x, y)
        page.page.locator(".told").filter(has_not_text=before).wait_for()
        assert told(page).startswith("On the plane at")
        seen[told(page)] = picture(page)
    assert len(seen) == len(set(seen.values())) == 4
    assert page.page.locator(HEADS).count() == 2  # the run's epoch, and the ring at the pointer


def test_the_cost_at_the_pointer_is_that_of_the_cell(look):
    """A ring marks the cell of the picture: pointing at it, the map says the same cost."""
    page = look("?points=60&epochs=100")
    point_at(page, 0.3, 0.3)
    wait_for(page, "On the plane at")
    ring = page.page.locator(HEADS).last.bounding_box()
    page.page.mouse.move(0, 0)
    page.page.mouse.move(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
    hover = page.page.locator(f"{MAP} .hoverlayer .hovertext")
    hover.wait_for()
    assert cost_in(hover.text_content()) == pytest.approx(cost_in(told(page)), rel=1e-3)


def test_the_keys_move_over_the_plane_and_along_the_path(look):
    page = look("?points=60&epochs=100")
    canvas = page.page.get_by_role("application")
    canvas.focus()
    before = picture(page)
    page.page.keyboard.press("ArrowLeft")
    wait_for(page, "On the plane at")
    label = canvas.get_attribute("aria-label")
    assert label.startswith(told(page))
    assert sum(map(int, re.findall(r"has (\d+) %", label))) == pytest.approx(100, abs=1)
    for _ in range(4):
        page.page.keyboard.press("ArrowUp")
    assert picture(page) != before
    slider = page.page.get_by_role("slider", name="Epoch along the path")
    slider.focus()
    page.page.keyboard.press("Home")
    cost = Trainer(Settings.of(points=60)).snapshot().train_cost
    wait_for(page, f"The run at epoch 0: cost {cost:.4g}")
    assert slider.get_attribute("aria-valuetext") == f"epoch 0, cost {cost:.4g}"
    for selector in (canvas, slider, page.page.get_by_role("button", name="Play the path")):
        selector.focus()
        page.page.keyboard.press("Shift")  # the focus is that of the keyboard
        assert selector.evaluate("e => getComputedStyle(e).outlineStyle") != "none"


def test_the_paths_play_together_with_their_own_costs(look):
    page = look("?points=60&epochs=100&compare=adam-momentum")
    assert page.page.locator(HEADS).count() == 3
    page.page.get_by_role("button", name="Play the path").click()
    page.page.get_by_role("button", name="Pause").wait_for()
    wait_for(page, re.compile(r"epoch ([3-9]\d):"))
    page.page.get_by_role("button", name="Pause").click()
    epoch = int(re.search(r"epoch (\d+)", told(page))[1])
    rows = page.page.locator("li").filter(has=page.page.locator("i"))
    costs = [cost_in(text) for text in rows.all_inner_texts()]
    names = (("gradient_descent", 0.5), ("momentum", 0.1), ("adam", 0.01))
    for cost, (name, rate) in zip(costs, names, strict=True):
        settings = Settings.of(points=60, epochs=100, optimizer=name, learning_rate=rate)
        assert cost == pytest.approx(Trainer(settings).seek(epoch).train_cost, rel=1e-3)
    place = page.page.locator(HEADS).first.bounding_box()
    page.page.get_by_role("slider", name="Epoch along the path").press("Home")
    assert page.page.locator(HEADS).first.bounding_box() != place


def test_another_plane_is_chosen_and_its_point_comes(look):
    page = look("?points=60&epochs=100")
    for name, title in (
        ("Random", "first random direction"),
        ("Line", "way from start (0) to end (1)"),
    ):
        page.page.get_by_role("radio", name=name, exact=True).click()
        page.page.locator(MAP, has_text=title).wait_for()
        page.wait_for_script()
        page.page.wait_for_function(  # that the pointer is heard of on the new map
            "selector => document.querySelector(selector)?._ev?._events?.plotly_hover", arg=MAP
        )
        wait_for(page, "The run at epoch 100")
        point_at(page, *((0.5, 0.5) if name == "Line" else (0.15, 0.2)))
        wait_for(page, "On the line at" if name == "Line" else "On the plane at")


@pytest.mark.parametrize("query", ["", "?compare=momentum-rmsprop-adam&slice=weights", "?slice=line"])
@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_has_all_of_it_without_scrolling_sideways(look, query, width):
    page = look(query, width=width, height=844)
    for selector in ("html", "[data-testid=stMain]"):
        assert page.page.eval_on_selector(selector, "e => e.scrollWidth") == width
    for element in page.page.locator(f"{MAP}, canvas, input[type=range]").all():
        box = element.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_fault_of_ours(look, theme):
    page = look("?compare=adam", color_scheme=theme)
    paper = page.page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", paper)[:3])) < 60) == (theme == "dark")
    found = Axe().run(page.page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    ours = [
        (each["id"], node["target"], node["html"])
        for each in serious
        for node in each["nodes"]
        if isinstance(node["target"][0], list)  # in a shadow root, as on the stage
    ]
    assert ours == []
