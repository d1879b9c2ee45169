"""A canvas in face units: anti-aliased shapes, soft shadows and an alpha channel, drawn with OpenCV."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Pixels

Points = NDArray[np.float64]
Colour = tuple[int, int, int]

SHIFT = 4
"""Fractional bits of the coordinates that OpenCV draws with: sixteenths of a pixel."""


def points(*pairs: tuple[float, float]) -> Points:
    """Pairs (x, y) as an array (N, 2)."""
    return np.asarray(pairs, dtype=np.float64)


def curve(anchors: Points | Sequence[tuple[float, float]], steps: int = 8, closed: bool = False) -> Points:
    """A smooth line through all ``anchors`` (N, 2): a Catmull-Rom spline, ``steps`` points a segment."""
    knots = np.asarray(anchors, dtype=np.float64)
    if closed:
        around = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        around = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False)
    ]
    return np.concatenate(pieces if closed else [*pieces, knots[-1:]])


def ellipse(centre: tuple[float, float], radii: tuple[float, float], power: float = 2.0) -> Points:
    """A superellipse outline; ``power`` 2 is an ellipse, more is squarer."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    x = np.sign(cos) * np.abs(cos) ** (2 / power) * radii[0]
    y = np.sign(sin) * np.abs(sin) ** (2 / power) * radii[1]
    return np.stack([x + centre[0], y + centre[1]], axis=1)


def mix(first: Colour, second: Colour, part: float) -> Colour:
    """``first`` with ``part`` (0..1) of ``second`` in it."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


def darker(colour: Colour, factor: float) -> Colour:
    """``colour`` times ``factor``, kept within 0..255."""
    red, green, blue = (min(max(round(part * factor), 0), 255) for part in colour)
    return red, green, blue


class Canvas:
    """An RGBA picture whose shapes are given in units, ``scale`` pixels each, around ``origin`` (pixels)."""

    def __init__(self, size: tuple[int, int], origin: tuple[float, float], scale: float) -> None:
        self.size, self.origin, self.scale = size, origin, scale
        self.rgb: Pixels = np.zeros((size[1], size[0], 3), np.uint8)
        self.alpha: NDArray[np.uint8] = np.zeros((size[1], size[0]), np.uint8)

    def copy(self) -> Canvas:
        """An independent canvas with the same picture."""
        other = Canvas(self.size, self.origin, self.scale)
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
            if not self.alpha.any():
                # The transparent rim of an anti-aliased edge must not be black.
                self.rgb[:] = colour
            cv2.fillPoly(self.alpha, outline, (255,), cv2.LINE_AA, SHIFT)
        cv2.fillPoly(self.rgb, outline, colour, cv2.LINE_AA, SHIFT)

    def line(self, shape: Points, colour: Colour, width: float, *, closed: bool = False) -> None:
        """Draw a line of ``width`` units."""
        thick = max(round(width * self.scale), 1)
        cv2.polylines(self.rgb, [self.to_pixels(shape)], closed, colour, thick, cv2.LINE_AA, SHIFT)

    def mask(self, shape: Points) -> NDArray[np.uint8]:
        """The coverage (0..255) of a closed outline, (H, W)."""
        cover: NDArray[np.uint8] = np.zeros((self.size[1], self.size[0]), np.uint8)
        cv2.fillPoly(cover, [self.to_pixels(shape)], (255,), cv2.LINE_AA, SHIFT)
        return cover

    def tint(self, cover: NDArray[np.uint8], colour: Colour, strength: float) -> None:
        """Blend ``colour`` in where ``cover`` (H, W, 0..255) says, ``strength`` 0..1."""
        part = (cover.astype(np.float32) * (strength / 255))[..., None]
        paint = np.asarray(colour, np.float32)
        self.rgb[:] = (self.rgb + (paint - self.rgb) * part + 0.5).astype(np.uint8)


class Shade:
    """Light and shadow gathered as soft strokes, then multiplied into a canvas at once."""

    def __init__(self, canvas: Canvas, blur: float) -> None:
        self.canvas = canvas
        self.sigma = max(blur * canvas.scale, 0.4)
        self.map: NDArray[np.float32] = np.zeros((canvas.size[1], canvas.size[0]), np.float32)

    def blob(self, shape: Points, amount: float) -> None:
        """Lighten (positive) or darken (negative) a closed outline by ``amount``, about -1..1."""
        self.map += self.canvas.mask(shape).astype(np.float32) * np.float32(amount / 255)

    def stroke(self, shape: Points, amount: float, width: float) -> None:
        """Lighten or darken along a line of ``width`` units."""
        layer = np.zeros(self.map.shape, np.uint8)
        thick = max(round(width * self.canvas.scale), 1)
        cv2.polylines(layer, [self.canvas.to_pixels(shape)], False, (255,), thick, cv2.LINE_AA, SHIFT)
        self.map += layer.astype(np.float32) * np.float32(amount / 255)

    def apply(self) -> None:
        """Blur what was gathered and multiply it into the canvas."""
        soft = cv2.GaussianBlur(self.map, (0, 0), self.sigma)
        lit = self.canvas.rgb * (1 + soft)[..., None]
        self.canvas.rgb[:] = np.clip(lit + 0.5, 0, 255).astype(np.uint8)
