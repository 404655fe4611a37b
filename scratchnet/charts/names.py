"""Names from outside, as Plotly takes them."""

import html

from scratchnet.charts.look import full_name
from scratchnet.data.datasets import Dataset


def plain(text: str) -> str:
    """Return a name from outside with everything escaped that Plotly takes for markup or a value."""
    return html.escape(text).replace("%", "&#37;").replace("$", "&#36;")


def class_name(dataset: Dataset, label: int) -> str:
    """Return the name that the data gives a class, or "class 0" where that is only a number."""
    return plain(full_name(dataset.class_names[label]))
