"""A trainer runs one network on one dataset, epoch by epoch, and can go back to any of them.

It owns the only arrays that change. What it hands out are copies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scratchnet.costs import COSTS, accuracy
from scratchnet.datasets import Dataset, make_dataset
from scratchnet.engine import Engine, Forward
from scratchnet.network import init_params
from scratchnet.optimizers import OPTIMIZERS
from scratchnet.params import flatten, views
from scratchnet.settings import Settings

MAX_CHECKPOINTS = 128


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The run after ``epoch`` epochs; all numbers are of the parameters ``theta`` (flat, read-only).

    ``diverged`` is the epoch in which a parameter would have stopped being finite, if this snapshot is
    the last finite state of such a run.
    """

    epoch: int
    theta: np.ndarray
    layer_dims: tuple[int, ...]
    train_cost: float
    test_cost: float
    train_accuracy: float
    test_accuracy: float
    diverged: int | None = None

    @property
    def params(self) -> dict[str, np.ndarray]:
        """{"W1": (n_1, n_0), "b1": (n_1, 1), …}, read-only."""
        return views(self.theta, self.layer_dims)


@dataclass(frozen=True, eq=False)
class History:
    """Entry i of each array, (epochs + 1,), is of the parameters after i epochs."""

    train_cost: np.ndarray
    test_cost: np.ndarray
    train_accuracy: np.ndarray
    test_accuracy: np.ndarray


class Trainer:
    """Trains the network of ``settings`` on ``dataset``, or without one on the dataset they name.

    A run that diverges stops: ``diverged`` is the epoch in which a parameter stopped being finite, and
    the trainer stays at the epoch before it. Raises ValueError for a dataset with another number of
    features than the network's.
    """

    def __init__(self, settings: Settings, dataset: Dataset | None = None):
        self.settings = settings
        self.dataset = make_dataset(settings.data) if dataset is None else dataset
        network = settings.network
        dims = network.layer_dims
        if self.dataset.X_train.shape[0] != dims[0]:
            raise ValueError(
                f"layer_dims starts at {dims[0]}; allowed is {self.dataset.X_train.shape[0]}, the "
                "number of features."
            )
        self.epoch = 0
        self.diverged: int | None = None
        self._theta = flatten(init_params(dims, network.init_seed, network.init))
        self._step = np.empty_like(self._theta)
        self._finite_probe = np.zeros_like(self._theta).dot  # 0, but nan if any is inf or nan
        self._update = OPTIMIZERS["gradient_descent"]
        self._cost = COSTS["cross_entropy"].cost
        data = self.dataset
        self._engine = Engine(self._theta, dims, data.X_train, data.Y_train, network.activation)
        self._test = Forward(self._theta, dims, data.X_test, network.activation)
        self._test_work = np.empty((2, *data.Y_test.shape))
        self._history = np.empty((4, 1))
        self._stride = 1  # epochs from one checkpoint to the next
        self._checkpoints: dict[int, np.ndarray] = {0: self._theta.copy()}
        self._return_to(0)

    @property
    def params(self) -> dict[str, np.ndarray]:
        """A copy of the parameters, {"W1": (n_1, n_0), "b1": (n_1, 1), …}."""
        return views(self._theta.copy(), self.settings.network.layer_dims)

    @property
    def history(self) -> History:
        """Costs and accuracies from epoch 0 to the current one, copied."""
        return History(*self._history[:, : self.epoch + 1].copy())

    def snapshot(self) -> Snapshot:
        """The run as it is now."""
        theta = self._theta.copy()
        theta.flags.writeable = False
        at_end = self.diverged is not None and self.epoch == self.diverged - 1
        return Snapshot(
            self.epoch,
            theta,
            self.settings.network.layer_dims,
            *self._history[:, self.epoch].tolist(),
            diverged=self.diverged if at_end else None,
        )

    def advance(self, epochs: int = 1) -> Snapshot:
        """Train so many epochs more, or until the run diverges; the settings' epochs are no limit."""
        self._train_to(self.epoch + epochs)
        return self.snapshot()

    def run(self, epochs: int, every: int = 1) -> Iterator[Snapshot]:
        """Train so many epochs, and yield a snapshot after each ``every`` of them."""
        end = self.epoch + epochs
        while self.epoch < end and self.diverged is None:
            yield self.advance(min(every, end - self.epoch))

    def seek(self, epoch: int) -> Snapshot:
        """Go to any epoch, back or on; it has the same bits whichever way it is reached."""
        if epoch < self.epoch:
            self._return_to(self._checkpoint_before(epoch))
        self._train_to(epoch)
        return self.snapshot()

    def change_learning_rate(self, learning_rate: float) -> None:
        """Train on with this rate; ``settings`` notes it, and so gives the same run again."""
        training = self.settings.training.with_rate_from(self.epoch, learning_rate)
        self.settings = replace(self.settings, training=training)
        self.diverged = None
        self._checkpoints = {e: c for e, c in self._checkpoints.items() if e <= self.epoch}

    def change_epochs(self, epochs: int) -> None:
        """Let the run end after so many epochs; the bits of an epoch do not depend on it."""
        training = replace(self.settings.training, epochs=epochs)
        self.settings = replace(self.settings, training=training)

    def state(self) -> dict[str, Any]:
        """All that ``restore`` needs to go on from here, bit for bit."""
        return {
            "settings": self.settings,
            "dataset": self.dataset,
            "epoch": self.epoch,
            "diverged": self.diverged,
            "theta": self._theta.copy(),
            "history": self._history[:, : self.epoch + 1].copy(),
        }

    @classmethod
    def restore(cls, state: dict[str, Any]) -> Trainer:
        """The trainer that ``state`` was taken from."""
        trainer = cls(state["settings"], state["dataset"])
        epoch = state["epoch"]
        trainer.diverged = state["diverged"]
        trainer._history = state["history"].copy()
        trainer._checkpoints[epoch] = state["theta"].copy()
        trainer._return_to(epoch)
        return trainer

    def _train_to(self, epoch: int) -> None:
        """Train until ``epoch`` epochs are done, or the run diverges."""
        self._make_room(epoch)
        with np.errstate(over="ignore", invalid="ignore"):
            while self.epoch < epoch and self.epoch + 1 != self.diverged:
                self._train_epoch()
                if self._finite_probe(self._theta) == 0.0:
                    self._arrive(self.epoch + 1)
                else:
                    self.diverged = self.epoch + 1
                    self._return_to(self._checkpoint_before(self.epoch))

    def _train_epoch(self) -> None:
        """One epoch of full-batch gradient descent, from the forward pass that _arrive has made."""
        grad = self._engine.backward()
        rate = self.settings.training.rate_at(self.epoch)
        self._update(self._theta, grad, rate, self._theta, self._step)

    def _arrive(self, epoch: int) -> None:
        """theta has become that of ``epoch``: evaluate it, note its costs, keep a copy now and then."""
        self.epoch = epoch
        engine, test, data = self._engine, self._test, self.dataset
        engine.forward()
        test()
        self._history[:, epoch] = (
            engine.cost(),
            self._cost(test.ZL, data.Y_test, self._test_work),
            accuracy(engine.forward.ZL, data.Y_train),
            accuracy(test.ZL, data.Y_test),
        )
        if epoch % self._stride == 0:
            self._checkpoints[epoch] = self._theta.copy()
            if len(self._checkpoints) > MAX_CHECKPOINTS:
                self._stride *= 2
                self._checkpoints = {
                    e: theta for e, theta in self._checkpoints.items() if e % self._stride == 0
                }

    def _checkpoint_before(self, epoch: int) -> int:
        return max(e for e in self._checkpoints if e <= epoch)

    def _return_to(self, checkpoint: int) -> None:
        self._theta[:] = self._checkpoints[checkpoint]
        with np.errstate(over="ignore", invalid="ignore"):
            self._arrive(checkpoint)

    def _make_room(self, epoch: int) -> None:
        """Let the history hold ``epoch``, growing by halves so that single steps stay cheap."""
        have = self._history.shape[1]
        if epoch >= have:
            grown = np.empty((4, max(epoch + 1, have + have // 2)))
            grown[:, :have] = self._history
            self._history = grown
