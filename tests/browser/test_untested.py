"""A training share of 100 %: the page shows no numbers of a test set."""

import numpy as np
import pytest
from test_playground import settings_of

from scratchnet import Trainer


@pytest.mark.parametrize("query", ["dataset=xor", "dataset=plane", "dataset=penguins"])
def test_nothing_of_a_test_set_is_shown_where_there_is_none(visit, query):
    page = visit(f"/?{query}&points=60&train_share=1&epochs=200&epoch=40")
    page.wait_for_pause()
    settings, epoch = settings_of(page)
    snapshot = Trainer(settings).seek(epoch)
    assert np.isnan(snapshot.test_cost)
    stage = page.page.locator(".stage")
    for words in ("test", "NaN", "nan", "not finite"):
        assert words not in stage.inner_text()
    for canvas in stage.locator("[role=img]").all():
        label = canvas.get_attribute("aria-label")
        assert "test set" not in label
        assert "NaN" not in label
    assert f"{snapshot.train_cost:.4f}" in stage.locator(".cost").inner_text()
    stage.get_by_role("button", name="Play").click()
    page.wait_for_epoch(200)
    assert "test" not in stage.inner_text()
    page.page.get_by_text("Confusion matrix and ROC").or_(
        page.page.get_by_text("Weights")
    ).first.wait_for()
    assert page.page.get_by_text("test set", exact=False).locator("visible=true").count() == 0
