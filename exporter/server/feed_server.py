"""The feed server: one port for the feed, the pages and their access checks, in a separate thread.

with FeedServer(settings, about) as server:
    print(server.address)
    server.publish(snapshot)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from agent.errors import FeedError
from agent.values import Snapshot, SourceInfo
from exporter.access.gate import Gate
from exporter.access.one_time_tokens import OneTimeTokens, one_time_token_route
from exporter.access.token import (
    ConnectionInfo,
    connection_file,
    make_token,
    remove_connection_file,
    write_connection_file,
)
from exporter.privacy import PrivacyPolicy, filter_source
from exporter.protocol.client_commands import ClientCommand
from exporter.protocol.messages import HelloMessage, ModelPart, PrivacyPart, hello_message
from exporter.server.hub import ClientLimits, Hub
from exporter.server.routes import feed_routes, missing, page_routes, wrong_method
from exporter.server.server_settings import ServerSettings, access_rules_of, check_reach, listen, local_name
from exporter.server.transport import LARGEST_HEAD, FeedProtocol, RequestProtocol

__all__ = ["About", "FeedServer", "ServerSettings", "hello_of"]

logger = logging.getLogger("readtheroom")

LARGEST_MESSAGE = 16 * 1024
"""Maximum bytes of a client's message: an acknowledgement has 30, an overlay's 500 rectangles 13,000."""

START_TIMEOUT = 10.0
LEAVE_GRACE = 0.3


@dataclass(frozen=True, slots=True)
class About:
    """What the feed says about itself in ``hello``."""

    source: SourceInfo
    model: ModelPart
    privacy: PrivacyPolicy = field(default_factory=PrivacyPolicy)


def hello_of(about: About, session: str, started: float) -> HelloMessage:
    """The first message of a session that began at the Unix time ``started``, after the privacy filter."""
    policy = about.privacy
    privacy = PrivacyPart(mode=policy.mode, min_group=policy.min_group, policy=policy.legal_policy)
    return hello_message(session, started, filter_source(about.source, about.privacy), about.model, privacy)


class FeedServer:
    """Serves one feed from ``start`` until ``close``; both are idempotent, and ``close`` is final.

    ``commands`` is called with clients' commands in the server's thread and must not block (see
    ``CommandDispatcher``).

    Raises ConfigError for wrong or unsafe settings: an address reachable from other machines without TLS.
    """

    def __init__(
        self,
        settings: ServerSettings,
        about: About,
        *,
        limits: ClientLimits | None = None,
        routes: Sequence[BaseRoute] = (),
        commands: Callable[[ClientCommand], None] | None = None,
    ) -> None:
        check_reach(settings)
        self._settings = settings
        self._routes = tuple(routes)
        self._token = settings.token or make_token(os.environ)
        self._rules = access_rules_of(settings, self._token)
        self._one_time_tokens = OneTimeTokens()
        self._name = local_name(settings)
        hello = hello_of(about, secrets.token_hex(8), time.time())
        self.hub = Hub(hello, about.privacy, limits, commands=commands)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._port = 0
        self._is_closed = False
        self._connection_info: ConnectionInfo | None = None
        self.connection_file: Path | None = None
        """The file with address and token for tools of this user; None while there is none."""

    @property
    def port(self) -> int:
        """The port in use; 0 before ``start``."""
        return self._port

    @property
    def token(self) -> str:
        """The token that every request needs."""
        return self._token

    @property
    def address(self) -> str:
        """The dashboard's address with the token: for the user's own eyes."""
        return self.page("/")

    def page(self, path: str, host: str | None = None) -> str:
        """The address of a page such as ``/overlay`` with the token; ``host`` replaces the server's name."""
        return f"{self._base('http', host)}{path}?token={self._token}"

    def page_once(self, path: str) -> str:
        """The address of a page with a one-time token, for starting a browser."""
        return f"{self._base('http', None)}{path}?pass={self._one_time_tokens.issue()}"

    def start(self) -> Self:
        """Serve in a separate thread; returns when connections are accepted.

        Raises FeedError if the port cannot be bound, or after ``close``.
        """
        if self._is_closed:
            raise FeedError("this feed server was closed: create a new one")
        if self._thread is not None:
            return self
        listener = listen(self._settings)
        self._port = int(listener.getsockname()[1])
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(listener, ready.set), name="feed", daemon=True
        )
        self._thread.start()
        if not ready.wait(START_TIMEOUT) or self._loop is None:
            self.close()
            raise FeedError(f"the feed server on port {self._port} did not start: see the log")
        self._keep_connection_file()
        return self

    def publish(self, snapshot: Snapshot) -> None:
        """Send a snapshot to all clients; thread-safe, never blocks.

        Raises FeedError if the server's thread died; otherwise the agent would go on unnoticed, without a
        feed.
        """
        if self._thread is not None and not self._thread.is_alive() and not self._is_closed:
            raise FeedError("the feed server ended unexpectedly: see the log, and start again")
        self.hub.publish(snapshot)

    def close(self) -> None:
        """Close all clients, end the thread and free the port."""
        self._is_closed = True
        if self._thread is None:
            return
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self._connection_info is not None and self.connection_file is not None:
            remove_connection_file(self.connection_file, self._connection_info)
            self._connection_info = self.connection_file = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        try:
            asyncio.run(self._serve(listener, ready))
        except Exception:
            logger.exception("the feed server ended unexpectedly")
        finally:
            listener.close()
            ready()

    async def _serve(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        server = uvicorn.Server(self._uvicorn())
        self._stop = asyncio.Event()
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            if serving.done():
                await serving
                return
            await asyncio.sleep(0.005)
        self._loop = asyncio.get_running_loop()
        self.hub.open(self._loop)
        ready()
        if self._is_closed:
            # close() was called before the event loop existed.
            self._stop.set()
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
        await self.hub.close(LEAVE_GRACE)
        server.should_exit = True
        await serving

    def _uvicorn(self) -> uvicorn.Config:
        app = Starlette(
            routes=[
                *feed_routes(self.hub),
                *page_routes(),
                one_time_token_route(self._one_time_tokens),
                *self._routes,
            ],
            exception_handlers={404: missing, 405: wrong_method},
        )
        return uvicorn.Config(
            Gate(app, self._rules, self._port, self.hub.metrics.count_refusal, self._one_time_tokens),
            http=RequestProtocol,
            h11_max_incomplete_event_size=LARGEST_HEAD,
            ws=FeedProtocol,
            loop="asyncio",
            lifespan="off",
            ws_max_size=LARGEST_MESSAGE,
            # Loopback is faster than any compression, and messages would be compressed for each client.
            ws_per_message_deflate=False,
            # uvicorn's log lines contain addresses with tokens; the gate logs errors instead.
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=1,
            ssl_certfile=self._settings.certificate,
            ssl_keyfile=self._settings.key,
        )

    def _keep_connection_file(self) -> None:
        path = connection_file(self._port, self._settings.connection_folder)
        own = self._settings.certificate
        certificate = str(Path(own).absolute()) if own else None
        info = ConnectionInfo(feed=f"{self._base('ws')}/feed", token=self._token, certificate=certificate)
        try:
            write_connection_file(path, info)
        except FeedError as error:
            logger.warning("%s; tools need the token from the address", error)
            return
        self._connection_info, self.connection_file = info, path

    def _base(self, scheme: str, host: str | None = None) -> str:
        name = host or self._name
        secure = "s" if self._settings.certificate else ""
        return f"{scheme}{secure}://{f'[{name}]' if ':' in name else name}:{self._port}"
