"""Figures to explore: pure functions from a snapshot of the run to a Plotly figure."""

import base64
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go

from scratchnet.datasets import Dataset, grid, make_dataset
from scratchnet.network import forward_prop
from scratchnet.settings import DataSettings, NetworkSettings
from scratchnet.trainer import History, Snapshot

CLASS0, MIDDLE, CLASS1 = "#f59322", "#e8eaeb", "#0877bd"
COLOURS = [(0.0, CLASS0), (0.5, MIDDLE), (1.0, CLASS1)]
TRAIN_LINE, TEST_LINE = "#8a63d2", "#d1495b"
HEIGHT = 460
SIDE = 81
LIFT = 0.015


@lru_cache
def dataset_icon(name: str) -> str:
    """A small picture of a dataset, drawn from its own points: an SVG as the text of a data address."""
    dataset = make_dataset(DataSettings(dataset=name, points=110, noise=0.0, train_share=0.9))
    classes = []
    for label, colour in ((0, CLASS0), (1, CLASS1)):
        points = dataset.X_train[:, dataset.Y_train[0] == label].T
        dots = "".join(f"M{32 + 13 * x1:.1f} {32 - 13 * x2:.1f}h0" for x1, x2 in points)
        classes.append(f'<path stroke="{colour}" d="{dots}"/>')
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" stroke-width="5.5" '
        f'stroke-linecap="round">{"".join(classes)}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def probability_surface(snapshot: Snapshot, dataset: Dataset, network: NetworkSettings) -> go.Figure:
    """The output of the network over the window, as a surface; the points lie at their labels."""
    x1, x2, X = grid(dataset.window, SIDE)
    with np.errstate(over="ignore", invalid="ignore"):  # a run that diverged may overflow here
        AL, _ = forward_prop(X, snapshot.params, network.activation)
    surface = go.Surface(
        x=x1,
        y=x2,
        z=AL.reshape(SIDE, SIDE),
        cmin=0.0,
        cmax=1.0,
        colorscale=COLOURS,
        lighting={"ambient": 0.85, "diffuse": 0.25, "specular": 0.0},  # a colour is to be its value
        colorbar={"title": {"text": "output"}, "thickness": 14, "len": 0.7},
        contours_z={
            "show": True,
            "start": 0.5,
            "end": 0.5,
            "size": 1,
            "color": "#1d2126",
            "width": 4,
        },
        hovertemplate="x₁ %{x:.2f}<br>x₂ %{y:.2f}<br>output %{z:.4f}<extra></extra>",
        name="output",
    )
    figure = go.Figure([surface, *_points(dataset)])
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 0.0},
        scene={
            "xaxis": {"title": {"text": "x₁"}},
            "yaxis": {"title": {"text": "x₂"}},
            "zaxis": {"title": {"text": "output"}, "range": [-0.03, 1.05]},
            "camera": {"eye": {"x": -1.2, "y": -1.4, "z": 0.9}, "center": {"x": 0, "y": 0, "z": -0.12}},
            "aspectratio": {"x": 1, "y": 1, "z": 0.6},
        },
        uirevision="surface",
    )
    return figure


def _points(dataset: Dataset) -> list[go.Scatter3d]:
    """The training points of both classes, each at the height of its label, just above the surface."""
    points = []
    for label, colour, symbol in ((0, CLASS0, "circle"), (1, CLASS1, "diamond")):
        x1, x2 = dataset.X_train[:, dataset.Y_train[0] == label]
        points.append(
            go.Scatter3d(
                x=x1,
                y=x2,
                z=np.full(x1.size, label + LIFT),
                mode="markers",
                marker={
                    "size": 3.5,
                    "color": colour,
                    "symbol": symbol,
                    "line": {"width": 1, "color": "#1d2126"},
                },
                name=f"class {label}, training",
                hovertemplate=f"x₁ %{{x:.2f}}<br>x₂ %{{y:.2f}}<br>class {label}<extra></extra>",
            )
        )
    return points


def cost_curve(history: History) -> go.Figure:
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
        yaxis={"title": {"text": "cross-entropy (nats)"}, "rangemode": "tozero"},
        updatemenus=[
            {
                "type": "buttons",
                "bgcolor": MIDDLE,
                "font": {"color": "#1d2126"},
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
