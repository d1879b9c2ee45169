"""Hair, beard, glasses and headphones of a drawn head; units as in ``features``."""

from __future__ import annotations

import cv2
import numpy as np

from agent.classroom.byte_cache import MEGABYTE, byte_cache
from agent.classroom.canvas import Canvas, Points, Shade, curve, darker, ellipse, mix
from agent.classroom.features import EYE_X, EYE_Y, MOUTH_Y, Portrait, Turn
from agent.classroom.people import DrawnPerson
from agent.values import Box

Half = tuple[tuple[float, float], ...]

# The left halves of symmetric outlines, from the middle of the top to the middle of the bottom.
BEHIND: dict[str, Half] = {
    "long": (
        (-0.3, -1.45),
        (-0.95, -1.15),
        (-1.26, -0.4),
        (-1.3, 0.6),
        (-1.32, 1.6),
        (-0.9, 1.95),
        (-0.3, 1.5),
    ),
    "bob": ((-0.3, -1.42), (-0.95, -1.12), (-1.28, -0.3), (-1.34, 0.5), (-1.2, 1.12), (-0.7, 1.1)),
    "fringe": ((-0.3, -1.42), (-0.95, -1.12), (-1.28, -0.3), (-1.34, 0.5), (-1.2, 1.12), (-0.7, 1.1)),
    "scarf": (
        (-0.3, -1.5),
        (-0.95, -1.2),
        (-1.24, -0.4),
        (-1.2, 0.5),
        (-1.15, 1.2),
        (-1.3, 1.9),
        (-0.4, 2.1),
    ),
}
CROP: Half = (
    (-0.3, -1.48), (-0.8, -1.28), (-1.06, -0.75), (-1.05, -0.2), (-0.97, -0.12), (-0.93, -0.5),
    (-0.72, -0.82), (-0.25, -0.9),
)  # fmt: skip
FRONT: dict[str, Half] = {
    "fringe": (
        (-0.3, -1.5), (-0.85, -1.3), (-1.12, -0.7), (-1.14, 0.1), (-1.08, 0.6), (-0.93, 0.3), (-0.88, -0.5),
        (-0.5, -0.58), (-0.15, -0.56),
    ),
    "scarf": (
        (-0.3, -1.46), (-0.85, -1.25), (-1.16, -0.6), (-1.18, 0.3), (-1.0, 1.1), (-0.7, 1.8), (0.0, 2.0),
        (0.0, 1.36), (-0.42, 1.26), (-0.78, 0.9), (-0.92, 0.3), (-0.93, -0.4), (-0.7, -0.85), (-0.2, -1.0),
    ),
}  # fmt: skip
# Whole outlines, where the parting is off the middle.
PARTED: Half = (
    (-0.35, -1.46), (-0.9, -1.2), (-1.14, -0.6), (-1.16, 0.3), (-1.12, 0.95), (-0.97, 0.4), (-0.9, -0.35),
    (-0.62, -0.72), (-0.22, -1.02), (0.2, -0.98), (0.7, -0.72), (0.91, -0.3), (0.98, 0.4), (1.12, 0.95),
    (1.16, 0.3), (1.14, -0.6), (0.9, -1.2), (0.35, -1.46),
)  # fmt: skip
SWEPT: Half = (
    (-1.0, -0.15), (-1.09, -0.55), (-0.98, -1.1), (-0.5, -1.47), (0.1, -1.55), (0.7, -1.42), (1.04, -1.0),
    (1.08, -0.5), (1.0, -0.15), (0.92, -0.55), (0.62, -0.86), (0.1, -0.92), (-0.38, -0.78), (-0.78, -0.82),
    (-0.92, -0.5),
)  # fmt: skip


def _mirrored(half: Half) -> Points:
    """A closed smooth outline from its left half."""
    right = tuple((-x, y) for x, y in reversed(half))
    return curve(half + right, 6, closed=True)


def behind(canvas: Canvas, person: DrawnPerson) -> None:
    """Paint what hangs or stands behind the face."""
    style, dark = person.hair_style, darker(person.hair, 0.72)
    if style in BEHIND:
        canvas.fill(_mirrored(BEHIND[style]), person.clothes if style == "scarf" else dark, extend=True)
    elif style == "bun":
        canvas.fill(ellipse((0.0, -1.55), (0.42, 0.34)), dark, extend=True)
    elif style == "afro":
        canvas.fill(ellipse((0.0, -0.62), (1.5, 1.25), 2.3), person.hair, extend=True)


def _front_outline(style: str) -> Points:
    """The outline of the hair above the forehead."""
    if style == "side":
        return curve(SWEPT, 6, closed=True)
    if style in ("long", "bob"):
        return curve(PARTED, 5, closed=True)
    return _mirrored(FRONT.get(style, CROP))


def above(canvas: Canvas, person: DrawnPerson, turn: Turn) -> None:
    """Paint the hair that frames the forehead, with strands and a sheen."""
    if person.hair_style == "bald":
        return
    layer = _front(person, turn, canvas.size, canvas.scale)
    together = np.maximum(canvas.alpha, layer.alpha)
    # Where the head was transparent, use the hair's colour alone: blended with black it had a dark rim.
    share = np.asarray(cv2.divide(layer.alpha, together, scale=255), np.uint8)
    canvas.blend(Box(0, 0, *canvas.size), layer.rgb.astype(np.float32), share)
    canvas.alpha[:] = together


@byte_cache(12 * MEGABYTE)
def _front(person: DrawnPerson, turn: Turn, size: tuple[int, int], scale: float) -> Canvas:
    """The front hair on a canvas of its own: cached, because no expression changes it."""
    canvas = Canvas(size, scale)
    outline = _front_outline(person.hair_style)
    # The hairline follows a turn a little, the sides do not.
    outline = outline + (0.18 * np.sin(turn.yaw), 0.25 * np.sin(turn.pitch)) * (outline[:, 1:] < -0.4)
    cloth = person.hair_style == "scarf"
    if person.hair_style == "curly":
        angle = np.linspace(0, 2 * np.pi, len(outline))
        outline = outline * (1 + 0.05 * np.sin(angle * 19))[:, None] + np.array([0.0, -0.04])
    canvas.fill(outline, person.clothes if cloth else person.hair, extend=True)
    shade = Shade(canvas, 0.09 if cloth else 0.03)
    for start in np.linspace(-0.9, 0.9, 7 if cloth else 17).tolist():
        strand = curve(
            [(start * 0.35, -1.5), (start * 0.85, -1.15), (start * 1.15, -0.4), (start * 1.2, 0.8)], 5
        )
        shade.stroke(strand, (0.16 if cloth else 0.22) * (1 if round(start * 9) % 2 else -1), 0.05)
    gleam = Shade(canvas, 0.14)
    gleam.blob(ellipse((0.38 * person.light, -1.16), (0.42, 0.13)), 0.45)
    gleam.blob(ellipse((-0.9 * person.light, -0.7), (0.3, 0.7)), -0.25)
    shade.apply()
    gleam.apply()
    return canvas


def beard(face: Portrait) -> None:
    """Shade the lower face with a beard, around the mouth."""
    canvas, person = face.canvas, face.person
    if not person.beard:
        return
    drop = 0.2 * face.muscles.jaw
    jaw = _mirrored(((0.0, 0.52), (-0.3, 0.52), (-0.55, 0.72), (-0.86, 0.28), (-0.97, 0.1), (-0.88, 0.75),
                     (-0.52, 1.2 + drop), (-0.2, 1.33 + drop)))  # fmt: skip
    outline = face.turn.place(jaw) * 0.6 + jaw * 0.4
    mouth = face.turn.place(ellipse((0.0, MOUTH_Y + 0.02 + drop), (0.36, 0.13 + drop)), 0.1)
    box = canvas.around(outline, 0.1)
    cover = cv2.subtract(canvas.cover(outline, box), canvas.cover(mouth, box))
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), max(0.05 * canvas.scale, 0.4)), np.uint8)
    canvas.blend(box, np.asarray(darker(person.hair, 0.85), np.float32), soft, person.beard)


def glasses(face: Portrait) -> None:
    """Paint thin-framed glasses."""
    canvas, turn = face.canvas, face.turn
    frame = darker(mix(face.person.hair, (40, 40, 46), 0.6), 0.8)
    for side in (-1.0, 1.0):
        rim = turn.place(ellipse((side * (EYE_X + 0.01), EYE_Y + 0.03), (0.31, 0.24), 2.6), 0.12)
        canvas.tint(rim, (235, 242, 250), 0.08)
        canvas.line(rim, frame, 0.035, closed=True)
        canvas.line(turn.place(curve([(side * 0.74, EYE_Y), (side * 1.0, EYE_Y - 0.04)])), frame, 0.05)
    bridge = curve([(-0.11, EYE_Y), (0.0, EYE_Y - 0.04), (0.11, EYE_Y)])
    canvas.line(turn.place(bridge, 0.2), frame, 0.04)


def headphones(canvas: Canvas) -> None:
    """Paint headphones over the hair."""
    half = [(-1.08, -0.2), (-1.14, -0.85), (-0.72, -1.45), (0.0, -1.64)]
    band = curve(half + [(-x, y) for x, y in half[-2::-1]])
    thick = np.concatenate([band, (band * np.array([1.07, 1.05]))[::-1]])
    canvas.fill(thick, (58, 60, 66), extend=True)
    for side in (-1.0, 1.0):
        canvas.fill(ellipse((side * 1.1, 0.02), (0.17, 0.36), 3.0), (44, 46, 52), extend=True)
        canvas.fill(ellipse((side * 1.12, -0.02), (0.08, 0.24), 3.0), (74, 78, 86))
