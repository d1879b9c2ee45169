"""Finds the stage: one tile beside a strip of others and much larger, which shows the current speaker."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.layout.camera import centred_card
from agent.layout.cell_evidence import sides_seen
from agent.layout.contents import Contents
from agent.layout.label import names_shown
from agent.layout.lattice import ASPECTS, SAME, WIDEST, Lattice
from agent.layout.picture import Picture
from agent.layout.seams import tightened
from agent.values import Box

FEWEST, LINES = 2, 2
"""Minimum number of tiles in a strip, and maximum number of its rows or columns: Zoom and Meet show two
columns in a wide window."""
LARGER = 4.0
"""Minimum area of a stage in tiles of its strip: 13 to 107 on drawn screens of four programs."""
MARGINS = 0.5
"""Maximum flat share of a stage's sides, as in a phone's pillarboxed video; slides have margins too."""
LIVELY = 2.0
"""Minimum entropy of a stage in bits: 14 drawn ones have 1.5 to 4.7, eight shared screens, all with text in
the lower left corner, 0.5 to 1.6."""
CORNERS = 1.0, 1.5, 2.0
"""Sizes of the lower left corners in which a name is searched, as multiples of a tile of the strip. Names
have about one size in all tiles, and are seen in at least two of the three corners. In the whole of a large
photo something looks like a name: in six of six shared photos, against one of six with these corners."""
HELD, LARGER_BY = 0.97, 1.15
"""Minimum share of a component inside another one, and minimum ratio of their areas, that make it a picture
on a slide."""
OVERLAP = 0.5
"""Minimum share of the strip's or the stage's length along which they stand side by side."""


def stage(lattice: Lattice, components: Sequence[Box], picture: Picture) -> Box | None:
    """The largest of ``components`` that is a participant's video beside a strip of tiles, or None.

    ``components`` are those on any page that was tried. A shared screen stands in the same place, but lacks
    the many greys of camera video. The card of a speaker whose camera is off looks much like a shared screen,
    so it is taken only beside the controls of a call, and with something in its middle only.
    """
    named = float(np.mean([*map(picture.contents.has_label, lattice.boxes)]))
    if not (_is_strip(lattice) and names_shown(named)):
        return None
    beside = {component for component in components if _is_beside(component, lattice)}
    # A button that sticks out of the stage, a border or traces of compression are part of its component.
    large = beside | {tightened(component, picture.edges) for component in beside}
    found = [
        component
        for component in large
        if (_is_video(component, picture) or _is_card(component, picture))
        and is_named(component, lattice.whole, picture.contents)
        and not any(_holds(other, component) for other in large)
    ]
    return max(found, key=lambda box: (box.area, box.top, box.left), default=None)


def is_staged(lattice: Lattice, single: Box, components: Sequence[Box], picture: Picture) -> bool:
    """Whether a lattice is the strip of the stage ``single``, which covers more and would win by itself."""
    large = stage(lattice, components, picture)
    return large is not None and large.iou(single) >= SAME


def placed(lattice: Lattice) -> list[tuple[Box, tuple[int, int], bool]]:
    """All tiles of a lattice in reading order: the box, its row and column, and whether it has a name."""
    tiles = _with_stage(lattice)
    if lattice.floating is None:
        return tiles
    return [*tiles, (lattice.floating, (tiles[-1][1][0] + 1, 0), True)]


def _with_stage(lattice: Lattice) -> list[tuple[Box, tuple[int, int], bool]]:
    places = [(row, col) for row, boxes in enumerate(lattice.rows) for col in range(len(boxes))]
    tiles = list(zip(lattice.boxes, places, lattice.named, strict=True))
    large, strip = lattice.stage, lattice.bounds
    if large is None:
        return tiles
    stacked = large.bottom <= strip.top or large.top >= strip.bottom
    if large.top >= strip.bottom or (large.left >= strip.right and not stacked):
        end = (len(lattice.rows), 0) if stacked else (0, max(map(len, lattice.rows)))
        return [*tiles, (large, end, True)]
    row, col = (1, 0) if stacked else (0, 1)
    return [(large, (0, 0), True), *((box, (y + row, x + col), name) for box, (y, x), name in tiles)]


def is_row(lattice: Lattice) -> bool:
    """Whether all tiles of a lattice stand side by side."""
    return len(lattice.rows) == 1


def _is_strip(lattice: Lattice) -> bool:
    return len(lattice.boxes) >= FEWEST and _lines(lattice) <= LINES


def _lines(lattice: Lattice) -> int:
    """Number of rows or columns of a lattice, whichever is less."""
    return min(len(lattice.rows), max(map(len, lattice.rows)))


def _is_beside(component: Box, lattice: Lattice) -> bool:
    """Whether a component is large enough for a stage and stands along the strip."""
    strip = lattice.bounds
    if component.area < LARGER * lattice.whole.area or component.intersection(strip):
        return False
    if not ASPECTS[0] <= component.width / component.height <= WIDEST:
        return False
    stacked = component.bottom <= strip.top or component.top >= strip.bottom
    # Beside two columns, a speaker may stand on any side.
    if _lines(lattice) == 1 and is_row(lattice) != stacked:
        return False
    if stacked:
        shared = min(component.right, strip.right) - max(component.left, strip.left)
        return shared >= OVERLAP * min(component.width, strip.width)
    shared = min(component.bottom, strip.bottom) - max(component.top, strip.top)
    return shared >= OVERLAP * min(component.height, strip.height)


def is_named(component: Box, tile: Box, contents: Contents) -> bool:
    """Whether a name stands in a component's lower left corner; ``tile`` is a tile of the strip."""
    corners = [
        (min(round(tile.width * k), component.width), min(round(tile.height * k), component.height))
        for k in CORNERS
    ]
    seen = [
        contents.has_label(Box(component.left, component.bottom - high, wide, high)) for wide, high in corners
    ]
    return sum(seen) >= 2


def _holds(other: Box, component: Box) -> bool:
    """Whether a component lies inside another one that is larger by more than a frame."""
    return other.area > LARGER_BY * component.area and other.intersection(component) >= HELD * component.area


def _is_video(component: Box, picture: Picture) -> bool:
    """Whether a component is drawn with at least three sides and holds camera video."""
    contents = picture.contents
    alive = contents.camera_on(component) and contents.variety(component) >= LIVELY
    return sides_seen(component, picture.edges) >= 3 and alive and contents.flat_rim(component) <= MARGINS


def _is_card(component: Box, picture: Picture) -> bool:
    """Whether a component in a call has three sides or more and is a card with something in its middle."""
    return (
        sides_seen(component, picture.edges) >= 3
        and not picture.contents.camera_on(component)
        and centred_card(component.of(picture.pixels))
        and any(bar.serves(component) for bar in picture.contents.call_bars())
    )
