"""uvicorn's WebSocket protocol with small buffers: the newest message is chosen as late as possible.

With the default buffers a client without ``ack`` that reads slowly is seconds behind, and one that stopped
reading can hold a closing connection for ever. The classes of uvicorn that this builds on are not covered by
its promises: tests/exporter/test_server.py holds what is needed of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

SEND_BUFFER = 32 * 1024
"""Bytes that the kernel keeps for one client: two messages of 49 tiles; the system doubles it for itself."""

CLOSE_GRACE = 5.0
"""Seconds in which a client that is being closed can still read the close code."""

SHUTDOWN_GRACE = 0.2


class FeedProtocol(WebSocketsSansIOProtocol):
    """Sends one message at a time, and ends connections whatever the client does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        # One byte, not none: asyncio's TLS transport calls even an empty buffer full when the limit is 0.
        self.transport.set_write_buffer_limits(high=1, low=0)
        handle = self.transport.get_extra_info("socket")
        # A client may be gone already; then there is nothing to tune.
        with contextlib.suppress(OSError):
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    async def send(self, message: Any) -> None:
        """Return when the message has left this process, so that the next one is chosen only then."""
        if message["type"] == "websocket.close":
            # The close frame must not wait for a client that does not read.
            self.writable.set()
            self._abort_in(CLOSE_GRACE)
        await super().send(message)
        if message["type"] == "websocket.send":
            await self.writable.wait()

    def shutdown(self) -> None:
        super().shutdown()
        self._abort_in(SHUTDOWN_GRACE)

    def _abort_in(self, seconds: float) -> None:
        self.loop.call_later(seconds, self.transport.abort)
