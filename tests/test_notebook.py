"""A notebook of a run: the script in cells, which runs top to bottom to the same fingerprint."""

import json

import nbformat
import pytest
from choices import own_table, some_settings
from hypothesis import given, settings
from nbclient import NotebookClient

from scratchnet import Settings, Trainer
from scratchnet.export.notebook import KEPT_COSTS, KEPT_POINTS, LOOP, notebook_of
from scratchnet.export.script import script_of

RUNS = {
    "full batch": Settings.of(layer_dims=(2, 4, 1), epochs=40),
    "classes, mini-batches, momentum": Settings.of(
        dataset="penguins", optimizer="momentum", learning_rate=0.05, batch_size=20, epochs=10
    ),
    "regression, features, Adam, edits": Settings.of(
        dataset="plane",
        features=("x1", "x1_x2"),
        optimizer="adam",
        learning_rate=0.01,
        epochs=20,
        edits=((5, 0, 0.5),),
        rate_changes=((7, 0.02),),
    ),
    "own points": Settings.of(dataset="own", own=own_table(2), train_share=1.0, epochs=20),
}


def trained(run):
    trainer = Trainer(run)
    trainer.advance(run.training.epochs)
    return trainer


def code_of(notebook):
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]


@pytest.mark.filterwarnings("ignore")  # of the kernel and its event loop
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_it_runs_top_to_bottom_and_ends_at_the_same_fingerprint(run, tmp_path):
    trainer = trained(run)
    notebook = nbformat.reads(notebook_of(trainer), as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    printed = "".join(out.get("text", "") for out in outputs)
    assert f"fingerprint {trainer.snapshot().fingerprint}\n" in printed
    assert "These are the numbers that scratchnet found, to the last digit." in printed
    assert sum("image/png" in out.get("data", {}) for out in outputs) == 2
    assert not [out for out in outputs if out["output_type"] in ("error", "execute_result")]


@settings(max_examples=25, deadline=None)
@given(some_settings())
def test_its_code_is_that_of_the_script(run):
    trainer = Trainer(run)
    notebook = json.loads(notebook_of(trainer))
    *code, _, _ = code_of(notebook)  # less the pictures
    text = "\n\n".join(code).replace(KEPT_COSTS, LOOP).replace(f"{KEPT_POINTS}\n", "")
    script = script_of(trainer)
    _, _, below = script.partition('\n"""\n')
    assert [line for line in text.splitlines() if line] == [line for line in below.splitlines() if line]


def test_its_text_says_which_run_it_is_and_names_the_sections():
    trainer = trained(RUNS["full batch"])
    cells = json.loads(notebook_of(trainer))["cells"]
    texts = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
    assert texts[0].startswith("# A neural network from scratch in NumPy: a run of scratchnet")
    assert f"fingerprint={trainer.snapshot().fingerprint}" in texts[0]
    titles = [text.splitlines()[0].lstrip("# ") for text in texts[1:]]
    assert titles[:4] == ["Data", "Initial weights", "Forward propagation", "Cost and backpropagation"]
    assert titles[-3:] == ["Training", "What it ends with", "Pictures"]


def test_no_text_of_the_visitor_is_in_it():
    own = own_table(2)
    text = notebook_of(trained(Settings.of(dataset="own", own=own, epochs=1)))
    assert not [name for name in own.classes if f'"{name}"' in text]
