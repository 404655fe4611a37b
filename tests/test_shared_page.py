"""The page says whether its run is the one that was shared."""

import pytest
from test_page import address, open_page, warnings

from scratchnet import Settings, Trainer, __version__
from scratchnet.ui import session


def link(epoch=12, update=0, **query):
    """The address that Copy link gives of a run at a place."""
    snapshot = Trainer(Settings.from_query(query)[0]).seek(epoch, update)
    texts = {"epoch": str(epoch), "update": str(update), "fingerprint": snapshot.fingerprint}
    return query | texts | {"version": __version__}


SAME = "This is the run that was shared, digit for digit."


def told(page):
    """What the page says of the run that was shared: quietly, and as a warning."""
    quiet = [each.value for each in page.caption if "shared" in each.value]
    return quiet, warnings(page)


@pytest.mark.parametrize(
    ("place", "query"),
    [
        ({}, {"seed": "5"}),
        ({"epoch": 0}, {"points": "60"}),
        ({"epoch": 3, "update": 4}, {"batch_size": "32"}),
        ({"epoch": 20}, {"edits": "20:3:0.1", "rate_changes": "10:0.1", "precision": "double"}),
        ({"epoch": 4}, {"activation": "linear", "learning_rate": "100"}),  # it diverges there
    ],
)
def test_a_shared_run_is_recognized_until_it_is_changed(place, query):
    page = open_page(**link(**place, **query))
    assert not page.exception
    assert told(page) == ([f":material/verified: {SAME}"], [])
    assert not {"fingerprint", "version"} & set(address(page))
    page.checkbox(key="projector").set_value(True).run()
    page.run()
    assert told(page)[0], "how the page looks is not of the run"
    page.select_slider(key="learning_rate").set_value(0.03).run()
    assert told(page) == ([], [])


def test_a_control_that_begins_another_run_ends_what_is_said_of_the_shared_one():
    page = open_page(**link() | {"fingerprint": "00000000"})
    assert len(warnings(page)) == 1
    page.slider(key="points").set_value(100).run()
    assert told(page) == ([], [])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fingerprint": "3f2a91c7"}, "(fingerprint 3f2a91c7): its address was changed"),
        ({"seed": "4"}, "Not the run that was shared"),
        ({"version": "0.1.0", "seed": "4"}, "links from versions before 0.3.0 may give other numbers"),
        (
            {"version": "<script>alert(1)</script>", "seed": "4"},
            "Not the run that was shared (fingerprint 73bd4ba0): its version must be one such as "
            "0.3.0, got '<script>alert(1)</script>'.",
        ),
        ({"version": "", "seed": "4"}, "does not name its scratchnet version"),
        ({"precision": "double"}, "double precision differs"),
        ({"fingerprint": "zzzz"}, "fingerprint must be eight hex digits, got 'zzzz'."),
        (
            {"fingerprint": "ü" * 10_000},
            "fingerprint must be eight hex digits, got "
            "'üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü…'. It is ignored.",
        ),
        (
            {"fingerprint": "![x](//a.b/c)"},
            "fingerprint must be eight hex digits, got '![x](//a.b/c)'. It is ignored.",
        ),
        ({"fingerprint": ""}, "fingerprint must be eight hex digits, got ''."),
    ],
)
def test_another_run_than_the_one_that_was_shared_is_said(changed, said):
    page = open_page(**link() | changed)
    assert not page.exception
    quiet, (warning,) = told(page)
    assert quiet == []
    assert said in warning
    assert len(warning) < 160
    assert not {"fingerprint", "version"} & set(address(page))


def test_what_was_corrected_may_be_why_it_is_another_run():
    page = open_page(**link(seed="4") | {"seed": "x"})
    corrected, different = warnings(page)
    assert corrected.startswith("seed must be an integer from 0 to 4294967295, got 'x'.")
    assert "something in its address had to be corrected" in different


@pytest.mark.parametrize(
    "changed",
    [{"epochs": "10"}, {"stop_cost": "0.5"}, {"epoch": "2000"}, {"update": "1"}, {"epoch": "x"}],
)
def test_where_a_shared_place_is_not_reached_it_is_left_open(changed):
    page = open_page(**link(epoch=50) | changed)
    assert not page.exception
    assert "this run does not reach the shared epoch" in warnings(page)[-1]


def test_a_shared_run_whose_way_broke_off_is_still_compared(monkeypatch):
    monkeypatch.setattr(session, "travel", lambda: iter(["never there"]))
    page = open_page(**link(epoch=30))
    assert page.exception
    monkeypatch.undo()
    page.run()
    assert told(page) == ([f":material/verified: {SAME}"], [])
