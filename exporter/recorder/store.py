"""Writes one recording as a SQLite file; the only module that creates sessions.

Committed data survives a killed program and, with ``synchronous=FULL``, a power failure. That needs two syncs
a second, in the writer's thread. Files are readable by their owner only.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Annotated, Self

import msgspec
from msgspec import Meta, Struct

from agent.errors import RecordError
from agent.values import LABELS, infers_expressions
from exporter.recorder.files import error_with_advice
from exporter.recorder.packing import FRAME_COLUMNS, REASONS, RECORD, STATES, STEPS, Rows, SessionEvent
from exporter.recorder.presence import count_people

FORMAT = 1
APPLICATION = 0x52545231
"""SQLite's application_id of our files: "RTR1"."""

SUFFIX = ".session"
"""The suffix of recordings, unless the user chose another file name."""

LOCK_WAIT = 2.0
"""Maximum seconds that a write waits while another program has locked the file."""

BEYOND_REPAIR = "take it from a backup, or delete it with `readtheroom forget`"

_ROOM = "".join(f"{label} INTEGER, " for label in LABELS)
_TABLES = f"""
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE participants (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE frames (
    number INTEGER PRIMARY KEY, seconds REAL NOT NULL, wall REAL NOT NULL, source TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, dropped INTEGER NOT NULL, paused INTEGER NOT NULL,
    tiles INTEGER NOT NULL, faces INTEGER NOT NULL, read INTEGER NOT NULL, {_ROOM}
    label TEXT, valence INTEGER, arousal INTEGER, attention INTEGER, motivation INTEGER, said BLOB NOT NULL);
CREATE TABLE events (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, tiles TEXT NOT NULL,
    scope TEXT NOT NULL, since REAL NOT NULL, until REAL) WITHOUT ROWID;
"""
_INSERT = (
    f"INSERT INTO frames ({', '.join(FRAME_COLUMNS)}) "  # noqa: S608 - our own column names
    f"VALUES ({', '.join('?' * len(FRAME_COLUMNS))})"
)
_BEGIN_EVENT = (
    # An alert that was held back for a while (too few faces in mode room) is continued.
    "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET until = NULL"
)


MAX_UNIX_TIME = 2.5e11
"""Maximum Unix time in seconds, in the year 9892: Python's dates end in 9999, and durations are added."""

Moment = Annotated[float, Meta(ge=-MAX_UNIX_TIME / 10, le=MAX_UNIX_TIME)]
Figure = Annotated[float, Meta(ge=-1e9, le=1e9)]


class ModelFacts(Struct, frozen=True, kw_only=True):
    """The classifier's facts for the report; ``figures`` are measured, by their names on the model's card."""

    name: str
    sha256: str
    figures: dict[str, Figure] = {}
    trained_on: str = ""
    limits: str = ""


class Details(Struct, frozen=True, kw_only=True):
    """A recording's metadata; ``started`` in Unix seconds, ``utc_offset`` in seconds, positive in the east.

    ``people`` is the number of participants in sight for a second or longer. ``ended`` and ``people`` stay
    None if the program was killed. ``is_live`` is False for a recording from a file, whose time of day is
    unknown. ``policy`` is the law at the place of use. ``id`` is random and identifies the session in the
    audit log after its file is renamed. Both are empty in older recordings. ``labels`` to ``record`` describe
    the format of readings (names, types and lengths of the parts), so that other tools can read the file.
    Values outside the bounds are never written and mean damage.
    """

    name: str
    started: Moment
    utc_offset: Annotated[int, Meta(ge=-86_400, le=86_400)]
    source_kind: str
    source_name: str
    hz: Annotated[float, Meta(ge=1e-6, le=1000)]
    privacy_mode: str
    min_group: int
    model: ModelFacts
    ended: float | None = None
    people: Annotated[int, Meta(ge=0)] | None = None
    policy: str = ""
    is_live: bool = True
    id: str = ""
    format: int = FORMAT
    labels: tuple[str, ...] = LABELS
    states: tuple[str, ...] = STATES
    reasons: tuple[str, ...] = REASONS
    steps: int = STEPS
    record: tuple[tuple[str, str, int], ...] = tuple(
        (name, RECORD[name].base.str, int(RECORD[name].itemsize // RECORD[name].base.itemsize))
        for name in RECORD.names or ()
    )

    @property
    def infers(self) -> bool:
        """Whether expressions were inferred, that is, the policy did not forbid it."""
        return infers_expressions(self.policy or "none")


class Store:
    """A new recording at ``path``; ``None`` keeps it in memory. To be used by one thread at a time.

    Raises RecordError if the file cannot be created or already exists. The writing methods raise
    sqlite3.Error, after which no partial data is stored.
    """

    def __init__(self, path: Path | None, details: Details) -> None:
        self.path, self._details = path, details
        self._file: tuple[int, int] | None = None
        self.is_empty = True
        """Whether no frame that was read has been written yet, so that there is nothing to report."""
        if path is not None:
            _make_file(path)
        with contextlib.ExitStack() as undo:
            # On failure the new file is removed, so that the same name can be used later.
            undo.callback(_remove, path)
            try:
                self._connection = sqlite3.connect(
                    ":memory:" if path is None else path,
                    timeout=LOCK_WAIT,
                    isolation_level=None,
                    check_same_thread=False,
                )
                undo.callback(self._connection.close)
                self._prepare()
                self._file = None if path is None else _identity(path)
            except OSError as error:
                raise RecordError(f"{path} cannot be created: {error_with_advice(error)}") from None
            except sqlite3.Error as error:
                raise RecordError(
                    f"the session cannot be recorded in {path}: {sqlite_error_text(error)}; "
                    f"{remedy(error, path)}"
                ) from None
            undo.pop_all()

    @property
    def connection(self) -> sqlite3.Connection:
        """The database connection, for reading a recording in memory."""
        return self._connection

    @property
    def is_gone(self) -> bool:
        """Whether the file no longer lies at ``path``; SQLite goes on writing into a file without a name."""
        if self._file is None or self.path is None:
            return False
        try:
            return _identity(self.path) != self._file
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            # Nobody can tell; SQLite says whether it can be written.
            return False

    def _prepare(self) -> None:
        run = self._connection.execute
        # A page of 16 kB has room for nine frames of 49 tiles; one of 4 kB for two, and wastes a fifth.
        run("PRAGMA page_size = 16384")
        run(f"PRAGMA application_id = {APPLICATION}")
        run(f"PRAGMA user_version = {FORMAT}")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA wal_autocheckpoint = 128")
        run("PRAGMA journal_size_limit = 4194304")
        run("PRAGMA secure_delete = ON")
        with self.transaction():
            for statement in _TABLES.split(";"):
                run(statement)
            write_details(self._connection, self._details)
        # Write the tables to the file itself, so that a copy without the log is still recognised as a
        # session.
        run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def write(self, batch: Sequence[Rows]) -> None:
        """Add the rows of some snapshots in one transaction."""
        with self.transaction():
            run, many = self._connection.execute, self._connection.executemany
            for rows in batch:
                many("INSERT OR IGNORE INTO participants VALUES (?, ?)", rows.participants)
                run(_INSERT, rows.frame)
                many(_BEGIN_EVENT, map(_event, rows.begun))
                many("UPDATE events SET until = ? WHERE key = ?", ((at, key) for key, at in rows.ended))
                many("DELETE FROM events WHERE key = ?", ((key,) for key in rows.removed))
        self.is_empty = self.is_empty and not any(rows.is_seen for rows in batch)

    def finish(self, wall: float) -> None:
        """Mark the recording as complete at Unix time ``wall``, and merge the log into the file."""
        # Counted here: a list of sessions would otherwise take a second for every twenty hours of lessons.
        people = count_people(self._connection, self._details.hz)
        with self.transaction():
            write_details(self._connection, msgspec.structs.replace(self._details, ended=wall, people=people))
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file; idempotent."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in one transaction; an exception rolls back."""
        if self.is_gone:
            raise sqlite3.OperationalError(f"{self.path} was deleted or moved")
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # If the disk is full, SQLite has already rolled back, and ROLLBACK fails.
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise


def _identity(path: Path) -> tuple[int, int]:
    """Which file lies at a path. Raises OSError."""
    found = path.stat()
    return found.st_dev, found.st_ino


def _remove(path: Path | None) -> None:
    """Remove an unused new file, with SQLite's files beside it."""
    for suffix in () if path is None else ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            Path(f"{path}{suffix}").unlink()


def write_details(connection: sqlite3.Connection, details: Details) -> None:
    """Replace a recording's details. Raises sqlite3.Error."""
    text = msgspec.json.encode(details).decode()
    connection.execute("INSERT OR REPLACE INTO about VALUES ('details', ?)", (text,))


def sqlite_error_text(error: sqlite3.Error) -> str:
    """A readable text for SQLite's error, with the original text in parentheses."""
    text = str(error)
    for mark, meaning in (
        ("full", "the disk is full"),
        ("locked", "another program holds the file"),
        ("malformed", "the file is damaged"),
        ("not a database", "the file is no recorded session, or is damaged"),
        ("readonly", "the file may not be written"),
        ("disk I/O", "the disk cannot be written (full or removed)"),
        ("unable to open", "the file cannot be opened"),
    ):
        if mark in text:
            return f"{meaning} ({text})"
    return text


def remedy(error: sqlite3.Error, path: Path | None) -> str:
    """What to do about SQLite's error with the file ``path``; deleting is advised only for our suffix."""
    text = str(error)
    if "locked" in text:
        return "stop the other one, or try again in a moment"
    if "readonly" in text or "unable to open" in text:
        return "check its permissions and those of its folder"
    if "full" in text or "disk I/O" in text:
        return "free some room on the disk"
    if path is not None and path.suffix != SUFFIX:
        return "`readtheroom report` lists the recorded sessions"
    return BEYOND_REPAIR


def _event(event: SessionEvent) -> tuple[object, ...]:
    tiles = msgspec.json.encode(event.tiles).decode()
    return (event.key, event.kind, event.name, event.text, tiles, event.scope, event.since, event.until)


def _make_file(path: Path) -> None:
    """Create an empty file with mode 0600; SQLite gives its log the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        if path.exists():
            raise RecordError(f"{path} already exists: name another file, or a folder") from None
        raise RecordError(f"{path} cannot be created: {error_with_advice(error)}") from None
