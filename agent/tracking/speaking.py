"""Tells who speaks, by the frame of one colour around a tile that the other tiles do not have."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import colour_distance, highest_channel
from agent.values import Box, Pixels

DEPTHS = np.arange(-6, 13)
"""Pixels from a tile's edge inwards at which its frame is searched, including what lies on both sides of the
frame."""
FIRST, LAST = 3, 12
"""Indices of the depths -3 and 6, between which a frame is accepted."""
POINTS = 7
"""Number of points along each side, away from rounded corners, label and icons."""
UNIFORM = 0.9
NEAR = 20
CONTRAST = 28
COLOURFUL, BRIGHT = 36, 180
SPARSE = 3
"""Step between the points that are compared first; of all 28 points it takes some on each side."""
ROUGHLY = 8
"""Tolerance in levels for the first comparison, because a few points tell less than all."""


def speakers(pixels: Pixels, boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Which boxes have a speaker's frame, bool (N,): 1 to 9 px wide, at, inside or just outside the edge.

    No colour is known beforehand. The frame has one colour all around, stands out from what is inside it, is
    colourful or bright, and few tiles have it. Takes 0.4 ms for 25 tiles, 0.7 ms for 48.
    """
    worn = np.zeros(len(boxes), np.bool_)
    if not boxes:
        return worn
    points, few = _ring_points(tuple(boxes), pixels.shape[1], pixels.shape[0])
    possible, usual = _possible(_colours(pixels, few))
    if not possible.any():
        return worn
    colours = _colours(pixels, points[:, possible])
    frames, tops = _frames(colours, usual)
    worn[np.flatnonzero(possible)[frames]] = _few(tops[frames], len(boxes))
    return worn


def _possible(colours: NDArray[np.int16]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which tiles may have a frame by a few points (N, depths, few, 3), and the usual colour at each depth.

    The depths are the outermost one and those from FIRST to LAST. Comparing all points of all tiles takes
    three times as long.
    """
    middle, near = _middle(colours)
    # The colour of most tiles at this depth is the page's or that of the program's own thin frame.
    usual = (
        np.median(middle, axis=0)
        if len(middle) > 2
        else middle[:, 0].mean(axis=0)[None].repeat(middle.shape[1], 0)
    )
    strange = colour_distance(middle, usual) >= CONTRAST - ROUGHLY
    found = strange & (near.mean(axis=2) >= UNIFORM - 0.25) & _vivid(middle, ROUGHLY)
    return found[:, 1:].any(axis=1), usual[1:]


def _frames(
    colours: NDArray[np.int16], usual: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.int16]]:
    """Which of N tiles have a frame, and its colour (N, 3), by all points (N, depths, points, 3)."""
    middle, near = _middle(colours)
    depths = np.arange(FIRST, LAST + 1)
    ring, colour = colours[:, depths], middle[:, depths]
    inside = colours[:, np.minimum(depths + 6, len(DEPTHS) - 1)]
    stands_out = (colour_distance(ring, inside) >= CONTRAST).mean(axis=2) >= 0.75
    strange = (colour_distance(colour, usual) >= CONTRAST) & (
        colour_distance(colour, middle[:, :1]) >= CONTRAST
    )
    uniform = near.mean(axis=2) >= UNIFORM
    # A line of one pixel is an outline; a frame has the same colour one pixel further in or out.
    alike = colour_distance(middle[:, 1:], middle[:, :-1]) <= NEAR
    both = (alike[:, depths - 1] & uniform[:, depths - 1]) | (alike[:, depths] & uniform[:, depths + 1])
    hits = uniform[:, depths] & stands_out & strange & _vivid(colour) & both
    return hits.any(axis=1), colour[np.arange(len(colour)), hits.argmax(axis=1)]


def _middle(colours: NDArray[np.int16]) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """The median colour of each ring (N, depths, 3), and which of its points (N, depths, points) have it."""
    # Sorting integers takes half the time of NumPy's median.
    middle = np.sort(colours.transpose(0, 1, 3, 2), axis=3)[..., colours.shape[2] // 2]
    return middle, colour_distance(colours, middle[:, :, None]) <= NEAR


def _vivid(colours: NDArray[np.int16], slack: int = 0) -> NDArray[np.bool_]:
    """Which of the colours (..., 3) are colourful or bright."""
    least, most = -highest_channel(-colours), highest_channel(colours)
    return np.asarray((most - least >= COLOURFUL - slack) | (least >= BRIGHT - slack))


def _few(colours: NDArray[np.int16], tiles: int) -> NDArray[np.bool_]:
    """Which of M frame colours (M, 3) few tiles have; a colour of many is how the program draws tiles."""
    alike = colour_distance(colours[:, None], colours[None]) <= NEAR
    return np.asarray(alike.sum(axis=1) <= max(tiles / 3, 1))


def _colours(pixels: Pixels, points: NDArray[np.intp]) -> NDArray[np.int16]:
    return np.asarray(pixels[points[0], points[1]], np.int16)


@lru_cache(maxsize=2)
def _ring_points(
    boxes: tuple[Box, ...], width: int, height: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns (2, N, depths, 4 * POINTS) at every depth along the four sides, and a few of them.

    They are cached while the tiles stay where they are.
    """
    edges = np.array([(box.left, box.top, box.width, box.height) for box in boxes], np.float64)
    left, top, wide, high = (edges[:, index, None, None] for index in range(4))
    along = np.linspace(0.14, 0.86, POINTS)[None, None]
    depth = DEPTHS[None, :, None]
    across_x, across_y = left + along * wide + 0 * depth, top + along * high + 0 * depth
    xs = np.concatenate(
        [across_x, across_x, left + depth + 0 * along, left + wide - 1 - depth + 0 * along], 2
    )
    ys = np.concatenate([top + depth + 0 * along, top + high - 1 - depth + 0 * along, across_y, across_y], 2)
    points = np.stack([np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)]).astype(np.intp)
    few = np.concatenate([points[:, :, :1], points[:, :, FIRST : LAST + 1]], 2)[..., ::SPARSE].copy()
    for kept in (points, few):
        kept.setflags(write=False)
    return points, few
