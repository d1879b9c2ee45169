"""Leaves a panel out of a block of tiles that touch it: a chat, or the list of who is there."""

from __future__ import annotations

import numpy as np

from agent.colour_distance import colour_distance
from agent.layout.picture import Picture
from agent.values import Box

NARROWEST, WIDEST = 0.12, 0.4
"""Minimum and maximum width of the panel, as a share of the block's."""
CLEAR = 8.0
"""Minimum strength of the line between the panel and the tiles, all the way down; tiles have 2 to 6."""
TRIED = 6
"""Number of lines that are tried, those with the largest jumps: trying all would take too long."""
PAPER, LEVELS = 0.5, 12
"""Minimum share of a panel that has one colour, and maximum distance from it in levels."""


def without_panel(block: Box, picture: Picture) -> Box | None:
    """``block`` without a panel of one colour at its left or right end; None without such a panel."""
    lines = picture.edges.vertical
    middle, reach = ((WIDEST + side * NARROWEST) * block.width / 2 for side in (1, -1))
    for at in (round(block.right - middle), round(block.left + middle)):
        jumps = lines.near(at, block.top, block.bottom, round(reach))
        if jumps is None:
            continue
        likely = (np.argsort(jumps)[-TRIED:] + at - round(reach)).tolist()
        seen = {place: lines.strength(place, block.top, block.bottom, slack=0) for place in likely}
        end = max(likely, key=lambda place: seen[place])
        if seen[end] < CLEAR:
            continue
        left = Box(block.left, block.top, end - block.left, block.height)
        right = Box(end, block.top, block.right - end, block.height)
        panel, rest = (right, left) if right.width < left.width else (left, right)
        if _is_paper(panel, picture):
            return rest
    return None


def _is_paper(panel: Box, picture: Picture) -> bool:
    pixels = panel.of(picture.pixels)[::2, ::2].astype(np.int16)
    colour = np.median(pixels.reshape(-1, 3), axis=0)
    return bool((colour_distance(pixels, colour) <= LEVELS).mean() >= PAPER)
