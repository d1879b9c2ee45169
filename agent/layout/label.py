"""Whether a tile carries a name: small bright strokes in a line near a lower corner."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Pixels

BRIGHTER = 40
"""Levels by which a stroke of a label is brighter than what is around it (or darker, on light cards)."""
GLYPHS = 3
"""Least number of strokes on one line that make a name."""


def has_label(tile: Pixels) -> bool:
    """Whether text stands in the lower left of a tile, RGB uint8 (H, W, 3)."""
    height, width = tile.shape[:2]
    if height < 24 or width < 24:
        return False
    part = tile[height - max(height // 4, 18) :, : width * 2 // 3]
    grey = cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY)
    # Strokes are thinner than a fifth of the label's height, which itself is at most an eighth of the tile.
    kernel = np.ones((max(height // 32, 1) * 2 + 3,) * 2, np.uint8)
    return any(
        _line_of_glyphs(cv2.morphologyEx(grey, kind, kernel) >= BRIGHTER, height, width)
        for kind in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT)
    )


def _line_of_glyphs(strokes: NDArray[np.bool_], height: int, width: int) -> bool:
    count, _, stats, _ = cv2.connectedComponentsWithStats(strokes.astype(np.uint8), connectivity=8)
    boxes = stats[1:count]
    # Letters are at least 3 px high to be letters at all, and no label is higher than a seventh of its tile.
    fits = (boxes[:, 3] >= 3) & (boxes[:, 3] <= max(height / 7, 9)) & (boxes[:, 2] <= max(height / 3, 16))
    glyphs = boxes[fits]
    for _, top, _, high, _ in glyphs:
        bottom = glyphs[:, 1] + glyphs[:, 3]
        line = glyphs[(np.abs(bottom - top - high) <= max(1, high // 6)) & (glyphs[:, 3] >= 0.5 * high)]
        lefts = np.sort(line[:, 0])
        if len(lefts) >= GLYPHS and lefts[0] <= 0.2 * width:
            steps = np.diff(lefts)
            if np.count_nonzero(steps <= 2.5 * high) >= GLYPHS - 1:
                return True
    return False
