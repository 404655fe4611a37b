"""A playback is a run that is being watched: it answers the stage, which asks for the next frames.

The browser plays what it was given at its own pace, so the trainer may be a chunk ahead of what is
seen. Every request therefore says which epoch it goes on from, and the trainer goes there first: the
same request always gets the same frames, however often it comes.
"""

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from scratchnet.datasets import grid
from scratchnet.engine import Surface
from scratchnet.features import features_of
from scratchnet.settings import Settings
from scratchnet.trainer import Snapshot, Trainer
from scratchnet.ui.stage.payload import frame, pack, picture
from scratchnet.validation import MAX_EPOCHS, check_whole

SIDE = 100  # the surface is SIDE x SIDE
MAX_FRAMES = 60
MAX_SPEED = 200
SECONDS_A_CHUNK = 0.25


@dataclass(frozen=True)
class Request:
    """What the browser asks: from ``epoch``, give me ``frames`` frames of ``speed`` epochs each.

    ``ask`` is the number of the request, which the answer repeats; ``run`` and ``revision`` say which
    run the browser knows. ``goto`` asks to show ``epoch`` itself, ``again`` to play a run that is over
    once more, ``restart`` to begin a new one.
    """

    run: int
    revision: int
    ask: int
    epoch: int
    speed: int
    frames: int
    playing: bool
    goto: bool
    again: bool
    restart: bool

    @classmethod
    def read(cls, asked: object) -> "Request | None":
        """The request, or None where it is not one: it comes from outside, so it is checked."""
        names = [each.name for each in fields(cls)]
        if not isinstance(asked, Mapping) or set(asked) != set(names):
            return None
        request = cls(**{name: asked[name] for name in names})
        try:
            check_whole("epoch", request.epoch, 0, MAX_EPOCHS)
            check_whole("speed", request.speed, 1, MAX_SPEED)
            check_whole("frames", request.frames, 0, MAX_FRAMES)
            check_whole("ask", request.ask, 0, 2**53)
        except ValueError:
            return None
        return request


class Playback:
    """The trainer of one run, what the browser shows of it, and the payload it is to get next."""

    def __init__(self, settings: Settings):
        self.run = secrets.randbits(48)  # no page of an earlier server may think that it knows it
        self.revision = 0
        self.playing = False
        self.at_rest = False
        self.trouble = ""  # a sentence about what could not be done
        self._rate_to_come: float | None = None
        self._answers = 0
        self._begin(settings)
        self.show_all()

    def _begin(self, settings: Settings) -> None:
        self.trainer = Trainer(settings)
        network = settings.network
        _, _, points = grid(self.trainer.dataset.window, SIDE)
        X = features_of(points, network.features)
        self.surface = Surface(network.layer_dims, network.activation, X)

    @property
    def settings(self) -> Settings:
        """The settings of the run, with the learning rates that were set on the way."""
        return self.trainer.settings

    @property
    def epochs(self) -> int:
        """Where the run ends."""
        return self.settings.training.epochs

    def travel(self, epoch: int) -> Iterator[int]:
        """Go to an epoch, and yield the epochs done whenever a quarter of a second has gone by."""
        deadline = time.monotonic() + SECONDS_A_CHUNK
        while self.trainer.epoch < min(epoch, self.epochs) and not self.trainer.at_end:
            self.trainer.advance()
            if time.monotonic() > deadline:
                yield self.trainer.epoch
                deadline = time.monotonic() + SECONDS_A_CHUNK

    def change(self, learning_rate: float, epochs: int) -> None:
        """Go on with this rate and this end; what the network has learned stays.

        While it plays, the rate changes at the epoch that the browser shows, which its next request
        tells; until then no frame that was trained with the old rate may be shown beyond it.
        """
        if epochs != self.epochs:
            self.trainer.change_epochs(epochs)
            self.trainer.seek(min(self.trainer.epoch, epochs))
            self._revise()
        last_rate = self.settings.training.last_rate
        if learning_rate != (last_rate if self._rate_to_come is None else self._rate_to_come):
            self._rate_to_come = learning_rate
            self._revise()
            if not self.playing:
                self._change_rate()

    def _revise(self) -> None:
        """What the browser has been given beyond the frame it shows is not of this run any more."""
        self.revision += 1
        self.at_rest = False

    def _change_rate(self) -> None:
        rate, self._rate_to_come = self._rate_to_come, None
        if rate is None:
            return
        try:
            self.trainer.change_learning_rate(rate)
        except ValueError as error:
            self.trouble = f"{error} The rate stays as it was until Reset."

    def answer(self, asked: object) -> None:
        """Do what the browser asks, and have the payload ready; no other run is answered."""
        request = Request.read(asked)
        if request is None or (request.run, request.revision) != (self.run, self.revision):
            return self.show_all()
        self._answers = request.ask
        self.playing = bool(request.playing)
        self.at_rest = False
        changes = self.settings.training.rate_changes
        if request.restart or (request.again and changes and changes[-1][0] >= self.trainer.epoch):
            self._restart()
        self.trainer.seek(min(request.epoch, self.epochs))
        self._change_rate()
        if request.goto or request.restart:
            return self.show_all()
        self._show_next(request)

    def _restart(self) -> None:
        """Begin anew with the rate that held in the end, as if it had been so from the first epoch."""
        training = self.settings.training
        if training.rate_changes:
            training = replace(training, learning_rate=training.last_rate, rate_changes=())
            self._begin(replace(self.settings, training=training))
        self.trouble = ""

    def show_all(self) -> None:
        """The payload of a browser that knows nothing: points, history and the current frame."""
        history, dataset = self.trainer.history, self.trainer.dataset
        snapshot = self.trainer.snapshot()
        code, numbers = self._frame(snapshot)
        about = {
            "all": True,
            "window": dataset.window,
            "side": SIDE,
            "classes": dataset.classes,
            "output": self.settings.network.output,
            "cost": self.settings.network.cost,
        }
        self.payload = pack(
            self._header(0, [numbers], snapshot) | about,
            [code],
            [history.train_cost, history.test_cost],
            dataset,
        )

    def _show_next(self, request: Request) -> None:
        """The payload of the next frames: as many as asked, or as a quarter of a second gives."""
        start = self.trainer.epoch
        deadline = time.monotonic() + SECONDS_A_CHUNK
        frames, codes = [], []
        snapshot = self.trainer.snapshot()
        while len(frames) < request.frames and not self._at_end(snapshot):
            snapshot = self.trainer.advance(min(request.speed, self.epochs - snapshot.epoch))
            code, numbers = self._frame(snapshot)
            codes.append(code)
            frames.append(numbers)
            if time.monotonic() > deadline:
                break
        history = self.trainer.history
        costs = [history.train_cost[start + 1 :], history.test_cost[start + 1 :]]
        self.payload = pack(self._header(start + 1, frames, snapshot), codes, costs)

    def _frame(self, snapshot: Snapshot) -> tuple[np.ndarray, list]:
        """The picture and the numbers of one frame."""
        code, scale = picture(self.surface(snapshot.theta), self.settings.network.output)
        rate = self.settings.training.rate_at(snapshot.epoch)
        return code, frame(snapshot, rate, scale)

    def _at_end(self, snapshot: Snapshot) -> bool:
        return snapshot.epoch >= self.epochs or snapshot.ended is not None

    def _header(self, first: int, frames: list, snapshot: Snapshot) -> dict[str, Any]:
        """What every payload says; ``first`` is the epoch of its first cost."""
        return {
            "run": self.run,
            "revision": self.revision,
            "answers": self._answers,
            "all": False,
            "playing": self.playing,
            "epochs": self.epochs,
            "ends": self._at_end(snapshot),
            "ended": snapshot.ended and [snapshot.epoch, snapshot.ended],
            "first": first,
            "frames": frames,
        }
