"""What the page of the landscape lets choose and shows; landscape.js has the picture at the pointer."""

from functools import lru_cache
from importlib.resources import files
from time import monotonic
from typing import Any

import numpy as np
import streamlit as st

from scratchnet.charts import landscape as charts
from scratchnet.charts import landscape_words as words
from scratchnet.charts.look import CLASSES, MARKERS, MIDDLE, NEUTRAL
from scratchnet.nn.params import count
from scratchnet.run.settings import Settings
from scratchnet.run.snapshot import Snapshot
from scratchnet.run.trainer import Trainer
from scratchnet.studies.landscape import RATES
from scratchnet.studies.survey import KINDS, Choice, Survey, Work
from scratchnet.ui import session, widget
from scratchnet.ui.landscape_pictures import SIDE, Pictures, pictures

LABELS = {
    "path": "Of the path",
    "random": "Random",
    "weights": "Two weights",
    "line": "Line",
}
MAP = "landscape_map"
PLAIN = {"displayModeBar": False}
SOON = 0.5  # seconds after which the progress is shown
PICTURES = 28  # across the plane and up, about; of the line, 30
_SCRIPT, _STYLE, _ROOM = (
    files("scratchnet.ui").joinpath(f"landscape.{kind}").read_text("utf-8")
    for kind in ("js", "css", "html")
)


def choose(settings: Settings) -> tuple[Choice, bool, list[str]]:
    """Let the visitor choose what to look at; the address has it.

    Returns the choice, whether the cost is on a log scale, and a sentence for each correction.
    """
    wrong: list[str] = []
    kind = session.look_among("slice", KINDS)
    where, detail, other, colours = st.columns([5, 4, 4, 2], vertical_alignment="bottom")
    widget.place(
        where,
        "segmented_control",
        "slice",
        "Plane",
        options=KINDS,
        shown=kind,
        required=True,
        format_func=LABELS.get,
    )
    seed, weights = session.look("slice_seed") or 1, (0, 1)
    if kind == "random":
        help = "Seed of the two random directions: another one gives another plane."
        widget.place(
            detail, "number_input", "slice_seed", "Seed", shown=seed, min_value=1, step=1, help=help
        )
    elif kind == "weights":
        weights = _choose_weights(detail, settings.network.layer_dims, wrong)
    optimizers = [name for name in RATES if name != settings.training.optimizer]
    compared = [name for name in session.look("compare") if name in optimizers]
    widget.place(
        other,
        "multiselect",
        "compare",
        "Compare with",
        options=optimizers,
        shown=compared,
        format_func=lambda name: f"{charts.NAMES[name]}, rate {RATES[name]:g}",
        placeholder="other optimizers",
        help="Trains them from the same initial weights, and shows the plane of all paths together.",
    )
    log = session.look_among("colours", ("log", "linear"))
    widget.place(
        colours,
        "segmented_control",
        "colours",
        "Cost scale",
        options=("log", "linear"),
        shown=log,
        required=True,
    )
    others = tuple(
        name for name in optimizers if name in compared
    )  # in whatever order they were chosen
    return Choice(kind, seed, weights, others), log == "log", wrong


def _choose_weights(place: Any, dims: tuple[int, ...], wrong: list[str]) -> tuple[int, int]:
    """Let the visitor choose two parameters; return their indices in theta."""
    names = _parameters(dims)
    left, right = place.columns(2, wrap=False)
    asked = [session.look(f"weight_{k}") for k in (1, 2)]
    chosen = [name if name in names else names[k] for k, name in enumerate(asked)]
    if chosen[0] == chosen[1]:
        chosen[1] = next(name for name in names if name != chosen[0])
    for k, (name, used) in enumerate(zip(asked, chosen, strict=True), 1):
        if name and name != used:
            allowed = "another one than weight_1" if name in names else "a parameter of this network"
            wrong.append(f"weight_{k} must be {allowed}, got {name}. Using {used} instead.")
    for where, k, axis in ((left, 1, "Across"), (right, 2, "Up")):
        widget.place(where, "selectbox", f"weight_{k}", axis, options=names, shown=chosen[k - 1])
    return names.index(chosen[0]), names.index(chosen[1])


@lru_cache(maxsize=16)
def _parameters(dims: tuple[int, ...]) -> list[str]:
    """Return the names of all parameters in the order of theta."""
    return [charts.parameter_name(index, dims) for index in range(count(dims))]


@lru_cache(maxsize=4)  # of all visitors: a class looks at the same
def _begun(settings: Settings, choice: Choice) -> Work:
    return Work(settings, choice)


def survey(settings: Settings, choice: Choice) -> Survey:
    """Return the survey of a run; while it is made, show how far it is."""
    work, place, due = _begun(settings, choice), st.empty(), monotonic() + SOON
    while (done := work.go_on()) < 1.0:
        if monotonic() > due:
            place.progress(done, "Training the runs and computing the costs …")
            due = monotonic() + SOON / 2
    place.empty()
    if work.survey is None:  # a visitor's script was cut off within a step
        _begun.cache_clear()
        return survey(settings, choice)
    return work.survey


@lru_cache(maxsize=8)
def _pictures(settings: Settings, choice: Choice) -> tuple[Pictures, list[int], list[int]]:
    """Return pictures of the predictions at some cells, in columns and rows, and along the path."""
    work = _begun(settings, choice)
    while work.go_on() < 1.0:
        pass  # unless it was dropped meanwhile, it is done
    assert work.survey
    found = work.survey
    columns, rows = _some(found.a), _some(found.b)
    thetas = [found.thetas(columns, rows), found.paths[0].path.thetas]
    return pictures(Trainer(settings), np.concatenate(thetas)), columns.tolist(), rows.tolist()


def _some(at: np.ndarray) -> np.ndarray:
    """Return evenly spaced indices of about so many coordinates, with that of the run's end."""
    step = max(1, round(at.size / PICTURES))
    return np.arange(np.abs(at).argmin() % step, at.size, step)


def show(trainer: Trainer, choice: Choice, log: bool) -> None:
    """Show the plane with the predictions at the pointer beside it, and what it hides below."""
    settings = trainer.settings
    found, cost = survey(settings, choice), settings.network.cost
    st.markdown(words.headline(found))
    is_line = choice.kind == "line"
    left, right = st.columns([13, 7])
    figure = charts.line_plot(found, log, cost) if is_line else charts.contour_map(found, log)
    left.plotly_chart(figure, key=MAP, config=PLAIN)
    with right:
        component = st.components.v2.component(
            "scratchnet_landscape", html=_ROOM, css=_STYLE, js=_SCRIPT
        )
        component(key="pointer", data=_told(found, trainer, log))
    st.caption(f"{words.caution(found)} {words.how(found, log)}")
    if len(found.paths) > 1:
        st.table(words.path_table(found), border="horizontal")
        st.warning(words.LOWER, icon=":material/info:")
    below, beside = (None, st.container()) if is_line else st.columns(2)
    if below:
        below.plotly_chart(charts.cost_surface(found, log), key="landscape_surface")
        below.caption(words.SURFACE)
    beside.plotly_chart(charts.gap_plot(found, log, cost), key="landscape_gap", config=PLAIN)
    beside.caption(words.GAP)


def _told(found: Survey, trainer: Trainer, log: bool) -> dict[str, Any]:
    """Return what the component is told: the pictures, and the costs that belong to them."""
    settings, data = trainer.settings, trainer.dataset
    made, columns, rows = _pictures(settings, found.choice)
    x, y = charts.axes(found).origin
    own, *others = charts.path_names(found)
    names = [f"this run ({own})", *others]
    cells = found.costs[np.ix_(rows if found.b.size > 1 else [0], columns)]
    return {
        "chart": f".st-key-{MAP}",
        "pictures": made.text,
        "scales": made.scales,
        "side": SIDE,
        "x": _listed(found.a[columns] + x),
        "y": _listed(found.b[rows] + y),
        "costs": [_listed(row) for row in cells],
        "line": found.choice.kind == "line",
        "floor": charts.FLOOR if log else None,
        "paths": [
            {
                "name": name,
                "colour": charts.PATHS[k],
                "epochs": seen.path.epochs.tolist(),
                "x": _listed(seen.at[:, 0] + x),
                "y": _listed(seen.at[:, 1] + y),
                "costs": _listed(seen.path.costs),
            }
            for k, (name, seen) in enumerate(zip(names, found.paths, strict=True))
        ],
        "shown": _shown(trainer.snapshot(), found),
        "window": list(data.window),
        "points": [_listed(row) for row in data.X_train],
        "labels": _listed(data.Y_train[0]),
        "classes": data.classes,
        "planes": 2 if settings.network.layer_dims[-1] > 1 else 1,
        "output": settings.network.output,
        "look": {"classes": CLASSES, "middle": MIDDLE, "none": NEUTRAL, "markers": MARKERS},
    }


def _shown(now: Snapshot, found: Survey) -> int:
    """Return the point of the path that is nearest to the run's epoch; the last for epoch 0."""
    epochs = found.paths[0].path.epochs
    return int(np.abs(epochs - now.epoch).argmin()) if now.epoch else epochs.size - 1


def _listed(values: np.ndarray) -> list[float | None]:
    """Return numbers for JSON, which has none that is not finite."""
    return [value if np.isfinite(value) else None for value in np.asarray(values).tolist()]


def about(settings: Settings) -> str:
    """Return what to try here, and what the picture does not show."""
    n = count(settings.network.layer_dims)
    return (
        "**Try this:** play the path and watch the decision boundary beside it, then compare with "
        "Adam, and look at random planes of several seeds.  \n"
        f"**Not shown:** the cost depends on {n:,} parameters and a plane shows two directions, so "
        "what looks like a wall here may be open in the others."
    )
