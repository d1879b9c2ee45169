"""Finds the only tile of a call: one participant fills the window beside the bar with the controls."""

from __future__ import annotations

from collections.abc import Sequence

from agent.layout.call_bar import CallBar
from agent.layout.camera import centred_card
from agent.layout.cell_evidence import sides_seen
from agent.layout.contents import Contents
from agent.layout.lattice import ASPECTS, WIDEST, Lattice
from agent.layout.picture import Picture
from agent.layout.seams import tightened
from agent.layout.speaker_view import is_named
from agent.values import Box

LEAST_AREA = 0.08
"""Minimum share of the picture that the only tile covers."""
ANOTHER = 0.15
"""Minimum area of another tile, as a share of the tile that is not the only one then."""
NEAR = 3.0
"""Maximum distance of the tile from the button to leave, in heights of that button."""
NAMES = 3.0
"""Height, in heights of that button, of a tile whose name has the usual size."""
LIVELY = 2.0
"""Minimum entropy of its video in bits."""


def lone_tile(components: Sequence[Box], picture: Picture) -> Lattice | None:
    """The largest of ``components`` beside the bar of a call that looks like the only tile, or None.

    ``components`` are those on any page that was tried. A name in the lower left corner is required, as are
    three sides; besides, the tile shows video or has something in its middle only, as cards have.
    """
    for bar in picture.contents.call_bars():
        beside = {box for box in components if _is_beside(box, bar, picture)}
        beside |= {tightened(box, picture.edges) for box in beside}
        for box in sorted(beside, key=lambda box: (-box.area, box.top, box.left)):
            alone = not any(_is_another(other, box, picture.contents) for other in components)
            if alone and _is_tile(box, bar, picture):
                return Lattice(((box,),), (0, 0))
    return None


def _is_beside(box: Box, bar: CallBar, picture: Picture) -> bool:
    apart = max(bar.button.top - box.bottom, box.top - bar.button.bottom)
    usual = ASPECTS[0] <= box.width / max(box.height, 1) <= WIDEST
    large = box.area >= LEAST_AREA * picture.edges.width * picture.edges.height
    return usual and large and bar.serves(box) and 0 <= apart <= NEAR * bar.button.height


def _is_another(other: Box, box: Box, contents: Contents) -> bool:
    """Whether a component may be one more tile beside ``box``: it lies, stands level and has a name."""
    large = other.area >= ANOTHER * box.area and other.height < other.width <= WIDEST * other.height
    level = min(other.bottom, box.bottom) - max(other.top, box.top) >= other.height / 2
    return large and level and not other.intersection(box) and contents.has_label(other)


def _is_tile(box: Box, bar: CallBar, picture: Picture) -> bool:
    contents = picture.contents
    high = round(NAMES * bar.button.height)
    if sides_seen(box, picture.edges) < 3 or not is_named(box, Box(0, 0, high * 16 // 9, high), contents):
        return False
    if contents.camera_on(box):
        return contents.variety(box) >= LIVELY
    return centred_card(box.of(picture.pixels))
