"""Deletes a whole session, or everything that was recorded of one participant in it."""

from __future__ import annotations

import shlex
import sqlite3
from pathlib import Path

import msgspec
import numpy as np

from agent.errors import RecordError, SessionInUseError
from agent.json_text import decoded
from agent.values import Scope
from exporter.recorder.file_kind import Kind, kind_of
from exporter.recorder.folder import delete_session
from exporter.recorder.packing import RECORD
from exporter.recorder.presence import count_people
from exporter.recorder.session import check_ours, read_details, reading
from exporter.recorder.store import Details, write_details

GONE = "What it said is deleted: it spoke of somebody who was forgotten."
"""Replaces the text of an alert that was about a deleted participant and others."""

_WITHOUT = (
    # The others' alert may already exist, from before or after the deleted participant was part of it: merge.
    "INSERT INTO events SELECT ?, kind, name, ?, ?, scope, since, until FROM events WHERE key = ? "
    "ON CONFLICT (key) DO UPDATE SET until = max(until, excluded.until)"
)


def forget_session(path: Path, *, sure: bool = False) -> Details | None:
    """Delete a session that no program has open, also a damaged one, and the link if ``path`` is a link.

    Returns the session's details, None if they cannot be read.

    Raises SessionInUseError while another program records or reads the session, RecordError for another
    program's file, and, unless ``sure``, RecordError for a file with our suffix that is too damaged to
    identify.
    """
    kind = kind_of(path)
    if kind is Kind.FOREIGN:
        raise RecordError(
            f"{path} is no recorded session, and only sessions are deleted here: delete it yourself"
        )
    if kind is Kind.DAMAGED and not sure:
        raise RecordError(
            f"{path} is damaged or no recorded session: `readtheroom forget "
            f"{shlex.quote(str(path))} --yes` deletes it anyway"
        )
    details = None
    try:
        with reading(path) as connection:
            _take_alone(connection, path.stem)
            details = read_details(connection, path.stem)
    except SessionInUseError:
        raise
    except RecordError:
        # Too damaged to read: it is deleted, as the caller asked.
        if not path.is_file():
            raise
    # SQLite's log lies beside the file itself, not beside a link to it.
    delete_session(path.resolve())
    delete_session(path)
    return details


def forget_participant(path: Path, participant: str) -> int:
    """Delete one participant's readings, every occurrence of their id, and alerts about them alone.

    An alert that also concerns others is kept for the others, with its text replaced by GONE. The room's
    figures stay: they are sums that identify nobody. Damaged entries could be about the participant and are
    deleted. The file is rewritten, so that nothing stays in its unused parts. Returns the number of deleted
    readings.

    Raises SessionInUseError while another program records or reads the session, and RecordError if the
    session or the participant is unknown.
    """
    with reading(path) as connection:
        check_ours(connection, path.stem)
        _take_alone(connection, path.stem)
        number = _number_of(connection, participant, path.stem)
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        count = _forget_readings(connection, number)
        _forget_events(connection, participant)
        connection.execute("DELETE FROM participants WHERE id = ?", (participant,))
        _count_anew(connection, path.stem)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        return count


def check_participant(path: Path, participant: str) -> None:
    """Raise RecordError if the session or the participant in it is unknown."""
    with reading(path) as connection:
        check_ours(connection, path.stem)
        _number_of(connection, participant, path.stem)


def _number_of(connection: sqlite3.Connection, participant: str, session: str) -> int:
    names = dict(connection.execute("SELECT id, number FROM participants"))
    if participant not in names:
        known = ", ".join(map(str, names)) or "none"
        raise RecordError(
            f"there is no participant {participant!r} in the session {session}: known are {known}"
        )
    return int(names[participant])


def _take_alone(connection: sqlite3.Connection, name: str) -> None:
    """Merge the log and take the file exclusively: WAL mode can only be left if nobody else has it open."""
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise SessionInUseError(
                f"the session {name} is open in another program, such as the agent that records it: stop "
                "that one first"
            ) from None
        raise


def _count_anew(connection: sqlite3.Connection, name: str) -> None:
    """Count the people in sight again; skipped for damaged details, None for damaged readings."""
    try:
        details = read_details(connection, name)
    except RecordError:
        return
    if details.people is None:
        return
    try:
        people = count_people(connection, details.hz)
    except (ValueError, TypeError):
        people = None
    write_details(connection, msgspec.structs.replace(details, people=people))


def _forget_readings(connection: sqlite3.Connection, number: int) -> int:
    count = 0
    changed = []
    for frame, blob in connection.execute("SELECT number, said FROM frames"):
        try:
            said = np.frombuffer(blob, RECORD)
        except (ValueError, TypeError):
            changed.append((b"", frame))
            continue
        kept = said[said["who"] != number]
        if len(kept) < len(said):
            count += len(said) - len(kept)
            changed.append((kept.tobytes(), frame))
    connection.executemany("UPDATE frames SET said = ? WHERE number = ?", changed)
    return count


def _forget_events(connection: sqlite3.Connection, participant: str) -> None:
    rows = connection.execute("SELECT key, tiles, scope FROM events").fetchall()
    for key, text, scope in rows:
        try:
            tiles = decoded(text, list[str])
        except (msgspec.DecodeError, TypeError):
            connection.execute("DELETE FROM events WHERE key = ?", (key,))
            continue
        if participant not in tiles:
            continue
        others = [tile for tile in tiles if tile != participant]
        kept = msgspec.json.encode(others).decode()
        if scope != Scope.PARTICIPANT.value:
            connection.execute("UPDATE events SET tiles = ? WHERE key = ?", (kept, key))
            continue
        # The participant's id is in the key and may be in the text of an alert on single participants.
        if others:
            without = str(key).removesuffix(" ".join(tiles)) + " ".join(others)
            connection.execute(_WITHOUT, (without, GONE, kept, key))
        connection.execute("DELETE FROM events WHERE key = ?", (key,))
