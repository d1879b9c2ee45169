"""uvicorn's protocols, made fit for clients that misbehave: slow requests, and feeds that are not read.

A connection has ``REQUEST_TIMEOUT`` seconds to send a whole request, however slowly it drips, and as long
to read each part of the answer. There are ``MOST_CONNECTIONS`` at most: a further one takes the place of that
which has let us wait longest, or of any request at work. Only who was let in to the feed keeps hers.

The WebSocket has small buffers: the newest message is chosen as late as possible. The hub judges whole
messages, so the parts and control frames of which a client makes none are counted here.

A message counts as sent when the client's end has read it, which the answer to a ping behind it tells.
Socket buffers do not tell: a client that stopped reading was still handed 223 messages of 49 tiles with
the default ones, 13 with small ones, one with the ping. It could also hold a closing connection for ever.
The classes of uvicorn that this builds on are not covered by its promises: tests/exporter/test_feed.py holds
what is needed of them.
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
"""Bytes that the kernel keeps for one client: two messages of 49 tiles; the system doubles it for itself."""

CLOSE_GRACE = 5.0
"""Seconds in which a client that is being closed can still read the close code."""

FLOOD_GRACE = 1.0
"""The same of a client that floods: what it sends meanwhile is thrown away, but costs time."""

SHUTDOWN_GRACE = 0.2

REQUEST_TIMEOUT = 10.0
"""Seconds from the first byte of a request, or from connecting, to its last byte; also to read an answer."""

LARGEST_HEAD = 16 * 1024
"""Bytes of a request's line and headers; a browser's have about 1,000."""

MOST_CONNECTIONS = 512
"""Twice the feed's clients; half of the files that a process may have open by default on Linux."""

NO_UPGRADE = b"This is no request to open a WebSocket: it must have no body, and no long header.\n"
NO_UPGRADE_HEAD = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n" % len(NO_UPGRADE)
)


class Deadline:
    """Ends a connection by ``act`` unless it is stopped in time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
        self._loop, self._act = loop, act
        self._timer: asyncio.TimerHandle | None = None

    @property
    def when(self) -> float | None:
        """When it ends, by the loop's clock; None while it does not run."""
        return None if self._timer is None else self._timer.when()

    def within(self, seconds: float) -> None:
        """End in so many seconds, or sooner where that was asked for before."""
        if self._timer is not None and self._timer.when() <= self._loop.time() + seconds:
            return
        self.stop()
        self._timer = self._loop.call_later(seconds, self._act)

    def stop(self) -> None:
        """Do not end it; may be called twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class RequestProtocol(H11Protocol):
    """Ends connections whose request does not come or whose answer is not read; makes place for others."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._request = Deadline(self.loop, self._abort)
        self._answer = Deadline(self.loop, self._abort)

    @property
    def waits_until(self) -> float:
        """When the wait for this client ends; never while it is we who are at work."""
        if self.transport.is_closing():
            return 0.0
        idle = self.timeout_keep_alive_task
        ends = (self._request.when, self._answer.when, None if idle is None else idle.when())
        return min((one for one in ends if one is not None), default=math.inf)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request; with too many connections the one that has waited longest ends."""
        if len(self.connections) >= MOST_CONNECTIONS and not self._make_place():
            transport.abort()  # type: ignore[attr-defined]
            return
        super().connection_made(transport)  # type: ignore[arg-type]
        # Whatever the kernel does not take is noticed: a client that reads no answer must not stay for ever.
        _keep_no_backlog(self.transport)
        self._request.within(REQUEST_TIMEOUT)

    def data_received(self, data: bytes) -> None:
        """Take bytes; the deadline ends with the head of the request."""
        # What still comes in while the connection is being ended.
        if self.transport is None or self.transport.is_closing():
            return
        self._request.within(REQUEST_TIMEOUT)
        super().data_received(data)
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._request.stop()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection to FeedProtocol, which has deadlines of its own."""
        # The connection is handed to another protocol, and h11 is not told how the request ends.
        self._stop_waiting()
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Begin to wait until the client has read what it asked for."""
        super().pause_writing()
        self._answer.within(REQUEST_TIMEOUT)

    def resume_writing(self) -> None:
        """The client has read it."""
        self._answer.stop()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the deadlines with the connection."""
        self._stop_waiting()
        if self.transport is not None:
            super().connection_lost(exc)

    def shutdown(self) -> None:
        """End, and soon where the client does not read its answer."""
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
    """Has one message on the way at a time, and ends connections whatever the client does."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._arrived = asyncio.Event()
        self._probe: bytes | None = None
        self._probes = 0
        self._guard = TokenBucket(ClientLimits().rate, ClientLimits().burst)
        self._deadline = Deadline(self.loop, self._abort)

    @property
    def waits_until(self) -> float | None:
        """When a connection that is not let in yet, or is being closed, ends; None for one that follows."""
        return self._deadline.when

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the buffers of the connection small: what lies in them is old when it is read."""
        super().connection_made(transport)
        self._deadline.within(REQUEST_TIMEOUT)
        _keep_no_backlog(self.transport)
        handle = self.transport.get_extra_info("socket")
        # A client may be gone already; then there is nothing to tune.
        with contextlib.suppress(OSError):
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def data_received(self, data: bytes) -> None:
        """Take bytes: first the whole head of the request, as RequestProtocol read it."""
        super().data_received(data)
        if not self.handshake_initiated:
            # websockets takes no request with a body or a very long line, and leaves the answer to us.
            answer = b"".join(self.conn.data_to_send()) or NO_UPGRADE_HEAD + NO_UPGRADE
            self.handshake_complete = self.close_sent = True
            self.transport.write(answer)
            self.transport.close()

    async def run_asgi(self) -> None:
        """Serve this client; afterwards it has ``CLOSE_GRACE`` seconds to read what is still on its way."""
        await super().run_asgi()
        if not self.disconnected:
            self._deadline.within(CLOSE_GRACE)

    async def send(self, message: Any) -> None:
        """Return when the client has read the message, so that the next one is chosen only then."""
        if message["type"] == "websocket.close":
            # The close frame must not wait for a client that does not read.
            self.writable.set()
            self._deadline.within(CLOSE_GRACE)
        await self.writable.wait()
        if self.close_sent:
            # A malformed frame ended the connection while this message was on its way.
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.accept":
            self._deadline.stop()
        if message["type"] == "websocket.send" and not self.disconnected:
            await self._arrival()

    def handle_ping(self) -> None:
        """Answer, unless there are too many."""
        if self._is_counted():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Take the answer to our own ping: the message before it was read."""
        if bytes(event.data) == self._probe:
            # Once: the same answer again is one that nobody asked for.
            self._probe = None
            self._arrived.set()
        elif self._is_counted():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """Take a part of a message; parts without bytes, of which there may be any number, are not kept."""
        if self._is_counted() and (event.data or event.fin):
            super().handle_cont(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait for an answer that no longer comes."""
        self._arrived.set()
        self._deadline.stop()
        # It may have made place for another already, and uvicorn expects to find it.
        self.connections.add(self)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Say goodbye, and end soon even where the client does not answer."""
        # Whom a close frame was sent to already cannot be sent another.
        if not self.transport.is_closing():
            super().shutdown()
        self._deadline.within(SHUTDOWN_GRACE)

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

    def _is_counted(self) -> bool:
        """Count a frame that is no message; with too many of them the client is closed."""
        if self.close_sent:
            return False
        if self._guard.take(self.loop.time()):
            return True
        reason = "too many frames"
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": POLICY, "reason": reason})
        # What comes later is thrown away. It is read: closing at once would take the code from the client.
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
    # One byte, not none: asyncio's TLS transport calls even an empty buffer full when the limit is 0.
    transport.set_write_buffer_limits(high=1, low=0)
