"""Visitors of the page that are not browsers: a class of them, for the load and the soak.

A visitor opens a session of the page, over its websocket, and plays a run as stage.js does, but for the
painting: which frames are painted when is worked out from what has come when.
"""

import asyncio
import json
import re
import time
import zlib
from contextlib import suppress
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from scratchnet.live.frames import RELEASE

# As in stage.js and pace.js: what is asked for, when the next is, and when fewer frames are.
FRAMES_A_CHUNK, SECONDS_A_CHUNK, SPEED = 24, 0.25, 5
FRAMES_A_SECOND = 30
LEVELS = ((1, 100), (2, 100), (4, 100), (4, 50))  # stride and side of the picture
LATE, IN_TIME, CHEAP = 2, 8, 0.002
STALL = 1.0  # seconds without a new frame


class Link:
    """A connection to a server that is kept for one request after the other, as a browser does."""

    def __init__(self, address: str):
        self._to = urlsplit(address)
        self.cookie = ""  # by which a proxy knows the server of this visitor
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer. Raises OSError or EOFError where none comes."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._to.hostname, self._to.port)
            reader, writer = self._streams
            head = f"GET {self._to.path}/{path} HTTP/1.1\r\nHost: {self._to.netloc}\r\n"
            cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
            writer.write(f"{head}{cookie}\r\n".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", answer)
            return int(answer[9:12]), await reader.readexactly(int(length[1]) if length else 0)
        except (
            BaseException
        ):  # also where nobody waits any more: what then comes is no answer to the next
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next request opens another one."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


class Visitor:
    """Someone who opens the page of a run and plays it."""

    page = ""  # the first one

    def __init__(self, address: str, run: str):
        self.run, self.address, self._link = run, address, Link(address)
        self._session: ClientConnection | None = None
        self._drained: asyncio.Task[None] | None = None
        self._is_made = asyncio.Event()
        self.painted = 0
        self._begin()
        self.begin_count()

    def _begin(self) -> None:
        self.queue = self.epoch = self._level = self._late = self._in_time = 0
        self._last = time.monotonic()  # when a frame was painted

    def begin_count(self) -> None:
        """Count from now on."""
        self.paint()
        self.painted = self.stalls = self.errors = self.bytes = self.came = 0
        self.waits: list[float] = []  # for a chunk, in seconds
        self.strides: list[int] = []  # at which the chunks were asked for

    async def open(self) -> None:
        """Have the page of the run made, in a session that stays open and is read."""
        if self._session is None:
            self._session = await self._new_session()
            if self._session.response:
                given = self._session.response.headers.get("Set-Cookie", "")
                self._link.cookie = given.partition(";")[0]
            self._drained = asyncio.create_task(self._drain(self._session))
        self._is_made.clear()
        begin = BackMsg(rerun_script=ClientState(query_string=self.run, page_name=self.page))
        await self._session.send(begin.SerializeToString())
        await self._is_made.wait()

    async def _new_session(self) -> ClientConnection:
        address = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        how: dict[str, Any] = {"max_size": None, "ping_interval": None, "proxy": None}
        how["subprotocols"] = ["streamlit"]
        return await connect(address, **how)

    async def _drain(self, session: ClientConnection) -> None:
        """Read what comes."""
        async for told in session:
            if ForwardMsg.FromString(told).WhichOneof("type") == "script_finished":
                self._is_made.set()

    async def close(self) -> None:
        """Close the tab."""
        self._link.close()
        if self._session and self._drained:
            await self._session.close()
            await self._drained
        self._session = None

    async def play(self) -> None:
        """Play the run to its end."""
        about = await self._ask({"from": 0, "update": 0, "all": 1})
        size = int.from_bytes((unpacked := zlib.decompress(about))[:4], "little")
        header = json.loads(unpacked[4 : 4 + size])
        an_epoch = header["about"]["secondsAnEpoch"]
        self._begin()
        for chunk in count():
            if self.epoch >= header["epochs"]:
                return
            due = self._last + (self.queue - FRAMES_A_CHUNK / 2) * self._pause
            await asyncio.sleep(due - time.monotonic())
            stride, side = LEVELS[self._level]
            speed = SPEED * stride
            length = max(1, min(int(SECONDS_A_CHUNK / (speed * an_epoch)), FRAMES_A_CHUNK))
            done = self.epoch // speed
            frames = min(length - done % length, -(-header["epochs"] // speed) - done)
            asked = time.monotonic()
            place = {"from": (done + 1) * speed, "speed": speed}
            got = await self._ask(place | {"count": frames, "side": side})
            self.waits.append(time.monotonic() - asked)
            self.strides.append(stride)
            self.bytes, self.came = self.bytes + len(got), self.came + frames
            self.epoch = min((done + frames) * speed, header["epochs"])
            self._enqueue(frames, chunk > 0, speed * an_epoch)

    @property
    def _pause(self) -> float:
        return LEVELS[self._level][0] / FRAMES_A_SECOND

    async def _ask(self, asked: dict[str, int]) -> bytes:
        """Ask until the frames are there."""
        address = "&".join([self.run, *(f"{name}={value}" for name, value in asked.items())])
        while True:
            with suppress(OSError, EOFError):
                status, body = await self._link.get(f"frames?{address}&release={RELEASE}")
                if status == 200:
                    return body
                if status == 202:
                    continue
                if status < 500:
                    raise RuntimeError(f"{address}: {body.decode()}")
            self.errors += 1
            await asyncio.sleep(0.25)

    def paint(self) -> None:
        """Take what was painted until now from the queue."""
        frames = max(0, min(self.queue, int((time.monotonic() - self._last) / self._pause)))
        self.queue -= frames
        self.painted += frames
        self._last += frames * self._pause

    @property
    def is_stalled(self) -> bool:
        """Return whether no frame was painted for too long."""
        return not self.queue and time.monotonic() - self._last > STALL

    def _enqueue(self, frames: int, moves: bool, training: float) -> None:
        """Take frames that have come, and note whether they came too late; see pace.js."""
        self.paint()
        is_late = not self.queue
        if is_late:
            self.stalls += moves and self.is_stalled
            # The first of them is painted at once.
            self._last = max(self._last, time.monotonic() - self._pause)
        self.queue += frames
        if moves:
            self._late = self._late + 1 if is_late else 0
            self._in_time = 0 if is_late else self._in_time + 1
            change = (self._late >= LATE and training < CHEAP) - (self._in_time >= IN_TIME)
            if change:
                self._late = self._in_time = 0
            self._level = max(0, min(self._level + change, len(LEVELS) - 1))


class Sweeper(Visitor):
    """Someone who opens the page of a sweep and looks at it."""

    page = "seeds"

    async def play(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(1)
            await self.open()
