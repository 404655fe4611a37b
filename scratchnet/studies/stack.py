"""A stack trains many runs together: networks of one shape, each on its full batch.

A small network spends most of its time on calls of NumPy; one call for 25 networks takes hardly longer
than one for one. Row s of the stack is run s of its settings: the operands and their order are the same
for each, see engine.py.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from scratchnet.data.datasets import Dataset, make_dataset
from scratchnet.nn.engine import Engine, Evaluation, Parameters
from scratchnet.nn.network import init_params
from scratchnet.nn.params import checksums, flatten
from scratchnet.precision import PRECISIONS
from scratchnet.run.history import MEASURES, End, History, end_of
from scratchnet.run.samples import samples_of
from scratchnet.run.settings import DataSettings, Settings
from scratchnet.studies.result import Result

GROUP = 25  # epochs from one look at the ends of the runs to the next


def shape_of(settings: Settings) -> Hashable:
    """Return what runs must have in common to be trained as a stack; None for a run that cannot be.

    The learning rate, its schedule, the data and the initial weights may differ from row to row.
    """
    data, network, training = settings.data, settings.network, settings.training
    if training.batch_size or training.edits or training.switches or data.own:
        return None
    return (
        replace(network, init=INIT, init_seed=0),
        replace(data, seed=0, noise=0.0),
        *(training.epochs, training.optimizer, training.precision, training.l1, training.l2),
    )


INIT = "zeros"  # in place of any


class Stack:
    """Trains these runs, which have one shape, to their end.

    ``results`` are those of the rows, in their order, once it is ``done``. A stack can be pickled; the
    copy resumes with the same bits.
    """

    def __init__(self, runs: Sequence[Settings]):
        self.runs = tuple(runs)
        network, training = self.runs[0].network, self.runs[0].training
        self._round = PRECISIONS[training.precision]
        self._last = training.epochs
        trainings = [run.training for run in self.runs]
        self._trainings = trainings[:1] if len({*trainings}) == 1 else trainings
        initial = np.array([_initial(run) for run in self.runs])
        how = training.optimizer, training.precision, training.l1, training.l2
        self._parameters = Parameters(initial, network.layer_dims, *how)
        self._make_engines()
        k, epochs = len(self.runs), self._last + 1
        self._numbers = np.empty((k, len(MEASURES), epochs))
        self._checksums = np.empty((k, epochs), np.uint32)
        self._thetas = np.empty((GROUP, *initial.shape))
        self._ends: dict[int, tuple[End, np.ndarray]] = {}  # of each row: where, and theta there
        self.epoch = 0
        with np.errstate(over="ignore", invalid="ignore"):
            self._record(0, 0)
            self._look_for_ends(1)

    def _make_engines(self) -> None:
        network, dims = self.runs[0].network, self.runs[0].network.layer_dims
        datasets = {data: make_dataset(**vars(data)) for data in {run.data for run in self.runs}}
        self._X, self._T = _samples(self.runs, datasets, "train")
        test_set = _samples(self.runs, datasets, "test")
        functions, theta = (network.activation, network.output, network.cost), self._parameters.theta
        m = self._X.shape[-1]
        self._engine = Engine(theta, self._parameters.grad, dims, m, *functions)
        self._train = Evaluation(theta, dims, *functions, self._X, self._T)
        self._train.ZL = self._engine.forward.ZL  # which the training leaves there
        self._test = Evaluation(theta, dims, *functions, *test_set)

    @property
    def done(self) -> bool:
        """Return whether all runs are at their end."""
        return self.epoch == self._last or len(self._ends) == len(self.runs)

    def go_on(self, seconds: float) -> None:
        """Train a group of epochs, and more until all is done or so many seconds have gone by."""
        due = monotonic() + seconds
        with np.errstate(over="ignore", invalid="ignore"):
            while not self.done:
                self._train_group(min(GROUP, self._last - self.epoch))
                if monotonic() >= due:
                    break

    def _train_group(self, epochs: int) -> None:
        for row in range(epochs):
            rates = [[training.rate_at(self.epoch)] for training in self._trainings]
            self._engine.backward(self._X, self._T)
            self._parameters.update(np.array(rates))
            self.epoch += 1
            self._record(self.epoch, row)
        self._look_for_ends(epochs)

    def _record(self, epoch: int, row: int) -> None:
        """Record the numbers of this epoch, and its parameters as row ``row`` of the group."""
        theta, k = self._parameters.theta, len(self.runs)
        self._thetas[row] = theta
        self._engine.forward(self._X)
        self._test.forward(k)
        train, test = self._train, self._test
        numbers = train.costs(k), test.costs(k), train.accuracies(k), test.accuracies(k)
        self._numbers[:, :, epoch] = self._round(np.stack(numbers, axis=1))
        self._checksums[:, epoch] = checksums(theta)

    def _look_for_ends(self, epochs: int) -> None:
        """Note which runs have stopped by themselves in the last ``epochs``."""
        first = self.epoch + 1 - epochs
        for s, run in enumerate(self.runs):
            thetas = self._thetas[:epochs, s]
            if s not in self._ends:
                end = end_of(self._numbers[s], thetas, self.epoch, run.training)
                if end:
                    self._ends[s] = end, thetas[end.epoch - first].copy()

    @property
    def results(self) -> list[Result]:
        """Return the result of each run, at its end or where it is now."""
        return [self._result(s) for s in range(len(self.runs))]

    def _result(self, s: int) -> Result:
        end, theta = self._ends.get(s, (None, self._parameters.theta[s].copy()))
        known = slice(end.epoch + 1 if end else self.epoch + 1)
        numbers = dict(zip(MEASURES, self._numbers[s, :, known].copy(), strict=True))
        history = History(checksum=self._checksums[s, known].copy(), **numbers)
        return Result(self.runs[s], history, theta, end.reason if end else None)

    def __reduce__(self) -> tuple:
        """Copy and pickle by what changes, since the arrays of an engine are views of each other."""
        parameters, known = self._parameters, slice(self.epoch + 1)
        state = {
            "kept": (parameters.theta.copy(), *(slot.copy() for slot in parameters.slots)),
            "updates": parameters.updates,
            "numbers": self._numbers[:, :, known].copy(),
            "checksums": self._checksums[:, known].copy(),
            "ends": self._ends,
        }
        return Stack._restored, (self.runs, state)

    @classmethod
    def _restored(cls, runs: Sequence[Settings], state: dict[str, Any]) -> "Stack":
        stack = cls(runs)
        parameters, known = stack._parameters, state["checksums"].shape[1]
        for room, kept in zip((parameters.theta, *parameters.slots), state["kept"], strict=True):
            room[:] = kept
        parameters.updates, stack._ends = state["updates"], state["ends"]
        stack._numbers[:, :, :known], stack._checksums[:, :known] = state["numbers"], state["checksums"]
        stack.epoch = known - 1
        with np.errstate(over="ignore", invalid="ignore"):
            stack._engine.forward(stack._X)
        return stack


def _initial(run: Settings) -> np.ndarray:
    network = run.network
    return flatten(init_params(network.layer_dims, network.init_seed, network.init))


def _samples(
    runs: Sequence[Settings], datasets: dict[DataSettings, Dataset], part: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the inputs and targets of a part of the data: one for all runs, or a stack of them."""
    different = runs[:1] if len(datasets) == 1 else runs
    each = []
    for run in different:
        data = datasets[run.data]
        each.append(samples_of(getattr(data, f"X_{part}"), getattr(data, f"Y_{part}"), run))
    if len(each) == 1:
        return each[0]
    X, T = zip(*each, strict=True)
    return np.stack(X), np.stack(T)
