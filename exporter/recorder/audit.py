"""The audit log in JSON Lines: who followed the feed, what was exported, what was deleted.

One file in the user's data folder, readable by its owner only. It contains addresses and program names, never
a reading.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agent.errors import RecordError
from agent.json_text import decoded
from exporter.files import remedy
from exporter.locking import locked
from exporter.protocol.rounding import iso_time
from exporter.recorder.files import replacing
from exporter.recorder.folder import data_folder, own_folder
from exporter.recorder.store import Details

logger = logging.getLogger("readtheroom")

LONGEST = 500
"""Maximum characters of each field; clients choose some of them, such as their program name."""

LOCK_WAIT = 1.0
"""Maximum seconds to wait while another program trims the log; 100,000 lines take a third of a second."""


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: when, what (``connected``, ``recorded``, ``exported``, ``deleted``), and by or to whom.

    ``session`` is the name of the session's file; ``id`` is the session's id, which copies of the file share.
    """

    time: str
    event: str
    session: str = ""
    id: str = ""
    address: str = ""
    view: str = ""
    program: str = ""
    what: str = ""
    to: str = ""


class Audit:
    """Appends to the log at ``path``; None writes no log. Thread-safe; never raises, logs an error once."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self.path, self._clock = path, clock
        self._lock = threading.Lock()
        self._failed = False

    def note(self, event: str, **facts: Any) -> None:
        """Write one line; ``facts`` are fields of Entry."""
        if self.path is None:
            return
        told = {name: _text(value)[:LONGEST] for name, value in facts.items()}
        line = msgspec.json.encode(Entry(time=iso_time(self._clock()), event=event, **told)) + b"\n"
        try:
            with self._lock:
                own_folder(self.path.parent)
                # If the lock is still taken, write without it: the line may be lost, but otherwise it is.
                with locked(_lock_path(self.path), LOCK_WAIT):
                    # One write of a whole line in append mode: safe with several programs at once.
                    handle = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
                    try:
                        os.write(handle, line)
                    finally:
                        os.close(handle)
        except (OSError, RecordError) as error:
            self._complain("written", error)

    def entries(self) -> Iterator[Entry]:
        """All entries, oldest first; none if the file cannot be read. Damaged or cut lines are skipped."""
        if self.path is None:
            return
        try:
            lines = self.path.read_bytes().splitlines() if self.path.is_file() else []
        except OSError as error:
            self._complain("read", error)
            return
        for line in lines:
            try:
                yield decoded(line, Entry)
            except msgspec.DecodeError:
                continue

    def exports_of(self, file: str, details: Details | None) -> list[str]:
        """Sorted targets of the exports of the session in ``file``; without an id, matched by file name."""
        own, names = ("", {file}) if details is None else (details.id, {file, details.name})
        exported = [entry for entry in self.entries() if entry.event == "exported"]
        return sorted(
            {one.to for one in exported if (one.id == own if one.id and own else one.session in names)}
        )

    def folders(self) -> list[Path]:
        """The folders to which sessions were recorded, the latest first."""
        places = [Path(entry.to).parent for entry in self.entries() if entry.event == "recorded" and entry.to]
        # Older lines may have relative paths, whose base is unknown.
        return list(dict.fromkeys(place for place in reversed(places) if place.is_absolute()))

    def trim(self, keep_days: float | None) -> None:
        """Delete lines older than ``keep_days``; None keeps all. Skipped while another program trims."""
        if keep_days is None or self.path is None:
            return
        oldest = iso_time(self._clock() - keep_days * 86_400)
        if all(entry.time >= oldest for entry in self.entries()):
            return
        try:
            # A line written by another program between reading and replacing would be lost.
            with locked(_lock_path(self.path), LOCK_WAIT) as is_held:
                if is_held:
                    fresh = [entry for entry in self.entries() if entry.time >= oldest]
                    with replacing(self.path) as partial:
                        partial.write_bytes(b"".join(msgspec.json.encode(entry) + b"\n" for entry in fresh))
        except (OSError, RecordError) as error:
            self._complain("shortened", error)

    def _complain(self, undone: str, error: Exception) -> None:
        if not self._failed:
            advice = remedy(error, "make file and folder readable and writable for your user")
            logger.warning(
                "the audit log %s cannot be %s (%s): %s, or set record.audit to false",
                self.path,
                undone,
                error,
                advice,
            )
        self._failed = True


def _text(value: object) -> str:
    """A value as text that UTF-8 can hold; names of files may contain other bytes."""
    return str(value).encode(errors="backslashreplace").decode()


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def audit_path() -> Path:
    """The path of this user's audit log."""
    return data_folder() / "audit.jsonl"
