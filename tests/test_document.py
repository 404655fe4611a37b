"""The exported page says which run it is of, and is the same wherever it is written."""

import html
import re
from urllib.parse import parse_qsl

import plotly.io
import pytest
from choices import own_table

from scratchnet import Settings, Trainer, __version__
from scratchnet.charts.document import document
from scratchnet.charts.names import short


def run_of(epochs=3, **values):
    trainer = Trainer(Settings.of(**({"points": 40, "layer_dims": (2, 3, 1)} | values)))
    trainer.advance(epochs)
    return trainer


def about(page):
    """What the page says of the run, by name."""
    rows = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page)
    return {name: html.unescape(text) for name, text in rows}


def test_the_page_names_the_run():
    trainer = run_of(l2=0.01, learning_rate=0.25)
    now, page = trainer.snapshot(), document(trainer)
    assert "<title>scratchnet: moons, 2-3-1, epoch 3</title>" in page
    assert "<h1>scratchnet: moons, <span>2-3-1</span>, epoch 3</h1>" in page
    assert about(page) == {
        "Data": "dataset moons, points 40, noise 0.2, training set of 28 and test set of 12",
        "Network": "layer dims 2-3-1, activation tanh",
        "Training": "learning rate 0.25, optimizer gradient descent, l2 0.01",
        "Epoch": f"3: training cost {now.train_cost:.3g}, test cost {now.test_cost:.3g}",
        "Fingerprint": f"{now.fingerprint} (scratchnet {__version__})",
    }


def test_every_setting_that_is_not_the_default_is_named():
    usual = Settings().to_query()
    settings = Settings.of(
        dataset="blobs", classes=4, seed=7, optimizer="adam", batch_size=8, patience=5, init="he"
    )
    said = ", ".join(about(document(Trainer(settings))).values())
    for name, text in settings.to_query().items():
        if text != usual.get(name):
            assert f"{name} {text}".replace("_", " ") in said


def test_given_points_have_no_noise_and_are_not_listed():
    assert "noise" not in about(document(run_of(dataset="penguins", layer_dims=(2, 3, 3))))["Data"]
    data = about(document(run_of(dataset="own", own=own_table(2))))["Data"]
    assert data.startswith("dataset own, ")
    assert own_table(2).to_text() not in data


def test_a_long_value_is_cut_short():
    changes = tuple((epoch, 0.1 + epoch / 1000) for epoch in range(1, 30))
    assert len(about(document(run_of(rate_changes=changes)))["Training"]) < 130


def test_the_address_on_the_page_gives_the_run():
    trainer = run_of(batch_size=8, dataset="own", own=own_table(0), classes=0)
    trainer.advance_update()
    page = document(trainer)
    assert about(page)["Epoch"].startswith("3, update 1: ")
    address = html.unescape(re.search("<code>[?](.*?)</code>", page)[1])
    query = dict(parse_qsl(address))
    place = int(query.pop("epoch")), int(query.pop("update"))
    settings, corrections = Settings.from_query(query)
    assert not corrections
    assert Trainer(settings).seek(*place).fingerprint == trainer.snapshot().fingerprint


@pytest.mark.parametrize("theme", ["none", "plotly_dark", "ggplot2"])
def test_the_page_is_the_same_whatever_theme_the_process_has(theme, monkeypatch):
    """The server of the page has Streamlit's, whose colours only Streamlit replaces."""
    trainer = run_of()
    here = document(trainer)
    monkeypatch.setattr(plotly.io.templates, "default", theme)
    assert document(trainer) == here


def test_a_short_name_is_cut_before_it_is_escaped():
    assert short("<<<<<<", 4) == "&lt;&lt;&lt;…"
    assert short("<b>", 3) == "&lt;b&gt;"
