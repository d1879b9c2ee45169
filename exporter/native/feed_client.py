"""Follows the feed in a thread: always the newest message, also after the agent restarts with a new token."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

import msgspec
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.sync.client import ClientConnection

from agent.errors import FeedError
from agent.rate_limits import Backoff
from exporter.access.tls_trust import certificate_error_text
from exporter.access.token import ConnectionInfo, read_connection_file
from exporter.clients.connection import connect_to
from exporter.protocol.client_commands import ClientCommand, encode_command
from exporter.protocol.messages import AckMessage, HelloMessage, Message, RoomMessage

FIRST_PAUSE, LONGEST_PAUSE = 0.3, 5.0
"""Minimum and maximum seconds between connection attempts; each pause is twice the last (back-off)."""

ANSWER_WITHIN = 5.0
REFUSALS = frozenset({401, 403, 421})
"""HTTP statuses with which the agent refuses a client."""
SERVER_ERRORS = 500
"""The first HTTP status that says: later, perhaps. 503: too many clients; 502: a proxy alone."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Event: a connection is open; ``info`` has its address and token."""

    info: ConnectionInfo


@dataclass(frozen=True, slots=True)
class Closed:
    """Event: there is no connection.

    ``is_refused``: the agent refused it, or is not trusted (TLS). ``is_unknown``: what answers is no agent,
    or its feed is not of this version.
    """

    is_refused: bool
    reason: str
    is_unknown: bool = False


FeedEvent = Opened | Closed | HelloMessage | RoomMessage

_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(HelloMessage | RoomMessage)


@dataclass(frozen=True, slots=True)
class AgentLocator:
    """Finds the agent by its connection file at ``path``, or at a ``fixed`` address."""

    path: Path | None = None
    fixed: ConnectionInfo | None = None

    def locate(self) -> ConnectionInfo:
        """The current address and token; a restarted agent has another token.

        If file and ``fixed`` have the same port, the file is used. Raises FeedError if there is no agent.
        """
        if self.path is None:
            if self.fixed is None:
                raise FeedError("neither an address nor a connection file is given")
            return self.fixed
        try:
            kept = read_connection_file(self.path)
        except FeedError:
            if self.fixed is None:
                raise
            return self.fixed
        return kept if self.fixed is None or _port(kept) == _port(self.fixed) else self.fixed


def connection_info_of(address: str) -> ConnectionInfo:
    """The connection for an address that the agent prints: any of its pages, with ``?token=``.

    Raises FeedError for any other text.
    """
    wrong = FeedError(
        f"{address!r} is no address of an agent: use one that `readtheroom run` prints, with its ?token="
    )
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise wrong from None
    tokens = parse_qs(parts.query).get("token", [])
    scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(parts.scheme)
    if scheme is None or not parts.netloc or len(tokens) != 1:
        raise wrong
    return ConnectionInfo(feed=f"{scheme}://{parts.netloc}/feed", token=tokens[0])


def page_of(info: ConnectionInfo, path: str) -> str:
    """The address of one of the agent's pages, with the token."""
    return f"{info.base}{path}?token={info.token}"


def _not_let_in(status: int, info: ConnectionInfo) -> Closed:
    """What it means that the answer to a connection attempt is this HTTP status."""
    if status in REFUSALS or status >= SERVER_ERRORS:
        return Closed(status in REFUSALS, f"the agent answered {status}")
    reason = f"what answers at {urlsplit(info.feed).netloc} is no agent ({status}): check the address"
    return Closed(False, reason, is_unknown=True)


def _port(info: ConnectionInfo) -> int | None:
    return urlsplit(info.feed).port


class FeedClient:
    """Calls ``deliver`` from its own thread with each event, until ``close``; ``send`` is thread-safe."""

    def __init__(
        self, where: AgentLocator, deliver: Callable[[FeedEvent], None], *, hz: float = 10.0
    ) -> None:
        self._where = where
        self._deliver = deliver
        self._hz = hz
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._socket: ClientConnection | None = None
        self._thread = threading.Thread(target=self._run, name="feed client", daemon=True)

    def start(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def send(self, command: ClientCommand) -> bool:
        """Send a command to the agent; False if there is no connection."""
        with self._lock:
            socket = self._socket
        if socket is None:
            return False
        try:
            socket.send(encode_command(command))
        except (ConnectionClosed, OSError):
            return False
        return True

    def close(self) -> None:
        """End the thread; idempotent."""
        self._closed.set()
        with self._lock:
            socket = self._socket
        if socket is not None:
            socket.close()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(ANSWER_WITHIN)

    def _run(self) -> None:
        pauses = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
        while not self._closed.is_set():
            began = time.monotonic()
            closed = self._follow()
            if self._closed.is_set():
                return
            self._deliver(closed)
            if time.monotonic() - began > LONGEST_PAUSE:
                pauses.reset()
            self._closed.wait(pauses.next())

    def _follow(self) -> Closed:
        """Serve one connection until it ends; returns why."""
        try:
            info = self._where.locate()
            with connect_to(info, f"ack=1&hz={self._hz:g}", ANSWER_WITHIN) as socket:
                with self._lock:
                    self._socket = socket
                # An earlier `close` found no socket to close.
                if self._closed.is_set():
                    return Closed(False, "this client was closed")
                self._deliver(Opened(info))
                for text in socket:
                    if self._closed.is_set():
                        break
                    self._take(socket, text)
        except InvalidStatus as error:
            return _not_let_in(error.response.status_code, info)
        except ssl.SSLCertVerificationError as error:
            return Closed(True, certificate_error_text(error))
        except (OSError, ConnectionClosed, InvalidHandshake, InvalidURI, FeedError) as error:
            return Closed(False, str(error))
        except msgspec.DecodeError as error:
            reason = f"this is not the feed that the overlay knows: {error}"
            return Closed(False, reason, is_unknown=True)
        finally:
            with self._lock:
                self._socket = None
        return Closed(False, "the agent ended the connection")

    def _take(self, socket: ClientConnection, text: str | bytes) -> None:
        message = _decoder.decode(text)
        self._deliver(message)
        if isinstance(message, RoomMessage):
            socket.send(encode_command(AckMessage(seq=message.seq)))
