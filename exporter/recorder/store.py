"""One recording as a SQLite file: made, filled and finished. The only module that writes sessions.

Everything that is committed outlives a killed program, and with ``synchronous=FULL`` also a dead battery: two
syncs a second, in the writer's own thread. A file is made for its owner only.
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
"""What our files are called at the end, unless the user chose another name."""

LOCK_WAIT = 2.0
"""Seconds that a write waits for another program which holds the file."""

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
    # An alert that was held back for a while (too few faces in mode room) goes on.
    "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET until = NULL"
)


MAX_UNIX_TIME = 2.5e11
"""Unix seconds, in the year 9892: Python's dates end in 9999, and times of a day are added."""

Moment = Annotated[float, Meta(ge=-MAX_UNIX_TIME / 10, le=MAX_UNIX_TIME)]
Figure = Annotated[float, Meta(ge=-1e9, le=1e9)]


class ModelFacts(Struct, frozen=True, kw_only=True):
    """What the report says of the classifier: its measured ``figures`` by their names on the model's card."""

    name: str
    sha256: str
    figures: dict[str, Figure] = {}
    trained_on: str = ""
    limits: str = ""


class Details(Struct, frozen=True, kw_only=True):
    """What a recording says of itself; ``started`` in Unix seconds, ``utc_offset`` in seconds, east is plus.

    ``ended`` and ``people``, how many were in sight for a second or longer, stay None when the program was
    killed. ``is_live`` is False for a recording that was read from a file: when its lesson was is not known.
    ``policy`` is that of the place, ``id`` random: the audit log knows it by that, whatever it is called.
    Both are empty in older recordings, which do not say. ``labels`` to ``record`` say how the bytes of a
    reading are to be understood (names, types and lengths of its parts), so that other tools can read the
    file. The bounds are those beyond which no recorder writes: a damaged file can hold anything.
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
        """Whether expressions were read at all: no policy of the place forbade it."""
        return infers_expressions(self.policy or "none")


class Store:
    """A new recording at ``path``; ``None`` keeps it in memory. One thread at a time may use it.

    Raises RecordError when the file cannot be made, or is there already; the writing methods raise
    sqlite3.Error, which leaves nothing half written.
    """

    def __init__(self, path: Path | None, details: Details) -> None:
        self.path, self._details = path, details
        self.is_empty = True
        """Whether no frame that was read has been written yet: then there is nothing to report."""
        if path is not None:
            _make_file(path)
        with contextlib.ExitStack() as undo:
            # What was made here goes again, or the same name could not be tried once there is room.
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
            except sqlite3.Error as error:
                raise RecordError(
                    f"the session cannot be recorded in {path}: {sqlite_error_text(error)}; "
                    f"{remedy(error, path)}"
                ) from None
            undo.pop_all()

    @property
    def connection(self) -> sqlite3.Connection:
        """For reading what is in memory."""
        return self._connection

    def _prepare(self) -> None:
        run = self._connection.execute
        # 16 kB hold nine frames of 49 tiles; 4 kB hold two and waste a fifth.
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
        # Into the file itself: a copy without the log is then still known for a session.
        run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def write(self, batch: Sequence[Rows]) -> None:
        """Add the rows of some snapshots, all or none."""
        with self.transaction():
            run, many = self._connection.execute, self._connection.executemany
            for rows in batch:
                many("INSERT OR IGNORE INTO participants VALUES (?, ?)", rows.participants)
                run(_INSERT, rows.frame)
                many(_BEGIN_EVENT, map(_event, rows.begun))
                many("UPDATE events SET until = ? WHERE key = ?", ((at, key) for key, at in rows.ended))
        self.is_empty = self.is_empty and not any(rows.is_seen for rows in batch)

    def finish(self, wall: float) -> None:
        """Say that the recording is complete, and fold the log into the file."""
        # Here, because a list of sessions would take a second for every twenty hours of lessons.
        people = count_people(self._connection, self._details.hz)
        with self.transaction():
            write_details(self._connection, msgspec.structs.replace(self._details, ended=wall, people=people))
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or none of it."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # A full disk has rolled back by itself, and then there is nothing to roll back.
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise


def _remove(path: Path | None) -> None:
    """Remove a file that was made in vain, with SQLite's own beside it."""
    for suffix in () if path is None else ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            Path(f"{path}{suffix}").unlink()


def write_details(connection: sqlite3.Connection, details: Details) -> None:
    """Replace what a recording says of itself. Raises sqlite3.Error."""
    text = msgspec.json.encode(details).decode()
    connection.execute("INSERT OR REPLACE INTO about VALUES ('details', ?)", (text,))


def sqlite_error_text(error: sqlite3.Error) -> str:
    """What SQLite's error means to a person."""
    text = str(error)
    for mark, meaning in (
        ("full", "the disk is full"),
        ("locked", "another program holds the file"),
        ("malformed", "the file is damaged"),
        ("not a database", "the file is no recorded session, or is damaged"),
        ("readonly", "the file may not be written"),
        ("disk I/O", "the disk does not take it (full, or gone)"),
        ("unable to open", "the file cannot be opened"),
    ):
        if mark in text:
            return f"{meaning} ({text})"
    return text


def remedy(error: sqlite3.Error, path: Path | None) -> str:
    """What to do about SQLite's error with the file ``path``; only one with our suffix may be deleted."""
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
    """An empty file with mode 0600; SQLite gives its log the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        if path.exists():
            raise RecordError(f"{path} is there already: name another file, or a folder") from None
        raise RecordError(f"{path} cannot be made: {error_with_advice(error)}") from None
