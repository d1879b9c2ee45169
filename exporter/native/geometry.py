"""Converts between pixels of the source's frame and the screen's logical coordinates. Pure.

There are three units: pixels of the frame; the desktop's units, in which the feed gives the frame's position
(points on macOS, else physical pixels); and Qt's logical pixels, in which windows are placed. Qt keeps each
monitor's origin in the desktop's units and divides only its size by the monitor's scale. In logical
coordinates, monitors of different scales are therefore not adjacent as they are in reality.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Rect:
    """An axis-aligned rectangle of floats, in the units of its context."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x coordinate of the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y coordinate of the lower edge."""
        return self.top + self.height

    @property
    def area(self) -> float:
        """The area in square units."""
        return self.width * self.height

    def intersection(self, other: Rect) -> float:
        """The area of the intersection with another rectangle."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0.0) * max(high, 0.0)

    def grown(self, across: float, down: float) -> Rect:
        """This rectangle, larger by ``across`` at the left and right, by ``down`` at the top and bottom."""
        return Rect(self.left - across, self.top - down, self.width + 2 * across, self.height + 2 * down)

    def shifted(self, right: float, down: float) -> Rect:
        """This rectangle, moved right and down."""
        return Rect(self.left + right, self.top + down, self.width, self.height)

    def towards(self, other: Rect, share: float) -> Rect:
        """Linear interpolation between this rectangle (``share`` 0) and another one (1)."""
        return Rect(
            self.left + (other.left - self.left) * share,
            self.top + (other.top - self.top) * share,
            self.width + (other.width - self.width) * share,
            self.height + (other.height - self.height) * share,
        )

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.left <= x < self.right and self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor: ``logical`` is Qt's rectangle, ``scale`` the desktop's units per logical pixel.

    The scale is 1 on macOS, where both are points, and the device pixel ratio elsewhere.
    """

    logical: Rect
    scale: float = 1.0

    @property
    def native(self) -> Rect:
        """The monitor's rectangle in the desktop's units."""
        here = self.logical
        return Rect(here.left, here.top, here.width * self.scale, here.height * self.scale)


@dataclass(frozen=True, slots=True)
class FrameMap:
    """Maps a frame to the desktop: logical = origin + pixel * (x, y)."""

    left: float
    top: float
    x: float
    y: float
    width: int
    height: int

    @classmethod
    def of(cls, frame: tuple[int, int], place: Rect, monitors: Sequence[Monitor]) -> Self | None:
        """The map for a frame of this size (pixels) at ``place`` (the desktop's units).

        None if the frame is empty or outside all monitors.
        """
        monitor = monitor_of(place, monitors)
        if monitor is None or min(frame) <= 0 or place.area <= 0:
            return None
        native, scale = monitor.native, monitor.scale
        return cls(
            monitor.logical.left + (place.left - native.left) / scale,
            monitor.logical.top + (place.top - native.top) / scale,
            place.width / scale / frame[0],
            place.height / scale / frame[1],
            *frame,
        )

    @property
    def window(self) -> Rect:
        """The whole frame in logical coordinates, which is the overlay window's place."""
        return Rect(self.left, self.top, self.width * self.x, self.height * self.y)

    def to_window(self, box: Sequence[int]) -> Rect:
        """A box [left, top, width, height] of the frame in logical coordinates of the overlay's window."""
        left, top, width, height = box
        return Rect(left * self.x, top * self.y, width * self.x, height * self.y)

    def to_frame(self, rect: Rect) -> tuple[int, int, int, int] | None:
        """The frame's box [left, top, width, height] that a window's rectangle touches; None if outside."""
        left, right = (min(max(edge / self.x, 0.0), self.width) for edge in (rect.left, rect.right))
        top, bottom = (min(max(edge / self.y, 0.0), self.height) for edge in (rect.top, rect.bottom))
        first, start = math.floor(left), math.floor(top)
        width, height = math.ceil(right) - first, math.ceil(bottom) - start
        return (first, start, width, height) if width > 0 and height > 0 else None


def monitor_of(place: Rect, monitors: Sequence[Monitor]) -> Monitor | None:
    """The monitor with the largest part of ``place`` (the desktop's units); None if outside all monitors."""
    best = max(monitors, key=lambda monitor: monitor.native.intersection(place), default=None)
    return best if best is not None and best.native.intersection(place) > 0 else None
