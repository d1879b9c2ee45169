"""Whether a tile carries a name: small bright strokes in a line near a lower corner."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Pixels

BRIGHTER = 40
"""Levels by which a stroke of a label is brighter than what is around it (or darker, on light cards)."""
CLEARLY = 90
"""The same where the plate of a name has merged with the bright video around it."""
GLYPHS = 3
"""Least number of strokes on one line that make a name."""
DIP = 16
"""Levels by which it is darker between two letters that blur has joined."""
WAYS = (
    (cv2.MORPH_TOPHAT, 32, BRIGHTER),
    (cv2.MORPH_BLACKHAT, 32, BRIGHTER),
    (cv2.MORPH_TOPHAT, 32, CLEARLY),
    (cv2.MORPH_TOPHAT, 64, BRIGHTER),
)
"""How strokes are looked for: bright or dark ones, up to this part of the tile's height thick (twice, and 3
pixels), and how bright. The last two, and letters told apart by DIP, make it 249 of 250 names on real tiles
at 0.48 to 1.6 times their size; the first two alone see 132. Of 500 real tiles without a name they take 72
for named, 48 without them."""


NAMES_SHOWN = 0.6
"""Part of the tiles with a name from which a meeting shows names: a hand or a bright wall hides some."""
NAMELESS = 0.3
"""Part of the tiles below which those few names are text in a picture."""


def names_shown(share: float) -> bool:
    """Whether so large a part of the tiles has a name that the meeting shows names."""
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
    """Left, lower end and height of each letter in the strokes ``hat`` of a tile of this height."""
    strokes = (hat >= level).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    # Letters are at least 3 px high to be letters at all, and no label is higher than a seventh of its tile.
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
    """Where the letters of a word are that blur has joined, in pixels from its left."""
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
    """Whether some of the glyphs stand side by side on one line that begins at the left."""
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
