"""Datasets: reproducible, standardised, inside their window, and of the shape they are named after."""

from collections import Counter
from dataclasses import replace
from hashlib import blake2b

import numpy as np
import pytest
from choices import data_of, own_table

from scratchnet import Dataset, DataSettings, make_dataset
from scratchnet.data.datasets import DATASETS, with_parts_of
from scratchnet.data.points import Table, standardised_table
from scratchnet.precision import single


def whole(dataset):
    return np.hstack([dataset.X_train, dataset.X_test]), np.hstack([dataset.Y_train, dataset.Y_test])


EVERY = [(name, classes) for name, generator in DATASETS.items() for classes in generator.classes]
DRAWN = [(name, classes) for name, classes in EVERY if DATASETS[name].draw]
SPREAD = [name for name, generator in DATASETS.items() if generator.label]


def inside(X, window):
    x1_min, x1_max, x2_min, x2_max = window
    return ((x1_min < X[0]) & (X[0] < x1_max) & (x2_min < X[1]) & (X[1] < x2_max)).all()


@pytest.mark.parametrize(("name", "classes"), DRAWN)
@pytest.mark.parametrize("noise", [0.0, 0.2, 0.5])
def test_drawn_points_are_standardised_balanced_and_inside_the_window(name, classes, noise):
    dataset = make_dataset(name, points=2000, noise=noise, classes=classes)
    X, Y = whole(dataset)
    assert inside(X, dataset.window)
    assert np.allclose(X.mean(axis=1), 0, atol=1e-8)
    assert X.std(axis=1) == pytest.approx([X[0].std()] * 2)
    assert 0.7 < X[0].std() <= 1 + 1e-7
    labels, counts = np.unique(Y, return_counts=True)
    assert np.array_equal(labels, np.arange(classes))
    assert np.ptp(counts) <= 1
    assert dataset.classes == classes


@pytest.mark.parametrize("name", SPREAD)
@pytest.mark.parametrize("noise", [0.0, 0.2, 0.5])
def test_spread_points_fill_the_window_and_noise_leaves_their_labels(name, noise):
    data = DataSettings(dataset=name, points=2000, noise=noise, classes=DATASETS[name].classes[0])
    dataset = make_dataset(**vars(data))
    X, Y = whole(dataset)
    assert inside(X, dataset.window)
    assert (np.abs(X).max(axis=1) > 2.5).all()
    assert np.array_equal(Y, whole(make_dataset(**vars(replace(data, noise=0.0))))[1])
    if noise == 0.0:
        assert np.array_equal(Y[0], single(DATASETS[name].label(*X)))
    assert abs(Y.mean() - Y.min() / 2 - Y.max() / 2) < 0.05, "high and low are balanced"


@pytest.mark.parametrize("name", DATASETS)
def test_the_same_settings_give_the_same_bits_and_another_seed_others(name):
    data = data_of(name, DATASETS[name].classes[-1], points=60)
    first, again = make_dataset(**vars(data)), make_dataset(**vars(data))
    assert np.array_equal(first.X_train, again.X_train)
    assert np.array_equal(first.Y_test, again.Y_test)
    assert not np.array_equal(first.X_train, make_dataset(**vars(replace(data, seed=2))).X_train)


def test_noise_and_split_each_have_their_own_stream():
    data = DataSettings(noise=0.0)
    clean, noisy = make_dataset(**vars(data)), make_dataset(**vars(replace(data, noise=0.3)))
    assert np.array_equal(clean.Y_train, noisy.Y_train), "noise must not change the split"
    distance = np.abs(clean.X_train - noisy.X_train).max()
    assert 0.05 < distance < 2, "noise must move the same points"
    other = make_dataset(**vars(replace(data, train_share=0.5)))
    assert np.array_equal(np.sort(whole(clean)[0]), np.sort(whole(other)[0]))


@pytest.mark.parametrize(("share", "train"), [(0.1, 30), (0.7, 210), (0.9, 270)])
def test_the_train_share(share, train):
    dataset = make_dataset(points=300, train_share=share)
    assert dataset.X_train.shape == (2, train)
    assert dataset.X_test.shape == (2, 300 - train)


def test_the_shapes_are_what_they_are_called():
    random = np.random.RandomState(0)
    Y = np.arange(400) % 2
    circles = DATASETS["circles"].draw(Y, random)
    assert np.allclose(np.hypot(*circles), np.where(Y, 0.5, 1.0))
    x1, x2 = DATASETS["xor"].draw(Y, random)
    assert np.array_equal((x1 > 0) ^ (x2 > 0), Y == 1)
    x1, x2 = DATASETS["flower"].draw(Y, random)
    angle, r = np.arctan2(x1, x2), np.hypot(x1, x2)
    assert np.allclose(r, np.abs(4 * np.sin(4 * angle)))
    spiral = DATASETS["spiral"].draw(Y, random)
    turns = (np.arctan2(*spiral) - 3 * np.pi * np.hypot(*spiral)) / np.pi
    assert np.allclose(np.cos(np.pi * turns), np.where(Y, -1, 1))


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_each_class_has_a_blob_and_an_arm_of_its_own(k):
    random = np.random.RandomState(0)
    Y = np.arange(400 * k) % k
    centres = np.array([DATASETS["blobs"].draw(Y, random)[:, y == Y].mean(axis=1) for y in range(k)])
    apart = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    assert apart == pytest.approx(np.full(k, 4.0), abs=0.3)
    x1, x2 = DATASETS["spiral"].draw(Y, random)
    turns = np.arctan2(x1, x2) / (2 * np.pi) - 3 * np.hypot(x1, x2) / k - Y / k
    assert turns == pytest.approx(np.rint(turns))


def test_curves_and_numbers_are_what_they_are_called():
    x1 = np.linspace(-2.6, 2.6, 50)
    for name, curve in (
        ("sine", 1.2 * np.sin(x1)),
        ("cubic", x1**3 / 8),
        ("absolute", np.abs(x1) - 1.3),
    ):
        assert (DATASETS[name].label(x1, curve + 1e-9) == 1).all()
        assert (DATASETS[name].label(x1, curve - 1e-9) == 0).all()
    assert DATASETS["plane"].label(2.6, 2.6) == 1
    assert DATASETS["plane"].label(1.3, -1.3) == 0
    hills = DATASETS["gaussians"].label(
        np.array([-1.8, 0, 1.8, -1.8]), np.array([-1.2, -1.2, -1.2, 1.2])
    )
    assert hills == pytest.approx([1, -1, 1, -1], abs=0.05)


def test_the_arrays_cannot_be_written_and_are_copies():
    X, Y = np.zeros((2, 3)), np.zeros((1, 3))
    dataset = Dataset(X, Y, X, Y)
    X[0, 0] = 1.0
    assert dataset.X_train[0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        dataset.X_train[0, 0] = 2.0


@pytest.mark.parametrize(
    ("part", "value", "sentence"),
    [
        ("X_train", np.full((2, 3), np.inf), "X_train must hold only finite numbers, got inf"),
        ("Y_train", np.array([[0, 1, 3]]), "Y_train must hold only the labels 0 and 1, got 3"),
        ("X_test", np.zeros((3, 3)), "X_test must have 2 features, as X_train has, got 3"),
        (
            "X_train",
            np.zeros((2, 0)),
            r"X_train must have the shape \(features, samples\), at least 1 of each, got \(2, 0\).",
        ),
        ("X_test", np.zeros((2, 0)), r"Y_test must have the shape \(1, 0\), .*, got \(1, 3\)."),
        ("Y_test", np.array([0.0, np.nan, 1.0]), "Y_test must hold only finite numbers, got nan"),
    ],
)
def test_a_dataset_names_what_is_wrong(part, value, sentence):
    parts = {"X_train": np.zeros((2, 3)), "Y_train": np.zeros((1, 3))}
    parts |= {"X_test": np.zeros((2, 3)), "Y_test": np.zeros((1, 3))}
    with pytest.raises(ValueError, match=sentence):
        Dataset(**(parts | {part: value}))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (DataSettings("plane"), "classes must be 0 for plane, got 2."),
        (DataSettings("gaussians"), "classes must be 0 for gaussians, got 2."),
        (DataSettings("penguins"), "classes must be 3 for penguins, got 2."),
        (DataSettings("moons", classes=4), "classes must be 2 for moons, got 4."),
        (DataSettings("xor", classes=5), "classes must be 2 for xor, got 5."),
        (DataSettings("blobs", classes=0), "classes must be one of 2, 3, 4, 5 for blobs, got 0."),
        (DataSettings("spiral", classes=1), "classes must be one of 2, 3, 4, 5 for spiral, got 1."),
        (replace(data_of("own", 3), classes=2), "classes must be 3 for own, got 2."),
        (replace(data_of("own", 0), classes=2), "classes must be 0 for own, got 2."),
        (DataSettings("own"), "dataset own must come with points, got none."),
    ],
)
def test_data_of_other_classes_are_refused(data, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_dataset(**vars(data))


def test_a_point_that_comes_or_goes_leaves_all_others_but_one_in_their_parts():
    data = data_of("own", 2, own_seed=4)
    before = make_dataset(**vars(data))
    fewer = replace(data.own, rows=data.own.rows[1:])
    more = replace(data.own, rows=(*data.own.rows, (-70.0, 9000.0, 1.0)))
    parts = [{tuple(point) for point in part.T} for part in (before.X_train, before.X_test)]
    for own in (fewer, more):
        dataset = make_dataset(**vars(replace(data, own=own)))
        now = [{tuple(point) for point in part.T} for part in (dataset.X_train, dataset.X_test)]
        moved = (parts[0] & now[1]) | (parts[1] & now[0])
        assert len(moved) <= 1, "the cut may pass one"
    other = make_dataset(**vars(replace(data, seed=2)))
    assert {tuple(point) for point in other.X_test.T} != parts[1]


def rows_of(X, Y):
    """How often each row is in a part."""
    return Counter(map(tuple, np.vstack([X, Y]).T.tolist()))


def repeated(rows, times):
    return standardised_table(*zip(*rows * times, strict=True), ("a", "b", "c"), ("0", "1"))


XOR = [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)]


@pytest.mark.parametrize("seed", range(20))
def test_copies_of_a_row_are_dealt_out_to_both_parts(seed):
    dataset = make_dataset("own", own=repeated(XOR, 50), seed=seed)
    train = rows_of(dataset.X_train, dataset.Y_train)
    test = rows_of(dataset.X_test, dataset.Y_test)
    assert [sum(part.values()) for part in (train, test)] == [140, 60]
    assert all(abs(count - 35) <= 2 for count in train.values())
    assert all(abs(count - 15) <= 2 for count in test.values())
    twice = make_dataset("own", own=repeated(XOR, 2), seed=seed)
    assert len(rows_of(twice.X_train, twice.Y_train)) == 4, "none is in the test set alone"
    assert len(rows_of(twice.X_test, twice.Y_test)) == 2


@pytest.mark.parametrize("seed", range(5))
def test_own_rows_are_split_class_by_class_in_the_order_of_their_hashes(seed):
    table = own_table(3, seed)
    hashes = {row: blake2b(repr((seed, *row)).encode(), digest_size=8).digest() for row in table.rows}
    rows = sorted(table.rows, key=hashes.__getitem__)
    train = []
    for label in range(3):
        members = [row for row in rows if row[2] == label]
        train += members[: round(0.7 * len(members))]
    X, Y = replace(table, rows=tuple(sorted(train, key=hashes.__getitem__))).on_plane
    dataset = make_dataset("own", own=table, seed=seed, classes=3)
    assert np.array_equal(dataset.X_train, X)
    assert np.array_equal(dataset.Y_train[0], Y)
    assert dataset.Y_test.size == 40 - len(train)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("sizes", [(2, 6, 1), (2, 2), (1, 3), (1, 1, 1, 1), (1, 1, 1, 1, 1), (30, 2)])
def test_a_class_of_two_own_points_has_one_that_trains_whatever_the_share(share, sizes):
    random = np.random.RandomState(5)
    labels = [float(label) for label, size in enumerate(sizes) for _ in range(size)]
    rows = tuple((*random.uniform(-2, 2, 2).tolist(), label) for label in labels)
    table = Table(rows, classes=tuple("abcde"[: len(sizes)]))
    for seed in range(20):
        data = make_dataset("own", own=table, train_share=share, seed=seed)
        train, test = (
            np.bincount(Y[0].astype(int), minlength=len(sizes)) for Y in (data.Y_train, data.Y_test)
        )
        assert (train + test).tolist() == list(sizes)
        assert test.sum() >= 1, "a share below 1 leaves a test set"
        assert all(train[label] >= 1 for label, size in enumerate(sizes) if size >= 2)


def test_a_table_that_holds_out_rows_is_split_there_unless_all_train():
    table = replace(own_table(2), held_out=7)
    X, Y = table.on_plane
    for share, seed in ((0.1, 1), (0.9, 2)):
        data = make_dataset("own", own=table, train_share=share, seed=seed)
        assert np.array_equal(data.X_train, X[:, :-7])
        assert np.array_equal(data.Y_test[0], Y[-7:])
    assert make_dataset("own", own=table, train_share=1.0).Y_test.size == 0


ABC = tuple((float(i), -1.0, float(label)) for i, label in enumerate([0, 1, 2] * 2))


def test_rows_keep_their_parts_and_new_ones_train():
    before = Table(tuple((x / 3, y, label) for x, y, label in ABC), classes=tuple("abc"), held_out=2)
    held = before.rows[-2:]  # of b and c
    new = (0.5, 0.5, 1.0)
    added = with_parts_of(replace(before, rows=(new, *before.rows[::-1]), held_out=0), before)
    assert (added.held_out, set(added.rows[-2:])) == (2, set(held))
    fewer = replace(before, rows=(before.rows[1], before.rows[4], *before.rows[2:4]), held_out=0)
    assert with_parts_of(fewer, before).rows[-1] == held[0]
    # Without class a, b is class 0.
    renamed = tuple((x, y, label - 1) for x, y, label in before.rows if label)
    left = with_parts_of(Table(renamed, classes=("b", "c")), before)
    assert [row[:2] for row in left.rows[-2:]] == [row[:2] for row in held]


def test_a_class_that_loses_its_training_points_gets_one_back():
    rows = ((0.0, 0.0, 0.0), (1.0, 0.0, 1.0), (2.0, 0.0, 0.0), (2.0, 1.0, 0.0), (2.0, 2.0, 1.0))
    before = Table(rows, held_out=3)
    after = with_parts_of(Table(rows[1:]), before)
    assert after.rows == (rows[1], rows[2], rows[3], rows[4])
    assert after.held_out == 2


def test_only_as_many_copies_are_held_out_as_before():
    row, other = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    before = Table((row, other, other, row), held_out=1)
    assert with_parts_of(Table((row, row, row, other)), before).held_out == 1


def test_another_copy_leaves_all_others_but_one_in_their_parts():
    table = repeated(XOR, 6)
    before = make_dataset("own", own=table)
    more = make_dataset("own", own=replace(table, rows=(*table.rows, table.rows[1])))
    for part in ("train", "test"):
        rows = [
            rows_of(getattr(data, f"X_{part}"), getattr(data, f"Y_{part}")) for data in (before, more)
        ]
        changed = (rows[0] - rows[1]) + (rows[1] - rows[0])
        assert sum(changed.values()) <= 2
