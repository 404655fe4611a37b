"""What older versions wrote opens as it did: addresses, model files and exported scripts.

tests/old holds them, as version 0.1.0, which had double precision only, and version 0.2.0 wrote them
before the modules were moved into rooms. In single precision every digit is the same. In double
precision it is only on the processor that wrote them; runs as short as these agree to 1e-9. Since
version 0.2.0 the coordinates of the samples are float32 in either precision, which moves them by up to
1e-7, and the costs of version 0.1.0 by as little. Since version 0.3.0 the copies of a row are dealt
out one by one, so a table that has some, as that of the penguins, is split otherwise; and own points
are split class by class.
"""

import io
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

from scratchnet import Settings, Trainer
from scratchnet.export.model_file import load, reproduced, save
from scratchnet.run.address import compare

OLD = Path(__file__).parent / "old"
ADDRESSES = json.loads((OLD / "addresses.json").read_text("utf-8"))
SPLIT_OTHERWISE = ("penguins", "own")
COSTS = ("train_cost", "test_cost")
ACCURACIES = ("train_accuracy", "test_accuracy")


def trained(query, epoch):
    settings, corrections = Settings.from_query(query)
    assert corrections == ()
    return Trainer(settings).advance(epoch)


def addresses(version, precision=None):
    """Return the old addresses of this version, each with what it showed."""
    queries = [(old, dict(parse_qsl(old["query"]))) for old in ADDRESSES if old["version"] == version]
    return [
        pytest.param(old, query, id=f"{query.get('dataset', 'moons')} {query.get('layer_dims', '')}")
        for old, query in queries
        if query.get("precision") == precision and query.get("dataset") not in SPLIT_OTHERWISE
    ]


@pytest.mark.parametrize(("old", "query"), addresses("0.2.0"))
def test_an_address_of_single_precision_gives_the_same_run_to_the_last_digit(old, query):
    snapshot = trained(query, old["epoch"])
    assert snapshot.settings.training.precision == "single"
    assert snapshot.fingerprint == old["fingerprint"]
    for name in {*COSTS, *ACCURACIES} & old.keys():
        assert getattr(snapshot, name) == old[name], name


@pytest.mark.parametrize(
    ("old", "query", "tolerance"),
    [
        *(pytest.param(*old.values, 1e-9, id=old.id) for old in addresses("0.2.0", "double")),
        *(pytest.param(*old.values, 1e-7, id=f"0.1.0 {old.id}") for old in addresses("0.1.0")),
    ],
)
def test_an_address_of_double_precision_gives_the_same_costs(old, query, tolerance):
    snapshot = trained(query | {"precision": "double"}, old["epoch"])
    for name in COSTS:
        assert getattr(snapshot, name) == pytest.approx(old[name], rel=tolerance), name
    for name in {*ACCURACIES} & old.keys():
        assert getattr(snapshot, name) == pytest.approx(old[name], rel=1e-15), name


@pytest.mark.parametrize("precision", [None, "double"])
def test_a_table_is_another_run_and_a_link_to_it_says_since_when(precision):
    for old in ADDRESSES:
        query = dict(parse_qsl(old["query"]))
        if query.get("dataset") in SPLIT_OTHERWISE and query.get("precision") == precision:
            snapshot = trained(query, old["epoch"])
            assert snapshot.train_cost == pytest.approx(old["train_cost"], rel=0.05), "much the same"
            shared = {"fingerprint": old.get("fingerprint", "00000000"), "version": old["version"]}
            verdict = compare(shared, snapshot.fingerprint, "single")
            assert not verdict.same
            assert "links from versions before 0.3.0 may give other numbers" in verdict.sentence


def arrays(name):
    return np.load(io.BytesIO((OLD / name).read_bytes()), allow_pickle=False)


def test_a_model_file_of_format_1_opens_in_double_precision_and_resumes_training():
    trainer, old = load((OLD / "format_1.npz").read_bytes()), arrays("format_1.npz")
    assert trainer.settings.training.precision == "double"
    assert (trainer.epoch, trainer.update) == (12, 1)
    history = trainer.history.train_cost
    assert history[:12].tolist() == old["history"][0, :12].tolist()
    assert history[12] == pytest.approx(old["history"][0, 12], rel=1e-7), "of samples in float32"
    trainer.seek(12)
    assert trainer.snapshot().theta.tolist() == old["theta"].tolist()
    last = trainer.advance(8)
    assert last.train_cost == pytest.approx(0.09842886519204515, rel=1e-7)
    assert last.test_cost == pytest.approx(0.7143634363395909, rel=1e-7)


def test_a_model_file_of_format_2_opens_and_resumes_training_to_the_last_digit():
    file = (OLD / "format_2.npz").read_bytes()
    trainer, old = load(file), arrays("format_2.npz")
    assert trainer.settings.training.precision == "single"
    assert (trainer.epoch, trainer.update) == (12, 1)
    assert reproduced(trainer, seconds=60) is True
    assert save(trainer) == file
    trainer.seek(12)
    assert trainer.snapshot().theta.tolist() == old["theta"].tolist()
    last = trainer.advance(8)
    assert (last.train_cost, last.test_cost) == (0.0984288677573204, 0.7143633961677551)


def printed(script):
    """Return the last line that a script prints, and the costs above it."""
    done = subprocess.run([sys.executable, OLD / script], capture_output=True, text=True, check=True)
    *lines, last = done.stdout.splitlines()
    pairs = (line.rpartition(" ") for line in lines)
    return last, {name.replace(" ", "_"): value for name, _, value in pairs}


def old_xor(version):
    (old,) = (
        old
        for old in ADDRESSES
        if old["version"] == version and old["query"].endswith("2-3-1&learning_rate=0.3&epochs=60")
    )
    return old


def test_a_script_of_single_precision_still_finds_the_same_to_the_last_digit():
    last, values = printed("script_0_2.txt")
    assert last.endswith("to the last digit.")
    assert values["fingerprint"] == old_xor("0.2.0")["fingerprint"]


def test_a_script_of_double_precision_still_finds_the_same_costs():
    _, values = printed("script_0_1.txt")
    for name in COSTS:
        assert float(values[name]) == pytest.approx(old_xor("0.1.0")[name], rel=1e-9), name
