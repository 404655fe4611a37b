"""The cost after each epoch, as one or more curves."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from scratchnet.charts.look import COST_TITLES, HEIGHT, LEGEND, MARGIN, TEST_LINE, TRAIN_LINE
from scratchnet.run.history import History

# A log axis over so many decades has ticks at 1, 2 and 5. Over fewer there may be none of them, over
# more only the powers of ten have room.
DECADES = (0.7, 4.0)
FEW_EPOCHS = 5  # up to which each has its tick


class Line(NamedTuple):
    """The costs of one curve, after 0, 1, … epochs, and how it is drawn."""

    name: str
    costs: Sequence[float] | np.ndarray
    colour: str = TRAIN_LINE
    dash: str = "solid"


def cost_curve(history: History, cost: str = "cross_entropy", logarithmic: bool = False) -> go.Figure:
    """Plot the cost on the training set and the test set after each epoch."""
    lines = [Line("training set", history.train_cost)]
    if not np.isnan(history.test_cost).all():  # as they are without a test set
        lines.append(Line("test set", history.test_cost, TEST_LINE, "dash"))
    return cost_lines(lines, cost, logarithmic)


def cost_lines(
    lines: Sequence[Line], cost: str, logarithmic: bool = False, height: int = HEIGHT
) -> go.Figure:
    """Plot these curves of a cost on a linear or a log axis; several of them have a legend."""
    kind, several = "log" if logarithmic else "linear", len(lines) > 1
    last = max((len(line.costs) - 1 for line in lines), default=0)
    figure = go.Figure([_trace(line) for line in lines])
    figure.update_layout(
        height=height,
        margin=MARGIN | ({"t": 44} if several else {}),
        hovermode="x unified",
        showlegend=several,
        legend=LEGEND,
        xaxis={"title": {"text": "epoch"}, "rangemode": "tozero"},
        yaxis={"title": {"text": COST_TITLES[cost]}, "type": kind, "rangemode": "tozero"},
        uirevision=f"cost {kind}",
    )
    if last <= FEW_EPOCHS:
        figure.update_xaxes(range=[0, max(last, 1)], dtick=1)
    if logarithmic:
        figure.update_yaxes(_log_ticks(_decades(lines)))
    return figure


def _log_ticks(decades: float) -> dict:
    """Return the ticks of a log axis over so many decades, each labelled with its whole value."""
    few, many = DECADES
    if decades >= many:
        return {"exponentformat": "power"}
    return {"tickformat": "~g"} | ({"dtick": "D2"} if decades >= few else {})  # D2: 1, 2 and 5


def _trace(line: Line) -> go.Scatter:
    """Return one curve; a single epoch is a marker."""
    return go.Scatter(
        x=np.arange(len(line.costs)),
        y=line.costs,
        mode="markers" if len(line.costs) == 1 else "lines",
        cliponaxis=len(line.costs) > 1,  # the marker is on the axis, and whole
        name=line.name,
        line={"dash": line.dash, "color": line.colour, "simplify": False},
        hovertemplate="%{y:.6g}",
    )


def _decades(lines: Sequence[Line]) -> float:
    """Return how many powers of ten the costs span, as far as a log axis shows them."""
    costs = np.concatenate([np.asarray(line.costs, dtype=float) for line in lines])
    shown = costs[np.isfinite(costs) & (costs > 0)]
    return float(np.log10(shown.max()) - np.log10(shown.min())) if shown.size else 0.0
