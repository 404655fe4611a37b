"""The editor of points: a table becomes a frame, and an edited frame a table again."""

import numpy as np
import pytest
from sheets import refusal

from scratchnet.data.points import Table, standardised_table
from scratchnet.data.table_editor import frame_of, table_from_frame


@pytest.fixture
def table():
    return standardised_table(
        (1, 2, 3, 4, 2.5), (2, 1, 4, 3, 2.5), (0, 1, 2, 1, 0), ("x", "y", "c"), ("a", "b", "d")
    )


def test_a_frame_has_the_names_numbers_and_classes_of_its_table(table):
    frame = frame_of(table)
    assert list(frame) == ["x", "y", "c"]
    assert [dtype.kind for dtype in frame.dtypes[:2]] == ["f", "f"]
    assert frame["c"].tolist() == ["a", "b", "d", "b", "a"]
    assert frame.index.tolist() == [1, 2, 3, 4, 5], "as sentences count them"
    numbers = frame_of(
        standardised_table((1, 2, 3, 4), (2, 1, 4, 3), (5, 6, 7, 8), ("x", "x", "x"), ())
    )
    assert list(numbers) == ["x", "x (2)", "x (3)"]
    assert numbers["x (3)"].tolist() == [5.0, 6.0, 7.0, 8.0]


def test_an_edited_frame_gives_its_rows_in_the_scales_of_the_table(table):
    frame = frame_of(table)
    frame.loc[1] = [3.5, 1.5, "b"]
    edited = table_from_frame(frame, table)
    assert edited.rows == ((3.5, 1.5, 1.0), *table.rows[1:])
    assert (edited.scales, edited.names) == (table.scales, table.names)
    numbers = standardised_table((1, 2, 3, 4), (2, 1, 4, 3), (5, 6, 7, 8), ("x", "y", "z"), ())
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
