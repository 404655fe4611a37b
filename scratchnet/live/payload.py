"""A payload is some frames of a run as the stage gets them: numbers as JSON, pictures as bytes.

zlib( header's length, uint32 | header, JSON | surface of each frame, int8 | maps of each, int8 | theta
of each | training costs | test costs | with "about" also: points, float32, labels, float32,
feature maps, int8 )

Of the pictures the first is whole, and each other is its difference to the one before, which takes half
the bytes. theta and the costs are float32 in single precision, as they are kept, else float64.
``frames.js`` reads what is written here; the numbers that the page prints travel as JSON, which gives
every float back to the last bit.
"""

import json
import math
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from scratchnet.run.snapshot import Snapshot

NOT_A_NUMBER = -128
LEVEL = 3  # of zlib: a tenth less than 1 gives, at once; 6 would take five times as long

# The logit, held within this, of each output: beyond it the colours do not change any more.
LIMITS = {"sigmoid": 20.0, "softmax": 20.0, "tanh": 10.0, "linear": 1.5}


def picture(logits: np.ndarray, output: str) -> tuple[np.ndarray, float]:
    """Return the logits of a surface, (n_L, m), as int8, (planes, m), and the scale to read them with.

    Of one output it is the code of its logit. Of more, the classes, it is the class whose logit is the
    largest, and the code of its lead over the second largest, which is 0 where the classes meet.
    """
    if len(logits) == 1:
        return surface_code(logits, LIMITS[output])
    *_, second, first = np.sort(logits, axis=0)
    with np.errstate(invalid="ignore"):  # the lead of an infinite logit over another is not a number
        code, scale = surface_code(first - second, LIMITS[output])
    return np.stack([logits.argmax(axis=0).astype(np.int8), code]), scale


def surface_code(values: np.ndarray, limit: float) -> tuple[np.ndarray, float]:
    """Return values as int8 of the same shape, and the scale s to read them with.

    With z the value, held within ±``limit``, and s = max |z|, the code c is ±127 sqrt(|z| / s),
    rounded, but 0 only where z is, so that c has the sign of z: z = ±s (c / 127)². It is finest at 0,
    where the boundary runs, so the line is sharp both while the network is unsure everywhere and when
    it is sure a step aside; the output that is read from it is right to a hundredth of its range, about
    what an eye can tell of a colour. -128 stands for nan.
    """
    known = ~np.isnan(values)
    z = np.clip(np.where(known, values, 0.0), -limit, limit)
    size = np.abs(z)
    scale = float(size.max()) or 1.0
    code = np.maximum(np.rint(127.0 * np.sqrt(size / scale)), size > 0.0)
    return np.where(known, np.copysign(code, z), NOT_A_NUMBER).astype(np.int8), scale


def map_code(A: np.ndarray) -> np.ndarray:
    """Return activations as int8 of the same shape: 127 is 1 or more, -127 is -1 or less, -128 nan."""
    known = ~np.isnan(A)
    code = np.rint(127.0 * np.clip(np.where(known, A, 0.0), -1.0, 1.0))
    return np.where(known, code, NOT_A_NUMBER).astype(np.int8)


def frame(snapshot: Snapshot, rate: float, scale: float) -> list[float | int | str | None]:
    """Return the numbers of one frame, in the order in which frames.js reads them.

    ``rate`` is the learning rate of the epoch that comes next.
    """
    numbers = (
        snapshot.train_cost,
        snapshot.test_cost,
        snapshot.train_accuracy,
        snapshot.test_accuracy,
        rate,
        scale,
    )
    # JSON has no nan or infinity; the page says "not finite" for null.
    finite = (x if math.isfinite(x) else None for x in numbers)
    return [snapshot.epoch, snapshot.update, *finite, snapshot.fingerprint]


def real(precision: str) -> str:
    """Return the type in which the kept numbers of a run of this precision lose nothing."""
    return "<f4" if precision == "single" else "<f8"


def differences(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Return pictures, int8, each but the first as what has changed in it; as int8, it may wrap."""
    codes = np.array(pictures)
    codes[1:] = codes[1:] - codes[:-1]
    return codes


def pack(header: dict[str, Any], parts: Sequence[np.ndarray], level: int = LEVEL) -> bytes:
    """Return the payload of a header and the bytes of these arrays, in their order."""
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    body = b"".join([len(text).to_bytes(4, "little"), text, *(part.tobytes() for part in parts)])
    return zlib.compress(body, level)
