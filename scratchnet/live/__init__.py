"""The live view, the recording of a run that plays without it, and the one list of all exports."""

from scratchnet.charts import PICTURES
from scratchnet.export import EXPORTS, Export
from scratchnet.run.trainer import Trainer


def _recording(trainer: Trainer, page: str) -> str:
    from scratchnet.live.recording import recording

    return recording(trainer, page)


RECORDING = Export(
    "recording",
    "Recording (HTML)",
    ".html",
    "text/html",
    _recording,
    "For slides, course pages and e-mail: the live view up to this epoch as one HTML page that plays, "
    "rewinds and shows every neuron offline.",
    links=True,
)
ALL_EXPORTS = (*EXPORTS, PICTURES, RECORDING)
