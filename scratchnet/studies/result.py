"""The result of one run of a sweep: all that the single run has, to the last digit."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scratchnet.nn.params import fingerprint
from scratchnet.run.history import MEASURES, History, Reason
from scratchnet.run.settings import Settings
from scratchnet.run.snapshot import Snapshot
from scratchnet.run.trainer import Trainer


@dataclass(frozen=True, eq=False)
class Result:
    """A run at its end: its history, the parameters ``theta`` there, and why it stopped by itself."""

    settings: Settings
    history: History
    theta: np.ndarray
    ended: Reason | None

    @classmethod
    def of(cls, trainer: Trainer) -> "Result":
        """Return the result of the run of this trainer, as it is now."""
        now = trainer.snapshot()
        return cls(trainer.settings, trainer.history, now.theta, now.ended)

    @property
    def epoch(self) -> int:
        """Return the last epoch of the run."""
        return self.history.train_cost.size - 1

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the parameters at the end."""
        return fingerprint(self.theta)

    @property
    def nbytes(self) -> int:
        """Return about how much memory the arrays take, in bytes."""
        return self.theta.nbytes + sum(numbers.nbytes for numbers in vars(self.history).values())

    def last(self, measure: str) -> float:
        """Return a measure, one of MEASURES, at the end of the run."""
        return float(getattr(self.history, measure)[-1])

    @property
    def snapshot(self) -> Snapshot:
        """Return the run at its end."""
        numbers: dict[str, Any] = {name: self.last(name) for name in MEASURES}
        return Snapshot(
            epoch=self.epoch, theta=self.theta, settings=self.settings, ended=self.ended, **numbers
        )
