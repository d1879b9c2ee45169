"""Loads a recorded session as arrays, for reports and exports; also while it is still being recorded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from agent.errors import RecordError
from agent.json_text import decoded
from agent.values import LABELS
from exporter.recorder.packing import NOTHING, REASONS, RECORD, SEEN, STATES, STEPS, SessionEvent
from exporter.recorder.store import (
    APPLICATION,
    BEYOND_REPAIR,
    FORMAT,
    LOCK_WAIT,
    MAX_UNIX_TIME,
    Details,
    remedy,
    sqlite_error_text,
)

Figures = NDArray[np.float64]

FIRST_SEEN = f"SELECT 1 FROM frames WHERE {SEEN} LIMIT 1"  # noqa: S608 - our own words
SPAN_SEEN = f"SELECT min(seconds), max(seconds) FROM frames WHERE {SEEN}"  # noqa: S608 - our own words
_FRAMES = f"""SELECT seconds, wall, read, faces, tiles, dropped, {", ".join(LABELS)},
    valence, arousal, attention, motivation, said, height
    FROM frames WHERE {SEEN} ORDER BY number"""  # noqa: S608 - our own column names
_EVENTS = "SELECT key, kind, name, text, tiles, scope, since, until FROM events ORDER BY since, key"
_FIGURES = 6 + len(LABELS) + 4

LONGEST = 1e9
"""Maximum seconds of a recording, 31 years; larger values mean damage."""

LONGEST_ID = 200
"""Maximum characters of a participant's id, which has five; longer ones mean damage."""

_UNIT, _SIGNED, _COUNT = (0.0, STEPS), (-STEPS, STEPS), (0.0, 1e6)
_BOUNDS = np.array(
    [(-LONGEST, LONGEST), (-MAX_UNIX_TIME / 10, MAX_UNIX_TIME), *[_COUNT] * 3, (0.0, 1e12)]
    + [_UNIT] * len(LABELS)
    + [_SIGNED, _SIGNED, _UNIT, _UNIT],
    float,
)
"""Minimum and maximum of the first columns of ``_FRAMES``, (``_FIGURES``, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSession:
    """One recording.

    For each of N live frames, oldest first: ``seconds`` since the start and ``wall`` (Unix seconds), float64
    (N,); ``counts`` int64 (N, 4) tiles, faces, read and frames dropped so far; ``scores`` float64 (N, 7), the
    room's mean scores, NaN where no face was read; ``figures`` float64 (N, 4): valence, arousal, attention,
    motivation, NaN where unknown. ``said`` has the M readings of single tiles (RECORD), ``frame_of`` int64
    (M,) the frame of each. ``participants`` maps the number in a reading to the tile's id. ``height`` is the
    last frame's height in pixels.
    """

    details: Details
    seconds: Figures
    wall: Figures
    counts: NDArray[np.int64]
    scores: Figures
    figures: Figures
    said: NDArray[np.void]
    frame_of: NDArray[np.int64]
    participants: dict[int, str]
    events: tuple[SessionEvent, ...]
    height: int

    @property
    def is_finished(self) -> bool:
        """Whether the recording was completed; False if the program was killed or still records."""
        return self.details.ended is not None

    @property
    def start(self) -> float:
        """The Unix time of the first frame; 0 for a recording from a file, whose times start at 0."""
        return float(self.wall[0]) if self.details.is_live else 0.0

    @property
    def utc_offset(self) -> int:
        """Seconds of local time ahead of UTC; 0 for a recording from a file."""
        return self.details.utc_offset if self.details.is_live else 0

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last, which stands for a frame's time."""
        if not len(self.seconds):
            return 0.0
        return float(self.seconds[-1] - self.seconds[0]) + 1.0 / self.details.hz

    def events_of(self, kind: str) -> list[SessionEvent]:
        """The events of one kind, in the order in which they began."""
        return [event for event in self.events if event.kind == kind]


def load_session(path: Path) -> RecordedSession:
    """Load a recording.

    Raises RecordError if it is missing, damaged, empty, locked, or of a newer version.
    """
    with reading(path) as connection:
        return read_session(connection, path.name)


def load_details(path: Path) -> Details:
    """A recording's details. Raises RecordError as ``load_session``, but not for an empty recording."""
    with reading(path) as connection:
        return read_details(connection, path.stem)


def read_session(connection: sqlite3.Connection, name: str) -> RecordedSession:
    """Read a recording from an open database; ``name`` is for messages. Raises RecordError, sqlite3.Error."""
    details = read_details(connection, name)
    # One transaction, so that a session still being recorded does not change between the queries.
    connection.execute("BEGIN")
    try:
        known = connection.execute("SELECT number, id FROM participants ORDER BY number")
        participants = {number: str(name) for number, name in known}
        events = connection.execute(_EVENTS).fetchall()
        rows = connection.execute(_FRAMES).fetchall()
    finally:
        connection.execute("COMMIT")
    if not rows:
        log = "" if details.ended else f", or was copied without {name}-wal, which holds the newest readings"
        raise RecordError(
            f"the session {name} is empty, it ended before the first frame was read{log}: "
            "`readtheroom forget` deletes it"
        )
    try:
        return _session(details, rows, participants, events)
    except (ValueError, TypeError, OverflowError, msgspec.DecodeError) as error:
        # SQLite has no check sums: a damaged page can contain anything.
        raise RecordError(f"the session {name} is damaged: {error}; {BEYOND_REPAIR}") from None


def _session(
    details: Details, rows: list[tuple[Any, ...]], participants: dict[int, str], events: list[tuple[Any, ...]]
) -> RecordedSession:
    """Raises ValueError, TypeError, OverflowError or msgspec.DecodeError for damaged rows."""
    table = np.array([row[:_FIGURES] for row in rows], float)
    lengths, cut = np.divmod([len(row[-2]) for row in rows], RECORD.itemsize)
    if cut.any():
        raise ValueError("the readings of a frame are cut short")
    said = np.frombuffer(b"".join(row[-2] for row in rows), RECORD)
    _check(table, said, participants)
    return RecordedSession(
        details=details,
        seconds=table[:, 0],
        wall=table[:, 1],
        counts=table[:, [4, 3, 2, 5]].astype(np.int64),
        scores=table[:, 6 : 6 + len(LABELS)] / STEPS,
        figures=table[:, 6 + len(LABELS) :] / STEPS,
        said=said,
        frame_of=np.repeat(np.arange(len(rows)), lengths),
        participants=participants,
        events=tuple(_event(row) for row in events),
        height=int(rows[-1][-1]),
    )


def read_details(connection: sqlite3.Connection, name: str) -> Details:
    """A recording's details. Raises RecordError as ``check_ours``, and for damaged details."""
    check_ours(connection, name)
    row = connection.execute("SELECT value FROM about WHERE key = 'details'").fetchone()
    try:
        return decoded(row[0] if row else "", Details)
    except (msgspec.DecodeError, TypeError) as error:
        raise RecordError(f"the session {name} is damaged: {error}; {BEYOND_REPAIR}") from None


def check_ours(connection: sqlite3.Connection, name: str) -> None:
    """Raise RecordError for a database that is no recording, is too new, or has views or triggers."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION:
        raise RecordError(f"{name} is no recorded session: `readtheroom report` lists them")
    if version > FORMAT:
        raise RecordError(f"{name} was recorded by a newer version of this program: update it")
    # A view in place of a table could compute for ever, and a trigger could restore deleted readings.
    made_up = connection.execute("SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger')")
    if made_up.fetchone()[0]:
        raise RecordError(
            f"{name} contains SQLite views or triggers, which recordings never have: restore it from a backup"
        )


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a recording; SQLite's errors become RecordErrors that name the file."""
    if not path.is_file():
        raise RecordError(f"there is no recorded session {path}: `readtheroom report` lists them")
    try:
        # Not mode=ro: after a crash the log must be merged into the file, which writes.
        with closing(sqlite3.connect(path, timeout=LOCK_WAIT, isolation_level=None)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise RecordError(
            f"the session {path} cannot be read: {sqlite_error_text(error)}; {remedy(error, path)}"
        ) from None


def _check(table: Figures, said: NDArray[np.void], participants: dict[int, str]) -> None:
    """Raise ValueError for codes, times and figures that no recorder writes."""
    if not np.isfinite(table[:, :6]).all() or (np.diff(table[:, 0]) < 0).any():
        raise ValueError("the times of its frames are wrong")
    # Unknown figures are NaN, for which both comparisons are False.
    if ((table < _BOUNDS[:, 0]) | (table > _BOUNDS[:, 1])).any():
        raise ValueError("the figures of its frames are wrong")
    if any(len(name) > LONGEST_ID for name in participants.values()):
        raise ValueError("a participant's id is too long")
    for name, codes in (("state", len(STATES)), ("reason", len(REASONS)), ("label", len(LABELS))):
        if ((said[name] >= codes) & (said[name] != NOTHING)).any() or (said["state"] == NOTHING).any():
            raise ValueError(f"a reading has an unknown {name}")
    if not np.isin(said["who"], list(participants)).all():
        raise ValueError("a reading has an unknown participant")


def _event(row: tuple[Any, ...]) -> SessionEvent:
    key, kind, name, text, tiles, scope, since, until = row
    ids = decoded(tiles, tuple[str, ...])
    told = (str(key), str(kind), str(name), str(text))
    if not all(abs(float(at)) <= LONGEST for at in (since, since if until is None else until)):
        raise ValueError("the times of its events are wrong")
    return SessionEvent(*told, ids, str(scope), float(since), None if until is None else float(until))
