"""Tells whether a tile carries a name: small strokes in a line at its lower edge, at the left or centred."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
NEAR = 2.5
"""Maximum distance between the left ends of two letters of a name, in heights of a letter."""
ASIDE, LETTER = 0.06, 0.6
"""Maximum distance of a centred name from the middle of its tile, as a share of the tile's width, and the
width of its last letter in heights of a letter."""
LOW = 3
"""Maximum distance of a centred name from its tile's lower end, in heights of a letter."""
GROUND = 128
"""Maximum median level of the background of a centred name."""
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

Glyph = tuple[int, int, int]
"""Left, lower end and height of a letter in pixels."""
NAMES_SHOWN = 0.6
"""Minimum share of tiles with a name at which a meeting shows names: a hand or a bright wall hides some."""
NAMELESS = 0.3
"""Share of tiles with a name below which those few names are text in a picture."""


def names_shown(share: float) -> bool:
    """Whether this share of tiles with a name means that the meeting shows names."""
    return share >= NAMES_SHOWN


def has_label(tile: Pixels) -> bool:
    """Whether a tile, RGB uint8 (H, W, 3), has text at its lower edge: left, or bright in the middle."""
    height, width = tile.shape[:2]
    if height < 24 or width < 24:
        return False
    grey = np.asarray(cv2.cvtColor(tile[height - max(height // 4, 18) :], cv2.COLOR_RGB2GRAY), np.uint8)
    at_left = np.ascontiguousarray(grey[:, : width * 2 // 3])
    if any(_at_left(glyphs, width) for glyphs in _written(at_left, WAYS, height)):
        return True
    # Dark writing in the middle is what cards with portraits have.
    bright = [way for way in WAYS if way[0] == cv2.MORPH_TOPHAT]
    return any(_centred(glyphs, grey, height) for glyphs in _written(grey, bright, height))


def _written(
    grey: NDArray[np.uint8], ways: Sequence[tuple[int, int, int]], height: int
) -> Iterator[list[Glyph]]:
    """The possible letters in part, uint8 (H, W), of a tile that is ``height`` pixels high, for each way."""
    for kind, thick, level in ways:
        kernel = np.ones((max(height // thick, 1) * 2 + 3,) * 2, np.uint8)
        yield list(_glyphs(np.asarray(cv2.morphologyEx(grey, kind, kernel), np.uint8), level, height))


def _glyphs(hat: NDArray[np.uint8], level: int, height: int) -> Iterator[Glyph]:
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


def _at_left(glyphs: list[Glyph], width: int) -> bool:
    """Whether enough glyphs stand side by side on one line that begins at the left."""
    for line, _, high in _lines(glyphs):
        close = np.count_nonzero(np.diff(line) <= NEAR * high)
        if close >= GLYPHS - 1 and line[0] <= 0.2 * width:
            return True
    return False


def _centred(glyphs: list[Glyph], grey: NDArray[np.uint8], height: int) -> bool:
    """Whether more glyphs than at the left stand on one line, side by side, in the middle of a dark ground.

    ``grey`` is the lower part of a tile that is ``height`` pixels high.
    """
    width = grey.shape[1]
    small = [one for one in glyphs if one[2] <= max(height / 25, 9)]
    for line, bottom, high in _lines(small):
        middle = (line[0] + line[-1] + LETTER * high) / 2
        alone = len(line) > GLYPHS and bool((np.diff(line) <= NEAR * high).all())
        low = grey.shape[0] - bottom <= LOW * high
        if alone and low and line[0] > 0.1 * width and abs(middle - width / 2) <= ASIDE * width:
            ground = np.median(grey[max(bottom - high, 0) : bottom, line[0] : line[-1]])
            if ground <= GROUND:
                return True
    return False


def _lines(glyphs: list[Glyph]) -> Iterator[tuple[NDArray[np.int64], int, int]]:
    """The left ends, ascending, of the glyphs that share the line of one; that one's lower end and height."""
    if len(glyphs) < GLYPHS:
        return
    lefts, bottoms, heights = np.array(glyphs).T
    for _, bottom, high in set(glyphs):
        on_line = (np.abs(bottoms - bottom) <= max(1, high // 6)) & (heights >= 0.5 * high)
        yield np.sort(lefts[on_line]), bottom, high
