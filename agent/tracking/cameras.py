"""Decides when to check a tile's camera: when its picture may have become a card, or video again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.layout.camera import look_into
from agent.tracking.change import SIZE, Thumbnails, changed, flatness, thumbnails
from agent.values import Pixels, Slot

LOOK_EVERY = 0.8
"""Minimum seconds between two checks of a tile's camera while its picture changes; after a cut it is checked
at once."""
PERHAPS_OFF = 0.35
"""Minimum flatness at which a tile with video is checked for the card of a camera that is off."""
OTHER_FLATNESS = 0.05
"""Minimum difference in flatness at which a tile that was found to be video is checked again: people in front
of a plain wall stay over PERHAPS_OFF all lesson."""
RARELY = 4.0
"""Seconds after which such a tile is checked again in any case while its picture changes."""


class Cameras:
    """Chooses the tiles whose cameras are checked; ``off`` and ``cuts`` are bool (N,), time is in seconds.

    A check takes 0.5 to 0.9 ms. Of 25 moving drawn tiles, 0.3 are chosen per frame; it was 1.6 when plain
    walls were checked every 0.8 s.
    """

    def __init__(self) -> None:
        self.restart(0.0, np.zeros((0, *SIZE[::-1]), np.int16))

    def restart(self, time: float, small: Thumbnails) -> None:
        """Start with other slots whose cameras were just checked; ``small`` are their thumbnails."""
        self._seen = small.copy()
        self._compared = np.full(len(small), time)
        self._looked = np.full(len(small), -np.inf)
        self._flat = np.full(len(small), -1.0)

    def due(
        self, time: float, small: Thumbnails, cuts: NDArray[np.bool_], off: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Which of N tiles to check now, bool (N,)."""
        late = ~self._within(time, self._compared, LOOK_EVERY)
        moved = cuts | (late & changed(small, self._seen))
        self._compared[moved], self._seen[moved] = time, small[moved]
        flat = np.zeros(len(small))
        flat[moved] = flatness(small[moved])
        other = np.abs(flat - self._flat) >= OTHER_FLATNESS
        perhaps = (flat >= PERHAPS_OFF) & (other | ~self._within(time, self._looked, RARELY))
        due = cuts | (moved & (off | perhaps))
        self._looked[due], self._flat[due] = time, flat[due]
        return np.asarray(due, np.bool_)

    @staticmethod
    def _within(time: float, since: NDArray[np.float64], seconds: float) -> NDArray[np.bool_]:
        """Whether less than ``seconds`` passed; a clock that went back counts as too long ago."""
        return np.asarray((time - since >= 0) & (time - since < seconds), np.bool_)


def cameras_now(slots: Sequence[Slot], before: Pixels, now: Pixels) -> tuple[Slot, ...]:
    """Slots that were found in the picture ``before``, with their cameras as in the newer picture ``now``."""
    boxes = [slot.box for slot in slots]
    looked: list[Slot] = []
    for slot, other in zip(slots, changed(thumbnails(now, boxes), thumbnails(before, boxes)), strict=True):
        on, video = look_into(now, slot.box) if other else (slot.camera_on, slot.video)
        looked.append(replace(slot, camera_on=on, video=video))
    return tuple(looked)
