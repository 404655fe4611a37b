"""What is in sight, and how large, on screens from a phone to a projector."""

import pytest

BOXES = """stage => Object.fromEntries(
    ["canvas", "figure", ".play", ".rewind", ".bar", ".numbers", ".legend"].flatMap(selector =>
        [...stage.querySelectorAll(selector)].map((element, k) => {
            const { left, top, right, bottom } = element.getBoundingClientRect();
            const figure = element.closest("figure")?.className ?? "";
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


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (2560, 1440)])
@pytest.mark.parametrize(
    "address", ["/?epoch=30", "/?dataset=blobs&classes=5&layer_dims=2-8-8-8-8-8-8-5"]
)
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
