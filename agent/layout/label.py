"""Tells whether a tile carries a name: small strokes in a line near the lower left corner."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Pixels

BRIGHTER = 40
"""Minimum levels by which a stroke of a label is brighter than its surroundings (or darker, on light
cards)."""
CLEARLY = 90
"""The same where the background of a name has merged with the bright video around it."""
GLYPHS = 3
"""Minimum number of strokes on one line that make a name."""
DIP = 16
"""Minimum levels by which a word is darker between two letters that blur has joined."""
WAYS = (
    (cv2.MORPH_TOPHAT, 32, BRIGHTER),
    (cv2.MORPH_BLACKHAT, 32, BRIGHTER),
    (cv2.MORPH_TOPHAT, 32, CLEARLY),
    (cv2.MORPH_TOPHAT, 64, BRIGHTER),
)
"""How strokes are searched for: the operation for bright or dark strokes, the divisor of the tile's height
that gives the thickness, and the minimum level. The kernel is twice that thickness plus 3 pixels. With the
last two ways and with letters separated by DIP, 249 of 250 names are seen on real tiles at 0.48 to 1.6 times
their size; the first two ways alone see 132. Of 500 real tiles without a name 72 count as named, 48 without
these additions."""


NAMES_SHOWN = 0.6
"""Minimum share of tiles with a name at which a meeting shows names: a hand or a bright wall hides some."""
NAMELESS = 0.3
"""Share of tiles with a name below which those few names are text in a picture."""


def names_shown(share: float) -> bool:
    """Whether this share of tiles with a name means that the meeting shows names."""
    return share >= NAMES_SHOWN


def has_label(tile: Pixels) -> bool:
    """Whether text stands in the lower left of a tile, RGB uint8 (H, W, 3)."""
    height, width = tile.shape[:2]
    if height < 24 or width < 24:
        return False
    part = tile[height - max(height // 4, 18) :, : width * 2 // 3]
    grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
    for kind, thick, level in WAYS:
        kernel = np.ones((max(height // thick, 1) * 2 + 3,) * 2, np.uint8)
        hat = np.asarray(cv2.morphologyEx(grey, kind, kernel), np.uint8)
        if _line_of_glyphs(list(_glyphs(hat, level, height)), width):
            return True
    return False


def _glyphs(hat: NDArray[np.uint8], level: int, height: int) -> Iterator[tuple[int, int, int]]:
    """Left, lower end and height of each letter in the strokes ``hat``; ``height`` is the tile's."""
    strokes = (hat >= level).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    # Letters are at least 3 px high, and no label is higher than a seventh of its tile.
    for left, top, wide, high, _ in stats[1:count].tolist():
        if not 3 <= high <= max(height / 7, 9):
            continue
        if wide >= 2 * high and high <= max(height / 12, 7):
            yield from (
                (left + x, top + high, high) for x in _letters(hat[top : top + high, left:][:, :wide])
            )
        elif wide <= max(height / 3, 16):
            yield left, top + high, high


def _letters(word: NDArray[np.uint8]) -> list[int]:
    """The positions, in pixels from the left, of a word's letters that blur has joined."""
    found: list[int] = []
    lowest, highest, at = 0.0, -1.0, -1
    for x, value in enumerate([*word.mean(axis=0).tolist(), 0.0]):
        if at < 0:
            lowest = min(lowest, value)
            if value >= lowest + DIP:
                highest, at = value, x
        elif value > highest:
            highest, at = value, x
        elif value <= highest - DIP:
            found.append(at)
            lowest, at = value, -1
    return found


def _line_of_glyphs(glyphs: list[tuple[int, int, int]], width: int) -> bool:
    """Whether enough glyphs stand side by side on one line that begins at the left."""
    if len(glyphs) < GLYPHS:
        return False
    lefts, bottoms, heights = np.array(glyphs).T
    for _, bottom, high in set(glyphs):
        on_line = (np.abs(bottoms - bottom) <= max(1, high // 6)) & (heights >= 0.5 * high)
        line = np.sort(lefts[on_line])
        close = np.count_nonzero(np.diff(line) <= 2.5 * high)
        if close >= GLYPHS - 1 and line[0] <= 0.2 * width:
            return True
    return False
