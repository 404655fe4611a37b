"""The history of a run as a table: a row per epoch, for a spreadsheet or your own plots."""

from math import isnan

from scratchnet.run.history import MEASURES
from scratchnet.run.trainer import Trainer


def history_csv(trainer: Trainer) -> str:
    """Return the costs and accuracies of epoch 0 to the current one, as comma-separated values.

    Each number is the shortest text that gives the same float again. The accuracies of a
    regression are empty. The fingerprint is that of the parameters, see params.py.
    """
    history = trainer.history
    columns = (*(getattr(history, name).tolist() for name in MEASURES), history.fingerprint)
    lines = [",".join(["epoch", *MEASURES, "fingerprint"])]
    for epoch, (*costs, train, test, fingerprint) in enumerate(zip(*columns, strict=True)):
        shares = ["" if isnan(share) else repr(share) for share in (train, test)]
        lines.append(",".join([str(epoch), *map(repr, costs), *shares, fingerprint]))
    return "\n".join(lines) + "\n"
