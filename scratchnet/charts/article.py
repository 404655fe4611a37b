"""What the page of the article shows: its chapters, and the curves of its experiment."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from scratchnet.charts.look import COST_TITLES, NEUTRAL, TRAIN_LINE
from scratchnet.lessons.article import (
    CHAPTERS,
    READINGS,
    Chapter,
    Fault,
    address,
    experiment,
    outcome,
)

__all__ = [
    "CHAPTERS",
    "CURVES",
    "READINGS",
    "Chapter",
    "Fault",
    "address",
    "cost_curves",
    "experiment",
    "outcome",
]

CURVES = {"article": "Weights of 0.01", "xavier": "Xavier weights"}
GUESSING = float(np.log(2))
HEIGHT = 340


def cost_curves(histories: Mapping[str, Sequence[float]], axis: str = "linear") -> dict[str, go.Figure]:
    """A curve for each cost history, all over the same range; ``axis`` is "linear" or "log".

    The dotted line is log 2, the cost of guessing.
    """
    least, most = (end(map(end, histories.values())) for end in (min, max))
    span = [0.0, 1.08 * most] if axis == "linear" else [np.log10(0.8 * least), np.log10(1.3 * most)]
    return {name: _cost_curve(costs, axis, span) for name, costs in histories.items()}


def _cost_curve(costs: Sequence[float], axis: str, span: Sequence[float]) -> go.Figure:
    """One cost history; entry i is the cost after i epochs."""
    epochs = np.arange(len(costs))
    curve = go.Scatter(
        x=epochs,
        y=costs,
        mode="lines",
        line={"color": TRAIN_LINE},
        hovertemplate="epoch %{x:,}<br>%{y:.6g}<extra></extra>",
    )
    guessing = go.Scatter(
        x=epochs[[0, -1]],
        y=[GUESSING, GUESSING],
        text=["", "guessing, log 2"],
        mode="lines+text",
        textposition="bottom left",
        line={"dash": "dot", "color": NEUTRAL},
        hoverinfo="skip",
    )
    figure = go.Figure([curve, guessing])
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 16, "t": 8, "b": 0},
        xaxis={"title": {"text": "epoch"}},
        showlegend=False,
        yaxis={
            "title": {"text": COST_TITLES["cross_entropy"]},
            "type": axis,
            "range": span,
            "dtick": "D2" if axis == "log" else 0.1,  # D2: at 1, 2 and 5
        },
        uirevision="cost",
    )
    return figure
