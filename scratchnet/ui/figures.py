"""Figures to explore: pure functions from a snapshot of the run to a Plotly figure."""

import base64
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go

from scratchnet.costs import targets
from scratchnet.datasets import SHAPES, Dataset, grid, make_dataset
from scratchnet.features import features_of
from scratchnet.network import forward_prop
from scratchnet.settings import DataSettings, NetworkSettings
from scratchnet.trainer import History, Snapshot

# A class has a colour and a shape, here and on the stage. Of one output, what is low or negative has
# the colour of class 0, and what is high or positive that of class 1.
MIDDLE, INK = "#e8eaeb", "#1d2126"
CLASSES = ("#f59322", "#0877bd", "#2e9e5b", "#c04a92", "#806240")
SYMBOLS = ("circle", "diamond", "square", "cross", "x")
COLOURS = [(0.0, CLASSES[0]), (0.5, MIDDLE), (1.0, CLASSES[1])]
COST_TITLES = {"cross_entropy": "cross-entropy (nats)", "squared_error": "½ (output − target)²"}
TRAIN_LINE, TEST_LINE = "#8a63d2", "#d1495b"
HEIGHT = 460
SIDE = 81
LIFT = 0.015


@lru_cache
def dataset_icon(name: str) -> str:
    """A small picture of a dataset, drawn from its own points: an SVG as the text of a data address."""
    shape = SHAPES[name]
    classes, points = shape.classes[0], 110 if shape.draw else 400
    dataset = make_dataset(DataSettings(name, points, 0.0, 0.9, classes=classes))
    labels = dataset.Y_train[0] if classes else np.rint(2 * dataset.Y_train[0])
    scale = 29 / np.abs(dataset.X_train).max()
    paths = []
    for label in np.unique(labels):
        colour = CLASSES[int(label)] if classes else _number_colour(label / 2)
        x, y = 32 + scale * dataset.X_train[:, labels == label] * [[1], [-1]]
        dots = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in zip(x, y, strict=True))
        paths.append(f'<path stroke="{colour}" d="{dots}"/>')
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" stroke-width="5.5" '
        f'stroke-linecap="round">{"".join(paths)}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _number_colour(label: float) -> str:
    """The colour of a label that is a number, between -1 and 1."""
    end = CLASSES[int(label > 0)]
    parts = [(int(MIDDLE[i : i + 2], 16), int(end[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + min(abs(label), 1.0) * (b - a)):02x}" for a, b in parts)


def output_surface(snapshot: Snapshot, dataset: Dataset, network: NetworkSettings) -> go.Figure:
    """The output of the network over the window, as a surface; the training points lie at their labels.

    Of more outputs than one it is the largest, in the colour of its class; a point lies at the output
    of its own class, below the surface where it is told wrong.
    """
    x1, x2, points = grid(dataset.window, SIDE)
    AL = _outputs(points, snapshot, network)
    low = 0.0 if network.output in ("sigmoid", "softmax") else -1.0
    if len(AL) == 1:
        title, colours = "output", {"cmin": low, "cmax": 1.0, "colorscale": COLOURS}
    else:
        title, colours = "largest output", _class_colours(AL)
    surface = go.Surface(
        x=x1,
        y=x2,
        z=AL.max(axis=0).reshape(SIDE, SIDE),
        **colours,
        showscale=len(AL) == 1,
        lighting={"ambient": 0.85, "diffuse": 0.25, "specular": 0.0},  # a colour is to be its value
        colorbar={"title": {"text": "output"}, "thickness": 14, "len": 0.7},
        contours_z=_contour((low + 1.0) / 2) if len(AL) == 1 else None,
        hovertemplate=f"x₁ %{{x:.2f}}<br>x₂ %{{y:.2f}}<br>{title} %{{z:.4f}}<extra></extra>",
        name="output",
    )
    figure = go.Figure([surface, *_points(dataset, snapshot, network)])
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 0.0},
        scene={
            "xaxis": {"title": {"text": "x₁"}},
            "yaxis": {"title": {"text": "x₂"}},
            "zaxis": {"title": {"text": title}}
            | ({"range": [low - 0.03, 1.05]} if network.output != "linear" else {}),
            "camera": {"eye": {"x": -1.2, "y": -1.4, "z": 0.9}, "center": {"x": 0, "y": 0, "z": -0.12}},
            "aspectratio": {"x": 1, "y": 1, "z": 0.6},
        },
        uirevision="surface",
    )
    return figure


def _outputs(points: np.ndarray, snapshot: Snapshot, network: NetworkSettings) -> np.ndarray:
    """The outputs of the network, (n_L, m), at points of the plane, (2, m)."""
    X = features_of(points, network.features)
    with np.errstate(over="ignore", invalid="ignore"):  # a run that diverged may overflow here
        AL, _ = forward_prop(X, snapshot.params, network.activation, network.output)
    return AL


def _contour(height: float) -> dict:
    """The line on the surface where the output is in the middle."""
    return {"show": True, "start": height, "end": height, "size": 1, "color": INK, "width": 4}


def _class_colours(AL: np.ndarray) -> dict:
    """The colour of the class whose output is the largest, at each place."""
    k = len(AL)
    steps = [(edge / k, CLASSES[label]) for label in range(k) for edge in (label, label + 1)]
    return {
        "surfacecolor": AL.argmax(axis=0).reshape(SIDE, SIDE),
        "cmin": -0.5,
        "cmax": k - 0.5,
        "colorscale": steps,
    }


def _points(dataset: Dataset, snapshot: Snapshot, network: NetworkSettings) -> list[go.Scatter3d]:
    """The training points, class by class, just above where they are to lie."""
    X, labels = dataset.X_train, dataset.Y_train[0]
    if not dataset.classes:
        colours = {"color": labels, "cmin": -1.0, "cmax": 1.0, "colorscale": COLOURS}
        return [_scatter(X, labels, labels, "training", colours)]
    if dataset.classes == 2:
        heights = np.repeat(targets(dataset.Y_train, network.output, 1), 2, axis=0)
    else:
        heights = _outputs(X, snapshot, network)
    return [
        _scatter(
            X[:, labels == label],
            heights[label, labels == label],
            [f"class {label}"] * np.count_nonzero(labels == label),
            f"class {label}, training",
            {"color": CLASSES[label], "symbol": SYMBOLS[label]},
        )
        for label in range(dataset.classes)
    ]


def _scatter(X: np.ndarray, height: np.ndarray, labels, name: str, look: dict) -> go.Scatter3d:
    """Points of the plane at a height, just above the surface there."""
    return go.Scatter3d(
        x=X[0],
        y=X[1],
        z=height + LIFT,
        mode="markers",
        marker={"size": 3.5, "line": {"width": 1, "color": INK}, **look},
        name=name,
        customdata=labels,
        hovertemplate="x₁ %{x:.2f}<br>x₂ %{y:.2f}<br>%{customdata}<extra></extra>",
    )


def cost_curve(history: History, cost: str = "cross_entropy") -> go.Figure:
    """The cost of the training and the test points after each epoch, on a linear or a log axis."""
    epochs = np.arange(history.train_cost.size)
    figure = go.Figure(
        [
            go.Scatter(
                x=epochs,
                y=costs,
                mode="lines",
                name=f"{name} points",
                line={"dash": dash, "color": colour},
                hovertemplate="%{y:.6g}",
            )
            for name, costs, dash, colour in (
                ("training", history.train_cost, "solid", TRAIN_LINE),
                ("test", history.test_cost, "dash", TEST_LINE),
            )
        ]
    )
    buttons = [
        {"label": label, "method": "relayout", "args": [{"yaxis.type": kind}]}
        for label, kind in (("linear", "linear"), ("log", "log"))
    ]
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 16, "t": 44, "b": 0},
        hovermode="x unified",
        legend={"orientation": "h", "x": 0.3, "y": 1.12},
        xaxis={"title": {"text": "epoch"}},
        yaxis={"title": {"text": COST_TITLES[cost]}, "rangemode": "tozero"},
        updatemenus=[
            {
                "type": "buttons",
                "bgcolor": MIDDLE,
                "font": {"color": INK},
                "direction": "right",
                "x": 0,
                "xanchor": "left",
                "y": 1.14,
                "buttons": buttons,
            }
        ],
        uirevision="cost",
    )
    return figure
