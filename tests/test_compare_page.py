"""The page of the comparison: what is kept, what is compared, its address, and its table."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest
from test_page import APP, Held, address, control, open_page, warnings

from scratchnet import Settings, Trainer
from scratchnet.live.frames import RELEASE
from scratchnet.studies.comparison import EXAMPLES
from scratchnet.ui import session

ONE, OTHER = "dataset=xor&layer_dims=2-2-1", "dataset=xor&layer_dims=2-2-1&init_seed=4"
SIX = "|".join(f"dataset=xor&epochs=30&init_seed={seed}" for seed in range(6))


def open_compare(**texts):
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.switch_page("pages/compare.py")
    for name, text in texts.items():
        page.query_params[name] = text
    page.run()
    assert not page.exception
    return page


def table(page):
    (element,) = page.dataframe
    return element.value.to_dict("records")


def button(page, label):
    (found,) = [each for each in page.button if each.label == label]
    return found


def links(page):
    return [each.proto.label for each in page.get("page_link")]


def hear(page, monkeypatch, told):
    """The comparison tells this; return the state of the session after it was heard."""
    names = ("visit", "look")
    held = Held({name: page.session_state[name] for name in names})
    held[session.BESIDE] = SimpleNamespace(told=told)
    monkeypatch.setattr(session.st, "session_state", held)
    session.hear_comparison()
    monkeypatch.undo()
    return held


def test_an_untouched_visitor_sees_the_first_example_and_keeps_their_run():
    page = open_compare()
    assert address(page) == {"dataset": "moons", "comparison": "seeds", "at": "1000"}
    assert page.session_state["visit"].settings == Settings()
    rows = table(page)
    assert [row["run"] for row in rows] == ["A", "B", "C"]
    assert [row["layer_dims"] for row in rows] == ["2-2-1", "2-2-1", "2-4-1"]
    for row, run in zip(rows, EXAMPLES["seeds"].runs, strict=True):
        now = Trainer(run).seek(1000)
        assert (row["train_cost"], row["fingerprint"]) == (now.train_cost, now.fingerprint)
    assert any("A and B differ only in the seed" in each.value for each in page.markdown)


def test_another_example_does_not_change_the_run_of_the_visitor():
    page = open_compare(dataset="spiral", learning_rate="0.1")
    control(page, "button_group", "comparison").set_value("rates").run()
    assert address(page) == {
        "dataset": "spiral",
        "learning_rate": "0.1",
        "comparison": "rates",
        "at": "1000",
    }
    assert [row["learning_rate"] for row in table(page)] == ["0.03", "0.5", "10.0"]


def test_the_kept_runs_of_an_address_are_compared_at_its_epoch():
    page = open_compare(kept=f"{ONE}|{OTHER}", at="40")
    assert address(page) == {"dataset": "moons", "kept": f"{ONE}|{OTHER}", "at": "40"}
    rows = table(page)
    assert [row["init_seed"] for row in rows] == ["3", "4"]
    assert [row["epoch"] for row in rows] == [40, 40]
    for row, text in zip(rows, (ONE, OTHER), strict=True):
        settings, _ = Settings.from_query(dict(pair.split("=") for pair in text.split("&")))
        assert row["fingerprint"] == Trainer(settings).seek(40).fingerprint
        assert f"epoch=40&fingerprint={row['fingerprint']}" in row["playground"]
        assert row["playground"].startswith(f"./?{text}") and "&kept=" in row["playground"]


def test_a_run_that_ends_before_is_told_at_its_end():
    page = open_compare(kept=f"{ONE}&epochs=20|{OTHER}", at="50")
    assert [row["epoch"] for row in table(page)] == [20, 50]


def test_what_is_wrong_with_an_address_is_said_and_the_rest_stays():
    page = open_compare(kept=f"{ONE}|dataset=mars|{OTHER}", compared="A-Z", at="-1")
    said = warnings(page)[0]
    assert "Kept run 2 is left out: dataset must be" in said
    assert "compared must be" in said and "at must be an integer from 0" in said
    assert len(table(page)) == 2
    assert address(page)["kept"] == f"{ONE}|{OTHER}"


def test_of_more_than_four_runs_the_visitor_chooses():
    page = open_compare(kept=SIX)
    assert len(table(page)) == 6
    chosen = control(page, "button_group", "compared")
    assert chosen.value == ["A", "B", "C", "D"]
    chosen.set_value(["B", "F"]).run()
    assert address(page)["compared"] == "B-F"
    control(page, "button_group", "compared").set_value(["F"]).run()
    assert warnings(page) == ["compared must be from 2 to 4 runs, got 1."]
    assert address(page)["compared"] == "B-F"
    assert control(page, "button_group", "compared").value == ["B", "F"]


def test_a_run_is_kept_on_the_playground_once():
    page = open_page(dataset="xor", epoch="12")
    assert links(page)[-1:] != ["Kept: 1 run"]
    button(page, "Keep this run").click().run()
    assert address(page) == {"dataset": "xor", "epoch": "12", "kept": "dataset=xor", "at": "12"}
    assert links(page) == ["Kept: 1 run"]
    assert [each.label for each in page.button if each.label == "Keep this run"] == []
    control(page, "selectbox", "optimizer").set_value("adam").run()
    button(page, "Keep this run").click().run()
    assert address(page)["kept"] == "dataset=xor|dataset=xor&optimizer=adam"
    assert links(page) == ["Kept: 2 runs. Compare"]
    page.switch_page("pages/compare.py").run()
    assert [row["optimizer"] for row in table(page)] == ["gradient_descent", "adam"]
    assert page.session_state["visit"].settings.training.optimizer == "adam"


def test_a_run_that_an_address_cannot_hold_is_not_kept(monkeypatch):
    page = open_page(kept="|".join(["dataset=xor"] * 8))
    button(page, "Keep this run").click().run()
    assert warnings(page) == ["At most 8 runs can be kept, got 9."]


def test_where_the_pages_are_hidden_nothing_can_be_kept():
    page = open_page(hide="pages")
    assert [each.label for each in page.button if each.label == "Keep this run"] == []


def test_a_run_is_removed():
    page = open_compare(kept=SIX, compared="A-B")
    state = Held({name: page.session_state[name] for name in ("visit", "look")})  # AppTest has no menu
    state["drop"] = "B: weight seed 1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session.st, "session_state", state)
        session.drop_run()
    assert [run.network.init_seed for run in state["look"]["kept"]] == [0, 2, 3, 4, 5]
    assert state["look"]["compared"] is None


def test_the_only_run_that_is_kept_can_be_removed():
    page = open_compare(kept=ONE)
    assert "kept" in address(page)
    button(page, "Remove it again").click().run()
    assert not page.exception
    assert "kept" not in address(page)
    assert "Remove it again" not in [each.label for each in page.button]


def test_what_the_comparison_tells_is_heard_and_answered(monkeypatch):
    page = open_compare(kept=f"{ONE}|{OTHER}")
    asked = f"{ONE}&from=3&release={RELEASE}"
    state = hear(page, monkeypatch, {"at": 7, "asks": [asked, "dataset=mars"]})
    assert state["look"]["at"] == 7
    good, bad = state["answers"]
    assert good["address"] == asked and good["payload"]
    assert bad["refused"].startswith("dataset must be")


@pytest.mark.parametrize(
    "told",
    [
        None,
        "x",
        {},
        {"at": "7", "asks": []},
        {"at": -1, "asks": []},
        {"at": 1},
        {"at": True, "asks": []},
    ],
)
def test_what_is_none_of_it_changes_nothing(monkeypatch, told):
    page = open_compare(kept=f"{ONE}|{OTHER}", at="5")
    state = hear(page, monkeypatch, told)
    assert (state["look"]["at"], state["answers"]) == (5, [])


def test_what_is_asked_is_bounded(monkeypatch):
    page = open_compare(kept=f"{ONE}|{OTHER}")
    state = hear(page, monkeypatch, {"at": 0, "asks": [f"x{k}" for k in range(50)] + [3]})
    assert len(state["answers"]) == 4
