"""uvicorn's protocols, made fit for clients that misbehave: slow requests, and feeds that are not read.

A connection has ``REQUEST_TIMEOUT`` seconds to send a whole request, however slowly it drips, and there are
``MOST_CONNECTIONS`` at most: a further one takes the place of that which has let us wait longest.

The WebSocket has small buffers: the newest message is chosen as late as possible.

A message counts as sent when the client's end has read it, which the answer to a ping behind it tells.
Socket buffers do not tell: a client that stopped reading was still handed 223 messages of 49 tiles with
the default ones, 13 with small ones, one with the ping. It could also hold a closing connection for ever.
The classes of uvicorn that this builds on are not covered by its promises: tests/exporter/test_feed.py holds
what is needed of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame

SEND_BUFFER = 32 * 1024
"""Bytes that the kernel keeps for one client: two messages of 49 tiles; the system doubles it for itself."""

CLOSE_GRACE = 5.0
"""Seconds in which a client that is being closed can still read the close code."""

SHUTDOWN_GRACE = 0.2

REQUEST_TIMEOUT = 10.0
"""Seconds from the first byte of a request, or from connecting, to its last byte."""

LARGEST_HEAD = 16 * 1024
"""Bytes of a request's line and headers; a browser's have about 1,000."""

MOST_CONNECTIONS = 512
"""Twice the feed's clients; half of the files that a process may have open by default on Linux."""


class RequestProtocol(H11Protocol):
    """Ends connections whose request does not come, and makes place for others where there are too many."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def waits_until(self) -> float | None:
        """When the deadline of the request that is still incomplete ends; None while there is none."""
        return None if self._deadline is None else self._deadline.when()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request; with too many connections the one that has waited longest ends."""
        if len(self.connections) >= MOST_CONNECTIONS and not self._make_place():
            transport.abort()  # type: ignore[attr-defined]
            return
        super().connection_made(transport)  # type: ignore[arg-type]
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the deadline ends with the head of the request."""
        # What still comes in while the connection is being ended.
        if self.transport is None or self.transport.is_closing():
            return
        self._wait_for_request()
        super().data_received(data)
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._stop_waiting()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection to FeedProtocol, without a deadline for a request."""
        # The connection is handed to another protocol, and h11 is not told how the request ends.
        self._stop_waiting()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the deadline with the connection."""
        self._stop_waiting()
        if self.transport is not None:
            super().connection_lost(exc)

    def _make_place(self) -> bool:
        waiting = [one for one in self.connections if isinstance(one, RequestProtocol) and one.waits_until]
        if not waiting:
            return False
        longest = min(waiting, key=lambda one: one.waits_until or 0.0)
        self.connections.discard(longest)
        longest.transport.abort()
        return True

    def _wait_for_request(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_TIMEOUT, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class FeedProtocol(WebSocketsSansIOProtocol):
    """Has one message on the way at a time, and ends connections whatever the client does."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._arrived = asyncio.Event()
        self._probe = b""
        self._probes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the buffers of the connection small: what lies in them is old when it is read."""
        super().connection_made(transport)
        # One byte, not none: asyncio's TLS transport calls even an empty buffer full when the limit is 0.
        self.transport.set_write_buffer_limits(high=1, low=0)
        handle = self.transport.get_extra_info("socket")
        # A client may be gone already; then there is nothing to tune.
        with contextlib.suppress(OSError):
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    async def send(self, message: Any) -> None:
        """Return when the client has read the message, so that the next one is chosen only then."""
        if message["type"] == "websocket.close":
            # The close frame must not wait for a client that does not read.
            self.writable.set()
            self._abort_in(CLOSE_GRACE)
        await super().send(message)
        if message["type"] == "websocket.send" and not self.disconnected:
            await self._arrival()

    def handle_pong(self, event: Frame) -> None:
        """Take the answer to our own ping: the message before it was read."""
        if bytes(event.data) == self._probe:
            self._arrived.set()
        else:
            super().handle_pong(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait for an answer that no longer comes."""
        self._arrived.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Say goodbye, and end soon even where the client does not answer."""
        super().shutdown()
        self._abort_in(SHUTDOWN_GRACE)

    async def _arrival(self) -> None:
        """Wait until the client's end has read everything sent so far."""
        self._probes += 1
        # Eight bytes: the keep-alive of uvicorn uses four, so that no answer is taken for another's.
        self._probe = self._probes.to_bytes(8, "big")
        self._arrived.clear()
        try:
            self.conn.send_ping(self._probe)
        except InvalidState:
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        await self._arrived.wait()

    def _abort_in(self, seconds: float) -> None:
        self.loop.call_later(seconds, self.transport.abort)
