"""Measures how far a gallery's window was moved between two frames, in a thirtieth of a search's time.

The middle of the gallery in the earlier frame is searched in the later one, first coarsely and then to the
pixel.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.box import around
from agent.values import Box, Layout, Pixels

COARSE = 480
"""Width in pixels to which frames are reduced for the coarse search."""
MIDDLE = 0.6
"""Share of the gallery's width and height that is searched: less is faster, more is more reliable."""
LARGEST = 360
"""Maximum side in pixels of the part compared to the pixel: more is no more reliable and costs more."""
ALIKE, EXACT = 0.6, 0.7
"""Minimum correlation of the same picture a moment later, reduced and at full size: 0.97 or more with nothing
over it, 0.65 with a dialog on a tenth of it. The edges of the tiles must agree as well."""
FLAT = 6.0
"""Minimum standard deviation in levels; a flatter picture correlates anywhere."""


def shift_of(before: Pixels, after: Pixels, layout: Layout) -> tuple[int, int] | None:
    """The shift in pixels (right, down) of the gallery from ``before`` to ``after``.

    Both are RGB uint8 (H, W, 3) of the layout's size. None where the whole gallery is not found, or did not
    move. Takes 5 to 8 ms at 1080p.
    """
    gallery = around([slot.box for slot in layout.slots])
    part = _middle(gallery, MIDDLE)
    step = max(round(layout.width / COARSE), 1)
    rough = _search(_smaller(part.of(before), step), _smaller(after, step))
    if rough is None or rough[2] < ALIKE:
        return None
    right, down = rough[0] * step - part.left, rough[1] * step - part.top
    fine = _middle(part, min(LARGEST / max(part.width, part.height), 1.0))
    reach = step + 2
    there = Box(
        fine.left + right - reach, fine.top + down - reach, fine.width + 2 * reach, fine.height + 2 * reach
    ).clipped(layout.width, layout.height)
    if there.width < fine.width or there.height < fine.height:
        return None
    exact = _search(_green(fine.of(before)), _green(there.of(after)))
    if exact is None or exact[2] < EXACT:
        return None
    shift = there.left + exact[0] - fine.left, there.top + exact[1] - fine.top
    whole = gallery.shifted(*shift).clipped(layout.width, layout.height).area == gallery.area
    return shift if whole and shift != (0, 0) else None


def shifted(layout: Layout, shift: tuple[int, int]) -> Layout:
    """The layout moved by ``shift`` pixels (right, down)."""
    slots = tuple(
        replace(slot, box=slot.box.shifted(*shift), video=slot.video.shifted(*shift)) for slot in layout.slots
    )
    return replace(layout, slots=slots)


def _middle(box: Box, share: float) -> Box:
    width, height = max(round(box.width * share), 1), max(round(box.height * share), 1)
    return Box(box.left + (box.width - width) // 2, box.top + (box.height - height) // 2, width, height)


def _green(pixels: Pixels) -> NDArray[np.uint8]:
    return np.ascontiguousarray(pixels[..., 1])


def _smaller(pixels: Pixels, step: int) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    size = max(width // step, 1), max(height // step, 1)
    return _green(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))


def _search(part: NDArray[np.uint8], whole: NDArray[np.uint8]) -> tuple[int, int, float] | None:
    """Column, row and correlation of the place where ``whole`` is most like ``part``; None if it has none."""
    if part.shape[0] > whole.shape[0] or part.shape[1] > whole.shape[1] or part.std() < FLAT:
        return None
    found = cv2.matchTemplate(whole, part, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(found)
    return x, y, best
