"""What clients can do to their own connection, and to the places of others."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.server import transport
from exporter.server.feed_server import FeedServer
from exporter.server.hub import ClientLimits, Hub
from tests.exporter.samples import (
    PING,
    answer_ping,
    bare_client,
    following,
    read_until,
    receive,
    serving,
    snapshot,
)
from tests.waiting import PATIENCE

UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
HOST = b"Host: 127.0.0.1\r\n"
ODD_UPGRADES = {
    "a body": b"GET / HTTP/1.1\r\nHost: x\r\n" + UPGRADE + b"Content-Length: 1\r\n\r\n",
    "a body in parts": b"GET /feed HTTP/1.1\r\n" + HOST + UPGRADE + b"Transfer-Encoding: chunked\r\n\r\n",
    "a long header": b"GET /feed HTTP/1.1\r\n" + HOST + UPGRADE + b"X-A: " + b"a" * 9000 + b"\r\n\r\n",
    "a long address": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + UPGRADE + b"\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + HOST + UPGRADE + b"A: b\r\n" * 400 + b"\r\n",
    "another method": b"POST /feed HTTP/1.1\r\n" + HOST + UPGRADE + b"Content-Length: 0\r\n\r\n",
    "no key": b"GET /feed HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "no token": b"GET /feed HTTP/1.1\r\n" + HOST + UPGRADE + b"\r\n",
}
MANY = 8
"""More connections than MOST_CONNECTIONS is set to here."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    monkeypatch.setattr(transport, "MOST_CONNECTIONS", MANY // 2)
    with serving(tmp_path) as running:
        yield running


def opened(server: FeedServer) -> socket.socket:
    """A connection whose client reads only when told, through a small buffer."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.settimeout(PATIENCE)
    client.connect(("127.0.0.1", server.port))
    return client


def rest(client: socket.socket) -> bytes:
    """Everything up to the end of the connection."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while part := client.recv(65536):
            received += part
    return received


@pytest.mark.parametrize("head", ODD_UPGRADES.values(), ids=ODD_UPGRADES)
def test_an_upgrade_that_is_not_let_in_is_answered_and_ended(shared: FeedServer, head: bytes) -> None:
    with opened(shared) as client:
        client.sendall(head)
        answer = rest(client)
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"content-length: " in answer.lower()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([b"GET", b"POST", b"HEAD", b"PUT"]),
    st.lists(
        st.sampled_from([
            UPGRADE, b"Content-Length: 0\r\n", b"Content-Length: 7\r\n", b"Transfer-Encoding: chunked\r\n",
            b"Sec-WebSocket-Version: 12\r\n", b"Sec-WebSocket-Extensions: x;\r\n", b"Origin: null\r\n",
            b"Expect: 100-continue\r\n", b"Upgrade: websocket, h2c\r\n", b"X: " + b"y" * 8200 + b"\r\n",
        ]),
        max_size=4,
    ),
    st.binary(max_size=8),
)  # fmt: skip
def test_no_upgrade_without_a_token_stays_open(
    shared: FeedServer, method: bytes, headers: list[bytes], more: bytes
) -> None:
    head = method + b" /feed HTTP/1.1\r\n" + HOST + UPGRADE + b"".join(headers) + b"\r\n"
    with opened(shared) as client:
        client.sendall(head + more)
        client.shutdown(socket.SHUT_WR)
        assert rest(client)[:9] in {b"HTTP/1.1 ", b""}


def upgrades(client: socket.socket) -> None:
    client.sendall(ODD_UPGRADES["a body"])


def unread_answers(client: socket.socket) -> None:
    """Asks for more than the buffers between hold, and reads nothing of it."""
    client.settimeout(0.3)
    with contextlib.suppress(OSError):
        while True:
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100)


def unread_answers_before_an_upgrade(client: socket.socket) -> None:
    unread_answers(client)
    with contextlib.suppress(OSError):
        client.sendall(ODD_UPGRADES["no token"])


def kept_alive(client: socket.socket) -> None:
    """Asks once, reads the refusal and keeps its place for the next request."""
    client.sendall(b"GET /feed HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    read_until(client, b"about:blank")


@pytest.mark.parametrize("hold", [upgrades, unread_answers, unread_answers_before_an_upgrade, kept_alive])
def test_clients_without_a_token_do_not_keep_others_out(
    server: FeedServer, hold: Callable[[socket.socket], None]
) -> None:
    with following(server) as good, ExitStack() as stack:
        for _ in range(MANY):
            hold(stack.enter_context(opened(server)))
        assert httpx.get(server.address).status_code == 200
        server.publish(snapshot(1))
        assert receive(good)["seq"] == 1


def test_answers_that_nobody_reads_end_their_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "REQUEST_TIMEOUT", 0.5)
    with serving(tmp_path) as server, opened(server) as client:
        unread_answers(client)
        stop, is_open = time.monotonic() + PATIENCE, True
        while is_open:
            assert time.monotonic() < stop, "the connection was kept open"
            try:
                client.sendall(b"GET / HTTP/1.1\r\n")
            except TimeoutError:
                continue
            except OSError:
                is_open = False


def test_a_slow_reader_gets_all_that_it_asked_for(shared: FeedServer) -> None:
    with opened(shared) as client:
        client.sendall(
            b"GET /static/feed.js HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            + f"Authorization: Bearer {shared.token}\r\n\r\n".encode()
        )
        time.sleep(0.2)
        head, _, body = rest(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert f"content-length: {len(body)}".encode() in head.lower()


def test_a_server_whose_places_are_held_ends_in_peace(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as stack, serving(tmp_path) as server:
        for hold in (upgrades, unread_answers, unread_answers_before_an_upgrade, kept_alive):
            hold(stack.enter_context(opened(server)))
        server.close()
        assert not caplog.records


def frame(opcode: int, data: bytes = b"", *, fin: bool = True) -> bytes:
    """A client's frame, masked by zeros."""
    return bytes((fin << 7 | opcode, 0x80 | len(data))) + b"\0\0\0\0" + data


CONTINUATION, TEXT, PONG = 0, 1, 10
FLOODS = {
    "pings": [frame(9, b"x" * 125)],
    "empty parts": [frame(TEXT, fin=False), frame(CONTINUATION, fin=False)],
    "pongs": [frame(PONG, b"12345678")],
}


@pytest.mark.parametrize("frames", FLOODS.values(), ids=FLOODS)
def test_a_flood_of_frames_that_make_no_message_is_closed_with_1008(
    shared: FeedServer, frames: list[bytes]
) -> None:
    with bare_client(shared) as client:
        answer_ping(client, read_until(client, PING))
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            client.sendall(b"".join(frames[:-1]) + frames[-1] * (ClientLimits().burst + 100))
        assert b"\x03\xf0too many frames" in rest(client)
    assert httpx.get(shared.address).status_code == 200


def test_one_pong_many_times_is_a_flood_too(shared: FeedServer) -> None:
    with bare_client(shared) as client:
        hello = read_until(client, PING)
        for _ in range(ClientLimits().burst + 100):
            answer_ping(client, hello)
        assert b"\x03\xf0too many frames" in rest(client)


def test_pings_in_measure_and_a_message_in_parts_are_taken(shared: FeedServer) -> None:
    shared.publish(snapshot(7))
    with bare_client(shared) as client:
        answer_ping(client, read_until(client, PING))
        text = b'{"type":"ack","seq":0}'
        client.sendall(frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) * 50)
        client.sendall(b"".join(frame(CONTINUATION, text[n : n + 1], fin=False) for n in range(len(text))))
        client.sendall(frame(CONTINUATION) + frame(9, b"are you there, agent?"))
        assert b"\x8a\x15are you there, agent?" in read_until(client, b"are you there")


MALFORMED = {
    "unmasked": b"\x81\x01x",
    "a reserved bit": b"\xc1\x80\0\0\0\0",
    "no UTF-8": b"\x81\x81\0\0\0\0\xff",
    "an unknown kind": b"\x83\x80\0\0\0\0",
    "a part of nothing": b"\x80\x80\0\0\0\0",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_frame_just_before_a_message_logs_no_error(
    tmp_path: Path, sent: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run, serve, protocols = transport.FeedProtocol.run_asgi, Hub.serve, list[transport.FeedProtocol]()

    async def run_known(protocol: transport.FeedProtocol) -> None:
        protocols.append(protocol)
        await run(protocol)

    async def serve_disturbed(*given: Any) -> None:
        # The loop reads it in the same turn in which `hello` is about to go out.
        asyncio.get_running_loop().call_soon(protocols[0].data_received, sent)
        await serve(*given)

    monkeypatch.setattr(transport.FeedProtocol, "run_asgi", run_known)
    monkeypatch.setattr(Hub, "serve", serve_disturbed)
    with serving(tmp_path) as server, bare_client(server) as client:
        assert b"HTTP/1.1 101" in rest(client)
        monkeypatch.setattr(Hub, "serve", serve)
        with following(server):
            assert not [one for one in caplog.records if one.name == "readtheroom"]
