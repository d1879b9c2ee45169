"""When to log how many tiles are visible, and why none is read. Pure: times are arguments."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from agent.values import Reading, Reason, TileState
from exporter.words import REASONS, STATES, counted

LOOKING = "looking for the gallery"
"""Log line for a source's first picture: on a busy machine the search takes seconds."""

NO_GALLERY = "no gallery in sight: open the gallery view of your meeting and keep its window visible"

LASTING = 2.0
"""Minimum seconds for which a number of tiles must last before it is logged.

While people come and go the layout is uncertain for moments; a terminal with twenty lines in forty seconds
tells nobody anything."""

FEW = 2
"""Maximum change of the number of tiles that is not shown: in any class people come and go all the time."""


def describe_gallery(tiles: int) -> str:
    """One line on how many tiles are visible."""
    if tiles == 0:
        return "no gallery in sight"
    return f"a gallery of {counted(tiles, 'tile')}"


PATIENCE = 15.0
"""Seconds with tiles but without a reading after which the reasons are logged."""


def describe_unread(readings: Sequence[Reading]) -> str:
    """One line on why none of these tiles is read, with the most frequent reason first."""
    words = [STATES.get(one.state) or REASONS.get(one.reason or "", "not read") for one in readings]
    reasons = ", ".join(f"{count} {word}" for word, count in Counter(words).most_common())
    return f"{counted(len(readings), 'tile')}, none read so far: {reasons}"


class UnreadLog:
    """Decides when to log why no tile is read: once, if the first reading does not come."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._is_done = False

    def should_log(self, readings: Sequence[Reading], now: float) -> bool:
        """Take the readings at time ``now``, and say whether to log why there are none."""
        # Where a policy forbids readings, nobody waits for them: a line at the start said so.
        self._is_done |= any(one.emotion is not None or _is_withheld(one) for one in readings)
        if self._is_done or not readings:
            self._since = None
            return False
        self._since = now if self._since is None else self._since
        self._is_done = now - self._since >= PATIENCE
        return self._is_done


def _is_withheld(reading: Reading) -> bool:
    """Whether a policy forbids reading this face."""
    return reading.state is TileState.FACE and reading.reason is Reason.PRIVATE


class GalleryLog:
    """Decides when to log the number of tiles: a new gallery at once, a change once it has lasted."""

    def __init__(self) -> None:
        self._begun = False
        self._told: int | None = None
        self._shown: int | None = None
        """The last number logged for users; ``_told`` is the last that was logged at any level."""
        self._count, self._since = -1, -math.inf

    def begin(self) -> bool:
        """Note that a picture is about to be searched; true for the first, which is logged as ``LOOKING``."""
        is_first, self._begun = not self._begun, True
        return is_first

    def take(self, count: int, now: float) -> str | None:
        """Take the number of tiles at time ``now``; return "info", "debug", or None to log nothing."""
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
        """The source was lost: treat what comes after it as new."""
        self._begun, self._told, self._shown, self._count = False, None, None, -1


class NoGalleryLog(GalleryLog):
    """For ``privacy.mode: off``: no gallery is looked for, so nobody is told to open one."""

    def begin(self) -> bool:
        """Log nothing of the first picture."""
        return False

    def take(self, count: int, now: float) -> str | None:
        """Log nothing of the number of tiles, which is always 0."""
        return None
