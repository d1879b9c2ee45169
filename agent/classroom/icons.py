"""The small pictures on a meeting's buttons and tiles, drawn large as coverage masks and reduced."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.classroom.canvas import Colour
from agent.classroom.text import put_mask
from agent.values import Box, Pixels

Mask = NDArray[np.uint8]

SIDE = 160
"""Side in pixels of the square on which icons are drawn: sixteen units of ten pixels."""
ON, OFF = (255,), (0,)


def _bar(mask: Mask, left: int, top: int, right: int, bottom: int) -> None:
    """A filled rectangle with corners rounded by half its shorter side, at most 24."""
    r = min(right - left, bottom - top, 48) // 2
    cv2.rectangle(mask, (left + r, top), (right - r, bottom), ON, -1)
    cv2.rectangle(mask, (left, top + r), (right, bottom - r), ON, -1)
    for x in (left + r, right - r):
        for y in (top + r, bottom - r):
            cv2.circle(mask, (x, y), r, ON, -1)


def _microphone(mask: Mask) -> None:
    _bar(mask, 58, 12, 102, 92)
    cv2.ellipse(mask, (80, 72), (42, 42), 0, 0, 180, ON, 12)
    cv2.line(mask, (80, 114), (80, 146), ON, 12)


def _muted(mask: Mask) -> None:
    _microphone(mask)
    cv2.line(mask, (38, 14), (148, 138), OFF, 14)
    cv2.line(mask, (24, 16), (136, 144), ON, 14)


def _camera(mask: Mask) -> None:
    _bar(mask, 8, 38, 104, 122)
    cv2.fillPoly(mask, [np.array([(112, 72), (152, 44), (152, 116), (112, 88)])], ON)


def _people(mask: Mask) -> None:
    for x, y, size in ((108, 58, 22), (60, 52, 28)):
        cv2.circle(mask, (x, y), size + 8, OFF, -1)
        cv2.ellipse(mask, (x, 136), (size * 2 + 4, size * 2), 0, 180, 360, OFF, -1)
        cv2.circle(mask, (x, y), size, ON, -1)
        cv2.ellipse(mask, (x, 136), (size * 7 // 4, size * 7 // 4), 0, 180, 360, ON, -1)


def _chat(mask: Mask) -> None:
    _bar(mask, 14, 24, 146, 112)
    cv2.fillPoly(mask, [np.array([(40, 100), (40, 146), (84, 106)])], ON)
    for x in (50, 80, 110):
        cv2.circle(mask, (x, 68), 8, OFF, -1)


def _share(mask: Mask) -> None:
    _bar(mask, 8, 28, 152, 130)
    cv2.arrowedLine(mask, (80, 112), (80, 52), OFF, 14, tipLength=0.5)


def _smile(mask: Mask) -> None:
    cv2.circle(mask, (80, 80), 64, ON, 12)
    for x in (58, 102):
        cv2.circle(mask, (x, 66), 9, ON, -1)
    cv2.ellipse(mask, (80, 84), (34, 32), 0, 15, 165, ON, 11)


def _more(mask: Mask) -> None:
    for x in (34, 80, 126):
        cv2.circle(mask, (x, 80), 15, ON, -1)


def _hand(mask: Mask) -> None:
    _bar(mask, 46, 78, 110, 146)
    for index, top in enumerate((38, 22, 26, 44)):
        _bar(mask, 46 + 17 * index, top, 59 + 17 * index, 110)
    cv2.line(mask, (54, 118), (26, 88), ON, 15)


SHAPES: dict[str, Callable[[Mask], None]] = {
    "microphone": _microphone,
    "muted": _muted,
    "camera": _camera,
    "people": _people,
    "chat": _chat,
    "share": _share,
    "smile": _smile,
    "more": _more,
    "hand": _hand,
}


@lru_cache(maxsize=128)
def icon_mask(name: str, side: int) -> Mask:
    """The coverage (side, side) uint8 of one of SHAPES; do not write to it."""
    mask: Mask = np.zeros((SIDE, SIDE), np.uint8)
    SHAPES[name](mask)
    side = max(side, 1)
    return np.asarray(cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def put_icon(pixels: Pixels, name: str, box: Box, colour: Colour) -> None:
    """Paint one of SHAPES into the middle of a box, as large as fits."""
    side = min(box.width, box.height)
    at = box.left + (box.width - side) // 2, box.top + (box.height - side) // 2
    put_mask(pixels, icon_mask(name, side), at, colour)
