"""Whatever is asked from outside is answered: in bounded time and memory, and nothing is logged."""

import asyncio
import base64
import random
import re
import socket
import zlib
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from asgi import Asked, answer, run
from browser.server import serve
from choices import own_table
from starlette.applications import Starlette

from scratchnet.live.cache import Cache
from scratchnet.live.frames import RELEASE
from scratchnet.live.route import MOST_ASKED, routes
from scratchnet.run.settings import FIELDS
from scratchnet.ui.headers import middleware

MANY, FEW = 10_000, 300  # requests to the app itself, and to a server of its own
AT_ONCE = 20
GROWTH = 250_000_000  # bytes
PLACES = ("from", "update", "speed", "count", "side", "all", "release")
NUMBERS = (
    "0", "1", "-1", "7", "99", "100000", "100001", "1e5", "1e999", "-0", "0x10", "1_0", "9" * 30,
    "9" * 5000, "nan", "inf", "-inf", ".", "", " 1", "1 ", "١٢", "½", "\0", "1\r\n2", "True",
)  # fmt: skip
TEXTS = (
    "moons", "own", "tanh", "relu-" * 9, "2-8-8-1", "7-" + "32-" * 6 + "1", "2-" * 50_000, "1-1",
    "x1-x2", "x1-" * 9000, "5:0.1", "5:0:1.5", "1:1-" * 9000, "softmax", "linear", "squared_error",
    "double", "../../etc/passwd", "<script>", "' OR 1=1", "%", "%%%", "{}", "\ufffd", "🦉" * 99,
    "a" * 70_000,
)  # fmt: skip
# A hundred million bytes, in a hundred thousand.
BOMB = base64.urlsafe_b64encode(zlib.compress(bytes(100_000_000), 9)).decode().rstrip("=")
DEEP = "7-32-32-32-32-32-32-1"
ALL_FEATURES = "-".join(FIELDS["features"].options)
HEAVY = [  # all that a run may be, and far away
    {"layer_dims": DEEP, "features": ALL_FEATURES, "points": "2000", "batch_size": "1"},
    {"layer_dims": DEEP, "features": ALL_FEATURES, "points": "2000", "optimizer": "adam"},
    {"epochs": "100000", "points": "2000", "dataset": "spiral", "batch_size": "1"},
    {"layer_dims": "2-32-32-32-32-32-32-5", "dataset": "blobs", "classes": "5", "output": "softmax"},
    {"layer_dims": "2-32-32-1", "activation": "linear", "learning_rate": "1000", "l2": "1000"},
]


def own_texts(draw):
    """Texts for points of one's own: right ones, cut off, garbage, and bombs."""
    kind = draw.randrange(6)
    if kind == 0:
        return own_table(draw.choice([0, 2, 5]), draw.randrange(99), draw.choice([4, 40])).to_text()
    if kind == 1:
        text = own_table(2).to_text()
        return text[: draw.randrange(len(text))]
    if kind == 2:
        return base64.urlsafe_b64encode(draw.randbytes(draw.choice([1, 99, 9999]))).decode()
    if kind == 3:
        return BOMB
    if kind == 4:
        rows = "\n".join(["1,2,0"] * draw.choice([3, 50, 30_000]))
        return base64.urlsafe_b64encode(zlib.compress(rows.encode())).decode().rstrip("=")
    return draw.choice(NUMBERS + TEXTS)


def written(draw, pairs):
    """A query of these pairs, escaped in one way or another."""
    escape = draw.choice([quote, str, lambda text: "".join(f"%{byte:02x}" for byte in text.encode())])
    parts = [f"{name}={escape(text)}" for name, text in pairs]
    return "&".join(parts).encode("utf-8", "replace")


def query(draw):
    """A query that is right, or nearly, or not at all."""
    kind = draw.random()
    if kind < 0.1:
        return draw.randbytes(draw.choice([1, 30, 3000]))
    if kind < 0.15:
        return draw.choice(
            [b"&" * 100_000, b"=" * 9, b"a=1&" * 90, b"%" * 9000, b"%00" * 3000, b"+" * 99]
        )
    pairs = [("side", "10")] if kind < 0.9 else []
    if kind < 0.19:
        pairs += [*draw.choice(HEAVY).items(), ("from", draw.choice(["3", "100000"]))]
        pairs += [
            ("count", draw.choice(["1", "24", "100"])),
            ("speed", draw.choice(["1", "50", "100000"])),
        ]
    for _ in range(draw.randrange(4)):
        name = draw.choice([*PLACES, *FIELDS])
        pairs.append((name, draw.choice(NUMBERS + TEXTS)))
    for _ in range(draw.randrange(3)):
        name = draw.choice([*PLACES[:5], "points", "seed", "epochs", "batch_size", "init_seed"])
        pairs.append((name, str(draw.randrange(200))))
    if draw.random() < 0.15:
        pairs += [("dataset", "own"), ("own", own_texts(draw))]
    if draw.random() < 0.1:
        pairs.append((draw.choice(["colour", "", "__class__", "from\0"]), "1"))
    if draw.random() < 0.3:
        pairs += draw.sample(pairs, len(pairs) // 2)  # the same again
        draw.shuffle(pairs)
    if draw.random() < 0.5:
        pairs.append(("release", RELEASE))
    text = written(draw, pairs)
    if draw.random() < 0.2 and text:  # some bytes are others
        text = bytearray(text)
        for _ in range(3):
            text[draw.randrange(len(text))] = draw.randrange(256)
    return bytes(text)


def requests(seed, count):
    """Requests of all kinds, the same for a seed."""
    draw = random.Random(seed)
    for _ in range(count):
        path = draw.choice(["/frames"] * 8 + ["/stage.js", "/~/+/frames", "/a/b/frames"])
        method = draw.choice(["GET"] * 12 + ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
        headers = draw.choice([[], [], [(b"if-none-match", draw.randbytes(9))], [(b"host", b"[")]])
        if draw.random() < 0.3:
            text = query(draw)
            cuts = sorted(draw.randrange(len(text) + 1) for _ in range(draw.randrange(3)))
            body = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
            body += [bytes(MOST_ASKED)] * (draw.random() < 0.02) + [None] * (draw.random() < 0.05)
            yield Asked(b"", path, "POST", body, headers)
        else:
            yield Asked(query(draw), path, method, (), headers)


def memory(pid="self"):
    """The bytes that a process has of the memory."""
    return 4096 * int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def check(asked, status, headers, body):
    """An answer has bytes, or a sentence that says why not."""
    assert status in (200, 202, 304) or 400 <= status < 500, (asked, status, body)
    assert headers["x-content-type-options"] == "nosniff"
    assert not re.search(rb"Traceback|File \"|site-packages", body), (asked, body)
    if status == 200 and asked.path.endswith("frames"):
        assert headers["content-type"] == "application/octet-stream"
        if asked.method != "HEAD":
            zlib.decompress(body)
    elif status in (202, 410, 413, 422, 429) and asked.method != "HEAD":
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert re.fullmatch(r"[^\n]{5,1000}[.]", body.decode()), (asked, body)


linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc of Linux")


@linux
def test_whatever_is_asked_is_answered(capfd, caplog):
    app = Starlette(routes=routes(Cache()), middleware=middleware())
    seen, peak = Counter(), 0

    async def visit():
        nonlocal peak
        waiting = asyncio.Semaphore(AT_ONCE)

        async def one(asked):
            async with waiting:
                got = await answer(app, asked)
            check(asked, *got)
            seen[got.status] += 1

        await answer(app, Asked(b"side=10"))  # all that is loaded once
        before = memory()
        drawn = requests(1, MANY)
        for _ in range(MANY // 500):
            await asyncio.gather(*(one(next(drawn)) for _ in range(500)))
            peak = max(peak, memory() - before)

    run(visit())
    print(seen, f"{peak / 1e6:.0f} MB")
    assert seen.total() == MANY
    assert min(seen[status] for status in (200, 405, 410, 413, 422)) > 20, "all kinds were drawn"
    assert peak < GROWTH
    assert caplog.records == []
    assert capfd.readouterr().err == ""


def sent(asked):
    """A request as it goes over the wire: its query is the address line, whatever is in it."""
    line = asked.query.replace(b"\n", b"%0a").replace(b" ", b"+")
    parts = [part for part in asked.body if part is not None]
    lines = [b"%s %s?%s HTTP/1.1" % (asked.method.encode(), asked.path.encode(), line)]
    lines += [b"%s: %s" % (name, text.replace(b"\n", b" ")) for name, text in asked.headers]
    lines += [b"host: x"] * (b"host" not in dict(asked.headers)) + [b"connection: close"]
    lines += [b"content-length: %d" % sum(map(len, parts))] * (asked.method == "POST")
    return b"\r\n".join([*lines, b"", b"".join(parts)])


def over_the_wire(port, asked, draw):
    """The answer to a request that may be cut off; None if the connection was closed without one."""
    whole = sent(asked)
    is_cut = None in asked.body or draw.random() < 0.05
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        try:
            line.sendall(whole[: draw.randrange(len(whole))] if is_cut else whole)
            if is_cut:
                line.shutdown(socket.SHUT_WR)
            got = b"".join(iter(lambda: line.recv(65536), b""))
        except OSError:
            return None  # what is too long is not read to its end
    if not got:
        return None
    head, _, body = got.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    return int(status.split()[1]), dict(text.lower().split(": ", 1) for text in lines), body


@linux
def test_a_server_answers_whatever_comes_and_logs_nothing():
    draw = random.Random(2)
    with serve() as server:
        port = int(server.address.rpartition(":")[2])
        over_the_wire(port, Asked(b"side=10"), draw)
        before, seen = memory(server.process.pid), Counter()
        for asked in requests(2, FEW):
            got = over_the_wire(port, asked, draw)
            seen[got and got[0]] += 1
            if got is None:
                continue
            status, headers, body = got
            assert status in (200, 202, 304) or 400 <= status < 500, (asked, got)
            assert not re.search(rb"Traceback|File \"|site-packages", body)
            if "x-content-type-options" not in headers:  # it did not get as far as to the app
                assert (status, body) == (400, b"Invalid HTTP request received."), (asked, got)
        assert memory(server.process.pid) - before < GROWTH
        assert over_the_wire(port, Asked(b"side=10&points=60"), random.Random(0))[0] == 200
        print(seen)
        log = server.log().replace(
            "Invalid HTTP request received.", ""
        )  # what is not HTTP, uvicorn says
        said = r"\s*You can now view your Streamlit app in your browser\.\s*URL: http\S+\s*"
        assert re.fullmatch(said, log), log
    assert min(seen[status] for status in (200, 400, 422)) > 10, "all kinds were drawn"
