"""Snapshots and a live server for the tests of the feed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from agent.values import (
    Advice,
    Alert,
    Box,
    Change,
    Direction,
    Emotion,
    Marker,
    Reading,
    Reason,
    Room,
    Scope,
    Snapshot,
    SourceInfo,
    SourceStatus,
    Tempo,
    TileState,
    Trend,
)
from exporter.access.tls import kept_certificate, own_names
from exporter.privacy import PrivacyPolicy
from exporter.protocol.messages import ModelPart
from exporter.server.feed_server import About, FeedServer, ServerSettings
from exporter.server.hub import ClientLimits
from tests import builders
from tests.waiting import PATIENCE

WALL = 1_767_258_004.12
SCORES = (0.01, 0.02, 0.03, 0.8, 0.04, 0.05, 0.05)
ABOUT = About(
    SourceInfo("demo", "a drawn class", 1920, 1080), ModelPart(name="m", sha256="0" * 64, input=(48, 48, 1))
)
TREND = Trend(
    Change(0.2, Direction.RISING),
    Change(0.0, Direction.STEADY),
    Change(-0.3, Direction.FALLING),
    Change(0.0, Direction.STEADY),
)
ADVICE = Advice(Tempo.SLOWER, "Slower may help.", "90 % before, 60 % now")


def reading(number: int, state: TileState = TileState.FACE, reason: Reason | None = None) -> Reading:
    return builders.reading(
        f"t{number}",
        Emotion("happy", 0.8, SCORES, 0.7, 0.3) if reason is None else None,
        at=(0, number),
        box=Box(5 + number, 6, 280, 158),
        state=state,
        face=builders.face_at(Box(10, 20, 70, 70), 0.94),
        reason=reason,
        since=WALL - 3,
        motivation=0.6,
    )


def snapshot(seq: int, tiles: int = 3, dropped: int = 0) -> Snapshot:
    readings = tuple(reading(number) for number in range(tiles))
    intervals = ((0.1, 0.3),) * len(SCORES)
    room = Room(0, 0, 0)
    if tiles:
        room = Room(tiles, tiles, tiles, SCORES, "happy", 0.7, 0.3, 0.9, 0.61, intervals, TREND, ADVICE)
    alerts = (
        Alert("sad", "t0 looks sad", ("t0",), WALL),
        Alert("quiet", "a quiet room", ("t0", "t1"), WALL, Scope.ROOM),
    )
    markers, source = (Marker("exercise", WALL - 2),), SourceStatus(dropped=dropped)
    return builders.snapshot(
        readings, seq, WALL + seq, source=source, room=room, age=0.0315, alerts=alerts, markers=markers
    )


@contextmanager
def serving(
    folder: Path, limits: ClientLimits | None = None, policy: PrivacyPolicy | None = None, **settings: Any
) -> Iterator[FeedServer]:
    about = About(ABOUT.source, ABOUT.model, policy or PrivacyPolicy())
    given = ServerSettings(**{"port": 0, "connection_folder": folder, **settings})
    with FeedServer(given, about, limits=limits) as server:
        yield server


@contextmanager
def serving_tls(folder: Path, host: str = "127.0.0.1", **settings: Any) -> Iterator[FeedServer]:
    """As with ``--tls``, or with ``--lan`` on host 0.0.0.0: the certificate is the server's own."""
    kept = kept_certificate(own_names(host), folder)
    own = {"certificate": str(kept.certificate), "key": str(kept.key)}
    with serving(folder, **{"host": host, **own, **settings}) as server:
        yield server


def feed_url(server: FeedServer, options: str = "") -> str:
    return f"ws://127.0.0.1:{server.port}/feed?token={server.token}{options}"


@contextmanager
def following(server: FeedServer, options: str = "") -> Iterator[ClientConnection]:
    """A client that has had its hello."""
    with connect(feed_url(server, options), proxy=None) as client:
        assert receive(client)["type"] == "hello"
        yield client


def receive(client: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(client.recv(timeout=PATIENCE))
    return message


def acknowledge(client: ClientConnection, seq: int) -> None:
    client.send(json.dumps({"type": "ack", "seq": seq}))


def bare_client(server: FeedServer) -> socket.socket:
    """A client that reads only when told, through a small buffer: the kernel must not read in its place."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    client.connect(("127.0.0.1", server.port))
    client.settimeout(PATIENCE)
    client.sendall(
        f"GET /feed HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {server.token}\r\n\r\n".encode()
    )
    return client


PING = b"\x89\x08"
"""How a ping with eight bytes begins; nothing else that the server sends holds these two."""


def read_until(client: socket.socket, mark: bytes) -> bytes:
    """Everything up to ``mark`` and the eight bytes after it."""
    received = b""
    while mark not in received or len(received) < received.index(mark) + len(mark) + 8:
        part = client.recv(65536)
        assert part, f"the connection ended before {mark!r}"
        received += part
    return received


def answer_ping(client: socket.socket, received: bytes) -> None:
    """Send the pong to the ping in ``received``, masked by zeros."""
    place = received.index(PING) + len(PING)
    client.sendall(b"\x8a\x88\0\0\0\0" + received[place : place + 8])
