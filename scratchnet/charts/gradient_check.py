"""What the page of the gradient check shows: tables and figures of a check, with and without a bug."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from scratchnet.analysis.gradient_check import (
    FAULT,
    FLOOR,
    SAME,
    STEP,
    STEPS,
    Comparison,
    Result,
    case_of,
    check,
    errors_by_step,
    largest,
    verdict,
)
from scratchnet.charts.figures import COST_TITLES, MIDDLE, NEUTRAL, TEST_LINE, TRAIN_LINE
from scratchnet.lessons.planted_bugs import BUGS, Bug, Training, healthy, planted, source, train_with
from scratchnet.nn import network
from scratchnet.run.trainer import Trainer

__all__ = [
    "BUGS",
    "FAULT",
    "FLOOR",
    "SAME",
    "STEP",
    "array_table",
    "cost_curves",
    "entry_table",
    "error_map",
    "examine",
    "headline",
    "sources",
    "v_plot",
    "worst_first",
]

RED = TEST_LINE
HEIGHT = 340
ROWS = 64  # of a table of entries
SMALLEST = 1e-13  # errors below are drawn there

# What is said of an error, in the Markdown of Streamlit.
WORDS = {"same": "agrees", "fault": ":red[**differs**]", "unclear": "unclear", "none": "left out"}

_train_with = lru_cache(maxsize=64)(train_with)  # the healthy one comes again with each bug


class Examination(NamedTuple):
    """A check of a run on so many ``samples``, and with a bug, how training goes without and with it.

    ``applies`` says whether the bug changes anything in this network; ``errors`` are those of the V.
    """

    bug: Bug | None
    applies: bool
    samples: int
    result: Result
    errors: dict[str, np.ndarray]
    healthy: Training | None
    planted: Training | None


def examine(trainer: Trainer, name: str | None = None) -> Examination:
    """Check the network of a run as it is now, and train it anew, with the bug of that name."""
    case, settings, bug = case_of(trainer), trainer.settings, BUGS.get(name)
    code = planted(bug) if bug else network
    return Examination(
        bug,
        bool(bug) and bug.applies(case),
        case.X.shape[1],
        check(case, code),
        errors_by_step(case, code),
        *((_train_with(None, settings), _train_with(bug, settings)) if bug else (None, None)),
    )


def headline(found: Examination) -> str:
    """What the check found, in a few sentences."""
    parts = found.result.comparisons.values()
    wrong = [part.name for part in parts if verdict(part.error) == "fault"]
    said = {
        "same": f"No fault: the largest relative error is {_number(found.result.worst)}.",
        "unclear": f"Unclear: the largest relative error is {_number(found.result.worst)}. If it is "
        "much smaller with another step, the cost is only too steep for this one.",
        "fault": "**A fault:** the gradients are right, but the update does not follow them.",
        "none": "Nothing can be compared.",
    }[verdict(found.result.worst)]
    if wrong:
        which = _joined(wrong) if len(wrong) < len(parts) else "every array"
        said = f"**A fault:** the gradient is wrong for {which}."
    sentences = [said, *found.result.notes]
    if found.bug and not found.applies:
        sentences.append(f"This network does not show the bug: it needs {found.bug.needs}.")
    if left_out := found.result.left_out:
        size = sum(part.numeric.size for part in parts)
        sentences.append(
            f"Of {size:,} parameters {left_out:,} are left out: within ± h a neuron passes the kink of "
            "its activation, or the numbers are too large."
        )
    return " ".join(sentences)


def _joined(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _number(value: float, digits: int = 2) -> str:
    """A number with so many digits, as it is read; a dash if there is none."""
    return "–" if np.isnan(value) else f"{value:.{digits}g}".replace("-", "−")


def _marked(error: float) -> str:
    """An error, red if it is that of a fault."""
    return f":red[**{_number(error)}**]" if verdict(error) == "fault" else _number(error)


def array_table(result: Result) -> dict[str, list[str]]:
    """A row for each array of parameters: the largest relative errors, and what they say."""
    parts = list(result.comparisons.values())
    return {
        "": [f"**{part.name}**" for part in parts],
        "verdict": [WORDS[verdict(largest(_worst(part)))] for part in parts],
        "gradient": [_marked(part.error) for part in parts],
        "as a whole": [_marked(part.error_of_norms) for part in parts],
        "update": [_marked(part.descent_error) for part in parts],
        "shape": [" × ".join(map(str, part.numeric.shape)) for part in parts],
    }


def _worst(part: Comparison) -> np.ndarray:
    """The relative error of each entry, of its gradient or of its update, whichever is larger."""
    return np.fmax(part.errors, part.descent_errors)


def worst_first(result: Result) -> list[str]:
    """The names of the arrays, those with the largest errors first."""
    parts = result.comparisons
    return sorted(parts, key=lambda name: -np.nan_to_num(largest(_worst(parts[name])), nan=-1.0))


def entry_table(part: Comparison) -> dict[str, list[str]]:
    """A row for each entry of an array, those with the largest errors first, at most ROWS."""
    worst = _worst(part).ravel()
    order = np.argsort(-np.nan_to_num(worst, nan=-1.0), kind="stable")[:ROWS]
    rows, columns = np.unravel_index(order, part.numeric.shape)
    return {
        "entry": [f"[{row}, {column}]" for row, column in zip(rows, columns, strict=True)],
        "relative error": [_marked(error) for error in worst[order]],
        "analytic": [_number(value, 7) for value in part.analytic.ravel()[order]],
        "numeric": [_number(value, 7) for value in part.numeric.ravel()[order]],
        "update": [_number(value, 7) for value in part.descent.ravel()[order]],
    }


def error_map(part: Comparison) -> go.Figure:
    """The relative error of each entry of an array, a row for each neuron: red where it is a fault."""
    levels = {"same": 0, "unclear": 1, "fault": 2, "none": np.nan}
    thirds = [(n / 3, shade) for k, shade in enumerate((MIDDLE, NEUTRAL, RED)) for n in (k, k + 1)]
    errors = _worst(part)
    rows, columns = errors.shape
    figure = go.Figure(
        go.Heatmap(
            z=[[levels[verdict(error)] for error in row] for row in errors],
            zmin=-0.5,
            zmax=2.5,
            colorscale=thirds,
            showscale=False,
            xgap=2,
            ygap=2,
            text=[[_number(error) for error in row] for row in errors],
            hovertemplate=f"{part.name}[%{{y}}, %{{x}}]<br>relative error %{{text}}<extra></extra>",
            hoverongaps=False,
        )
    )
    figure.update_layout(
        height=max(140, min(HEIGHT, 60 + 32 * rows)),
        margin={"l": 0, "r": 16, "t": 8, "b": 0},
        xaxis={"title": {"text": f"column of {part.name}"}, "dtick": max(1, columns // 8)},
        yaxis={"title": {"text": "row"}, "autorange": "reversed", "dtick": max(1, rows // 8)},
    )
    return figure


def v_plot(errors: Mapping[str, np.ndarray]) -> go.Figure:
    """The relative error of each array over the step, on log axes: a V, or with a bug flat and red."""
    at_step = int(np.argmin(np.abs(np.log(STEPS) - np.log(STEP))))
    figure = go.Figure()
    for name, error in errors.items():
        wrong = verdict(error[at_step]) == "fault"
        look = {"color": RED if wrong else TRAIN_LINE, "dash": "dot" if name[0] == "b" else "solid"}
        figure.add_scatter(
            x=STEPS,
            y=np.maximum(error, SMALLEST),
            mode="lines+markers",
            name=name,
            line={"width": 1.5, **look},
            marker={"size": 4},
            hovertemplate=f"{name}<br>h %{{x:.1e}}<br>relative error %{{y:.1e}}<extra></extra>",
        )
    thin = {"width": 1, "color": NEUTRAL, "dash": "dash"}
    for level, text in ((FAULT, "from here on a fault"), (SAME, "up to here the same")):
        label = {"text": text, "textposition": "middle", "font": {"size": 11, "color": NEUTRAL}}
        label["yanchor"] = "bottom" if level == FAULT else "top"
        figure.add_shape(x0=0, x1=1, xref="paper", y0=level, y1=level, line=thin, label=label)
    figure.add_vline(STEP, line={"width": 1, "color": NEUTRAL})
    ticks = {"exponentformat": "power", "dtick": 2}
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 16, "t": 8, "b": 0},
        showlegend=False,
        xaxis={"title": {"text": "step h"}, "type": "log", **ticks},
        yaxis={"title": {"text": "relative error"}, "type": "log", "range": [-13, 0.3], **ticks},
        uirevision="v",
    )
    return figure


def cost_curves(found: Examination, cost: str) -> go.Figure:
    """The cost of the training points after each epoch, without the bug and with it, on a log axis."""
    figure = go.Figure()
    for name, training, colour, dash in (
        ("without the bug", found.healthy, TRAIN_LINE, "solid"),
        ("with the bug", found.planted, RED, "dash"),
    ):
        figure.add_scatter(
            x=np.arange(len(training.costs)),
            y=training.costs,
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash},
            hovertemplate="%{y:.6g}",
        )
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 16, "t": 30, "b": 0},
        hovermode="x unified",
        showlegend=True,
        legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": 1.0, "yanchor": "bottom"},
        xaxis={"title": {"text": "epoch"}},
        yaxis={"title": {"text": COST_TITLES[cost]}, "type": "log", "dtick": "D2"},
        uirevision="cost",
    )
    return figure


def sources(bug: Bug) -> tuple[str, str]:
    """The lines of the healthy function, and of the bug that takes its place."""
    return source(healthy(bug)), source(bug.function)
