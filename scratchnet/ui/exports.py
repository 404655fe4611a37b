"""What can be taken along of the run, as it is at the epoch that is shown."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from scratchnet.fixture import fixture_text
from scratchnet.history import history_csv
from scratchnet.model import save
from scratchnet.script import script_of
from scratchnet.trainer import Trainer
from scratchnet.ui import session, uploads
from scratchnet.ui.figures import document

# For each: its label, how its name ends, its type, how it is written, and what it is for.
EXPORTS: list[tuple[str, str, str, Callable[[Trainer], str | bytes], str]] = [
    (
        "Script",
        ".py",
        "text/x-python",
        script_of,
        "The run in one file: the functions of network.py, the settings and the data. It needs only "
        "NumPy, and prints the same final cost to the last digit.",
    ),
    (
        "Homework fixture",
        ".json",
        "application/json",
        fixture_text,
        "Data, first parameters, every array of the first update, gradients and costs, and how to test "
        "an implementation of your own with them.",
    ),
    (
        "Model",
        ".npz",
        "application/zip",
        save,
        "The network as it is now, for NumPy. Open it again under *Your data*, and it learns on with "
        "the same bits.",
    ),
    (
        "History",
        ".csv",
        "text/csv",
        history_csv,
        "Costs and accuracies of every epoch up to this one.",
    ),
    (
        "Pictures",
        ".html",
        "text/html",
        document,
        "The charts of this epoch in one page that needs no network. Each chart here also has a button "
        "that saves it as PNG.",
    ),
]


def show(trainer: Trainer) -> None:
    """A button for each export, and what it is for."""
    kept = trainer.state()  # the run may go on before a button is pressed
    settings = trainer.settings
    name = f"scratchnet-{settings.data.dataset}-{trainer.epoch}"
    if trainer.update:
        name += f"-{trainer.update}"
        st.caption(
            f"The run stands between two epochs. The model is of update {trainer.update}; script and "
            f"history end with epoch {trainer.epoch:,}."
        )
    for label, ending, mime, write, purpose in EXPORTS:
        _row(label, _writing(write, kept), name + ending, mime, purpose)
    own = session.points_at_hand()
    _row(
        "Points",
        lambda: uploads.to_csv(own).encode(),
        f"scratchnet-{settings.data.dataset}.csv",
        "text/csv",
        "All points, training and test, as a table; those drawn at random are rounded to three places.",
    )


def _row(label: str, content: Callable[[], bytes], name: str, mime: str, purpose: str) -> None:
    """A button that gives a file, which is written when it is pressed, and what the file is for."""
    button, text = st.columns([1, 4], vertical_alignment="center")
    button.download_button(
        label,
        content,
        name,
        mime,
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    text.caption(purpose)


def _writing(write: Callable[[Trainer], str | bytes], kept: dict[str, Any]) -> Callable[[], bytes]:
    """What writes this export of the run that was kept, when it is asked for."""

    def write_now() -> bytes:
        content = write(Trainer.restore(kept))
        return content.encode() if isinstance(content, str) else content

    return write_now
