"""The live feed over real sockets: what clients get, and what they cannot do to others."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Close
from websockets.sync.client import ClientConnection, connect

from agent.values import PrivacyMode
from exporter.privacy import PrivacyPolicy
from exporter.server.feed_server import FeedServer, ServerSettings
from exporter.server.hub import ClientLimits
from tests.exporter.samples import (
    ABOUT,
    PING,
    acknowledge,
    answer_ping,
    bare_client,
    feed_url,
    following,
    read_until,
    receive,
    serving,
    snapshot,
)
from tests.waiting import PATIENCE


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FeedServer]:
    with serving(tmp_path) as running:
        yield running


def test_hello_comes_first_and_every_message_is_valid_by_the_served_schema(server: FeedServer) -> None:
    schema = httpx.get(server.page("/schema/feed.json")).json()
    validator = jsonschema.Draft202012Validator(schema)
    with connect(feed_url(server), proxy=None) as client:
        hello = receive(client)
        server.publish(snapshot(1, tiles=49))
        room = receive(client)
    for message in (hello, room):
        validator.validate(message)
    assert (hello["type"], hello["protocol"], room["type"]) == ("hello", "readtheroom.feed/1", "room")
    assert len(room["tiles"]) == 49


def test_a_late_joiner_gets_the_newest_message_at_once(server: FeedServer) -> None:
    with following(server) as first:
        for seq in (1, 2, 3):
            server.publish(snapshot(seq))
        while receive(first)["seq"] != 3:
            pass
        with following(server, "&ack=1") as late:
            assert receive(late)["seq"] == 3


def test_snapshots_published_before_the_start_are_served(tmp_path: Path) -> None:
    server = FeedServer(ServerSettings(port=0, connection_folder=tmp_path), ABOUT)
    server.publish(snapshot(6))
    server.publish(snapshot(7))
    with server, following(server) as client:
        assert receive(client)["seq"] == 7


def test_with_ack_a_slow_client_is_never_more_than_one_message_behind(server: FeedServer) -> None:
    with following(server, "&ack=1") as slow, following(server) as witness:
        server.publish(snapshot(1))
        assert receive(slow)["seq"] == 1
        for newest in (10, 20, 30):
            for seq in range(newest - 9, newest + 1):
                server.publish(snapshot(seq + 1))
            while receive(witness)["seq"] != newest + 1:
                pass
            # Nothing came while the last message was not acknowledged; then the newest comes, not the next.
            with pytest.raises(TimeoutError):
                slow.recv(timeout=0)
            acknowledge(slow, newest - 9)
            assert receive(slow)["seq"] == newest + 1


def test_an_ack_twice_or_of_an_old_message_brings_nothing_more(server: FeedServer) -> None:
    with following(server, "&ack=1") as client:
        server.publish(snapshot(1))
        receive(client)
        acknowledge(client, 1)
        acknowledge(client, 1)
        server.publish(snapshot(2))
        assert receive(client)["seq"] == 2
        acknowledge(client, 1)
        server.publish(snapshot(3))
        with pytest.raises(TimeoutError):
            client.recv(timeout=0.2)
        acknowledge(client, 2)
        assert receive(client)["seq"] == 3


def test_the_room_view_leaves_the_tiles_out(server: FeedServer) -> None:
    server.publish(snapshot(1))
    with following(server, "&view=room") as client, following(server) as other:
        message = receive(client)
        assert message["tiles"] == []
        assert message["room"]["read"] == 3
        assert len(receive(other)["tiles"]) == 3


def test_hz_caps_the_rate_and_keeps_the_newest(server: FeedServer) -> None:
    with (
        following(server, "&hz=0.01") as rare,
        following(server, "&hz=4&ack=1") as capped,
        following(server) as witness,
    ):
        server.publish(snapshot(1))
        assert receive(rare)["seq"] == receive(capped)["seq"] == 1
        for seq in range(2, 12):
            server.publish(snapshot(seq))
            while receive(witness)["seq"] != seq:
                pass
        acknowledge(capped, 1)
        assert receive(capped)["seq"] == 11
        with pytest.raises(TimeoutError):
            rare.recv(timeout=0)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ("&ack=yes", "ack"),
        ("&ack=", "ack"),
        ("&hz=0", "hz"),
        ("&hz=-1", "hz"),
        ("&hz=nan", "hz"),
        ("&hz=fast", "hz"),
        ("&hz=inf", "hz"),
        ("&view=faces", "view"),
        ("&hz=1&hz=2", "hz"),
        ("&a=1" * 101, "fields"),
        ("&veiw=room", "veiw"),
    ],
)
def test_a_wrong_option_is_refused_with_its_name(shared: FeedServer, options: str, named: str) -> None:
    headers = {"Authorization": f"Bearer {shared.token}"}
    address = f"ws://127.0.0.1:{shared.port}/feed?{options.removeprefix('&')}"
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(address, additional_headers=headers, proxy=None),
    ):
        pass
    response = refused.value.response
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert named in json.loads(response.body or b"")["detail"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x00\x01", 1003),
        ("no JSON", 1007),
        ('{"type":"ack"}', 1007),
        ('{"type":"ack","seq":-1}', 1007),
        ('{"type":"ack","seq":1e999}', 1007),
        ('{"type":"shutdown"}', 1007),
        ("[" * 4000, 1007),
        ('{"type":"ack","seq":99}', 1008),
        ("x" * 20_000, 1009),
    ],
)
def test_what_is_no_ack_closes_that_client_only(shared: FeedServer, sent: str | bytes, code: int) -> None:
    with following(shared, "&ack=1&view=room") as bad, following(shared, "&ack=1") as good:
        bad.send(sent)
        assert _close_code(bad) == code
        shared.publish(snapshot(5))
        assert receive(good)["seq"] == 5


def _close_code(client: ClientConnection) -> int:
    """The code with which the server closes this client, whatever comes before."""
    return _closed(client).code


def _closed(client: ClientConnection) -> Close:
    """Code and reason of the same."""
    try:
        while True:
            client.recv(timeout=PATIENCE)
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return closed.rcvd


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ('{"type":"exclude"}', "`id`"),
        ('{"type":"marker","text":"' + "x" * 201 + '"}', "`$.text`"),
        ('{"type":"overlay","boxes":[[1,2,3]]}', "`$.boxes[0]`"),
        ('{"type":"shutdown"}', "'shutdown'"),
        ('{"type":"' + "é" * 200 + '"}', "Invalid value 'é"),
        ("no JSON", "JSON is malformed"),
    ],
)
def test_what_is_wrong_with_a_message_is_named(shared: FeedServer, sent: str, named: str) -> None:
    with following(shared) as client:
        client.send(sent)
        closed = _closed(client)
        assert closed.code == 1007
        assert named in closed.reason


def test_text_that_is_no_utf8_is_closed_with_1007(shared: FeedServer) -> None:
    with following(shared) as client:
        client.send(b"\xff\xfe", text=True)
        assert _close_code(client) == 1007


def test_a_flood_is_closed_with_1008(tmp_path: Path) -> None:
    with serving(tmp_path, ClientLimits(rate=1, burst=10)) as server, following(server) as client:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(1000):
                acknowledge(client, 0)
        assert _close_code(client) == 1008


_MESSAGES = st.one_of(
    st.text(max_size=200),
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ).map(json.dumps),
    st.integers().map(lambda seq: json.dumps({"type": "ack", "seq": seq})),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(_MESSAGES, min_size=1, max_size=5), ack=st.booleans())
def test_whatever_a_client_sends_the_server_serves_on(
    shared: FeedServer, messages: list[str | bytes], ack: bool
) -> None:
    with following(shared, f"&ack={int(ack)}") as client:
        try:
            for message in messages:
                client.send(message)
            shared.publish(snapshot(5))
            receive(client)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            assert closed.rcvd.code in {1003, 1007, 1008}
    with following(shared) as other:
        assert receive(other)["type"] == "room"


def test_a_client_that_stops_reading_is_closed_with_1013(tmp_path: Path) -> None:
    # On a fast machine the good client answers far more often than any real one.
    limits = ClientLimits(write_timeout=1, rate=1e6, burst=10**6)
    with serving(tmp_path, limits) as server, following(server, "&ack=1") as good:
        with bare_client(server) as stuck:
            ticks = 0
            while "1013" not in server.hub.metrics.render():
                ticks += 1
                server.publish(snapshot(ticks, tiles=49))
                acknowledge(good, receive(good)["seq"])
            # The code stands in the first two bytes of the close frame, before the reason.
            read_until(stuck, b"\x03\xf5nothing was read")
        server.publish(snapshot(ticks + 1))
        assert receive(good)["type"] == "room"


def test_without_ack_a_client_that_reads_again_gets_the_newest_next(tmp_path: Path) -> None:
    """Only one message is on its way to a client that does not read, however small the messages are."""
    with serving(tmp_path) as server, following(server) as witness, bare_client(server) as slow:
        answer_ping(slow, read_until(slow, PING))
        server.publish(snapshot(1))
        first = read_until(slow, PING)
        for seq in range(2, 301):
            server.publish(snapshot(seq))
            while receive(witness)["seq"] != seq:
                pass
        answer_ping(slow, first)
        second = read_until(slow, PING)
    assert b'"seq":1,' in first
    assert b'"seq":300,' in second
    assert second.count(b'"type":"room"') == 1


def test_privacy_room_keeps_tiles_back_on_every_path(tmp_path: Path) -> None:
    with serving(tmp_path, policy=PrivacyPolicy("room", 5)) as server, following(server, "&ack=1") as client:
        server.publish(snapshot(1, tiles=4))
        small = receive(client)
        assert "readtheroom_room_valence" not in httpx.get(server.page("/metrics")).text
        acknowledge(client, 1)
        server.publish(snapshot(2, tiles=5))
        large = receive(client)
        assert "readtheroom_room_valence" in httpx.get(server.page("/metrics")).text
    assert (small["tiles"], small["room"]["scores"], small["room"]["read"]) == ([], None, 4)
    assert small["alerts"] == []
    assert large["tiles"] == []
    assert large["room"]["label"] == "happy"
    # A rule may be called after a participant.
    assert [alert["name"] for alert in large["alerts"]] == ["alert"]


@pytest.mark.parametrize(("mode", "name"), [("tiles", ABOUT.source.name), ("room", ""), ("off", "")])
def test_hello_names_the_source_in_mode_tiles_only(mode: PrivacyMode, name: str, tmp_path: Path) -> None:
    with (
        serving(tmp_path, policy=PrivacyPolicy(mode)) as server,
        connect(feed_url(server), proxy=None) as client,
    ):
        hello = receive(client)
    assert (hello["source"]["kind"], hello["source"]["name"]) == (ABOUT.source.kind, name)


def test_privacy_off_sends_no_figure(tmp_path: Path) -> None:
    with serving(tmp_path, policy=PrivacyPolicy("off")) as server, following(server) as client:
        server.publish(snapshot(1, tiles=30))
        message = receive(client)
    assert message["tiles"] == message["alerts"] == []
    assert set(message["room"].values()) == {0, None}


def test_more_clients_than_allowed_are_told_so(tmp_path: Path) -> None:
    with serving(tmp_path, ClientLimits(clients=1)) as server, following(server):
        with pytest.raises(InvalidStatus) as refused, connect(feed_url(server), proxy=None):
            pass
        assert refused.value.response.status_code == 503


def test_150_clients_follow_at_once(server: FeedServer) -> None:
    async def follow(barrier: asyncio.Barrier) -> int:
        async with connect_async(feed_url(server, "&ack=1"), proxy=None) as client:
            await client.recv()
            await barrier.wait()
            message = json.loads(await client.recv())
            return int(message["seq"])

    async def all_of_them() -> list[int]:
        barrier = asyncio.Barrier(151)
        tasks = [asyncio.create_task(follow(barrier)) for _ in range(150)]
        await barrier.wait()
        server.publish(snapshot(9, tiles=49))
        return await asyncio.gather(*tasks)

    assert asyncio.run(all_of_them()) == [9] * 150


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads take turns as often as they can, so that what may happen between two of them does."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("quick_switches")
def test_publishing_from_many_threads_at_once_loses_only_older_messages(server: FeedServer) -> None:
    many, each, rounds = 6, 50, 20
    start = threading.Barrier(many)

    def publish(first: int) -> None:
        start.wait()
        for number in range(each):
            server.publish(snapshot(first + number, tiles=0))

    with following(server) as client:
        for begin in range(0, many * each * rounds, many * each):
            firsts = range(begin, begin + many * each, each)
            threads = [threading.Thread(target=publish, args=(first,)) for first in firsts]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            # One turn of the server's loop, in which it takes what waits.
            httpx.get(server.page("/schema/feed.json"))
            newest = server.hub.newest
            assert newest is not None
            assert newest.seq in {first + each - 1 for first in firsts}, "the last one of a thread"
            while receive(client)["seq"] != newest.seq:
                pass
