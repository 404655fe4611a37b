"""The history of a run as a table: a row per epoch, for a spreadsheet or your own plots."""

from scratchnet.run.history import MEASURES
from scratchnet.run.trainer import Trainer


def history_csv(trainer: Trainer) -> str:
    """Return the costs and accuracies of epoch 0 to the current one, as comma-separated values.

    Each number is the shortest text that gives the same float again. What the run does not have, such
    as the accuracies of a regression, is empty. The fingerprint is that of the parameters, see
    params.py.
    """
    history = trainer.history
    nothing = [""] * len(history.fingerprint)
    columns = [
        map(repr, getattr(history, name).tolist()) if name in trainer.measures else nothing
        for name in MEASURES
    ]
    rows = enumerate(zip(*columns, history.fingerprint, strict=True))
    lines = [",".join(["epoch", *MEASURES, "fingerprint"])]
    lines += [",".join([str(epoch), *row]) for epoch, row in rows]
    return "\n".join(lines) + "\n"
