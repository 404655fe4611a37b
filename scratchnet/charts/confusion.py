"""Which samples are classified correctly: the confusion matrix, and the ROC curve of two classes."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from scratchnet.analysis import metrics
from scratchnet.charts.look import (
    CLASSES,
    HEIGHT,
    INK,
    LEGEND,
    MARGIN,
    MIDDLE,
    NEUTRAL,
    TEST_LINE,
    TRAIN_LINE,
)
from scratchnet.charts.names import class_name, plain, short
from scratchnet.data.datasets import Dataset
from scratchnet.nn.costs import NO_CLASS
from scratchnet.run.settings import NetworkSettings
from scratchnet.run.snapshot import Snapshot


def confusion_matrix(snapshot: Snapshot, dataset: Dataset, network: NetworkSettings) -> go.Figure:
    """Plot the confusion matrix of the test set, if there is one, or the training set.

    A row has the colour of its true class, the stronger the larger the fraction of the class in a cell.
    At the end of a row stands the recall, below a column the precision. The labels have to be classes.
    """
    matrices = {
        name: metrics.confusion(snapshot.predict(X), Y[0], dataset.classes)
        for name, (X, Y) in reversed(dataset.sets.items())
    }
    _, *others = matrices
    names = dataset.class_names
    unsaid = any(matrix[:, NO_CLASS].any() for matrix in matrices.values())
    columns = [*names, "none"] if unsaid else [*names]
    figure = go.Figure()
    for name, matrix in matrices.items():
        figure.add_traces(_rows(matrix, columns, name))
        figure.add_trace(_precision_and_recall(matrix, columns, name))
    shown = {name: [trace.name == name for trace in figure.data] for name in matrices}
    for name in others:
        figure.update_traces(visible=False, selector={"name": name})
    choices = [(name, "restyle", {"visible": visible}) for name, visible in shown.items()]
    most = 36 // len(columns) - 3  # letters of a name that fit above a column on a phone
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 96, "b": 0},
        showlegend=False,
        xaxis=_names_on_axis("predicted class", columns, "recall", most) | {"side": "top"},
        yaxis=_names_on_axis("true class", names, "precision", 9),
        updatemenus=[_buttons(choices, y=1.27)],
        uirevision="confusion",
    )
    figure.update_yaxes(range=figure.layout.yaxis.range[::-1])  # class 0 on top
    return figure


def _beyond(n: int) -> float:
    """Return where on an axis of n names, at 0, 1, …, the precision or the recall stands."""
    return 1.1 * n - 0.5


def _names_on_axis(title: str, names: Sequence[str], last: str, length: int) -> dict:
    """Return an axis of these names, at 0, 1, …, of at most this length, and the last beyond them."""
    n = len(names)
    return {
        "title": {"text": title, "standoff": 8},
        "tickvals": [*range(n), _beyond(n)],
        "ticktext": [*(short(name, length) for name in names), last],
        "tickangle": 0,
        "ticks": "",
        "ticklabelstandoff": 6,
        "range": [-0.5, 1.2 * n - 0.5],
        "showgrid": False,
        "zeroline": False,
    }


def _rows(matrix: np.ndarray, columns: Sequence[str], name: str) -> list[go.Heatmap]:
    """Return the rows of a confusion matrix, each a heatmap in the colour of its class."""
    columns = [plain(column) for column in columns]
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
            hovertemplate=f"true class {columns[label]}, predicted %{{customdata}}<br>"
            f"%{{z}} of {row.sum()} samples in the {name}<extra></extra>",
            name=name,
        )
        for label, row in enumerate(matrix)
    ]


def _precision_and_recall(matrix: np.ndarray, columns: Sequence[str], name: str) -> go.Scatter:
    """Return the precision below the column of each class, then the recall at the end of its row."""
    n = len(matrix)
    shares = np.append(metrics.precision(matrix), metrics.recall(matrix))
    return go.Scatter(
        x=[*range(n), *[_beyond(len(columns))] * n],
        y=[*[_beyond(n)] * n, *range(n)],
        mode="text",
        text=["–" if np.isnan(share) else f"{100 * share:.3g} %" for share in shares],
        textfont={"size": 11},
        hoverinfo="skip",
        name=name,
    )


def _buttons(choices: Sequence[tuple[str, str, dict]], y: float = 1.14) -> dict:
    """Return a row of buttons above the figure: for each the label, Plotly's method, its argument."""
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


def roc_curve(snapshot: Snapshot, dataset: Dataset, network: NetworkSettings) -> go.Figure:
    """Plot the ROC curves of the training set and the test set; the second class is the positive one.

    The dots are the decision of the page, which predicts it for logits above 0. The dataset has to be
    one of two classes.
    """
    classes = [class_name(dataset, label, 20) for label in (0, 1)]
    chance = {"x": [0, 1], "y": [0, 1], "name": "chance, AUC 0.5", "hoverinfo": "skip"}
    figure = go.Figure(go.Scatter(**chance, mode="lines", line={"dash": "dot", "color": NEUTRAL}))
    lines = {"training set": ("solid", TRAIN_LINE), "test set": ("dash", TEST_LINE)}
    for name, (X, Y) in dataset.sets.items():
        dash, colour = lines[name]
        curve = metrics.roc(snapshot.logits(X)[0], Y[0])
        figure.add_traces(_roc_traces(curve, name, classes, {"dash": dash, "color": colour}))
    middle = 0 if network.output == "tanh" else 0.5
    decision = f"● {classes[1]} where the output is above {middle}"
    shares = {"range": [-0.02, 1.02], "constrain": "domain", "zeroline": False}
    figure.update_layout(
        height=HEIGHT,
        margin=MARGIN | {"t": 44},
        legend=LEGEND,
        xaxis=shares | {"title": {"text": f"false positive rate (of {classes[0]})<br>{decision}"}},
        yaxis=shares | {"title": {"text": f"true positive rate (of {classes[1]})"}, "scaleanchor": "x"},
        uirevision="roc",
    )
    return figure


def _roc_traces(
    curve: metrics.Roc | None, name: str, classes: Sequence[str], line: dict
) -> list[go.Scatter]:
    """Return a curve with its AUC in its name, and a dot at the threshold 0 of the logit."""
    if curve is None:  # a line without points still has its name in the legend
        return [go.Scatter(x=[None], y=[None], mode="lines", line=line, name=f"{name}: no curve")]
    false_positive, true_positive, threshold = curve
    area = metrics.area_under(false_positive, true_positive)
    texts = [f"predicted for logit ≥ {z:.4g}" for z in threshold[1:]]
    texts.insert(0, "threshold above all scores")
    look = {"name": f"{name}, AUC {area:.4f}", "legendgroup": name}
    look["hovertemplate"] = (
        f"{classes[1]} %{{text}}<br>%{{x:.4f}} of {classes[0]}<br>%{{y:.4f}} of {classes[1]}"
        f"<extra>{name}</extra>"
    )
    at = np.count_nonzero(threshold > 0) - 1
    marker = {"size": 11, "color": line["color"]}
    return [
        go.Scatter(x=false_positive, y=true_positive, text=texts, mode="lines", line=line, **look),
        go.Scatter(
            x=false_positive[[at]],
            y=true_positive[[at]],
            text=["predicted for logit > 0"],
            mode="markers",
            marker=marker,
            showlegend=False,
            **look,
        ),
    ]
