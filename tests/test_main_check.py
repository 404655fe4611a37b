"""Marking in the terminal: each link has its row, whatever the others are."""

import csv
import io
from urllib.parse import urlencode

import pytest
from terminal import refused, run
from test_exercises import OWN, TEXT

from scratchnet.cli.parser import check_parser
from scratchnet.lessons import handed_in
from scratchnet.lessons.exercises import Exercise, shipped
from scratchnet.lessons.handed_in import HandedIn, row_of
from scratchnet.validation import NotAllowed

XOR = "xor-without-a-hidden-layer"
PAGE = "http://127.0.0.1:8501/"


@pytest.fixture(autouse=True)
def no_workers_left():
    yield
    from scratchnet.studies.turns import end_workers

    end_workers()


def link(settings, **more):
    return f"{PAGE}?{urlencode(settings.to_address() | more)}"


RIGHT, WRONG = link(OWN.reference, epoch="12", prediction="2"), link(OWN.start, prediction="that")


@pytest.fixture
def own(tmp_path):
    (tmp_path / "own").mkdir()
    file = tmp_path / "own" / "03-own.toml"
    file.write_text(TEXT, "utf-8")
    return file


def written(tmp_path, rows, titles=("name", "link")):
    file = tmp_path / "handed-in.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([titles, *rows])
    return file


def checked(exercise, file, *arguments):
    """The rows that are printed, and what is on stderr."""
    code, out, err = run("check", exercise, "--links", file, "--jobs", "1", *arguments)
    assert code == 0, err
    return [*csv.DictReader(io.StringIO(out))], err


def without_seconds(text):
    return [row[:-1] for row in csv.reader(io.StringIO(text))]


def test_a_class_is_marked_in_the_order_of_the_file(own, tmp_path):
    rows, err = checked(own, written(tmp_path, [("Ada", RIGHT), ("Bo", WRONG), ("Cy", RIGHT)]))
    assert [*rows[0]] == ["name", "exercise", "passed", "why", "fingerprint", "seconds"]
    assert [(row["name"], row["passed"]) for row in rows] == [
        ("Ada", "yes"),
        ("Bo", "no"),
        ("Cy", "yes"),
    ]
    assert {row["exercise"] for row in rows} == {"own"}
    assert rows[1]["why"].startswith("One line. Train accuracy must be at least 0.9, got ")
    assert rows[0] == rows[2] | {"name": "Ada"}  # trained once, to the same hundredth
    assert len(rows[0]["fingerprint"]) == 8 and float(rows[0]["seconds"]) >= 0
    assert "3 links: 2 passed, 1 did not, 0 could not be marked." in err
    assert "Predicted in own: 0 x 'this', 3 x 'that' (right); 0 without an answer." in err


HOSTILE = {
    "": "There is no link in this row.",
    "hello": "The address must be one of this page",
    "http://evil.example/?x=1": "The address must be one of this page",
    "https://a.example/?u=http://localhost/%3Fdataset=xor": "The address must be one of this page",
    "\x00\x01\x7f": "The address must be one of this page",
    "?" + "dataset=xor&" * 200: "at most 300000 characters and 100 names",
    "?dataset=xor&own=" + "A" * 400_000: "at most 300000 characters and 100 names",
    "?dataset=xor&layer_dims=2-99-1": "The link is broken: layer_dims[1] must be an integer from 1",
    "?dataset=__import__('os')": "The link is broken: dataset must be one of moons,",
    "?dataset=own&own=eNrswYEAAAA": "The link is broken: dataset own must come with points, got none.",
    "?dataset=xor&layer_dims=2-1&points=40&epochs=100000": "epochs must be at most 5000",
    "https://playground.tensorflow.org/#dataset=circle": "dataset must stay xor, got circles.",
}


def test_a_link_that_is_broken_foreign_or_hostile_has_its_row_and_its_sentence(own, tmp_path):
    links = [WRONG, *HOSTILE, RIGHT]
    rows, err = checked(own, written(tmp_path, [(f"s{i}", each) for i, each in enumerate(links)]))
    assert [row["name"] for row in rows] == [f"s{i}" for i in range(len(links))]
    assert [row["passed"] for row in rows] == ["no"] * (len(links) - 1) + ["yes"]
    for row, (each, sentence) in zip(rows[1:], HOSTILE.items(), strict=False):
        assert sentence in row["why"], each[:50]
        assert row["fingerprint"] == ""
    assert "1 passed" in err


def test_a_quote_that_is_never_closed_does_not_take_the_others_along(own, tmp_path):
    file = tmp_path / "torn.csv"
    file.write_text(f'name,link\nAda,{RIGHT}\nBo,"?dataset=xor\nCy,{RIGHT}\n', "utf-8")
    rows, _ = checked(own, file)
    assert [(row["name"], row["passed"]) for row in rows] == [
        ("Ada", "yes"),
        ("Bo", "no"),
        ("Cy", "yes"),
    ]


def test_one_process_and_two_print_the_same_but_for_the_seconds(tmp_path):
    ex = shipped()
    names = ("chance-first", XOR, "saturation-and-squared-error", "early-stopping")
    links = [(name, link(ex[name].reference, exercise=name)) for name in names]
    links += [(name, link(ex[name].fails[0].example, exercise=name)) for name in names]
    file = written(tmp_path, links)
    _, one, _ = run("check", "shipped", "--links", file, "--jobs", "1")
    _, two, err = run("check", "shipped", "--links", file, "--jobs", "2", "--progress")
    assert without_seconds(one) == without_seconds(two)
    assert [row[2] for row in without_seconds(one)][1:] == ["yes"] * 4 + ["no"] * 4
    assert "link 8 of 8  [####################]  0:00 left" in err


def test_a_folder_knows_an_exercise_by_column_by_link_and_by_what_the_link_holds(own, tmp_path):
    (own.parent / "other.toml").write_text(TEXT.replace('"Any"', '"Other"'), "utf-8")
    packed = Exercise.from_toml(TEXT.replace("= 0.9", "= 0.8")).to_text()
    rows = [
        ("own", RIGHT),
        ("Other", RIGHT),
        ("", link(OWN.reference, exercise="other")),
        ("", link(OWN.reference, exercise=packed)),
        ("", RIGHT),
        ("nothing", RIGHT),
    ]
    found, _ = checked(own.parent, written(tmp_path, rows, ("Exercise", "URL")))
    assert [row["exercise"] for row in found] == ["own", "other", "other", "own", "", ""]
    assert [row["passed"] for row in found] == ["yes"] * 4 + ["no"] * 2
    assert found[4]["why"] == "exercise must be one of own, other, got ''."


def test_marking_again_after_the_goal_was_changed(own, tmp_path):
    file = written(tmp_path, [("Ada", RIGHT)])
    assert checked(own, file)[0][0]["passed"] == "yes"
    own.write_text(TEXT.replace("neurons_at_most = 8", "neurons_at_most = 4"), "utf-8")
    (row,) = checked(own, file)[0]
    assert (row["passed"], row["why"]) == ("no", "Neurons must be at most 4, got 8.")


@pytest.mark.parametrize(
    "text",
    [
        f"{RIGHT}\n{WRONG}\n",
        f"who,what\nAda,{RIGHT}\nBo,{WRONG}\n",
        f"URL;Name\r\n{RIGHT};Ada\r\n\r\n{WRONG};Bo\r\n",
        f"name\taddress\nAda\t{RIGHT}\nBo\t{WRONG}",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_many_kinds_of_files(text, encoding):
    assert [each.link for each in handed_in.read(text.encode(encoding))] == [RIGHT, WRONG]


def test_no_cell_is_a_formula_for_a_spreadsheet(own, tmp_path):
    file = written(tmp_path, [("=HYPERLINK(1)", RIGHT), ("\x1b[2J", "=1+1")])
    rows, _ = checked(own, file)
    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "?[2J"]


@pytest.mark.parametrize(
    ("said", "number"), [("1", 1), ("2", 2), ("THIS", 1), ("that ", 2), ("3", 0), ("", 0), ("０", 0)]
)
def test_a_prediction_is_a_number_or_the_words(said, number):
    assert row_of(
        HandedIn(RIGHT.partition("&prediction")[0], prediction=said), {"own": OWN}
    ).prediction == (number)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["nowhere", "--links", "x.csv"],
            "EXERCISE must be a .toml file, a folder of them, shipped, or",
        ),
        (["nowhere.toml", "--links", "x.csv"], "nowhere.toml: No such file or directory."),
        ([XOR, "--links", "x.csv"], "x.csv: No such file or directory."),
        ([XOR, "--links", "x.csv", "--jobs", "0"], "--jobs must be an integer from 1 to 1000, got 0."),
        ([], "EXERCISE"),
    ],
)
def test_what_is_refused(arguments, sentence):
    assert sentence in refused("check", *arguments)


def test_a_file_that_is_no_exercise_or_has_no_links(own, tmp_path):
    file = written(tmp_path, [("Ada", "Bo")], ("a", "b"))
    assert "must have a column link, url or address" in refused("check", own, "--links", file)
    own.write_text("title = 1", "utf-8")
    assert "03-own.toml: An exercise must have task" in refused("check", own, "--links", file)
    (own.parent / "04-own.toml").write_text(TEXT, "utf-8")
    own.write_text(TEXT, "utf-8")
    assert "of different names" in refused("check", own.parent, "--links", file)
    for each in own.parent.iterdir():
        each.unlink()
    assert "must hold from 1 to 100 .toml files, got 0" in refused("check", own.parent, "--links", file)
    with pytest.raises(NotAllowed, match="The number of bytes in the file of links"):
        handed_in.read(b"")
    with pytest.raises(
        NotAllowed, match="The number of links must be an integer from 1 to 5000, got 0"
    ):
        handed_in.read(b"link\n\n")


def test_without_links_the_exercise_itself_is_checked(own):
    code, out, err = run("check", own)
    assert (code, err) == (0, "")
    assert out == "own: its reference passes; mistakes that get their sentence: 1.\n"
    own.write_text(TEXT.replace("epochs=400", "epochs=1"), "utf-8")
    assert run("check", own)[1].startswith("own: The reference does not pass: Train accuracy must be")


def test_the_help_says_what_it_is():
    assert "--links FILE" in check_parser().format_help()
