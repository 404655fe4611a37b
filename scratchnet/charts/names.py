"""Names from outside, as Plotly takes them."""

import html

from scratchnet.charts.look import full_name
from scratchnet.data.datasets import Dataset
from scratchnet.data.points import MAX_NAME


def plain(text: str) -> str:
    """Return a name from outside with everything escaped that Plotly takes for markup or a value."""
    return html.escape(text).replace("%", "&#37;").replace("$", "&#36;")


def short(text: str, length: int) -> str:
    """Return a name from outside, as Plotly takes it, of at most so many characters."""
    return plain(text if len(text) <= length else f"{text[: length - 1]}…")


def class_name(dataset: Dataset, label: int, length: int = MAX_NAME) -> str:
    """Return the name that the data gives a class, or "class 0" where that is only a number."""
    return short(full_name(dataset.class_names[label]), length)
