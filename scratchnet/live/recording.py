"""A recording is a run in one HTML file: the code of the stage, and one payload with all the frames.

It needs neither Python nor a server nor a network, and its Content-Security-Policy allows it none.
"""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from string import Template
from urllib.parse import urlencode

from scratchnet.charts.in_words import told
from scratchnet.live.code import SCRIPTS, STYLES, joined, source
from scratchnet.live.frames import Asked, contents
from scratchnet.live.payload import pack
from scratchnet.run.address import VERSION
from scratchnet.run.trainer import Trainer

MOST_BYTES = 3_000_000  # of the file
MOST_FRAMES = 1001  # which are 40 MB in the browser
LEVEL = 6  # of zlib: 9 takes ten times as long for a tenth less
LONGEST_LINK = 8000  # characters
EVERY = [unit * 10**power for power in range(6) for unit in (1, 2, 5)]  # epochs from frame to frame


def recording(trainer: Trainer, page: str = "") -> str:
    """Return the run from its start to its epoch as one HTML page that plays by itself.

    It has as many frames as fit. ``page`` is the address of the page that can open the run, if any.
    """
    own = Trainer.restore(trainer.state())  # to go to and fro
    last = own.epoch
    pages = (_page(own, last, every, page) for every in EVERY if _may_fit(own, last, every))
    return next(text for text in pages if len(text.encode()) <= MOST_BYTES)


def _epochs(last: int, every: int) -> list[int]:
    """Return the epochs to be recorded: the first, every so many from there, and the last."""
    return [*range(0, last, every), last]


def _may_fit(own: Trainer, last: int, every: int) -> bool:
    """Return whether to try it: the parameters hardly become shorter when they are packed."""
    count = len(_epochs(last, every))
    return count <= MOST_FRAMES and 4 * count * own.snapshot().theta.size <= MOST_BYTES


def _page(own: Trainer, last: int, every: int, page: str) -> str:
    """Return the recording with a frame every so many epochs, and leave the trainer at the last one."""
    code, payload = joined([*SCRIPTS, "recording.js"]), _payload(own, last, every)
    settings = own.settings
    dims = "-".join(map(str, settings.network.layer_dims))
    return Template(joined(["recording.html"])).substitute(
        title=escape(f"scratchnet: {settings.data.dataset}, {dims}"),
        script=source(code),
        style=joined([*STYLES, "recording.css"]),
        stage=joined(["stage.html"]),
        says=" ".join(_sentences(own, every, page)),
        told=told(own),
        run=escape(urlencode(settings.to_address())),
        frames=b64encode(payload).decode(),
        code=code,
    )


def _payload(own: Trainer, last: int, every: int) -> bytes:
    """Return the payload with all frames, and with the costs of all epochs."""
    snapshots = [own.seek(epoch) for epoch in _epochs(last, every)]
    header, parts = contents(own, Asked(own.settings, all=True), snapshots)
    header["about"] |= {"every": every, "fixed": True, "updates": 1}
    header["ended"] = header["ended"] or "recorded"
    return pack(header, parts, LEVEL)


def _sentences(own: Trainer, every: int, page: str) -> Iterator[str]:
    """Yield what the page says of itself, as HTML."""
    end = own.snapshot()
    yield f"A recording of epochs 0 to {end.epoch:,}."
    if every > 1:
        yield f"Every {every:,}{'nd' if every == 2 else 'th'} epoch is recorded."
    yield f"Fingerprint at the end: <code>{end.fingerprint}</code>."
    shared = {"epoch": end.epoch, "fingerprint": end.fingerprint, "version": VERSION}
    address = urlencode(own.settings.to_address() | shared)
    if page and len(address) <= LONGEST_LINK:
        link = escape(f"{page.partition('?')[0]}?{address}")
        yield f'<a href="{link}" target="_blank" rel="noreferrer">Open the run</a>'
