"""The decision boundary of a run as a small picture: a PNG of one pixel for each place of a grid."""

import struct
import zlib
from base64 import b64encode
from functools import lru_cache

import numpy as np

from scratchnet.charts.look import CLASSES, MIDDLE, rgb
from scratchnet.data.datasets import WINDOW, grid
from scratchnet.studies.result import Result

SIDE = 28  # pixels
SIGNATURE = b"\x89PNG\r\n\x1a\n"
# How far the surest output is from the middle to the colour of its class, as on the stage.
STRENGTH = 0.62
_MIDDLE, _CLASSES = np.array(rgb(MIDDLE)), np.array([rgb(colour) for colour in CLASSES])


@lru_cache(maxsize=4000)
def thumbnail(result: Result) -> str:
    """Return the output of a run at its end over the plane, as the address of a picture.

    Each pixel has the colour of the predicted class, the stronger the surer the output; where the
    output is not a number it is grey.
    """
    _, _, points = grid(WINDOW, SIDE)
    label, sure = _predictions(result.snapshot.outputs(points), result.settings.network.output)
    way = STRENGTH * np.nan_to_num(sure)[:, None]
    pixels = np.rint(_MIDDLE + way * (_CLASSES[label] - _MIDDLE)).astype(np.uint8)
    return png(pixels.reshape(SIDE, SIDE, 3)[::-1])


def _predictions(AL: np.ndarray, output: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the class at each place, (m,), and how sure the output is of it, from 0 to 1."""
    if output == "softmax":
        *_, second, first = np.sort(AL, axis=0)
        return AL.argmax(axis=0), (first - second) / (first + second)
    signed = np.clip(2.0 * AL[0] - 1.0 if output == "sigmoid" else AL[0], -1.0, 1.0)
    return (signed > 0).astype(int), np.abs(signed)


def png(pixels: np.ndarray) -> str:
    """Return an image, uint8, (height, width, 3), as the address of a PNG, without any colour lost."""
    height, width, _ = pixels.shape
    rows = np.zeros(
        (height, 1 + 3 * width), np.uint8
    )  # each begins with the number of its filter, none
    rows[:, 1:] = pixels.reshape(height, -1)
    size = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return f"data:image/png;base64,{b64encode(SIGNATURE + body).decode()}"
