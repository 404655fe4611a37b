"""The configuration of HAProxy in deploy/, tried with two plain servers in place of replicas.

What visitors see of it is in tests/browser/test_replicas.py.
"""

from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import urlparse
from urllib.request import Request, urlopen

import pytest
from proxy import check, proxy

from scratchnet.live.route import FOR_EVER, NOT_KEPT

CHUNK = "/class/frames?dataset=xor&from=1&speed=1&count=24"


class Replica(BaseHTTPRequestHandler):
    """Answers with its name, as the routes of the page do, and notes what it was asked."""

    def do_GET(self):
        if self.path.endswith("/health"):
            return self.answer(200, {})
        if self.server.breaks:
            return
        self.server.asked.append(self.path)
        if "from=999" in self.path:
            self.answer(202, NOT_KEPT)
        else:
            self.answer(200, FOR_EVER if "frames?" in self.path else {"ETag": '"page"'})

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path)
        if not self.server.breaks:
            self.answer(200, FOR_EVER)

    def answer(self, status, headers):
        body = self.server.name.encode()
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def replica(name):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Replica)
    server.daemon_threads = True
    server.name, server.asked, server.breaks = name, [], False
    server.handle_error = lambda *_: None  # HAProxy breaks off its checks when it knows enough
    Thread(target=server.serve_forever, args=(0.01,)).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def replicas():
    """Two of them, and the address of HAProxy before them."""
    with ExitStack() as stack:
        servers = [stack.enter_context(replica(name)) for name in ("one", "two")]
        yield stack.enter_context(proxy(*(server.server_port for server in servers))), servers


def ask(address, cookie="", body=None):
    """The body of the answer, its headers, and the cookie that a visitor then has."""
    with urlopen(Request(address, body, {"Cookie": cookie})) as response:
        told = SimpleCookie(response.headers["Set-Cookie"])
        cookie = "; ".join(f"{name}={each.value}" for name, each in told.items()) or cookie
        return response.read().decode(), response.headers, cookie


def test_the_configuration_is_valid():
    done = check()
    assert (done.returncode, done.stderr) == (0, "")


def test_a_chunk_is_asked_of_one_replica_and_then_comes_from_the_cache(replicas):
    address, servers = replicas
    bodies, cookies = set(), set()
    for _ in range(6):  # visitors without a cookie, who are sent to both replicas in turn
        body, headers, _ = ask(address + CHUNK)
        bodies.add(body)
        cookies.add(headers["Set-Cookie"] if "Age" in headers else None)
        assert "immutable" in headers["Cache-Control"] or "Age" not in headers
    assert len(bodies) == 1
    assert cookies == {None}, "nobody is bound to a replica by what another visitor was answered"
    assert [path for server in servers for path in server.asked] == [CHUNK]


def test_what_may_change_is_asked_again(replicas):
    address, servers = replicas
    for path, body in (("/", None), ("/frames?from=999", None), ("/frames", b"from=1")):
        before = sum(len(server.asked) for server in servers)
        for _ in range(3):
            ask(address + path, body=body)
        assert sum(len(server.asked) for server in servers) == before + 3, path


def test_visitors_are_spread_and_each_stays_on_a_replica(replicas):
    address, _ = replicas
    homes = []
    for seed in range(4):
        home, _, cookie = ask(address + "/")
        assert {ask(f"{address}/frames?seed={seed}&from={n}", cookie)[0] for n in range(5)} == {home}
        homes.append(home)
    assert sorted(homes) == ["one", "one", "two", "two"]


def test_a_visitor_whose_replica_is_gone_is_sent_to_the_other_one(replicas):
    address, servers = replicas
    home, _, cookie = ask(address + "/")
    (gone,) = (server for server in servers if server.name == home)
    gone.shutdown()
    gone.server_close()
    other, _, cookie = ask(address + "/", cookie)
    assert other != home
    assert cookie == f"replica={other}"


def test_what_is_left_without_an_answer_is_asked_of_the_other_one_if_it_may_be_asked_twice(replicas):
    address, servers = replicas
    home, _, cookie = ask(address + "/")
    (broken,) = (server for server in servers if server.name == home)
    broken.breaks = True
    assert ask(address + CHUNK, cookie)[0] != home
    with pytest.raises(HTTPError, match="502"):
        ask(address + "/_stcore/upload_file/1/2", cookie, body=b"")
    assert len([path for server in servers for path in server.asked if "upload" in path]) == 1


def test_the_figures_of_a_replica_are_not_for_visitors(replicas):
    address, servers = replicas
    for path in ("/_stcore/metrics", "/class/%5Fstcore/metrics"):
        with pytest.raises(HTTPError, match="403"):
            ask(address + path)
    assert [server.asked for server in servers] == [[], []]


def test_what_is_too_large_is_refused_before_it_is_sent(replicas):
    address, servers = replicas
    connection = HTTPConnection(urlparse(address).netloc)
    for size, status in ((6_000_001, 413), (0, 200)):
        connection.request("POST", "/frames", headers={"Content-Length": str(size)})
        assert connection.getresponse().status == status
        connection.close()
    assert sum(len(server.asked) for server in servers) == 1
