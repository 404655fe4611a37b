"""The page of one training step on a laptop: the table is in sight of what changes it."""

import pytest

NOTHING_LEFT = "document.documentElement.scrollWidth <= innerWidth"


def open_step(visit, query, **kind):
    """The page of one training step, opened by its own address."""
    page = visit(**kind)
    page.page.goto(f"{page.server}/training_step?{query}")
    page.page.get_by_test_id("stDataFrame").wait_for()
    page.wait_for_script()
    return page


def bottom(page, title):
    box = page.page.get_by_role("button", name=title, exact=True).bounding_box()
    return box["y"] + box["height"]


@pytest.mark.parametrize("query", ["", "layer_dims=2-4-4-4-4-4-4-1"])
def test_next_apply_and_the_head_of_the_table_are_in_sight_together(visit, query):
    page = open_step(visit, query)
    tab, table = page.page, page.page.get_by_test_id("stDataFrame")
    assert max(bottom(page, name) for name in ("Next", "Apply this update to the run")) < 768
    assert table.bounding_box()["y"] + 100 < 768, "with two rows"
    page.press("Next")
    tab.get_by_text("A1, shape").wait_for()
    tab.wait_for_function("() => location.search.includes('quantity=A1')")
    page.press("Apply this update to the run")
    tab.get_by_text("at epoch 1,").wait_for()
    page.wait_for_script()
    assert table.bounding_box()["y"] + 100 < 768
    tab.reload()
    tab.get_by_text("A1, shape").wait_for()
    tab.get_by_text("at epoch 1,").wait_for()


def test_two_quick_clicks_on_next_leave_the_page_and_its_address_of_one_mind(visit):
    page = open_step(visit, "layer_dims=2-3-1")
    for _ in range(2):
        page.press("Next")
    page.page.get_by_text("Z2, shape").wait_for()
    page.page.wait_for_function("() => location.search.includes('quantity=Z2')")


def test_on_a_phone_nothing_lies_beside_the_page(visit):
    page = open_step(visit, "layer_dims=2-4-4-4-4-4-4-1")
    page.page.set_viewport_size({"width": 390, "height": 800})
    page.page.wait_for_function(f"() => {NOTHING_LEFT}")
    for box in page.page.locator(".st-key-quantities button").all():
        where = box.bounding_box()
        assert where["x"] >= 0
        assert where["x"] + where["width"] <= 390
        assert where["height"] >= 24
