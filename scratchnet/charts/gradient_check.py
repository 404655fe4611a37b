"""What the page of the gradient check shows: tables and figures of a check, with and without a bug."""

from collections.abc import Collection, Mapping, Sequence
from difflib import unified_diff
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from scratchnet.analysis.gradient_check import (
    BUG,
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
from scratchnet.charts.cost_curve import Line, cost_lines
from scratchnet.charts.look import LOW, MARGIN, MIDDLE, NEUTRAL, TEST_LINE, TRAIN_LINE
from scratchnet.lessons.effect import effect
from scratchnet.lessons.planted_bugs import BUGS, Bug, Training, correct, planted, source, train_with
from scratchnet.nn import network
from scratchnet.nn.costs import cost_of_guessing
from scratchnet.run.trainer import Trainer
from scratchnet.validation import all_of

__all__ = [
    "BUG",
    "BUGS",
    "FLOOR",
    "SAME",
    "STEP",
    "array_table",
    "cost_curves",
    "difference",
    "entry_table",
    "error_map",
    "examine",
    "headline",
    "v_plot",
    "worst_first",
]

RED = TEST_LINE
ROWS = 64  # of a table of entries
SMALLEST = 1e-13  # errors below are drawn there

# The verdict on an error, in the Markdown of Streamlit.
WORDS = {"same": "agrees", "bug": ":red[**differs**]", "unclear": "unclear", "none": "skipped"}

_train_with = lru_cache(maxsize=64)(train_with)  # that without a bug comes again with each bug


class Planted(NamedTuple):
    """A planted bug, and how training goes without it and with it; ``effect`` says it in words.

    ``applies`` says whether the bug changes anything in this network.
    """

    bug: Bug
    applies: bool
    without_bug: Training
    with_bug: Training
    effect: str


class Examination(NamedTuple):
    """A gradient check of a run on so many ``samples``; ``errors`` are those of the V."""

    samples: int
    result: Result
    errors: dict[str, np.ndarray]
    planted: Planted | None


def examine(trainer: Trainer, name: str | None = None) -> Examination:
    """Check the gradients of a run as it is now; train it anew with the bug of that name, if any."""
    case, settings = case_of(trainer), trainer.settings
    code, pair = network, None
    if name is not None:
        bug = BUGS[name]
        code = planted(bug)
        well, bad = _train_with(None, settings), _train_with(bug, settings)
        _, T = trainer.training_set
        said = effect(bad.costs, well.costs, cost_of_guessing(T, settings.network.cost))
        pair = Planted(bug, bug.applies(case), well, bad, said)
    return Examination(case.X.shape[1], check(case, code), errors_by_step(case, code), pair)


def headline(found: Examination) -> str:
    """Return what the check found, in a few sentences."""
    parts = found.result.comparisons.values()
    wrong = [part.name for part in parts if verdict(part.error) == "bug"]
    unmoved = [part.name for part in parts if verdict(part.descent_error) == "bug"]
    if wrong:
        text = f"**Bug:** the gradient is wrong for {_these(wrong, parts, 'every array')}."
    elif unmoved:
        these = _these(unmoved, parts, "them", "those of ")
        text = f"**Bug:** the gradients are correct, but the update does not subtract {these}."
    else:
        text = {
            "same": f"No bug found: the largest relative error is {_number(found.result.worst)}.",
            "unclear": f"Unclear: the largest relative error is {_number(found.result.worst)}. If it "
            "is much smaller at another step size, the step size was too large for this cost.",
            "none": "Nothing can be compared.",
        }[verdict(found.result.worst)]
    sentences = [text, *found.result.notes]
    if found.planted and not found.planted.applies:
        sentences.append(f"This network does not reveal the bug: it needs {found.planted.bug.needs}.")
    if left_out := found.result.left_out:
        size = sum(part.numeric.size for part in parts)
        sentences.append(
            f"Of {size:,} parameters {left_out:,} are skipped: within ± h a neuron crosses the kink "
            "of its activation, or the values are too large."
        )
    return " ".join(sentences)


def _these(names: Sequence[str], parts: Collection[Comparison], every: str, some: str = "") -> str:
    """Return the names of these parts in words, or ``every`` if they are all."""
    return every if len(names) == len(parts) else some + all_of(names)


def _number(value: float, digits: int = 2) -> str:
    """Return a number with so many digits; a dash for nan."""
    return "–" if np.isnan(value) else f"{value:.{digits}g}".replace("-", "−")


def _marked(error: float) -> str:
    """Return an error as text, red above the error threshold."""
    return f":red[**{_number(error)}**]" if verdict(error) == "bug" else _number(error)


def array_table(result: Result) -> dict[str, list[str]]:
    """Return a row for each array of parameters: the largest relative errors, and the verdict."""
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
    """Return the relative error of each entry, of its gradient or its update, whichever is larger."""
    return np.fmax(part.errors, part.descent_errors)


def worst_first(result: Result) -> list[str]:
    """Return the names of the arrays, those with the largest errors first."""
    parts = result.comparisons
    return sorted(parts, key=lambda name: -np.nan_to_num(largest(_worst(parts[name])), nan=-1.0))


def entry_table(part: Comparison) -> dict[str, list[str]]:
    """Return a row for each entry of an array, the largest errors first, at most ROWS."""
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
    """Plot the relative error of each entry of an array, a row for each neuron; errors are red."""
    levels = {"same": 0, "unclear": 1, "bug": 2, "none": np.nan}
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
        height=max(140, min(LOW, 60 + 32 * rows)),
        margin=MARGIN,
        xaxis={"title": {"text": f"column of {part.name}"}, "dtick": max(1, columns // 8)},
        yaxis={"title": {"text": "row"}, "autorange": "reversed", "dtick": max(1, rows // 8)},
    )
    return figure


def v_plot(errors: Mapping[str, np.ndarray]) -> go.Figure:
    """Plot the relative error of each array over the step size: a V, or with a bug flat and red."""
    at_step = int(np.argmin(np.abs(np.log(STEPS) - np.log(STEP))))
    figure = go.Figure()
    for name, error in errors.items():
        wrong = verdict(error[at_step]) == "bug"
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
    for level, text, at, side in (
        (BUG, "error threshold", "middle", "bottom"),
        (SAME, "agreement threshold", "start", "top"),
    ):
        label = {"text": text, "textposition": at, "font": {"size": 11, "color": NEUTRAL}}
        label["yanchor"] = side
        figure.add_shape(
            type="line", x0=0, x1=1, xref="paper", y0=level, y1=level, line=thin, label=label
        )
    figure.add_vline(STEP, line={"width": 1, "color": NEUTRAL})
    ticks = {"exponentformat": "power", "dtick": 2}
    figure.update_layout(
        height=LOW,
        margin=MARGIN,
        showlegend=False,
        xaxis={"title": {"text": "step size h"}, "type": "log", **ticks},
        yaxis={"title": {"text": "relative error"}, "type": "log", "range": [-13, 0.3], **ticks},
        uirevision="v",
    )
    return figure


def cost_curves(pair: Planted, cost: str) -> go.Figure:
    """Plot the training cost after each epoch, without the bug and with it, on a log axis."""
    lines = [
        Line("without the bug", pair.without_bug.costs),
        Line("with the bug", pair.with_bug.costs, RED, "dash"),
    ]
    return cost_lines(lines, cost, logarithmic=True, height=LOW)


def difference(bug: Bug) -> str:
    """Return the function with the bug as a diff of the correct one, with all its lines."""
    old, new = (source(each).splitlines() for each in (correct(bug), bug.function))
    _, _, _, *lines = unified_diff(old, new, n=len(old), lineterm="")  # after two names and a place
    return "\n".join(lines)
