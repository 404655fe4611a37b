"""The table of a run holds its history to the last bit."""

import csv
import io

import numpy as np
import pytest

from scratchnet import Settings, Trainer
from scratchnet.export.history_csv import history_csv
from scratchnet.run.history import MEASURES


@pytest.mark.parametrize("query", [{}, {"batch_size": "16"}, {"dataset": "plane"}])
def test_the_table_has_a_row_per_epoch_with_the_same_bits(query):
    made, _ = Settings.from_query({"points": "40"} | query)
    trainer = Trainer(made)
    trainer.advance(7)
    header, *rows = csv.reader(io.StringIO(history_csv(trainer)))
    columns = ["train_cost", "test_cost", "train_accuracy", "test_accuracy", "fingerprint"]
    assert header == ["epoch", *columns]
    assert [row[0] for row in rows] == [str(epoch) for epoch in range(8)]
    for at, name in enumerate(MEASURES, start=1):
        read = [float(row[at] or "nan") for row in rows]
        assert np.array_equal(read, getattr(trainer.history, name), equal_nan=True)
    seen = [Trainer(made).seek(epoch).fingerprint for epoch in range(8)]
    assert [row[5] for row in rows] == seen
    assert len(set(seen)) == 8
    no_accuracy = "dataset" in query
    assert all((row[3] == row[4] == "") == no_accuracy for row in rows)


def test_the_table_ends_at_the_current_epoch():
    trainer = Trainer(Settings())
    trainer.advance(9)
    trainer.seek(2)
    lines = history_csv(trainer).split("\n")
    assert [line.partition(",")[0] for line in lines] == ["epoch", "0", "1", "2", ""]
