"""The page of the classics: every experiment and fault, with ours beside what was published."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scratchnet.lessons.classics import CLASSICS, FAULTS
from scratchnet.ui import classics_view

PAGE = Path(__file__).parent.parent / "pages" / "classics.py"


def opened():
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.session_state["navigated"] = True  # as app.py does
    return page.run()


@pytest.fixture
def nothing_computed():
    """Forgets what was computed, here and for the tests that follow."""
    classics_view._known().clear()
    yield
    classics_view._known().clear()


def buttons(page):
    return {button.label if button.key is None else button.key: button for button in page.button}


def test_the_page_shows_every_experiment_and_fault_and_computes_the_short_ones(nothing_computed):
    page = opened()
    assert not page.exception
    text = "\n".join(markdown.value for markdown in page.markdown)
    titles = [f"{number}. {each.title}" for number, each in enumerate(CLASSICS, start=1)]
    assert [heading.value for heading in page.header] == [*titles, "Faults in print"]
    assert [heading.value for heading in page.subheader] == [fault.title for fault in FAULTS]
    for each in CLASSICS:
        assert each.shows in text and each.learned in text
        assert f"[{each.source}]({each.link})" in text
        assert not each.address or f"[Open in the playground](./{each.address})" in text
    for fault in FAULTS:
        assert fault.description in text and fault.why in text
        assert f"[{fault.source}]({fault.link})" in text
    tables = [table.value for table in page.table]
    for each, table in zip((*CLASSICS, *FAULTS), tables, strict=True):
        assert list(table.index) == [row.what for row in each.rows]
        assert list(table["published"]) == [row.published for row in each.rows]
        assert (table.iloc[:, 1:] == "–").all(axis=None) == each.long
    waiting = {f"compute_{each.name}" for each in (*CLASSICS, *FAULTS) if each.long}
    assert set(buttons(page)) == waiting | {"Compute all now"}


def test_one_button_computes_its_experiment_for_all_visitors(nothing_computed):
    page = opened()
    buttons(page)["compute_width"].click().run()
    assert not page.exception
    at = [each.name for each in CLASSICS].index("width")
    for shown in (page, opened()):
        assert "–" not in set(shown.table[at].value["difference"])
    assert "compute_width" not in buttons(opened())


def test_all_can_be_computed_at_once_and_differ_only_where_the_page_says_why(nothing_computed):
    page = opened()
    buttons(page)["Compute all now"].click().run()
    assert not page.exception
    captions = [caption.value for caption in page.caption]
    for each, table in zip(CLASSICS, page.table, strict=False):
        ours = table.value["ours"]
        for row, value, difference in zip(each.rows, ours, table.value["difference"], strict=True):
            if difference.endswith("*"):
                assert f"\\* {row.why}" in captions
            else:
                assert float(value) == float(row.published)
                assert abs(float(difference)) <= row.unit
    for fault, table in zip(FAULTS, list(page.table)[len(CLASSICS) :], strict=True):
        assert list(table.value["with the fault"]) != list(table.value["right"])
        assert "–" not in {*table.value["with the fault"], *table.value["right"]}, fault.name
    assert buttons(opened()) == {}
