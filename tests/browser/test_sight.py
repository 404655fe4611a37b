"""What is in sight, and how large, on screens from a phone to a projector."""

import pytest

from scratchnet.ui.navigation import PAGES

BOXES = """stage => Object.fromEntries(
    ["canvas", "figure", ".play", ".rewind", ".bar", ".numbers", ".legend", ".drawing"].flatMap(selector =>
        [...stage.querySelectorAll(selector)].map((element, k) => {
            const { left, top, right, bottom } = element.getBoundingClientRect();
            const figure = element.closest("figure")?.classList[0] ?? "";
            return [`${figure} ${selector}`.trim(), { left, top, right, bottom }];
        })))"""


def open_at(visit, width, height, address="/?epoch=30", **kind):
    """The page on a screen of this size, at rest."""
    page = visit(address, **kind)
    page.page.set_viewport_size({"width": width, "height": height})
    page.page.reload()
    page.ready()
    page.wait_for_rest()
    return page


def boxes(page):
    """Where the parts of the stage are, in CSS pixels of the screen, by figure and selector."""
    return page.page.eval_on_selector(".stage", BOXES)


def width(box):
    return box["right"] - box["left"]


def assert_in_sight(page, names):
    """Nothing of these parts is beyond the screen."""
    size, found = page.page.viewport_size, boxes(page)
    for name in names:
        box = found[name]
        assert 0 <= box["left"] < box["right"] <= size["width"], (name, box)
        assert 0 <= box["top"] < box["bottom"] <= size["height"], (name, box)


SCREEN = ("plane canvas", "network canvas", "curve canvas", "curve .rewind", ".play", ".numbers")
DEEP = "/?dataset=blobs&classes=5&layer_dims=2-8-8-8-8-8-8-5&batch_size=50&epoch=30"
DATA = ("/?epoch=30", DEEP)


@pytest.mark.parametrize("address", DATA)
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (2560, 1440)])
def test_the_plane_has_half_of_the_stage_and_the_cost_is_in_sight(visit, size, address):
    page = open_at(visit, *size, address)
    stage = page.page.locator(".stage").bounding_box()
    plane = boxes(page)["plane canvas"]
    assert width(plane) == pytest.approx(stage["width"] / 2, abs=12)
    assert plane["bottom"] - plane["top"] == pytest.approx(width(plane), abs=1)
    assert_in_sight(page, SCREEN)


def test_on_a_low_screen_the_plane_leaves_room_for_its_axes(visit):
    page = open_at(visit, 1920, 700)
    assert_in_sight(page, SCREEN)
    assert width(boxes(page)["plane canvas"]) > 400


def type_sizes(page):
    """The sizes of the type of controls, numbers, captions and pictures, in CSS pixels."""
    return page.page.eval_on_selector(
        ".stage",
        """stage => [
            ...[".play", ".step", ".speed select", ".numbers dd", ".numbers dt", "figcaption", ".legend"]
                .map(name => parseFloat(getComputedStyle(stage.querySelector(name)).fontSize)),
            12 * parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
        ]""",
    )


@pytest.mark.parametrize("address", DATA)
@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1920, 1080)])
def test_a_projector_shows_the_whole_stage_in_large_type(visit, size, address):
    usual = type_sizes(open_at(visit, *size, address))
    page = open_at(visit, *size, f"{address}&projector=1")
    assert_in_sight(page, (*SCREEN, "plane .legend", "network .legend", "network .drawing"))
    for large, small in zip(type_sizes(page), usual, strict=True):
        assert large >= 1.5 * small
    captions = page.page.locator("figcaption span").evaluate_all(
        "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent)"
    )
    assert captions == []  # none is cut


@pytest.mark.parametrize("path", ["", "training_step", "gradient_check", "article"])
def test_no_page_is_wider_than_320_pixels(visit, path):
    page = visit("/?epoch=3")
    page.page.set_viewport_size({"width": 320, "height": 640})
    page.page.goto(f"{page.server}/{path}?epoch=3")
    page.page.locator(".here").wait_for()
    page.wait_for_script()
    name = page.page.locator(".here").text_content()
    assert name == f"scratchnet {PAGES[path or 'playground']}"
    wide = "[document.documentElement, document.querySelector('[data-testid=stMain]')].map(e => e.scrollWidth)"
    assert page.page.evaluate(wide) == [320, 320]
    for code in page.page.locator("[data-testid=stCode] pre").all()[:3]:
        scrolls, right = code.evaluate(
            "e => [getComputedStyle(e).overflowX, e.getBoundingClientRect().right]"
        )
        assert (scrolls, right <= 320) == ("auto", True)
    if not path:
        for box in boxes(page).values():
            assert box["right"] <= 320
