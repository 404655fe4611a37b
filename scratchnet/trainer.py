"""A trainer runs one network on one dataset, epoch by epoch, and can go back to any of them.

It owns the only arrays that change. What it hands out are copies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from scratchnet.costs import accuracy, penalty_gradient, targets
from scratchnet.datasets import Dataset, make_dataset
from scratchnet.engine import Batches, Engine
from scratchnet.features import features_of
from scratchnet.network import init_params
from scratchnet.optimizers import OPTIMIZERS
from scratchnet.params import count_weights, flatten, views
from scratchnet.settings import Settings, TrainingSettings
from scratchnet.streams import streams
from scratchnet.validation import MAX_EPOCHS, check_whole

MAX_CHECKPOINTS = 128


class End(NamedTuple):
    """Where a run stopped by itself, and why: "diverged", "cost", "accuracy" or "patience"."""

    epoch: int
    reason: str


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The run after ``epoch`` epochs; all numbers are of the parameters ``theta`` (flat, read-only).

    ``update`` counts the updates of the next epoch that are done already: 0 but between two epochs.
    The costs are without the penalty of l1 and l2; the accuracies of a linear output, whose labels are
    numbers, are nan. ``ended`` says why the run stopped here by itself:
    "diverged", since in the next epoch a parameter would not be finite any more, or "cost", "accuracy"
    or "patience", see TrainingSettings.
    """

    epoch: int
    theta: np.ndarray
    layer_dims: tuple[int, ...]
    train_cost: float
    test_cost: float
    train_accuracy: float
    test_accuracy: float
    update: int = 0
    ended: str | None = None

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


class Checkpoint(NamedTuple):
    """What the epochs to come depend on: parameters, the optimizer's memory, the shuffling."""

    theta: np.ndarray
    slots: np.ndarray
    updates: int
    shuffling: tuple


class Trainer:
    """Trains the network of ``settings`` on ``dataset``, or without one on the dataset they name.

    A run that diverges stops before the epoch in which a parameter would stop being finite, and a run
    that reaches what the settings ask for stops there: ``ended`` says where and why. Raises ValueError
    for a dataset that is not of the plane, or whose labels the output does not take.
    """

    def __init__(self, settings: Settings, dataset: Dataset | None = None):
        self.settings = settings
        self.dataset = make_dataset(settings.data) if dataset is None else dataset
        network, training, data = settings.network, settings.training, self.dataset
        dims, output = network.layer_dims, network.output
        self._X_train, self._X_test = (
            features_of(points, network.features) for points in (data.X_train, data.X_test)
        )
        self._T_train, self._T_test = (
            targets(labels, output, dims[-1]) for labels in (data.Y_train, data.Y_test)
        )
        self.epoch = self.update = 0
        self.ended: End | None = None
        self._theta = flatten(init_params(dims, network.init_seed, network.init))
        self._grad, self._work = np.empty_like(self._theta), np.empty_like(self._theta)
        self._weights = slice(count_weights(dims))
        self._finite_probe = np.zeros_like(self._theta).dot  # 0, but nan if any is inf or nan

        optimizer = OPTIMIZERS[training.optimizer]
        self._update = optimizer.update
        self._slots = np.zeros((optimizer.slots, self._theta.size))
        self._slot_views = tuple(self._slots)  # to unpack the array itself would make them each time
        self._updates = 0
        (self._shuffling,) = streams(network.init_seed, 1)

        train, test, size = data.X_train.shape[1], data.X_test.shape[1], training.batch_size
        network_at = (self._theta, self._grad, dims)
        kind = (network.activation, output, network.cost)
        self._train = Engine(*network_at, train, *kind)
        self._test = Engine(*network_at, test, *kind)
        mini = 0 < size < train
        self._batches = (
            Batches(*network_at, self._X_train, self._T_train, size, *kind) if mini else None
        )
        self.updates_an_epoch = -(-train // size) if mini else 1
        self._accuracy = accuracy if output != "linear" else lambda ZL, T: np.nan

        self._history = np.empty((4, 1))
        self._stride = 1  # epochs from one checkpoint to the next
        self._checkpoints = {0: self._checkpoint()}
        self._return_to(0)
        self.ended = self._reached()

    @property
    def params(self) -> dict[str, np.ndarray]:
        """A copy of the parameters, {"W1": (n_1, n_0), "b1": (n_1, 1), …}."""
        return views(self._theta.copy(), self.settings.network.layer_dims)

    @property
    def history(self) -> History:
        """Costs and accuracies from epoch 0 to the current one, copied."""
        return History(*self._history[:, : self.epoch + 1].copy())

    @property
    def memory(self) -> dict[str, Any]:
        """What the optimizer remembers, copied, as network.update_parameters takes it."""
        dims = self.settings.network.layer_dims
        slots = [views(slot, dims) for slot in self._slots]
        shapes = views(self._theta, dims)
        stacked = {
            name: np.array([slot[name] for slot in slots]).reshape(len(slots), *part.shape)
            for name, part in shapes.items()
        }
        return {"t": self._updates} | stacked

    def next_batch(self) -> tuple[np.ndarray, np.ndarray]:
        """The samples of the next update, copied: X, (n_0, m), and their targets, (n_L, m)."""
        X, T = self._X_train, self._T_train
        if self._batches is not None:
            if self.update == 0:
                shuffling = np.random.RandomState()
                shuffling.set_state(self._shuffling.get_state())
                self._batches.shuffle(shuffling.permutation(X.shape[1]))
            _, X, T = next(islice(self._batches, self.update, None))
        return X.copy(order="K"), T.copy(order="K")

    @property
    def at_end(self) -> bool:
        """Whether the run has stopped by itself at this epoch."""
        return self.ended is not None and (self.ended.epoch, 0) == (self.epoch, self.update)

    def snapshot(self) -> Snapshot:
        """The run as it is now."""
        theta = self._theta.copy()
        theta.flags.writeable = False
        return Snapshot(
            self.epoch,
            theta,
            self.settings.network.layer_dims,
            *self._numbers,
            update=self.update,
            ended=self.ended.reason if self.at_end else None,
        )

    def advance(self, epochs: int = 1) -> Snapshot:
        """Train so many epochs more, or until the run stops; the settings' epochs are no limit."""
        self._train_to(self.epoch + check_whole("epochs", epochs, 0, MAX_EPOCHS))
        return self.snapshot()

    def advance_update(self) -> Snapshot:
        """Make the next update: the last one of an epoch leads to the next epoch."""
        if self.update + 1 < self.updates_an_epoch:
            return self.seek(self.epoch, self.update + 1)
        return self.advance()

    def run(self, epochs: int, every: int = 1) -> Iterator[Snapshot]:
        """Train so many epochs, and yield a snapshot after each ``every`` of them."""
        check_whole("every", every, 1, MAX_EPOCHS)
        last = self.epoch + check_whole("epochs", epochs, 0, MAX_EPOCHS)
        while self.epoch < last and not self.at_end:
            yield self.advance(min(every, last - self.epoch))

    def seek(self, epoch: int, update: int = 0) -> Snapshot:
        """Go to any epoch, back or on; it has the same bits whichever way it is reached.

        With an ``update``, go on from there by so many updates, but not to the end of the epoch.
        """
        check_whole("epoch", epoch, 0, MAX_EPOCHS)
        check_whole("update", update, 0, self.updates_an_epoch - 1)
        if (epoch, update) < (self.epoch, self.update):
            self._return_to(self._checkpoint_before(epoch))
        self._train_to(epoch)
        stopped = self.at_end and self.ended.reason != "diverged"
        if (epoch, update) > (self.epoch, self.update) and self.epoch == epoch and not stopped:
            self._train_into(update)
            self._train_to(epoch)  # once more, if it diverged on the way
        return self.snapshot()

    def change_learning_rate(self, learning_rate: float) -> None:
        """Train on with this rate; ``settings`` notes it, and so gives the same run again.

        An epoch has one rate: between two epochs, the change waits for the next.
        """
        since = self.epoch + (self.update > 0)
        now = self.settings.training.until(self.epoch)
        self._branch(now.with_rate_from(since, learning_rate))

    def set_parameter(self, index: int, value: float) -> None:
        """Set theta[index] by hand; ``settings`` notes it, and so gives the same run again.

        Raises ValueError for an index or a value that is not allowed, or between two epochs.
        """
        check_whole("index", index, 0, self._theta.size - 1)
        if self.update:
            raise ValueError(
                f"{self.update} updates of the next epoch are done; allowed is to set a parameter "
                "where none is."
            )
        self._branch(self.settings.training.with_edit(self.epoch, index, value))
        with np.errstate(over="ignore", invalid="ignore"):
            self._arrive(self.epoch)
        self.ended = self._reached()

    def _branch(self, training: TrainingSettings) -> None:
        """Go on from here with these settings, and forget what came later."""
        self.settings = replace(self.settings, training=training)
        self._checkpoints = {e: kept for e, kept in self._checkpoints.items() if e <= self.epoch}
        self.ended = None if self.update else self._reached()

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
            "update": self.update,
            "ended": self.ended,
            "checkpoint": self._start_of_epoch if self.update else self._checkpoint(),
            "history": self._history[:, : self.epoch + 1].copy(),
        }

    @classmethod
    def restore(cls, state: dict[str, Any]) -> Trainer:
        """The trainer that ``state`` was taken from."""
        trainer = cls(state["settings"], state["dataset"])
        trainer.ended = state["ended"]
        trainer._history = state["history"].copy()
        trainer._checkpoints[state["epoch"]] = state["checkpoint"]
        trainer._return_to(state["epoch"])
        trainer.seek(state["epoch"], state["update"])
        return trainer

    def _train_to(self, epoch: int) -> None:
        """Train until ``epoch`` epochs are done, or the run stops."""
        self._make_room(epoch)
        with np.errstate(over="ignore", invalid="ignore"):
            while self.epoch < epoch and not self.at_end:
                self._make_updates()
                if self._is_finite():
                    self._arrive(self.epoch + 1)
                    self.ended = self._reached() or self.ended

    def _train_into(self, update: int) -> None:
        """Make the updates of the next epoch up to this one."""
        if self.update == 0:
            self._start_of_epoch = self._checkpoint()
        with np.errstate(over="ignore", invalid="ignore"):
            self._make_updates(update)
            if self._is_finite():
                self.update = update
                self._numbers = self._evaluate()

    def _is_finite(self) -> bool:
        """Whether the parameters are finite; if not, the run ends before this epoch."""
        if self._finite_probe(self._theta) == 0.0:
            return True
        self.ended = End(self.epoch, "diverged")
        self._return_to(self._checkpoint_before(self.epoch))
        return False

    def _make_updates(self, last: int | None = None) -> None:
        """The updates of this epoch, from those that are done up to ``last``, or all.

        A full batch has one, and _arrive has made its forward pass.
        """
        rate = np.array(self.settings.training.rate_at(self.epoch))
        if self._batches is None:
            self._descend(self._train.backward(self._X_train, self._T_train), rate)
            return
        if self.update == 0:
            self._batches.shuffle(self._shuffling.permutation(self._X_train.shape[1]))
        for engine, X, T in islice(self._batches, self.update, last):
            engine.forward(X)
            self._descend(engine.backward(X, T), rate)

    def _descend(self, grad: np.ndarray, rate: np.ndarray) -> None:
        """One update with this gradient of the cost, to which the penalty's is added."""
        theta, training = self._theta, self.settings.training
        if training.l1 or training.l2:
            weights = self._weights
            grad[weights] += penalty_gradient(theta[weights], training.l1, training.l2)
        self._updates += 1
        self._update(theta, grad, rate, self._slot_views, self._updates, theta, self._work)

    def _arrive(self, epoch: int) -> None:
        """theta has become that of ``epoch``: evaluate it, note its costs, keep a copy now and then."""
        self.epoch, self.update = epoch, 0
        for at, index, value in self.settings.training.edits:
            if at == epoch:
                self._theta[index] = value
        self._numbers = self._history[:, epoch] = self._evaluate()
        if epoch % self._stride == 0:
            self._checkpoints[epoch] = self._checkpoint()
            if len(self._checkpoints) > MAX_CHECKPOINTS:
                self._stride *= 2
                self._checkpoints = {
                    e: kept for e, kept in self._checkpoints.items() if e % self._stride == 0
                }

    def _evaluate(self) -> tuple[float, float, float, float]:
        """The costs and the accuracies of theta, for the training and the test points."""
        train, test = self._train, self._test
        train.forward(self._X_train)
        test.forward(self._X_test)
        return (
            train.cost(self._T_train),
            test.cost(self._T_test),
            self._accuracy(train.forward.ZL, self._T_train),
            self._accuracy(test.forward.ZL, self._T_test),
        )

    def _reached(self) -> End | None:
        """Whether this epoch is the end that the settings ask for."""
        training = self.settings.training
        train_cost, _, _, test_accuracy = self._history[:, self.epoch]
        if training.stop_cost and train_cost <= training.stop_cost:
            return End(self.epoch, "cost")
        if training.stop_accuracy and test_accuracy >= training.stop_accuracy:
            return End(self.epoch, "accuracy")
        if training.patience:
            best = int(self._history[1, : self.epoch + 1].argmin())
            if self.epoch - best >= training.patience:
                return End(self.epoch, "patience")
        return None

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(
            self._theta.copy(), self._slots.copy(), self._updates, self._shuffling.get_state()
        )

    def _checkpoint_before(self, epoch: int) -> int:
        return max(e for e in self._checkpoints if e <= epoch)

    def _return_to(self, epoch: int) -> None:
        """Be at this epoch, of which there is a checkpoint."""
        checkpoint = self._checkpoints[epoch]
        self._theta[:], self._slots[:] = checkpoint.theta, checkpoint.slots
        self._updates = checkpoint.updates
        self._shuffling.set_state(checkpoint.shuffling)
        with np.errstate(over="ignore", invalid="ignore"):
            self._arrive(epoch)

    def _make_room(self, epoch: int) -> None:
        """Let the history hold ``epoch``, growing by halves so that single steps stay cheap."""
        have = self._history.shape[1]
        if epoch >= have:
            grown = np.empty((4, max(epoch + 1, have + have // 2)))
            grown[:, :have] = self._history
            self._history = grown
