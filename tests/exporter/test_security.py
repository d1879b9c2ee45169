"""What an attacker may try at every address: no token, other origins, climbing paths, floods, slow drips."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Mount, Route, WebSocketRoute
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from agent.values import Snapshot
from exporter.access import rules
from exporter.server import transport
from exporter.server.feed_server import LARGEST_MESSAGE, FeedServer
from exporter.server.hub import ClientLimits, Hub
from exporter.server.routes import feed_routes, page_routes
from exporter.server.whip import share_routes
from tests.exporter.samples import feed_url, following, receive, serving, snapshot
from tests.waiting import PATIENCE

EVIL = "http://evil.example"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
CLIMBS = [
    "/static/../server.py",
    "/static/../../config.yaml",
    "/static/%2e%2e/server.py",
    "/static/%2e%2e%2fserver.py",
    "/static/..%2f..%2fconfig.yaml",
    "/static/..%5c..%5cconfig.yaml",
    "/static/%252e%252e/server.py",
    "/static//etc/passwd",
    "/static/%2fetc/passwd",
    "/static/feed.js%00.html",
    "/static/" + "../" * 30 + "etc/passwd",
    "/static/../feed",
    "//etc/passwd",
]

VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
)
ALMOST = (
    st.fixed_dictionaries(
        {"type": st.sampled_from(["ack", "pause", "exclude", "marker", "unmark", "overlay", "room"])},
        optional={"seq": VALUES, "id": VALUES, "text": VALUES, "boxes": VALUES, "x": VALUES},
    )
    .filter(lambda one: one["type"] != "ack" or not isinstance(one.get("seq"), int))
    .map(json.dumps)
)
"""Messages that are nearly right; this server takes no commands, so nothing but an acknowledgement is."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FeedServer]:
    with serving(tmp_path_factory.mktemp("connection")) as running:
        yield running


def connection(server: FeedServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE)


def paths_served() -> list[str]:
    """One address of each route that the agent has, so that a new one cannot be forgotten here."""
    hub = Hub.__new__(Hub)
    paths = []
    for route in (*feed_routes(hub), *page_routes(), *share_routes(None)):
        assert isinstance(route, Route | WebSocketRoute | Mount)
        paths.append(route.path.replace("{session}", "s1") + ("/feed.js" if isinstance(route, Mount) else ""))
    return sorted(set(paths))


def raw_request(server: FeedServer, data: bytes) -> bytes:
    """What comes back for these bytes, up to the end of the connection."""
    with connection(server) as client:
        client.sendall(data)
        received = b""
        while part := client.recv(65536):
            received += part
    return received


def ask(server: FeedServer, target: str, *headers: str) -> tuple[int, bytes]:
    """Status and body of a GET whose path goes out as it is: HTTP libraries tidy paths up."""
    lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Connection: close", *headers]
    answer = raw_request(server, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize("path", paths_served())
def test_no_address_answers_without_the_token(server: FeedServer, path: str) -> None:
    address = f"http://127.0.0.1:{server.port}{path}"
    good = {"Authorization": f"Bearer {server.token}"}
    with httpx.Client() as client:
        for method in METHODS:
            tried = [
                ({}, 401),
                ({"Authorization": "Bearer wrong"}, 401),
                ({"Authorization": f"Basic {server.token}"}, 401),
                ({"Cookie": f"readtheroom-{server.port}={server.token}"}, 401),
                ({**good, "Origin": EVIL}, 403),
                ({**good, "Origin": f"http://127.0.0.1:{server.port + 1}"}, 403),
                ({**good, "Host": "evil.example"}, 403),
                ({**good, "Host": f"127.0.0.1:{server.port}@evil.example"}, 403),
            ]
            for headers, status in tried:
                answer = client.request(method, address, headers=headers)
                assert answer.status_code == status, (method, headers)
                assert server.token not in answer.text + str(answer.headers)
                assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", CLIMBS)
def test_no_path_leaves_the_folder_of_the_pages(server: FeedServer, path: str) -> None:
    assert ask(server, path)[0] == 401
    status, body = ask(server, path, f"Authorization: Bearer {server.token}")
    assert status in {400, 404, 426}
    assert b"root:" not in body
    assert b"import" not in body


def test_the_cookie_of_a_page_opens_no_address_that_holds_readings(server: FeedServer) -> None:
    """It is sent to every port of the machine: another server's program may replay it with any header."""
    cookie = httpx.get(server.address).headers["Set-Cookie"].split(";")[0]
    headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    with httpx.Client() as client:
        opened = {
            path
            for path in paths_served()
            if client.get(f"http://127.0.0.1:{server.port}{path}", headers=headers).status_code != 401
        }
    assert opened == {
        "/",
        "/overlay",
        "/share",
        "/schema/",
        "/schema/feed.json",
        "/schema/asyncapi.json",
        "/static/feed.js",
    }
    # The slash that joins a folder to what lies above it must not widen that.
    for path in ("/static/../feed", "/static/../metrics", "/schema/../healthz"):
        assert ask(server, path, f"Cookie: {cookie}")[0] == 404


@pytest.mark.parametrize("size", [transport.LARGEST_HEAD + 1000, 200_000])
def test_a_head_that_is_too_large_is_refused(server: FeedServer, size: int) -> None:
    with connection(server) as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {'a' * size}".encode())
        received = client.recv(65536)
    assert received.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"GET /?token=" + b"a" * 8000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"GET /?" + b"token=a&" * 150 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    ],
)
def test_malformed_requests_are_answered_and_harm_nobody(server: FeedServer, data: bytes) -> None:
    assert raw_request(server, data).split()[1] in {b"400", b"401", b"403"}
    assert httpx.get(server.address).status_code == 200


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200), ALMOST))
def test_whatever_a_client_says_ends_that_client_only(server: FeedServer, said: bytes | str) -> None:
    with following(server) as client:
        client.send(said)
        with pytest.raises(ConnectionClosed) as closed:
            receive(client)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in {1003, 1007, 1008}


def test_a_message_that_is_too_large_ends_its_client(server: FeedServer) -> None:
    with following(server) as client:
        client.send("[" * (LARGEST_MESSAGE + 1))
        with pytest.raises(ConnectionClosed) as closed:
            receive(client)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_deeply_nested_messages_are_refused(server: FeedServer) -> None:
    with following(server) as client:
        client.send('{"type":' * 2000)
        with pytest.raises(ConnectionClosed):
            receive(client)
    assert httpx.get(server.address).status_code == 200


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: 1\r\n",
        b"POST /whip HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\nv=0",
        b"GET /none HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HTTP/1.1\r\nX-",
    ],
)
def test_a_request_that_drips_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    """Slowloris: each byte comes in time, the request never ends."""
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", 0.3)
    with (
        serving(tmp_path) as server,
        connection(server) as client,
    ):
        client.sendall(begun)
        client.settimeout(0.05)
        stop, is_open = time.monotonic() + PATIENCE, True
        while is_open:
            assert time.monotonic() < stop, "the connection was kept open"
            try:
                client.sendall(b"a" if begun else b"")
                is_open = client.recv(65536) != b""
            except TimeoutError:
                continue
            except OSError:
                is_open = False
        assert httpx.get(server.address).status_code == 200


def test_a_client_that_is_let_in_is_not_ended_by_that_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", 0.1)
    with serving(tmp_path) as server, following(server) as client:
        time.sleep(0.3)
        server.publish(snapshot(1))
        assert receive(client)["seq"] == 1


def test_idle_connections_do_not_keep_others_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MOST_CONNECTIONS", 10)
    with serving(tmp_path) as server, following(server) as good, ExitStack() as stack:
        idle = [stack.enter_context(connection(server)) for _ in range(30)]
        assert httpx.get(server.address).status_code == 200
        # The oldest had to go, and the one who follows the feed did not.
        assert _ended(idle[0])
        server.publish(snapshot(1))
        assert receive(good)["seq"] == 1


def test_when_all_places_are_taken_by_followers_one_more_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MOST_CONNECTIONS", 2)
    with (
        serving(tmp_path) as server,
        following(server),
        following(server),
        connection(server) as late,
    ):
        assert _ended(late)


def _ended(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def unequal(*_: object) -> bool:
    raise AssertionError("how long this takes depends on where the two differ")


class TellingBytes(bytes):
    """What a secret is encoded to."""

    __eq__ = __ne__ = startswith = endswith = unequal
    __hash__ = bytes.__hash__


class TellingText(str):
    """A secret that fails the test where it is compared in any way that stops at the first difference."""

    __slots__ = ()
    __eq__ = __ne__ = startswith = endswith = unequal
    __hash__ = str.__hash__

    def encode(self, *given: str) -> bytes:
        return TellingBytes(super().encode(*given))


def test_wrong_tokens_are_compared_in_constant_time() -> None:
    access = rules.make_access_rules(TellingText("right-token"))
    given = (("right-token", "wrong"), ("wrong", "right-token"), ("wrong", "bad"), ("right-tokem", None))
    for header, query in given:
        both = rules.Request("http", ("localhost",), authorization=f"Bearer {header}", query_token=query)
        assert (access.check(both) is None) is ("right-token" in {header, query})


def test_refused_requests_leave_no_secret_in_the_log(
    server: FeedServer, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "a-guess-that-may-be-right"  # noqa: S105
    with caplog.at_level(logging.DEBUG):
        raw_request(server, f"GET /feed?token={secret} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
        raw_request(
            server, f"GET /?token={secret} HTTP/1.0\r\nHost: evil\r\nCookie: {secret}\r\n\r\n".encode()
        )
        raw_request(server, f"BROKEN {secret}\r\n\r\n".encode())
        with pytest.raises(InvalidStatus), connect(f"{feed_url(server)}x", proxy=None):
            pass
    ours = [
        record.getMessage() for record in caplog.records if not record.name.startswith("websockets.client")
    ]
    ours = [
        line for line in ours if "sock=" not in line and not line.startswith(("connect_tcp", "send_", "rec"))
    ]
    assert not any(secret in line or server.token in line for line in ours)


def test_scripts_are_scripts_whatever_the_system_believes() -> None:
    """Windows takes the type of .js from its registry, where it may be text/plain."""
    code = (
        "import mimetypes; mimetypes.init(); mimetypes.add_type('text/plain', '.js'); "
        "import exporter.server.routes; print(mimetypes.guess_type('feed.js')[0])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True
    )
    assert run.stdout.strip() == "text/javascript"


def test_no_reading_survives_in_an_error(tmp_path: Path) -> None:
    """What a client is told that asks for something wrong is made of fixed texts and of what it sent itself.

    It has the token: without it the gate would answer, and no route.
    """
    published: Snapshot = snapshot(1)
    wrong = {"/feed": 426, "/metrics/x": 404, "/static/none.js": 404, "/none": 404}
    refused = {"&view=all": 400, "&hz=0": 400, "&hz=1&hz=2": 400, "": 503}
    told: list[bytes] = []
    with serving(tmp_path, ClientLimits(clients=1)) as server, following(server) as client:
        server.publish(published)
        readings = receive(client)["tiles"]
        for target, wanted in wrong.items():
            status, body = ask(server, target, f"Authorization: Bearer {server.token}")
            assert status == wanted, target
            told.append(body)
        for options, wanted in refused.items():
            with pytest.raises(InvalidStatus) as caught, connect(feed_url(server, options), proxy=None):
                pass
            assert caught.value.response.status_code == wanted, options
            told.append(bytes(caught.value.response.body))
    assert readings
    assert all(told)
    assert [body for body in told for one in readings if one["id"].encode() in body] == []
