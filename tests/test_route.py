"""The route of the frames, as HTTP: what is answered, with which headers, and computed how often."""

import asyncio
import gzip
import threading
import zlib
from urllib.parse import urlencode

import pytest
from asgi import Asked, answer, ask, run
from choices import SMALL, own_table
from starlette.applications import Starlette
from test_frames import LIVE, packed

from scratchnet import DataSettings, NetworkSettings, Settings
from scratchnet.live import cache as cache_module
from scratchnet.live import code
from scratchnet.live import route as route_module
from scratchnet.live.cache import Cache, Run
from scratchnet.live.frames import RELEASE
from scratchnet.live.route import MOST_ASKED, routes

ADDRESS = f"points=60&layer_dims=2-4-3-1&from=12&count=3&side=10&release={RELEASE}"
BYTES = packed(SMALL, epoch=12, count=3, side=10)


@pytest.fixture
def cache():
    return Cache()


@pytest.fixture
def app(cache):
    return Starlette(routes=routes(cache))


def get(app, query=ADDRESS, path="/frames", method="GET", body=(), **headers):
    named = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return ask(app, Asked(query.encode("latin-1"), path, method, body, named))[0]


def test_frames_are_bytes_that_stay_the_same_for_ever(app):
    got = get(app)
    assert (got.status, got.body) == (200, BYTES)
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert got.headers["content-encoding"] == "identity", "nothing packs them again"
    assert got.headers["content-length"] == str(len(BYTES))


def test_who_has_them_gets_them_not_again(app):
    mark = get(app).headers["etag"]
    again = get(app, if_none_match=mark)
    assert (again.status, again.body) == (304, b"")
    assert "immutable" in again.headers["cache-control"]
    assert get(app, if_none_match='"other"').status == 200
    assert get(app, ADDRESS.replace("from=12", "from=13"), if_none_match=mark).status == 200


def test_another_server_of_this_release_gives_the_same_bytes_and_mark(app):
    first, other = get(app), get(Starlette(routes=routes(Cache())))
    assert (first.body, first.headers) == (other.body, other.headers)


@pytest.mark.parametrize("path", ["/frames", "/play/frames", "/~/+/frames", "/a/b/c/frames"])
def test_they_are_there_below_any_path(app, path):
    assert get(app, path=path).body == BYTES
    assert get(app, f"release={RELEASE}", path.replace("frames", "stage.js")).status == 200


def test_a_long_address_comes_as_a_body_in_parts(app):
    text = ADDRESS.encode()
    assert get(app, "", method="POST", body=[text[:9], b"", text[9:]]).body == BYTES
    own = Settings(DataSettings("own", own=own_table(2, points=2000)), NetworkSettings((2, 1)))
    address = urlencode(own.to_address() | {"side": 10})
    assert 6000 < len(address) < MOST_ASKED
    assert get(app, "", method="POST", body=[address.encode()]).body == packed(own, side=10)


def test_a_visitor_who_is_gone_before_all_has_come_is_no_fault(app):
    assert get(app, "", method="POST", body=[b"from=1", None]).status == 400


def test_what_is_too_long_is_refused_before_all_of_it_has_come(app):
    parts = [b"x" * 50_000] * 4 + [b"y"] + [None]
    got = get(app, "", method="POST", body=parts)
    assert (got.status, got.text) == (413, "An address must have at most 200,000 characters.")
    assert get(app, "x" * (MOST_ASKED + 1)).status == 413


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("from=x", 422, "from must be an integer from 0 to 100000, got 'x'."),
        ("from=%00%0A", 422, "from must be an integer from 0 to 100000, got '??'."),
        ("update=7", 422, "update must be 0, got 7."),
        ("dataset=own", 422, None),
        ("\xff\xfe=1", 422, None),
        ("release=0.1", 410, f"release must be {RELEASE}, got '0.1'."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_that_no_cache_keeps(app, query, status, sentence):
    got = get(app, query)
    assert got.status == status
    assert sentence in (None, got.text)
    assert got.text.endswith(".")
    assert "\n" not in got.text
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.headers["cache-control"] == "no-store"


def test_head_has_the_headers_and_nothing_else_is_answered(app):
    head = get(app, method="HEAD")
    assert (head.status, head.headers) == (200, get(app).headers)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "BREW"):
        assert get(app, method=method).status == 405


def test_what_is_not_there_yet_is_asked_for_again(app, monkeypatch):
    """Each turn takes all of its time at once."""
    times = iter(range(10**9))
    monkeypatch.setattr(cache_module, "thread_time", lambda: next(times))
    said = []
    while (got := get(app)).status == 202:
        assert got.headers["cache-control"] == "no-store"
        said.append(got.text)
        assert len(said) < 50
    assert said[0] == "Training: epoch 10."
    assert len(said) > 2
    assert (got.status, got.body) == (200, BYTES)


def counted(monkeypatch, hold=None, seconds=30):
    """Which payloads are computed, and how many at most at a time; ``hold`` stops them for so long."""
    computed, working, most = [], [], [0]
    real = Run.payload

    def payload(run, asked):
        working.append(asked)
        most[0] = max(most[0], len(working))
        if hold:
            hold.wait(seconds)
        computed.append(asked)
        working.pop()
        return real(run, asked)

    monkeypatch.setattr(Run, "payload", payload)
    return computed, most


def test_two_hundred_who_ask_at_once_have_it_computed_once(app, monkeypatch):
    computed, _ = counted(monkeypatch)
    got = ask(app, *[Asked(ADDRESS.encode())] * 200)
    assert {(each.status, each.body) for each in got} == {(200, BYTES)}
    assert len(computed) == 1
    assert get(app).body == BYTES
    assert len(computed) == 1, "it is kept"


def test_of_many_runs_only_a_few_are_trained_at_once(app, monkeypatch):
    monkeypatch.setattr(route_module.os, "cpu_count", lambda: 2)
    app = Starlette(routes=routes(Cache()))
    computed, most = counted(monkeypatch, threading.Event(), 0.02)  # nobody sets it
    got = ask(app, *(Asked(f"points=60&side=10&seed={seed}".encode()) for seed in range(20)))
    assert {each.status for each in got} == {200}
    assert len(computed) == 20
    assert most[0] <= 2


def test_who_goes_away_stops_nobody_else(app, monkeypatch):
    hold = threading.Event()
    computed, _ = counted(monkeypatch, hold)

    async def visit():
        first, second = (asyncio.create_task(answer(app, Asked(ADDRESS.encode()))) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        hold.set()
        return await second

    assert run(visit()).body == BYTES
    assert len(computed) == 1


def test_so_many_at_once_that_nobody_would_be_answered_are_refused(app, monkeypatch):
    hold = threading.Event()
    counted(monkeypatch, hold)
    monkeypatch.setattr(route_module, "MOST_WAITING", 30)

    async def visit():
        crowd = [
            asyncio.create_task(answer(app, Asked(f"side=10&epochs={1 + n}".encode())))
            for n in range(30)
        ]
        await asyncio.sleep(0)
        late = await answer(app, Asked(b"side=10&from=1"))
        hold.set()
        return late, await asyncio.gather(*crowd)

    late, crowd = run(visit())
    assert (late.status, late.text) == (429, "Too many ask at once.")
    assert {each.status for each in crowd} == {200}


def test_a_fault_of_the_code_is_no_answer_for_ever(app, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Run, "payload", lambda run, asked: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            get(app)
    assert get(app).body == BYTES


def test_the_code_of_the_stage_is_kept_as_long_as_its_release(app):
    got = get(app, f"release={RELEASE}", "/stage.js")
    assert (got.status, got.text) == (200, code.CODE)
    assert got.headers["content-type"].startswith("text/javascript")
    assert "immutable" in got.headers["cache-control"]
    for query in ("", "release=0.1", "release=%FF"):
        got = get(app, query, "/stage.js")
        assert (got.status, got.text) == (410, f"release must be {RELEASE}.")
        assert got.headers["cache-control"] == "no-store"


def test_every_script_and_style_of_the_stage_is_sent_once():
    of_recording = {"recording.js", "recording.css"}
    names = {path.name for path in LIVE.iterdir()}
    assert sorted([*code.SCRIPTS, *code.IN_PAGE, "loader.js"]) == sorted(
        name for name in names - of_recording if name.endswith(".js")
    )
    assert sorted(code.STYLES_IN_PAGE) == sorted(
        name for name in names - of_recording if name.endswith(".css")
    )


def test_frames_do_not_shrink_when_they_are_packed_again():
    assert len(gzip.compress(BYTES)) > 0.97 * len(BYTES)
    assert len(zlib.decompress(BYTES)) > 1.5 * len(BYTES)
