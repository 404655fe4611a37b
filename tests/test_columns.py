"""What the columns of a file can be, and which of them are taken."""

import pytest
from sheets import refusal, sheet_of, sheet_of_columns

from scratchnet.data.columns import is_id_name

MANY, FEW, WORDS = [*"1537264"], [*"0101010"], [*"abababa"]
REAL = ["0.5", "1.5", "0.25", "7", "3.5", "4", "2.5"]
COUNT = [*"0123456"]


def of_numbers(sheet):
    return [name for name, column in sheet.columns.items() if column.can_be_number]


def of_classes(sheet):
    return [name for name, column in sheet.columns.items() if column.can_be_classes]


def test_columns_of_numbers_and_classes():
    sheet = sheet_of_columns(
        number=["1", "2.5", "-3e2", "", "x", "7"],
        half=["1", "2", "a", "b", "", "NA"],
        less=["1", "2", "a", "b", "c", "d"],
        same=["1", "1.0", "1e0", "+1", "1.", "1"],
        infinite=["inf", "1", "1e999", "-inf", "inf", "2"],
        two=["a", "b", "a", "b", "NA", "nan"],
        alike=["1", "1.0", "2", "2.00", "02", "-0"],
        none=["", "", "", "", "", "#N/A"],
        odd=["1_0", "0x1", "１", "--1", "1e", "x"],
    )
    assert of_numbers(sheet) == ["number", "half", "alike"]
    assert of_classes(sheet) == ["number", "half", "infinite", "two", "alike"]
    assert sheet.columns["alike"].classes == {"0", "1", "2"}
    assert sheet.columns["two"].classes == {"a", "b"}


def missing(*texts):
    """Which texts of a label are missing."""
    (column, *_) = sheet_of_columns(
        c=texts, x=["1"] * len(texts), y=["1"] * len(texts)
    ).columns.values()
    return [text for text, is_missing in zip(texts, column.is_missing, strict=True) if is_missing]


@pytest.mark.parametrize("mark", ["?", "-", "--", ".", "None", "none", "n/a", "N/A"])
def test_a_doubtful_mark_is_missing_unless_it_may_be_a_class(mark):
    assert missing(*"abababa", mark) == [mark]
    assert missing(*"0101010", mark) == [mark]
    assert missing("1.5", "2.5", mark, mark, mark, mark) == [mark] * 4, "numbers"
    assert missing(*"ab" * 50, *[mark] * 5) == [mark] * 5, "five of a hundred"
    assert missing(*"ab" * 5, *[mark] * 4) == [], "many rows have it"
    assert missing(*"aaaa", mark, mark) == [], "without it there is one class"


@pytest.mark.parametrize("mark", ["", "NA", "NaN", "nan", "NULL", "null", "<NA>", "#N/A", "#DIV/0!"])
def test_other_marks_are_always_missing(mark):
    assert missing(*"aaaa", mark, mark) == [mark] * 2


@pytest.mark.parametrize(
    "name",
    [
        "",
        "id",
        "Id",
        "ID",
        "#",
        "index",
        "Index",
        "idx",
        "no",
        "No.",
        "PassengerId",
        "row id",
        "sample_ID",
    ],
)
def test_names_of_ids(name):
    assert is_id_name(name)


@pytest.mark.parametrize(
    "name", ["humid", "acid", "grid", "x", "note", "width", "valid", "paid", "index2"]
)
def test_names_that_only_look_like_those_of_ids(name):
    assert not is_id_name(name)


@pytest.mark.parametrize(
    ("columns", "guessed"),
    [
        ({"a": MANY, "b": MANY, "c": WORDS}, ("a", "b", "c")),
        ({"kind": WORDS, "a": MANY, "b": MANY, "c": MANY}, ("a", "b", "kind")),
        ({"species": WORDS, "a": MANY, "b": MANY, "sex": WORDS}, ("a", "b", "species")),
        ({"a": WORDS, "b": MANY, "c": MANY, "d": WORDS}, ("b", "c", "d")),
        ({"label": FEW, "a": MANY, "b": MANY}, ("a", "b", "label")),
        ({"first": FEW, "a": MANY, "b": MANY}, ("a", "b", "first")),
        ({"x": MANY, "y": MANY, "z": MANY, "w": MANY}, ("x", "y", "w")),
        ({"x": MANY, "y": FEW, "kind": WORDS}, ("x", "y", "kind")),
        ({"Class": FEW, "a": FEW, "b": FEW}, ("a", "b", "Class")),
        # A coordinate named y.
        ({"x": FEW, "y": FEW, "out": FEW}, ("x", "y", "out")),
        ({"a": FEW, "b": FEW, "out": FEW}, ("a", "b", "out")),
        ({"x": FEW, "y": FEW, "z": REAL}, ("x", "y", "z")),
        ({"x1": FEW, "x2": FEW, "y": FEW}, ("x1", "x2", "y")),
        ({"y": FEW, "x1": MANY, "x2": MANY}, ("x1", "x2", "y")),
        ({"y": REAL, "x1": MANY, "x2": MANY}, ("x1", "x2", "y")),
        # A column of few numbers in the middle is no label, and one of fractions is none at all.
        ({"a": MANY, "few": FEW, "b": MANY, "price": REAL}, ("a", "b", "price")),
        ({"a": MANY, "b": MANY, "half": ["0.5", "1.5"] * 3 + ["0.5"], "c": FEW}, ("a", "b", "c")),
        # Columns that count, or are named as ids.
        ({"n": COUNT, "a": MANY, "b": MANY, "c": FEW}, ("a", "b", "c")),
        ({"n": COUNT, "a": MANY, "c": FEW}, ("n", "a", "c")),
        ({"a": MANY, "b": MANY, "n": COUNT}, ("a", "b", "n")),
        ({"x1": MANY, "x2": MANY, "y": COUNT}, ("x1", "x2", "y")),
        ({"Id": MANY, "n": COUNT, "b": MANY, "c": FEW}, ("n", "b", "c")),
        ({"a": MANY, "b": MANY, "c": FEW, "n": COUNT}, ("a", "b", "c")),
        ({"Id": MANY, "a": MANY, "b": MANY, "c": WORDS}, ("a", "b", "c")),
        ({"": MANY, "a": MANY, "b": MANY, "c": REAL}, ("a", "b", "c")),
        (
            {"PassengerId": MANY, "Survived": FEW, "Age": MANY, "Fare": REAL},
            ("Age", "Fare", "Survived"),
        ),
    ],
)
def test_the_guess_is_what_is_named_or_filled_like_it(columns, guessed):
    assert sheet_of_columns(**columns).choice() == guessed


def test_the_first_column_without_a_name_may_hold_ids():
    rows = [
        f"{842_302 + i * 7919 % 10_000},{'MB'[i % 2]},{10 + i % 7}.5,{20 - i % 5}.25" for i in range(20)
    ]
    assert sheet_of("\n".join(rows)).columns.keys() == {"x1", "label", "x2", "x3"}
    assert sheet_of("\n".join(rows)).choice() == ("x2", "x3", "label")
    assert sheet_of("\n".join(rows[:19])).choice() == ("x1", "x2", "label"), "too few to say so"


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"a": MANY, "b": WORDS, "c": WORDS},
            "A file must have two numeric columns, and a label that is numeric or has from 2 to 5 "
            "classes, got 1 numeric, and 2 different values in 'c'; 'a' in row 1, line 2, of 'b' "
            "is not a number.",
        ),
        (
            {"a": MANY, "b": MANY, "c": [*"tuvwxyz"]},
            "got 2 numeric, and 7 different values in 'c'; the first is 't' in row 1, line 2.",
        ),
        (
            {"a": MANY, "b": MANY, "c": ["q"] * 7},
            "got 2 numeric, and 1 different value in 'c'; the first is 'q' in row 1, line 2.",
        ),
        (
            {"a": ["7", *"vwxyz", ""], "b": WORDS, "c": WORDS},
            "got 0 numeric, and 2 different values in 'c'; 'v' in row 2, line 3, of 'a' is not a "
            "number.",
        ),
        (
            {"a": MANY, "b": [f'"{n},500"' for n in range(1, 8)], "c": WORDS},
            "'1,500' in row 1, line 2, of 'b' is not a number, but 1500 in the notation 1,234.5.",
        ),
    ],
)
def test_a_guess_needs_two_columns_of_numbers_and_a_label(columns, sentence):
    assert sentence in refusal(sheet_of_columns(**columns).choice)
