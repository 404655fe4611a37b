"""A playback is a run that is being watched: it answers the stage, which asks for the next frames.

The browser plays what it was given at its own pace, so the trainer may be a chunk ahead of what is
seen. Every request therefore says which epoch it goes on from, and the trainer goes there first: the
same request always gets the same frames, however often it comes.
"""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from scratchnet.charts import look
from scratchnet.data.datasets import grid
from scratchnet.data.features import features_of
from scratchnet.data.points import MAX_CLASSES, MAX_ROWS, MIN_ROWS, ROOM, class_names
from scratchnet.live.payload import LIMITS, frame, map_code, pack, picture
from scratchnet.nn.activations import layer_activations
from scratchnet.nn.engine import Maps, Surface
from scratchnet.run.address import VERSION
from scratchnet.run.settings import EDITS, FIELDS, Settings, TrainingSettings
from scratchnet.run.snapshot import Snapshot
from scratchnet.run.trainer import Trainer
from scratchnet.validation import MAX_EPOCHS, NotAllowed, check_choice, check_whole

SIDE = 100  # the surface is SIDE x SIDE
MAP_SIDE = 30  # and the map of a neuron this by this at most,
MAP_VALUES = 24_000  # with so many values in all maps
MAX_FRAMES = 60
MAX_SPEED = 200
SECONDS_A_CHUNK = 0.25
SECONDS_A_FRAME = 1.0  # then an answer comes without it; stage.js has a patience of 2.5
PARAMETER = dict(EDITS.parts)["value"]  # the weights and biases that can be set by hand
# The look of the stage: the colours that are mixed as red, green and blue.
LOOK = {
    "middle": look.rgb(look.MIDDLE),
    "classes": [look.rgb(colour) for colour in look.CLASSES],
    "markers": look.MARKERS,
    "ink": look.INK,
    "outline": look.OUTLINE,
    "trainLine": look.TRAIN_LINE,
    "testLine": look.TEST_LINE,
}

# What a request can ask for.
FRAMES = "frames"  # the next frames; none at a pause
UPDATES = "updates"  # the next frames, of one update each
SHOW = "show"  # the frame of the epoch itself
SET = "set"  # the same, with a parameter set by hand
MORE = "more"  # more epochs, at the end of a run
ALL = "all"  # all of the run, at the epoch
RESTART = "restart"  # a new run


@dataclass(frozen=True)
class Request:
    """What the browser asks for: from ``epoch`` and ``update``, ``do`` this.

    ``ask`` is the number of the request, which the answer repeats; ``run`` and ``revision`` say which
    run the browser knows. ``frames`` of ``speed`` epochs each are asked for. ``index`` and ``value``
    are of the parameter to set.
    """

    run: int
    revision: int
    ask: int
    epoch: int
    update: int
    do: str
    speed: int
    frames: int
    playing: bool
    index: int
    value: float

    @classmethod
    def read(cls, asked: object) -> "Request | None":
        """Return the request, or None if it is none: it comes from outside, so it is checked."""
        names = [each.name for each in fields(cls)]
        if not isinstance(asked, Mapping) or set(asked) != set(names):
            return None
        request = cls(**{name: asked[name] for name in names})
        try:
            check_whole("epoch", request.epoch, 0, MAX_EPOCHS)
            check_whole("update", request.update, 0, MAX_EPOCHS)
            check_choice("do", request.do, (FRAMES, UPDATES, SHOW, SET, MORE, ALL, RESTART))
            check_whole("speed", request.speed, 1, MAX_SPEED)
            check_whole("frames", request.frames, 0, MAX_FRAMES)
            check_whole("ask", request.ask, 0, 2**53)
        except NotAllowed:
            return None
        return request


class Playback:
    """The trainer of one run, what the browser shows of it, and its next payload."""

    def __init__(self, settings: Settings, trainer: Trainer | None = None, opened: bool = False):
        self.opened = opened  # the first of a session, not asked yet: its page may know a later epoch
        self.run = secrets.randbits(48)  # no page of an earlier server may think that it knows it
        self.revision = 0
        self.playing = False
        self.at_rest = False
        self.trouble = ""  # a sentence about what could not be done
        self._epochs_more = settings.training.epochs  # that Play adds at the end
        self._rate_to_come: float | None = None
        self._answers = 0
        self._pace = SECONDS_A_FRAME  # what an epoch took last; as long as none was made, one is tried
        self._begin(settings, trainer)
        self.show_all()

    def _begin(self, settings: Settings, trainer: Trainer | None = None) -> None:
        self.trainer = trainer or Trainer(settings)
        network, window = settings.network, self.trainer.dataset.window
        dims = network.layer_dims
        _, _, points = grid(window, SIDE)
        X = features_of(points, network.features)
        self.surface = Surface(dims, network.activation, X)
        self.map_side = min(MAP_SIDE, int((MAP_VALUES / sum(dims)) ** 0.5))
        _, _, points = grid(window, self.map_side)
        self._map_X = features_of(points, network.features)
        self._maps = Maps(dims, network.activation, network.output, self._map_X)

    @property
    def settings(self) -> Settings:
        """The settings of the run, with the learning rates that were set on the way."""
        return self.trainer.settings

    @property
    def epochs(self) -> int:
        """The number of epochs of the run."""
        return self.settings.training.epochs

    @property
    def rate(self) -> float:
        """The learning rate that was set last, if only for the next epoch."""
        last_rate = self.settings.training.last_rate
        return last_rate if self._rate_to_come is None else self._rate_to_come

    def travel(self, epoch: int, update: int = 0) -> Iterator[int]:
        """Go to a place, and yield the epochs done whenever a quarter of a second has gone by."""
        last = min(epoch, self.epochs)
        for done in self.trainer.travel(last, seconds=SECONDS_A_CHUNK):
            if done < last and not self.trainer.at_end:
                yield done
        self._go_to(epoch, update)

    def _go_to(self, epoch: int, update: int) -> None:
        """Go where the browser is, as far as there is such a place in this run."""
        trainer = self.trainer
        if epoch >= self.epochs or update >= trainer.updates_per_epoch:
            update = 0
        trainer.seek(min(epoch, self.epochs), update)

    def change(self, learning_rate: float, epochs: int) -> None:
        """Continue with this learning rate and number of epochs; the weights are kept.

        While it plays, the rate changes at the epoch that the browser shows, which its next request
        tells; until then no frame that was trained with the old rate may be shown beyond it.
        """
        if epochs != self.epochs:
            self.trainer.change_epochs(epochs)
            self.trainer.seek(min(self.trainer.epoch, epochs))
            self._revise()
        if learning_rate != self.rate:
            self._rate_to_come = learning_rate
            self._revise()
            if not self.playing:
                self._change_rate()

    def _revise(self) -> None:
        """Note that frames beyond the one that is shown are not of this run any more."""
        self.revision += 1
        self.at_rest = False

    def _change_rate(self) -> None:
        rate, self._rate_to_come = self._rate_to_come, None
        if rate is None:
            return
        try:
            self.trainer.change_learning_rate(rate)
        except NotAllowed as error:
            self.trouble = f"{error} The learning rate stays as it was until Reset."

    def answer(self, asked: object) -> None:
        """Do what the browser asks for and prepare the payload; another run is shown as a whole."""
        request = Request.read(asked)
        if request is None or (request.run, request.revision) != (self.run, self.revision):
            return self.show_all()
        self._answers, self.opened = request.ask, False
        self.playing = bool(request.playing)
        self.at_rest = False
        if request.do == RESTART:
            self._restart()
        elif request.do == MORE:
            self._extend(request.epoch)
        if not self._is_within_frame(request):
            self._go_to(request.epoch, request.update)
        self._change_rate()
        done = request.do == SET and self._set_parameter(request.index, request.value)
        if request.do in (ALL, RESTART):
            self.show_all()
        elif request.do in (SHOW, SET):
            self._show([self.trainer.snapshot()], self.trainer.epoch, {"set": done})
        else:
            self._show_next(request)

    def _set_parameter(self, index: int, value: float) -> bool:
        """Set a weight or a bias, and return whether that was possible."""
        try:
            self.trainer.set_parameter(index, value)
            self.trouble = ""
        except NotAllowed as error:
            self.trouble = str(error)
        return not self.trouble

    def _extend(self, epoch: int) -> None:
        """Add as many epochs as the run was opened with, if this is its last one and it goes on."""
        if epoch >= self.epochs and not self.trainer.at_end:
            self.trainer.change_epochs(min(self.epochs + self._epochs_more, MAX_EPOCHS))
            self._revise()

    def _restart(self) -> None:
        """Begin a new run with the last learning rate from its first epoch on, and without edits."""
        training = self.settings.training
        if training.rate_changes or training.edits:
            self._begin_with(replace(training.with_last_rate(), edits=()))
        self.trouble = ""

    def _begin_with(self, training: TrainingSettings) -> None:
        self._begin(replace(self.settings, training=training))

    def show_all(self) -> None:
        """Prepare the payload of a browser that knows nothing: points, history, current frame."""
        dataset, network = self.trainer.dataset, self.settings.network
        names = class_names(dataset.class_names, MAX_CLASSES)  # also of those that may be drawn
        about = {
            "all": True,
            "opened": self.opened,
            "look": LOOK,
            "window": dataset.window,
            "side": SIDE,
            "mapSide": self.map_side,
            "classes": dataset.classes,
            "names": dataset.names,
            "classNames": names,
            "fullNames": [look.full_name(name) for name in names],
            "scales": dataset.scales,
            "fewestPoints": MIN_ROWS,
            "mostPoints": MAX_ROWS,
            "mostFrames": MAX_FRAMES,
            "mostEpochs": MAX_EPOCHS,
            "epochsMore": self._epochs_more,
            "room": ROOM,
            "mostClasses": MAX_CLASSES,
            "features": network.features,
            "allFeatures": look.FEATURE_NAMES,
            "featureNames": [look.FEATURE_NAMES[name] for name in network.features],
            "layerDims": network.layer_dims,
            "activations": layer_activations(network.activation, len(network.layer_dims) - 1),
            "output": network.output,
            "surfaceEnd": LIMITS[network.output],
            "costTitle": look.COST_TITLES[network.cost],
            "precision": self.settings.training.precision,
            "version": VERSION,
            "updates": self.trainer.updates_per_epoch,
            "mostLayers": FIELDS["layer_dims"].most_hidden,
            "mostNeurons": FIELDS["layer_dims"].neurons.high,
            "parameters": (PARAMETER.low, PARAMETER.high),
            "train": dataset.Y_train.size,
            "test": dataset.Y_test.size,
        }
        data = [
            np.hstack([dataset.X_train, dataset.X_test]).astype("<f4"),
            np.hstack([dataset.Y_train, dataset.Y_test]).astype("<f4"),
            map_code(self._map_X),
        ]
        self._show([self.trainer.snapshot()], 0, about, data)

    def _show_next(self, request: Request) -> None:
        """Prepare the payload of the next frames: as many as asked for, or fit in SECONDS_A_CHUNK.

        A frame is always whole. One that takes longer than SECONDS_A_FRAME is not in the answer yet:
        the browser asks for it again, and the trainer goes on with it.
        """
        begun, first = time.monotonic(), min(request.epoch, self.trainer.epoch) + 1
        epoch, snapshots = first - 1, list[Snapshot]()
        while len(snapshots) < request.frames and not self._at_end():
            if request.do == UPDATES:
                snapshots.append(self.trainer.advance_update())
            else:
                epoch = min(epoch + request.speed, self.epochs)
                if not self._train_to(epoch):
                    break
                snapshots.append(self.trainer.snapshot())
            if time.monotonic() - begun > SECONDS_A_CHUNK:
                break
        self._show(snapshots, first)

    def _is_within_frame(self, request: Request) -> bool:
        """Return whether an earlier answer has begun the frame that is asked for."""
        if request.do != FRAMES or not request.frames or self._rate_to_come is not None:
            return False
        way = self.trainer.epoch - request.epoch
        return not (request.update or self.trainer.update or self._at_end()) and 0 < way < request.speed

    def _train_to(self, epoch: int) -> bool:
        """Train to this epoch, in one go if the last pace allows, and return whether it was in time."""
        trainer, now = self.trainer, time.monotonic()
        deadline = now + SECONDS_A_FRAME
        while trainer.epoch < epoch and not trainer.at_end and now < deadline:
            before, begun, left = trainer.epoch, now, epoch - trainer.epoch
            in_time = int((deadline - now) / max(self._pace, 1e-9))
            trainer.advance(max(1, min(left, in_time)))
            now = time.monotonic()
            self._pace = (now - begun) / max(1, trainer.epoch - before)
        return trainer.epoch == epoch or trainer.at_end

    def make_update(self) -> None:
        """Make the next update, for a page without a stage."""
        if not self._at_end():
            self.trainer.advance_update()
        self.show_all()

    def _show(
        self,
        snapshots: Sequence[Snapshot],
        first: int,
        about: Mapping[str, Any] | None = None,
        data: Sequence[np.ndarray] = (),
    ) -> None:
        """Prepare the payload of these snapshots, and of the costs from epoch ``first`` on."""
        frames, pictures = [], []
        for snapshot in snapshots:
            code, scale = picture(self.surface(snapshot.theta), self.settings.network.output)
            pictures += [code, self._map_codes(snapshot.theta)]
            frames.append(frame(snapshot, self.settings.training.rate_at(snapshot.epoch), scale))
        history = self.trainer.history
        known = slice(first, snapshots[-1].epoch + 1 if snapshots else first)
        numbers = [snapshot.theta for snapshot in snapshots]
        numbers += [history.train_cost[known], history.test_cost[known]]
        header = self._header(first, frames) | dict(about or {})
        self.payload = pack(header, [*pictures, *numbers, *data])

    def _map_codes(self, theta: np.ndarray) -> np.ndarray:
        """Return the maps of all neurons; the output of a sigmoid is scaled from 0 … 1 to -1 … 1."""
        A = self._maps(theta)
        if self.settings.network.output == "sigmoid":
            A[-1] = 2.0 * A[-1] - 1.0
        return map_code(A)

    def _at_end(self) -> bool:
        return self.trainer.epoch >= self.epochs or self.trainer.at_end

    def _header(self, first: int, frames: list) -> dict[str, Any]:
        """Return what every payload says; ``first`` is the epoch of its first cost."""
        trainer = self.trainer
        ended = trainer.ended
        return {
            "run": self.run,
            "revision": self.revision,
            "answers": self._answers,
            "all": False,
            "playing": self.playing,
            "epochs": self.epochs,
            "ends": self._at_end(),
            "ended": [trainer.epoch, ended.reason] if ended and trainer.at_end else None,
            "first": first,
            "rate": trainer.settings.training.rate_at(frames[-1][0] if frames else first - 1),
            "rateChanges": trainer.settings.training.rate_changes,
            "edits": trainer.settings.training.edits,
            "frames": frames,
        }
