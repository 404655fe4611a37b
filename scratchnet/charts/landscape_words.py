"""What a landscape shows, in words and as a table."""

import numpy as np

from scratchnet.charts.landscape import FLOOR, path_names
from scratchnet.nn.params import count
from scratchnet.run.history import Reason
from scratchnet.studies.landscape import POINTS, TOO_HIGH, Seen, random_walk_share
from scratchnet.studies.survey import Survey

CAUTIONS = {
    "path": "The plane holds the two main directions of the paths, their principal components, and "
    "goes through the end of the run.",
    "random": "Two random directions through the end of the run, each scaled to the weights of every "
    "neuron (Li et al., 2018); the biases stay. Another seed gives another plane and often another "
    "picture. Nor does the sharpness of a valley say what was learned: with ReLU, one layer can be "
    "made larger and the next smaller so that every output stays and the sharpness changes (Dinh et "
    "al., 2017).",
    "weights": "Only these two parameters change; all others are those of the end of the run.",
    "line": "The straight line from the initial parameters to the final ones (Goodfellow et al., "
    "2015). Training took another way: its points stand over the nearest place of the line.",
}
SURFACE = "The same costs as a surface to turn; each point of a path is at its own cost."
GAP = (
    "What the picture hides: the cost of the run, and that of its projection. Where they differ, the "
    "run is not where the picture shows it."
)
AT_ONCE = (
    f"The run starts at cost {{:.4g}} and diverges at once, to over {TOO_HIGH:,.0f} times that. So "
    "there is no path to show, but what lies around its start."
)
LOWER = (
    "A path that ends lower can look higher: the surface has the costs of the plane, and a path that "
    "leaves it is drawn above or below. Compare the costs in the table."
)


def headline(survey: Survey) -> str:
    """Return what is seen of the run's own path, in a few sentences of Markdown."""
    seen = survey.paths[0]
    own, gaps = seen.path, seen.gaps
    if own.epochs.size == 1 and own.ended == Reason.DIVERGED:
        return AT_ONCE.format(own.costs[0])
    what = "line" if survey.choice.kind == "line" else "plane"
    sentences = [
        f"The run goes from cost {own.costs[0]:.4g} to **{own.costs[-1]:.4g}** in "
        f"{own.epochs[-1]:,} epochs.",
        f"This {what} explains **{_percent(seen.share)}** of its path{_beside(survey)}.",
        f"The cost of a point and that of its projection differ most at epoch "
        f"{own.epochs[_largest(gaps)]:,}, by **{gaps[_largest(gaps)]:.3g}**.",
    ]
    return " ".join([*sentences, *_ending(seen)])


def _beside(survey: Survey) -> str:
    """Return what the share is to be compared with, where something is known."""
    if survey.choice.kind != "path" or len(survey.paths) > 1:
        return ""
    share = random_walk_share(survey.paths[0].path.epochs.size)
    return f" (a random walk of as many points in many dimensions: {_percent(share)})"


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _largest(gaps: np.ndarray) -> int:
    return int(np.nan_to_num(gaps, nan=-1.0, posinf=np.inf).argmax())


def _ending(seen: Seen) -> list[str]:
    """Return a sentence if the path ends before the run does."""
    path = seen.path
    if path.ended == Reason.DIVERGED:
        return [
            f"The run diverges: the path ends at epoch {path.epochs[-1]:,}, before its cost is over "
            f"{TOO_HIGH:,.0f} times that of the start."
        ]
    if path.ended is None and path.epochs[-1] < path.settings.training.epochs:
        return [f"The run is followed up to epoch {path.epochs[-1]:,}; further takes too long here."]
    return []


def caution(survey: Survey) -> str:
    """Return which directions these are, and what is to be kept in mind."""
    return CAUTIONS[survey.choice.kind]


def how(survey: Survey, log: bool) -> str:
    """Return how the picture was computed."""
    path = survey.paths[0].path
    n, points = count(path.settings.network.layer_dims), POINTS
    is_line = survey.choice.kind == "line"
    grid = f"{survey.a.size}" if is_line else f"{survey.a.size} × {survey.b.size}"
    sentences = [
        f"{grid} costs on the training set, without penalty, of networks with {n:,} parameters. "
        f"A path has up to {points:,} points, evenly spaced in epochs; each stands at its projection, "
        "says its own cost, and is fainter the further it is from there.",
    ]
    if log:
        sentences.append(f"On the log scale, costs below {FLOOR:f} are shown as that.")
    if wrong := np.count_nonzero(~np.isfinite(survey.costs)):
        sentences.append(
            f"At {wrong:,} places the cost is not finite: {'no line' if is_line else 'grey'}."
        )
    return " ".join(sentences)


def path_table(survey: Survey) -> dict[str, list[str]]:
    """Return a row for each path: where it ends, and how much of it is seen."""
    rows = survey.paths
    return {
        "": [f"**{name}**" for name in path_names(survey)],
        "end": [f"epoch {seen.path.epochs[-1]:,}" for seen in rows],
        "cost there": [f"{seen.path.costs[-1]:.4g}" for seen in rows],
        "cost of its projection": [f"{seen.costs[-1]:.4g}" for seen in rows],
        "explained": [_percent(seen.share) for seen in rows],
        "largest difference on the way": [f"{seen.gaps[_largest(seen.gaps)]:.3g}" for seen in rows],
    }
