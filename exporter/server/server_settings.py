"""The feed server's settings: addresses, allowed hosts, TLS; the check that they are safe; the socket."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.errors import ConfigError, FeedError
from exporter.access.rules import AccessRules, is_loopback, make_access_rules
from exporter.access.tls import is_for


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where and to whom the feed is served; ``port`` 0 takes any free port.

    ``token`` None takes the token of the environment or creates one; ``connection_folder`` None is the user's
    state folder.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    allowed_hosts: Sequence[str] = ()
    allowed_origins: Sequence[str] = ()
    certificate: str | None = None
    key: str | None = None
    token: str | None = None
    connection_folder: Path | None = None


def check_reach(settings: ServerSettings) -> None:
    """Raise ConfigError for a non-loopback address without TLS, or for an unusable certificate."""
    _check_exposure(settings)
    _check_certificate(settings)


def access_rules_of(settings: ServerSettings, token: str) -> AccessRules:
    """The server's access rules. Raises ConfigError for an invalid host name or origin."""
    bound = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}  # noqa: S104
    own = bound.get(settings.host, settings.host)
    own = f"[{own}]" if ":" in own else own
    try:
        return make_access_rules(token, (*settings.allowed_hosts, own), settings.allowed_origins)
    except ValueError as error:
        raise ConfigError(f"feed: {error}") from None


def local_name(settings: ServerSettings) -> str:
    """The name or address by which programs on this machine reach the server; one its certificate names."""
    everywhere = {"0.0.0.0": ("127.0.0.1", "localhost"), "::": ("localhost", "::1")}  # noqa: S104
    names = everywhere.get(settings.host, (settings.host,))
    if not settings.certificate or len(names) == 1:
        return names[0]
    own = Path(settings.certificate)
    return next((name for name in names if is_for(own, name)), socket.gethostname())


def listen(settings: ServerSettings) -> socket.socket:
    """A listening socket. Raises FeedError if the address or the port cannot be bound."""
    host, port = settings.host, settings.port
    where = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise FeedError(
            f"feed.host {host!r} is no address of this machine ({error.strerror})", "use 127.0.0.1, or --lan"
        ) from None
    try:
        # On Windows this option would let two agents share a port.
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(256)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise FeedError(
                f"port {port} is taken ({where})",
                "another readtheroom may be running; end it, or choose another port with --port (0 takes any "
                "free one)",
            ) from None
        raise FeedError(
            f"the feed cannot be served on {where} ({error.strerror or error})",
            "use 127.0.0.1, or --lan, and a port from 1024 to 65535",
        ) from None
    return listener


def _check_exposure(settings: ServerSettings) -> None:
    if not is_loopback(settings.host.lower()) and not settings.certificate:
        raise ConfigError(
            f"feed.host {settings.host!r} is reachable from other machines, and readings would cross the "
            "network in clear: start with --lan, which makes a certificate, or set feed.certificate and "
            "feed.key, or use 127.0.0.1"
        )


def _check_certificate(settings: ServerSettings) -> None:
    if not settings.certificate:
        if settings.key:
            raise ConfigError("feed.key is set without feed.certificate: set both, or neither")
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.certificate, settings.key)
    except OSError as error:
        key = "" if settings.key is None else f" with feed.key {settings.key!r}"
        raise ConfigError(
            f"feed.certificate {settings.certificate!r}{key} cannot be used ({error.strerror or error}): "
            "name the PEM files of a certificate and its key, or start with --tls, which makes them"
        ) from None
