"""Tells which tiles show another picture than some seconds ago, though no two frames differ by a cut.

Meeting programs let one participant's picture fade into another's. Pure: pictures and times are arguments.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from agent.tracking.change import Thumbnails

EVERY = 4.0
"""Seconds between two comparisons, and the longest change that is surely noticed: each is made with the
picture of twice as long ago."""
SHARE = 0.56
"""Minimum mean difference of two pictures, as a share of their spread (standard deviation). In a real gallery
no two participants differ by less than 0.59, however dark; the drawn class moves by 0.55 at most."""
LEAST, OTHER = 8.0, 24.0
"""Minimum and maximum of that difference, in grey levels. Heads that move before a plain wall stay under 8;
in bright rooms two of 132 pairs of participants differ by less than 30, none by less than 27."""


class SlowChanges:
    """Remembers the thumbnails of the last eight seconds, one every four seconds."""

    def __init__(self) -> None:
        self._past: deque[Thumbnails] = deque(maxlen=2)
        self._time = -np.inf

    def restart(self) -> None:
        """Forget all pictures: the tiles are others, or elsewhere."""
        self._past.clear()
        self._time = -np.inf

    def update(self, small: Thumbnails, cuts: NDArray[np.bool_], time: float) -> NDArray[np.bool_]:
        """Which of N tiles have changed altogether since some seconds ago, bool (N,); each change once.

        ``small``: thumbnails int16 (N, 18, 32) of the same tiles as last time, at ``time`` in seconds.
        ``cuts``, bool (N,): tiles of which it was just noticed in another way, and is not told again.
        """
        for past in self._past:
            past[cuts] = small[cuts]
        found = np.zeros(len(small), np.bool_)
        if 0 <= time - self._time < EVERY:
            return found
        if self._past:
            past = self._past[0]
            spread = (small.std(axis=(1, 2)) + past.std(axis=(1, 2))) / 2
            least = np.clip(SHARE * spread, LEAST, OTHER)
            found = np.asarray(np.abs(small - past).mean(axis=(1, 2)) >= least)
            for past in self._past:
                past[found] = small[found]
        self._past.append(small.copy())
        self._time = time
        return found
