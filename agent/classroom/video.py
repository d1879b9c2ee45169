"""One participant's video picture: the room, the shoulders and the moving head."""

from __future__ import annotations

import cv2
import numpy as np

from agent.classroom.byte_cache import MEGABYTE, ByteBudgetCache, byte_cache
from agent.classroom.canvas import CENTRE, Canvas, Colour, Points, Shade, curve, darker, ellipse, points
from agent.classroom.face import FACE, Head, HeadLook, draw_head
from agent.classroom.people import DrawnPerson
from agent.classroom.rooms import draw_room
from agent.classroom.scene import Participant, Shown
from agent.values import Box, Pixels

# At 1080p and 25 tiles a head takes 100 kB: this holds most looks of a class.
_heads = ByteBudgetCache(draw_head, 38 * MEGABYTE)


def face_scale(participant: Participant, size: tuple[int, int]) -> float:
    """Pixels a face unit (half a face's width) in a video of ``size`` (width, height)."""
    # Half-pixel steps let tiles of nearly the same size share cached heads.
    return max(round(2 * participant.near * min(size[1], size[0] * 1.25)) / 2, 2.0)


def draw_video(shown: Shown, size: tuple[int, int], edge: Colour | None = None) -> tuple[Pixels, Box]:
    """The video of ``size`` (width, height): RGB uint8 (H, W, 3), and the face's box in it.

    ``edge`` as in ``rooms.draw_room``.
    """
    picture = _still(shown.participant, size, edge).copy()
    scale = face_scale(shown.participant, size)
    head = _heads(shown.participant.person, shown.look, scale)
    place = placement(shown, size)
    _paste(picture, head, place)
    return picture, face_box(shown.look, place, scale).clipped(*size)


def placement(shown: Shown, size: tuple[int, int]) -> Points:
    """The affine matrix (2, 3) from pixels of the head's drawing to pixels of the video."""
    scale = face_scale(shown.participant, size)
    x, y, tilt = shown.sway
    where = (shown.participant.at[0] * size[0] + x * scale, shown.participant.at[1] * size[1] + y * scale)
    # The head tilts about the neck, 1.4 units below its centre.
    pivot = (CENTRE[0] * scale, (CENTRE[1] + 1.4) * scale)
    turn = cv2.getRotationMatrix2D(pivot, tilt, 1.0)
    moved: Points = np.asarray(turn, np.float64)
    moved[:, 2] += np.array([where[0] - CENTRE[0] * scale, where[1] - CENTRE[1] * scale])
    return moved


def face_box(look: HeadLook, place: Points, scale: float) -> Box:
    """The upright box around the face, hairline to chin, in pixels of the video."""
    left, top, right, bottom = FACE
    bottom += 0.16 * look.muscles.jaw
    corners = np.array([(left, 0.0), (right, 0.0), (0.0, top), (0.0, bottom)]) + CENTRE
    moved = (corners * scale) @ place[:, :2].T + place[:, 2]
    low, high = moved.min(axis=0), moved.max(axis=0)
    return Box(round(low[0]), round(low[1]), round(high[0] - low[0]), round(high[1] - low[1]))


def _paste(picture: Pixels, head: Head, place: Points) -> None:
    """Blend the transformed head into the video, touching only the pixels under it."""
    high, wide = head.alpha.shape
    corners = (
        np.array([(0, 0), (wide, 0), (0, high), (wide, high)], np.float64) @ place[:, :2].T + place[:, 2]
    )
    low, far = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    box = Box(int(low[0]), int(low[1]), int(far[0] - low[0]), int(far[1] - low[1]))
    box = box.clipped(picture.shape[1], picture.shape[0])
    if not box.area:
        return
    local = place.copy()
    local[:, 2] -= np.array([box.left, box.top])
    room = (box.width, box.height)
    alpha = cv2.warpAffine(head.alpha, local, room, flags=cv2.INTER_LINEAR)
    rgb = cv2.warpAffine(head.rgb, local, room, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    part = alpha.astype(np.float32) / 255
    under = box.of(picture)
    under[:] = cv2.blendLinear(rgb, under, part, 1 - part)


@byte_cache(40 * MEGABYTE)
def _still(participant: Participant, size: tuple[int, int], edge: Colour | None) -> Pixels:
    """The room with the shoulders: the part that does not change from frame to frame."""
    picture = draw_room(participant.room, participant.room_seed, size, edge)
    scale = face_scale(participant, size)
    where = (participant.at[0] * size[0], participant.at[1] * size[1])
    canvas = Canvas(size, scale, where)
    _shoulders(canvas, participant.person)
    part = canvas.alpha.astype(np.float32) / 255
    blended: Pixels = np.asarray(cv2.blendLinear(canvas.rgb, picture, part, 1 - part), np.uint8)
    return blended


def _shoulders(canvas: Canvas, person: DrawnPerson) -> None:
    half = [(-0.62, 1.62), (-1.05, 1.85), (-1.75, 2.1), (-2.25, 2.6), (-2.45, 3.6), (-2.5, 9.0)]
    left = curve(half, 6)
    canvas.fill(np.concatenate([left, (left * points((-1.0, 1.0)))[::-1]]), person.clothes, extend=True)
    if person.hair_style != "scarf":
        canvas.fill(ellipse((0.0, 1.62), (0.6, 0.52)), darker(person.skin, 0.84))
    shade = Shade(canvas, 0.2)
    for side in (-1.0, 1.0):
        fold = curve([(side * 0.8, 2.0), (side * 1.3, 2.7), (side * 1.4, 4.0)])
        shade.stroke(fold, -0.25, 0.2)
    shade.blob(ellipse((1.5 * person.light, 2.7), (0.9, 0.9)), 0.14)
    shade.blob(ellipse((-1.9 * person.light, 3.2), (0.9, 1.4)), -0.22)
    shade.apply()
    collar = curve([(-0.6, 1.6), (-0.5, 1.92), (0.0, 2.16), (0.5, 1.92), (0.6, 1.6)])
    canvas.line(collar, darker(person.clothes, 0.75), 0.1)


def still_face(participant: Participant, size: tuple[int, int]) -> Pixels:
    """A profile photo of ``size`` (width, height): always the same smile."""
    smile = HeadLook((("happy", 0.7),))
    picture, _ = draw_video(Shown(participant, look=smile), size)
    return picture
