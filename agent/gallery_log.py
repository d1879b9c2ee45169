"""When the log tells how many tiles are in sight: a pure state machine, time comes in."""

from __future__ import annotations

import math

from exporter.words import counted

LASTING = 2.0
"""Seconds for which a number of tiles must last until it is logged: while people come and go the layout is in
doubt for moments, and a terminal with twenty lines in forty seconds tells nobody anything."""


def describe_gallery(tiles: int) -> str:
    """One line on what is in sight."""
    if tiles == 0:
        return "no gallery in sight"
    return f"a gallery of {counted(tiles, 'tile')}"


class GalleryLog:
    """Decides when to log a number of tiles: a new gallery at once, another number once it has lasted."""

    def __init__(self) -> None:
        self._told: int | None = None
        self._count, self._since = 0, -math.inf

    def should_log(self, count: int, now: float) -> bool:
        """Take the number of tiles at a time, and say whether to log it now."""
        if count != self._count:
            self._count, self._since = count, now
        is_new = self._told is None or (self._told == 0 and count > 0)
        if count == self._told or not (is_new or now - self._since >= LASTING):
            return False
        self._told = count
        return True

    def forget(self) -> None:
        """The source was lost: what comes after it is new."""
        self._told = None
