"""Collects the evidence that a box covers what is below it, rather than being something in a room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from agent.layout.cell_evidence import STANDS_OUT
from agent.layout.edges import Edges, Lines
from agent.values import Box

CORNER = 10
"""Maximum radius in pixels of a rounded corner."""
INSET = 2
"""Minimum distance in pixels of two lines that can be told apart."""
PARTS, SEEN = 4, 3
"""Number of parts of each side, and minimum number of them that are seen: chance and a camera's noise join
the side of a head and that of a window to a line."""
BEYOND, GOES_ON = 16, 2.5
"""Length in pixels of what is looked at beyond both ends of a side, and minimum ``Lines.strength`` of a line
that goes on there. The lines of cupboards, shelves and doors do, those of a floating picture end at its
corners."""


def covers(box: Box, below: Sequence[Box], edges: Edges) -> bool:
    """Whether a box covers the tiles ``below`` it; true if there are none.

    Each of its sides is then seen all along and ends at its corners, and no side of a tile is seen inside it.
    Without this, cupboards, shelves and windows passed for a floating picture on 22 of 1,080 drawn screens;
    with it on none of 2,160 (``python -m tests.agent.layout.measure_self_view 12``).
    """
    if not below:
        return True
    upright = (edges.vertical, (box.left, box.right), (box.top, box.bottom))
    level = (edges.horizontal, (box.top, box.bottom), (box.left, box.right))
    if not all(_seen_along(lines, at, ends) for lines, sides, ends in (upright, level) for at in sides):
        return False
    return not any(_runs_through(tile, box, edges) or _goes_on(box, tile, edges) for tile in below)


def _seen_along(lines: Lines, at: int, ends: tuple[int, int]) -> bool:
    """Whether a side between its ends is seen in most of its parts."""
    parts = np.linspace(ends[0] + CORNER, ends[1] - CORNER, PARTS + 1).round().astype(int).tolist()
    return sum(lines.strength(at, *part) >= STANDS_OUT for part in pairwise(parts)) >= SEEN


def _runs_through(tile: Box, box: Box, edges: Edges) -> bool:
    """Whether a side of ``tile`` is seen inside ``box``."""
    rows = max(tile.top, box.top) + INSET, min(tile.bottom, box.bottom) - INSET
    columns = max(tile.left, box.left) + INSET, min(tile.right, box.right) - INSET
    upright = [x for x in (tile.left, tile.right) if box.left + INSET < x < box.right - INSET]
    level = [y for y in (tile.top, tile.bottom) if box.top + INSET < y < box.bottom - INSET]
    return any(edges.vertical.strength(x, *rows) >= STANDS_OUT for x in upright) or any(
        edges.horizontal.strength(y, *columns) >= STANDS_OUT for y in level
    )


def _goes_on(box: Box, tile: Box, edges: Edges) -> bool:
    """Whether a side of ``box`` goes on beyond one of its ends in the picture of ``tile``."""
    upright = (edges.vertical, (box.left, box.right), (box.top, box.bottom))
    level = (edges.horizontal, (box.top, box.bottom), (box.left, box.right))
    across, down = (tile.left, tile.right), (tile.top, tile.bottom)
    for (lines, sides, (begin, end)), beside, along in ((upright, across, down), (level, down, across)):
        # A pixel is left out, where the box's other side ends.
        beyond = [(begin - BEYOND, begin - 1), (end + 1, end + BEYOND)]
        inside = [part for part in beyond if along[0] <= part[0] and part[1] <= along[1]]
        apart = [at for at in sides if beside[0] + INSET < at < beside[1] - INSET]
        if any(lines.strength(at, *part) >= GOES_ON for at in apart for part in inside):
            return True
    return False
