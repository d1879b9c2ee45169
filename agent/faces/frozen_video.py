"""Photos among videos: a face whose picture never moves while those of others do.

What somebody shows in place of herself, or the last picture of a camera that froze, says nothing of her.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.faces.face_track import OLDEST, FaceTrack

STILL = 30.0
"""Seconds without the least motion from which a picture is a photo. A camera's noise and breathing alone are
more than ``agent.faces.motion.same`` lets pass, so that a video that is still for two seconds is rare."""
RECENT = 10.0
"""Seconds within which a face has moved that counts as moving."""
FEWEST = 2
"""Faces that must move, and half of all: where nothing moves, the meeting stands still, or is a picture."""


def still_tiles(tracks: Mapping[str, FaceTrack], now: float) -> frozenset[str]:
    """The ids of the tiles that show a photo, by what was seen in each until ``now``, monotonic seconds."""
    faces = {tile: track for tile, track in tracks.items() if track.face is not None}
    moving = sum(0 <= now - track.moved < RECENT for track in faces.values())
    if moving < FEWEST or 2 * moving < len(faces):
        return frozenset()
    return frozenset(tile for tile, track in faces.items() if _is_still(track, now))


def _is_still(track: FaceTrack, now: float) -> bool:
    """Whether a face did not move for long although it was looked at, which a small budget may put off."""
    return now - track.moved >= STILL and now - track.current <= 2 * OLDEST
