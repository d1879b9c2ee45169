"""Reading with ``privacy.mode: off``: frames come and go, and nothing is looked at in them."""

from __future__ import annotations

from agent.runner import Reader
from agent.values import Frame, Room, Snapshot, SourceStatus


class IdleReader:
    """In place of ``reader``, it says that there is nothing, and keeps the lesson's markers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def analyze(self, frame: Frame) -> Snapshot:
        """A snapshot of nobody; the frame's pixels are not touched."""
        nobody = Room(0, 0, 0)
        return Snapshot(0, frame.wall, 0.0, frame.width, frame.height, SourceStatus(), (), nobody)

    def again(self, snapshot: Snapshot) -> Snapshot:
        """Nobody once more, with the moments marked so far."""
        return self._reader.again(snapshot)
