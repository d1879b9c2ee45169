"""A canvas in face units: anti-aliased shapes, soft shadows and an alpha channel, drawn with OpenCV."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

Points = NDArray[np.float64]
Colour = tuple[int, int, int]

SHIFT = 4
"""Fractional bits of OpenCV's coordinates: sixteenths of a pixel."""


CENTRE = (1.7, 1.95)
"""Position of a head drawing's origin, in units from its top left corner."""


def points(*pairs: tuple[float, float]) -> Points:
    """Pairs (x, y) as an array (N, 2)."""
    return np.asarray(pairs, dtype=np.float64)


def curve(anchors: Points | Sequence[tuple[float, float]], steps: int = 8, closed: bool = False) -> Points:
    """A smooth line through all ``anchors`` (N, 2): a Catmull-Rom spline, ``steps`` points a segment."""
    if isinstance(anchors, np.ndarray):
        return _through(tuple(map(tuple, anchors.tolist())), steps, closed)
    return _through(tuple(anchors), steps, closed)


# Faces share most of their lines: an expression has the same lines in everybody's face.
@lru_cache(maxsize=2048)
def _through(anchors: tuple[tuple[float, float], ...], steps: int, closed: bool) -> Points:
    knots = np.asarray(anchors, dtype=np.float64)
    if closed:
        around = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        around = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    ends = np.stack([around[:-3], around[1:-2], around[2:-1], around[3:]])
    pieces = np.tensordot(_spline(steps), ends, axes=1).transpose(1, 0, 2).reshape(-1, 2)
    line = pieces if closed else np.concatenate([pieces, knots[-1:]])
    line.setflags(write=False)
    return line


@lru_cache(maxsize=16)
def _spline(steps: int) -> Points:
    """The weights (steps, 4) of four neighbouring knots along a Catmull-Rom segment."""
    t = np.linspace(0, 1, steps, endpoint=False)
    return 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], axis=1
    )


def ellipse(centre: tuple[float, float], radii: tuple[float, float], power: float = 2.0) -> Points:
    """A superellipse outline; ``power`` 2 is an ellipse, more is squarer."""
    return _unit_ellipse(power) * radii + centre


@lru_cache(maxsize=8)
def _unit_ellipse(power: float) -> Points:
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(np.sign(around) * np.abs(around) ** (2 / power), np.float64)


def mix(first: Colour, second: Colour, part: float) -> Colour:
    """``first`` blended with ``part`` (0..1) of ``second``."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


def darker(colour: Colour, factor: float) -> Colour:
    """``colour`` times ``factor``, kept within 0..255."""
    red, green, blue = (min(max(round(part * factor), 0), 255) for part in colour)
    return red, green, blue


def part_of(array: NDArray[Any], box: Box) -> NDArray[Any]:
    """The part of an array (H, W, ...) under a box that lies inside it.

    ``Box.of`` clips the box again, which takes five times as long; a head has two hundred strokes.
    """
    return array[box.top : box.top + box.height, box.left : box.left + box.width]


class Canvas:
    """An RGBA picture of ``size`` (width, height) whose shapes are given in units of ``scale`` pixels.

    ``origin`` is the position of (0, 0) in pixels; by default that of a head's drawing.
    """

    def __init__(
        self, size: tuple[int, int], scale: float, origin: tuple[float, float] | None = None
    ) -> None:
        self.size, self.scale = size, scale
        self.origin = origin or (CENTRE[0] * scale, CENTRE[1] * scale)
        self.rgb: Pixels = np.zeros((size[1], size[0], 3), np.uint8)
        self.alpha: NDArray[np.uint8] = np.zeros((size[1], size[0]), np.uint8)

    @property
    def nbytes(self) -> int:
        """The memory it takes, in bytes."""
        return self.rgb.nbytes + self.alpha.nbytes

    def copy(self) -> Canvas:
        """An independent canvas with the same picture."""
        other = Canvas(self.size, self.scale, self.origin)
        other.rgb, other.alpha = self.rgb.copy(), self.alpha.copy()
        return other

    def to_pixels(self, shape: Points) -> NDArray[np.int32]:
        """Points in units as OpenCV's fixed-point pixels."""
        placed = (shape * self.scale + self.origin) * (1 << SHIFT)
        return np.round(placed).astype(np.int32)

    def fill(self, shape: Points, colour: Colour, *, extend: bool = False) -> None:
        """Paint a closed outline; ``extend`` also makes it part of the opaque area."""
        outline = [self.to_pixels(shape)]
        if extend:
            # The half transparent edge must not show the colour outside the outline.
            cv2.polylines(self.rgb, outline, True, colour, 2, cv2.LINE_AA, SHIFT)
            cv2.fillPoly(self.alpha, outline, (255,), cv2.LINE_AA, SHIFT)
        cv2.fillPoly(self.rgb, outline, colour, cv2.LINE_AA, SHIFT)

    def line(self, shape: Points, colour: Colour, width: float, *, closed: bool = False) -> None:
        """Draw a line of ``width`` units."""
        thick = max(round(width * self.scale), 1)
        cv2.polylines(self.rgb, [self.to_pixels(shape)], closed, colour, thick, cv2.LINE_AA, SHIFT)

    def around(self, shape: Points, margin: float = 0.0) -> Box:
        """The pixels that an outline touches, and ``margin`` units more."""
        # Plain floats: numpy's calls on a pair of numbers cost ten times as much.
        x, y = shape[:, 0], shape[:, 1]
        (ox, oy), (width, height) = self.origin, self.size
        left = math.floor((float(x.min()) - margin) * self.scale + ox) - 1
        top = math.floor((float(y.min()) - margin) * self.scale + oy) - 1
        right = math.ceil((float(x.max()) + margin) * self.scale + ox) + 2
        bottom = math.ceil((float(y.max()) + margin) * self.scale + oy) + 2
        return Box(left, top, right - left, bottom - top).clipped(width, height)

    def cover(self, shape: Points, box: Box) -> NDArray[np.uint8]:
        """How far a closed outline covers the pixels of ``box``: 0..255, (box.height, box.width)."""
        layer: NDArray[np.uint8] = np.zeros((box.height, box.width), np.uint8)
        corner = (-box.left * (1 << SHIFT), -box.top * (1 << SHIFT))
        cv2.fillPoly(layer, [self.to_pixels(shape)], (255,), cv2.LINE_AA, SHIFT, corner)
        return layer

    def tint(self, shape: Points, colour: Colour, strength: float) -> None:
        """Blend ``strength`` (0..1) of ``colour`` into a closed outline."""
        box = self.around(shape)
        if box.area:
            self.blend(box, np.asarray(colour, np.float32), self.cover(shape, box), strength)

    def blend(
        self, box: Box, paint: NDArray[np.float32], cover: NDArray[np.uint8], strength: float = 1.0
    ) -> None:
        """Blend ``paint``, a colour or a picture of ``box``, in where ``cover`` (0..255) says."""
        under = part_of(self.rgb, box)
        part = (cover.astype(np.float32) * (strength / 255))[..., None]
        under[:] = (under + (paint - under) * part + 0.5).astype(np.uint8)


class Shade:
    """Light and shadow gathered as soft strokes, then multiplied into a canvas at once."""

    def __init__(self, canvas: Canvas, blur: float) -> None:
        self.canvas = canvas
        self.sigma = max(blur * canvas.scale, 0.4)
        self.reach = math.ceil(3 * self.sigma)
        self.map: NDArray[np.float32] = np.zeros((canvas.size[1], canvas.size[0]), np.float32)
        self._touched: list[Box] = []

    def blob(self, shape: Points, amount: float) -> None:
        """Lighten (positive) or darken (negative) a closed outline by ``amount``, about -1..1."""
        box = self.canvas.around(shape)
        if box.area and abs(amount) > 0.004:
            self._add(box, self.canvas.cover(shape, box), amount)

    def stroke(self, shape: Points, amount: float, width: float) -> None:
        """Lighten or darken along a line of ``width`` units."""
        box = self.canvas.around(shape, width)
        if not box.area or abs(amount) <= 0.004:
            return
        layer = np.zeros((box.height, box.width), np.uint8)
        thick = max(round(width * self.canvas.scale), 1)
        line = self.canvas.to_pixels(shape) - np.array([box.left << SHIFT, box.top << SHIFT], np.int32)
        cv2.polylines(layer, [line], False, (255,), thick, cv2.LINE_AA, SHIFT)
        self._add(box, layer, amount)

    def _add(self, box: Box, cover: NDArray[np.uint8], amount: float) -> None:
        part = part_of(self.map, box)
        part += cover.astype(np.float32) * np.float32(amount / 255)
        self._touched.append(box)

    def apply(self) -> None:
        """Blur what was gathered and multiply it into the canvas, only where something was."""
        if not self._touched:
            return
        far, (width, height) = self.reach, self.canvas.size
        left, top = min(b.left for b in self._touched) - far, min(b.top for b in self._touched) - far
        right, bottom = max(b.right for b in self._touched) + far, max(b.bottom for b in self._touched) + far
        box = Box(left, top, right - left, bottom - top).clipped(width, height)
        under, light = part_of(self.canvas.rgb, box), self._blurred(part_of(self.map, box))
        # cv2 converts, multiplies and saturates in a third of numpy's time.
        lit = cv2.multiply(under, cv2.merge([light, light, light]), dtype=cv2.CV_8U)
        under[:] = lit

    def _blurred(self, light: NDArray[np.float32]) -> NDArray[np.float32]:
        if self.sigma < 4:
            return np.asarray(cv2.GaussianBlur(light, (0, 0), self.sigma), np.float32) + 1
        # A wide blur at a quarter of the size looks the same and costs a tenth.
        high, wide = light.shape
        small = cv2.resize(light, (max(wide // 4, 1), max(high // 4, 1)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), self.sigma / 4)
        return np.asarray(cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR), np.float32) + 1
