"""What the page of the article shows: its chapters, and the curves of its experiment."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from scratchnet.charts.cost_curve import Line, cost_lines
from scratchnet.charts.look import LOW, NEUTRAL
from scratchnet.lessons.article import CHAPTERS, READINGS, Chapter, PublishedError, outcome
from scratchnet.lessons.experiment import address, cost_history

__all__ = [
    "CHAPTERS",
    "CURVES",
    "READINGS",
    "Chapter",
    "PublishedError",
    "address",
    "cost_curves",
    "cost_history",
    "outcome",
]

CURVES = {"article": "Weights of 0.01", "xavier": "Xavier weights"}
GUESSING = float(np.log(2))


def cost_curves(histories: Mapping[str, Sequence[float]], axis: str = "linear") -> dict[str, go.Figure]:
    """Plot a curve for each cost history, all over the same range; ``axis`` is "linear" or "log".

    The dotted line is log 2, the cost of guessing.
    """
    least, most = (end(map(end, histories.values())) for end in (min, max))
    span = [0.0, 1.08 * most] if axis == "linear" else [np.log10(0.8 * least), np.log10(1.3 * most)]
    return {name: _cost_curve(costs, axis, span) for name, costs in histories.items()}


def _cost_curve(costs: Sequence[float], axis: str, span: Sequence[float]) -> go.Figure:
    """Return the curve of one cost history; entry i is the cost after i epochs."""
    figure = cost_lines([Line("cost", costs)], "cross_entropy", axis == "log", LOW)
    figure.add_scatter(
        x=[0, len(costs) - 1],
        y=[GUESSING, GUESSING],
        text=["", "guessing, log 2"],
        mode="lines+text",
        textposition="bottom left",
        line={"dash": "dot", "color": NEUTRAL},
        hoverinfo="skip",
    )
    figure.update_yaxes(range=span)
    if axis == "linear":
        figure.update_yaxes(dtick=0.1)
    return figure
