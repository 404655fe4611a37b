"""The exports of a run, and the one list of them."""

from collections.abc import Callable
from typing import NamedTuple

from scratchnet.export.fixture import fixture_text
from scratchnet.export.history_csv import history_csv
from scratchnet.export.model_file import save
from scratchnet.export.notebook import notebook_of
from scratchnet.export.script import script_of
from scratchnet.run.trainer import Trainer


class Export(NamedTuple):
    """One kind of file: its name as an option, its label, its suffix, its MIME type and its purpose.

    ``write`` returns the content of the file for a trainer, at its epoch. If it ``links`` to the page,
    it also takes the address of that, which may be "".
    """

    name: str
    label: str
    suffix: str
    mime: str
    write: Callable[..., str | bytes]
    purpose: str
    links: bool = False

    def content(self, trainer: Trainer, page: str = "") -> bytes:
        """Return the bytes of the file, for a run that was opened on a page at this address, if any."""
        written = self.write(trainer, page) if self.links else self.write(trainer)
        return written.encode() if isinstance(written, str) else written


EXPORTS = (
    Export(
        "script",
        "Script",
        ".py",
        "text/x-python",
        script_of,
        "The run in one Python file of plain NumPy: only the functions that this run uses. It needs "
        "nothing else, and prints the same final cost to the last digit.",
    ),
    Export(
        "notebook",
        "Notebook",
        ".ipynb",
        "application/x-ipynb+json",
        notebook_of,
        "The same functions cell by cell in a Jupyter notebook, with the cost curve and the decision "
        "boundary. It needs NumPy and Matplotlib.",
    ),
    Export(
        "fixture",
        "Homework fixture",
        ".json",
        "application/json",
        fixture_text,
        "For homework: data, initial parameters, every array of the first update, gradients and costs, "
        "and how to test an implementation of your own with them.",
    ),
    Export(
        "model",
        "Model",
        ".npz",
        "application/zip",
        save,
        "The network at this epoch, readable by NumPy; opened here, it resumes training bit for bit.",
    ),
    Export(
        "history",
        "History",
        ".csv",
        "text/csv",
        history_csv,
        "Costs, accuracies and fingerprint of every epoch up to this one.",
    ),
)
