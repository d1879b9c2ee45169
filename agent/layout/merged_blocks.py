"""Merges blocks of tiles separated by 1-2 px lines, as in a resized screenshot that lost its other gaps."""

from __future__ import annotations

from collections.abc import Sequence

from agent.box import around
from agent.values import Box

NARROW = 2
"""Maximum width, in pixels, of the line of page between two blocks; wider lines survive resizing
everywhere."""
FEWEST = 3
"""Minimum number of blocks; two blocks are any two things beside each other."""
LARGER = 1.5
"""Minimum ratio of the largest to the smallest width, or height; equal blocks need no merging."""
WHOLE = 0.9
"""Minimum share of the blocks' common box that they fill; a gallery with an incomplete last row fills that
much."""


def merge_blocks(components: Sequence[Box]) -> list[Box]:
    """The common boxes of components of several sizes that only narrow lines of page separate.

    In a gallery of 49 at half its size, whose gaps were 1 px wide, every third gap was clear page. Its blocks
    of one to six tiles fitted no common lattice, but together they can be cut into 49 tiles.
    """
    left = list(components)
    found: list[Box] = []
    while left:
        group = [left.pop()]
        for box in group:
            near = [other for other in left if _beside(box, other)]
            group += near
            left = [other for other in left if other not in near]
        whole = around(group)
        if (
            len(group) >= FEWEST
            and _several_sizes(group)
            and sum(box.area for box in group) >= WHOLE * whole.area
        ):
            found.append(whole)
    return found


def _several_sizes(group: Sequence[Box]) -> bool:
    widths, heights = [box.width for box in group], [box.height for box in group]
    return max(widths) >= LARGER * min(widths) or max(heights) >= LARGER * min(heights)


def _beside(box: Box, other: Box) -> bool:
    across = max(box.left, other.left) - min(box.right, other.right)
    down = max(box.top, other.top) - min(box.bottom, other.bottom)
    narrow, along = max(across, down), -min(across, down)
    shorter = min(box.height, other.height) if across > down else min(box.width, other.width)
    return 0 < narrow <= NARROW and along >= shorter / 2
