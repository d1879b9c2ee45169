"""Decides when to search a picture that shows no gallery: a search in vain takes up to seconds of CPU time.

A desktop, slides or a film may be on the screen for an hour. A picture that stays the same need not be
searched again, and one that changes all the time need not be searched each time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agent.rate_limits import TokenBucket
from agent.tracking.layout_signature import Signature, page_holds, standing_tiles
from agent.values import Frame, Pixels

RETRY = (0.3, 0.6, 1.2, 2.4, 4.0)
"""Seconds between searches of a picture that changes a little, or of a gallery that looks wrong: back-off."""
AT_ONCE = 0.1
"""Minimum seconds between a search and that of another picture: a gallery must not wait."""
STILL = 60.0
"""Seconds between searches of a picture that stays the same."""
MOST, EVERY = 5, 8.0
"""Maximum number of searches in a row in vain, and seconds after which one more is allowed. With a search
every 4 s, a desktop that never changed took all of a core."""
ANOTHER, ANOTHER_LEVELS = 0.2, 24
"""Share of the picture above which, and levels by which, it must differ to be another picture."""
TOUCHED, TOUCHED_LEVELS = 0.002, 8
"""The same for a picture that changed at all; a clock and a pointer are smaller."""
BACK = 0.8
"""Minimum share of the tiles last seen that must stand again for their gallery to be back."""


class SearchScheduler:
    """Decides, frame after frame, whether a picture without a gallery is worth a search."""

    def __init__(self) -> None:
        self._searched: NDArray[np.int16] | None = None
        self._former: Signature | None = None
        self._vain = TokenBucket(1 / EVERY, MOST)

    def searched(self, pixels: Pixels) -> None:
        """Note that a picture, RGB uint8 (H, W, 3), was searched, with whatever result."""
        self._searched = _overview(pixels)

    def lost(self, former: Signature | None) -> None:
        """Note that the last tiles are out of sight.

        ``former`` is what they looked like, or None where they cannot come back.
        """
        self._former, self._searched = former, None

    def another(self, pixels: Pixels) -> bool:
        """Whether a picture differs from the one last searched so much that it is another one."""
        return self._changed(_overview(pixels), ANOTHER_LEVELS) > ANOTHER

    def due(self, frame: Frame, waited: float, failed: int) -> bool:
        """Whether to search now, ``waited`` seconds after the last of ``failed`` searches in vain."""
        now = _overview(frame.pixels)
        if self._changed(now, ANOTHER_LEVELS) > ANOTHER:
            if waited >= AT_ONCE and self._is_back(frame.pixels):
                return True
            wait = AT_ONCE
        elif self._changed(now, TOUCHED_LEVELS) > TOUCHED:
            wait = RETRY[min(failed, len(RETRY) - 1)]
        else:
            wait = STILL
        return waited >= wait and self._vain.take(frame.time)

    def _is_back(self, pixels: Pixels) -> bool:
        former = self._former
        if former is None:
            return False
        return page_holds(pixels, former) and bool(standing_tiles(pixels, former).mean() >= BACK)

    def _changed(self, now: NDArray[np.int16], levels: int) -> float:
        if self._searched is None or self._searched.shape != now.shape:
            return 1.0
        return float((np.abs(now - self._searched) > levels).mean())


def _overview(pixels: Pixels) -> NDArray[np.int16]:
    """A coarse sample of the picture, int16."""
    step = max(pixels.shape[0] // 36, 1), max(pixels.shape[1] // 64, 1)
    return pixels[:: step[0], :: step[1], 1].astype(np.int16)
