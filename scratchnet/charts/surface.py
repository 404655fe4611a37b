"""The output of the network as a rotatable 3-D surface."""

import numpy as np
import plotly.graph_objects as go

from scratchnet.charts.look import CLASSES, COLOURS, HEIGHT, INK, SYMBOLS
from scratchnet.charts.names import class_name, plain
from scratchnet.data.datasets import Dataset, grid
from scratchnet.data.points import Scale
from scratchnet.nn.costs import targets
from scratchnet.run.settings import NetworkSettings
from scratchnet.run.snapshot import Snapshot

SIDE = 81
LIFT = 0.015


def output_surface(snapshot: Snapshot, dataset: Dataset, network: NetworkSettings) -> go.Figure:
    """Plot the output of the network over the window as a surface, and the training set at its labels.

    Of several outputs it is the largest, in the colour of its class; a sample lies at the output of its
    own class, below the surface where it is misclassified. Values are in the units of the data.
    """
    x1, x2, points = grid(dataset.window, SIDE)
    AL = snapshot.outputs(points)
    lowest = 0.0 if network.output in ("sigmoid", "softmax") else -1.0
    low, middle, high = _in_units(np.array([lowest, (lowest + 1.0) / 2, 1.0]), _height(dataset))
    if len(AL) == 1:
        title = "output" if dataset.classes else f"output ({plain(dataset.names[2])})"
        colours = {"cmin": low, "cmax": high, "colorscale": COLOURS}
    else:
        title, colours = "largest output", _class_colours(AL)
    surface = go.Surface(
        x=_in_units(x1, dataset.scales[0]),
        y=_in_units(x2, dataset.scales[1]),
        z=_in_units(AL.max(axis=0), _height(dataset)).reshape(SIDE, SIDE),
        **colours,
        showscale=False,  # the axis of the output is the scale
        lighting={"ambient": 0.85, "diffuse": 0.25, "specular": 0.0},  # a colour is to be its value
        contours_z=_contour(middle) if len(AL) == 1 else None,
        hovertemplate=_hover(dataset, title),
        name="output",
    )
    figure = go.Figure([surface, *_points(dataset, snapshot, network)])
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": 0.0, "yanchor": "top"}
        | {"itemsizing": "constant"},
        scene={
            "xaxis": {"title": {"text": plain(dataset.names[0])}},
            "yaxis": {"title": {"text": plain(dataset.names[1])}},
            "zaxis": {"title": {"text": title}}
            | ({"range": [low - 0.03, 1.05]} if network.output != "linear" else {}),
            "camera": {
                "eye": {"x": -1.38, "y": -1.61, "z": 1.035},
                "center": {"x": 0, "y": 0, "z": -0.12},
            },
            "aspectratio": {"x": 1, "y": 1, "z": 0.6},
        },
        uirevision="surface",
    )
    return figure


def _contour(height: float) -> dict:
    """Return the line on the surface where the output is in the middle: the decision boundary."""
    return {"show": True, "start": height, "end": height, "size": 1, "color": INK, "width": 4}


def _class_colours(AL: np.ndarray) -> dict:
    """Return the colour of the class with the largest output, at each place."""
    k = len(AL)
    steps = [(edge / k, CLASSES[label]) for label in range(k) for edge in (label, label + 1)]
    return {
        "surfacecolor": AL.argmax(axis=0).reshape(SIDE, SIDE),
        "cmin": -0.5,
        "cmax": k - 0.5,
        "colorscale": steps,
    }


def _points(dataset: Dataset, snapshot: Snapshot, network: NetworkSettings) -> list[go.Scatter3d]:
    """Return the training set, class by class, just above the targets."""
    X, labels = dataset.X_train, dataset.Y_train[0]
    if not dataset.classes:
        colours = {"color": labels, "cmin": -1.0, "cmax": 1.0, "colorscale": COLOURS}
        told = _in_units(labels, _height(dataset))
        return [_scatter(dataset, slice(None), labels, "training", told, colours)]
    if dataset.classes == 2:
        heights = np.repeat(targets(dataset.Y_train, network.output, 1), 2, axis=0)
    else:
        heights = snapshot.outputs(X)
    return [
        _scatter(
            dataset,
            labels == label,
            heights[label, labels == label],
            f"{class_name(dataset, label, 20)}, training",
            [class_name(dataset, label)] * np.count_nonzero(labels == label),
            {"color": CLASSES[label], "symbol": SYMBOLS[label]},
        )
        for label in range(dataset.classes)
    ]


def _scatter(dataset: Dataset, some, height: np.ndarray, name: str, labels, look: dict) -> go.Scatter3d:
    """Return some samples of the training set at a height, just above the surface there."""
    x1, x2 = dataset.X_train[:, some]
    return go.Scatter3d(
        x=_in_units(x1, dataset.scales[0]),
        y=_in_units(x2, dataset.scales[1]),
        z=_in_units(height + LIFT, _height(dataset)),
        mode="markers",
        marker={"size": 3.5, "line": {"width": 1, "color": INK}, **look},
        name=name,
        customdata=labels,
        hovertemplate=_hover(dataset),
    )


def _in_units(places: np.ndarray, scale: Scale) -> np.ndarray:
    """Return places on the plane in the units of the data."""
    return places * scale.unit + scale.centre


def _height(dataset: Dataset) -> Scale:
    """Return the scale of the outputs: that of the regression targets, and none for classes."""
    return Scale() if dataset.classes else dataset.scales[2]


def _hover(dataset: Dataset, height: str = "") -> str:
    """Return the hover text of a place on the surface, at this height, or of a sample."""
    x1, x2, _ = map(plain, dataset.names)
    last = f"{height} %{{z:.5~g}}" if height else "%{customdata}"
    return f"{x1} %{{x:.5~g}}<br>{x2} %{{y:.5~g}}<br>{last}<extra></extra>"
