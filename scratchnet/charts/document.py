"""The charts of a run as one HTML page."""

from plotly.io import to_html

from scratchnet.charts.confusion import confusion_matrix, roc_curve
from scratchnet.charts.cost_curve import cost_curve
from scratchnet.charts.histograms import histograms
from scratchnet.charts.surface import output_surface
from scratchnet.run.trainer import Trainer


def document(trainer: Trainer) -> str:
    """Return the charts of the run, at its epoch, as one HTML page that works offline."""
    data, settings, snapshot = trainer.dataset, trainer.settings, trainer.snapshot()
    network = settings.network
    charts = [
        output_surface(snapshot, data, network),
        cost_curve(trainer.history, network.cost),
        histograms(snapshot, data, settings),
    ]
    if data.classes:
        charts.insert(2, confusion_matrix(snapshot, data, network))
    if data.classes == 2:
        charts.insert(3, roc_curve(snapshot, data, network))
    parts = [
        to_html(chart, full_html=False, include_plotlyjs=not number)
        for number, chart in enumerate(charts)
    ]
    title = f"scratchnet, epoch {snapshot.epoch:,}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body style="max-width: 60rem; margin: auto; font-family: sans-serif"><h1>{title}</h1>'
        f"{''.join(parts)}</body></html>"
    )
