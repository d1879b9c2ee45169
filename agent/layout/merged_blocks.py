"""Blocks of tiles that lines of a pixel or two part: in a resized screenshot, which mixed other gaps away."""

from __future__ import annotations

from collections.abc import Sequence

from agent.box import around
from agent.values import Box

NARROW = 2
"""Widest line of page, in pixels, that may set two blocks apart: wider ones survive resizing everywhere."""
FEWEST = 3
"""Two blocks are any two things beside each other."""
LARGER = 1.5
"""How many times as wide or as high the largest is as the smallest; equal ones need no joining."""
WHOLE = 0.9
"""Part of the blocks' common box that they must fill: a gallery without its last row's end has so much."""


def merge_blocks(components: Sequence[Box]) -> list[Box]:
    """The common boxes of components of several sizes that only narrow lines of page set apart.

    Of the gaps of a gallery of 49 at half its size, 1 px wide, every third was clear page: its blocks of one
    to six tiles fitted no common lattice, though together they are cut into 49.
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
