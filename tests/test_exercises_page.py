"""The page of exercises: predict, begin, change, check; training again decides."""

from urllib.parse import urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from test_page import APP, address, control, open_page, settings_of

from scratchnet.lessons.exercises import Exercise, shipped
from scratchnet.ui import link

XOR = "xor-without-a-hidden-layer"
START = {"dataset": "xor", "layer_dims": "2-1"}
OWN = shipped()[XOR].text.replace("XOR without a hidden layer", "An exercise of my own", 1)


def open_exercise(**texts):
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.switch_page("pages/exercises.py")
    for name, text in texts.items():
        page.query_params[name] = text
    return page.run()


def labels(page):
    return [button.label for button in page.button]


def press(page, label):
    (button,) = [each for each in page.button if each.label == label]
    return button.click().run()


def shown(page):
    kinds = (page.markdown, page.success, page.warning, page.info, page.caption)
    return " ".join(each.value for kind in kinds for each in kind).replace("\\", "")


def test_the_first_exercise_asks_for_a_prediction_before_anything_else():
    page = open_exercise()
    assert not page.exception
    first = next(iter(shipped().values()))
    assert page.subheader[0].value == first.title
    assert "Predict first: then the exercise begins." in shown(page)
    assert "Begin in the playground" not in labels(page)
    control(page, "radio", "prediction").set_value(1).run()
    assert "Begin in the playground" in labels(page)
    assert address(page)["prediction"] == "1"
    assert address(page)["exercise"] == next(iter(shipped())), "also the first is named"


@pytest.mark.parametrize("name", shipped())
def test_every_exercise_is_shown(name):
    page = open_exercise(exercise=name, prediction="1")
    assert not page.exception
    assert page.subheader[0].value == shipped()[name].title
    assert address(page)["exercise"] == name


def test_the_reference_passes_and_shows_what_was_to_be_learned():
    reference = link.settings_texts(shipped()[XOR].reference)
    page = press(open_exercise(exercise=XOR, prediction="1", **reference), "Check this run")
    assert "The goal is reached with each of 5 seeds." in shown(page)
    assert "What was to be learned." in shown(page)
    assert "Your prediction was right." in shown(page)
    assert "Give up and see" not in labels(page)


def test_a_foreseen_mistake_gets_its_sentence_and_hints_come_one_by_one():
    page = open_exercise(exercise=XOR, prediction="2", **START | {"layer_dims": "2-2-1"})
    page = press(page, "Check this run")
    assert "Two lines leave no room" in shown(page)
    assert "What was to be learned." not in shown(page)
    page = press(page, "Hint 1 of 3")
    assert "Hint 1: Press Play" in shown(page) and "Hint 2:" not in shown(page)
    assert "Two lines leave no room" in shown(page), "the mark stays"
    page = press(page, "Give up and see")
    assert "What was to be learned." in shown(page)
    assert "Your prediction was not right." in shown(page)
    assert {"hints": "1", "given_up": "1"}.items() <= address(page).items()


def test_another_exercise_begins_from_the_beginning():
    page = open_exercise(exercise=XOR, prediction="2", hints="2", given_up="1", **START)
    names = list(shipped())
    control(page, "selectbox", "exercise").set_value(names[4]).run()
    assert address(page)["exercise"] == names[4]
    assert not {"prediction", "hints", "given_up"} & {*address(page)}


def test_an_exercise_begins_with_its_run():
    page = press(open_exercise(exercise=XOR, prediction="1"), "Begin in the playground")
    start = settings_of(page)
    assert (start["dataset"], start["layer_dims"]) == ("xor", "2-1")
    assert address(page)["exercise"] == XOR, "where the student stopped is in the address"


def test_the_playground_says_the_task_and_gives_no_answer_away():
    page = open_page(exercise=XOR, prediction="2", epoch="1000", **START)
    assert "Exercise: XOR without a hidden layer." in shown(page)
    assert "with at most 4 hidden neurons" in shown(page)
    assert "You may change: layers, learning rate, epochs." in shown(page)
    assert "Without a hidden layer the model is linear" not in shown(page), "a finding would say it"
    page = press(page, "Leave the exercise")
    assert "Exercise:" not in shown(page)
    assert not {"exercise", "prediction"} & {*address(page)}
    assert settings_of(page)["layer_dims"] == "2-1", "the run stays"


def test_an_exercise_is_not_begun_without_a_prediction_or_with_other_data():
    for texts in ({"exercise": XOR, **START}, {"exercise": XOR, "prediction": "2"}):
        page = open_page(**texts)
        assert not page.exception
        assert "Exercise:" not in shown(page)


def test_a_lecturer_gets_the_link_of_the_exercise_alone():
    page = open_exercise(exercise=XOR, prediction="2", hints="1", **START)
    assert [each.value.partition("?")[2] for each in page.code] == [f"exercise={XOR}"]
    text = Exercise.from_toml(OWN).to_text()
    page = open_exercise(exercise=text)
    assert [each.value.partition("?")[2] for each in page.code] == [urlencode({"exercise": text})]
    random = np.random.RandomState(0)
    long = "".join(f"# {random.bytes(40).hex()}\n" for _ in range(120)) + OWN
    page = open_exercise(exercise=Exercise.from_toml(long).to_text())
    assert page.subheader[0].value == "An exercise of my own"
    assert not page.code
    assert "give its file to your class" in shown(page)


def test_predictions_of_a_class_are_told_also_for_an_exercise_of_their_lecturer():
    own = Exercise.from_toml(OWN)
    texts = [
        {"exercise": own.to_text(), "prediction": "1"},
        {"exercise": own.to_text(), "prediction": "3"},
        {"exercise": XOR, "prediction": "2"},
        {"prediction": "2"},  # of none
    ]
    links = "\n".join(["link", *(f"?{urlencode(START | each)}" for each in texts)])
    page = open_exercise(exercise=own.to_text())
    page.file_uploader[1].set_value(("links.csv", links.encode(), "text/csv")).run()
    assert not page.exception
    told = {each.value.partition(".")[0]: k for k, each in enumerate(page.markdown)}
    assert {"**An exercise of my own", "**XOR without a hidden layer"} <= {*told}
    counts = [[*table.value["predicted"]] for table in page.table]
    assert counts == [[1, 0, 1, 0], [0, 1, 0, 0]]
    assert "1 of 4 links cannot be read" in shown(page)


def test_an_exercise_of_a_lecturer_is_in_the_address():
    text = Exercise.from_toml(OWN).to_text()
    page = open_exercise(exercise=text, prediction="1", **START)
    assert not page.exception
    assert page.subheader[0].value == "An exercise of my own"
    assert address(page)["exercise"] == text


@pytest.mark.parametrize("text", ["nonsense", "../../x", "eJxLTAQAASQBBg", "x" * 5000])
def test_an_address_that_is_no_exercise_is_said(text):
    page = open_exercise(exercise=text)
    assert not page.exception
    assert any("exercise must be" in each.value.replace("\\", "") for each in page.warning)
