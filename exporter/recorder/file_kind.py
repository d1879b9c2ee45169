"""Checks whether a file is a recorded session, before it is deleted. Read-only."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from enum import Enum
from pathlib import Path

from agent.errors import RecordError
from exporter.recorder.files import error_with_advice
from exporter.recorder.store import APPLICATION, SUFFIX

MAGIC = b"SQLite format 3\0"
APPLICATION_AT = slice(68, 72)
"""Bytes of the application_id in SQLite's header; big-endian, as all numbers there."""

TABLES = {"about", "participants", "frames", "events"}


class Kind(Enum):
    """The kind of a file."""

    OURS = "a recorded session, perhaps damaged inside"
    DAMAGED = "called like a session, and no longer to be told from anything else"
    FOREIGN = "something of another program"


def kind_of(path: Path) -> Kind:
    """The kind of a file, by its header; if the header is damaged, by its tables and its name.

    Raises RecordError if the file is missing or cannot be read.
    """
    if not path.is_file():
        raise RecordError(f"there is no recorded session {path}: `readtheroom report` lists them")
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise RecordError(
            f"{path} cannot be read: {error_with_advice(error, 'check its permissions')}"
        ) from None
    is_database = header.startswith(MAGIC)
    if is_database and header[APPLICATION_AT] == APPLICATION.to_bytes(4, "big"):
        return Kind.OURS
    if path.suffix != SUFFIX:
        return Kind.FOREIGN
    # Other programs also use this suffix for databases, such as Telethon for its logins.
    tables = _tables(path) if is_database else set()
    if tables >= TABLES:
        return Kind.OURS
    return Kind.FOREIGN if tables else Kind.DAMAGED


def _tables(path: Path) -> set[str]:
    """The names of a database's tables; empty if it is damaged."""
    # immutable: otherwise SQLite could repair or lock another program's file.
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error:
        return set()
