"""Export the run at the displayed epoch."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from scratchnet.data import csv_file
from scratchnet.export import Export
from scratchnet.live import ALL_EXPORTS
from scratchnet.run.trainer import Trainer
from scratchnet.ui import session


def show(trainer: Trainer) -> None:
    """Show a button for each export, and what it is for."""
    kept = trainer.state()  # training may continue before a button is pressed
    settings = trainer.settings
    name = f"scratchnet-{settings.data.dataset}-{trainer.epoch}"
    if trainer.update:
        name += f"-{trainer.update}"
        st.caption(
            f"The run is mid-epoch. The model is saved at update {trainer.update}; script, notebook, "
            f"history and recording end with epoch {trainer.epoch:,}."
        )
    for export in ALL_EXPORTS:
        _row(export.label, _writing(export, kept), name + export.suffix, export.mime, export.purpose)
    own = session.points_at_hand()
    _row(
        "Points",
        lambda: csv_file.to_csv(own).encode(),
        f"scratchnet-{settings.data.dataset}.csv",
        "text/csv",
        "Training set and test set as one table; generated points are rounded to three decimals.",
    )


def _row(label: str, content: Callable[[], bytes], name: str, mime: str, purpose: str) -> None:
    """Show a download button and what its file is for; the file is written when it is pressed."""
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


def _writing(export: Export, kept: dict[str, Any]) -> Callable[[], bytes]:
    """Return a function that writes this export of the saved run."""
    page = st.context.url or ""
    return lambda: export.content(Trainer.restore(kept), page)
