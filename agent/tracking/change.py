"""Tells whether the picture in a tile changed enough to be analysed again, or altogether (a cut)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.box import around
from agent.values import Box, Pixels

Thumbnails = NDArray[np.int16]

SIZE = (32, 18)
SAMPLED = (114, 75)
"""Minimum width and height of a tile at which it is sampled more coarsely: fewer pixels would leave more
noise."""
FLAT_LEVELS = 8
MEAN = 1.0
"""Minimum mean difference, in grey levels, of a changed picture; noise of 3 levels a pixel stays under
0.9."""
PEAK = 8
"""The same for the strongest single pixel of the thumbnail: a mouth in a small tile covers one or two of
them."""
CUT = 12.0
"""Minimum mean difference between two frames, in grey levels, of a cut; moving heads stay under 8."""


def thumbnails(pixels: Pixels, boxes: Sequence[Box]) -> Thumbnails:
    """Brightness thumbnails, int16 (N, 18, 32), of the boxes; 0.4 ms for 25, 0.6 ms for 49 tiles at 1080p.

    The green channel stands for brightness. Of large tiles only every second to fourth row and column is
    read, once for all tiles: a copy and a call for each tile take three times as long.
    """
    found: Thumbnails = np.zeros((len(boxes), SIZE[1], SIZE[0]), np.int16)
    inside = [box.clipped(pixels.shape[1], pixels.shape[0]) for box in boxes]
    shown = [(index, box) for index, box in enumerate(inside) if box.area]
    if not shown:
        return found
    whole = around([box for _, box in shown])
    high, wide = min(box.height for _, box in shown), min(box.width for _, box in shown)
    scale = max(min(high // SAMPLED[1], wide // SAMPLED[0]), 1)
    plane = np.ascontiguousarray(whole.of(pixels)[::scale, ::scale, 1])
    if min(high // SAMPLED[1], wide // SAMPLED[0]):
        plane = np.asarray(cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
        scale *= 2
    for index, box in shown:
        rows = _within(box.top - whole.top, box.bottom - whole.top, scale, plane.shape[0])
        columns = _within(box.left - whole.left, box.right - whole.left, scale, plane.shape[1])
        found[index] = cv2.resize(plane[rows, columns], SIZE, interpolation=cv2.INTER_AREA)
    return found


def _within(start: int, end: int, scale: int, size: int) -> slice:
    """The samples that lie wholly inside a tile, at least one: the neighbour's border must not count."""
    first = min(-(-start // scale), size - 1)
    return slice(first, max(min(end // scale, size), first + 1))


def flatness(small: Thumbnails) -> NDArray[np.float64]:
    """The share of each of N thumbnails near its median brightness, 0..1 (N,).

    Cards of cameras that are off have 0.5 or more, most video less than 0.3.
    """
    flat = small.reshape(len(small), SIZE[0] * SIZE[1])
    # Sorting small integers is faster than partitioning them, above all where many are equal.
    middle = np.sort(flat, axis=1)[:, flat.shape[1] // 2]
    return np.asarray((np.abs(flat - middle[:, None]) <= FLAT_LEVELS).mean(axis=1), np.float64)


def changed(now: Thumbnails, reference: Thumbnails) -> NDArray[np.bool_]:
    """Which of N thumbnails differ enough from their references to be analysed again, bool (N,)."""
    if not len(now):
        return np.zeros(0, np.bool_)
    difference = np.abs(now - reference)
    found: NDArray[np.bool_] = (difference.mean(axis=(1, 2)) >= MEAN) | (difference.max(axis=(1, 2)) >= PEAK)
    return found


def cut(now: Thumbnails, before: Thumbnails) -> NDArray[np.bool_]:
    """Which of N thumbnails show another picture than the frame before, bool (N,)."""
    if not len(now):
        return np.zeros(0, np.bool_)
    return np.asarray(np.abs(now - before).mean(axis=(1, 2)) >= CUT)
