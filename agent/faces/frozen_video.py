"""Finds photos among videos: a face whose picture never moves while those of others do.

A photo that a participant shows in place of their video, or the last picture of a frozen camera, says nothing
about the participant.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.faces.face_track import OLDEST, FaceTrack

STILL = 30.0
"""Minimum seconds without motion at which a picture is a photo. A camera's noise and breathing alone exceed
what ``agent.faces.motion.same`` accepts, so even two seconds without motion are rare in a video."""
RECENT = 10.0
"""Maximum seconds since a face last moved for it to count as moving."""
FEWEST = 2
"""Minimum number of faces that move; half of all must move too. Where nothing moves, the meeting stands still
or is a picture."""


def still_tiles(tracks: Mapping[str, FaceTrack], now: float) -> frozenset[str]:
    """The ids of the tiles that show a photo, by what was seen in each until ``now`` (monotonic seconds)."""
    faces = {tile: track for tile, track in tracks.items() if track.face is not None}
    moving = sum(0 <= now - track.moved < RECENT for track in faces.values())
    if moving < FEWEST or 2 * moving < len(faces):
        return frozenset()
    return frozenset(tile for tile, track in faces.items() if _is_still(track, now))


def _is_still(track: FaceTrack, now: float) -> bool:
    """Whether a face did not move for long although it was checked; a small budget may delay the checks."""
    return now - track.moved >= STILL and now - track.current <= 2 * OLDEST
