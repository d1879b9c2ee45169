"""The overlay's follower: newest message, across restarts and new tokens, refused, and asking for things."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from agent.errors import FeedError
from exporter.access.token import ConnectionInfo, connection_file
from exporter.native.feed_client import (
    AgentLocator,
    Closed,
    FeedClient,
    FeedEvent,
    Opened,
    connection_info_of,
    page_of,
)
from exporter.protocol.client_commands import ClientCommand, PauseCommand
from exporter.protocol.messages import HelloMessage, RoomMessage
from exporter.server.feed_server import FeedServer, ServerSettings
from tests.exporter.samples import ABOUT, serving, serving_tls, snapshot
from tests.waiting import PATIENCE

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what --lan serves


@contextmanager
def following(where: AgentLocator) -> Iterator[tuple[FeedClient, queue.Queue[FeedEvent]]]:
    events: queue.Queue[FeedEvent] = queue.Queue()
    client = FeedClient(where, events.put).start()
    try:
        yield client, events
    finally:
        client.close()


def next_of(events: queue.Queue[FeedEvent], kind: type[FeedEvent]) -> FeedEvent:
    while True:
        event = events.get(timeout=PATIENCE)
        if isinstance(event, kind):
            return event


def test_it_follows_an_agent_that_starts_again_with_another_token(tmp_path: Path) -> None:
    with serving(tmp_path, token="a" * 20) as first:
        first.publish(snapshot(1))
        port = first.port
        with following(AgentLocator(connection_file(port, tmp_path))) as (_, events):
            assert isinstance(next_of(events, Opened), Opened)
            assert isinstance(next_of(events, HelloMessage), HelloMessage)
            room = next_of(events, RoomMessage)
            assert isinstance(room, RoomMessage)
            assert room.seq == 1
            first.close()
            assert not getattr(next_of(events, Closed), "is_refused", True)
            with serving(tmp_path, token="b" * 20, port=port) as second:
                second.publish(snapshot(7))
                opened = next_of(events, Opened)
                assert isinstance(opened, Opened)
                assert opened.info.token == "b" * 20
                room = next_of(events, RoomMessage)
                assert isinstance(room, RoomMessage)
                assert room.seq == 7


def test_closed_while_it_connects_it_follows_nobody() -> None:
    asked = threading.Event()

    def answer_late(_: ServerConnection, __: Request) -> None:
        asked.set()
        time.sleep(0.5)

    def say_nothing(socket: ServerConnection) -> None:
        for _ in socket:
            pass

    with serve(say_nothing, "127.0.0.1", 0, process_request=answer_late) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        where = AgentLocator(fixed=ConnectionInfo(feed=f"ws://127.0.0.1:{port}/feed", token="any"))  # noqa: S106
        with following(where) as (client, events):
            assert asked.wait(PATIENCE)
            client.close()
            assert not client._thread.is_alive()
            assert events.empty()


def test_a_wrong_token_is_refused_and_said(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        wrong = ConnectionInfo(feed=f"ws://127.0.0.1:{server.port}/feed", token="wrong")  # noqa: S106 - lets nobody in
        with following(AgentLocator(fixed=wrong)) as (_, events):
            closed = next_of(events, Closed)
            assert isinstance(closed, Closed)
            assert closed.is_refused


@pytest.mark.parametrize("host", ["127.0.0.1", EVERYWHERE])
def test_it_follows_an_agent_with_a_certificate_of_its_own(tmp_path: Path, host: str) -> None:
    with serving_tls(tmp_path, host) as server:
        server.publish(snapshot(5))
        with following(AgentLocator(connection_file(server.port, tmp_path))) as (_, events):
            assert isinstance(events.get(timeout=PATIENCE), Opened)
            room = next_of(events, RoomMessage)
            assert isinstance(room, RoomMessage)
            assert room.seq == 5


def test_a_certificate_that_nothing_speaks_for_is_said_as_a_refusal(tmp_path: Path) -> None:
    with (
        serving_tls(tmp_path) as server,
        following(AgentLocator(fixed=connection_info_of(server.address))) as (_, events),
    ):
        closed = events.get(timeout=PATIENCE)
        assert isinstance(closed, Closed)
        assert closed.is_refused
        assert "the agent's certificate is not trusted (self-signed certificate)" in closed.reason


def test_a_feed_of_another_version_is_told_apart_from_no_agent() -> None:
    with serve(lambda socket: socket.send('{"type": "hello", "protocol": 7}'), "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        where = AgentLocator(fixed=ConnectionInfo(feed=f"ws://127.0.0.1:{port}/feed", token="any"))  # noqa: S106
        with following(where) as (_, events):
            closed = next_of(events, Closed)
            assert isinstance(closed, Closed)
            assert (closed.is_refused, closed.is_unknown) == (False, True)
            assert "is not the feed that the overlay knows" in closed.reason


@pytest.mark.parametrize(("status", "is_unknown"), [(200, True), (404, True), (426, True), (502, False)])
def test_a_server_that_is_no_agent_is_told_apart_from_one_that_starts(status: int, is_unknown: bool) -> None:
    def answer(socket: ServerConnection, _: Request) -> Response:
        return socket.respond(status, "some other page")

    with serve(lambda _: None, "127.0.0.1", 0, process_request=answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        where = AgentLocator(fixed=ConnectionInfo(feed=f"ws://127.0.0.1:{port}/feed", token="any"))  # noqa: S106
        with following(where) as (_, events):
            closed = next_of(events, Closed)
            assert isinstance(closed, Closed)
            assert (closed.is_refused, closed.is_unknown) == (False, is_unknown)
            assert (f"127.0.0.1:{port} is no agent ({status})" in closed.reason) is is_unknown


def test_without_an_agent_it_says_so_and_asks_nobody(tmp_path: Path) -> None:
    with following(AgentLocator(tmp_path / "none.json")) as (client, events):
        closed = next_of(events, Closed)
        assert isinstance(closed, Closed)
        assert not closed.is_refused
        assert not client.send(PauseCommand())


def test_what_it_asks_for_arrives(tmp_path: Path) -> None:
    taken: queue.Queue[ClientCommand] = queue.Queue()
    with (
        FeedServer(ServerSettings(port=0, connection_folder=tmp_path), ABOUT, commands=taken.put) as server,
        following(AgentLocator(connection_file(server.port, tmp_path))) as (client, events),
    ):
        next_of(events, Opened)
        assert client.send(PauseCommand())
        assert taken.get(timeout=PATIENCE) == PauseCommand()


def test_an_address_is_taken_as_it_was_printed() -> None:
    info = connection_info_of("http://127.0.0.1:8765/overlay?token=abc")
    assert info == ConnectionInfo(feed="ws://127.0.0.1:8765/feed", token="abc")  # noqa: S106 - a sample
    assert page_of(info, "/") == "http://127.0.0.1:8765/?token=abc"
    assert connection_info_of("https://host:1/?token=abc").feed == "wss://host:1/feed"


@pytest.mark.parametrize(
    "address",
    ["", "127.0.0.1:8765", "http://127.0.0.1:8765/", "ftp://host/?token=a", "http://host:x/?token=a"],
)
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(FeedError, match="is no address of an agent"):
        connection_info_of(address)
