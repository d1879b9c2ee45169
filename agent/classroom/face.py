"""A drawn head with an expression: the people of the demo class, drawn for MediaPipe and to look friendly.

MediaPipe's short-range model scores these heads above 0.9 in tiles from 640x360 down to 91x57 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.classroom import features, hair
from agent.classroom.byte_cache import MEGABYTE, byte_cache
from agent.classroom.canvas import Canvas, Points, Shade, curve, darker, ellipse, points
from agent.classroom.expression import Muscles, blend, talking
from agent.classroom.features import Gaze, Portrait, Turn
from agent.classroom.people import DrawnPerson
from agent.values import Pixels

SPAN = (3.4, 4.5)
"""Width and height of the drawn area in face units (half a face's width)."""
FACE = (-0.98, -0.98, 0.98, 1.28)
"""Left, top, right and bottom of the face proper in face units: hairline to chin, cheek to cheek."""
DRAWN_AT = 44.0
"""Minimum scale of drawing, in pixels per unit: smaller heads are reduced, so that thin lines stay thin."""


@dataclass(frozen=True, slots=True)
class HeadLook:
    """The state of a head at one moment.

    ``weights`` are the weights of the expressions (0..1, the rest is neutral); ``talk`` opens the mouth,
    0..1.
    """

    weights: tuple[tuple[str, float], ...] = ()
    talk: float = 0.0
    gaze: Gaze = field(default_factory=Gaze)
    turn: Turn = field(default_factory=Turn)

    @property
    def muscles(self) -> Muscles:
        """The muscles that make this look."""
        return talking(blend(dict(self.weights)), self.talk)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A drawn head: ``rgb`` uint8 (H, W, 3), ``alpha`` uint8 (H, W), ``scale`` pixels a face unit."""

    rgb: Pixels
    alpha: NDArray[np.uint8]
    scale: float

    @property
    def nbytes(self) -> int:
        """The memory it takes, in bytes."""
        return self.rgb.nbytes + self.alpha.nbytes


def draw_head(person: DrawnPerson, look: HeadLook, scale: float) -> Head:
    """Draw a head at ``scale`` pixels a face unit (half the face's width); costs 4 ms at 60."""
    drawn = max(scale, DRAWN_AT)
    muscles = look.muscles
    canvas = _bare(person, muscles, look.turn, drawn).copy()
    face = Portrait(canvas, person, muscles, look.gaze, look.turn)
    features.eyes(face)
    features.brows(face)
    hair.above(canvas, person, look.turn)
    if person.glasses:
        hair.glasses(face)
    if person.headphones:
        hair.headphones(canvas)
    _grain(canvas)
    if drawn > scale:
        return _reduced(canvas, scale)
    return Head(canvas.rgb, canvas.alpha, scale)


# Blinks and glances change only the eyes: the rest, two thirds of the work, is cached.
@byte_cache(12 * MEGABYTE)
def _bare(person: DrawnPerson, muscles: Muscles, turn: Turn, scale: float) -> Canvas:
    """The head without eyes, brows and front hair."""
    canvas = Canvas((round(SPAN[0] * scale), round(SPAN[1] * scale)), scale)
    face = Portrait(canvas, person, muscles, Gaze(), turn)
    _skull(canvas, person, muscles)
    features.relief(face)
    features.nose(face)
    hair.beard(face)
    features.mouth(face)
    return canvas


def _jaw(person: DrawnPerson, muscles: Muscles) -> Points:
    wide, drop, jaw = person.face_width, 0.16 * muscles.jaw, person.jaw * person.face_width
    half = [
        (-0.55 * wide, -1.15), (-0.92 * wide, -0.7), (-0.99 * wide, -0.1), (-0.95 * wide, 0.4),
        (-0.78 * jaw, 0.92 + drop / 2), (-0.38 * jaw, 1.26 + drop),
    ]  # fmt: skip
    outline = [(0.0, -1.25), *half, (0.0, 1.33 + drop), *((-x, y) for x, y in reversed(half))]
    return curve(outline, 6, closed=True)


def _skull(canvas: Canvas, person: DrawnPerson, muscles: Muscles) -> None:
    """Paint back hair, neck, ears and the face's skin."""
    hair.behind(canvas, person)
    scarf = person.hair_style == "scarf"
    broad = 0.46 if person.soft else 0.54
    neck = curve([(-broad, 0.6), (-broad, 1.4), (-broad * 1.05, 1.75), (-broad * 0.55, 2.0), (-0.1, 2.08)])
    outline = np.concatenate([neck, (neck * points((-1.0, 1.0)))[::-1]])
    canvas.fill(outline, person.clothes if scarf else darker(person.skin, 0.84), extend=True)
    shadow = Shade(canvas, 0.12)
    shadow.blob(ellipse((0.0, 1.35), (0.62, 0.3)), -0.3)
    shadow.apply()
    if not scarf and person.hair_style not in ("bob", "long", "fringe"):
        for side in (-person.face_width, person.face_width):
            canvas.fill(ellipse((side, 0.05), (0.15, 0.3)), darker(person.skin, 0.9), extend=True)
            canvas.fill(ellipse((side * 1.03, 0.05), (0.07, 0.18)), darker(person.skin, 0.7))
    canvas.fill(_jaw(person, muscles), person.skin, extend=True)


def _grain(canvas: Canvas) -> None:
    """Soften as a lens does, and add the slight noise of a camera."""
    canvas.rgb[:] = cv2.GaussianBlur(canvas.rgb, (0, 0), max(0.012 * canvas.scale, 0.45))
    cv2.add(canvas.rgb, _noise(canvas.size), canvas.rgb, dtype=cv2.CV_8U)


@lru_cache(maxsize=16)
def _noise(size: tuple[int, int]) -> NDArray[np.int16]:
    grey = np.random.default_rng(size[0]).normal(0, 2.2, (size[1], size[0], 1))
    return np.repeat(grey, 3, axis=2).astype(np.int16)


def _reduced(canvas: Canvas, scale: float) -> Head:
    size = (max(round(SPAN[0] * scale), 2), max(round(SPAN[1] * scale), 2))
    rgb = cv2.resize(canvas.rgb, size, interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(canvas.alpha, size, interpolation=cv2.INTER_AREA)
    return Head(np.asarray(rgb, np.uint8), np.asarray(alpha, np.uint8), scale)
