"""What is painted on the canvases is what the network computes."""

import numpy as np
import pytest
from test_playground import CLASSES, MIDDLE, STRENGTH, assert_true_to_numpy, settings_of

from scratchnet import Trainer, forward_prop, make_dataset
from scratchnet.data.features import features_of

TRAIN_LINE, TEST_LINE = [138, 99, 210], [209, 73, 91]


def place(page, x1, x2):
    """Where a point of the plane is painted, in CSS pixels of the canvas."""
    left, top, size = 22, 4, page.size("plane")[0] - 28
    return left + size * (x1 + 3) / 6, top + size * (3 - x2) / 6


def test_the_plane_is_painted_in_the_colours_of_the_networks_outputs(visit):
    page = visit("/?epoch=12")
    page.wait_for_pause()
    settings, epoch = settings_of(page)
    snapshot = Trainer(settings).seek(epoch)
    corners = np.array([[x1, x2] for x1 in (-2.8, -0.4, 2.8) for x2 in (-2.8, -2.4, 2.5, 2.8)]).T
    AL, _ = forward_prop(corners, snapshot.params, settings.network.activation)
    assert AL.min() < 0.3
    assert AL.max() > 0.7
    for (x1, x2), a in zip(corners.T, AL[0], strict=True):
        expected = MIDDLE + STRENGTH * abs(2 * a - 1) * (CLASSES[int(a > 0.5)] - MIDDLE)
        assert np.abs(page.colour("plane", *place(page, x1, x2)) - expected).max() < 6, (x1, x2, a)


def outputs(settings, snapshot, points):
    """The outputs of the network at points of the plane, by network.py."""
    network = settings.network
    X = features_of(points, network.features)
    return forward_prop(X, snapshot.params, network.activation, network.output)[0]


def free_places(dataset):
    """Places all over the plane where no point is painted, (2, k)."""
    points = np.hstack([dataset.X_train, dataset.X_test])
    line = np.linspace(-2.85, 2.85, 6)
    places = np.stack(np.meshgrid(line, line)).reshape(2, -1)
    apart = np.linalg.norm(places[:, :, None] - points[:, None, :], axis=0)
    return places[:, apart.min(axis=1) > 0.15]


def test_classes_are_painted_in_their_colours_and_by_how_much_they_lead(visit):
    page = visit(
        "/?dataset=blobs&classes=5&points=100&features=x1-x2-sin_x1&activation=tanh-relu&epoch=200"
    )
    page.wait_for_pause()
    settings, epoch = settings_of(page)
    snapshot = Trainer(settings).seek(epoch)
    places = free_places(make_dataset(**vars(settings.data)))
    AL = outputs(settings, snapshot, places)
    assert set(AL.argmax(axis=0)) == {0, 1, 2, 3, 4}
    for (x1, x2), a in zip(places.T, AL.T, strict=True):
        second, first = np.sort(a)[-2:]
        share = STRENGTH * (first - second) / (first + second)
        expected = MIDDLE + share * (CLASSES[a.argmax()] - MIDDLE)
        assert np.abs(page.colour("plane", *place(page, x1, x2)) - expected).max() < 8, (x1, x2, a)
    for x, y in between(page, settings, snapshot):
        assert max(page.colour("plane", x, y)) < 130, "the line runs where the largest output changes"


def between(page, settings, snapshot):
    """Where, on a way along the upper edge of the plane, one class gives way to another."""
    x1 = np.linspace(-2.9, 2.9, 20001)
    winner = outputs(settings, snapshot, np.stack([x1, np.full_like(x1, 2.7)])).argmax(axis=0)
    changes = np.flatnonzero(np.diff(winner))
    assert changes.size
    return [place(page, x1[i], 2.7) for i in changes]


def test_numbers_are_painted_between_minus_one_and_one(visit):
    page = visit("/?dataset=gaussians&points=100&epoch=300")
    page.wait_for_pause()
    settings, epoch = settings_of(page)
    snapshot = Trainer(settings).seek(epoch)
    places = free_places(make_dataset(**vars(settings.data)))
    (AL,) = outputs(settings, snapshot, places)
    places, AL = places[:, abs(AL) > 0.05], AL[abs(AL) > 0.05]  # not on the line
    assert AL.max() - AL.min() > 0.3
    for (x1, x2), a in zip(places.T, AL, strict=True):
        expected = MIDDLE + STRENGTH * min(abs(a), 1) * (CLASSES[int(a > 0)] - MIDDLE)
        assert np.abs(page.colour("plane", *place(page, x1, x2)) - expected).max() < 6, (x1, x2, a)
    assert not page.page.locator(".accuracy").is_visible()
    rms = np.sqrt(2 * snapshot.test_cost)
    page.page.get_by_text(f"{rms:.3g} on the test set").wait_for()
    assert_true_to_numpy(page)


def test_the_points_are_painted_where_they_are_and_in_the_colour_of_their_class(visit):
    page = visit("/?points=20&noise=0&dataset=circles&train_share=0.5")
    dataset = Trainer(settings_of(page)[0]).dataset
    for X, Y, filled in (
        (dataset.X_train, dataset.Y_train, True),
        (dataset.X_test, dataset.Y_test, False),
    ):
        for (x1, x2), label in zip(X.T, Y[0], strict=True):
            everyone = np.hstack([dataset.X_train, dataset.X_test])
            if np.sort(np.hypot(everyone[0] - x1, everyone[1] - x2))[1] < 0.2:
                continue  # another marker lies over this one
            expected = CLASSES[int(label)] if filled else [255, 255, 255]
            painted = page.colour("plane", *place(page, x1, x2))
            assert np.abs(np.subtract(painted, expected)).max() < 6, (x1, x2, label)


def test_the_curve_ends_at_the_costs_of_the_epoch(visit):
    page = visit("/?dataset=flower&learning_rate=2&epochs=400&epoch=400")
    page.wait_for_pause()
    settings, epoch = settings_of(page)
    trainer = Trainer(settings)
    trainer.advance(epoch)
    history = trainer.history
    highest = max(history.train_cost.max(), history.test_cost.max())
    power = 10.0 ** np.floor(np.log10(highest / 4))
    unit = next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= highest / 4)
    top = unit * np.ceil(highest / unit)
    width, height = page.size("curve")
    for costs, colour in ((history.train_cost, TRAIN_LINE), (history.test_cost, TEST_LINE)):
        y = (height - 20) - (height - 44) * costs[-1] / top
        assert np.abs(np.subtract(page.colour("curve", width - 12, y), colour)).max() < 30, colour


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Class 0 has 100 %, Class 1 has 0 % of the plane."),
        ("&output=tanh&cost=squared_error", "Class 0 has 100 %, Class 1 has 0 % of the plane."),
        ("&dataset=blobs&classes=3", "Class 0 has 100 %, Class 1 has 0 %, Class 2 has 0 %"),
        ("&dataset=plane", "The output is above 0 on 0 % of the plane."),
    ],
)
def test_a_tie_goes_to_the_lowest_class_in_words_and_colours(visit, query, words):
    page = visit(f"/?points=20&init=zeros&discrete=1{query}")
    page.wait_for_pause()
    assert words in page.page.get_attribute(".plane [role=img]", "aria-label")
    settings, _ = settings_of(page)
    for x1, x2 in free_places(make_dataset(**vars(settings.data))).T:
        expected = MIDDLE + STRENGTH * (CLASSES[0] - MIDDLE)
        assert np.abs(page.colour("plane", *place(page, x1, x2)) - expected).max() < 6, (x1, x2)


@pytest.mark.parametrize(("weight", "colour"), [(1, CLASSES[1]), (-1, CLASSES[0]), (0, None)])
def test_an_edge_has_the_colour_of_its_sign_and_a_weight_of_0_has_none(visit, weight, colour):
    page = visit(f"/?layer_dims=1-1&features=x1&edits=0:0:{weight}")
    page.wait_for_pause()
    width, height = page.size("network")
    column = np.array([page.colour("network", width / 2, height / 2 + dy) for dy in (-1, 0, 1)])
    line = column[column.any(axis=1)]  # what nothing is painted on is black, and transparent
    assert len(line)
    if colour is None:
        assert np.ptp(line, axis=1).max() < 30, "grey"
    else:
        assert np.abs(line - colour).max() < 12
