"""Collects the evidence that a cell holds a tile: sides that stand out, page around it, content inside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agent.layout.edges import Edges
from agent.layout.page import Mask
from agent.values import Box

BORDER = 7
"""Maximum distance in pixels that a speaker's border reaches outside its tile."""
STANDS_OUT = 1.6
"""Minimum ``Lines.strength`` of a side that counts as seen."""


def shows(box: Box, edges: Edges, mask: Mask, in_line: bool = False) -> bool:
    """Whether a cell of the lattice holds a tile: most of its sides stand out and page is around it.

    ``in_line`` says that other rows have a tile in the same column.
    """
    seen = sum(side >= STANDS_OUT for side in edges.sides(box))
    around = surrounded(box, mask)
    inside = filled(box, mask)
    bordered = in_line and inside > 0.8 and sum(side >= STANDS_OUT for side in edges.sides(box, 5)) == 4
    if bordered or (in_line and seen >= 3 and inside > 0.5):
        # A speaker's border or a button may hide the page around a tile, but does not move the tile out of
        # its column.
        return True
    if sum(part >= 0.5 for part in around) < 3 or float(np.mean(around)) < 0.6:
        return False
    if min(around) >= 0.9 and inside >= 0.15 and _upright(box, mask):
        return True
    return (seen >= 3 and inside > 0.12) or (seen >= 2 and inside > 0.35)


def _upright(box: Box, mask: Mask) -> bool:
    """Whether content as high as ``box`` stands in its middle: video pillarboxed in the page's colour."""
    rows = np.flatnonzero((~mask[box.top : box.bottom, box.left : box.right]).mean(axis=1) > 0.1)
    columns = np.flatnonzero((~mask[box.top : box.bottom, box.left : box.right]).mean(axis=0) > 0.3)
    if len(rows) < 0.8 * box.height or not len(columns):
        return False
    return abs(int(columns[0]) + int(columns[-1]) + 1 - box.width) <= 0.12 * box.width


def sides_seen(box: Box, edges: Edges) -> int:
    """Number of sides of a box, 0 to 4, that stand out or lie on the picture's border."""
    ends = (box.left <= 1, box.top <= 1, box.right >= edges.width - 1, box.bottom >= edges.height - 1)
    return sum(end or side >= STANDS_OUT for end, side in zip(ends, edges.sides(box), strict=True))


def surrounded(box: Box, mask: Mask) -> tuple[float, float, float, float]:
    """Share of page, 0..1, on the clearest line just outside the left, top, right and bottom side.

    Lines up to BORDER pixels away count, because a speaker's border lies around a tile. Outside the picture
    counts as page.
    """
    dy, dx = box.height // 10, box.width // 10
    rows, cols = slice(box.top + dy, box.bottom - dy), slice(box.left + dx, box.right - dx)
    height, width = mask.shape
    return (
        _clearest(mask[rows, box.left - BORDER : box.left], 0) if box.left >= BORDER else 1.0,
        _clearest(mask[box.top - BORDER : box.top, cols], 1) if box.top >= BORDER else 1.0,
        _clearest(mask[rows, box.right : box.right + BORDER], 0) if box.right + BORDER <= width else 1.0,
        _clearest(mask[box.bottom : box.bottom + BORDER, cols], 1) if box.bottom + BORDER <= height else 1.0,
    )


def _clearest(strip: Mask, axis: int) -> float:
    if not strip.size:
        return 1.0
    sums = strip.view(np.uint8).sum(axis=axis, dtype=np.uint16)
    return float(sums.max() / strip.shape[axis])


def filled(box: Box, mask: Mask) -> float:
    """The share of ``box`` that is not page, 0..1."""
    inside: NDArray[np.bool_] = mask[box.top : box.bottom, box.left : box.right]
    return 1 - np.count_nonzero(inside) / inside.size if inside.size else 0.0
