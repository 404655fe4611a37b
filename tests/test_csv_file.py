"""A file of somebody's own: what is read, what is refused with one sentence, and what comes back."""

import time
import tracemalloc
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scratchnet.data import csv_file
from scratchnet.data.csv_file import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_LINES,
    can_be_classes,
    can_be_number,
    columns_of_labels,
    columns_of_numbers,
    frame_of,
    guess,
    read,
    table_from_frame,
    table_of,
    to_csv,
)
from scratchnet.data.points import LARGEST, MAX_NAME, MAX_ROWS, Table, fitted, penguins
from scratchnet.validation import NotAllowed

ROWS = "1,2,a\n2,1,b\n3,5,a\n4,4,b\n"


def sheet_of(text):
    return read("my.csv", text.encode())


def sheet_of_columns(**columns):
    """A sheet of columns of text."""
    lines = [columns.keys(), *zip(*columns.values(), strict=True)]
    return sheet_of("\n".join(",".join(line) for line in lines))


def table_of_columns(as_number=False, **columns):
    return table_of(sheet_of_columns(**columns), *columns, as_number)


def refusal(function, *args):
    """The sentence of a refusal."""
    with pytest.raises(ValueError) as info:
        function(*args)
    assert_is_a_sentence(info.value)
    return str(info.value)


def assert_is_a_sentence(error):
    assert type(error) is NotAllowed
    text = str(error)
    assert len(text) < 300 and text.isprintable() and text.endswith("."), text


# Reading


def test_a_file_is_read_as_text_with_its_names():
    sheet = sheet_of("length,depth,species\n39.10, 18.7 ,Adelie\nNA,,Gentoo\n")
    assert list(sheet.frame) == ["length", "depth", "species"]
    assert sheet.frame.iloc[0].tolist() == ["39.10", "18.7", "Adelie"]
    assert sheet.frame.isna().to_numpy().tolist() == [[False] * 3, [True, True, False]]
    assert set(sheet.frame.dtypes) == {pd.Series(dtype=str).dtype}
    assert sheet.notes == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_line_ends_and_encodings_are_recognised(separator, end, encoding):
    text = f'\nlänge,"b, c;d\te",ö\n\n{ROWS}'
    text = text.replace("\n", end).replace(",", separator).replace(f"b{separator} ", "b, ")
    sheet = read("my.csv", text.encode(encoding))
    assert list(sheet.frame) == ["länge", "b, c;d?e".replace("?", " "), "ö"]
    assert sheet.frame["länge"].tolist() == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "'my.csv' must have a line of names and rows of values below it, got an empty file."),
        (
            b"\xef\xbb\xbf \r\n\n",
            "'my.csv' must have a line of names and rows of values below it, got an empty file.",
        ),
        (
            b"a,b,c",
            "the number of rows below the names in 'my.csv' must be an integer from 1 to 50000, got 0.",
        ),
        (
            b"a,b,c\n\n \n",
            "the number of rows below the names in 'my.csv' must be an integer from 1 to 50000, got 0.",
        ),
        (
            b"a\n1\n2\n",
            "the number of columns in 'my.csv', with a comma, semicolon or tab between, must be "
            "an integer from 3 to 100, got 1.",
        ),
        (b"a;b\n1;2\n", "must be an integer from 3 to 100, got 2."),
        (
            b",".join([b"x"] * 10_000) + b"\n",
            "the number of columns in 'my.csv', with a comma, semicolon or tab between, must be "
            "an integer from 3 to 100, got 10000.",
        ),
        (
            "ä,b,c\n1,2,3\n".encode("latin1"),
            "'my.csv' must be UTF-8 text, got other bytes; save it as CSV UTF-8.",
        ),
        (
            "a,b,c\n1,2,3\n".encode("utf-16-le"),
            "'my.csv' must be UTF-8 text, got other bytes; save it as CSV UTF-8.",
        ),
        (
            b"\xff\xfea,b,c\n1,2,3",
            "'my.csv' must be UTF-8 text, got other bytes; save it as CSV UTF-8.",
        ),
        (b"a,b,c\n1,\0,3\n", "'my.csv' must be UTF-8 text, got other bytes; save it as CSV UTF-8."),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "'my.csv' must be UTF-8 text, got other bytes; save it as CSV UTF-8.",
        ),
        (
            b"PK\x03\x04\x14\0\6\0xl/workbook.xml",
            "'my.csv' must be UTF-8 text, got other bytes; save it as CSV UTF-8.",
        ),
        (
            b"a,b,c\n1,2,3\n\n1,2\n1\n",
            "Line 4 of 'my.csv' must have 3 values, as the first line has, got 2.",
        ),
        (
            b'a,b,"c\nd"\n1,2,3\n1,2,3,4\n',
            "Line 4 of 'my.csv' must have 3 values, as the first line has, got 4.",
        ),
        (b"a,b,c\n1,2,3\n1\n", "Line 3 of 'my.csv' must have 3 values, as the first line has, got 1."),
        (
            b'a,b,c\n1,2,3\n1,2,"3\n4,5,6\n',
            "Line 3 of 'my.csv' must have quotes only around whole values of up to 131,072 "
            "characters, got an open quote or a longer value.",
        ),
        (
            b'a,b,c\n1,2,"3"4\n',
            "Line 2 of 'my.csv' must have quotes only around whole values of up to 131,072 "
            "characters, got an open quote or a longer value.",
        ),
        (
            b"a,b,c\n1,2," + b"3" * 200_000,
            "Line 2 of 'my.csv' must have quotes only around whole values of up to 131,072 "
            "characters, got an open quote or a longer value.",
        ),
        (
            b"1,2,3\n" * (MAX_LINES + 1),
            "the number of lines in 'my.csv' must be an integer from 1 to 50000, got 50001.",
        ),
        (
            b"1,2,3\n" * (MAX_LINES - 1) + b"\r\r1,2,3",
            "the number of lines in 'my.csv' must be an integer from 1 to 50000, got 50002.",
        ),
        (
            b" " * (MAX_BYTES + 1),
            "the number of bytes in 'my.csv' must be an integer from 0 to 5000000, got 5000001.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(data, sentence):
    assert sentence in refusal(read, "my.csv", data)


def test_the_largest_files_are_read():
    names = ",".join(f"c{i}" for i in range(MAX_COLUMNS))
    assert sheet_of(f"{names}\n{names}").frame.shape == (1, MAX_COLUMNS)
    assert len(sheet_of("1,2,3\n" * MAX_LINES).frame) == MAX_LINES
    assert len(read("my.csv", (b"1,2," + b"3" * 100_000 + b"\n") * 49).frame) == 49


def test_a_huge_file_is_refused_by_its_length_alone():
    class Huge(bytes):
        def __len__(self):
            return 10**9

        def touched(self, *args):
            raise AssertionError("the bytes were looked at")

        decode = startswith = strip = count = __getitem__ = __iter__ = touched

    assert (
        "the number of bytes in 'my.csv' must be an integer from 0 to 5000000, got 1000000000."
        in refusal(read, "my.csv", Huge(b"a,b,c\n1,2,3"))
    )


def time_of(function, *args):
    """What this takes of the processor's time, in units of what a large ordinary file takes."""
    return seconds_of(function, *args) / seconds_of_a_large_file()


def seconds_of(function, *args):
    start = time.process_time()
    function(*args)
    return time.process_time() - start


@cache
def seconds_of_a_large_file():
    line = b"%.49f,%.49f,red\n" % (1.25, -0.75)
    return seconds_of(read, "my.csv", line * min(MAX_LINES, MAX_BYTES // len(line)))


@pytest.mark.parametrize(
    "data",
    [
        b"," * MAX_BYTES,
        b"\n" * MAX_BYTES,
        b"a" + b"\n" * (MAX_BYTES - 1),
        b'a,b,c\n1,2,"' + b"x" * (MAX_BYTES - 12) + b'"',
        b"a,b,c\n" + "Ā,".encode() * (MAX_BYTES // 3 - 2),
        b'a",b,c' + b"," * (MAX_BYTES - 6),
    ],
    ids=["commas", "empty lines", "a and empty lines", "a huge value", "a huge line", "a stray quote"],
)
def test_the_worst_files_are_refused_quickly_in_little_memory(data):
    assert time_of(refusal, read, "my.csv", data) < 5
    tracemalloc.start()
    refusal(read, "my.csv", data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6


def test_the_file_with_the_most_values_is_read_in_little_memory():
    line = "Ā," * 99 + "Ā\n"  # the most memory a byte of a file
    data = (line * (MAX_BYTES // len(line.encode()))).encode()
    tracemalloc.start()
    frame = read("my.csv", data).frame
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert frame.shape == (16_556 + 109, 100)
    assert peak < 200e6


# Names


def test_a_first_line_of_numbers_is_not_names():
    sheet = sheet_of("1,-2.5e3,+.5\n2,2,2\n")
    assert list(sheet.frame) == ["column 1", "column 2", "column 3"]
    assert len(sheet.frame) == 2
    assert sheet.notes == (
        "The first line holds numbers; the columns are called column 1 to column 3.",
    )
    assert list(sheet_of("1,2,x\n2,2,2\n").frame) == ["1", "2", "x"]


def test_a_long_text_that_is_almost_a_number_takes_no_time():
    text = "1" * 50_000 + "x"

    def no_number():
        sheet = sheet_of(f"{text};,1;z\n{text};,{text};{text}\n")
        assert columns_of_numbers(sheet) == []

    assert time_of(no_number) < 1


def test_names_that_are_taken_or_missing_are_changed_and_said():
    sheet = sheet_of("x,x,,x,x (2)\n1,2,3,4,5\n")
    assert list(sheet.frame) == ["x", "x (2)", "column 3", "x (3)", "x (2) (2)"]
    assert sheet.frame.iloc[0].tolist() == ["1", "2", "3", "4", "5"]
    assert sheet.notes == (
        "Column 2 is called 'x' in the file and 'x (2)' here.",
        "Column 3 is called '' in the file and 'column 3' here.",
        "Column 4 is called 'x' in the file and 'x (3)' here.",
        "Column 5 is called 'x (2)' in the file and 'x (2) (2)' here.",
    )


def test_names_are_cut_and_what_cannot_be_shown_in_them_is_replaced():
    sheet = sheet_of(f'{"n" * 50},{"n" * 31},"a\u200f\nb"\n1,2,3\n')
    assert list(sheet.frame) == ["n" * 30, "n" * 26 + " (2)", "a? b"]
    assert sheet.notes[2] == r"Column 3 is called 'a\u200f\nb' in the file and 'a? b' here."
    assert all(note.isprintable() for note in sheet.notes)


def test_a_decimal_comma_is_read_with_semicolons_and_said():
    sheet = sheet_of("x;y;z\n1,5;-2,5e3;a,b\n2;,5;1,2,3\n")
    assert sheet.frame.to_numpy().tolist() == [["1.5", "-2.5e3", "a,b"], ["2", ".5", "1,2,3"]]
    assert sheet.notes == ("Commas within numbers are read as decimal commas: 1,5 is 1.5.",)
    assert sheet_of("x;y;z\n1.5;2;a,b\n").notes == ()
    assert sheet_of('x,y,z\n"1,5",2,3\n').frame["x"].tolist() == ["1,5"]
    assert sheet_of("1,5;2,5;3,5\n1,5;2,5;0\n").frame.shape == (2, 3)


# What a column can be


def test_columns_of_numbers_and_labels():
    sheet = sheet_of_columns(
        number=["1", "2.5", "-3e2", "", "x", "7"],
        half=["1", "2", "a", "b", "", "NA"],
        less=["1", "2", "a", "b", "c", "d"],
        same=["1", "1.0", "1e0", "+1", "1.", "1"],
        infinite=["inf", "1", "1e999", "-inf", "inf", "2"],
        two=["a", "b", "a", "b", "NA", "nan"],
        alike=["1", "1.0", "2", "2.00", "02", "-0"],
        none=["", "", "", "", "", ""],
        odd=["1_0", "0x1", "１", "--1", "1e", "."],
    )
    assert columns_of_numbers(sheet) == ["number", "half", "alike"]
    assert [name for name in sheet.frame if can_be_classes(sheet, name)] == [
        "number",
        "half",
        "infinite",
        "two",
        "alike",
    ]
    assert columns_of_labels(sheet) == ["number", "half", "infinite", "two", "alike"]
    assert can_be_number(sheet, "number") and not can_be_number(sheet, "two")


MANY, FEW, WORDS = [*"1234567"], [*"0101010"], [*"abababa"]


@pytest.mark.parametrize(
    ("columns", "guessed"),
    [
        ({"a": MANY, "b": MANY, "c": WORDS}, ("a", "b", "c")),
        ({"kind": WORDS, "a": MANY, "b": MANY, "c": MANY}, ("a", "b", "kind")),
        ({"species": WORDS, "a": MANY, "b": MANY, "sex": WORDS}, ("a", "b", "species")),
        ({"a": WORDS, "b": MANY, "c": MANY, "d": WORDS}, ("b", "c", "d")),
        ({"label": FEW, "a": MANY, "b": MANY}, ("a", "b", "label")),
        ({"x": MANY, "y": MANY, "z": MANY, "w": MANY}, ("x", "y", "w")),
        ({"x": FEW, "y": FEW, "out": FEW}, ("x", "out", "y")),
        ({"a": FEW, "b": FEW, "out": FEW}, ("a", "b", "out")),
        ({"x": MANY, "y": FEW, "kind": WORDS}, ("x", "y", "kind")),
    ],
)
def test_the_guess_is_what_is_named_or_filled_like_it(columns, guessed):
    assert guess(sheet_of_columns(**columns)) == guessed


def test_a_guess_needs_two_columns_of_numbers_and_a_third():
    sentence = refusal(guess, sheet_of_columns(a=MANY, b=WORDS, c=WORDS))
    assert (
        "A file must have two numeric columns, and a label that is numeric or has from 2 to 5 "
        "classes, got 1 numeric, and 2 different values in 'c'." in sentence
    )
    assert "got 2 numeric, and 7 different values in 'c'." in refusal(
        guess, sheet_of_columns(a=MANY, b=MANY, c=[*"tuvwxyz"])
    )


# Into a table


def test_a_table_has_the_rows_names_and_classes_of_its_columns():
    table, notes = table_of(
        sheet_of("x,y,kind,z\n1,5,b,1\n2,4,a,1\n3,3,a,1\n4,4.5,b,1\n"), "y", "x", "kind", False
    )
    rows = ((5, 1, 1), (4, 2, 0), (3, 3, 0), (4.5, 4, 1))
    assert table == fitted(*zip(*rows, strict=True), ("y", "x", "kind"), ("a", "b"))
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
        "Of 13 rows, 8 are left out: 2 have no x, 2 have no number in x (such as 'old'), "
        "2 have an infinite value in x, 1 has a value beyond ±1,000,000,000 in x, 1 has no label.",
    )
    _, notes = table_of_columns(x=x[8:], y=[*"12345"], label=label[8:])
    assert notes == ("Of 5 rows, 1 is left out: 1 has no label.",)


def test_a_row_may_lack_what_is_not_in_the_table():
    sheet = sheet_of_columns(x=[*"1234"], y=[*"2413"], z=["", "a", "", ""], label=[*"abab"])
    assert table_of(sheet, "x", "y", "label", False)[1] == ()


def test_two_thousand_rows_are_drawn_and_always_the_same():
    columns = {"x": [str(i) for i in range(12_000)], "y": [str(i % 7) for i in range(12_000)]}
    sheet = sheet_of_columns(**columns, label=["ab"[i % 2] for i in range(12_000)])
    table, notes = table_of(sheet, "x", "y", "label", False)
    x = np.array(table.rows)[:, 0]
    assert notes == ("Of 12,000 rows, 2,000 are taken, drawn at random.",)
    assert len(x) == MAX_ROWS
    assert (np.diff(x) > 0).all(), "in the order of the file"
    assert abs(x.mean() - 6000) < 300, "from all of the file"
    assert table_of(sheet, "x", "y", "label", False)[0] == table


def test_a_class_that_is_not_drawn_is_not_in_the_table_but_counts_before():
    numbers = [str(i) for i in range(12_000)]
    rare = {"x": numbers, "y": numbers[::-1]}
    table, _ = table_of_columns(**rare, label=["q", "r", *("ab"[i % 2] for i in range(11_998))])
    assert table.classes == ("a", "b")
    sentence = refusal(lambda: table_of_columns(**rare, label=["b", *["a"] * 11_999]))
    assert "label must have from 2 to 5 classes, got 1 value in the rows that are used." in sentence
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
            "c must have from 2 to 5 classes, got 1 value in the rows that are used.",
        ),
        (
            {"x": MANY, "y": MANY, "c": MANY},
            False,
            "c must have from 2 to 5 classes, or be taken as numeric, got 7 different values in "
            "the rows that are used.",
        ),
        (
            {"x": MANY, "y": MANY, "c": MANY},
            False,
            "c must have from 2 to 5 classes, or be taken as numeric, got 7 different values in "
            "the rows that are used.",
        ),
        (
            {"x": MANY, "y": MANY, "c": [*"abcdefg"]},
            False,
            "c must have from 2 to 5 classes, got 7 different values in the rows that are used.",
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
            "(such as 'a').",
        ),
        (
            {"x": [*"123"], "y": [*"321"], "c": [*"aba"]},
            False,
            "The number of usable rows must be at least 4, got 3 of 3.",
        ),
        (
            {"x": [*"123", *[""] * 4], "y": MANY, "c": WORDS},
            False,
            "The number of usable rows must be at least 4, got 3 of 7: 4 have no x.",
        ),
        ({"x": MANY, "y": MANY, "c": ["a", *["b"] * 6]}, False, None),
        (
            {"x": ["", *MANY[1:]], "y": MANY, "c": ["a", *["b"] * 6]},
            False,
            "c must have from 2 to 5 classes, got 1 value in the rows that are used.",
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
    sentence = refusal(table_of, sheet, *names, False)
    chosen = f"'{names[0]}', '{names[1]}', '{names[2]}'"
    assert sentence == f"The columns must be three different ones of the file, got {chosen}."


# Out again


def test_a_table_is_written_with_short_numbers_and_names_in_quotes():
    table = fitted((1, 2.5, 3, 1e-7), (1, 2, 3, 1e9), (0, 1, 0, 1), ("a,b", '"q"', "=c"), ("@x", "y;z"))
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
    return table_of(sheet, *sheet.frame, not table.classes)


PRINTABLE = st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" ,;\t\"'=+-@1.e")
NAME = st.text(PRINTABLE, min_size=1, max_size=MAX_NAME).map(csv_file._clean)
NAME = NAME.filter(lambda name: name not in csv_file.MISSING)
NUMBER = st.floats(-LARGEST, LARGEST) | st.integers(-5, 5).map(float)


@st.composite
def tables(draw):
    """Tables as ``table_of`` gives them."""
    classes = draw(st.just([]) | st.lists(NAME, min_size=2, max_size=5, unique=True))
    names = draw(st.lists(NAME, min_size=3, max_size=3, unique=True))
    rows = draw(st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=6, max_size=12))
    x1, x2, labels = zip(*rows, strict=True)
    if classes:
        classes, labels = csv_file._classes("label", pd.Series((classes * 6)[: len(rows)], dtype=str))
    try:
        return fitted(x1, x2, labels, tuple(names), tuple(classes))
    except NotAllowed:
        assume(False)


@given(tables())
@settings(max_examples=200)
def test_a_table_that_is_written_and_read_is_the_same_table(table):
    assume(not all(map(csv_file._is_number, table.names)))
    assert again(table) == (table, ())


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


def test_names_that_are_numbers_are_not_read_as_a_point():
    table = fitted((1, 2, 3, 4), (2, 1, 4, 3), (0, 1, 0, 1), ("1", "2", "3"), ("a", "b"))
    copy, _ = again(table)
    assert copy.rows == table.rows
    assert copy.names == ("column 1", "column 2", "column 3")


# The editor


@pytest.fixture
def table():
    return fitted(
        (1, 2, 3, 4, 2.5), (2, 1, 4, 3, 2.5), (0, 1, 2, 1, 0), ("x", "y", "c"), ("a", "b", "d")
    )


def test_a_frame_has_the_names_numbers_and_classes_of_its_table(table):
    frame = frame_of(table)
    assert list(frame) == ["x", "y", "c"]
    assert [dtype.kind for dtype in frame.dtypes[:2]] == ["f", "f"]
    assert frame["c"].tolist() == ["a", "b", "d", "b", "a"]
    assert frame.index.tolist() == [1, 2, 3, 4, 5], "as sentences count them"
    numbers = frame_of(fitted((1, 2, 3, 4), (2, 1, 4, 3), (5, 6, 7, 8), ("x", "x", "x"), ()))
    assert list(numbers) == ["x", "x (2)", "x (3)"]
    assert numbers["x (3)"].tolist() == [5.0, 6.0, 7.0, 8.0]


def test_an_edited_frame_gives_its_rows_in_the_scales_of_the_table(table):
    frame = frame_of(table)
    frame.loc[1] = [3.5, 1.5, "b"]
    edited = table_from_frame(frame, table)
    assert edited.rows == ((3.5, 1.5, 1.0), *table.rows[1:])
    assert (edited.scales, edited.names) == (table.scales, table.names)
    numbers = fitted((1, 2, 3, 4), (2, 1, 4, 3), (5, 6, 7, 8), ("x", "y", "z"), ())
    frame = frame_of(numbers)
    frame.loc[2, "z"] = 6.5
    assert table_from_frame(frame, numbers).rows[1] == (2.0, 1.0, 6.5)


def test_classes_are_those_with_points_and_then_new_ones(table):
    frame = frame_of(table)
    frame["c"] = ["new", "d", "b", "old", "d"]
    edited = table_from_frame(frame, table)
    assert edited.classes == ("b", "d", "new", "old")
    assert [label for *_, label in edited.rows] == [2, 1, 0, 3, 1]
    frame["c"] = "a"
    assert "The number of classes must be from 2 to 5, or 0 for regression, got 1." in refusal(
        table_from_frame, frame, table
    )
    frame["c"] = [*"abdef"]
    frame.loc[6] = [1.0, 1.0, "g"]
    assert "The number of classes must be from 2 to 5, or 0 for regression, got 6." in refusal(
        table_from_frame, frame, table
    )


def test_a_class_without_points_stays_where_nothing_is_edited(table):
    spare = Table(table.rows, table.names, ("a", "b", "d", "spare"), table.scales)
    assert table_from_frame(frame_of(spare), spare) == spare


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("x", np.nan, "Row 3 must have three values, got no x."),
        ("y", None, "Row 3 must have three values, got no y."),
        ("c", None, "Row 3 must have three values, got no c."),
        ("c", " ", "Row 3 must have three values, got no c."),
        ("x", np.inf, "x of row 3 must be a number from -1e+09 to 1e+09, got inf."),
        ("y", 2e9, "y of row 3 must be a number from -1e+09 to 1e+09, got 2000000000.0."),
        ("x", 100.0, "x must be from -0.5 to 5.5 to lie on the plane, got 100."),
        (
            "c",
            "n" * 31,
            "A name must have from 1 to 30 printable characters, with no space at either end, got '",
        ),
        (
            "c",
            "a\u200f",
            "A name must have from 1 to 30 printable characters, with no space at either end, got '",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_named(table, column, cell, sentence):
    frame = frame_of(table)
    frame.loc[3, column] = cell
    assert sentence in refusal(table_from_frame, frame, table)


def test_rows_that_are_empty_are_left_out_but_counted(table):
    frame = frame_of(table).astype(object)
    frame.loc[2] = [None, np.nan, ""]
    assert table_from_frame(frame, table).rows == (
        (1.0, 2.0, 0.0),
        *((x, y, {0: 0, 1: 1, 2: 2}[c]) for x, y, c in table.rows[2:]),
    )
    frame.loc[4, "x"] = None
    assert "Row 4 must have three values, got no x." in refusal(table_from_frame, frame, table)
    frame.loc[:] = None
    assert "the number of points must be an integer from 4 to 2000, got 0." in refusal(
        table_from_frame, frame, table
    )


# Hostile files

NASTY = st.sampled_from(
    [
        *("0", "1", "2.5", "-3", "1e5", "7", "0.1", "12", "a", "b", "1.0", "", "NA", "nan", "inf"),
        *("-Infinity", "1e999", "1e-999", "-0", "9" * 400, "1e" + "9" * 300, "1_000", "0x10", "１２"),
        *("=cmd|'/c calc'!A0", "@SUM(A1)", "+1+1", "-", '"', '""', '"a"', '"a,b"', '"a\nb"', "'", "\\"),
        *("\0", "\u200f\u202e", "\u0301", "\U0001f427", "\ufeff", "é", "\x1b[31m", "\x85", "\u2028"),
        *("x" * 5_000, "1" * 5_000 + "x", "1,5", "1;5", "1\t5", "True", "None", " ", "2024-01-01"),
    ]
)
PLAIN = st.sampled_from(["0", "1", "2.5", "-3", "1e5", "7", "0.1", "12", "-8"])
HEADERS = st.sampled_from(
    ["x", "y", "label", "class", "", "x", " x ", "n" * 50, "\u200f", "1", '"a\nb"']
)


@st.composite
def files(draw):
    """Files of which most could be a table, with a few wrong values and bytes."""
    width = draw(st.sampled_from([*[3] * 12, *[4] * 6, 1, 2, 12, 101, 1000]))
    separator = draw(st.sampled_from(",,;\t"))
    header = draw(st.lists(HEADERS, min_size=min(width, 6), max_size=min(width, 6)))
    height = draw(st.integers(4, 12)) if width < 9 else 1
    cells = PLAIN if draw(st.booleans()) else PLAIN | NASTY
    rows = draw(
        st.lists(
            st.lists(cells, min_size=len(header), max_size=len(header)),
            min_size=height,
            max_size=height,
        )
    )
    wide = [(row * width)[:width] if len(row) < width else row for row in (header, *rows)]
    for row, column, cell in draw(
        st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), NASTY), max_size=3)
    ):
        wide[row % len(wide)][column % width] = cell
    data = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(map(separator.join, wide))
    data = data.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16"])))
    for place, what in draw(
        st.lists(st.tuples(st.integers(0, 999), st.binary(max_size=2)), max_size=1)
    ):
        place %= len(data) + 1
        data = data[:place] + what + data[place + 1 :]
    return data


def tried(function, *args):
    """What a function gives, or None for a refusal, which is a sentence."""
    try:
        return function(*args)
    except NotAllowed as error:
        assert_is_a_sentence(error)
        return None


def assert_is_a_table_or_a_refusal(data, as_number):
    """Whether a table was made."""
    sheet = tried(read, "my\n\u200f.csv", data)
    if sheet is None:
        return False
    assert all(1 <= len(name) <= MAX_NAME and name.isprintable() for name in sheet.frame)
    assert len(set(sheet.frame)) == sheet.frame.shape[1] <= MAX_COLUMNS
    names = tried(guess, sheet) or tuple(sheet.frame)[:3]
    assert len(set(names)) == 3
    table, notes = tried(table_of, sheet, *names, as_number) or (None, ())
    assert all(note.isprintable() for note in (*sheet.notes, *notes))
    if table and not all(map(csv_file._is_number, table.names)):
        assert again(table) == (table, ())
    return isinstance(table, Table)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode), st.booleans())
@settings(max_examples=800)
def test_any_bytes_are_a_table_or_a_refusal(data, as_number):
    assert_is_a_table_or_a_refusal(data, as_number)


def test_hostile_files_are_a_table_or_a_refusal():
    tables = []

    @given(files(), st.booleans())
    @settings(max_examples=1200)
    def each(data, as_number):
        tables.append(assert_is_a_table_or_a_refusal(data, as_number))

    each()
    assert 0.2 < np.mean(tables) < 0.9, f"both happen often: {np.mean(tables)}"
