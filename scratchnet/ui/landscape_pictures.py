"""Small pictures of what a network predicts, for many parameters; landscape.js shows them."""

import zlib
from base64 import b64encode
from typing import NamedTuple

import numpy as np

from scratchnet.data.datasets import grid
from scratchnet.data.features import features_of
from scratchnet.live.payload import differences, picture
from scratchnet.nn.pictures import Surface
from scratchnet.run.trainer import Trainer

SIDE = 24


class Pictures(NamedTuple):
    """Pictures of SIDE x SIDE logits as live/payload.py codes them: as text, and the scale of each.

    In the text they are compressed, each but the first as what has changed in it.
    """

    text: str
    scales: list[float]


def pictures(trainer: Trainer, thetas: np.ndarray) -> Pictures:
    """Return a picture of the predictions over the window for each of thetas, (k, n)."""
    network = trainer.settings.network
    X = features_of(grid(trainer.dataset.window, SIDE)[2], network.features)
    surface = Surface(network.layer_dims, network.activation, X)
    codes, scales = zip(*(picture(surface(theta), network.output) for theta in thetas), strict=True)
    packed = zlib.compress(differences(codes).tobytes(), 3)
    return Pictures(b64encode(packed).decode(), list(scales))
