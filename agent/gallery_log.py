"""When the log tells how many tiles are in sight, and why none is read. Pure: time comes in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from agent.values import Reading, Reason, TileState
from exporter.words import REASONS, STATES, counted

LOOKING = "looking for the gallery"
"""Said as soon as a source gives its first picture: on a busy machine the search takes seconds."""

NO_GALLERY = "no gallery in sight: open the gallery view of your meeting and keep its window visible"

LASTING = 2.0
"""Seconds for which a number of tiles must last until it is logged: while people come and go the layout is in
doubt for moments, and a terminal with twenty lines in forty seconds tells nobody anything."""

FEW = 2
"""Tiles by which a gallery may change without a line: in any class somebody comes and goes all the time."""


def describe_gallery(tiles: int) -> str:
    """One line on what is in sight."""
    if tiles == 0:
        return "no gallery in sight"
    return f"a gallery of {counted(tiles, 'tile')}"


PATIENCE = 15.0
"""Seconds with tiles and without a reading after which the reasons are told: whoever waits wonders then."""


def describe_unread(readings: Sequence[Reading]) -> str:
    """One line on why none of some tiles is read, with the most frequent reason first."""
    words = [STATES.get(one.state) or REASONS.get(one.reason or "", "not read") for one in readings]
    reasons = ", ".join(f"{count} {word}" for word, count in Counter(words).most_common())
    return f"{counted(len(readings), 'tile')}, none read so far: {reasons}"


class UnreadLog:
    """Decides when to log why no tile is read: once, where the first reading does not come."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._is_done = False

    def should_log(self, readings: Sequence[Reading], now: float) -> bool:
        """Take the readings of a time, and say whether to log now why there are none."""
        # Under a policy nobody waits for readings: the start said that there will be none.
        self._is_done |= any(one.emotion is not None or _is_withheld(one) for one in readings)
        if self._is_done or not readings:
            self._since = None
            return False
        self._since = now if self._since is None else self._since
        self._is_done = now - self._since >= PATIENCE
        return self._is_done


def _is_withheld(reading: Reading) -> bool:
    """Whether a policy keeps this face unread."""
    return reading.state is TileState.FACE and reading.reason is Reason.PRIVATE


class GalleryLog:
    """Decides when to log a number of tiles: a new gallery at once, another number once it has lasted."""

    def __init__(self) -> None:
        self._begun = False
        self._told: int | None = None
        self._shown: int | None = None
        """The last number that users were told; ``_told`` is the last that was logged at all."""
        self._count, self._since = -1, -math.inf

    def begin(self) -> bool:
        """A picture is about to be looked at: whether it is the first, and to be logged as ``LOOKING``."""
        is_first, self._begun = not self._begun, True
        return is_first

    def take(self, count: int, now: float) -> str | None:
        """Take the number of tiles at a time, and say how to log it now: as "info", "debug" or not at all."""
        if count != self._count:
            self._count, self._since = count, now
        is_new = not self._shown and count > 0
        if count == self._told or not (is_new or now - self._since >= LASTING):
            return None
        self._told = count
        if self._shown and count and abs(count - self._shown) <= FEW:
            return "debug"
        self._shown = count
        return "info"

    def forget(self) -> None:
        """The source was lost: what comes after it is new."""
        self._begun, self._told, self._shown, self._count = False, None, None, -1
