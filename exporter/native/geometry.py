"""From pixels of the source's frame to the screen's logical coordinates and back. Pure.

Three units meet here: pixels of the frame; the desktop's own units, in which the feed says where the frame
lies (points on macOS, else physical pixels); and Qt's logical pixels, in which windows are placed. Qt keeps
each monitor's origin in the desktop's units and divides only its size by the monitor's scale, so in logical
coordinates monitors of different scales do not lie beside each other as they do on the desk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Rect:
    """An axis-aligned rectangle with fractions; which units it is in is said where it is used."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.top + self.height

    @property
    def area(self) -> float:
        """Its area, in squares of its unit."""
        return self.width * self.height

    def intersection(self, other: Rect) -> float:
        """The area that two rectangles share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0.0) * max(high, 0.0)

    def grown(self, across: float, down: float) -> Rect:
        """Larger by ``across`` on the left and right each, and by ``down`` above and below."""
        return Rect(self.left - across, self.top - down, self.width + 2 * across, self.height + 2 * down)

    def shifted(self, right: float, down: float) -> Rect:
        """This rectangle so much further right and down."""
        return Rect(self.left + right, self.top + down, self.width, self.height)

    def towards(self, other: Rect, share: float) -> Rect:
        """Between this rectangle (0) and another one (1)."""
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
    """A monitor: ``logical`` is its rectangle as Qt has it, ``scale`` the desktop's units in a logical pixel.

    The scale is 1 on macOS, where both are points, and the device pixel ratio elsewhere.
    """

    logical: Rect
    scale: float = 1.0

    @property
    def native(self) -> Rect:
        """Its rectangle in the desktop's units."""
        here = self.logical
        return Rect(here.left, here.top, here.width * self.scale, here.height * self.scale)


@dataclass(frozen=True, slots=True)
class FrameMap:
    """Lays a frame over the desktop: logical = origin + pixel * (x, y)."""

    left: float
    top: float
    x: float
    y: float
    width: int
    height: int

    @classmethod
    def of(cls, frame: tuple[int, int], place: Rect, monitors: Sequence[Monitor]) -> Self | None:
        """The map for a frame of this size (pixels) that lies at ``place`` (the desktop's units).

        None when the frame is empty or its place is on none of the monitors.
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
        """The whole frame in logical coordinates: where the overlay's window stands."""
        return Rect(self.left, self.top, self.width * self.x, self.height * self.y)

    def to_window(self, box: Sequence[int]) -> Rect:
        """A box [left, top, width, height] of the frame in logical coordinates of the overlay's window."""
        left, top, width, height = box
        return Rect(left * self.x, top * self.y, width * self.x, height * self.y)

    def to_frame(self, rect: Rect) -> tuple[int, int, int, int] | None:
        """The pixels of the frame that a rectangle of the window touches; None if it lies outside."""
        left, right = (min(max(edge / self.x, 0.0), self.width) for edge in (rect.left, rect.right))
        top, bottom = (min(max(edge / self.y, 0.0), self.height) for edge in (rect.top, rect.bottom))
        first, start = math.floor(left), math.floor(top)
        width, height = math.ceil(right) - first, math.ceil(bottom) - start
        return (first, start, width, height) if width > 0 and height > 0 else None


def monitor_of(place: Rect, monitors: Sequence[Monitor]) -> Monitor | None:
    """The monitor that holds most of ``place`` (the desktop's units), or None if none holds any of it."""
    best = max(monitors, key=lambda monitor: monitor.native.intersection(place), default=None)
    return best if best is not None and best.native.intersection(place) > 0 else None
