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

LEAST = 24
"""Pictures with a side under this many pixels are left out: any face found there would be noise."""

FLAT_LEVELS = 8
FLAT_SHARE = 0.8

HALF = SIDE // 2
_WHOLE = Box(0, 0, SIDE, SIDE)
_UPPER_LOWER = (Box(0, 0, SIDE, HALF), Box(0, HALF, SIDE, HALF))
_LEFT_RIGHT = (Box(0, 0, HALF, SIDE), Box(HALF, 0, HALF, SIDE))


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


def stack(pictures: Sequence[Pixels]) -> list[Sheet]:
    """Lay out pictures (H, W, 3) two to a sheet, wide ones above each other and tall ones side by side.

    Each keeps its aspect ratio and is centred in its half. An odd one gets a sheet of its own. Flat pictures
    (see ``is_flat``) and tiny ones (see LEAST) are left out.
    """
    wide: list[int] = []
    tall: list[int] = []
    small: dict[int, Pixels] = {}
    for index, picture in enumerate(pictures):
        if min(picture.shape[:2]) < LEAST:
            continue
        upright = picture.shape[0] > picture.shape[1]
        scaled = fit(picture, HALF, SIDE) if upright else fit(picture, SIDE, HALF)
        if not is_flat(scaled):
            small[index] = scaled
            (tall if upright else wide).append(index)
    sheets: list[Sheet] = []
    for group, halves in ((wide, _UPPER_LOWER), (tall, _LEFT_RIGHT)):
        for first, second in zip(group[::2], group[1::2], strict=False):
            sheet = np.zeros((SIDE, SIDE, 3), np.uint8)
            pair = zip((first, second), halves, strict=True)
            sheets.append(
                Sheet(sheet, tuple(_put(sheet, part, small[i], pictures[i], i) for i, part in pair))
            )
        if len(group) % 2:
            sheets.append(whole(pictures[group[-1]], group[-1]))
    return sheets


def whole(picture: Pixels, index: int) -> Sheet:
    """Lay out one picture (H, W, 3), number ``index``, alone on a sheet and as large as it fits."""
    sheet = np.zeros((SIDE, SIDE, 3), np.uint8)
    return Sheet(sheet, (_put(sheet, _WHOLE, fit(picture, SIDE, SIDE), picture, index),))


def fit(picture: Pixels, width: int, height: int) -> Pixels:
    """Scale a picture (H, W, 3), keeping its aspect ratio, to the largest that fits width x height pixels.

    Halves by averaging while it can and interpolates the rest: 0.04 ms for a 380x214 tile where exact area
    averaging takes 0.28 ms, and it neither rings nor aliases. Halving leaves out an odd last row or column.
    """
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (
        min(max(round(picture.shape[1] * scale), 1), width),
        min(max(round(picture.shape[0] * scale), 1), height),
    )
    while picture.shape[1] >= 2 * size[0] and picture.shape[0] >= 2 * size[1]:
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        even = picture[: half[1] * 2, : half[0] * 2]
        picture = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def is_flat(pixels: Pixels) -> bool:
    """Whether a picture (H, W, 3) is a plain surface, perhaps with initials: camera off, not video.

    True when at least 80 % of a thumbnail lies within 8 levels of its median colour. Measured on real
    galleries: tiles without video reach 0.88 or more, video 0.71 or less.
    """
    thumbnail = fit(pixels, 64, 64)
    colours = thumbnail.reshape(-1, 3)
    middle = np.partition(colours, len(colours) // 2, axis=0)[len(colours) // 2].astype(np.int16)
    low, high = np.maximum(middle - FLAT_LEVELS, 0), np.minimum(middle + FLAT_LEVELS, 255)
    near = cv2.countNonZero(cv2.inRange(thumbnail, low, high))
    return bool(near >= FLAT_SHARE * len(colours))


def _put(sheet: Pixels, part: Box, scaled: Pixels, picture: Pixels, index: int) -> Place:
    """Centre a scaled picture in a part of the sheet."""
    height, width = scaled.shape[:2]
    left = part.left + (part.width - width) // 2
    top = part.top + (part.height - height) // 2
    sheet[top : top + height, left : left + width] = scaled
    return Place(index, left, top, width, height, picture.shape[1], picture.shape[0])
