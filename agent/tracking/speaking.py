"""Who speaks: the tile with a frame of one colour around it that the other tiles do not have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

DEPTHS = np.arange(-6, 13)
"""Pixels from a tile's edge inwards at which its frame is looked for, with what lies on both sides of it."""
NEAREST, DEEPEST = -3, 6
POINTS = 7
"""Places looked at along each side, away from rounded corners, label and icons."""
UNIFORM = 0.9
NEAR = 20
CONTRAST = 28
COLOURFUL = 36


def speakers(pixels: Pixels, boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Which boxes have a speaker's frame, bool (N,): 1 to 9 px wide, at, in or just outside the edge.

    No colour is known beforehand: the frame has one colour all around, stands out from what is inside it,
    is colourful or bright, and is worn by few. 1.4 ms for 25 tiles, 2.3 ms for 48.
    """
    if not boxes:
        return np.zeros(0, np.bool_)
    colours = _rings(pixels, boxes)
    # Sorting whole numbers takes half the time of numpy's median.
    middle = np.sort(colours.transpose(0, 1, 3, 2), axis=3)[..., 2 * POINTS]
    near = np.abs(colours - middle[:, :, None]).max(axis=3) <= NEAR
    uniform = near.mean(axis=2) >= UNIFORM
    worn = np.zeros(len(boxes), np.bool_)
    tops = np.zeros((len(boxes), 3))
    # What most tiles have at this depth is the page or the program's own thin frame.
    usual = (
        np.median(middle, axis=0)
        if len(boxes) > 2
        else middle[:, 0].mean(axis=0)[None].repeat(len(DEPTHS), 0)
    )
    for depth in range(NEAREST - int(DEPTHS[0]), DEEPEST - int(DEPTHS[0]) + 1):
        ring = colours[:, depth]
        inside = colours[:, min(depth + 6, len(DEPTHS) - 1)]
        stands_out = (np.abs(ring - inside).max(axis=2) >= CONTRAST).mean(axis=1) >= 0.75
        colour = middle[:, depth]
        strange = np.abs(colour - usual[depth]).max(axis=1) >= CONTRAST
        strange &= np.abs(colour - middle[:, 0]).max(axis=1) >= CONTRAST
        vivid = (colour.max(axis=1) - colour.min(axis=1) >= COLOURFUL) | (colour.min(axis=1) >= 180)
        # One pixel of a colour is an outline; a frame has the same colour one pixel further in or out.
        both = _continued(middle, uniform, depth)
        hit = uniform[:, depth] & stands_out & strange & vivid & both & ~worn
        tops[hit] = colour[hit]
        worn |= hit
    return _few(worn, tops)


def _continued(middle: NDArray[np.int16], uniform: NDArray[np.bool_], depth: int) -> NDArray[np.bool_]:
    found = np.zeros(len(middle), np.bool_)
    for other in (depth - 1, depth + 1):
        same = np.abs(middle[:, other] - middle[:, depth]).max(axis=1) <= NEAR
        found |= same & uniform[:, other]
    return found


def _few(worn: NDArray[np.bool_], colours: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Leave out a colour that more than a third of the tiles wear: that is how this program draws tiles."""
    kept = worn.copy()
    for index in np.flatnonzero(worn):
        alike = worn & (np.abs(colours - colours[index]).max(axis=1) <= NEAR)
        kept[index] = alike.sum() <= max(len(worn) / 3, 1)
    return kept


def _rings(pixels: Pixels, boxes: Sequence[Box]) -> NDArray[np.int16]:
    """Colours (N, depths, 4 * POINTS, 3) at every depth along the four sides."""
    edges = np.array([(box.left, box.top, box.width, box.height) for box in boxes], np.float64)
    left, top, width, height = (edges[:, index, None, None] for index in range(4))
    along = np.linspace(0.14, 0.86, POINTS)[None, None]
    depth = DEPTHS[None, :, None]
    across_x, across_y = left + along * width + 0 * depth, top + along * height + 0 * depth
    xs = np.concatenate(
        [across_x, across_x, left + depth + 0 * along, left + width - 1 - depth + 0 * along], 2
    )
    ys = np.concatenate(
        [top + depth + 0 * along, top + height - 1 - depth + 0 * along, across_y, across_y], 2
    )
    xs = np.clip(xs.astype(np.intp), 0, pixels.shape[1] - 1)
    ys = np.clip(ys.astype(np.intp), 0, pixels.shape[0] - 1)
    return np.asarray(pixels[ys, xs], np.int16)
