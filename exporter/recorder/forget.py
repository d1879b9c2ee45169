"""Forgetting: a whole session, or everything that was recorded of one participant in it."""

from __future__ import annotations

import shlex
import sqlite3
from pathlib import Path

import msgspec
import numpy as np

from agent.errors import RecordError, SessionInUseError
from agent.values import Scope
from exporter.recorder.file_kind import Kind, kind_of
from exporter.recorder.folder import delete_session
from exporter.recorder.packing import RECORD
from exporter.recorder.presence import count_people
from exporter.recorder.session import check_ours, read_details, reading
from exporter.recorder.store import Details, write_details

GONE = "What it said is deleted: it spoke of somebody who was forgotten."
"""The words of an alert that named others beside somebody who was forgotten."""

_WITHOUT = (
    # The others' alert may be there already, from before or after she was named with them: it is one then.
    "INSERT INTO events SELECT ?, kind, name, ?, ?, scope, since, until FROM events WHERE key = ? "
    "ON CONFLICT (key) DO UPDATE SET until = max(until, excluded.until)"
)


def forget_session(path: Path, *, sure: bool = False) -> Details | None:
    """Delete a session that nothing records any more, also one that is damaged inside, and a link to it.

    Returns what it said of itself, None where that cannot be read.

    Raises SessionInUseError while it is being recorded, RecordError for the file of another program, and
    unless ``sure`` for one that is called like a session but so damaged that it could be anything.
    """
    kind = kind_of(path)
    if kind is Kind.FOREIGN:
        raise RecordError(
            f"{path} is no recorded session, and nothing else is deleted here: delete it yourself"
        )
    if kind is Kind.DAMAGED and not sure:
        raise RecordError(
            f"{path} is damaged or no recorded session: `readtheroom forget "
            f"{shlex.quote(str(path))} --yes` deletes it all the same"
        )
    details = None
    try:
        with reading(path) as connection:
            _take_alone(connection, path.stem)
            details = read_details(connection, path.stem)
    except SessionInUseError:
        raise
    except RecordError:
        # Damaged beyond reading: deleting it is what was asked for.
        if not path.is_file():
            raise
    # SQLite keeps the log beside the file itself, not beside a link to it.
    delete_session(path.resolve())
    delete_session(path)
    return details


def forget_participant(path: Path, participant: str) -> int:
    """Delete the readings of one participant, her id wherever it stands, and alerts that speak of her alone.

    An alert that speaks of others too stays without her; its words, which may be about her, go. The room's
    figures stay: they are sums in which nobody stands out. What is damaged may be about her and goes, too.
    The file is rewritten, so that nothing is left in its unused parts. Returns how many of her readings were
    deleted.

    Raises SessionInUseError while it is being recorded, and RecordError when the session or the participant
    in it is unknown.
    """
    with reading(path) as connection:
        check_ours(connection, path.stem)
        _take_alone(connection, path.stem)
        names = dict(connection.execute("SELECT id, number FROM participants"))
        if participant not in names:
            known = ", ".join(map(str, names)) or "none"
            raise RecordError(
                f"there is no participant {participant!r} in the session {path.stem}: known are {known}"
            )
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        count = _forget_readings(connection, names[participant])
        _forget_events(connection, participant)
        connection.execute("DELETE FROM participants WHERE id = ?", (participant,))
        _count_anew(connection, path.stem)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        return count


def _take_alone(connection: sqlite3.Connection, name: str) -> None:
    """Fold the log in and be the only one: leaving WAL mode needs that nobody else has the file open."""
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise SessionInUseError(f"the session {name} is being recorded: stop the agent first") from None
        raise


def _count_anew(connection: sqlite3.Connection, name: str) -> None:
    """Count the people in sight again; a damaged recording says nothing of them."""
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
            tiles = msgspec.json.decode(text, type=list[str])
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
        # Her id stands in the key and may stand in the text of an alert on single participants.
        if others:
            without = str(key).removesuffix(" ".join(tiles)) + " ".join(others)
            connection.execute(_WITHOUT, (without, GONE, kept, key))
        connection.execute("DELETE FROM events WHERE key = ?", (key,))
