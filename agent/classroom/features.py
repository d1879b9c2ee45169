"""Eyes, brows, nose and mouth of a drawn face, moved by its muscles.

Units: half the width of the face is 1, the origin lies between eyes and nose tip, y points down. Shapes
are placed on a rounded head by ``Turn``, so that looking aside moves and narrows them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.classroom.brush import Canvas, Points, Shade, curve, darker, ellipse, mix, points
from agent.classroom.expression import Muscles
from agent.classroom.people import Person

EYE_X, EYE_Y = 0.42, -0.14
MOUTH_Y = 0.70


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the head points: ``yaw`` and ``pitch`` in radians, positive to the picture's right and down."""

    yaw: float = 0.0
    pitch: float = 0.0

    def place(self, shape: Points, lift: float = 0.0) -> Points:
        """Move points of the frontal face (N, 2) as the turned head moves them; ``lift`` is how far they stand out."""
        if not self.yaw and not self.pitch:
            return shape
        x, y = shape[:, 0], shape[:, 1]
        depth = np.sqrt(np.clip(1.3 - (x / 1.05) ** 2 - (y / 1.5) ** 2, 0.05, None)) * 0.9 + lift
        turned = x * np.cos(self.yaw) + depth * np.sin(self.yaw)
        nodded = y * np.cos(self.pitch) + depth * np.sin(self.pitch)
        return np.stack([turned, nodded], axis=1)


@dataclass(frozen=True, slots=True)
class Gaze:
    """What the eyes do: ``x``, ``y`` -1..1 where they look, ``closed`` 0..1."""

    x: float = 0.0
    y: float = 0.0
    closed: float = 0.0


def relief(canvas: Canvas, person: Person, muscles: Muscles, turn: Turn) -> None:
    """Paint the light and shadow of the skin: sockets, cheeks, nose, chin, and the folds of the expression."""
    wide = Shade(canvas, 0.13)
    for side in (-1.0, 1.0):
        socket = ellipse((side * EYE_X, EYE_Y - 0.06), (0.3, 0.2 - 0.05 * muscles.brow_lower))
        wide.blob(turn.place(socket), -0.22 - 0.12 * muscles.brow_lower)
        cheek = ellipse((side * 0.55, 0.3 - 0.1 * muscles.cheek), (0.24, 0.18))
        wide.blob(turn.place(cheek), 0.10 + 0.12 * muscles.cheek)
        side_of_face = ellipse((side * 1.0, 0.35), (0.22, 0.9))
        wide.blob(side_of_face, -0.26 if side != person.light else -0.06)
    wide.blob(turn.place(ellipse((0, -0.62), (0.5, 0.2))), 0.10)
    wide.blob(turn.place(ellipse((0, MOUTH_Y + 0.25 + 0.2 * muscles.jaw), (0.28, 0.07))), -0.16)
    wide.blob(turn.place(ellipse((0, 1.08 + 0.12 * muscles.jaw), (0.22, 0.12))), 0.10)
    wide.blob(turn.place(ellipse((-0.17 * person.light, 0.12), (0.08, 0.3)), 0.15), -0.16)
    wide.blob(turn.place(ellipse((0.02 * person.light, 0.16), (0.07, 0.3)), 0.2), 0.14)
    wide.apply()
    _folds(canvas, muscles, turn)


def _folds(canvas: Canvas, muscles: Muscles, turn: Turn) -> None:
    """Paint the lines that an expression draws into the skin."""
    m, fine = muscles, Shade(canvas, 0.035)
    smile = 0.12 * max(m.corner, 0) + 0.05 * max(m.stretch, 0)
    nasolabial = max(m.corner, 0) * 0.30 + m.lip_raise * 0.30 + m.nose * 0.12 + 0.05
    lines: list[tuple[float, float, list[tuple[float, float]]]] = [
        (nasolabial, 0.07, [(0.24, 0.3), (0.42 + smile, 0.5), (0.5 + smile, 0.74)]),
        (0.08 + 0.16 * max(m.cheek, m.lid_tight), 0.05, [(0.24, 0.05), (0.42, 0.1), (0.6, 0.03)]),
        (0.34 * m.brow_lower * (1 - 0.5 * m.brow_inner), 0.05, [(0.1, -0.55), (0.09, -0.42), (0.12, -0.3)]),
        (0.34 * m.nose, 0.05, [(0.03, -0.08), (0.13, 0.0), (0.2, 0.1)]),
        (0.30 * max(-m.corner, 0), 0.06, [(0.45, 0.76), (0.52, 0.9)]),
        (0.20 * max(m.brow_inner, m.brow_outer), 0.035, [(0.45, -0.72), (0.2, -0.74), (0.0, -0.73)]),
        (0.20 * max(m.brow_inner, m.brow_outer), 0.035, [(0.45, -0.83), (0.2, -0.85), (0.0, -0.84)]),
    ]
    for depth, width, anchors in lines:
        if depth < 0.02:
            continue
        for side in (-1.0, 1.0):
            fine.stroke(turn.place(curve([(side * x, y) for x, y in anchors])), -depth, width)
    fine.apply()


def nose(canvas: Canvas, person: Person, muscles: Muscles, turn: Turn) -> None:
    """Paint the nose tip, wings and nostrils."""
    lift, up = 0.28, -0.05 * muscles.nose
    flare = 1 + 0.14 * muscles.nose + 0.06 * max(muscles.corner, 0)
    shade = Shade(canvas, 0.04)
    under = curve([(-0.19 * flare, 0.34 + up), (-0.1, 0.41 + up), (0, 0.43 + up), (0.1, 0.41 + up), (0.19 * flare, 0.34 + up)])
    shade.stroke(turn.place(under, lift), -0.42, 0.06)
    for side in (-1.0, 1.0):
        wing = curve([(side * 0.15, 0.2 + up), (side * 0.21 * flare, 0.29 + up), (side * 0.18 * flare, 0.38 + up)])
        shade.stroke(turn.place(wing, lift - 0.05), -0.26, 0.05)
    shade.blob(turn.place(ellipse((0.03 * person.light, 0.27 + up), (0.07, 0.06)), lift), 0.22)
    shade.apply()
    for side in (-1.0, 1.0):
        nostril = ellipse((side * 0.085, 0.385 + up), (0.05 * flare, 0.024))
        canvas.fill(turn.place(nostril, lift - 0.05), darker(person.skin, 0.36))


def eyes(canvas: Canvas, person: Person, muscles: Muscles, gaze: Gaze, turn: Turn) -> None:
    """Paint both eyes with whites, iris, pupil, a glint and lids."""
    for side in (-1.0, 1.0):
        _eye(canvas, person, muscles, gaze, turn, side)


def _lids(muscles: Muscles, gaze: Gaze, side: float) -> tuple[Points, Points]:
    """The lines of the upper and the lower lid of one eye, from the nose outwards."""
    squint = 0.45 * muscles.lid_tight + 0.25 * muscles.cheek
    upper = 0.115 * (1 + 0.75 * muscles.lid_raise - 0.35 * max(squint, 0)) * (1 - gaze.closed)
    lower = 0.085 * (1 + 0.25 * max(muscles.lid_raise, 0) - 0.9 * squint) * (1 - 0.5 * gaze.closed)
    upper = max(upper - 0.03 * gaze.closed, -0.04)
    sad = 0.05 * muscles.brow_inner * max(-muscles.lid_raise, 0)
    inner, outer = (EYE_X - 0.19, EYE_Y + 0.015), (EYE_X + 0.2, EYE_Y - 0.005 + sad)
    arch = curve([inner, (EYE_X - 0.09, EYE_Y - upper * 0.85 - sad), (EYE_X + 0.03, EYE_Y - upper),
                  (EYE_X + 0.13, EYE_Y - upper * 0.6), outer], 5)  # fmt: skip
    bow = curve([inner, (EYE_X - 0.05, EYE_Y + lower * 0.85), (EYE_X + 0.07, EYE_Y + lower), outer], 5)
    flip = points((side, 1.0))
    return arch * flip, bow * flip


def _eye(canvas: Canvas, person: Person, muscles: Muscles, gaze: Gaze, turn: Turn, side: float) -> None:
    upper, lower = _lids(muscles, gaze, side)
    line = darker(mix(person.skin, person.hair, 0.55), 0.5)
    outline = turn.place(np.concatenate([upper, lower[::-1]]))
    if gaze.closed < 0.8:
        _ball(canvas, person, gaze, turn, side, outline)
    canvas.line(turn.place(lower), darker(person.skin, 0.62), 0.022)
    canvas.line(turn.place(upper), line, 0.05)
    crease = upper + (0.0, -0.055 - 0.02 * muscles.lid_raise)
    canvas.line(turn.place(crease[3:-2]), darker(person.skin, 0.68), 0.02)


def _ball(canvas: Canvas, person: Person, gaze: Gaze, turn: Turn, side: float, outline: Points) -> None:
    box = canvas.around(outline)
    under = box.of(canvas.rgb).copy()
    centre = (side * EYE_X + 0.07 * gaze.x, EYE_Y - 0.012 + 0.04 * gaze.y)
    canvas.fill(outline, (236, 232, 228))
    canvas.fill(turn.place(ellipse(centre, (0.115, 0.115))), darker(person.eyes, 0.7))
    canvas.fill(turn.place(ellipse(centre, (0.092, 0.092))), person.eyes)
    canvas.fill(turn.place(ellipse(centre, (0.055, 0.055))), (14, 12, 12))
    glint = (centre[0] + 0.038 * person.light, centre[1] - 0.038)
    canvas.fill(turn.place(ellipse(glint, (0.025, 0.025))), (250, 250, 250))
    shadow = Shade(canvas, 0.03)
    shadow.stroke(outline[: len(outline) // 2], -0.4, 0.06)
    shadow.apply()
    # The ball was painted over the lids: put the skin back outside the opening.
    canvas.blend(box, under.astype(np.float32), 255 - canvas.cover(outline, box))


def brows(canvas: Canvas, person: Person, muscles: Muscles, turn: Turn) -> None:
    """Paint the brows, thicker near the nose."""
    m = muscles
    inner = -0.40 - 0.15 * m.brow_inner + 0.15 * m.brow_lower
    middle = -0.47 - 0.08 * m.brow_inner - 0.15 * m.brow_outer + 0.10 * m.brow_lower
    outer = -0.39 - 0.14 * m.brow_outer + 0.02 * m.brow_lower + 0.06 * m.brow_inner * (1 - m.brow_outer)
    pinch = 0.055 * m.brow_lower
    thick = 0.05 * person.brow
    colour = mix(darker(person.hair, 0.8), person.skin, 0.15)
    for side in (-1.0, 1.0):
        top = curve([(0.17 - pinch, inner - thick), (0.4 - pinch, middle - thick * 0.9), (0.68, outer)], 6)
        below = curve([(0.17 - pinch, inner + thick), (0.4 - pinch, middle + thick * 0.8), (0.68, outer + 0.01)], 6)
        shape = np.concatenate([top, below[::-1]]) * (side, 1.0)
        canvas.tint(turn.place(shape, 0.04), colour, 0.88)


@dataclass(frozen=True, slots=True)
class Lips:
    """The four lines of a mouth from left to right: outer and inner edge of the upper and lower lip."""

    upper_out: Points
    upper_in: Points
    lower_in: Points
    lower_out: Points


def lips(muscles: Muscles) -> Lips:
    """Where the lips of a frontal face are."""
    m = muscles
    half = 0.36 * (1 + 0.32 * m.stretch + 0.10 * max(m.corner, 0)) * (1 - 0.15 * max(m.jaw - 0.5, 0))
    corner_y = MOUTH_Y - 0.15 * m.corner + 0.10 * m.jaw
    rise = 0.11 * m.lip_raise + 0.03 * max(m.corner, 0)
    full = 1 - 0.6 * m.press
    top_in = MOUTH_Y - rise - 0.03 * m.jaw + 0.04 * max(m.corner, 0)
    low_in = top_in + 0.50 * m.jaw + 0.05 * m.lip_raise
    xs = np.array([-1.0, -0.6, -0.22, 0.0, 0.22, 0.6, 1.0])
    bow = 1 - np.abs(xs) ** 2.2

    def edge(y: float, thickness: np.ndarray | float = 0.0) -> Points:
        line = corner_y + (y - corner_y) * bow + thickness
        return curve(np.stack([xs * half, line], axis=1), 4)

    cupid = np.array([0, 0.055, 0.085, 0.07, 0.085, 0.055, 0]) * full
    pout = np.array([0, 0.07, 0.115, 0.12, 0.115, 0.07, 0]) * full
    return Lips(edge(top_in, -cupid), edge(top_in), edge(low_in), edge(low_in, pout))


def mouth(canvas: Canvas, person: Person, muscles: Muscles, turn: Turn) -> None:
    """Paint lips, the open mouth, teeth and tongue."""
    shape = lips(muscles)
    place = lambda line: turn.place(line, 0.12)  # noqa: E731 - a name for one long call
    opening = place(np.concatenate([shape.upper_in, shape.lower_in[::-1]]))
    gap = float((shape.lower_in - shape.upper_in)[:, 1].max())
    upper = place(np.concatenate([shape.upper_out, shape.upper_in[::-1]]))
    lower = place(np.concatenate([shape.lower_in, shape.lower_out[::-1]]))
    canvas.tint(upper, darker(person.lips, 0.84), 0.9)
    canvas.tint(lower, person.lips, 0.85)
    if gap > 0.03:
        canvas.fill(opening, (52, 22, 24))
        _inside(canvas, muscles, shape, gap, turn)
    else:
        canvas.line(place(shape.upper_in), darker(person.lips, 0.45), 0.03)
    shine = Shade(canvas, 0.03)
    shine.stroke(place((shape.lower_in + shape.lower_out)[8:-8] / 2), 0.16, 0.04)
    shine.stroke(place(shape.lower_out[4:-4] + (0.0, 0.045)), -0.18, 0.05)
    for end in (0, -1):
        shine.blob(place(ellipse((shape.upper_in[end, 0], shape.upper_in[end, 1]), (0.05, 0.04))), -0.34)
    shine.apply()


def _inside(canvas: Canvas, muscles: Muscles, shape: Lips, gap: float, turn: Turn) -> None:
    depth = min(0.17, gap) * min(muscles.teeth + 0.35, 1.0) if muscles.jaw < 0.6 else 0.07
    room = (shape.lower_in - shape.upper_in)[:, 1:]
    if muscles.teeth > 0.1 or muscles.jaw > 0.6:
        bottom = shape.upper_in + np.concatenate([np.zeros_like(room), np.minimum(room * 0.92, depth)], axis=1)
        teeth = np.concatenate([shape.upper_in, bottom[::-1]]) * (0.93, 1.0)
        canvas.fill(turn.place(teeth, 0.1), (232, 228, 220))
    if gap > 0.3:
        tongue = ellipse((0.0, float(shape.lower_in[:, 1].max()) - 0.07), (0.16, 0.07))
        canvas.tint(turn.place(tongue, 0.1), (150, 70, 72), 0.8)
