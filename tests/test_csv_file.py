"""A file becomes a table, and a table a file: what is taken, what is left out, what is said of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sheets import cells_of, refusal, sheet_of, sheet_of_columns, table_of_columns

from scratchnet.data import csv_file
from scratchnet.data.columns import Choice, Column
from scratchnet.data.csv_file import table_of, to_csv
from scratchnet.data.notation import DOUBTFUL, MISSING, NOTATIONS, POINT
from scratchnet.data.points import LARGEST, MAX_NAME, MAX_ROWS, penguins, standardised_table
from scratchnet.data.table_editor import frame_of, table_from_frame
from scratchnet.validation import NotAllowed

MANY, FEW, WORDS = [*"1234567"], [*"0101010"], [*"abababa"]

# Names


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        ("1,-2.5e3,a\n2,2,a\n", ["x1", "x2", "label"], 2),
        ("a,1,2,3\nb,2,2,1\na,3,2,0\n", ["label", "x1", "x2", "x3"], 3),
        ("1,2,yes\n3,4,no\n5,6,no\n", ["x1", "x2", "label"], 3),
        ("?,2,yes\n3,4,no\n5,6,no\n", ["x1", "x2", "label"], 3),
        ("1,2,x\n2,2,2\n", ["1", "2", "x"], 1),
        ("0,1,2\n1.5,2,0\n2,3,1\n", ["0", "1", "2"], 2),
        (",0,1,2\n0,1.5,2,0\n1,2,3,1\n", ["column 1", "0", "1", "2"], 2),
        ("2019,2020,label\n1,2,3\n2,3,4\n", ["2019", "2020", "label"], 2),
        ("2019,2020,kind\n" + "1,2,a\n2,3,b\n" * 4, ["2019", "2020", "kind"], 8),
        ("2019,2020,kind\n" + "1,2,a\n2,3,kind\n" * 4, ["x1", "x2", "label"], 9),
        ("# x y z\n1 2 3\n3 4 5\n", ["x", "y", "z"], 2),
        ("# 1,2,3\n1,2,3\n3,4,5\n", ["x1", "x2", "label"], 2),
        ("# a,b,c\nx,y,z\n3,4,5\n", ["x", "y", "z"], 1),
        ("#,y,z\n3,4,5\n", ["#", "y", "z"], 1),
        ("x y\nr1 4 5\nr2 6 7\n", ["column 1", "x", "y"], 2),
    ],
)
def test_whether_the_first_line_holds_names(text, names, rows):
    sheet = sheet_of(text)
    assert [*sheet.columns] == names
    assert len(cells_of(sheet)) == rows
    assert sheet.header == (names[0] not in ("x1", "label"))


def test_whether_the_first_line_holds_names_can_be_chosen():
    text = "2019,2020,2021\n1,2,3\n2,3,4\n"
    assert cells_of(sheet_of(text))[0] == ["2019", "2020", "2021"]
    assert [*sheet_of(text, header=True).columns] == ["2019", "2020", "2021"]
    assert cells_of(sheet_of("x,y,z\n1,2,3\n", header=False))[0] == ["x", "y", "z"]


def test_names_that_are_taken_or_missing_are_changed_and_said():
    sheet = sheet_of("x,x,,x,x (2)\n1,2,3,4,5\n")
    assert [*sheet.columns] == ["x", "x (2)", "column 3", "x (3)", "x (2) (2)"]
    assert cells_of(sheet)[0] == ["1", "2", "3", "4", "5"]
    assert sheet.notes == (
        "Column 2 is called 'x' in the file and 'x (2)' here.",
        "Column 3 is called '' in the file and 'column 3' here.",
        "Column 4 is called 'x' in the file and 'x (3)' here.",
        "Column 5 is called 'x (2)' in the file and 'x (2) (2)' here.",
    )


def test_names_are_cut_and_what_cannot_be_shown_in_them_is_replaced():
    sheet = sheet_of(f'{"n" * 50},{"n" * 31},"a\u200f\nb"\n1,2,3\n')
    assert [*sheet.columns] == ["n" * 30, "n" * 26 + " (2)", "a? b"]
    assert sheet.notes[2] == r"Column 3 is called 'a\u200f\nb' in the file and 'a? b' here."
    assert all(note.isprintable() for note in sheet.notes)


def test_a_notation_is_taken_for_the_whole_file_and_can_be_chosen():
    sheet = sheet_of("x;y;z\n1,5;-2,5e3;a,b\n2;,5;1,2,3\n")
    assert [sheet.columns[name].numbers.tolist() for name in "xy"] == [[1.5, 2], [-2500, 0.5]]
    assert sheet.columns["z"].texts == ("a,b", "1,2,3")
    (grouped,) = (notation for notation in NOTATIONS if notation.example == "1.234,5")
    assert sheet_of("x;y;z\n1.200;950;0\n", notation=grouped).columns["x"].numbers == [1200]


def test_what_was_taken_is_said_in_one_line():
    sheet = sheet_of("1,5\t2\ta\n2,5\t3\tb\n3,5\t5\ta\n4,5\t1\tb\n")
    table, notes = table_of(sheet, sheet.choice())
    assert notes == ()
    assert sheet.taken(sheet.choice(), table) == (
        "Taken: x1 = x1, x2 = x2, label = label (2 classes); first line: a sample; between values: "
        "tab; numbers as 1234,5."
    )
    sheet = sheet_of_columns(a=MANY, b=MANY, c=MANY)
    table, _ = table_of(sheet, Choice("b", "a", "c"))
    assert sheet.taken(Choice("b", "a", "c"), table) == (
        "Taken: x1 = b, x2 = a, label = c (numeric, for regression); first line: names; between "
        "values: comma; numbers as 1234.5."
    )


# Into a table


def test_a_table_has_the_rows_names_and_classes_of_its_columns():
    sheet = sheet_of("x,y,kind,z\n1,5,b,1\n2,4,a,1\n3,3,a,1\n4,4.5,b,1\n")
    table, notes = table_of(sheet, Choice("y", "x", "kind"))
    rows = ((5, 1, 1), (4, 2, 0), (3, 3, 0), (4.5, 4, 1))
    assert table == standardised_table(*zip(*rows, strict=True), ("y", "x", "kind"), ("a", "b"))
    assert notes == ()


def test_a_label_can_be_taken_as_a_number():
    columns = {"x": [*"1234"], "y": [*"4132"], "cost": ["1.5", "2", "-3", "1e1"]}
    table, _ = table_of_columns(True, **columns)
    assert table.classes == ()
    assert [label for _, _, label in table.rows] == [1.5, 2.0, -3.0, 10.0]


def test_rows_that_are_left_out_are_counted_by_their_reason():
    x = ["1", "", "NA", "old", "x", "inf", "1e999", "2e9", "3", "4", "5", "6", "7"]
    label = ["a", "", "a", "a", "a", "a", "a", "a", "", "b", "a", "b", "a"]
    table, notes = table_of_columns(x=x, y=[str(i) for i in range(13)], label=label)
    assert [row[0] for row in table.rows] == [1, 4, 5, 6, 7]
    assert notes == (
        "Of 13 rows, 8 are left out: 2 have no x ('' in row 2, line 3), 2 have no number in x ('old' "
        "in row 4, line 5), 2 have an infinite value in x ('inf' in row 6, line 7), 1 has a value "
        "beyond ±1,000,000,000 in x ('2e9' in row 8, line 9), 1 has no label ('' in row 9, line 10).",
    )
    _, notes = table_of_columns(x=x[8:], y=[*"12345"], label=label[8:])
    assert notes == ("Of 5 rows, 1 is left out: 1 has no label ('' in row 1, line 2).",)


def test_a_row_may_lack_what_is_not_in_the_table():
    sheet = sheet_of_columns(x=[*"1234"], y=[*"2413"], z=["", "a", "", ""], label=[*"abab"])
    assert table_of(sheet, Choice("x", "y", "label"))[1] == ()


def test_two_thousand_rows_are_drawn_and_always_the_same():
    columns = {"x": [str(i) for i in range(12_000)], "y": [str(i % 7) for i in range(12_000)]}
    sheet = sheet_of_columns(**columns, label=["ab"[i % 2] for i in range(12_000)])
    table, notes = table_of(sheet, Choice("x", "y", "label"))
    x = np.array(table.rows)[:, 0]
    assert notes == ("Of 12,000 rows, 2,000 are taken, drawn at random.",)
    assert len(x) == MAX_ROWS
    assert (np.diff(x) > 0).all(), "in the order of the file"
    assert abs(x.mean() - 6000) < 300, "from all of the file"
    assert table_of(sheet, Choice("x", "y", "label"))[0] == table


def test_a_class_that_is_not_drawn_is_not_in_the_table_but_counts_before():
    numbers = [str(i) for i in range(12_000)]
    rare = {"x": numbers, "y": numbers[::-1]}
    table, _ = table_of_columns(**rare, label=["q", "r", *("ab"[i % 2] for i in range(11_998))])
    assert table.classes == ("a", "b")
    sentence = refusal(lambda: table_of_columns(**rare, label=["b", *["a"] * 11_999]))
    assert (
        "label must have from 2 to 5 classes, got 1 value in the rows that are used, such as "
        in sentence
    )
    sentence = refusal(lambda: table_of_columns(**rare, label=[*"qrstu", *["a"] * 11_995]))
    assert "label must have from 2 to 5 classes, got 6 different values" in sentence


def test_classes_are_sorted_and_numbers_that_are_equal_are_one():
    x, y = [*"123456"], [*"142536"]
    assert table_of_columns(x=x, y=y, label=["10", "9", "1.0", "1", "-0", "0.50"])[0].classes == (
        ("0", "0.5", "1", "9", "10")
    )
    words = ["10", "9", "1.0", "1", "b", "a"]
    assert "6 different values" in refusal(lambda: table_of_columns(x=x, y=y, label=words))
    assert table_of_columns(x=x, y=y, label=["b", "a", "10", "9", "9", "b"])[0].classes == (
        ("10", "9", "a", "b")
    )
    long = ["n" * 40, "n" * 41, "a\u200fb", "a\u202eb", "n" * 40, "m"]
    table, _ = table_of_columns(x=x, y=y, label=long)
    assert table.classes == ("a?b", "a?b (2)", "m", "n" * 26 + " (2)", "n" * 30)
    assert table.classes[int(table.rows[0][2])] == "n" * 30


@pytest.mark.parametrize(
    ("columns", "as_number", "sentence"),
    [
        (
            {"x": MANY, "y": MANY, "c": ["a"] * 7},
            False,
            "c must have from 2 to 5 classes, got 1 value in the rows that are used, such as ",
        ),
        (
            {"x": MANY, "y": MANY, "c": MANY},
            False,
            "c must have from 2 to 5 classes, or be taken as numeric, got 7 different values in "
            "the rows that are used, such as '1' in row 1, line 2.",
        ),
        (
            {"x": MANY, "y": MANY, "c": MANY},
            False,
            "c must have from 2 to 5 classes, or be taken as numeric, got 7 different values in "
            "the rows that are used, such as '1' in row 1, line 2.",
        ),
        (
            {"x": MANY, "y": MANY, "c": [*"abcdefg"]},
            False,
            "c must have from 2 to 5 classes, got 7 different values in the rows that are used, "
            "such as 'a' in row 1, line 2.",
        ),
        (
            {"x": MANY, "y": ["5.0"] * 7, "c": WORDS},
            False,
            "y must hold different numbers, got 5 in all rows.",
        ),
        (
            {"x": MANY, "y": MANY, "c": ["2"] * 7},
            True,
            "c must hold different numbers, got 2 in all rows.",
        ),
        (
            {"x": MANY, "y": MANY, "c": WORDS},
            True,
            "The number of usable rows must be at least 4, got 0 of 7: 7 have no number in c "
            "('a' in row 1, line 2).",
        ),
        (
            {"x": [*"123"], "y": [*"321"], "c": [*"aba"]},
            False,
            "The number of usable rows must be at least 4, got 3 of 3.",
        ),
        (
            {"x": [*"123", *[""] * 4], "y": MANY, "c": WORDS},
            False,
            "The number of usable rows must be at least 4, got 3 of 7: 4 have no x ('' in row 4, "
            "line 5).",
        ),
        ({"x": MANY, "y": MANY, "c": ["a", *["b"] * 6]}, False, None),
        (
            {"x": ["", *MANY[1:]], "y": MANY, "c": ["a", *["b"] * 6]},
            False,
            "c must have from 2 to 5 classes, got 1 value in the rows that are used, such as ",
        ),
        (
            {"x": ["1", *["1.0000000000001"] * 6], "y": MANY, "c": WORDS},
            False,
            "the spread of x must be a number from 1e-09 to 1e+09, got 3.496479839058646e-14.",
        ),
    ],
)
def test_columns_that_make_no_table_are_refused_with_a_sentence(columns, as_number, sentence):
    if sentence is None:
        table_of_columns(as_number, **columns)
    else:
        assert sentence in refusal(lambda: table_of_columns(as_number, **columns))


@pytest.mark.parametrize("names", [("x", "x", "c"), ("x", "y", "x"), ("x", "y", "y"), ("x", "z", "c")])
def test_the_columns_are_three_different_ones_of_the_file(names):
    sheet = sheet_of_columns(x=MANY, y=MANY, c=WORDS)
    sentence = refusal(table_of, sheet, Choice(*names))
    chosen = f"'{names[0]}', '{names[1]}', '{names[2]}'"
    assert sentence == f"The columns must be three different ones of 'x, y, c', got {chosen}."


def test_a_table_is_written_with_short_numbers_and_names_in_quotes():
    table = standardised_table(
        (1, 2.5, 3, 1e-7), (1, 2, 3, 1e9), (0, 1, 0, 1), ("a,b", '"q"', "=c"), ("@x", "y;z")
    )
    assert to_csv(table).split("\n") == [
        '"a,b","""q""","=c"',
        '1,1,"@x"',
        '2.5,2,"y;z"',
        '3,3,"@x"',
        '1e-07,1000000000,"y;z"',
        "",
    ]


def again(table):
    sheet = sheet_of(to_csv(table))
    return table_of(sheet, Choice(*sheet.columns), not table.classes)


PRINTABLE = st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" ,;\t\"'=+-@1.e")
NAME = st.text(PRINTABLE, min_size=1, max_size=MAX_NAME).map(csv_file._clean)
NAME = NAME.filter(lambda name: name not in MISSING | DOUBTFUL)
NUMBER = st.floats(-LARGEST, LARGEST) | st.integers(-5, 5).map(float)


@st.composite
def tables(draw):
    """Tables as ``table_of`` gives them."""
    classes = draw(st.just([]) | st.lists(NAME, min_size=2, max_size=5, unique=True))
    names = draw(st.lists(NAME, min_size=3, max_size=3, unique=True))
    rows = draw(st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=6, max_size=12))
    x1, x2, labels = zip(*rows, strict=True)
    if classes:
        column = Column("label", tuple((classes * 6)[: len(rows)]), (0,) * len(rows), POINT)
        classes, labels = csv_file._classes(column, np.arange(len(rows)))
    try:
        return standardised_table(x1, x2, labels, tuple(names), tuple(classes))
    except NotAllowed:
        assume(False)


@given(tables())
@settings(max_examples=200)
def test_a_table_that_is_written_and_read_is_the_same_table(table):
    copy, _ = again(table)
    names = tuple(name.removeprefix("column ") for name in copy.names)
    assert names == table.names or copy.names == table.names
    assert replace(copy, names=table.names) == table


@given(tables())
@settings(max_examples=100)
def test_a_frame_that_is_not_edited_gives_the_same_table(table):
    assert table_from_frame(frame_of(table), table) == table
    assert table_from_frame(frame_of(table).astype(object), table) == table


def test_the_penguins_come_back():
    """With their classes in another order: that of the alphabet."""
    table, notes = again(penguins())
    names = [[copy.classes[int(row[2])] for row in copy.rows] for copy in (table, penguins())]
    assert names[0] == names[1]
    assert [row[:2] for row in table.rows] == [row[:2] for row in penguins().rows]
    assert (table.names, table.scales, notes) == (penguins().names, penguins().scales, ())


def test_names_that_are_numbers_are_not_read_as_a_sample():
    table = standardised_table((1, 2, 3, 4), (2, 1, 4, 3), (0, 1, 0, 1), ("1", "2", "3"), ("a", "b"))
    copy, _ = again(table)
    assert copy.rows == table.rows
    assert copy.names == ("column 1", "column 2", "column 3")
