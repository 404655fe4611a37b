"""Asks an app as a server would, without one: each request on its own, or many at once."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple


class Asked(NamedTuple):
    """A request as it arrives: the parts of its body one after another; None is a lost connection."""

    query: bytes = b""
    path: str = "/frames"
    method: str = "GET"
    body: Sequence[bytes | None] = ()
    headers: Sequence[tuple[bytes, bytes]] = ()


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode()


async def answer(app, asked: Asked) -> Answer:
    """What the app answers."""
    parts, messages = [*asked.body], []

    async def receive():
        if parts and parts[0] is None:
            return {"type": "http.disconnect"}
        body = parts.pop(0) if parts else b""
        return {"type": "http.request", "body": body, "more_body": bool(parts)}

    async def send(message):
        messages.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "query_string": asked.query,
        "root_path": "",
        "headers": [*asked.headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    start, *rest = messages
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert len(headers) == len(start["headers"]), "no header is said twice"
    return Answer(start["status"], headers, b"".join(part.get("body", b"") for part in rest))


def ask(app, *many: Asked) -> list[Answer]:
    """What the app answers to requests that come at once."""

    async def all_answers():
        return await asyncio.gather(*(answer(app, asked) for asked in many))

    return run(all_answers())


def run(coroutine):
    """What a coroutine returns: beside the loop of Playwright, which stays after tests in a browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
