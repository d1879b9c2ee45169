"""The feed's centre: takes snapshots from the worker and gives each client the newest, never a queue.

``publish`` may be called from any thread and never waits; everything else lives in the server's event loop.
Whatever goes out passes the privacy filter in ``publish`` first: the hub keeps no unfiltered snapshot.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from agent.errors import FeedError
from agent.rate_limits import TokenBucket
from agent.values import Snapshot
from exporter.privacy import PrivacyPolicy, filter_snapshot
from exporter.protocol.client_commands import (
    ClientCommand,
    OverlayCommand,
    OverlayRegions,
    close_reason,
    decode_client,
)
from exporter.protocol.messages import AckMessage, HelloMessage, RoomMessage, encode, room_message
from exporter.server.client_record import ClientRecord, ignore
from exporter.server.history import PageHistory
from exporter.server.metrics import Metrics
from exporter.server.pacing import Pacer
from exporter.server.views import EncodedMessage, FeedOptions

GOING_AWAY, UNSUPPORTED, INVALID, POLICY, TRY_LATER = 1001, 1003, 1007, 1008, 1013
"""WebSocket close codes (RFC 6455, and 1013 of the IANA registry)."""


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What one client may cost.

    ``write_timeout``: seconds in which a client must have read a message (Python's asyncio client stops
    reading at 16 in its queue until 4 are left: a user who takes one a second pauses for 12 seconds).
    ``rate`` and ``burst``: messages that a client may send (one that acknowledges 30 frames a second sends
    30). ``clients``: how many may follow at once.
    """

    write_timeout: float = 15.0
    rate: float = 100.0
    burst: int = 200
    clients: int = 256


class Hub:
    """Holds the newest message and serves clients; ``hello`` is the first message of each.

    ``commands`` takes what clients ask for, in the thread of the loop, and must not wait; None takes nothing.
    """

    def __init__(
        self,
        hello: HelloMessage,
        policy: PrivacyPolicy,
        limits: ClientLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        commands: Callable[[ClientCommand], None] | None = None,
    ) -> None:
        self._commands = commands
        self._regions = OverlayRegions()
        self._hello = encode(hello).decode()
        self._policy = policy
        self.on_client: Callable[[ClientRecord], None] = ignore
        """Is told of each client that is let in, in the thread of the loop, and must not wait."""
        self.limits = limits or ClientLimits()
        self.clock = clock
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: RoomMessage | None = None
        self._newest: EncodedMessage | None = None
        self._reserved = 0
        self._clients: set[_Client] = set()
        self.metrics = Metrics()
        self.history = PageHistory()
        self._updated: float | None = None

    @property
    def newest(self) -> RoomMessage | None:
        """The newest message, as it went out."""
        return None if self._newest is None else self._newest.message

    @property
    def age(self) -> float | None:
        """Seconds since the newest message came."""
        return None if self._updated is None else self.clock() - self._updated

    @contextlib.contextmanager
    def reserve_client(self) -> Iterator[bool]:
        """A client's place, which is its as long as the block lasts; False where none is free.

        To be had before the client is accepted: that takes a while, in which others come.
        """
        if self._reserved >= self.limits.clients:
            yield False
            return
        self._reserved += 1
        try:
            yield True
        finally:
            self._reserved -= 1

    def publish(self, snapshot: Snapshot) -> None:
        """Make a snapshot the newest; from any thread, before ``open`` and after ``close`` too.

        Raises ValueError for a snapshot with figures that are no finite numbers.
        """
        message = room_message(filter_snapshot(snapshot, self._policy))
        with self._lock:
            is_announced = self._waiting is not None
            self._waiting = message
            if self._loop is not None and not is_announced:
                self._loop.call_soon_threadsafe(self._take)

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Serve in this loop from now on."""
        with self._lock:
            self._loop = loop
            if self._waiting is not None:
                loop.call_soon_threadsafe(self._take)

    async def close(self, grace: float) -> None:
        """Tell all clients that the agent goes away and wait ``grace`` seconds at most until they left."""
        with self._lock:
            self._loop = None
        for client in self._clients:
            client.end(GOING_AWAY, "the agent ends")
        if self._clients:
            await asyncio.wait([client.done for client in self._clients], timeout=grace)

    async def serve(self, websocket: WebSocket, options: FeedOptions) -> None:
        """Follow one accepted client, with its place reserved, until either side ends it."""
        client = _Client(websocket, options, self)
        self._clients.add(client)
        self.metrics.clients = len(self._clients)
        try:
            if self._newest is not None:
                client.offer(self._newest)
            await client.run(self._hello)
        finally:
            self._clients.discard(client)
            left = self._regions.leave(client)
            if left is not None and self._commands is not None:
                self._commands(left)
            self.metrics.clients = len(self._clients)
            if client.code is not None:
                self.metrics.count_close(client.code)
            client.done.set_result(None)

    def command(self, client: object, command: ClientCommand) -> None:
        """Hand on what a client asks for. Raises FeedError where nothing takes commands."""
        if self._commands is None:
            raise FeedError("this feed takes no commands")
        if isinstance(command, OverlayCommand):
            command = self._regions.put(client, command)
        self._commands(command)

    def _take(self) -> None:
        with self._lock:
            message, self._waiting = self._waiting, None
        if message is None:
            return
        self.metrics.count_frame(message)
        self._updated = self.clock()
        self.history.add(message, self._updated)
        self._newest = EncodedMessage(message)
        for client in self._clients:
            client.offer(self._newest)


class _Client:
    """One connection: a task that reads what the client sends and one that sends the newest message."""

    def __init__(self, websocket: WebSocket, options: FeedOptions, hub: Hub) -> None:
        self._websocket = websocket
        self._view = options.view
        self._pacer = Pacer(ack=options.ack, hz=options.hz)
        self._guard = TokenBucket(hub.limits.rate, hub.limits.burst)
        self._write_timeout = hub.limits.write_timeout
        self._clock = hub.clock
        self._metrics = hub.metrics
        self._command = hub.command
        self._encoded: EncodedMessage | None = None
        self._news = asyncio.Event()
        self._ended = asyncio.Event()
        self._reason = ""
        self.code: int | None = None
        """The code that the agent closed this client with; None when the client left by itself."""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def offer(self, encoded: EncodedMessage) -> None:
        """A newer message exists."""
        self._encoded = encoded
        self._pacer.offer(encoded.message.seq)
        self._news.set()

    def end(self, code: int, reason: str) -> None:
        """Close this client; the first reason given counts."""
        if self.code is None:
            self.code, self._reason = code, reason
        self._ended.set()

    async def run(self, hello: str) -> None:
        """Serve until ``end`` is called or the client leaves."""
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write(hello))]
        ended = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait([*tasks, ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*tasks, ended):
                task.cancel()
            results = await asyncio.gather(*tasks, ended, return_exceptions=True)
        if self.code is not None:
            with contextlib.suppress(WebSocketDisconnect):
                await self._websocket.close(self.code, self._reason)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                raise result

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            problem = self._judge(message.get("text"))
            if problem is not None:
                self.end(*problem)
                return

    def _judge(self, text: str | None) -> tuple[int, str] | None:
        """Take one message of the client; returns the close code and reason for one that is not allowed."""
        if not self._guard.take(self._clock()):
            return POLICY, "too many messages"
        if text is None:
            return UNSUPPORTED, "this feed takes text messages only"
        try:
            message = decode_client(text)
            if isinstance(message, AckMessage):
                self._pacer.acknowledge(message.seq)
            else:
                self._command(self, message)
        except msgspec.DecodeError as error:
            return INVALID, close_reason(str(error))
        except FeedError as error:
            return POLICY, close_reason(str(error))
        self._news.set()
        return None

    async def _write(self, hello: str) -> None:
        try:
            await self._send(hello)
            while True:
                encoded = await self._next()
                self._pacer.sent(encoded.message.seq, self._clock())
                self._metrics.sent += 1
                await self._send(encoded.text(self._view))
        except TimeoutError:
            self.end(TRY_LATER, f"nothing was read for {self._write_timeout:g} s; connect again")

    async def _next(self) -> EncodedMessage:
        """The newest message, as soon as this client may have it."""
        while True:
            self._news.clear()
            delay = self._pacer.wait(self._clock())
            if delay == 0 and self._encoded is not None:
                return self._encoded
            try:
                async with asyncio.timeout(delay):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _send(self, text: str) -> None:
        async with asyncio.timeout(self._write_timeout):
            await self._websocket.send_text(text)
