"""Many clients of one feed in one event loop: fast ones, slow ones that acknowledge, and stopped ones."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from websockets.asyncio.client import connect

from exporter.server.feed_server import FeedServer
from tests.exporter.samples import bare_client, feed_url, snapshot

TILES = 49


@dataclass(slots=True)
class Load:
    """How many clients of each kind follow, and how many messages are published at which rate."""

    fast: int = 150
    slow: int = 30
    stopped: int = 20
    messages: int = 60
    hz: float = 10.0
    pause: float = 0.5
    """Seconds for which a slow client thinks about each message."""


@dataclass(slots=True)
class Outcome:
    """What the clients saw: ``ages`` in seconds from publishing to reading, over all fast clients."""

    ages: list[float] = field(default_factory=list)
    fast: list[list[int]] = field(default_factory=list)
    slow: list[list[int]] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)
    """For each message that a slow client read: how many newer ones existed when it was sent for."""
    codes: list[int] = field(default_factory=list)
    """The close codes that the stopped clients found when they read again."""


def run_load(server: FeedServer, load: Load) -> Outcome:
    """Put a feed under load until all its messages are published and every client has left."""
    crowd = _Crowd(server, load)
    stopped = [bare_client(server) for _ in range(load.stopped)]
    publisher = threading.Thread(target=crowd.publish)
    publisher.start()
    try:
        asyncio.run(crowd.follow())
        publisher.join()
        crowd.outcome.codes = [close_code(client) for client in stopped]
    finally:
        crowd.joined.set()
        publisher.join()
        for client in stopped:
            client.close()
    return crowd.outcome


class _Crowd:
    """What the publisher and all clients share."""

    def __init__(self, server: FeedServer, load: Load) -> None:
        self.server = server
        self.load = load
        self.outcome = Outcome(
            fast=[[] for _ in range(load.fast)],
            slow=[[] for _ in range(load.slow)],
        )
        self.joined = threading.Event()
        self._sent_at: dict[int, float] = {}
        self._ready = asyncio.Semaphore(0)

    def publish(self) -> None:
        """Publish all messages, once every client has joined."""
        self.joined.wait()
        for seq in range(1, self.load.messages + 1):
            self._sent_at[seq] = time.perf_counter()
            self.server.publish(snapshot(seq, TILES))
            time.sleep(1 / self.load.hz)

    async def follow(self) -> None:
        """Let all clients join, then read to the last message."""
        tasks = [asyncio.create_task(self._fast(seqs)) for seqs in self.outcome.fast]
        tasks += [asyncio.create_task(self._slow(seqs)) for seqs in self.outcome.slow]
        for _ in tasks:
            await self._ready.acquire()
        self.joined.set()
        await asyncio.gather(*tasks)

    async def _fast(self, seqs: list[int]) -> None:
        async with connect(feed_url(self.server), proxy=None) as client:
            await client.recv()
            self._ready.release()
            while not seqs or seqs[-1] < self.load.messages:
                seq = seq_of(await client.recv())
                self.outcome.ages.append(time.perf_counter() - self._sent_at[seq])
                seqs.append(seq)

    async def _slow(self, seqs: list[int]) -> None:
        async with connect(feed_url(self.server, "&ack=1"), proxy=None) as client:
            await client.recv()
            self._ready.release()
            newest = 0
            while not seqs or seqs[-1] < self.load.messages:
                seqs.append(seq_of(await client.recv()))
                self.outcome.behind.append(newest - seqs[-1])
                await asyncio.sleep(self.load.pause)
                # The last one may still be on its way to the server's loop.
                newest = len(self._sent_at) - 1
                await client.send(json.dumps({"type": "ack", "seq": seqs[-1]}))


def seq_of(text: str | bytes) -> int:
    """The number of a room message, without decoding all of it: the clients share a core with the server."""
    head = str(text)[:60]
    return int(head.split('"seq":', 1)[1].split(",", 1)[0])


def close_code(client: socket.socket) -> int:
    """The code of the close frame behind everything that a client left unread; 0 when the line was cut."""
    received = b""
    with suppress(OSError):
        while part := client.recv(1 << 16):
            received += part
    return close_code_in(received)


def close_code_in(received: bytes) -> int:
    """The code of the close frame at the end of some bytes of a server; 0 when there is none."""
    # A close frame is 0x88, a length under 126, the code in two bytes and the reason.
    for size in range(2, 126):
        if len(received) >= size + 2 and received[-size - 2 : -size] == bytes((0x88, size)):
            return int.from_bytes(received[-size : -size + 2], "big")
    return 0


def percentile(values: Sequence[float], share: float) -> float:
    """The value under which ``share`` of all lie."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]
