"""A phone, and a page without https: what else a visitor's browser may be like."""

import pytest

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"


def test_the_sidebar_of_a_phone_opens_and_closes(visit):
    page = visit("/")
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.page.reload()
    page.ready()
    sidebar = page.page.get_by_test_id("stSidebarUserContent")
    page.page.get_by_test_id("stExpandSidebarButton").click()
    page.page.wait_for_function(
        "() => document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().x === 0"
    )
    assert sidebar.is_visible()
    assert not page.page.locator(".here").is_visible(), "it would lie over the links"
    cut = sidebar.evaluate(
        """sidebar => [...sidebar.querySelectorAll("[data-testid=stColumn]")].filter(
            column => column.getBoundingClientRect().right > sidebar.getBoundingClientRect().right + 1
        ).length"""
    )
    assert cut == 0
    page.page.get_by_role("button", name="Collapse sidebar").click()
    page.page.wait_for_function(
        "() => document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().right <= 0"
    )


@pytest.mark.parametrize("width", [390, 1366])
def test_a_card_never_covers_the_neuron_that_it_is_of(visit, width):
    page = visit("/?layer_dims=2-4-3-4-1")
    page.page.set_viewport_size({"width": width, "height": 800})
    page.page.reload()
    page.ready()
    drawing = page.page.locator(".drawing")
    across = drawing.bounding_box()
    for neuron in drawing.locator(".neurons button").all():
        neuron.click()
        card, own = drawing.locator(".card").bounding_box(), neuron.bounding_box()
        assert not overlap(card, own), neuron.get_attribute("aria-label")
        assert across["x"] <= card["x"] and right(card) <= right(across) + 1
        page.page.keyboard.press("Escape")


def right(box):
    return box["x"] + box["width"]


def overlap(one, other):
    beside = right(one) <= other["x"] or right(other) <= one["x"]
    above, below = sorted((one, other), key=lambda box: box["y"])
    return not beside and above["y"] + above["height"] > below["y"]


@pytest.mark.parametrize("allowed", [True, False])
def test_a_link_is_copied_without_https(visit, allowed):
    """There a script has no clipboard; if nothing can be copied, the link is shown for that."""
    page = visit("/?seed=5&epoch=3")
    page.wait_for_rest()
    page.page.evaluate(NO_CLIPBOARD)
    page.page.evaluate(
        """allowed => {
            const copy = document.execCommand.bind(document);
            document.execCommand = name => {
                window.copied = String(getSelection()) || document.activeElement.value;
                return allowed && copy(name);
            };
            window.prompt = (text, value) => (window.asked = value);
        }""",
        allowed,
    )
    page.press("Copy link")
    page.page.wait_for_function("() => window.copied")
    link = page.page.evaluate("window.copied")
    assert "seed=5" in link
    assert f"epoch=3&fingerprint={page.read('fingerprint')}" in link
    if allowed:
        page.page.get_by_text("Copied").wait_for()
    else:
        page.page.wait_for_function("() => window.asked")
        assert page.page.evaluate("window.asked") == link
        assert page.page.get_by_text("Copied").count() == 0
