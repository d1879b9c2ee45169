"""Whether tiles are a meeting's gallery: told by the faces in them, and by how much else speaks for it.

By its shape alone many a page of pictures is one. People are rarely in most of them, and their names hardly
ever inside. On 84 screens without a meeting, drawn by several hands, tiles were found: a quarter of faces let
57 of them pass, these rules 17. Of 364 meetings they keep out one, as that did.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from agent.layout.label import names_shown
from agent.values import Tile

LARGE = 0.2
"""Part of the frame that the tiles of a meeting cover which is what somebody looks at."""

FEW, HALF, MOST = 0.25, 0.5, 2 / 3
"""Part of the tiles with video that must show a face: of a large gallery with names, where everybody may look
down; more than the next of a small one with names; more than the last of one without."""


def is_meeting_gallery(tiles: Sequence[Tile], faces: Collection[str], area: int) -> bool:
    """Whether tiles are believed to be a gallery; ``area`` is that of the frame in pixels.

    ``tiles`` are all that are shown and may be looked at, ``faces`` the ids of those that show a face.
    """
    video = [tile for tile in tiles if tile.slot.camera_on]
    found = sum(tile.id in faces for tile in video)
    named = names_shown(sum(tile.slot.named for tile in tiles) / max(len(tiles), 1))
    if named and sum(tile.slot.box.area for tile in tiles) >= LARGE * area:
        return found >= max(FEW * len(video), 1)
    return found > (HALF if named else MOST) * len(video)
