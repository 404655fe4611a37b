"""The frames of a run as a resource: what an address asks for, and the payload that it has for ever.

A run is a pure function of its settings, so these frames are one of what is asked: the settings, the
place of the first frame, the epochs from one to the next, and how many there are.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np

from scratchnet.data.datasets import grid
from scratchnet.data.features import features_of
from scratchnet.live.about import about
from scratchnet.live.payload import differences, frame, map_code, pack, picture, real
from scratchnet.nn.pictures import Maps, Surface
from scratchnet.run.address import VERSION
from scratchnet.run.fields import IntField, parse
from scratchnet.run.settings import FIELDS, Settings
from scratchnet.run.snapshot import Snapshot
from scratchnet.run.trainer import Trainer
from scratchnet.validation import MAX_EPOCHS, NotAllowed, brief

SIDE = 100  # the surface is SIDE x SIDE at most
MAP_SIDE = 30  # and the map of a neuron this by this at most,
MAP_VALUES = 24_000  # with so many values in all maps
MAX_FRAMES = 30  # which are at most 2 MB, and 12 MB while they are being packed
MOST_PARTS = 100  # of an address: there are fewer names
# What may be asked for beside the settings, and its usual text: the epoch of the first frame, the
# updates into the next epoch, the epochs from frame to frame, the number of frames, the side of the
# surface, and whether to tell all of the run.
PLACES = {
    "from": (IntField(0, MAX_EPOCHS), "0"),
    "update": (IntField(0, MAX_EPOCHS), "0"),
    "speed": (IntField(1, MAX_EPOCHS), "1"),
    "count": (IntField(1, MAX_FRAMES), "1"),
    "side": (IntField(10, SIDE), str(SIDE)),
    "all": (IntField(0, 1), "0"),
}


def _release() -> str:
    """Return the version with a checksum of the code: other code may give other frames."""
    checksum = 0
    for path in sorted(Path(__file__).parent.parent.rglob("*.*")):
        if path.suffix != ".pyc":
            checksum = zlib.crc32(path.read_bytes(), checksum)
    return f"{VERSION}-{checksum:08x}"


RELEASE = _release()


class OtherRelease(NotAllowed):
    """Frames are asked for that another release of scratchnet makes."""


@dataclass(frozen=True)
class Asked:
    """What is asked for: ``count`` frames from a place of a run on, ``speed`` epochs apart.

    ``all`` asks also for what the stage has to know of the run, its points, and its costs up to there.
    Beyond the end of the run there is its last frame.
    """

    settings: Settings
    epoch: int = 0
    update: int = 0
    speed: int = 1
    count: int = 1
    side: int = SIDE
    all: bool = False

    @classmethod
    def read(cls, address: str) -> "Asked":
        """Return what an address asks for, ``name=text&…``; NotAllowed says what is wrong with it."""
        if address.count("&") >= MOST_PARTS:
            raise NotAllowed(f"An address must have at most {MOST_PARTS} parts.")
        texts = dict(parse_qsl(address, keep_blank_values=True))
        if (release := texts.get("release", RELEASE)) != RELEASE:
            raise OtherRelease(f"release must be {RELEASE}, got {brief(release)}.")
        asked = [parse(field, name, texts.get(name, usual)) for name, (field, usual) in PLACES.items()]
        named = {name: text for name, text in texts.items() if name not in (*PLACES, "release")}
        for name in named:
            if name not in FIELDS:
                raise NotAllowed(f"{brief(name)} is not a setting.")
        settings, wrong = Settings.read(named)
        for sentence in wrong.values():
            raise NotAllowed(sentence)
        epoch, update, speed, count, side, tells_all = asked
        return cls(settings, epoch, update, speed, count, side, bool(tells_all))

    @property
    def places(self) -> list[tuple[int, int]]:
        """Return the epoch and the update of each frame."""
        last = self.settings.training.epochs, 0
        epochs = (self.epoch + k * self.speed for k in range(self.count))
        return list(dict.fromkeys(min((epoch, self.update), last) for epoch in epochs))


def payload(trainer: Trainer, asked: Asked) -> Iterator[bytes | None]:
    """Make the payload of what is asked: yield None now and then on the way, and at last the payload.

    In between the trainer may be moved. Raises NotAllowed for an update that an epoch does not have.
    """
    snapshots: list[Snapshot] = []
    for place in asked.places:
        for _ in trainer.travel(*place, seconds=0.0):
            yield None
        snapshots.append(trainer.seek(*place))
        if snapshots[-1].ended:
            break
    yield pack(*contents(trainer, asked, snapshots))


class Painter:
    """The surfaces and the maps of a run, frame after frame."""

    def __init__(self, settings: Settings, trainer: Trainer, side: int):
        network, window = settings.network, trainer.dataset.window
        dims = network.layer_dims
        self.output = network.output
        self.map_side = min(MAP_SIDE, int((MAP_VALUES / sum(dims)) ** 0.5))
        X, self.feature_maps = (
            features_of(grid(window, n)[2], network.features) for n in (side, self.map_side)
        )
        self._surface = Surface(dims, network.activation, X)
        self._maps = Maps(dims, network.activation, network.output, self.feature_maps)
        self.surfaces: list[np.ndarray] = []
        self.maps: list[np.ndarray] = []
        self.scales: list[float] = []

    def __call__(self, snapshot: Snapshot) -> None:
        """Paint one frame more."""
        code, scale = picture(self._surface(snapshot.theta), self.output)
        A = self._maps(snapshot.theta)
        if self.output == "sigmoid":  # from 0 … 1 to -1 … 1, as the others are
            A[-1] = 2.0 * A[-1] - 1.0
        self.surfaces.append(code.reshape(-1))
        self.maps.append(map_code(A).reshape(-1))
        self.scales.append(scale)


def contents(
    trainer: Trainer, asked: Asked, snapshots: list[Snapshot]
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Return header and body of a payload: of these snapshots, and of the costs to there.

    They are painted in one go: a painter takes much more memory than what is waiting to be painted.
    """
    training, dataset, last = asked.settings.training, trainer.dataset, snapshots[-1]
    paint = Painter(asked.settings, trainer, asked.side)
    for snapshot in snapshots:
        paint(snapshot)
    known = slice(0 if asked.all else max(0, snapshots[0].epoch - asked.speed + 1), last.epoch + 1)
    header: dict[str, Any] = {
        "first": known.start,
        "side": asked.side,
        "planes": paint.surfaces[0].size // asked.side**2,
        "mapSide": paint.map_side,
        "neurons": paint.maps[0].size // paint.map_side**2,
        "parameters": last.theta.size,
        "double": training.precision == "double",
        "ends": last.epoch == training.epochs or last.ended is not None,
        "ended": last.ended,
        "epochs": training.epochs,
        "rateChanges": training.rate_changes,
        "edits": training.edits,
        "switches": training.switches,
        "frames": [
            frame(snapshot, training.rate_at(snapshot.epoch), scale)
            for snapshot, scale in zip(snapshots, paint.scales, strict=True)
        ],
    }
    number = real(training.precision)
    history = trainer.history
    parts = [differences(paint.surfaces), differences(paint.maps)]
    parts += [np.array([snapshot.theta for snapshot in snapshots], number)]
    parts += [costs[known].astype(number) for costs in (history.train_cost, history.test_cost)]
    if asked.all:
        header["about"] = about(asked.settings, trainer)
        points = np.hstack([dataset.X_train, dataset.X_test])
        labels = np.hstack([dataset.Y_train, dataset.Y_test])
        parts += [points.astype("<f4"), labels.astype("<f4"), map_code(paint.feature_maps)]
    return header, parts
