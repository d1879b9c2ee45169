"""Photos among videos: a face whose picture never moves while those of others do.

What somebody shows in place of herself, or the last picture of a camera that froze, says nothing of her.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.faces.sight import OLDEST, Sight

STILL = 30.0
"""Seconds without the least motion from which a picture is a photo. A camera's noise and breathing alone are
more than ``agent.faces.motion.same`` lets pass, so that a video that is still for two seconds is rare."""
RECENT = 10.0
"""Seconds within which a face has moved that counts as moving."""
FEWEST = 2
"""Faces that must move, and half of all: where nothing moves, the meeting stands still, or is a picture."""


def photos(sights: Mapping[str, Sight], now: float) -> frozenset[str]:
    """The ids of the tiles that show a photo, by what was seen in each until ``now``, monotonic seconds."""
    faces = {tile: sight for tile, sight in sights.items() if sight.face is not None}
    moving = sum(0 <= now - sight.moved < RECENT for sight in faces.values())
    if moving < FEWEST or 2 * moving < len(faces):
        return frozenset()
    return frozenset(tile for tile, sight in faces.items() if _is_still(sight, now))


def _is_still(sight: Sight, now: float) -> bool:
    """Whether a face did not move for long although it was looked at, which a small budget may put off."""
    return now - sight.moved >= STILL and now - sight.current <= 2 * OLDEST
