"""Whether the picture in a tile changed: enough to look at it again, or altogether (a cut)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

Thumbnails = NDArray[np.int16]

SIZE = (32, 18)
MEAN = 1.0
"""Mean difference in grey levels from which a picture changed; noise of 6 levels a pixel leaves under 0.6."""
PEAK = 8
"""The same for the strongest single place of the thumbnail: a mouth in a small tile is one or two of them."""
CUT = 12.0
"""Mean difference between two frames from which a tile shows another picture: moving heads stay under 8."""


def thumbnails(pixels: Pixels, boxes: Sequence[Box]) -> Thumbnails:
    """Small brightness pictures int16 (N, 18, 32) of the boxes; 35 us a tile of 380x214.

    Green stands for brightness, and of large tiles only every second to fourth row and column is read.
    """
    found: Thumbnails = np.zeros((len(boxes), SIZE[1], SIZE[0]), np.int16)
    for index, box in enumerate(boxes):
        part = box.of(pixels)
        step = max(min(part.shape[0] // 72, part.shape[1] // 128), 1)
        green = np.ascontiguousarray(part[::step, ::step, 1])
        if green.size:
            found[index] = cv2.resize(green, SIZE, interpolation=cv2.INTER_AREA)
    return found


def changed(now: Thumbnails, reference: Thumbnails) -> NDArray[np.bool_]:
    """Which of N thumbnails differ enough from their references to be looked at again, bool (N,)."""
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
