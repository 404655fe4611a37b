"""Icons of the datasets, drawn from their own samples."""

import base64
from functools import lru_cache

import numpy as np

from scratchnet.charts.look import CLASSES, MIDDLE, rgb
from scratchnet.data.datasets import DATASETS, make_dataset, possible_classes
from scratchnet.data.points import Table


@lru_cache
def dataset_icon(name: str, own: Table | None = None) -> str:
    """Return an icon of a dataset, drawn from its own samples: an SVG as a data URL."""
    shape = DATASETS[name]
    classes, *_ = possible_classes(name, own)
    points = 400 if shape.label else 110
    dataset = make_dataset(name, points=points, noise=0.0, train_share=0.9, classes=classes, own=own)
    X, labels = dataset.X_train[:, :points], dataset.Y_train[0, :points]
    labels = labels if classes else np.clip(np.rint(2 * labels), -2, 2)
    scale = 29 / max(np.abs(X).max(), 1e-9)
    paths = []
    for label in np.unique(labels):
        colour = CLASSES[int(label)] if classes else _number_colour(label / 2)
        x, y = 32 + scale * X[:, labels == label] * [[1], [-1]]
        dots = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in zip(x, y, strict=True))
        paths.append(f'<path stroke="{colour}" d="{dots}"/>')
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" stroke-width="5.5" '
        f'stroke-linecap="round">{"".join(paths)}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _number_colour(label: float) -> str:
    """Return the colour of a regression target between -1 and 1."""
    parts = zip(rgb(MIDDLE), rgb(CLASSES[int(label > 0)]), strict=True)
    return "#" + "".join(f"{round(a + min(abs(label), 1.0) * (b - a)):02x}" for a, b in parts)
