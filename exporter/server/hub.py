"""The feed's hub: takes snapshots from the worker and gives each client the newest one, without a queue.

``publish`` is thread-safe and never blocks; everything else runs in the server's event loop. Snapshots pass
the privacy filter in ``publish``: the hub keeps no unfiltered snapshot.
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
    TILE_COMMANDS,
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
    """Limits for clients.

    ``write_timeout``: maximum seconds until a client has read a message. Python's asyncio client stops
    reading at 16 queued messages until 4 are left, so a user who takes one message a second pauses for 12
    seconds. ``rate``: maximum messages a second that a client may send (30 if it acknowledges 30 frames a
    second). ``burst``: maximum messages at once. ``clients``: maximum number of clients.
    """

    write_timeout: float = 15.0
    rate: float = 100.0
    burst: int = 200
    clients: int = 256


class Hub:
    """Keeps the newest message and serves clients; ``hello`` is the first message to each.

    ``commands`` is called with clients' commands in the loop's thread and must not block; None refuses
    commands.
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
        """Called for each admitted client in the loop's thread; must not block."""
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
        """The newest message, after the privacy filter."""
        return None if self._newest is None else self._newest.message

    @property
    def age(self) -> float | None:
        """Seconds since the newest message arrived."""
        return None if self._updated is None else self.clock() - self._updated

    @contextlib.contextmanager
    def reserve_client(self) -> Iterator[bool]:
        """Reserve a place for a client while the block lasts; yields False if all places are taken.

        Reserve before accepting the client: accepting takes a while, and other clients arrive meanwhile.
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
        """Make a snapshot the newest; thread-safe, also before ``open`` and after ``close``.

        Raises ValueError for figures that are not finite.
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
        """Close all clients with "going away" and wait at most ``grace`` seconds until they have left."""
        with self._lock:
            self._loop = None
        for client in self._clients:
            client.end(GOING_AWAY, "the agent ends")
        if self._clients:
            await asyncio.wait([client.done for client in self._clients], timeout=grace)

    async def serve(self, websocket: WebSocket, options: FeedOptions) -> None:
        """Serve one accepted client, whose place is reserved, until either side closes the connection."""
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
        """Pass on a client's command. Raises FeedError if this hub does not take it.

        Outside mode ``tiles`` no client can change which tiles are read: the room's figures with and without
        a tile would differ by that participant's reading. Boxes are then ignored without an error, because an
        overlay's gauge works without them.
        """
        if self._commands is None:
            raise FeedError("this feed takes no commands")
        mode = self._policy.mode
        if mode != "tiles" and isinstance(command, TILE_COMMANDS):
            if isinstance(command, OverlayCommand):
                return
            raise FeedError(f"in mode {mode} nobody is left out or read again by a command: use consent.list")
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
    """One connection: one task reads the client's messages, another sends the newest message."""

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
        """The close code sent by the agent; None if the client left by itself."""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def offer(self, encoded: EncodedMessage) -> None:
        """Note that a newer message exists."""
        self._encoded = encoded
        self._pacer.offer(encoded.message.seq)
        self._news.set()

    def end(self, code: int, reason: str) -> None:
        """Close this client; only the first call's code and reason are sent."""
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
        """Process one client message; returns the close code and reason if the message is not allowed."""
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
        """Wait until this client may get the newest message, and return it."""
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
