"""Exercises: what may stand in one, and that those that come with scratchnet are true everywhere."""

import base64
import json
import re
import subprocess
import sys
import zlib
from dataclasses import replace

import pytest

from benchmarks.portable import ROOT, X86, environment, processors
from scratchnet import Settings
from scratchnet.lessons.conditions import CHOICES, ENDS, QUANTITIES, RELATIONS, Condition, changed
from scratchnet.lessons.exercises import MAX_BYTES, Exercise, shipped
from scratchnet.lessons.marking import faults, mark
from scratchnet.run.history import Reason
from scratchnet.validation import NotAllowed

NAMES = [*shipped()]
TEXT = """
title = "Any"
task = "Do it."
start = "dataset=xor&layer_dims=2-1&epochs=20&points=40"
free = ["layer_dims", "epochs", "features"]
hints = ["Think.", "Think again."]
learned = "Something."
reference = "layer_dims=2-8-1&epochs=400"

[question]
text = "What?"
choices = ["this", "that"]
answer = 2

[goal]
train_accuracy_at_least = 0.9
neurons_at_most = 8
seeds = 2

[[fails]]
when = { hidden_layers_at_most = 0, seeds_reached_at_most = 0 }
sentence = "One line."
example = "epochs=30"
"""
OWN = Exercise.from_toml(TEXT)


def marks():
    """The marks of each exercise: of the reference and of each mistake that is foreseen."""
    found = []
    for exercise in shipped().values():
        attempts = exercise.reference, *(fail.example for fail in exercise.fails)
        found.append([list(mark(exercise, attempt)[:4]) for attempt in attempts])
    return found


@pytest.fixture(scope="module")
def here():
    return marks()


def test_fifteen_ship_in_the_order_of_teaching():
    assert len(NAMES) == 15
    assert (NAMES[0], NAMES[2], NAMES[-1]) == (
        "chance-first",
        "xor-without-a-hidden-layer",
        "save-this-run",
    )
    assert len({exercise.title for exercise in shipped().values()}) == 15


@pytest.mark.parametrize("number", range(15), ids=NAMES)
def test_the_reference_passes_and_each_mistake_fails_with_its_sentence(number, here):
    exercise = shipped()[NAMES[number]]
    reference, *wrong = here[number]
    assert reference[0], reference[1]
    assert not mark(exercise, exercise.start).passed
    assert len(exercise.fails) >= 3 and exercise.hints
    for fail, (passed, why, _, foreseen) in zip(exercise.fails, wrong, strict=True):
        assert (passed, foreseen) == (False, fail.sentence)
        assert why.startswith(f"{fail.sentence} ") and " must " in why and why.endswith(".")


@pytest.mark.skipif(not X86, reason="OpenBLAS can be told to be another processor on x86 only")
@pytest.mark.parametrize("name", processors())
def test_another_processor_decides_the_same(name, here):
    code = "import json; from tests.test_exercises import marks; print(json.dumps(marks()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment(name)
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == here


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_exercise_is_its_text(name):
    exercise = shipped()[name]
    again = Exercise.from_text(exercise.to_text())
    assert again == exercise
    assert len(exercise.to_text()) < 4000


def test_the_exercise_of_the_readme_is_one():
    (text,) = re.findall("```toml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    exercise = Exercise.from_toml(text)
    assert exercise.reference and len(exercise.fails) == 1
    assert faults(exercise) == []


def test_an_attempt_is_marked_with_each_seed():
    made = mark(OWN, OWN.reference)
    assert (made.passed, made.why) == (True, "The goal is reached with each of 2 seeds.")
    assert made.seconds > 0 and len(made.fingerprint) == 8
    made = mark(OWN, OWN.start)
    assert made.foreseen == "One line."
    assert "with seed 3; 0 of 2 seeds reach the goal." in made.why


def test_an_exercise_that_says_what_is_not_so():
    easy = Exercise.from_toml(TEXT.replace("at_least = 0.9", "at_least = 0.1"))
    assert faults(easy) == ["The example of fails[1] is not that mistake: it passes."]
    hard = Exercise.from_toml(
        TEXT.replace("epochs=400", "epochs=20").replace("layers_at_most = 0", "layers_at_least = 1")
    )
    reference, example = faults(hard)
    assert reference.startswith("The reference does not pass: One line. Train accuracy must be at")
    assert example.startswith("The example of fails[1] is not that mistake: its sentence is: Train")


@pytest.mark.parametrize("name", [*QUANTITIES, *CHOICES])
def test_all_that_a_goal_can_ask_for_is_told_in_a_sentence(name):
    """Whatever the start has, one of these misses it."""
    asked = (
        [f"{name}_{relation} = {bound}" for relation, bound in zip(RELATIONS, (99999, -1), strict=True)]
        if name in QUANTITIES
        else [f'{name} = "{text}"' for text in getattr(CHOICES[name], "options", ["2-9-1"])]
    )
    said = []
    for line in asked:
        try:
            exercise = Exercise.from_toml(TEXT.replace("train_accuracy_at_least = 0.9", line))
            said.append(mark(exercise, exercise.start).why)
        except NotAllowed as error:
            said.append(str(error))
    missed = [why for why in said if " must " in why]
    assert missed and all(why.endswith(".") for why in missed)


def test_what_is_not_free_must_stay():
    start = OWN.start
    for changes, sentence in (
        ({"dataset": "moons"}, "dataset must stay xor, got moons."),
        ({"init_seed": 4}, "init_seed must stay 3, got 4."),
        ({"learning_rate": 1.0}, "learning_rate must stay 0.5, got 1.0."),
        (
            {"rate_changes": ((5, 1.0),)},
            "rate_changes must stay empty, got 5:1.0. Restart takes back what was changed by hand.",
        ),
    ):
        made = mark(OWN, Settings.of(**(start.values() | changes)))
        assert (made.passed, made.why, made.fingerprint) == (False, sentence, "")


def test_other_features_bring_another_first_layer():
    other = Settings.of(**(OWN.start.values() | {"features": ("x1",), "layer_dims": (1, 1)}))
    assert changed(OWN.start, other) == ("features",)
    assert changed(OWN.start, OWN.start) == ()
    only_features = replace(OWN, free=("features",))
    assert "must stay" not in mark(only_features, other).why
    wider = Settings.of(**(other.values() | {"layer_dims": (1, 3, 1)}))
    assert mark(only_features, wider).why == "layer_dims must stay 1-1, got 1-3-1."


def test_the_work_of_an_attempt_is_bounded():
    values = OWN.start.values()
    made = mark(OWN, Settings.of(**(values | {"epochs": 100_000})))
    assert made.why == "epochs must be at most 5000 in an exercise, got 100000."
    free = replace(OWN, free=(*OWN.free, "batch_size", "points"))
    slow = {"epochs": 5000, "batch_size": 1, "points": 1000}
    made = mark(free, Settings.of(**(values | slow)))
    assert made.why.startswith(
        "The runs of an exercise may take about 10 seconds, and these would take"
    )


def test_a_share_of_nine_in_ten_is_at_least_nine_tenths():
    """An accuracy is kept in single precision, as 0.8999999762."""
    condition = Condition("test_accuracy", "at_least", 0.9)
    assert condition.holds({"test_accuracy": 0.8999999761581421})
    assert not condition.holds({"test_accuracy": 0.8999})
    assert not condition.holds({"test_accuracy": float("nan")})
    assert not condition.holds({})


def test_each_way_to_end_has_words():
    assert {*ENDS} == {*Reason, "epochs"}
    for end in ENDS:
        words = Condition("ended", "is", end).missed({"ended": "epochs", "epoch": 9})
        assert words.startswith("the run must ") and words.endswith("went on to its end (epoch 9)")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('title = "Any"', "", "An exercise must have title, got task, start"),
        ('title = "Any"', "title = 3", "title must be a text of 1 to 80 characters, got 3."),
        ('title = "Any"', 'title = ""', "title must be a text of 1 to 80 characters, got ''."),
        ('title = "Any"', f'title = "{"x" * 81}"', "of 1 to 80 characters, got 81 characters."),
        ('"Any"', '"\\u202e"', "title must hold only printable characters, got '?'."),
        ('title = "Any"', 'title = "Any"\nscore = 3', "must hold only title, task, start"),
        ('title = "Any"', "title = ", "An exercise must be TOML, got a fault: "),
        ("dataset=xor", "dataset=lines", "start: dataset must be one of moons, circles, "),
        ("dataset=xor", "lamps=3", "a name in start must be one of dataset, points, "),
        ("layer_dims=2-1&", "layer_dims=3-1&", "start: layer_dims must start with 2"),
        ("epochs=20&", "epochs=20000&", "start: epochs must be at most 5000 in an exercise"),
        ("epochs=20&", "precision=double&", "precision must stay single"),
        ('["layer_dims", ', '["precision", ', "precision must stay single"),
        ('["layer_dims", ', '["init_seed", ', "free must not hold init_seed with more than one of"),
        ('["layer_dims", ', '["layers", ', "free[1] must be one of dataset, points, "),
        ('["layer_dims", "epochs", "features"]', '"all"', "free must be a list of 1 to "),
        ('"Think again."', "4", "hints[2] must be a text of 1 to 400 characters, got 4."),
        ("answer = 2", "answer = 3", "answer must be an integer from 1 to 2, got 3."),
        ('["this", "that"]', '["this"]', "choices must be a list of 2 to 5 entries, got 1 entries."),
        ('["this", "that"]', '["a", "a"]', "choices must differ, got ['a', 'a']."),
        ('text = "What?"', "", "question must have text, got choices and answer."),
        ("seeds = 2", "seeds = 11", "seeds must be an integer from 1 to 10, got 11."),
        ("neurons_at_most", "neurones_at_most", "goal must hold conditions such as"),
        ("neurons_at_most", "neurons", "goal must hold conditions such as"),
        ("train_accuracy_at_least", "seeds_reached_at_least", "goal must not hold seeds_reached"),
        ("train_accuracy", "test_accuracy", "without a test set, got test_accuracy."),
        ("= 0.9", '= "0.9"', "train_accuracy_at_least in goal must be a number from"),
        ("= 0.9", "= inf", "train_accuracy_at_least in goal must be a number from"),
        ("train_accuracy_at_least = 0.9\n", "", "goal must ask for more than what start has already."),
        ("neurons_at_most = 8", 'ended = "well"', "ended in goal must be one of diverged, cost, "),
        ("neurons_at_most = 8", "init = 0", 'init in goal must be text such as "…", got 0.'),
        ("{ hidden", "{ own = 1, hidden", "when of fails[1] must hold conditions such as"),
        ("when = { hidden_layers_at_most = 0, seeds_reached_at_most = 0 }", "when = {}", "1 to 8 cond"),
        ('sentence = "One line."', "", "fails[1] must have sentence, got when and example."),
        ("epochs=30", "epochs=x", "the example of fails[1]: epochs must be an integer from 1"),
        ('reference = "', "reference = 1 #", "reference must be an address of at most 10000"),
    ],
)
def test_every_fault_has_its_sentence(old, new, sentence):
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(NotAllowed) as error:
        Exercise.from_toml(text.replace("points=40", "train_share=1") if "test_" in new else text)
    said = str(error.value)
    assert sentence in said and said.endswith(".") and "\n" not in said and len(said) < 1200


@pytest.mark.parametrize(
    "text",
    [
        "x" * (MAX_BYTES + 1),
        "é" * MAX_BYTES,
        "a = " + "[" * 9000,
        "a = " + "9" * 9000,
        "\0",
        "\ud800",
        "[[a]]\n" * 1000,
        f"[{'k' * 9000}]\n" * 2,
        "",
    ],
)
def test_a_text_that_is_none_is_refused(text):
    with pytest.raises(NotAllowed, match="An exercise must") as error:
        Exercise.from_toml(text)
    assert len(str(error.value)) < 300


def test_a_hostile_address_is_refused_in_a_sentence():
    bomb = base64.urlsafe_b64encode(zlib.compress(b"0" * 30_000_000)).decode()
    for text in ("", "é", "eJ", bomb, OWN.to_text()[:-9], "\ud800"):
        with pytest.raises(NotAllowed, match="exercise must be a name or a text as the page writes"):
            Exercise.from_text(text)
    with pytest.raises(NotAllowed, match="An exercise must have title, got nothing"):
        Exercise.from_text(base64.urlsafe_b64encode(zlib.compress(b"# nothing")).decode())
