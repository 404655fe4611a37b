"""The run that a visitor watches: its settings, the place in it, and what the stage has told of it.

The stage plays the run by itself, and tells where it is when the picture rests or something is done to
the run there. The trainer here is a copy at that place, for the views of an epoch.
"""

import secrets
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from scratchnet.live.cache import SHARED, answered
from scratchnet.live.frames import RELEASE
from scratchnet.live.told import Told
from scratchnet.run.settings import Settings
from scratchnet.run.trainer import Trainer
from scratchnet.ui.link import START, run_address
from scratchnet.validation import MAX_EPOCHS, NotAllowed


class Visit:
    """A run and a place in it, an epoch and an update, from the time when it was begun."""

    def __init__(self, settings: Settings, place: tuple[int, int] = START, opened: bool = False):
        self.settings, self.place = settings, place
        self.opened = opened  # the first of a session: its page may know a later epoch
        self.id = secrets.randbits(48)
        self.playing = self.at_rest = self.logarithmic = False
        self.hears = False  # whether there is a stage, which has told something
        self.trouble = ""  # a sentence about what could not be done
        self._more = settings.training.epochs  # that Play adds at the end
        self._rate_to_come: float | None = None  # until the stage says where it is to be set
        self.heard = 0  # the number of the last act of the stage
        self._answer: dict[str, str] | None = None
        self._trained: tuple[Settings, tuple[int, int]] | None = None

    @property
    def run(self) -> str:
        """Return the address of the run, which is its name."""
        return run_address(self.settings)

    @property
    def rate(self) -> float:
        """Return the learning rate that was set last, if only for what comes next."""
        last_rate = self.settings.training.last_rate
        return last_rate if self._rate_to_come is None else self._rate_to_come

    @property
    def is_over(self) -> bool:
        """Return whether the place is the end of the run, or where it has stopped by itself."""
        return self.place >= (self.settings.training.epochs, 0) or self.trainer.at_end

    def told(self) -> dict[str, Any]:
        """Return what the stage is told: which run to show, and what was heard of it."""
        return {
            "view": "stage",
            "release": RELEASE,
            "run": self.run,
            "visit": self.id,
            "at": dict(zip(("epoch", "update"), self.place, strict=True)),
            "opened": self.opened,
            "more": self._more,
            "rate": self._rate_to_come,
            "heard": self.heard,
            "answer": self._answer,
        }

    @property
    def trainer(self) -> Trainer:
        """Return the run at its place: a copy of this visitor's own."""
        for _ in self.travel():
            pass
        return self._trainer

    def travel(self) -> Iterator[int]:
        """Train to the place, and yield the epochs done whenever a quarter of a second has gone by."""
        if self._trained == (self.settings, self.place):
            return
        run = SHARED.run(self.settings)
        while (trainer := run.copy_at(self.settings, *self.place, seconds=0.25)) is None:
            yield run.epoch
        self._arrive(trainer)

    def apply_update(self) -> None:
        """Make the next update, where there is no stage."""
        trainer = self.trainer
        if not self.is_over:
            trainer.advance_update()
            self._arrive(trainer)

    def _arrive(self, trainer: Trainer) -> None:
        self._trainer, self.place = trainer, (trainer.epoch, trainer.update)
        self._trained = self.settings, self.place

    def go_on_with(self, learning_rate: float, epochs: int) -> None:
        """Go on with this learning rate and number of epochs; the weights are kept.

        The rate changes at the epoch that the stage shows, which it is asked for.
        """
        self._branch(self.settings.with_epochs(epochs))
        if learning_rate != self.rate:
            self._rate_to_come = learning_rate
            if not self.hears:
                self._set_rate()

    def hear(self, told: object) -> Iterator[Mapping[str, Any]]:
        """Take what the stage tells, and yield what was done on it that begins another run."""
        read = Told.read(told)
        if read is None or read.visit != self.id:
            return
        self.opened, self.hears, self.logarithmic = False, True, read.log
        place = read.epoch, read.update
        self.playing = read.playing
        self.at_rest = read.rests or (self.at_rest and not read.playing and place == self.place)
        if read.run == self.run and self._has(place):
            self.place = place
        for act in read.acts:
            if act["n"] > self.heard:
                self.heard, self.trouble = act["n"], ""
                try:
                    if not self._take(act):
                        yield act
                except NotAllowed as error:
                    self.trouble = str(error)
                except (KeyError, TypeError, AttributeError):
                    pass  # it comes from outside

    def _has(self, place: tuple[int, int]) -> bool:
        """Return whether there is this place in the run."""
        is_known = not place[1] or place[1] < self.updates_per_epoch
        return is_known and place <= (self.settings.training.epochs, 0)

    @cached_property
    def updates_per_epoch(self) -> int:
        """The updates that an epoch has: what a branch changes leaves their number."""
        return Trainer(self.settings).updates_per_epoch

    def _take(self, act: Mapping[str, Any]) -> bool:
        """Do what was done on the stage, and return whether it was something with this run."""
        what = act.get("do")
        if what == "rest":
            pass  # it was seen above
        elif what == "frames":
            self._answer = answered(act["value"])
        elif what == "rate":
            self._set_rate()
        elif what == "set":
            self._branch(self.settings.with_edit(*self.place, act["index"], act["value"]))
        elif what == "switch":
            neuron = act["layer"], act["neuron"], act["state"]
            self._branch(self.settings.with_switch(*self.place, *neuron))
        elif what == "more":
            if self.is_over and not self.trainer.at_end:
                epochs = self.settings.training.epochs + self._more
                self._branch(self.settings.with_epochs(min(epochs, MAX_EPOCHS)))
        else:
            return False
        return True

    def _set_rate(self) -> None:
        """Set the learning rate that was to come at the place of the run."""
        rate, self._rate_to_come = self._rate_to_come, None
        try:
            if rate is not None:
                self._branch(self.settings.with_rate(*self.place, rate))
        except NotAllowed as error:
            self.trouble = f"{error} The learning rate stays as it was until Reset."

    def _branch(self, settings: Settings) -> None:
        """Have the run go on with these settings from its place, or its end if that comes before."""
        if settings != self.settings:
            self.settings, self.at_rest = settings, False
            self.place = min(self.place, (settings.training.epochs, 0))
