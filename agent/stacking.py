"""Pictures laid out for the face detector: two tiles share one 128x128 input.

The detector always computes a full 128x128 input, so a 16:9 tile sent alone leaves almost half of it black.
Two tiles in one input halve the calls. Everything here is a pure function of pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

SIDE = 128
"""Width and height in pixels of a sheet: the input size of the short-range model."""

FLAT_LEVELS = 8
FLAT_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Place:
    """Where picture number ``index`` lies on its sheet (sheet pixels), and the size it was scaled from."""

    index: int
    left: int
    top: int
    width: int
    height: int
    source_width: int
    source_height: int

    def holds(self, x: float, y: float) -> bool:
        """Whether a point of the sheet lies on this picture."""
        return self.left <= x < self.left + self.width and self.top <= y < self.top + self.height

    def to_picture(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map points (N, 2) of the sheet to pixels of the picture it was scaled from."""
        scale = np.array((self.source_width / self.width, self.source_height / self.height), np.float32)
        return ((points - np.array((self.left, self.top), np.float32)) * scale).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One detector input, RGB uint8 (SIDE, SIDE, 3), and the one or two pictures on it."""

    pixels: Pixels
    places: tuple[Place, ...]


def stack(pictures: Sequence[Pixels], indices: Sequence[int] | None = None) -> list[Sheet]:
    """Lay out pictures (H, W, 3) two to a sheet, wide ones above each other and tall ones side by side.

    Each keeps its aspect ratio and is centred in its half. An odd one gets a sheet of its own. ``indices``
    (default: all) says which of ``pictures`` to lay out.
    """
    chosen = range(len(pictures)) if indices is None else indices
    tall = [i for i in chosen if pictures[i].shape[0] > pictures[i].shape[1]]
    wide = [i for i in chosen if pictures[i].shape[0] <= pictures[i].shape[1]]
    sheets: list[Sheet] = []
    for group, upright in ((wide, False), (tall, True)):
        for start in range(0, len(group), 2):
            pair = group[start : start + 2]
            sheets.append(whole(pictures, pair[0]) if len(pair) == 1 else _pair(pictures, pair, upright))
    return sheets


def whole(pictures: Sequence[Pixels], index: int) -> Sheet:
    """Lay out one picture alone on a sheet, as large as it fits."""
    sheet = np.zeros((SIDE, SIDE, 3), np.uint8)
    return Sheet(sheet, (_put(sheet, pictures[index], index, Box(0, 0, SIDE, SIDE)),))


def is_flat(pixels: Pixels) -> bool:
    """Whether a picture (H, W, 3) is a plain surface, perhaps with initials: camera off, not video.

    True when at least 80 % of a thumbnail lies within 8 levels of its median colour. Measured on real
    galleries: tiles without video reach 0.88 or more, video 0.71 or less.
    """
    thumbnail = cv2.resize(pixels, (64, 36), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.int16)
    away = np.abs(thumbnail - np.median(thumbnail, axis=0)).max(axis=1)
    return bool(np.mean(away <= FLAT_LEVELS) >= FLAT_SHARE)


def _pair(pictures: Sequence[Pixels], pair: Sequence[int], upright: bool) -> Sheet:
    sheet = np.zeros((SIDE, SIDE, 3), np.uint8)
    half = SIDE // 2
    if upright:
        halves = (Box(0, 0, half, SIDE), Box(half, 0, half, SIDE))
    else:
        halves = (Box(0, 0, SIDE, half), Box(0, half, SIDE, half))
    places = (_put(sheet, pictures[i], i, part) for i, part in zip(pair, halves, strict=True))
    return Sheet(sheet, tuple(places))


def _put(sheet: Pixels, picture: Pixels, index: int, part: Box) -> Place:
    """Scale a picture into a part of the sheet and centre it there."""
    source_height, source_width = picture.shape[:2]
    scale = min(part.width / source_width, part.height / source_height)
    width = min(max(round(source_width * scale), 1), part.width)
    height = min(max(round(source_height * scale), 1), part.height)
    left = part.left + (part.width - width) // 2
    top = part.top + (part.height - height) // 2
    # Area averaging neither rings nor aliases; enlarging with it would only repeat pixels.
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    sheet[top : top + height, left : left + width] = cv2.resize(
        picture, (width, height), interpolation=method
    )
    return Place(index, left, top, width, height, source_width, source_height)
