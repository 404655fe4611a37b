"""What can be taken along of the run, as it is at the epoch that is shown."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from scratchnet.charts import ALL_EXPORTS
from scratchnet.data import csv_file
from scratchnet.export import Export
from scratchnet.run.trainer import Trainer
from scratchnet.ui import session


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
    for export in ALL_EXPORTS:
        _row(export.label, _writing(export, kept), name + export.suffix, export.mime, export.purpose)
    own = session.points_at_hand()
    _row(
        "Points",
        lambda: csv_file.to_csv(own).encode(),
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


def _writing(export: Export, kept: dict[str, Any]) -> Callable[[], bytes]:
    """What writes this export of the run that was kept, when it is asked for."""
    return lambda: export.content(Trainer.restore(kept))
