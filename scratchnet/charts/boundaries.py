"""Small pictures of what networks predict, for many parameters of one run."""

import zlib
from base64 import b64encode

import numpy as np

from scratchnet.data.datasets import grid
from scratchnet.data.features import features_of
from scratchnet.nn.activations import OUTPUTS
from scratchnet.nn.engine import Surface
from scratchnet.run.trainer import Trainer

SIDE = 24
NOT_A_NUMBER = -128


def predictions(trainer: Trainer, thetas: np.ndarray) -> np.ndarray:
    """Return a picture for each of thetas, (k, n), as int8, (k, SIDE²).

    Rows go from the lowest x2 up. Of one output, the code is 127 where it is highest and -127 where it
    is lowest; of several, the class. It is NOT_A_NUMBER where an output is nan.
    """
    network, window = trainer.settings.network, trainer.dataset.window
    X = features_of(grid(window, SIDE)[2], network.features)
    surface = Surface(network.layer_dims, network.activation, X)
    codes = np.empty((len(thetas), SIDE * SIDE), np.int8)
    for k, theta in enumerate(thetas):
        logits = surface(theta)
        codes[k] = _class_code(logits) if len(logits) > 1 else _output_code(logits, network.output)
    return codes


def _class_code(logits: np.ndarray) -> np.ndarray:
    """Return the class whose logit is the largest."""
    return np.where(np.isnan(logits).any(axis=0), NOT_A_NUMBER, logits.argmax(axis=0))


def _output_code(logits: np.ndarray, output: str) -> np.ndarray:
    """Return the one output in steps of its range, but 0 only where it is."""
    Z = logits[0]
    with np.errstate(over="ignore", invalid="ignore"):
        A = OUTPUTS[output].function(Z, np.empty_like(Z))
        A = 2.0 * A - 1.0 if output == "sigmoid" else np.clip(A, -1.0, 1.0)
        size = np.maximum(np.rint(127.0 * np.abs(A)), np.abs(Z) > 0.0)
        return np.where(np.isnan(A), NOT_A_NUMBER, np.copysign(size, Z))


def packed(codes: np.ndarray) -> str:
    """Return pictures as text: compressed, each but the first as what has changed in it."""
    changes = codes.copy()
    changes[1:] = codes[1:] - codes[:-1]  # as int8 it may wrap
    return b64encode(zlib.compress(changes.tobytes(), 3)).decode()
