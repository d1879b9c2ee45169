"""Rectangles of whole pixels, and pixel arrays; import them from ``agent.values``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle in whole pixels; ``right`` and ``bottom`` are exclusive.

    Raises ValueError when width or height is negative.
    """

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise ValueError(f"a box has no negative size: {self.width}x{self.height}")

    @property
    def right(self) -> int:
        """The first column to the right of the box."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.top + self.height

    @property
    def area(self) -> int:
        """The number of pixels in the box."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The centre as (x, y), in fractions of pixels."""
        return self.left + self.width / 2, self.top + self.height / 2

    def clipped(self, width: int, height: int) -> Box:
        """The part of this box inside a picture of the given size (possibly empty)."""
        left, top = min(max(self.left, 0), width), min(max(self.top, 0), height)
        right, bottom = min(max(self.right, left), width), min(max(self.bottom, top), height)
        return Box(left, top, right - left, bottom - top)

    def shifted(self, right: int, down: int) -> Box:
        """This box moved right and down by so many pixels."""
        return Box(self.left + right, self.top + down, self.width, self.height)

    def intersection(self, other: Box) -> int:
        """The area in pixels that two boxes share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0) * max(high, 0)

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union else 0.0

    def of(self, pixels: NDArray[Scalar]) -> NDArray[Scalar]:
        """The part of a picture or mask (H, W, ...) under this box, as a view; never outside the picture."""
        inside = self.clipped(pixels.shape[1], pixels.shape[0])
        return pixels[inside.top : inside.bottom, inside.left : inside.right]


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that contains all of ``boxes``, which must not be empty."""
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
