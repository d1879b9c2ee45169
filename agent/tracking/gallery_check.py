"""Decides by the faces in the tiles, and by other evidence, whether they are a meeting's gallery.

Many pages of pictures look like a gallery by their shape alone. But people are rarely in most of their
pictures, and names hardly ever stand inside. On 84 screens without a meeting, drawn by several hands, tiles
were found: requiring faces in a quarter of them accepted 57 of these screens, the rules for pages without the
controls of a call accept 17. Of 364 meetings both reject one. Such controls were found on 82 of 102 other
screens of meetings, and on none of 228 without one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from agent.layout.label import names_shown
from agent.values import Tile

LARGE = 0.2
"""Minimum share of the frame that the tiles cover when the meeting is what the user looks at."""

FEW, HALF, MOST = 0.25, 0.5, 2 / 3
"""Minimum shares of the video tiles that must show a face. FEW: a gallery with names, in which everybody
may look down, if it is large or beside the controls of a call; both together need no face. More than HALF: a
gallery with names alone, or beside those controls alone. More than MOST: a gallery without either."""


def is_meeting_gallery(tiles: Sequence[Tile], faces: Collection[str], area: int) -> bool:
    """Whether tiles are accepted as a gallery; ``area`` is that of the frame in pixels.

    ``tiles`` are all shown tiles that may be analysed, ``faces`` the ids of those that show a face.
    """
    video = [tile for tile in tiles if tile.slot.camera_on]
    found = sum(tile.id in faces for tile in video)
    named = names_shown(sum(tile.slot.named for tile in tiles) / max(len(tiles), 1))
    in_call = any(tile.slot.in_call for tile in tiles)
    large = sum(tile.slot.box.area for tile in tiles) >= LARGE * area
    if named and in_call and large:
        # A class may turn its cameras to the ceiling, or an emoji hide each face.
        return True
    if named and (in_call or large):
        return found >= max(FEW * len(video), 1)
    return found > (HALF if named or in_call else MOST) * len(video)
