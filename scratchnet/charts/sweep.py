"""Figures of a sweep: how many succeed at each value, and the curves of all its runs."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from scratchnet.charts.look import CLASSES, COLOURS, COST_TITLES, LEGEND, LOW, MARGIN, NEUTRAL
from scratchnet.studies.result import Result
from scratchnet.studies.statistics import band, median_run, wilson
from scratchnet.studies.sweep import AXES, Sweep

MOST_POINTS, MOST_PLACES = 30_000, 150  # of all thin lines together, and of each
MEDIAN, FADED = CLASSES[1], "rgba(154, 160, 166, 0.35)"

Row = tuple[int, Result]


def share_chart(sweep: Sweep, rows: Sequence[Row]) -> go.Figure:
    """Plot the share of successes at each value of the axis, with its 95 % interval (Wilson 1927).

    The values are not joined: nothing was run between them.
    """
    groups = [
        counted(sweep, [row for row in rows if sweep.places[row[0]].value == v]) for v in sweep.values
    ]
    shares = [k / n if n else None for k, n in groups]
    ends = [wilson(k, n) for k, n in groups]
    numeric = not isinstance(sweep.values[0], str)
    points = go.Scatter(
        x=list(sweep.values),
        y=shares,
        mode="markers",
        marker={"size": 10, "color": MEDIAN},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [high - (share or 0) for share, (_, high) in zip(shares, ends, strict=True)],
            "arrayminus": [(share or 0) - low for share, (low, _) in zip(shares, ends, strict=True)],
            "color": NEUTRAL,
        },
        customdata=[
            f"{k} of {n}; 95 % interval {low:.0%} to {high:.0%}"
            for (k, n), (low, high) in zip(groups, ends, strict=True)
        ],
        hovertemplate="%{x}: %{customdata}<extra></extra>",
    )
    figure = go.Figure([points])
    kind = "log" if AXES[sweep.axis].logarithmic else None if numeric else "category"
    figure.update_layout(
        height=LOW,
        margin=MARGIN,
        xaxis={"title": {"text": AXES[sweep.axis].title}, "type": kind}
        | ({"tickvals": list(sweep.values)} if numeric else {}),
        yaxis={"title": {"text": "share of successes"}, "range": [-0.04, 1.04], "tickformat": ".0%"},
        uirevision="share",
    )
    return figure


def share_table(sweep: Sweep, rows: Sequence[Row]) -> go.Figure:
    """Show how many runs succeed for each pair of values, the more the bluer."""
    counts = [
        [counted(sweep, _at(sweep, rows, value, across)) for value in sweep.values]
        for across in sweep.across_values
    ]
    cells = go.Heatmap(
        z=[[k / n if n else None for k, n in line] for line in counts],
        x=[_text(value) for value in sweep.values],
        y=[_text(value) for value in sweep.across_values],
        text=[[f"{k} of {n}" if n else "" for k, n in line] for line in counts],
        texttemplate="%{text}",
        zmin=0.0,
        zmax=1.0,
        colorscale=COLOURS,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate=f"{sweep.axis} %{{x}}, {sweep.across} %{{y}}: %{{text}} succeed<extra></extra>",
    )
    figure = go.Figure([cells])
    figure.update_layout(
        height=LOW,
        margin=MARGIN,
        xaxis={"title": {"text": AXES[sweep.axis].title}, "type": "category"},
        yaxis={"title": {"text": AXES[sweep.across].title}, "type": "category"},
        uirevision="table",
    )
    return figure


def curves(sweep: Sweep, rows: Sequence[Row]) -> go.Figure:
    """Plot the measure of the goal in all these runs: thin lines, their median and their quarters.

    The run whose end is the median is drawn as well; there is no mean, which no run had.
    """
    results, measure = [result for _, result in rows], sweep.goal
    found = band(results, measure)
    epochs = np.arange(found.median.size)
    middle = median_run(results, measure)
    bound = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
    figure = go.Figure(
        [
            _thin(results, measure),
            _edge(epochs, found.high, None),
            _edge(epochs, found.low, "tonexty"),
            go.Scatter(
                x=epochs,
                y=_shown(found.median),
                name=f"median of n = {len(rows)}",
                line={"color": MEDIAN},
            ),
            go.Scatter(
                x=np.arange(middle.epoch + 1),
                y=getattr(middle.history, measure),
                name="the median run",
                line={"color": CLASSES[0], "width": 1.5, "dash": "dash"},
            ),
            go.Scatter(x=epochs[[0, -1]], y=[sweep.bound] * 2, name="goal", mode="lines", line=bound),
        ]
    )
    cost = COST_TITLES[sweep.base.network.cost]
    part, _, kind = measure.partition("_")
    figure.update_layout(
        height=LOW,
        margin=MARGIN | {"t": 44},
        legend=LEGEND,
        hovermode="x unified",
        xaxis={"title": {"text": "epoch"}, "rangemode": "tozero"},
        yaxis={"title": {"text": f"{part}: {cost}" if kind == "cost" else f"{part} accuracy"}},
        uirevision=f"curves {measure}",
    )
    return figure


def counted(sweep: Sweep, rows: Sequence[Row]) -> tuple[int, int]:
    """Return how many of these runs succeed, and how many there are."""
    return sum(sweep.succeeds(result) for _, result in rows), len(rows)


def _at(sweep: Sweep, rows: Sequence[Row], value: object, across: object) -> list[Row]:
    return [row for row in rows if sweep.places[row[0]][:2] == (value, across)]


def _thin(results: Sequence[Result], measure: str) -> go.Scatter:
    """Return the lines of single runs as one trace, with a gap between them."""
    x, y = [], []
    places = min(MOST_POINTS // len(results), MOST_PLACES)
    for result in results:
        some = np.unique(np.linspace(0, result.epoch, places).astype(int))
        x += [*some.tolist(), None]
        y += [*_shown(getattr(result.history, measure)[some]).tolist(), None]
    line = {"color": FADED, "width": 1}
    return go.Scatter(x=x, y=y, name="each run", mode="lines", line=line, hoverinfo="skip")


def _edge(epochs: np.ndarray, values: np.ndarray, fill: str | None) -> go.Scatter:
    """Return one edge of the band between the quarters; the second fills it."""
    return go.Scatter(
        x=epochs,
        y=_shown(values),
        fill=fill,
        fillcolor="rgba(8, 119, 189, 0.18)",
        line={"width": 0},
        mode="lines",
        name="25 to 75 %",
        showlegend=fill is not None,
        hoverinfo="skip",
    )


def _shown(values: np.ndarray) -> np.ndarray:
    """Return values as a figure takes them: a gap where they are infinite."""
    return np.where(np.isfinite(values), values, np.nan)


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) else f"{value:g}"
