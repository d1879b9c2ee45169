"""The session token, and the connection file in which tools of the same user find it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from agent.errors import ConfigError, FeedError
from agent.json_text import decoded
from exporter.files import remedy, write_private
from exporter.user_folders import state_folder

VARIABLE = "READTHEROOM_TOKEN"
SHORTEST = 16
"""Minimum length of a fixed token, in characters: 64 bits for random hexadecimal digits."""


class ConnectionInfo(Struct, frozen=True, kw_only=True):
    """What a tool needs to follow the feed: its address without the token, and the token.

    ``certificate`` is the path of the PEM file to trust for TLS; None uses the system's certificates.
    """

    feed: str
    token: str
    certificate: str | None = None

    @property
    def base(self) -> str:
        """The agent's own address, before any path: ``http://127.0.0.1:8765``."""
        return self.feed.removesuffix("/feed").replace("ws", "http", 1)


def make_token(environment: Mapping[str, str]) -> str:
    """The fixed token from the environment variable, or a new random token.

    Raises ConfigError for a fixed token that is too short or has characters not allowed in a URL.
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
    """The path of the connection file of the agent on this port."""
    # The state folder is in the user's home; the runtime folder may fall back to a shared /tmp.
    base = folder or state_folder()
    return base / f"feed-{port}.json"


def write_connection_file(path: Path, info: ConnectionInfo) -> None:
    """Write the file atomically, readable by this user only.

    Raises FeedError if it cannot be written.
    """
    try:
        write_private(path, msgspec.json.encode(info))
    except OSError as error:
        raise FeedError(
            f"the token cannot be written to {path}: {error.strerror or error}; {remedy(error)}"
        ) from None


def read_connection_file(path: Path) -> ConnectionInfo:
    """Read a connection file. Raises FeedError if it is missing, unreadable or not a connection file."""
    try:
        return decoded(path.read_bytes(), ConnectionInfo)
    except FileNotFoundError:
        raise FeedError(
            f"no agent is running there (no {path}): start one with `readtheroom run`, or name its --port"
        ) from None
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror or error}; check its permissions") from None
    except msgspec.DecodeError as error:
        raise FeedError(f"{path} is no connection file ({error}): start the agent again") from None


def remove_connection_file(path: Path, info: ConnectionInfo) -> None:
    """Remove the file if it still has this connection: another agent may use the port by now."""
    with contextlib.suppress(FeedError, OSError):
        if read_connection_file(path) == info:
            path.unlink()
