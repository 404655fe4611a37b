"""A trainer runs one network on one dataset, epoch by epoch, and can go back to any of them.

It owns the only arrays that change; it returns copies. Everything that it keeps, from data to costs, is
rounded to the precision of its settings, so a run in single precision is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from time import monotonic
from typing import Any, NamedTuple

import numpy as np

from scratchnet.data.datasets import Dataset, make_dataset
from scratchnet.nn.engine import Batches, Engine, Evaluation, Parameters
from scratchnet.nn.network import init_params
from scratchnet.nn.params import Params, checksums, flatten, views
from scratchnet.nn.switches import held_by, states_at, switch_off
from scratchnet.precision import PRECISIONS
from scratchnet.rng import random_streams
from scratchnet.run.history import MEASURES, End, History, Record, end_of, measures_of
from scratchnet.run.samples import samples_of
from scratchnet.run.settings import Settings
from scratchnet.run.snapshot import Snapshot
from scratchnet.validation import MAX_EPOCHS, check_whole

MAX_CHECKPOINTS = 128
# How many epochs are evaluated together, and how many values of a layer these may be: about half of a
# second-level cache.
MOST_AT_ONCE, VALUES_AT_ONCE = 25, 64_000


class Checkpoint(NamedTuple):
    """What the next epochs depend on: the parameters, the optimizer's state, that of the shuffling."""

    theta: np.ndarray
    slots: np.ndarray
    updates: int
    shuffling: Any  # of RandomState.get_state


class Trainer:
    """Trains the network of ``settings`` on ``dataset``, or without one on the dataset they name.

    A run that diverges stops at the first epoch whose training cost, or any of whose parameters, is not
    finite, and a run that reaches what the settings ask for stops there: ``ended`` says where and why.
    ``training_set`` and ``test_set`` are what the network gets: the inputs X, (n_0, m), and the targets
    T, (n_L, m), read-only. A trainer can be copied and pickled; the copy resumes with the same bits.
    Raises ValueError for a dataset that is not of the plane, or whose labels the output does not take.
    """

    def __init__(self, settings: Settings, dataset: Dataset | None = None):
        self.settings = settings
        self.dataset = make_dataset(**vars(settings.data)) if dataset is None else dataset
        network, training, data = settings.network, settings.training, self.dataset
        self._round = PRECISIONS[training.precision]
        self.training_set = samples_of(data.X_train, data.Y_train, settings)
        self.test_set = samples_of(data.X_test, data.Y_test, settings)
        self.epoch = self.update = 0
        self.ended: End | None = None
        self._end: End | None = None  # the same, once it is known
        initial = flatten(init_params(network.layer_dims, network.init_seed, network.init))
        how = training.optimizer, training.precision, training.l1, training.l2
        self._parameters = Parameters(initial, network.layer_dims, *how)
        self._states: dict[tuple[int, int], str] = {}  # of the neurons that are switched
        self._theta = self._parameters.theta
        self._params = views(self._theta, network.layer_dims)
        (self._shuffling,) = random_streams(network.init_seed, 1)
        self._unshuffled = self._shuffling.get_state()
        self._make_engines()
        self._record = Record(np.empty((len(MEASURES), 1)), np.empty(1, np.uint32))
        self._stride = 1 if self._batches else 8  # epochs from one checkpoint to the next
        self._checkpoints: dict[int, Checkpoint] = {}
        with np.errstate(over="ignore", invalid="ignore"):
            self._record_epoch(0)
            self._evaluate(0)

    def _make_engines(self) -> None:
        """Make the engines that train, with the full batch or mini-batches, and those that evaluate."""
        network, size = self.settings.network, self.settings.training.batch_size
        dims, (X, T) = network.layer_dims, self.training_set
        m, at = X.shape[1], (self._theta, self._parameters.grad, network.layer_dims)
        functions = (network.activation, network.output, network.cost)
        self._engine: Engine | None = None
        self._batches: Batches | None = None
        if 0 < size < m:
            self._batches = Batches(*at, X, T, size, *functions)
        else:
            self._engine = Engine(*at, m, *functions)
        self.updates_per_epoch = 1 if self._engine else -(-m // size)
        widest = max(dims[1:]) * max(m, self.test_set[0].shape[1])
        at_once = min(max(VALUES_AT_ONCE // widest, 1), MOST_AT_ONCE)
        self._thetas = np.empty((at_once, self._theta.size))
        self._train, self._test = (
            Evaluation(self._thetas, dims, *functions, *samples)
            for samples in (self.training_set, self.test_set)
        )

    @property
    def params(self) -> Params:
        """Return a copy of the parameters, {"W1": (n_1, n_0), "b1": (n_1, 1), …}."""
        return views(self._theta.copy(), self.settings.network.layer_dims)

    @property
    def history(self) -> History:
        """Return a copy of the costs and accuracies from epoch 0 to the current one."""
        record = self._record.until(self.epoch)
        return History(checksum=record.checksums, **dict(zip(MEASURES, record.numbers, strict=True)))

    @property
    def measures(self) -> tuple[str, ...]:
        """Return those of MEASURES that this run has."""
        return measures_of(self.settings.network.output, self.test_set[0].size > 0)

    @property
    def memory(self) -> dict[str, Any]:
        """Return a copy of the optimizer's state, as network.update_parameters takes it."""
        dims = self.settings.network.layer_dims
        slots = [views(slot, dims) for slot in self._parameters.slots]
        stacked = {
            name: np.array([slot[name] for slot in slots]).reshape(len(slots), *part.shape)
            for name, part in self._params.items()
        }
        return {"t": self._parameters.updates} | stacked

    @property
    def held(self) -> Params:
        """Return what no update may change, as network.update_parameters takes it."""
        return held_by(self._states, self._params)

    def next_batch(self) -> tuple[np.ndarray, np.ndarray]:
        """Return a copy of the samples of the next update: X, (n_0, m), and their targets, (n_L, m)."""
        X, T = self.training_set
        if self._batches is not None:
            if self.update == 0:
                shuffling = np.random.RandomState()
                shuffling.set_state(self._shuffling.get_state())
                self._batches.shuffle(shuffling.permutation(X.shape[1]))
            _, X, T = next(islice(self._batches, self.update, None))
        return X.copy(order="K"), T.copy(order="K")

    @property
    def at_end(self) -> bool:
        """Return whether the run has stopped by itself at this epoch."""
        return self.ended is not None

    def snapshot(self) -> Snapshot:
        """Return the run as it is now."""
        theta = self._theta.copy()
        theta.flags.writeable = False
        numbers = self._mid_epoch if self.update else self._record.numbers[:, self.epoch]
        return Snapshot(
            epoch=self.epoch,
            theta=theta,
            settings=self.settings,
            update=self.update,
            ended=self.ended.reason if self.ended else None,
            **dict(zip(MEASURES, numbers.tolist(), strict=True)),
        )

    def advance(self, epochs: int = 1) -> Snapshot:
        """Train for ``epochs`` more epochs, or until the run stops, and return a snapshot.

        The ``epochs`` of the settings are no limit, but no run has more than MAX_EPOCHS.
        """
        self._train_to(self.epoch + check_whole("epochs", epochs, 0, MAX_EPOCHS))
        return self.snapshot()

    def advance_update(self) -> Snapshot:
        """Make the next update and return a snapshot; the last update of an epoch completes it."""
        if self.update + 1 < self.updates_per_epoch:
            return self.seek(self.epoch, self.update + 1)
        return self.advance()

    def run(self, epochs: int, every: int = 1) -> Iterator[Snapshot]:
        """Train for ``epochs`` epochs and yield a snapshot after ``every`` of them, and at the end."""
        check_whole("every", every, 1, MAX_EPOCHS)
        last = self.epoch + check_whole("epochs", epochs, 0, MAX_EPOCHS)
        return self._run(min(last, MAX_EPOCHS), every)

    def _run(self, last: int, every: int) -> Iterator[Snapshot]:
        while self.epoch < last and not self.at_end:
            yield self.advance(min(every, last - self.epoch))

    def seek(self, epoch: int, update: int = 0) -> Snapshot:
        """Go to any epoch, back or forth, and return a snapshot, whose bits do not depend on the way.

        With an ``update``, make that many updates of the next epoch, fewer than it has.
        """
        check_whole("epoch", epoch, 0, MAX_EPOCHS)
        check_whole("update", update, 0, self.updates_per_epoch - 1)
        with np.errstate(over="ignore", invalid="ignore"):
            self._go_near(epoch, update)
            self._train_to(epoch)
            if (epoch, update) > (self.epoch, self.update) and self.epoch == epoch and not self.at_end:
                self._train_into(update)
        return self.snapshot()

    def travel(self, epoch: int, update: int = 0, seconds: float = 0.25) -> Iterator[int]:
        """Go to an epoch as ``seek`` does, and yield the current one every so many seconds.

        The last that is yielded is the one at the end.
        """
        check_whole("epoch", epoch, 0, MAX_EPOCHS)
        check_whole("update", update, 0, self.updates_per_epoch - 1)
        with np.errstate(over="ignore", invalid="ignore"):
            self._go_near(epoch, update)
        # Epochs from one look at the clock to the next: few, but as many as are evaluated together.
        at_once = max(min(10, len(self._thetas)) // self.updates_per_epoch, 1)
        due = monotonic() + seconds
        while self.epoch < epoch and not self.at_end:
            self.advance(min(at_once, epoch - self.epoch))
            if monotonic() >= due:
                yield self.epoch
                due = monotonic() + seconds
        self.seek(epoch, update)
        yield self.epoch

    def change_learning_rate(self, learning_rate: float) -> None:
        """Continue with this learning rate and note it in ``settings``, which give the same run again.

        An epoch has one learning rate: mid-epoch, the change applies from the next.
        """
        self._branch(self.settings.with_rate(self.epoch, self.update, learning_rate))

    def set_parameter(self, index: int, value: float) -> None:
        """Set theta[index] by hand and note it in ``settings``, which give the same run again.

        Raises ValueError for an index or a value that is not allowed, or mid-epoch.
        """
        self._branch(self.settings.with_edit(self.epoch, self.update, index, value))

    def _branch(self, settings: Settings) -> None:
        """Continue from here with these settings, and forget what came later."""
        self.settings = settings
        self._forget_after(self.epoch)
        self.ended = self._end = None
        if self.update == 0:
            with np.errstate(over="ignore", invalid="ignore"):
                self._record_epoch(self.epoch)
                self._evaluate(self.epoch)

    def branched(self, settings: Settings, since: int | None = None) -> Trainer:
        """Return a trainer that goes on from here with settings that are the same up to here.

        With ``since``, up to which they are the same, it goes on from the last checkpoint before that.
        """
        state = self.state() | {"settings": settings}
        if since is not None:
            epoch = self._checkpoint_before(since)
            record = self._record.until(epoch)
            state |= {"epoch": epoch, "update": 0, "checkpoint": self._checkpoints[epoch]}
            state |= {"history": record.numbers, "checksums": record.checksums}
        other = Trainer.restore(state)
        other._forget_after(other.epoch)
        return other

    @property
    def place(self) -> tuple[int, Checkpoint]:
        """Return the epoch, and what leads back to it: see ``go_back``."""
        return self.epoch, self._start_of_epoch if self.update else self._checkpoint()

    def go_back(self, place: tuple[int, Checkpoint]) -> None:
        """Go to a place where this trainer was, of its settings as they are now."""
        if (self.epoch, self.update) != (place[0], 0):
            with np.errstate(over="ignore", invalid="ignore"):
                self._return_to(*place)

    def change_epochs(self, epochs: int) -> None:
        """Change the epochs of the settings; the bits of an epoch do not depend on them."""
        self.settings = self.settings.with_epochs(epochs)

    @property
    def nbytes(self) -> int:
        """Return about how much memory the trainer takes, in bytes."""
        of_theta = self._theta.nbytes * (1 + len(self._parameters.slots))
        kept = len(self._checkpoints) * (of_theta + (3000 if self._batches else 200))  # the shuffling
        _, *hidden, outputs = self.settings.network.layer_dims
        m, m_test = (X.shape[1] for X, _ in (self.training_set, self.test_set))
        m_trained = self.settings.training.batch_size if self._batches else m
        of_training = 40 * m_trained * (sum(hidden) + outputs)  # Engine
        of_hidden = 16 * (m_test + (m if self._batches else 0)) * sum(hidden)  # Evaluation
        of_outputs = 32 * (m + m_test) * outputs
        evaluated = len(self._thetas) * (of_hidden + of_outputs)
        return kept + of_training + evaluated + self._record.numbers.nbytes

    def state(self) -> dict[str, Any]:
        """Return all that ``restore`` needs to resume from here, bit for bit."""
        record = self._record.until(self.epoch)
        return {
            "settings": self.settings,
            "dataset": self.dataset,
            "epoch": self.epoch,
            "update": self.update,
            "checkpoint": self.place[1],
            "checkpoints": {e: kept for e, kept in self._checkpoints.items() if e <= self.epoch},
            "stride": self._stride,
            "history": record.numbers,
            "checksums": record.checksums,
        }

    def __reduce__(self) -> tuple:
        """Copy and pickle by the state, since the arrays of a trainer are views of each other."""
        return Trainer.restore, (self.state(),)

    @classmethod
    def restore(cls, state: dict[str, Any]) -> Trainer:
        """Return the trainer that ``state`` was taken from."""
        trainer = cls(state["settings"], state["dataset"])
        epoch = state["epoch"]
        trainer._record = Record(state["history"].copy(), state["checksums"].copy())
        trainer._checkpoints |= state.get("checkpoints", {}) | {epoch: state["checkpoint"]}
        trainer._stride = state.get("stride", trainer._stride)
        with np.errstate(over="ignore", invalid="ignore"):
            trainer._return_to(epoch)
            trainer._evaluate(epoch)
        trainer.seek(epoch, state["update"])
        return trainer

    def _train_to(self, epoch: int) -> None:
        """Train until ``epoch`` epochs are done, or the run stops; evaluate the epochs in groups."""
        epoch = min(epoch, MAX_EPOCHS)
        self._record.make_room(epoch)
        with np.errstate(over="ignore", invalid="ignore"):
            while self.epoch < epoch and not self.at_end:
                first = self.epoch + 1
                self._train_group(min(epoch, self.epoch + len(self._thetas)))
                self._evaluate(first)

    def _train_group(self, epoch: int) -> None:
        """Train to ``epoch``, at most as many epochs as can be evaluated together."""
        for row, each in enumerate(range(self.epoch + 1, epoch + 1)):
            self._make_updates()
            self._record_epoch(each, row)

    def _train_into(self, update: int) -> None:
        """Make the updates of the next epoch up to this one."""
        if self.update == 0:
            self._start_of_epoch = self._checkpoint()
        self._make_updates(update)
        self.update = update
        self._thetas[0] = self._theta
        self._mid_epoch = self._numbers(1)[:, 0]

    def _make_updates(self, last: int | None = None) -> None:
        """Make the remaining updates of this epoch, up to ``last`` or all of them.

        A full batch has one, whose forward pass _record_epoch has made.
        """
        rate = np.array(self.settings.training.rate_at(self.epoch))
        X, T = self.training_set
        if self._engine:
            self._engine.backward(X, T)
            self._parameters.update(rate)
        elif self._batches:
            if self.update == 0:
                self._batches.shuffle(self._shuffling.permutation(X.shape[1]))
            for engine, X, T in islice(self._batches, self.update, last):
                engine.forward(X)
                engine.backward(X, T)
                self._parameters.update(rate)

    def _record_epoch(self, epoch: int, row: int = 0) -> None:
        """Record theta as that of ``epoch``; store a checkpoint every ``_stride`` epochs."""
        self.epoch, self.update = epoch, 0
        self._set_by_hand()
        self._thetas[row] = self._theta
        if self._engine:
            self._engine.forward(self.training_set[0])
            self._train.ZL[row] = self._engine.forward.ZL
        if epoch % self._stride == 0:
            self._checkpoints[epoch] = self._checkpoint()
            if len(self._checkpoints) > MAX_CHECKPOINTS:
                self._stride *= 2
                self._checkpoints = {
                    e: kept for e, kept in self._checkpoints.items() if e % self._stride == 0
                }

    def _set_by_hand(self) -> None:
        """Set the parameters that are set at this epoch, and switch the neurons as they are then."""
        training = self.settings.training
        for at, index, value in training.edits:
            if at == self.epoch:
                self._theta[index] = self._round(value)
        states = states_at(training.switches, self.epoch)
        switch_off(self._params, states)
        if states != self._states:
            self._states = states
            self._parameters.hold(flatten(self.held))

    def _evaluate(self, first: int) -> None:
        """Record the costs of the epochs from ``first`` to now; go back to one that ends the run."""
        k = self.epoch + 1 - first
        thetas = self._thetas[:k]
        self._record.write(slice(first, first + k), self._numbers(k), checksums(thetas))
        end = end_of(self._record.numbers, thetas, self.epoch, self.settings.training)
        if end and end.epoch < self.epoch:
            self._forget_after(end.epoch)
            self._return_to(self._checkpoint_before(end.epoch))
            while self.epoch < end.epoch:
                self._train_group(min(end.epoch, self.epoch + len(self._thetas)))
        self.ended = end
        self._end = end or self._end

    def _numbers(self, k: int) -> np.ndarray:
        """Return the costs and accuracies of the first k thetas, (4, k), rounded as they are kept."""
        train, test = self._train, self._test
        if self._batches:
            train.forward(k)
        test.forward(k)
        numbers = train.costs(k), test.costs(k), train.accuracies(k), test.accuracies(k)
        return self._round(np.stack(numbers))

    def _checkpoint(self) -> Checkpoint:
        theta, parameters = self._theta.copy(), self._parameters
        slots = np.array(parameters.slots).reshape(-1, theta.size)
        shuffling = self._shuffling.get_state() if self._batches else self._unshuffled
        return Checkpoint(theta, slots, parameters.updates, shuffling)

    def _go_near(self, epoch: int, update: int) -> None:
        """Go to the last checkpoint before a place that lies behind, or is further than it."""
        near = self._checkpoint_before(epoch)
        if near > self.epoch or (epoch, update) < (self.epoch, self.update):
            self._return_to(near)

    def _checkpoint_before(self, epoch: int) -> int:
        return max(e for e in self._checkpoints if e <= epoch)

    def _forget_after(self, epoch: int) -> None:
        """Forget the checkpoints after this epoch."""
        self._checkpoints = {e: kept for e, kept in self._checkpoints.items() if e <= epoch}

    def _return_to(self, epoch: int, checkpoint: Checkpoint | None = None) -> None:
        """Go to this epoch by its checkpoint, if not by this one."""
        checkpoint = checkpoint or self._checkpoints[epoch]
        self._theta[:] = checkpoint.theta
        for slot, kept in zip(self._parameters.slots, checkpoint.slots, strict=True):
            slot[:] = kept
        self._parameters.updates = checkpoint.updates
        self._shuffling.set_state(checkpoint.shuffling)
        self._record_epoch(epoch)
        self.ended = self._end if self._end and self._end.epoch == epoch else None
