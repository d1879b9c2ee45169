"""Finds pages of which only lines are left: gaps of a pixel or two in a gallery that was scaled down."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.layout.page import Mask, coarse_mask, page_colours
from agent.values import Pixels

WIDEST = 9
"""Size in pixels of the filter that finds lines: a line is narrower."""
DEPTH = 4
"""Minimum levels by which a line is darker, or lighter, than the picture at both of its sides."""
STEP = 4
"""Every so many-th row, or column, is looked at: a line is the same along its whole length."""
SECTION = 6
"""A line is at least this part of the picture's shorter side long: a tile of a page of 49."""
SEEN = 0.8
"""Minimum share of such a section that is darker, or lighter, than both sides; dark tiles hide the rest."""
ACROSS = 0.5
"""Minimum share of the picture's width and height that lines in one row and in one column of pixels cover."""
NEAR = 40
"""Maximum levels between the darkest lines and the colour of the page around the tiles."""


def hairline_pages(pixels: Pixels) -> Iterator[Mask]:
    """Masks, bool (H, W), of pages that show as narrow dark or light lines in a picture, RGB uint8 (H, W, 3).

    Scaling mixes such a line with the tiles beside it, so that it has no colour of its own. The flat colour
    of the page around all tiles is part of the mask where it is known.
    """
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    for filtering, lightest in ((cv2.MORPH_BLACKHAT, False), (cv2.MORPH_TOPHAT, True)):
        upright = _lines(grey, filtering)
        if upright.mean(axis=0).max() < ACROSS:
            continue
        level = _lines(np.ascontiguousarray(grey.T), filtering).T
        if level.mean(axis=1).max() < ACROSS:
            continue
        found = np.asarray(upright | level)
        colour = _margin(pixels, grey[found], lightest)
        yield found | coarse_mask(pixels, colour) if colour else found


def _lines(grey: NDArray[np.uint8], filtering: int) -> Mask:
    """The upright lines of a picture, bool (H, W), that ``filtering`` finds in every STEP-th row of it."""
    rows = np.ascontiguousarray(grey[::STEP])
    length = max(min(grey.shape) // (SECTION * STEP), 5)
    seen = cv2.morphologyEx(rows, filtering, np.ones((1, WIDEST), np.uint8)) >= DEPTH
    found = _along(_share(seen, length) >= SEEN, length // 2)
    return np.repeat(found, STEP, axis=0)[: len(grey)]


def _along(lines: Mask, length: int) -> Mask:
    """Upright ``lines`` that are longer than ``length``, lengthened by as much at both ends.

    The ends of a line, and its crossing with another one, are lost in the average along it.
    """
    kept = _share(_share(lines, length) == 1, 3 * length) > 0
    return np.asarray(kept)


def _share(found: Mask, length: int) -> NDArray[np.float32]:
    """The share of ``found``, 0..1, in a section of a column around each pixel, float32 (H, W)."""
    share = cv2.blur(found.astype(np.float32), (1, length), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(share, np.float32).round(3)


def _margin(pixels: Pixels, lines: NDArray[np.uint8], lightest: bool) -> tuple[int, int, int] | None:
    """The darkest, or lightest, flat colour of a picture near the grey levels of its lines; None without."""
    level = float(np.quantile(lines, 0.9 if lightest else 0.1))
    half = np.ascontiguousarray(pixels[::2, ::2])
    near = [colour for colour in page_colours(half, levels=2) if abs(sum(colour) / 3 - level) <= NEAR]
    return (max if lightest else min)(near, key=sum, default=None)
