"""What the page of the landscape shows: the costs over a plane, the paths on it, and what it hides."""

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from scratchnet.charts.look import COST_TITLES, HEIGHT, INK, LEGEND, MARGIN, NEUTRAL
from scratchnet.nn.params import place_of
from scratchnet.studies.survey import Seen, Survey

FLOOR = 1e-6  # on a log scale, costs below are drawn there
# From low to high cost: pale to dark, in the colour of the training cost.
SCALE = [(0.0, "#faf8ff"), (0.25, "#d8cff0"), (0.5, "#a996da"), (0.75, "#6d50b4"), (1.0, "#2f1f5c")]
# The colours of the paths, that of the run first, on a light and a dark page, and how they are drawn.
PATHS = ("#15803d", "#b45309", "#be123c", "#0e7490", "#a21caf")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
NAMES = {"gradient_descent": "SGD", "momentum": "momentum", "rmsprop": "RMSprop", "adam": "Adam"}
TITLES = {
    "path": ("first main direction", "second main direction"),
    "random": ("first random direction", "second random direction"),
    "line": ("way from start (0) to end (1)", ""),
}
HALO = {"color": "rgba(255, 255, 255, 0.7)", "width": 4}
FAINTEST = 0.2  # of a point that lies as far from the plane as the path reaches


class Axes(NamedTuple):
    """What is written at the axes: their titles, and the coordinates at the end of the run."""

    titles: tuple[str, str]
    origin: tuple[float, float]


def axes(survey: Survey) -> Axes:
    """Return the axes of a survey: weights have their values, the others are 0 at the run's end."""
    if survey.choice.kind == "weights":
        end, dims = survey.planes[0].origin, survey.paths[0].path.settings.network.layer_dims
        first, second = survey.choice.weights
        names = parameter_name(first, dims), parameter_name(second, dims)
        return Axes(names, (float(end[first]), float(end[second])))
    origin = (1.0, 0.0) if survey.choice.kind == "line" else (0.0, 0.0)
    return Axes(TITLES[survey.choice.kind], origin)


def parameter_name(index: int, layer_dims: tuple[int, ...]) -> str:
    """Return the name of theta[index], such as W1[0, 1]."""
    name, row, column = place_of(index, layer_dims)
    return f"{name}[{row}, {column}]"


def path_names(survey: Survey) -> list[str]:
    """Return the name of each path: its optimizer and learning rate."""
    trainings = [seen.path.settings.training for seen in survey.paths]
    return [f"{NAMES[each.optimizer]}, rate {each.learning_rate:g}" for each in trainings]


def shown(costs: np.ndarray, log: bool) -> np.ndarray:
    """Return costs as they are drawn: nan where they are not finite, on a log scale at least FLOOR."""
    finite = np.where(np.isfinite(costs), costs, np.nan)
    return np.maximum(finite, FLOOR) if log else finite


def contour_map(survey: Survey, log: bool) -> go.Figure:
    """Plot the cost of each cell as a colour, with contour lines, and the paths above it."""
    told, at = axes(survey), _grid(survey)
    costs = shown(survey.costs, log)
    colours = _narrow(np.log10(costs) if log else costs)
    figure = go.Figure(
        [
            go.Heatmap(
                **at,
                z=colours,
                customdata=_narrow(survey.costs),
                colorscale=SCALE,
                colorbar=_colour_bar(costs, log),
                hovertemplate="cost %{customdata:.5g}<extra></extra>",
                hoverongaps=False,
            ),
            go.Contour(
                **at,
                z=colours,
                contours={"coloring": "none"},
                ncontours=18,
                line={"width": 0.7, "color": "rgba(29, 33, 38, 0.45)"},
                showscale=False,
                showlegend=False,
                hoverinfo="skip",
            ),
        ]
    )
    ways = [(seen.at + told.origin).T for seen in survey.paths]
    for x, y in ways:  # so that a path is seen on dark and pale
        figure.add_scatter(x=x, y=y, mode="lines", line=HALO, hoverinfo="skip")
    for k, (x, y) in enumerate(ways):
        figure.add_scatter(x=x, y=y, **_path_look(survey, k))
    _mark_ends(figure, survey, ways)
    first, second = told.titles
    figure.update_layout(
        height=HEIGHT + 40,
        margin=MARGIN | {"r": 0, "pad": 0},
        showlegend=False,  # the list beside it names the paths
        plot_bgcolor=NEUTRAL,  # seen where the cost is not finite
        xaxis={
            "title": {"text": first},
            "range": _range(at["x"]),
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={"title": {"text": second}, "range": _range(at["y"]), "showgrid": False}
        | {"zeroline": False},
        uirevision=f"map {survey.choice}",
    )
    return figure


def line_plot(survey: Survey, log: bool, cost: str) -> go.Figure:
    """Plot the cost along the line from start to end, of each path, and the path above its line."""
    (x0, _), figure = axes(survey).origin, go.Figure()
    for k, (seen, costs) in enumerate(zip(survey.paths, survey.costs, strict=True)):
        figure.add_scatter(
            x=survey.a + x0,
            y=shown(costs, log),
            mode="lines",
            name=f"line to the end of {path_names(survey)[k]}",
            line={"color": PATHS[k], "dash": DASHES[k], "width": 2},
            hovertemplate="cost on the line %{y:.5g}<extra></extra>",
        )
        look = _path_look(survey, k) | {"mode": "markers", "showlegend": False}
        figure.add_scatter(x=seen.at[:, 0] + x0, y=shown(seen.path.costs, log), **look)
    figure.update_layout(
        height=HEIGHT,
        margin=MARGIN | {"t": 28},
        showlegend=False,
        xaxis={"title": {"text": TITLES["line"][0]}},
        yaxis={"title": {"text": COST_TITLES[cost]}} | _cost_axis(log, shown(survey.costs, log)),
        hoverdistance=-1,  # the pointer is always at the nearest place
        uirevision=f"line {log}",
    )
    ends = [(seen.at[:, 0] + x0, shown(seen.path.costs, log)) for seen in survey.paths]
    _mark_ends(figure, survey, ends)
    return figure


def cost_surface(survey: Survey, log: bool) -> go.Figure:
    """Plot the costs as a surface to turn; each point of a path is at its own cost."""
    told, costs = axes(survey), shown(survey.costs, log)
    colours = _narrow(np.log10(costs) if log else costs)
    figure = go.Figure(
        go.Surface(
            **_grid(survey),
            z=_narrow(costs),
            surfacecolor=colours,
            colorscale=SCALE,
            showscale=False,
            opacity=0.88,
            lighting={"ambient": 0.8, "diffuse": 0.3, "specular": 0.0},
            hovertemplate="cost %{z:.5g}<extra></extra>",
        )
    )
    for k, seen in enumerate(survey.paths):
        x, y = (seen.at + told.origin).T
        look = _path_look(survey, k)
        look["line"] = {"color": PATHS[k], "width": 4}
        look["marker"] = {"color": PATHS[k], "size": 2}
        figure.add_scatter3d(x=x, y=y, z=shown(seen.path.costs, log), **look)
    first, second = told.titles
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        scene={
            "xaxis": {"title": {"text": first}},
            "yaxis": {"title": {"text": second}},
            "zaxis": {"title": {"text": "cost"}} | _cost_axis(log, costs),
            "camera": {"eye": {"x": -1.2, "y": -1.4, "z": 0.9}, "center": {"x": 0, "y": 0, "z": -0.15}},
            "aspectratio": {"x": 1, "y": 1, "z": 0.7},
        },
        uirevision=f"surface {survey.choice}",
    )
    return figure


def gap_plot(survey: Survey, log: bool, cost: str) -> go.Figure:
    """Plot the cost of each point of a path, and that of its projection, over the epochs."""
    figure, drawn = go.Figure(), []
    for k, (seen, name) in enumerate(zip(survey.paths, path_names(survey), strict=True)):
        own = name if len(survey.paths) > 1 else "the run"
        for costs, title, dash in (
            (seen.path.costs, own, "solid"),
            (seen.costs, f"{own}, projected", "dot"),
        ):
            drawn.append(shown(costs, log))
            figure.add_scatter(
                x=seen.path.epochs,
                y=drawn[-1],
                mode="lines",
                name=title,
                line={"color": PATHS[k], "dash": dash, "width": 2},
                hovertemplate="%{y:.5g}",
            )
    figure.update_layout(
        height=HEIGHT,
        margin=MARGIN | {"t": 44},
        hovermode="x unified",
        legend=LEGEND,
        xaxis={"title": {"text": "epoch"}, "rangemode": "tozero"},
        yaxis={"title": {"text": COST_TITLES[cost]}} | _cost_axis(log, np.concatenate(drawn)),
        uirevision=f"gap {log}",
    )
    return figure


def _cost_axis(log: bool, costs: np.ndarray) -> dict:
    """Return the axis of these costs; a log axis over many powers of ten has no other ticks."""
    if not log:
        return {"rangemode": "tozero"}
    few = np.nanmax(costs, initial=FLOOR) < 100 * np.nanmin(costs, initial=np.inf)
    return {"type": "log", "tickformat": "~g", "dtick": "D2" if few else 1}


def _grid(survey: Survey) -> dict[str, np.ndarray]:
    """Return the coordinates of the cells, as the axes have them."""
    x, y = axes(survey).origin
    return {"x": survey.a + x, "y": survey.b + y}


def _range(at: np.ndarray) -> list[float]:
    """Return the range of an axis that shows these cells whole."""
    half = (at[1] - at[0]) / 2
    return [float(at[0] - half), float(at[-1] + half)]


def _narrow(values: np.ndarray) -> np.ndarray:
    """Return values in half of the bytes, for a picture."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _colour_bar(costs: np.ndarray, log: bool) -> dict:
    """Return the bar of the colours, whose ticks are costs."""
    bar: dict = {
        "title": {"text": "cost", "side": "top"},
        "thickness": 12,
        "outlinewidth": 0,
        "xpad": 6,
    }
    if not log or np.isnan(costs).all():
        return bar
    ticks = _log_ticks(float(np.nanmin(costs)), float(np.nanmax(costs)))
    return bar | {"tickvals": np.log10(ticks), "ticktext": [f"{tick:.3g}" for tick in ticks]}


def _log_ticks(low: float, high: float) -> list[float]:
    """Return a few round costs from low to high: powers of ten, or even steps if they are close."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    for digits in ((1,), (1, 2, 5)):
        ticks = [digit * 10.0**power for power in powers for digit in digits]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) > 2:
            return ticks[:: -(-len(ticks) // 6)]
    power = 10.0 ** np.floor(np.log10(max(high - low, 1e-9 * high)))
    step = power * next(each for each in (0.2, 0.5, 1, 2, 5) if each * power >= (high - low) / 5)
    ticks = [step * k for k in range(int(np.ceil(low / step)), int(high / step) + 1)]
    return ticks if len(ticks) > 1 else [low, high]


def _path_look(survey: Survey, k: int) -> dict:
    """Return how a path is drawn: each point says its own cost; those far from the plane are faint."""
    seen = survey.paths[k]
    opacity = np.maximum(1.0 - seen.remoteness, FAINTEST)
    return {
        "mode": "lines+markers",
        "name": path_names(survey)[k],
        "line": {"color": PATHS[k], "width": 1.2, "dash": DASHES[k]},
        "marker": {"color": PATHS[k], "size": 4, "opacity": opacity},
        "customdata": _told(seen),
        "hovertemplate": "epoch %{customdata[0]}: cost %{customdata[1]:.5g}"
        "<br>its projection: cost %{customdata[2]:.5g}"
        "<br>distance from it %{customdata[3]:.3g}<br>%{fullData.name}<extra></extra>",
    }


def _told(seen: Seen) -> np.ndarray:
    """Return what each point of a path says: epoch, its cost, that of its projection, the distance."""
    return np.stack([seen.path.epochs, seen.path.costs, seen.costs, seen.distances], axis=1)


def _mark_ends(figure: go.Figure, survey: Survey, ways: list) -> None:
    """Mark where the paths start, and end; at those of the run, say its own costs."""
    own, (x, y) = survey.paths[0].path, ways[0]
    figure.add_scatter(
        x=[x[0], *(each[0][-1] for each in ways)],
        y=[y[0], *(each[1][-1] for each in ways)],
        mode="markers",
        marker={
            "color": ["#ffffff", *PATHS[: len(ways)]],
            "symbol": ["circle", *["star"] * len(ways)],
            "size": [9, *[13] * len(ways)],
            "line": {"width": 1.5, "color": [PATHS[0], *["white"] * len(ways)]},
        },
        showlegend=False,
        hoverinfo="skip",
    )
    is_log = figure.layout.yaxis.type == "log"
    start_is_lower = y[0] < y[-1]
    for name, k in (("start", 0), ("end", -1)):
        figure.add_annotation(
            x=x[k],
            y=np.log10(y[k]) if is_log else y[k],
            text=f"{name} {own.costs[k]:.4g}",
            showarrow=False,
            yshift=-20 if (k == 0) == start_is_lower else 20,
            bgcolor="rgba(255, 255, 255, 0.85)",
            font={"color": INK, "size": 13},
        )
