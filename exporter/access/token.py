"""The token of a session, and the file in which tools of the same user find it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.errors import ConfigError, FeedError
from exporter.files import write_private
from exporter.user_folders import state_folder

VARIABLE = "READTHEROOM_TOKEN"
SHORTEST = 16
"""Characters of the shortest fixed token: 64 bits if it is random hexadecimal."""


class ConnectionInfo(Struct, frozen=True, kw_only=True):
    """What a tool needs to follow the feed: its address without the token, and the token.

    ``certificate`` is the path of the PEM file to trust where the address is one of TLS; None: the system's
    certificates count.
    """

    feed: str
    token: str
    certificate: str | None = None

    @property
    def base(self) -> str:
        """The agent's own address, before any path: ``http://127.0.0.1:8765``."""
        return self.feed.removesuffix("/feed").replace("ws", "http", 1)


def make_token(environment: Mapping[str, str]) -> str:
    """The fixed token of the environment, or a new one.

    Raises ConfigError for a fixed token that is short or cannot stand in an address.
    """
    fixed = environment.get(VARIABLE)
    if fixed is None:
        return secrets.token_urlsafe(24)
    if len(fixed) < SHORTEST or not all(one.isascii() and (one.isalnum() or one in "-_.~") for one in fixed):
        raise ConfigError(
            f"{VARIABLE} must be at least {SHORTEST} letters, digits, '-', '_', '.' or '~' "
            f"(this one has {len(fixed)} characters); `openssl rand -hex 24` makes one"
        )
    return fixed


def connection_file(port: int, folder: Path | None = None) -> Path:
    """Where the connection file of the agent on this port lies."""
    # The state folder is in the user's home; the runtime folder may fall back to a shared /tmp.
    base = folder or state_folder()
    return base / f"feed-{port}.json"


def write_connection_file(path: Path, info: ConnectionInfo) -> None:
    """Write the file at once and whole, readable by this user only.

    Raises FeedError when that is not possible.
    """
    try:
        write_private(path, msgspec.json.encode(info))
    except OSError as error:
        raise FeedError(
            f"the token cannot be kept in {path}: {error.strerror or error}; make its folder yours to "
            "write in"
        ) from None


def read_connection_file(path: Path) -> ConnectionInfo:
    """Raises FeedError when there is no such file, or it is not one that ``write_connection_file`` wrote."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ConnectionInfo)
    except FileNotFoundError:
        raise FeedError(
            f"no agent is running there (no {path}): start one with `readtheroom run`, or name its --port"
        ) from None
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror or error}; check its permissions") from None
    except msgspec.DecodeError as error:
        raise FeedError(f"{path} holds no token of an agent ({error}): start the agent again") from None


def remove_connection_file(path: Path, info: ConnectionInfo) -> None:
    """Remove the file if it still holds this connection: another agent may have taken the port since."""
    with contextlib.suppress(FeedError, OSError):
        if read_connection_file(path) == info:
            path.unlink()
