"""Eyes, brows, nose and mouth of a drawn face, moved by its muscles.

Units: half the width of the face is 1, the origin lies between eyes and nose tip, y points down. Shapes
are placed on a rounded head by ``Turn``, so that looking aside moves and narrows them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.classroom.canvas import Canvas, Points, Shade, curve, darker, ellipse, mix, points
from agent.classroom.expression import Muscles
from agent.classroom.people import DrawnPerson

EYE_X, EYE_Y = 0.42, -0.14
MOUTH_Y = 0.70
SIDES = (-1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the head points: ``yaw`` and ``pitch`` in radians, positive to the picture's right and down."""

    yaw: float = 0.0
    pitch: float = 0.0

    def place(self, shape: Points, lift: float = 0.0) -> Points:
        """Project points of the frontal face (N, 2) onto the turned head; ``lift``: height above it."""
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


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A face being drawn: the canvas, the person and the head's state."""

    canvas: Canvas
    person: DrawnPerson
    muscles: Muscles
    gaze: Gaze
    turn: Turn


def relief(face: Portrait) -> None:
    """Paint light and shadow on the skin: sockets, cheeks, nose, chin, and the folds of the expression."""
    m, place, light = face.muscles, face.turn.place, face.person.light
    wide = Shade(face.canvas, 0.13)
    for side in SIDES:
        socket = ellipse((side * EYE_X, EYE_Y - 0.06), (0.3, 0.2 - 0.05 * m.brow_lower))
        wide.blob(place(socket), -0.22 - 0.12 * m.brow_lower)
        wide.blob(place(ellipse((side * 0.55, 0.3 - 0.1 * m.cheek), (0.24, 0.18))), 0.10 + 0.12 * m.cheek)
        wide.blob(ellipse((side * 1.0, 0.35), (0.22, 0.9)), -0.26 if side != light else -0.06)
    wide.blob(place(ellipse((0.0, -0.62), (0.5, 0.2))), 0.10)
    wide.blob(place(ellipse((0.0, MOUTH_Y + 0.25 + 0.2 * m.jaw), (0.28, 0.07))), -0.16)
    wide.blob(place(ellipse((0.0, 1.08 + 0.12 * m.jaw), (0.22, 0.12))), 0.10)
    wide.blob(place(ellipse((-0.17 * light, 0.12), (0.08, 0.3)), 0.15), -0.16)
    wide.blob(place(ellipse((0.02 * light, 0.16), (0.07, 0.3)), 0.2), 0.14)
    wide.apply()
    _folds(face)


def _folds(face: Portrait) -> None:
    """Paint the lines that an expression draws into the skin."""
    m, fine = face.muscles, Shade(face.canvas, 0.035)
    smile = 0.12 * max(m.corner, 0) + 0.05 * max(m.stretch, 0)
    nasolabial = max(m.corner, 0) * 0.30 + m.lip_raise * 0.30 + m.nose * 0.12 + 0.05
    lines: list[tuple[float, float, list[tuple[float, float]]]] = [
        (nasolabial, 0.07, [(0.24, 0.3), (0.42 + smile, 0.5), (0.5 + smile, 0.74)]),
        (0.07 + 0.11 * max(m.cheek, m.lid_tight), 0.05, [(0.24, 0.05), (0.42, 0.1), (0.6, 0.03)]),
        (0.34 * m.brow_lower * (1 - 0.5 * m.brow_inner), 0.05, [(0.1, -0.55), (0.09, -0.42), (0.12, -0.3)]),
        (0.34 * m.nose, 0.05, [(0.03, -0.08), (0.13, 0.0), (0.2, 0.1)]),
        (0.30 * max(-m.corner, 0), 0.06, [(0.45, 0.76), (0.52, 0.9)]),
        (0.20 * max(m.brow_inner, m.brow_outer), 0.035, [(0.45, -0.72), (0.2, -0.74), (0.0, -0.73)]),
        (0.20 * max(m.brow_inner, m.brow_outer), 0.035, [(0.45, -0.83), (0.2, -0.85), (0.0, -0.84)]),
    ]
    for depth, width, anchors in lines:
        if depth < 0.02:
            continue
        for side in SIDES:
            fine.stroke(face.turn.place(curve([(side * x, y) for x, y in anchors])), -depth, width)
    fine.apply()


def nose(face: Portrait) -> None:
    """Paint the nose tip, wings and nostrils."""
    m, place = face.muscles, face.turn.place
    lift, up = 0.28, -0.05 * m.nose
    flare = 1 + 0.14 * m.nose + 0.06 * max(m.corner, 0)
    shade = Shade(face.canvas, 0.04)
    half = [(-0.19 * flare, 0.34 + up), (-0.1, 0.41 + up)]
    under = curve([*half, (0.0, 0.43 + up), *((-x, y) for x, y in reversed(half))])
    shade.stroke(place(under, lift), -0.42, 0.06)
    for side in SIDES:
        wing = curve(
            [(side * 0.15, 0.2 + up), (side * 0.21 * flare, 0.29 + up), (side * 0.18 * flare, 0.38 + up)]
        )
        shade.stroke(place(wing, lift - 0.05), -0.26, 0.05)
    shade.blob(place(ellipse((0.03 * face.person.light, 0.27 + up), (0.07, 0.06)), lift), 0.22)
    shade.apply()
    for side in SIDES:
        nostril = ellipse((side * 0.085, 0.385 + up), (0.05 * flare, 0.024))
        face.canvas.fill(place(nostril, lift - 0.05), darker(face.person.skin, 0.36))


def eyes(face: Portrait) -> None:
    """Paint both eyes with whites, iris, pupil, a glint and lids."""
    for side in SIDES:
        _eye(face, side)


def _lids(muscles: Muscles, closed: float, side: float) -> tuple[Points, Points]:
    """The lines of the upper and the lower lid of one eye, from the nose outwards."""
    squint = 0.45 * muscles.lid_tight + 0.25 * muscles.cheek
    upper = 0.128 * (1 + 0.75 * muscles.lid_raise - 0.35 * squint) * (1 - closed)
    lower = 0.094 * (1 + 0.25 * max(muscles.lid_raise, 0) - 0.9 * squint) * (1 - 0.5 * closed)
    upper = max(upper - 0.03 * closed, -0.04)
    sad = 0.05 * muscles.brow_inner * max(-muscles.lid_raise, 0)
    inner, outer = (EYE_X - 0.2, EYE_Y + 0.015), (EYE_X + 0.215, EYE_Y - 0.005 + sad)
    arch = curve([inner, (EYE_X - 0.09, EYE_Y - upper * 0.85 - sad), (EYE_X + 0.03, EYE_Y - upper),
                  (EYE_X + 0.13, EYE_Y - upper * 0.6), outer], 5)  # fmt: skip
    bow = curve([inner, (EYE_X - 0.05, EYE_Y + lower * 0.85), (EYE_X + 0.07, EYE_Y + lower), outer], 5)
    flip = points((side, 1.0))
    return arch * flip, bow * flip


def _eye(face: Portrait, side: float) -> None:
    canvas, skin, place, closed = face.canvas, face.person.skin, face.turn.place, face.gaze.closed
    upper, lower = _lids(face.muscles, closed, side)
    lash = darker(mix(skin, face.person.hair, 0.55), 0.5)
    if closed < 0.8:
        _ball(face, side, place(np.concatenate([upper, lower[::-1]])))
    canvas.line(place(lower), darker(skin, 0.62), 0.022)
    canvas.line(place(upper), lash, 0.06 if face.person.soft else 0.048)
    if face.person.soft:
        tip = points((EYE_X + 0.2, EYE_Y - 0.005), (EYE_X + 0.27, EYE_Y - 0.05 + 0.05 * closed)) * points(
            (side, 1)
        )
        canvas.line(place(tip), lash, 0.035)
    crease = upper + points((0.0, -0.055 - 0.02 * face.muscles.lid_raise))
    canvas.line(place(crease[3:-2]), darker(skin, 0.68), 0.02)


def _ball(face: Portrait, side: float, outline: Points) -> None:
    """Paint the part of the eye that shows between its lids."""
    canvas, place, light = face.canvas, face.turn.place, face.person.light
    box = canvas.around(outline)
    skin = box.of(canvas.rgb).astype(np.float32)
    centre = (
        side * EYE_X + 0.07 * face.gaze.x,
        EYE_Y - 0.012 + 0.04 * face.gaze.y + 0.045 * max(-face.muscles.lid_raise, 0),
    )
    canvas.fill(outline, (236, 232, 228))
    canvas.fill(place(ellipse(centre, (0.115, 0.115))), darker(face.person.eyes, 0.7))
    canvas.fill(place(ellipse(centre, (0.092, 0.092))), face.person.eyes)
    canvas.fill(place(ellipse(centre, (0.055, 0.055))), (14, 12, 12))
    canvas.fill(
        place(ellipse((centre[0] + 0.038 * light, centre[1] - 0.038), (0.025, 0.025))), (250, 250, 250)
    )
    shadow = Shade(canvas, 0.03)
    shadow.stroke(outline[: len(outline) // 2], -0.4, 0.06)
    shadow.apply()
    # The eyeball was painted over the lids: restore the skin outside the opening.
    canvas.blend(box, skin, 255 - canvas.cover(outline, box))


def brows(face: Portrait) -> None:
    """Paint the brows, thicker near the nose."""
    m, person = face.muscles, face.person
    inner = -0.40 - 0.15 * m.brow_inner + 0.20 * m.brow_lower
    middle = -0.47 - 0.08 * m.brow_inner - 0.15 * m.brow_outer + 0.13 * m.brow_lower
    outer = -0.39 - 0.14 * m.brow_outer + 0.02 * m.brow_lower + 0.06 * m.brow_inner * (1 - m.brow_outer)
    pinch, thick = 0.075 * m.brow_lower, (0.05 + 0.015 * m.brow_lower) * person.brow
    colour = mix(darker(person.hair, 0.8), person.skin, 0.15)
    top = curve([(0.17 - pinch, inner - thick), (0.4 - pinch, middle - thick * 0.9), (0.68, outer)], 6)
    low = curve([(0.17 - pinch, inner + thick), (0.4 - pinch, middle + thick * 0.8), (0.68, outer + 0.01)], 6)
    brow = np.concatenate([top, low[::-1]])
    for side in SIDES:
        face.canvas.tint(face.turn.place(brow * points((side, 1.0)), 0.04), colour, 0.88)


@dataclass(frozen=True, slots=True, eq=False)
class Lips:
    """The four lines of a mouth from left to right: outer and inner edge of the upper and lower lip."""

    upper_out: Points
    upper_in: Points
    lower_in: Points
    lower_out: Points


def lips(muscles: Muscles, soft: bool = False) -> Lips:
    """Where the lips of a frontal face are; ``soft`` ones are fuller."""
    m = muscles
    half = 0.36 * (1 + 0.32 * m.stretch + 0.10 * max(m.corner, 0)) * (1 - 0.15 * max(m.jaw - 0.5, 0))
    corner_y = MOUTH_Y - 0.15 * m.corner + 0.10 * m.jaw
    rise = 0.11 * m.lip_raise + 0.03 * max(m.corner, 0)
    full = (1.12 if soft else 0.9) * (1 - 0.6 * m.press)
    top_in = MOUTH_Y - rise - 0.03 * m.jaw + 0.04 * max(m.corner, 0)
    low_in = top_in + 0.50 * m.jaw + 0.05 * m.lip_raise
    xs = np.array([-1.0, -0.6, -0.22, 0.0, 0.22, 0.6, 1.0])
    bow = 1 - np.abs(xs) ** 2.2

    def edge(y: float, thickness: Points) -> Points:
        line = corner_y + (y - corner_y) * bow + thickness
        return curve(np.stack([xs * half, line], axis=1), 4)

    none = np.zeros(7)
    cupid = np.array([0, 0.055, 0.085, 0.07, 0.085, 0.055, 0]) * full
    pout = np.array([0, 0.07, 0.115, 0.12, 0.115, 0.07, 0]) * full
    return Lips(edge(top_in, -cupid), edge(top_in, none), edge(low_in, none), edge(low_in, pout))


def mouth(face: Portrait) -> None:
    """Paint lips, the open mouth, teeth and tongue."""
    canvas, colour = face.canvas, face.person.lips
    shape = lips(face.muscles, face.person.soft)

    def place(line: Points) -> Points:
        return face.turn.place(line, 0.12)

    canvas.tint(place(np.concatenate([shape.upper_out, shape.upper_in[::-1]])), darker(colour, 0.84), 0.9)
    canvas.tint(place(np.concatenate([shape.lower_in, shape.lower_out[::-1]])), colour, 0.85)
    gap = float((shape.lower_in - shape.upper_in)[:, 1].max())
    if gap > 0.03:
        canvas.fill(place(np.concatenate([shape.upper_in, shape.lower_in[::-1]])), (52, 22, 24))
        _inside(face, shape, gap)
    else:
        canvas.line(place(shape.upper_in), darker(colour, 0.45), 0.03)
    shine = Shade(canvas, 0.03)
    shine.stroke(place((shape.lower_in + shape.lower_out)[8:-8] / 2), 0.16, 0.04)
    shine.stroke(place(shape.lower_out[4:-4] + points((0.0, 0.045))), -0.18, 0.05)
    for x, y in (shape.upper_in[0], shape.upper_in[-1]):
        shine.blob(place(ellipse((x, y), (0.05, 0.04))), -0.34)
    shine.apply()


def _inside(face: Portrait, shape: Lips, gap: float) -> None:
    """Paint teeth and tongue into an open mouth."""
    m, room = face.muscles, (shape.lower_in - shape.upper_in)[:, 1]
    depth = min(0.17, gap) * min(m.teeth + 0.35, 1.0) if m.jaw < 0.6 else 0.07
    if m.teeth > 0.1 or m.jaw > 0.6:
        edge = shape.upper_in.copy()
        edge[:, 1] += np.minimum(room * 0.92, depth)
        teeth = np.concatenate([shape.upper_in, edge[::-1]]) * points((0.93, 1.0))
        face.canvas.fill(face.turn.place(teeth, 0.1), (232, 228, 220))
    if gap > 0.3:
        tongue = ellipse((0.0, float(shape.lower_in[:, 1].max()) - 0.07), (0.16, 0.07))
        face.canvas.tint(face.turn.place(tongue, 0.1), (150, 70, 72), 0.8)
