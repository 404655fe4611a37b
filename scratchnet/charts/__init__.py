"""Plotly figures: values in, figure out. Plotly is loaded with the first of them."""

from scratchnet.export import Export
from scratchnet.run.trainer import Trainer


def _document(trainer: Trainer) -> str:
    from scratchnet.charts.document import document

    return document(trainer)


PICTURES = Export(
    "pictures",
    "Charts",
    ".html",
    "text/html",
    _document,
    "The charts of this epoch as one HTML page that works offline.",
)
