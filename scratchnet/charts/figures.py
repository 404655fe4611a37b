"""Figures to explore: pure functions from a snapshot of the run to a Plotly figure."""

import base64
import html
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go

from scratchnet.analysis import metrics
from scratchnet.data.datasets import DATASETS, Dataset, grid, make_dataset, possible_classes
from scratchnet.data.points import Scale, Table
from scratchnet.nn.costs import targets
from scratchnet.run.settings import NetworkSettings, Settings
from scratchnet.run.trainer import History, Snapshot

# A class has a colour and a shape, here and on the stage. Of one output, what is low or negative has
# the colour of class 0, and what is high or positive that of class 1.
MIDDLE, INK = "#e8eaeb", "#1d2126"
CLASSES = ("#f59322", "#0877bd", "#2e9e5b", "#c04a92", "#806240")
SYMBOLS = ("circle", "diamond", "square", "cross", "x")
COLOURS = [(0.0, CLASSES[0]), (0.5, MIDDLE), (1.0, CLASSES[1])]
COST_TITLES = {"cross_entropy": "cross-entropy (nats)", "squared_error": "½ (output − target)²"}
TRAIN_LINE, TEST_LINE = "#8a63d2", "#d1495b"
NEUTRAL = "#9aa0a6"  # seen on a light and on a dark page
HEIGHT = 460
SIDE = 81
LIFT = 0.015
BINS = (12, 30)  # about as many at least and at most, in a histogram


@lru_cache
def dataset_icon(name: str, own: Table | None = None) -> str:
    """A small picture of a dataset, drawn from its own points: an SVG as the text of a data address."""
    generator = DATASETS[name]
    classes, *_ = possible_classes(name, own)
    points = 400 if generator.label else 110
    dataset = make_dataset(name, points=points, noise=0.0, train_share=0.9, classes=classes, own=own)
    X, labels = dataset.X_train[:, :points], dataset.Y_train[0, :points]
    labels = labels if classes else np.clip(np.rint(2 * labels), -2, 2)
    scale = 29 / max(np.abs(X).max(), 1e-9)
    paths = []
    for label in np.unique(labels):
        colour = CLASSES[int(label)] if classes else _number_colour(label / 2)
        x, y = 32 + scale * X[:, labels == label] * [[1], [-1]]
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
    of its own class, below the surface where it is told wrong. Numbers are in the units of the data.
    """
    x1, x2, points = grid(dataset.window, SIDE)
    AL = metrics.outputs(points, snapshot, network)
    lowest = 0.0 if network.output in ("sigmoid", "softmax") else -1.0
    low, middle, high = _in_units(np.array([lowest, (lowest + 1.0) / 2, 1.0]), _height(dataset))
    if len(AL) == 1:
        title = "output" if dataset.classes else f"output ({_plain(dataset.names[2])})"
        colours = {"cmin": low, "cmax": high, "colorscale": COLOURS}
    else:
        title, colours = "largest output", _class_colours(AL)
    surface = go.Surface(
        x=_in_units(x1, dataset.scales[0]),
        y=_in_units(x2, dataset.scales[1]),
        z=_in_units(AL.max(axis=0), _height(dataset)).reshape(SIDE, SIDE),
        **colours,
        showscale=len(AL) == 1,
        lighting={"ambient": 0.85, "diffuse": 0.25, "specular": 0.0},  # a colour is to be its value
        colorbar={"title": {"text": "output"}, "thickness": 14, "len": 0.7},
        contours_z=_contour(middle) if len(AL) == 1 else None,
        hovertemplate=_hover(dataset, title),
        name="output",
    )
    figure = go.Figure([surface, *_points(dataset, snapshot, network)])
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 0.0},
        scene={
            "xaxis": {"title": {"text": _plain(dataset.names[0])}},
            "yaxis": {"title": {"text": _plain(dataset.names[1])}},
            "zaxis": {"title": {"text": title}}
            | ({"range": [low - 0.03, 1.05]} if network.output != "linear" else {}),
            "camera": {"eye": {"x": -1.2, "y": -1.4, "z": 0.9}, "center": {"x": 0, "y": 0, "z": -0.12}},
            "aspectratio": {"x": 1, "y": 1, "z": 0.6},
        },
        uirevision="surface",
    )
    return figure


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
        told = _in_units(labels, _height(dataset))
        return [_scatter(dataset, slice(None), labels, "training", told, colours)]
    if dataset.classes == 2:
        heights = np.repeat(targets(dataset.Y_train, network.output, 1), 2, axis=0)
    else:
        heights = metrics.outputs(X, snapshot, network)
    return [
        _scatter(
            dataset,
            labels == label,
            heights[label, labels == label],
            f"{_class_name(dataset, label)}, training",
            [_class_name(dataset, label)] * np.count_nonzero(labels == label),
            {"color": CLASSES[label], "symbol": SYMBOLS[label]},
        )
        for label in range(dataset.classes)
    ]


def _scatter(dataset: Dataset, some, height: np.ndarray, name: str, labels, look: dict) -> go.Scatter3d:
    """Some training points at a height, just above the surface there."""
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
    """Places on the plane, in the units that the data came in."""
    return places * scale.unit + scale.centre


def _height(dataset: Dataset) -> Scale:
    """The scale of the outputs: that of labels that are numbers, and none for classes."""
    return Scale() if dataset.classes else dataset.scales[2]


def _plain(text: str) -> str:
    """A name from outside, which Plotly is not to take for markup or for the name of a value."""
    return html.escape(text).replace("%", "&#37;").replace("$", "&#36;")


def _class_name(dataset: Dataset, label: int) -> str:
    """The name that the data gives a class, or "class 0" where that is only a number."""
    name = dataset.class_names[label]
    return f"class {name}" if name.isdigit() else _plain(name)


def _hover(dataset: Dataset, height: str = "") -> str:
    """What is said of a place on the surface, at this height, or of a point."""
    x1, x2, _ = map(_plain, dataset.names)
    last = f"{height} %{{z:.5~g}}" if height else "%{customdata}"
    return f"{x1} %{{x:.5~g}}<br>{x2} %{{y:.5~g}}<br>{last}<extra></extra>"


def cost_curve(history: History, cost: str = "cross_entropy", logarithmic: bool = False) -> go.Figure:
    """The cost of the training and the test points after each epoch, on a linear or a log axis."""
    epochs = np.arange(history.train_cost.size)
    figure = go.Figure(
        [
            go.Scatter(
                x=epochs,
                y=costs,
                mode="lines" if epochs.size > 1 else "markers",
                name=f"{name} points",
                line={"dash": dash, "color": colour, "simplify": False},
                hovertemplate="%{y:.6g}",
            )
            for name, costs, dash, colour in (
                ("training", history.train_cost, "solid", TRAIN_LINE),
                ("test", history.test_cost, "dash", TEST_LINE),
            )
        ]
    )
    kind = "log" if logarithmic else "linear"
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 16, "t": 44, "b": 0},
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.12},
        xaxis={"title": {"text": "epoch"}},
        yaxis={"title": {"text": COST_TITLES[cost]}, "type": kind, "rangemode": "tozero"},
        uirevision=f"cost {kind}",
    )
    return figure


def _buttons(choices: Sequence[tuple[str, str, dict]], y: float = 1.14) -> dict:
    """Buttons in a row above the figure: for each the label, Plotly's method and its argument."""
    return {
        "type": "buttons",
        "bgcolor": MIDDLE,
        "font": {"color": INK},
        "direction": "right",
        "x": 0,
        "xanchor": "left",
        "y": y,
        "buttons": [
            {"label": label, "method": method, "args": [change]} for label, method, change in choices
        ],
    }


def confusion_table(snapshot: Snapshot, dataset: Dataset, network: NetworkSettings) -> go.Figure:
    """How many points of each class are said to be of which: the test points, or the training points.

    A row has the colour of its class, the stronger the larger the share that a cell has of the class.
    At the end of a row stands the recall, below a column the precision. The labels have to be classes.
    """
    tables = {
        name: metrics.confusion(
            metrics.classes_said(metrics.logits(X, snapshot, network)), Y[0], dataset.classes
        )
        for name, X, Y in (
            ("test points", dataset.X_test, dataset.Y_test),
            ("training points", dataset.X_train, dataset.Y_train),
        )
    }
    names = [_plain(name) for name in dataset.class_names]
    unsaid = any(table[:, metrics.NO_CLASS].any() for table in tables.values())
    columns = [*names, "none"] if unsaid else names
    figure = go.Figure()
    for name, table in tables.items():
        figure.add_traces(_rows(table, columns, name))
        figure.add_trace(_precision_and_recall(table, columns, name))
    shown = {name: [trace.name == name for trace in figure.data] for name in tables}
    figure.update_traces(visible=False, selector={"name": "training points"})
    choices = [(name, "restyle", {"visible": visible}) for name, visible in shown.items()]
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 96, "b": 0},
        showlegend=False,
        xaxis=_names_on_axis("class said", columns, "recall") | {"side": "top"},
        yaxis=_names_on_axis("true class", names, "precision"),
        updatemenus=[_buttons(choices, y=1.27)],
        uirevision="confusion",
    )
    figure.update_yaxes(range=figure.layout.yaxis.range[::-1])  # class 0 on top
    return figure


def _beyond(n: int) -> float:
    """Where on an axis of n names, at 0, 1, …, the precision or the recall stands."""
    return 1.1 * n - 0.5


def _names_on_axis(title: str, names: Sequence[str], last: str) -> dict:
    """An axis of these names, at 0, 1, …, and the last one beyond them."""
    n = len(names)
    return {
        "title": {"text": title, "standoff": 8},
        "tickvals": [*range(n), _beyond(n)],
        "ticktext": [*(name if len(name) <= 12 else f"{name[:11]}…" for name in names), last],
        "tickangle": 0,
        "ticks": "",
        "ticklabelstandoff": 6,
        "range": [-0.5, 1.2 * n - 0.5],
        "showgrid": False,
        "zeroline": False,
    }


def _rows(table: np.ndarray, columns: Sequence[str], name: str) -> list[go.Heatmap]:
    """The rows of a confusion table, each a heatmap in the colour of its class."""
    return [
        go.Heatmap(
            z=[row[: len(columns)]],
            y=[label],
            zmin=0,
            zmax=max(row.sum(), 1),
            colorscale=[(0.0, MIDDLE), (1.0, CLASSES[label])],
            showscale=False,
            xgap=3,
            ygap=3,
            texttemplate="%{z}",
            textfont={"size": 15},
            customdata=[columns],
            hovertemplate=f"true class {columns[label]}, class said %{{customdata}}<br>"
            f"%{{z}} of {row.sum()} {name}<extra></extra>",
            name=name,
        )
        for label, row in enumerate(table)
    ]


def _precision_and_recall(table: np.ndarray, columns: Sequence[str], name: str) -> go.Scatter:
    """The precision below the column of each class, then the recall at the end of its row."""
    n = len(table)
    shares = np.append(metrics.precision(table), metrics.recall(table))
    return go.Scatter(
        x=[*range(n), *[_beyond(len(columns))] * n],
        y=[*[_beyond(n)] * n, *range(n)],
        mode="text",
        text=["–" if np.isnan(share) else f"{100 * share:.1f} %" for share in shares],
        hoverinfo="skip",
        name=name,
    )


def roc_curve(snapshot: Snapshot, dataset: Dataset, network: NetworkSettings) -> go.Figure:
    """The shares of the two classes that would be said to be the second, from each logit on.

    The dots are the decision of the page, which says it of logits above 0. The dataset has to be one of
    two classes.
    """
    classes = [_class_name(dataset, label) for label in (0, 1)]
    chance = {"x": [0, 1], "y": [0, 1], "name": "by chance, area 0.5", "hoverinfo": "skip"}
    figure = go.Figure(go.Scatter(**chance, mode="lines", line={"dash": "dot", "color": NEUTRAL}))
    for name, X, Y, dash, colour in (
        ("training points", dataset.X_train, dataset.Y_train, "solid", TRAIN_LINE),
        ("test points", dataset.X_test, dataset.Y_test, "dash", TEST_LINE),
    ):
        curve = metrics.roc(metrics.logits(X, snapshot, network)[0], Y[0])
        figure.add_traces(_roc_traces(curve, name, classes, {"dash": dash, "color": colour}))
    middle = 0 if network.output == "tanh" else 0.5
    shares = {"range": [-0.02, 1.02], "constrain": "domain", "zeroline": False}
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 16, "t": 44, "b": 0},
        legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": 1.0, "yanchor": "bottom"},
        xaxis=shares | {"title": {"text": f"false positive rate (share of {classes[0]})"}},
        yaxis=shares
        | {"title": {"text": f"true positive rate (share of {classes[1]})"}, "scaleanchor": "x"},
        uirevision="roc",
    )
    figure.add_annotation(
        text=f"● as on the page:<br>{classes[1]} where the<br>output is above {middle}",
        x=0.97,
        y=0.03,
        xanchor="right",
        yanchor="bottom",
        align="left",
        showarrow=False,
    )
    return figure


def _roc_traces(
    curve: metrics.Roc | None, name: str, classes: Sequence[str], line: dict
) -> list[go.Scatter]:
    """A curve with its area in its name, and a dot where the second class is said of logits above 0."""
    if curve is None:  # a line without points still has its name in the legend
        return [go.Scatter(x=[None], y=[None], mode="lines", line=line, name=f"{name}: no curve")]
    false_positive, true_positive, threshold = curve
    area = metrics.area_under(false_positive, true_positive)
    said = ["said of no point", *(f"said from the logit {z:.4g} on" for z in threshold[1:])]
    look = {"name": f"{name}, area {area:.4f}", "legendgroup": name}
    look["hovertemplate"] = (
        f"{classes[1]} %{{text}}<br>%{{x:.4f}} of {classes[0]}<br>%{{y:.4f}} of {classes[1]}"
        f"<extra>{name}</extra>"
    )
    at = np.count_nonzero(threshold > 0) - 1
    marker = {"size": 11, "color": line["color"]}
    return [
        go.Scatter(x=false_positive, y=true_positive, text=said, mode="lines", line=line, **look),
        go.Scatter(
            x=false_positive[[at]],
            y=true_positive[[at]],
            text=["said of logits above 0"],
            mode="markers",
            marker=marker,
            showlegend=False,
            **look,
        ),
    ]


def histograms(snapshot: Snapshot, dataset: Dataset, settings: Settings) -> go.Figure:
    """How the weights, activations and gradients of each layer are spread, a row for each layer.

    Negative values have the colour of class 0, the others that of class 1. The gradients are those of
    the whole training set.
    """
    layers = metrics.layer_values(snapshot, dataset, settings)
    names = ("weights W", "activations A", "gradients dW")
    panels = [
        (f"{name}{layer}", values)
        for layer, *three in layers
        for name, values in zip(names, three, strict=True)
    ]
    figure = go.Figure(
        [_histogram(values, panel) for panel, (_, values) in enumerate(panels, start=1)],
        layout={
            "height": 132 * len(layers),
            "margin": {"l": 0, "r": 16, "t": 8, "b": 40},
            "grid": {"rows": len(layers), "columns": 3, "pattern": "independent", "ygap": 0.4},
            "showlegend": False,
            "uirevision": "histograms",
        },
    )
    for panel, (name, values) in enumerate(panels, start=1):
        figure.layout[f"xaxis{panel}"] = {
            "title": {"text": f"{name}<br>{_range(values)}", "standoff": 4, "font": {"size": 12}},
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
        }
        figure.layout[f"yaxis{panel}"] = {
            "title": {"text": "count" if panel % len(names) == 1 else ""},
            "nticks": 3,
            "rangemode": "tozero",
        }
    return figure


def _range(values: np.ndarray) -> str:
    """From which to which value a histogram goes, and how many it cannot show, if there are any."""
    finite = values[np.isfinite(values)]
    ends = [f"{finite.min():.2g} to {finite.max():.2g}".replace("-", "−")] if finite.size else []
    left_out = values.size - finite.size
    return ", ".join(ends + [f"{left_out} not finite"] * bool(left_out))


def _histogram(values: np.ndarray, panel: int) -> go.Bar:
    """How many of the finite values lie in each bin, from an edge up to the next; 0 is an edge."""
    values = values[np.isfinite(values)]
    step = _bin_width(values)
    last = max(np.ceil(values.max(initial=0.0) / step) - 1, 0)  # which also has its upper edge
    index, counts = np.unique(np.minimum(np.floor(values / step), last), return_counts=True)
    return go.Bar(
        x=(index + 0.5) * step,
        y=counts,
        width=step,
        marker={"color": [CLASSES[int(i >= 0)] for i in index], "line": {"width": 0}},
        customdata=np.stack([index * step, (index + 1) * step], axis=1),
        hovertemplate="%{customdata[0]:.6g} to %{customdata[1]:.6g}: %{y}<extra></extra>",
        xaxis=f"x{panel}",
        yaxis=f"y{panel}",
    )


def _bin_width(values: np.ndarray) -> float:
    """A round width: 1, 2 or 5 times a power of ten, for about as many bins as the root of the size."""
    if not values.size:
        return 1.0
    bins = np.clip(np.sqrt(values.size), *BINS)
    low, high = values.min(), values.max()
    largest = max(-low, high)
    width = high / bins - low / bins  # the difference could overflow
    if width <= 1e-9 * largest:  # all the same
        width = largest / bins or 1 / bins
    power = 10.0 ** np.floor(np.log10(width))
    return float(power * min((n for n in (1, 2, 5) if n * power >= width), default=10))
