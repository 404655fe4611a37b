"""The charts of a run as one HTML page, below what the run is.

On the page of the playground Streamlit's theme lays out a chart; here a template of Plotly does.
"""

import json
from collections.abc import Iterator
from html import escape
from urllib.parse import urlencode

import plotly.graph_objects as go
from plotly.io import templates, to_html

from scratchnet.charts.confusion import confusion_matrix, roc_curve
from scratchnet.charts.cost_curve import cost_curve
from scratchnet.charts.histograms import histograms
from scratchnet.charts.in_words import told
from scratchnet.charts.surface import output_surface
from scratchnet.run.trainer import Trainer

LIGHT, DARK = "plotly_white", "plotly_dark"

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ max-width: 60rem; margin: auto; padding: 1rem; font-family: sans-serif; line-height: 1.4; }}
  dl, code {{ overflow-wrap: anywhere; }}
  dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1rem; }}
  dt {{ font-weight: bold; }}
  dd {{ margin: 0; }}
  h1 {{ font-size: 1.5rem; }}
  h1 span {{ white-space: nowrap; }}
  h2 {{ font-size: 1.2rem; margin: 2rem 0 0.5rem; }}
  @media (prefers-color-scheme: dark) {{ body {{ background: #111; color: #eee; }} }}
</style>
</head>
<body>
<h1>{heading}</h1>
<dl>{about}</dl>
{charts}
<details><summary>Address of this run</summary><code>{address}</code></details>
<script>
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const templates = {templates};
  function paint() {{
    for (const chart of document.querySelectorAll(".js-plotly-plot"))
      Plotly.relayout(chart, {{ template: templates[Number(dark.matches)] }});
  }}
  if (dark.matches) paint();
  dark.addEventListener("change", paint);
</script>
</body>
</html>
"""


def document(trainer: Trainer) -> str:
    """Return the charts of the run, at its epoch, as one HTML page that works offline."""
    settings, snapshot = trainer.settings, trainer.snapshot()
    place = {"epoch": snapshot.epoch} | ({"update": snapshot.update} if snapshot.update else {})
    dims = "-".join(map(str, settings.network.layer_dims))
    title = f"scratchnet: {settings.data.dataset}, {{}}, epoch {snapshot.epoch:,}".format
    charts = (
        f"<h2>{heading}</h2>{_html(chart, number)}"
        for number, (heading, chart) in enumerate(_charts(trainer))
    )
    return PAGE.format(
        title=title(dims),
        heading=title(f"<span>{dims}</span>"),
        about=told(trainer),
        charts="\n".join(charts),
        address=escape(f"?{urlencode(settings.to_address() | place)}"),
        templates=json.dumps([templates[name].to_plotly_json() for name in (LIGHT, DARK)]),
    )


def _charts(trainer: Trainer) -> Iterator[tuple[str, go.Figure]]:
    """Yield each chart that there is of the run, after its heading."""
    data, settings, snapshot = trainer.dataset, trainer.settings, trainer.snapshot()
    network = settings.network
    yield "Output", output_surface(snapshot, data, network)
    yield "Cost", cost_curve(trainer.history, network.cost)
    if data.classes:
        yield "Confusion matrix", confusion_matrix(snapshot, data, network)
    if data.classes == 2:
        yield "ROC curve", roc_curve(snapshot, data, network)
    yield "Weights, activations and gradients", histograms(snapshot, data, settings)


def _html(chart: go.Figure, number: int) -> str:
    """Return a chart as HTML, the first with the library; its id is the same each time."""
    chart.update_layout(template=LIGHT, margin_pad=6)  # whatever is the default in this process
    return to_html(
        chart,
        full_html=False,
        include_plotlyjs=not number,
        div_id=f"chart-{number}",
        config={"displaylogo": False},
    )
