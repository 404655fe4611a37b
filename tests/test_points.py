"""Tables of points: checked in every part, true to their units, and small enough for an address."""

import base64
import tracemalloc
import zlib

import numpy as np
import pytest
from choices import own_table
from hypothesis import given, settings
from hypothesis import strategies as st

from scratchnet import Settings, Trainer, make_dataset
from scratchnet.data.points import (
    PLAIN,
    Scale,
    Table,
    penguins,
    read_points,
    standardised_table,
    table_from_points,
)

ROWS = ((0.5, -1.0, 0.0), (1.0, 2.5, 1.0), (-2.0, 0.0, 1.0), (0.0, 0.25, 0.0))


@pytest.mark.parametrize("classes", [0, 2, 5])
def test_a_table_goes_into_an_address_and_comes_back(classes):
    table = own_table(classes)
    assert Table.from_text(table.to_text()) == table
    settings, _ = Settings.resolve(
        Settings().values() | {"dataset": "own", "own": table, "classes": classes}
    )
    again, corrections = Settings.from_query(settings.to_query())
    assert (again, corrections) == (settings, ())
    run, repeated = Trainer(settings), Trainer(again)
    assert np.array_equal(run.advance(20).theta, repeated.advance(20).theta)


@given(st.lists(st.tuples(*[st.floats(-2.9, 2.9)] * 2, st.sampled_from([0.0, 1.0])), min_size=4))
def test_every_number_comes_back_to_the_last_bit(rows):
    rows = (*rows, (0.0, 0.0, 0.0), (1e-300, -0.1, 1.0))
    table = Table(tuple(rows))
    assert Table.from_text(table.to_text()).rows == table.rows


def test_three_hundred_drawn_points_are_short():
    X = np.random.RandomState(0).uniform(-2.9, 2.9, (2, 300))
    assert len(table_from_points(X, np.arange(300) % 2, 2).to_text()) < 2500


def test_columns_are_standardised_and_the_scale_leads_back():
    table = own_table(2)
    X, Y = table.on_plane
    assert np.allclose(X.mean(axis=1), 0, atol=1e-7)
    assert np.allclose(X.std(axis=1), 1)
    dataset = make_dataset("own", own=table, noise=0.4)
    for axis in (0, 1):
        centre, unit = dataset.scales[axis]
        column = np.sort([row[axis] for row in table.rows])
        both = np.hstack([dataset.X_train[axis], dataset.X_test[axis]])
        assert np.allclose(np.sort(both * unit + centre), column, rtol=1e-6), "no noise"
    assert dataset.names == ("u", "v", "w")
    assert dataset.class_names == ("a", "b")
    assert np.array_equal(np.sort(Y), np.sort(np.hstack([dataset.Y_train, dataset.Y_test])[0]))


def test_a_far_point_has_room_and_numbers_lie_between_minus_one_and_one():
    x1 = [*range(50), 9000.0]
    table = standardised_table(x1, x1[::-1], [5.0] * 25 + [1005.0] * 26, ("a", "b", "c"), ())
    X, Y = table.on_plane
    assert np.abs(X).max() == pytest.approx(2.9)
    assert (Y.min(), Y.max()) == (-1, 1)


def test_the_penguins_are_those_of_the_source():
    table = penguins()
    assert len(table.rows) == 342
    assert table.classes == ("Adelie", "Gentoo", "Chinstrap")
    labels = np.array(table.rows)[:, 2]
    assert [int((labels == k).sum()) for k in range(3)] == [151, 123, 68]
    assert np.array(table.rows)[:, 0].mean() == pytest.approx(43.92193)
    assert table.rows[0] == (39.1, 18.7, 0.0)


def test_drawing_keeps_the_rows_that_stay():
    table = penguins()
    X, Y = (np.float64(np.float32(part)) for part in table.on_plane)
    again = table_from_points(
        np.hstack([X[:, 5:], [[0.1234567], [-1.0]]]), np.append(Y[5:], 3), 4, table
    )
    assert again.rows[:-1] == table.rows[5:]
    assert again.classes == (*table.classes, "3")
    assert again.scales == table.scales
    x1, _, label = again.rows[-1]
    assert (round(x1, 3), label) == (x1, 3)
    assert x1 == pytest.approx(0.1234567 * table.scales[0].unit + table.scales[0].centre, abs=1e-3)


def test_a_new_class_has_a_name_of_its_own():
    table = Table(ROWS, classes=("1", "2"))
    X, Y = table.on_plane
    assert table_from_points(np.hstack([X, [[0], [0]]]), np.append(Y, 2), 3, table).classes == (
        "1",
        "2",
        "3",
    )
    assert table_from_points(np.hstack([X, [[0], [0]]]), np.append(Y, 2), 3).classes == ("0", "1", "2")


def test_points_from_the_browser_are_checked():
    X, Y, classes = read_points([[0, 1, 0], [5, -9, 1], [1, 1, 2], [0, 0, 0]], numbers=False)
    assert (X[:, 1].tolist(), Y.tolist(), classes) == ([3, -3], [0, 1, 2, 0], 3)
    for points in (
        None,
        "abcd",
        [[0, 1, 0]],
        [[0, 1]] * 5,
        [[0, 1, None]] * 5,
        [[0, 1, 7]] * 5,
        [[float("nan"), 1, 0]] * 5,
        [[0, 1, 0.5]] * 5,
        [[0, 1, 0]] * 2001,
        [[10**400, 1, 0]] * 5,
    ):
        with pytest.raises(ValueError, match=r" must (be|hold) .*, got "):
            read_points(points, numbers=False)


@st.composite
def bases(draw):
    """A table in any units, as a file may hold them, or None."""
    numbers = st.floats(-1e9, 1e9) | st.sampled_from([-1e9, 1e9])
    columns = []
    for _ in range(3):
        centre, spread = draw(numbers), 10.0 ** draw(st.integers(-9, 9))
        parts = draw(st.lists(st.floats(-1, 1), min_size=6, max_size=20))
        column = np.clip(centre + spread * np.resize(parts, 20), -1e9, 1e9)
        columns.append(column.tolist())
    classes = draw(st.sampled_from([(), ("a", "b"), ("a", "b", "c")]))
    if classes:
        columns[2] = [float(i % len(classes)) for i in range(20)]
    try:
        return draw(st.sampled_from([standardised_table(*columns, ("u", "v", "w"), classes), None]))
    except ValueError:  # numbers too close to each other for their size
        return None


@settings(max_examples=500)
@given(st.data(), bases())
def test_a_point_that_was_read_is_drawn_on_any_table(data, base):
    places = st.floats(-3, 3) | st.sampled_from([-1e9, -3, -2.9999, 0, 2.9999, 3, 1e9])
    numbers = base is not None and not base.classes
    labels = st.floats(-10, 10) | st.sampled_from([-10, 10]) if numbers else st.integers(0, 4)
    points = data.draw(st.lists(st.tuples(places, places, labels).map(list), min_size=2))
    points += [[0, 0, 0], [0, 0, 1]]
    if base is not None:
        points += np.vstack(base.on_plane).T.tolist()
    X, Y, classes = read_points([*points], numbers)
    table = table_from_points(X, Y, classes, base)
    X_again, Y_again = table.on_plane
    assert np.abs(X_again - X).max() < 0.002
    assert np.abs(Y_again - Y).max() < 0.002
    table_from_points(X_again, Y_again, classes, table)


def test_a_label_beyond_its_scale_is_refused():
    with pytest.raises(ValueError, match=r"a label must be a number from -10 to 10, got 10\.5"):
        read_points([[0, 0, 0.5], [0, 1, 1], [1, 1, 0], [1, 0, 10.5]], numbers=True)


def test_too_many_points_are_counted():
    with pytest.raises(
        ValueError, match="the number of points must be an integer from 4 to 2000, got 2001"
    ):
        read_points([[0, 1, 0]] * 2001, numbers=False)


@pytest.mark.parametrize(
    ("part", "value", "sentence"),
    [
        ("rows", ROWS[:3], "the number of points must be an integer from 4 to 2000, got 3"),
        ("rows", ROWS * 501, "the number of points must be an integer from 4 to 2000, got 2004."),
        (
            "rows",
            (*ROWS, (0.0, np.inf, 0.0)),
            r"a value of point 5 must be a number from -1.1e\+10 to 1.1e\+10, got inf.",
        ),
        (
            "rows",
            (*ROWS, (0.0, 1.0)),
            r"Point 5 must be three numbers \(x1, x2 and a label\), got \(0.0, 1.0\).",
        ),
        ("rows", (*ROWS, (0.0, 1.0, 2.0)), "label must hold only the labels 0 and 1, got 2"),
        ("rows", ROWS[1:2] * 4, "The points must be of at least two classes, got only class 1."),
        ("rows", (*ROWS, (7.0, 1.0, 1.0)), "x₁ must be from -3 to 3 to lie on the plane, got 7."),
        ("names", ("a", "b"), "A table must have 3 names, got 2"),
        ("names", ("a", "", "c"), "A name must have from 1 to 30 printable characters, .*, got ''."),
        (
            "names",
            ("a", "b\n", "c"),
            r"A name must have from 1 to 30 printable characters, .*, got 'b\?'.",
        ),
        (
            "names",
            ("a", " b", "c"),
            "A name must have from 1 to 30 printable characters, .*, got ' b'.",
        ),
        ("names", "abc", "The names of a table must be a tuple, got 'abc'."),
        ("rows", None, "The rows of a table must be a tuple, got None."),
        ("scales", PLAIN[:1], "A table must have 3 scales, got 1"),
        ("scales", (*PLAIN[:2], (0, 1, 2)), r"A scale must be a centre and a unit, got \(0, 1, 2\)."),
        (
            "scales",
            (Scale(1e9, 0.5), *PLAIN[1:]),
            r"the unit of a scale must be a number from 1 to 1e\+09, got 0.5.",
        ),
        ("classes", ("a",), "The number of classes must be from 2 to 5, or 0 for regression, got 1."),
        ("classes", ("a", "a"), r"The classes must have different names, got \('a', 'a'\)."),
        (
            "classes",
            tuple("abcdef"),
            "The number of classes must be from 2 to 5, or 0 for regression, got 6.",
        ),
        (
            "scales",
            (Scale(0, 0), *PLAIN[1:]),
            r"the unit of a scale must be a number from 1e-09 to 1e\+09, got 0.",
        ),
        (
            "scales",
            (Scale(0, np.nan), *PLAIN[1:]),
            r"the unit of a scale must be a number from 1e-09 to 1e\+09, got nan.",
        ),
    ],
)
def test_a_table_names_what_is_wrong(part, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        Table(**({"rows": ROWS} | {part: value}))


def test_a_column_without_a_spread_is_refused():
    with pytest.raises(
        ValueError, match=r"the spread of a must be a number from 1e-09 to 1e\+09, got 0.0."
    ):
        standardised_table([1.0] * 5, range(5), [0, 1, 0, 1, 0], ("a", "b", "c"), ("x", "y"))


def packed(text):
    return base64.urlsafe_b64encode(zlib.compress(text, 9)).decode()


def test_a_bomb_in_an_address_is_refused_in_little_memory():
    bomb = packed(b"0" * 300_000_000)
    tracemalloc.start()
    with pytest.raises(
        ValueError,
        match="own must be points as the page writes them, got 'eNrswYEAAA",
    ):
        Table.from_text(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


@settings(max_examples=500)
@given(st.one_of(st.text(), st.binary().map(packed), st.data()))
def test_any_other_text_is_refused_in_a_sentence(text):
    if not isinstance(text, str):
        whole = own_table(2).to_text()
        i = text.draw(st.integers(0, len(whole) - 1))
        text = whole[:i] + text.draw(st.sampled_from("abcXYZ019-_=")) + whole[i + 1 :]
    query = {"dataset": "own", "own": text}
    made, corrections = Settings.from_query(query)
    assert isinstance(made, Settings)
    assert made.data.dataset == "own" or corrections
    assert all("\n" not in sentence and len(sentence) < 400 for sentence in corrections)


def test_the_rows_that_are_held_out_are_in_the_text():
    table = Table(ROWS, held_out=2)
    assert Table.from_text(table.to_text()) == table
    assert Table.from_text(Table(ROWS).to_text()).held_out == 0
    assert len(table.to_text()) <= len(Table(ROWS).to_text()) + 6


@pytest.mark.parametrize("held_out", ["-1", "1.5", "1e3", str(len(ROWS)), "nan", "1 1"])
def test_what_cannot_be_held_out_is_refused(held_out):
    lines = ["x\ty\tz", "0\t1", f"0 1 0 1 0 1 {held_out}"]
    lines += [" ".join(map(str, row)) for row in ROWS]
    packed = zlib.compress("\n".join(lines).encode())
    with pytest.raises(ValueError, match=r"held_out|own must hold"):
        Table.from_text(base64.urlsafe_b64encode(packed).decode().rstrip("="))
