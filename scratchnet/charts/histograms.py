"""The distributions of weights, activations and gradients."""

import numpy as np
import plotly.graph_objects as go

from scratchnet.analysis import metrics
from scratchnet.charts.look import CLASSES, MARGIN
from scratchnet.data.datasets import Dataset
from scratchnet.run.settings import Settings
from scratchnet.run.snapshot import Snapshot

BINS = (12, 30)  # about as many at least and at most
ROW = 140  # the height of a row in pixels
GAPS = {"xgap": 0.35, "ygap": 0.5}  # parts of a cell, for the ticks and the name of its axes


def histograms(snapshot: Snapshot, dataset: Dataset, settings: Settings) -> go.Figure:
    """Plot the distributions of the weights, activations and gradients, a row for each layer.

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
            "height": ROW * len(layers) + 20,
            "margin": MARGIN | {"r": 28, "b": 44},
            "grid": {"rows": len(layers), "columns": 3, "pattern": "independent", **GAPS},
            "showlegend": False,
            "uirevision": "histograms",
        },
    )
    for panel, (bars, (name, values)) in enumerate(zip(figure.data, panels, strict=True), start=1):
        figure.layout[f"xaxis{panel}"] = {
            "title": {"text": f"{name}{_left_out(values)}", "standoff": 4, "font": {"size": 12}},
            "tickvals": (ends := _ends(bars)),
            "ticktext": [_short(end) for end in ends],
            "tickangle": 0,
            "tickfont": {"size": 10},
            "range": ends or None,
            "ticks": "outside",
            "showgrid": False,
            "zeroline": False,
        }
        figure.layout[f"yaxis{panel}"] = {
            "title": {"text": "count" if panel % len(names) == 1 else ""},
            "nticks": 3,
            "tickformat": "~s",  # 5k, as there is little room beside the next histogram
            "dtick": 1 if max(bars.y, default=0) <= 2 else None,  # no ticks between whole numbers
            "rangemode": "tozero",
        }
    return figure


def _ends(bars: go.Bar) -> list[float]:
    """Return the outer edges of the first and the last bin; none without bins."""
    return [bars.customdata[0][0], bars.customdata[-1][1]] if len(bars.x) else []


def _short(value: float) -> str:
    """Return a number of three digits as text, which has little room: 0.25, −2.5e−7, 1e12."""
    return f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")


def _left_out(values: np.ndarray) -> str:
    """Return how many of the values are not finite, as text; "" for none."""
    left_out = np.count_nonzero(~np.isfinite(values))
    return f", {left_out:,} not finite" if left_out else ""


def _histogram(values: np.ndarray, panel: int) -> go.Bar:
    """Return how many of the finite values lie in each bin; 0 is an edge."""
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
    """Return a bin width, 1, 2 or 5 times a power of ten, for about as many bins as sqrt(size)."""
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
