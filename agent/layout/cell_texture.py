"""Tells what fills a cell: video from side to side, a picture with a caption, or a drawing."""

from __future__ import annotations

import numpy as np

from agent.layout.page import Mask
from agent.values import Box, Pixels

END = 0.08
"""Height of the examined upper and lower end of a cell, as a share of its height: a line of text and its
margins."""
PAGE, PICTURE = 0.6, 0.2
"""Minimum share of page in the end with the caption, and maximum share of page in the end with the
picture."""
RING = 0.8
"""Minimum share of each side of a drawing's margin that has one colour; titles and frames cover the rest."""
LEVELS = 6
"""Maximum difference in levels within a margin of one colour, also after JPEG compression."""
VIVID = 60
"""Minimum difference in levels between the channels of a speaker's border: pages and bars are grey or nearly
so."""


def lopsided(box: Box, mask: Mask) -> bool:
    """Whether a cell ends in page colour at only its upper or only its lower end: a picture and its caption.

    Video letterboxed in the page's colour has equal shares of it at both ends.
    """
    margin = box.width // 20
    inner = mask[box.top : box.bottom, box.left + margin : box.right - margin]
    if not inner.size:
        return False
    deep = max(round(END * len(inner)), 2)
    ends = float(inner[:deep].mean()), float(inner[-deep:].mean())
    return max(ends) >= PAGE and min(ends) <= PICTURE


def has_margin(tile: Pixels) -> bool:
    """Whether a tile, RGB uint8 (H, W, 3), has a flat margin on all sides, as charts and texts have."""
    height, width = tile.shape[:2]
    near, far = (height // 25, width // 25), (max(height // 11, 2), max(width // 11, 2))
    strips = (
        tile[near[0] : far[0], near[1] : -near[1] or None],
        tile[-far[0] : -near[0] or None, near[1] : -near[1] or None],
        tile[near[0] : -near[0] or None, near[1] : far[1]],
        tile[near[0] : -near[0] or None, -far[1] : -near[1] or None],
    )
    sides = [strip.reshape(-1, 3).astype(np.int16) for strip in strips]
    colour = np.median(np.concatenate(sides), axis=0)
    return all(bool((np.abs(side - colour).max(axis=1) <= LEVELS).mean() >= RING) for side in sides)


def flat_rim(tile: Pixels) -> float:
    """The share of a tile's four sides that is one flat colour: a margin that the tile should not include.

    A speaker's border (one vivid colour on all four sides) gives 0.
    """
    strips = (tile[:, :2], tile[:, -2:], tile[:2], tile[-2:])
    colours = []
    for strip in strips:
        pixels = strip.reshape(-1, 3).astype(np.int16)
        colour = np.median(pixels, axis=0)
        if (np.abs(pixels - colour).max(axis=1) <= 4).mean() >= 0.9:
            colours.append(colour)
    bordered = len(colours) == len(strips) and np.ptp(colours, axis=0).max() <= 4
    return 0.0 if bordered and np.ptp(colours[0]) >= VIVID else len(colours) / len(strips)
