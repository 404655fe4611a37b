"""The route of the frames: what an address asks for is answered once and for all, whoever asks it.

``frames?<settings>&from=…&speed=…&count=…`` gives the bytes of a payload, which stay the same for ever.
202 says that the run is not there yet: whoever asks again goes on with it. What is wrong with an
address is said in one sentence, with 422. A longer one comes as the body of a POST.
"""

import asyncio
import os
import zlib
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scratchnet.live.cache import SHARED, Cache, Run
from scratchnet.live.code import CODE
from scratchnet.live.frames import RELEASE, Asked, OtherRelease
from scratchnet.validation import NotAllowed

MOST_ASKED = 200_000  # characters: the most points, written out
LONG = 2000  # characters, from which on an address takes long to read
MOST_WAITING = 1000  # addresses that are being answered
FOR_EVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Encoding": "identity",  # they are packed: Streamlit would pack them again
}
NOT_KEPT = {"Cache-Control": "no-store"}


class Frames:
    """Answers what is asked. One computation an address: whoever asks the same meanwhile waits for it.

    All others have their turn in the order in which they came, a few at a time.
    """

    def __init__(self, cache: Cache = SHARED):
        self._cache = cache
        self._turns = asyncio.Semaphore(min(4, os.cpu_count() or 1))
        self._asked: dict[str, asyncio.Task[Response]] = {}
        self._queues: WeakKeyDictionary[Run, asyncio.Lock] = WeakKeyDictionary()

    async def __call__(self, request: Request) -> Response:
        """Answer a request."""
        address = request.scope["query_string"].decode("latin-1")
        if request.method == "POST":
            try:
                address = await _body(request)
            except ClientDisconnect:
                return Response(status_code=400)
        if len(address) > MOST_ASKED:
            return _sentence(413, f"An address must have at most {MOST_ASKED:,} characters.")
        if _mark(address) == request.headers.get("if-none-match"):
            return Response(status_code=304, headers=FOR_EVER)
        if (done := self._cache.kept(address)) is not None:
            return _frames(address, done)
        if address not in self._asked:
            if len(self._asked) >= MOST_WAITING:
                return _sentence(429, "Too many ask at once.")
            self._asked[address] = asyncio.create_task(self._answer(address))
            self._asked[address].add_done_callback(lambda _: self._asked.pop(address))
        return await asyncio.shield(self._asked[address])

    async def _read(self, address: str) -> Asked:
        """Read an address; one that holds many points, which takes 8 ms, beside the event loop.

        It has to wait for a turn: of more threads, each would keep memory of its own.
        """
        if len(address) < LONG:
            return Asked.read(address)
        async with self._turns:
            return await run_in_threadpool(Asked.read, address)

    async def _answer(self, address: str) -> Response:
        """Make the payload, in as many turns as it takes, or say that it takes more time."""
        try:
            asked = await self._read(address)
            run = self._cache.run(asked.settings)
            queue = self._queues.setdefault(run, asyncio.Lock())
            async with queue, self._turns:
                done = await run_in_threadpool(run.payload, asked)
        except OtherRelease as error:
            return _sentence(410, str(error))
        except NotAllowed as error:
            return _sentence(422, str(error))
        if done is None:
            return _sentence(202, run.progress)
        self._cache.keep(address, done)
        return _frames(address, done)


async def _body(request: Request) -> str:
    """Return the body of a request as text, as far as it can be an address."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_ASKED:
            break
    return body.decode("latin-1")


def _mark(address: str) -> str:
    """Return the mark of the only answer that an address has, its ETag."""
    return f'"{RELEASE}-{zlib.crc32(address.encode()):08x}"'


def _frames(address: str, done: bytes) -> Response:
    return Response(done, 200, FOR_EVER | {"ETag": _mark(address)}, "application/octet-stream")


def _sentence(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status, NOT_KEPT)


async def stage_code(request: Request) -> Response:
    """Answer with the code of the stage, which changes with the release only."""
    if request.query_params.get("release") != RELEASE:
        return _sentence(410, f"release must be {RELEASE}.")
    return Response(CODE, 200, FOR_EVER, "text/javascript")


def routes(cache: Cache = SHARED) -> list[Route]:
    """Return the routes, below any path: a host may serve the page below one of its own."""
    return [
        Route("/{before:path}frames", Frames(cache).__call__, methods=["GET", "POST"]),
        Route("/{before:path}stage.js", stage_code),
    ]
