"""Files that anybody may send: each is a table, or a refusal in one sentence."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import assert_is_a_sentence

from scratchnet.data.columns import Choice
from scratchnet.data.csv_file import read, table_of, to_csv
from scratchnet.data.notation import NOTATIONS, POINT
from scratchnet.data.points import MAX_NAME, Table
from scratchnet.data.records import MAX_COLUMNS
from scratchnet.validation import NotAllowed

NASTY = st.sampled_from(
    [
        *("0", "1", "2.5", "-3", "1e5", "7", "0.1", "12", "a", "b", "1.0", "", "NA", "nan", "inf"),
        *("-Infinity", "1e999", "1e-999", "-0", "9" * 400, "1e" + "9" * 300, "1_000", "0x10", "１２"),
        *("=cmd|'/c calc'!A0", "@SUM(A1)", "+1+1", "-", '"', '""', '"a"', '"a,b"', '"a\nb"', "'", "\\"),
        *("\0", "\u200f\u202e", "\u0301", "\U0001f427", "\ufeff", "é", "\x1b[31m", "\x85", "\u2028"),
        *("x" * 5_000, "1" * 5_000 + "x", "1,5", "1;5", "1\t5", "True", "None", " ", "2024-01-01"),
        *("?", "5%", "−3", "1.200", "1.234,5", "1\u00a0000", "# a", "#N/A", "sep=;", "'1", "%"),
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
    separator = draw(st.sampled_from(",,;\t| "))
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


def assert_is_a_table_or_a_refusal(data, as_number, *how):
    """Whether a table was made."""
    sheet = tried(read, "my\n\u200f.csv", data, *how)
    if sheet is None:
        return False
    assert all(1 <= len(name) <= MAX_NAME and name.isprintable() for name in sheet.columns)
    assert 3 <= len(sheet.columns) <= MAX_COLUMNS
    choice = tried(sheet.choice) or Choice(*[*sheet.columns][:3])
    assert len(set(choice)) == 3
    table, notes = tried(table_of, sheet, choice, as_number) or (None, ())
    assert all(note.isprintable() for note in (*sheet.notes, *notes))
    if table:
        assert sheet.taken(choice, table).isprintable()
        copy = read("my.csv", to_csv(table).encode())
        copy, _ = table_of(copy, Choice(*copy.columns), not table.classes)
        if sheet.notation == POINT:  # classes such as "1e5" are numbers, which are written in short
            assert replace(copy, names=table.names) == table
        assert copy.rows == table.rows or table.classes
    return isinstance(table, Table)


AS_NUMBER = st.sampled_from([None, True, False])
HOW = st.tuples(st.sampled_from([None, True, False]), st.sampled_from([None, *NOTATIONS]))


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode), AS_NUMBER, HOW)
@settings(max_examples=800)
def test_any_bytes_are_a_table_or_a_refusal(data, as_number, how):
    assert_is_a_table_or_a_refusal(data, as_number, *how)


def test_hostile_files_are_a_table_or_a_refusal():
    tables = []

    @given(files(), AS_NUMBER, HOW)
    @settings(max_examples=1200)
    def each(data, as_number, how):
        tables.append(assert_is_a_table_or_a_refusal(data, as_number, *how))

    each()
    assert 0.2 < np.mean(tables) < 0.9, f"both happen often: {np.mean(tables)}"
