"""The reader for ``privacy.mode: off``: frames are counted, but their pixels are never read."""

from __future__ import annotations

from agent.analysis.runner import Reader
from agent.values import Frame, Room, Snapshot, SourceStatus


class IdleReader:
    """Replaces ``reader``: returns empty snapshots that keep the lesson's markers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def analyze(self, frame: Frame) -> Snapshot:
        """An empty snapshot; the frame's pixels are not touched."""
        nobody = Room(0, 0, 0)
        return Snapshot(0, frame.wall, 0.0, frame.width, frame.height, SourceStatus(), (), nobody)

    def again(self, snapshot: Snapshot) -> Snapshot:
        """An empty snapshot, with the moments marked so far."""
        return self._reader.again(snapshot)
