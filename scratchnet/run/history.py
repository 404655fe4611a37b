"""The history of a run: costs and accuracies of every epoch, and where it stopped by itself.

All numbers are as they are kept, rounded to the precision of the run, so whatever ends a run is read
from numbers that are the same on every machine.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from scratchnet.precision import PRECISIONS
from scratchnet.run.settings import TrainingSettings

Number = TypeVar("Number")


@dataclass(frozen=True, eq=False)
class Measures(Generic[Number]):
    """What is measured at an epoch: numbers in a Snapshot, arrays in a History.

    The costs exclude the l1 and l2 penalty; the accuracies of a linear output, which is for regression,
    are nan.
    """

    train_cost: Number
    test_cost: Number
    train_accuracy: Number
    test_accuracy: Number


MEASURES = tuple(each.name for each in fields(Measures))


def measures_of(output: str, tested: bool) -> tuple[str, ...]:
    """Return those of MEASURES that a run with this output has: a regression has no accuracy.

    Where it is not ``tested``, without a test set, there is nothing of it.
    """
    parts = ("train", "test") if tested else ("train",)
    kinds = ("cost",) if output == "linear" else ("cost", "accuracy")
    return tuple(f"{part}_{kind}" for kind in kinds for part in parts)


@dataclass(frozen=True, eq=False)
class History(Measures[np.ndarray]):
    """Entry i of each array, (epochs + 1,), is of the parameters after i epochs.

    ``checksum`` holds integers, whose hexadecimal digits are the fingerprints; 0 where it is unknown.
    """

    checksum: np.ndarray

    @property
    def fingerprint(self) -> list[str]:
        """Return the fingerprint of the parameters at each epoch, see params.py, or "" if unknown."""
        return [f"{number:08x}" if number else "" for number in self.checksum.tolist()]


class Record:
    """The history of a run in progress, in arrays that grow: a row of ``numbers`` for each measure."""

    def __init__(self, numbers: np.ndarray, checksums: np.ndarray):
        self.numbers, self.checksums = numbers, checksums

    def make_room(self, epoch: int) -> None:
        """Make room for ``epoch``, growing by halves so that single epochs stay cheap."""
        have = self.checksums.size
        if epoch >= have:
            room = max(epoch + 1, have + have // 2)
            numbers, checksums = np.empty((len(MEASURES), room)), np.empty(room, np.uint32)
            numbers[:, :have], checksums[:have] = self.numbers, self.checksums
            self.numbers, self.checksums = numbers, checksums

    def write(self, epochs: slice, numbers: np.ndarray, checksums: list[int]) -> None:
        """Record these epochs, for which there is room."""
        self.numbers[:, epochs], self.checksums[epochs] = numbers, checksums

    def until(self, epoch: int) -> "Record":
        """Return a copy of what is recorded up to ``epoch``."""
        known = slice(epoch + 1)
        return Record(self.numbers[:, known].copy(), self.checksums[known].copy())


class Reason(StrEnum):
    """Why a run stopped by itself: it diverged, or what the settings ask for was reached.

    It diverged where the training cost or a parameter is not finite.
    """

    DIVERGED = "diverged"
    COST = "cost"
    ACCURACY = "accuracy"
    PATIENCE = "patience"


class End(NamedTuple):
    """Where a run stopped by itself, and why."""

    epoch: int
    reason: Reason


def end_of(
    numbers: np.ndarray, thetas: np.ndarray, last: int, training: TrainingSettings
) -> End | None:
    """Return the first of the last epochs of a run that ends it, with the reason; None if none does.

    ``numbers`` are those of a Record, and ``thetas``, (k, count), the parameters of the last k epochs,
    up to ``last``.
    """
    keep, first = PRECISIONS[training.precision], last + 1 - len(thetas)
    train_cost, test_cost, _, test_accuracy = numbers[:, : last + 1]
    train_cost, test_accuracy = train_cost[first:], test_accuracy[first:]
    finite = np.isfinite(thetas).all(axis=1) & np.isfinite(train_cost)
    met = {Reason.DIVERGED: ~finite}
    if training.stop_cost:
        met[Reason.COST] = train_cost <= keep(training.stop_cost)
    if training.stop_accuracy:
        met[Reason.ACCURACY] = test_accuracy >= keep(training.stop_accuracy)
    if training.patience:
        met[Reason.PATIENCE] = epochs_since_best(test_cost)[first:] >= training.patience
    ends = [End(first + int(each.argmax()), reason) for reason, each in met.items() if each.any()]
    return min(ends, key=lambda end: end.epoch, default=None)


def epochs_since_best(cost: np.ndarray) -> np.ndarray:
    """Return for each epoch how many epochs ago the cost was lowest; nan is never the lowest."""
    cost = np.where(np.isnan(cost), np.inf, cost)
    lowest_before = np.minimum.accumulate(np.append(np.inf, cost[:-1]))
    epochs = np.arange(cost.size)
    return epochs - np.maximum.accumulate(np.where(cost < lowest_before, epochs, 0))
