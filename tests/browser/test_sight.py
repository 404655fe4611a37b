"""What is in sight, and how large, on screens from a phone to a projector."""

import re

import numpy as np
import pytest
from test_drawing import neuron
from test_playground import settings_of

from scratchnet import Trainer
from scratchnet.data.datasets import grid
from scratchnet.live.frames import SIDE
from scratchnet.ui.navigation import PAGES

BOXES = """stage => Object.fromEntries(
    ["[role=img]", ".play", ".rewind", ".bar", ".numbers", ".legend", ".drawing"].flatMap(selector =>
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


PICTURES = ("plane [role=img]", "network [role=img]", "curve [role=img]")
SCREEN = (*PICTURES, "curve .rewind", ".play", ".numbers")
DEEP = "/?dataset=blobs&classes=5&layer_dims=2-8-8-8-8-8-8-5&batch_size=50&epoch=30"
DATA = ("/?epoch=30", DEEP)


@pytest.mark.parametrize("address", DATA)
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (2560, 1440)])
def test_the_plane_has_half_of_the_stage_and_the_cost_is_in_sight(visit, size, address):
    page = open_at(visit, *size, address)
    stage = page.page.locator(".stage").bounding_box()
    plane = boxes(page)["plane [role=img]"]
    assert width(plane) == pytest.approx(stage["width"] / 2, abs=12)
    assert plane["bottom"] - plane["top"] == pytest.approx(width(plane), abs=1)
    assert_in_sight(page, SCREEN)


def test_on_a_low_screen_the_plane_leaves_room_for_its_axes(visit):
    page = open_at(visit, 1920, 700)
    assert_in_sight(page, SCREEN)
    assert width(boxes(page)["plane [role=img]"]) > 400


def type_sizes(page):
    """The sizes of the type of controls, numbers, captions and pictures, in CSS pixels."""
    return page.page.eval_on_selector(
        ".stage",
        """stage => [
            ...[".play", ".speed select", ".numbers dd", ".numbers dt", "figcaption", ".legend"]
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
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"
    )
    assert captions == []  # none is cut


@pytest.mark.parametrize("path", ["", "training_step", "gradient_check", "article", "classics"])
def test_no_page_is_wider_than_320_pixels(visit, path):
    page = visit("/?epoch=3")
    page.page.set_viewport_size({"width": 320, "height": 640})
    page.page.goto(f"{page.server}/{path}?epoch=3")
    page.page.locator(".here").wait_for()
    page.wait_for_script()
    name = page.page.locator(".here").text_content()
    assert name == f"scratchnet {PAGES[path or 'playground']}"
    for selector in ("html", "[data-testid=stMain]"):
        assert page.page.eval_on_selector(selector, "e => e.scrollWidth") == 320
    for code in page.page.locator("[data-testid=stCode] pre").all()[:3]:
        scrolls, right = code.evaluate(
            "e => [getComputedStyle(e).overflowX, e.getBoundingClientRect().right]"
        )
        assert (scrolls, right <= 320) == ("auto", True)
    if not path:
        page.ready()
        for box in boxes(page).values():
            assert box["right"] <= 320


def point_at(page, view, x, y):
    """Point at a place of a picture, in shares of its width and height; what the card there says."""
    canvas = page.page.locator(f".{view} [role=img]")
    box = canvas.bounding_box()
    page.page.mouse.move(box["x"] + x * box["width"] - 1, box["y"] + y * box["height"])
    page.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    return page.page.locator(f".{view} .values").inner_text().split("\n")


def numbers(text):
    return [float(each) for each in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text.replace("−", "-"))]


@pytest.mark.parametrize(
    ("address", "most"),
    [("/?epoch=30", 0.011), ("/?epoch=30&output=tanh&cost=squared_error", 0.021)],
)
def test_the_plane_says_what_numpy_computed_at_the_grid_point(visit, address, most):
    page = open_at(visit, 1366, 768, address)
    settings, epoch = settings_of(page)
    snapshot = Trainer(settings).seek(epoch)
    _, _, points = grid(Trainer(settings).dataset.window, SIDE)
    outputs = snapshot.outputs(points)[0]
    for x, y in ((0.2, 0.12), (0.6, 0.2), (0.9, 0.9), (0.35, 0.8)):
        kind, place, output, predicted = point_at(page, "plane", x, y)
        assert kind == "Grid point"
        x1, x2 = (float(each.split("=")[1].replace("−", "-")) for each in place.split(","))
        k = np.hypot(points[0] - x1, points[1] - x2).argmin()
        assert np.hypot(*(points[:, k] - (x1, x2))) < 0.01  # it is a point of the grid
        assert "≈" in output
        assert numbers(output)[-1] == pytest.approx(outputs[k], abs=most)
        middle = 0.5 if settings.network.output == "sigmoid" else 0.0
        assert predicted == f"predicted class: {int(outputs[k] > middle)}"


def test_of_more_classes_the_plane_says_which_leads_and_by_how_much(visit):
    page = open_at(visit, 1366, 768, DEEP)
    settings, epoch = settings_of(page)
    snapshot = Trainer(settings).seek(epoch)
    for x, y in ((0.3, 0.85), (0.95, 0.5), (0.55, 0.1)):
        _, place, predicted, odds = point_at(page, "plane", x, y)
        point = [[float(each.split("=")[1].replace("−", "-"))] for each in place.split(",")]
        outputs = snapshot.outputs(np.array(point))[:, 0]
        *_, second, first = np.sort(outputs)
        assert predicted == f"predicted class: {outputs.argmax()}"
        assert numbers(odds)[0] == pytest.approx(first / (first + second), abs=0.03)


def test_a_sample_says_its_label_and_its_set(visit):
    page = open_at(visit, 1366, 768)
    settings, _ = settings_of(page)
    dataset = Trainer(settings).dataset
    box = page.page.locator(".plane [role=img]").bounding_box()
    left, top = 22, 4
    size = box["width"] - left - 6
    low, high = dataset.window[:2]
    for X, Y, name in (
        (dataset.X_train, dataset.Y_train, "training"),
        (dataset.X_test, dataset.Y_test, "test"),
    ):
        others = np.hstack([dataset.X_train, dataset.X_test])
        apart = [np.sort(np.hypot(*(others - X[:, [i]])))[1] for i in range(X.shape[1])]
        i = int(np.argmax(apart))  # the sample that lies most apart from all others
        x = (left + size * (X[0, i] - low) / (high - low)) / box["width"]
        y = (top + size * (high - X[1, i]) / (high - low)) / box["height"]
        first, label, place = point_at(page, "plane", x, y)
        assert first == f"Sample of the {name} set"
        assert label == f"label: class {int(Y.ravel()[i])}"
        values = [float(each.split("=")[1].replace("−", "-")) for each in place.split(",")]
        assert values == pytest.approx(X[:, i], abs=0.006)


def test_own_data_is_in_its_units_and_names(visit):
    page = open_at(visit, 1366, 768, "/?dataset=penguins&epoch=20")
    _, place, predicted, _ = point_at(page, "plane", 0.95, 0.05)
    names = Trainer(settings_of(page)[0]).dataset.names
    assert all(f"{name} = " in place for name in names[:2])
    assert predicted.removeprefix("predicted class: ") in ("Adelie", "Chinstrap", "Gentoo")


def test_the_curve_says_the_costs_of_an_epoch_and_what_was_changed_there(visit):
    page = open_at(visit, 1366, 768, "/?epoch=100&rate_changes=40:0.25&edits=70:0:1.5")
    settings, epoch = settings_of(page)
    trainer = Trainer(settings)
    trainer.seek(epoch)
    history = trainer.history
    canvas_width, _ = page.size("curve")
    left, right = 46, canvas_width - 12

    def at(epoch):
        return point_at(page, "curve", (left + (right - left) * epoch / 100) / canvas_width, 0.5)

    for epoch, changed in ((20, []), (40, ["rate"]), (70, ["weight"]), (100, [])):
        said, train, test, *others = at(epoch)
        assert said == f"Epoch {epoch}"
        assert np.float32(train.split()[-1]) == history.train_cost[epoch]
        assert np.float32(test.split()[-1]) == history.test_cost[epoch]
        texts = {
            "rate": "learning rate 0.25 from here on",
            "weight": "Weight from x₁ to a₁⁽¹⁾ set to 1.5",
        }
        assert others == [texts[each] for each in changed]


def test_a_change_on_the_way_is_marked_at_once_and_reset_takes_it_away(visit):
    page = open_at(visit, 1366, 768, "/?epoch=30&layer_dims=2-3-1")
    before = page.page.eval_on_selector(".curve [role=img]", "canvas => canvas.toDataURL()")
    neuron(page, "Neuron 2 of layer 1").click()
    field = page.page.locator(".card .fields input").first
    field.fill("1.25")
    field.press("Enter")
    page.wait("stage.querySelector('.curve [role=img]').toDataURL() !== a[0]", before)
    page.page.keyboard.press("Escape")
    canvas_width, _ = page.size("curve")
    x = (46 + (canvas_width - 58) * 0.3) / canvas_width
    assert point_at(page, "curve", x, 0.5)[-1] == "Bias of a₂⁽¹⁾ set to 1.25"
    page.press("Reset")
    page.wait("stage.dataset.epoch === '0'")
    assert len(point_at(page, "curve", 46 / canvas_width, 0.5)) == 3
