"""uvicorn's protocol classes with limits for misbehaving clients: slow requests, unread responses, floods.

A client has ``REQUEST_TIMEOUT`` seconds to send a whole request, and the same time to read each part of the
response. At most ``MOST_CONNECTIONS`` are open: a further one replaces the connection that has waited
longest, or any request in progress. Only admitted feed clients are never replaced.

The WebSocket has small buffers, so that the newest message is chosen as late as possible. The hub counts
whole messages; message fragments and control frames are counted here.

A message counts as sent when the client has read it: a ping is sent behind the message, and its pong is
awaited. Socket buffers do not show this: a client that stopped reading was still sent 223 messages of 49
tiles with default buffers, 13 with small buffers, and one with the ping. Such a client could also block a
closing connection for ever. These uvicorn classes are not part of its stable API; tests/exporter/test_feed.py
checks what is needed of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame

from agent.rate_limits import TokenBucket
from exporter.server.hub import POLICY, ClientLimits

SEND_BUFFER = 32 * 1024
"""Bytes of the kernel's send buffer for a client: two messages of 49 tiles; Linux doubles the value."""

CLOSE_GRACE = 5.0
"""Maximum seconds for a client to read the close code before the connection is aborted."""

FLOOD_GRACE = 1.0
"""As ``CLOSE_GRACE``, for a client that floods: its data is discarded meanwhile, but costs time."""

SHUTDOWN_GRACE = 0.2

REQUEST_TIMEOUT = 10.0
"""Maximum seconds from connecting, or a request's first byte, to its last byte; also to read a response."""

LARGEST_HEAD = 16 * 1024
"""Maximum bytes of a request's line and headers; a browser's have about 1,000."""

MOST_CONNECTIONS = 512
"""Maximum number of connections: twice the feed's clients, half of Linux's default limit of open files."""

NO_UPGRADE = b"This is no request to open a WebSocket: it must have no body, and no long header.\n"
NO_UPGRADE_HEAD = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n" % len(NO_UPGRADE)
)


class Deadline:
    """A timer that ends a connection by calling ``act``, unless it is stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
        self._loop, self._act = loop, act
        self._timer: asyncio.TimerHandle | None = None

    @property
    def when(self) -> float | None:
        """The time at which ``act`` is called, by the loop's clock; None while the timer is stopped."""
        return None if self._timer is None else self._timer.when()

    def within(self, seconds: float) -> None:
        """Call ``act`` after at most ``seconds``; an earlier deadline that is already set stays."""
        if self._timer is not None and self._timer.when() <= self._loop.time() + seconds:
            return
        self.stop()
        self._timer = self._loop.call_later(seconds, self._act)

    def stop(self) -> None:
        """Stop the timer; idempotent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class RequestProtocol(H11Protocol):
    """Ends connections whose request is late or whose response is not read; frees places for new ones."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._request = Deadline(self.loop, self._abort)
        self._answer = Deadline(self.loop, self._abort)

    @property
    def waits_until(self) -> float:
        """When the wait for this client ends, by the loop's clock; infinity while the server is working."""
        if self.transport.is_closing():
            return 0.0
        idle = self.timeout_keep_alive_task
        ends = (self._request.when, self._answer.when, None if idle is None else idle.when())
        return min((one for one in ends if one is not None), default=math.inf)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the request deadline; at the connection limit, end the connection that has waited longest."""
        if len(self.connections) >= MOST_CONNECTIONS and not self._make_place():
            transport.abort()  # type: ignore[attr-defined]
            return
        super().connection_made(transport)  # type: ignore[arg-type]
        # Without a write buffer, a client that does not read its response is noticed at once.
        _keep_no_backlog(self.transport)
        self._request.within(REQUEST_TIMEOUT)

    def data_received(self, data: bytes) -> None:
        """Process bytes; stops the request deadline when the request is complete."""
        # Bytes may still arrive while the connection is being closed.
        if self.transport is None or self.transport.is_closing():
            return
        self._request.within(REQUEST_TIMEOUT)
        super().data_received(data)
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._request.stop()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection to FeedProtocol, which has its own deadlines."""
        # h11 is not told that the request ends, so its deadlines must be stopped here.
        self._stop_waiting()
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Start the deadline for the client to read the response."""
        super().pause_writing()
        self._answer.within(REQUEST_TIMEOUT)

    def resume_writing(self) -> None:
        """Stop the deadline: the client has read the response so far."""
        self._answer.stop()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the deadlines."""
        self._stop_waiting()
        if self.transport is not None:
            super().connection_lost(exc)

    def shutdown(self) -> None:
        """Shut down; abort soon if the client does not read its response."""
        super().shutdown()
        if self.transport.is_closing() or self.flow.write_paused:
            self._answer.within(SHUTDOWN_GRACE)

    def _make_place(self) -> bool:
        waiting = [
            (one.waits_until, one)
            for one in self.connections
            if isinstance(one, RequestProtocol | FeedProtocol) and one.waits_until is not None
        ]
        if not waiting:
            return False
        _, longest = min(waiting, key=lambda pair: pair[0])
        self.connections.discard(longest)
        longest.transport.abort()
        return True

    def _stop_waiting(self) -> None:
        self._request.stop()
        self._answer.stop()

    def _abort(self) -> None:
        self.transport.abort()


class FeedProtocol(WebSocketsSansIOProtocol):
    """Has at most one message in flight, and ends connections even if the client does not cooperate."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._arrived = asyncio.Event()
        self._probe: bytes | None = None
        self._probes = 0
        self._guard = TokenBucket(ClientLimits().rate, ClientLimits().burst)
        self._deadline = Deadline(self.loop, self._abort)

    @property
    def waits_until(self) -> float | None:
        """When a connection that is not yet admitted, or is closing, ends; None for an admitted client."""
        return self._deadline.when

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Make the connection's buffers small: buffered messages are outdated when they are read."""
        super().connection_made(transport)
        self._deadline.within(REQUEST_TIMEOUT)
        _keep_no_backlog(self.transport)
        handle = self.transport.get_extra_info("socket")
        # The client may already be gone; setsockopt then fails.
        with contextlib.suppress(OSError):
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def data_received(self, data: bytes) -> None:
        """Process bytes; the first call has the whole request head, as RequestProtocol read it."""
        super().data_received(data)
        if not self.handshake_initiated:
            # websockets rejects a request with a body or a very long line without a response.
            answer = b"".join(self.conn.data_to_send()) or NO_UPGRADE_HEAD + NO_UPGRADE
            self.handshake_complete = self.close_sent = True
            self.transport.write(answer)
            self.transport.close()

    async def run_asgi(self) -> None:
        """Serve this client; afterwards it has ``CLOSE_GRACE`` seconds to read data in flight."""
        await super().run_asgi()
        if not self.disconnected:
            self._deadline.within(CLOSE_GRACE)

    async def send(self, message: Any) -> None:
        """Send a message and wait until the client has read it, so that the next one is chosen only then."""
        if message["type"] == "websocket.close":
            # The close frame must not wait for a client that does not read.
            self.writable.set()
            self._deadline.within(CLOSE_GRACE)
        await self.writable.wait()
        if self.close_sent:
            # A malformed frame ended the connection while this message was in flight.
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.accept":
            self._deadline.stop()
        if message["type"] == "websocket.send" and not self.disconnected:
            await self._arrival()

    def handle_ping(self) -> None:
        """Answer a ping, unless there are too many."""
        if self._is_counted():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Handle a pong; the answer to our own ping means that the message before it was read."""
        if bytes(event.data) == self._probe:
            # Reset, so that a repeated answer counts as an unsolicited pong.
            self._probe = None
            self._arrived.set()
        elif self._is_counted():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """Handle a message fragment; empty fragments are not stored, because their number is unlimited."""
        if self._is_counted() and (event.data or event.fin):
            super().handle_cont(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait for a pong that no longer comes."""
        self._arrived.set()
        self._deadline.stop()
        # It may already be removed to free a place, but uvicorn expects to find it.
        self.connections.add(self)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Send a close frame, and abort soon if the client does not answer."""
        # A second close frame cannot be sent.
        if not self.transport.is_closing():
            super().shutdown()
        self._deadline.within(SHUTDOWN_GRACE)

    async def _arrival(self) -> None:
        """Wait until the client has read everything sent so far."""
        self._probes += 1
        # Eight bytes, to tell its pong from that of uvicorn's keep-alive ping, which has four.
        self._probe = self._probes.to_bytes(8, "big")
        self._arrived.clear()
        try:
            self.conn.send_ping(self._probe)
        except InvalidState:
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        await self._arrived.wait()

    def _is_counted(self) -> bool:
        """Count a control frame or fragment; returns False, and closes the client, if there are too many."""
        if self.close_sent:
            return False
        if self._guard.take(self.loop.time()):
            return True
        reason = "too many frames"
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": POLICY, "reason": reason})
        # Later data is read and discarded: closing at once could keep the close code from the client.
        self.conn.fail(POLICY, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.close_sent = True
        self.close_timer = self.loop.call_later(FLOOD_GRACE, self._abort)
        return False

    def _abort(self) -> None:
        self.transport.abort()


def _keep_no_backlog(transport: asyncio.Transport) -> None:
    # 1 byte, not 0: with a limit of 0, asyncio's TLS transport treats even an empty buffer as full.
    transport.set_write_buffer_limits(high=1, low=0)
