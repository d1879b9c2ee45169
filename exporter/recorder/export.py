"""Exports readings as tables: CSV, and Parquet with the extra ``parquet``.

A recorded session has three tables. Files that are analysed have one, written row by row during the analysis.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TextIO

import numpy as np
from numpy.typing import NDArray

from agent.errors import RecordError
from agent.values import LABELS, Snapshot
from exporter.protocol.rounding import iso_time
from exporter.recorder.files import replacing
from exporter.recorder.packing import NOTHING, REASONS, RECORD, STATES, STEPS, UNKNOWN, Packer, SessionEvent
from exporter.recorder.session import RecordedSession

TableName = Literal["readings", "room", "events"]
Columns = dict[str, list[Any]]
"""A table: lists of equal length by column name; None means no value."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First characters by which a spreadsheet takes a text for a formula; the last four are the wide ones of East
Asian keyboards."""

TEXTS = frozenset({"time", "tile", "state", "reason", "label", "kind", "name", "text"})
WHOLE = frozenset({"row", "col", "face_width", "tiles", "faces", "read"})
"""The columns of texts and of whole numbers; ``tiles`` of events is a text, all other columns are figures."""


def table(session: RecordedSession, name: TableName) -> Columns:
    """One of the session's tables: readings of single tiles, of the room, or markers, alerts and advice."""
    return TABLES[name](session)


def write_csv(columns: Columns, path: Path) -> None:
    """Write a table as CSV with a header, in UTF-8. Raises RecordError if it cannot be written."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def write_parquet(columns: Columns, path: Path) -> None:
    """Write a table as Parquet, with the same types in each session, so that files can be read together.

    Raises RecordError if it cannot be written or the extra is missing.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise RecordError(
            'Parquet needs a library that is not installed: pip install ".[parquet]" in the program\'s '
            "folder, or export CSV with --csv"
        ) from None
    # Left to itself, pyarrow gives a column without a value a type of its own.
    schema = pyarrow.schema([(name, _parquet_type(name, columns)) for name in columns])
    # pyarrow cannot open a path that is no UTF-8.
    with replacing(path) as partial, partial.open("wb") as file:
        pyarrow.parquet.write_table(pyarrow.table(columns, schema), file, compression="zstd")


def _parquet_type(name: str, columns: Columns) -> str:
    if name in TEXTS or (name == "tiles" and "kind" in columns):
        return "string"
    return "int64" if name in WHOLE else "double"


def readings_table(session: RecordedSession) -> Columns:
    """One row for each tile and frame."""
    of = session.frame_of
    return {
        "seconds": np.round(session.seconds[of], 3).tolist(),
        "time": _times(session, of),
        **said_columns(session.said, session.participants),
    }


def said_columns(said: NDArray[np.void], names: Mapping[int, str]) -> Columns:
    """Readings of single tiles (RECORD) as columns; ``names`` maps the numbers in ``who`` to ids."""
    names = {number: _plain(name) for number, name in names.items()}
    is_read, has_face = said["label"] != NOTHING, said["width"] != UNKNOWN
    scores = said["scores"]
    sure = np.take_along_axis(scores, np.minimum(said["label"], 6)[:, None].astype(np.int64), 1)[:, 0]
    return {
        "tile": [names.get(number, "") for number in said["who"].tolist()],
        "row": said["row"].tolist(),
        "col": said["col"].tolist(),
        "state": [STATES[code] for code in said["state"].tolist()],
        "reason": [None if code == NOTHING else REASONS[code] for code in said["reason"].tolist()],
        "label": [None if code == NOTHING else LABELS[code] for code in said["label"].tolist()],
        "confidence": _where(is_read, sure / STEPS),
        **{label: _where(is_read, scores[:, index] / STEPS) for index, label in enumerate(LABELS)},
        "valence": _where(is_read, said["valence"] / STEPS),
        "arousal": _where(is_read, said["arousal"] / STEPS),
        "facing": _where(has_face, said["facing"] / STEPS),
        "motivation": _where(said["motivation"] != UNKNOWN, said["motivation"] / STEPS),
        "face_width": _where(has_face, said["width"]),
    }


def room_table(session: RecordedSession) -> Columns:
    """One row for each frame."""
    names = ("valence", "arousal", "attention", "motivation")
    return {
        "seconds": np.round(session.seconds, 3).tolist(),
        "time": _times(session, np.arange(len(session.wall))),
        "tiles": session.counts[:, 0].tolist(),
        "faces": session.counts[:, 1].tolist(),
        "read": session.counts[:, 2].tolist(),
        **{label: _known(session.scores[:, index]) for index, label in enumerate(LABELS)},
        **{name: _known(session.figures[:, index]) for index, name in enumerate(names)},
    }


def events_table(session: RecordedSession) -> Columns:
    """One row for each marker, alert and change of advice; ``until`` is None if it still held at the end."""
    events = _ended(session.events)
    return {
        "since": [round(event.since, 3) for event in events],
        "until": [None if event.until is None else round(event.until, 3) for event in events],
        "kind": [event.kind for event in events],
        "name": [_plain(event.name) or None for event in events],
        "text": [_plain(event.text) for event in events],
        "tiles": [_plain(" ".join(event.tiles)) or None for event in events],
    }


def _ended(events: Sequence[SessionEvent]) -> list[SessionEvent]:
    """The events, with ``until`` of advice set to the next advice; a recording has only its start."""
    advice = [event for event in events if event.kind == "advice"]
    until = {one.key: after.since for one, after in pairwise(advice)}
    return [replace(event, until=until.get(event.key, event.until)) for event in events]


TABLES: dict[TableName, Callable[[RecordedSession], Columns]] = {
    "readings": readings_table,
    "room": room_table,
    "events": events_table,
}


def files_columns() -> tuple[str, ...]:
    """The columns of a table of files; they have no time of day, which is unknown for pictures and videos."""
    return ("file", "seconds", *said_columns(np.empty(0, RECORD), {}))


class FilesTable:
    """Writes the readings of files to one CSV table, one row for each tile and frame.

    ``rows`` counts the rows written.
    """

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(files_columns())
        self.rows = 0
        self.begin("")

    def begin(self, file: str) -> None:
        """Set the file to which the following readings belong."""
        self._file, self._packer, self._names = _plain(file), Packer(), dict[int, str]()

    def add(self, seconds: float, snapshot: Snapshot) -> None:
        """Write the readings of one frame, ``seconds`` after the file's first frame."""
        rows = self._packer.pack(snapshot, seconds)
        self._names.update(rows.participants)
        columns = said_columns(rows.said, self._names)
        start = (self._file, round(seconds, 3))
        self._writer.writerows((*start, *row) for row in zip(*columns.values(), strict=True))
        self.rows += len(rows.said)


@contextmanager
def files_table(path: Path) -> Iterator[FilesTable]:
    """A table that appears at ``path`` only if the block succeeds. Raises RecordError as ``write_csv``."""
    # The names of files may contain bytes that are no UTF-8.
    with (
        replacing(path) as partial,
        partial.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        yield FilesTable(file)


def _times(session: RecordedSession, of: NDArray[np.int64]) -> list[str]:
    """ISO times from the first frame's time of day plus the seconds since; clock changes have no effect."""
    passed = np.round(session.seconds, 3) - round(float(session.seconds[0]), 3)
    times = [iso_time(wall) for wall in (session.wall[0] + passed).tolist()]
    return [times[frame] for frame in of.tolist()]


def _where(known: NDArray[np.bool_], values: NDArray[Any]) -> list[Any]:
    chosen = values.astype(object)
    chosen[~known] = None
    told: list[Any] = chosen.tolist()
    return told


def _known(values: NDArray[np.float64]) -> list[Any]:
    return _where(~np.isnan(values), values)


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
