"""Extracts the strokes of a tile's name label: finds the label, and what in it is text.

Nothing is read as letters and no face is examined: only the lower left corner of a tile, where meeting
programs write the name.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

StrokeMap = NDArray[np.float32]
"""Float32 (ROWS, COLS): levels by which each pixel stands out as a stroke, 0 to CEILING - FLOOR."""

ROWS, COLS = 32, 192
"""Height and width in pixels to which every label is scaled; text is about 11 px high in it."""
BASE = 24
"""Number of these rows that the label's region fills when its text is of the usual size."""
STROKE = 5
"""Pixels; text strokes are thinner than this, most of what a video shows is not."""
VIVID = 60
DARKER = 1.25
"""Minimum ratio of dark to bright strokes at which the ink is dark: 1.3 to 5 on cards, 0.1 to 1.15 with white
ink, but up to 1.55 in small white text, where the background between the letters and the speaker's border is
dark and thin."""
PALE = 160
"""Minimum median brightness around dark strokes at which they are ink: 222 to 252 on pale cards, 13 to 117
around white letters on their dark background."""
NEAR = 5
"""Side in pixels of the square around a stroke that counts as its surroundings."""
LINE = 17
"""Maximum length in pixels of a straight line in text; longer lines are the rim of a label or a tile."""
FLOOR, CEILING = 10, 200
"""Levels by which a stroke stands out: below FLOOR is texture of the video, above CEILING nothing is
gained."""


def region(box: Box, frame_height: int) -> Box:
    """The lower left part of a tile that holds its name label."""
    high = min(max(round(0.22 * box.height), 14), max(40, frame_height // 24), max(box.height, 1))
    return Box(box.left, box.bottom - high, min(box.width * 9 // 10, 8 * high), high)


def usual_scale(box: Box, frame_height: int) -> float:
    """The usual factor that enlarges labels of such tiles, while the size of their text is unknown."""
    return BASE / min(max(region(box, frame_height).height, 1), max(28, frame_height // 40))


def text_strokes(pixels: Pixels, box: Box, scale: float) -> StrokeMap:
    """The strokes of a tile's label, enlarged by ``scale``; all zero without a label; 0.25 ms at 1080p."""
    part = region(box, pixels.shape[0]).of(pixels)
    if min(part.shape[:2]) < 6:
        return np.zeros((ROWS, COLS), np.float32)
    part = part[-int(ROWS / scale + 1) :, : int(COLS / scale + 1)]
    size = max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(part, size, interpolation=way)[-ROWS:, :COLS]
    red, green, blue = cv2.split(small)
    # White text is bright in every channel, a red microphone is not. Dark text is dark in every channel.
    light = cv2.min(cv2.min(red, green), blue)
    dark = cv2.bitwise_not(cv2.max(cv2.max(red, green), blue))
    inks = [_placed(np.asarray(grey, np.uint8), scale, min(0.1 * box.height, 14)) for grey in (light, dark)]
    # A red microphone on a pale card has bright gaps, so colourful pixels do not count when the ink is
    # chosen.
    vivid = (cv2.bitwise_not(dark).astype(np.int16) - light > VIVID).astype(np.uint8)
    plain = np.ones((ROWS, COLS), np.bool_)
    around = cv2.dilate(vivid, np.ones((7, 7), np.uint8))
    plain[ROWS - around.shape[0] :, : around.shape[1]] = around == 0
    dark_ink = np.square(inks[1])[plain].sum() > DARKER * np.square(inks[0])[plain].sum()
    return inks[1] if dark_ink and _on_pale(inks[1] * plain, cv2.bitwise_not(dark)) else inks[0]


def _on_pale(strokes: StrokeMap, brightness: cv2.typing.MatLike) -> bool:
    """Whether strokes (ROWS, COLS) lie on a pale background.

    ``brightness``, uint8 (H, W), is the brightness of their lower left part.
    """
    high, wide = brightness.shape
    around = cv2.dilate(strokes[ROWS - high :, :wide], np.ones((NEAR, NEAR), np.uint8))
    near = brightness[around > 2 * FLOOR]
    return bool(near.size) and float(np.median(near)) >= PALE


def _placed(grey: NDArray[np.uint8], scale: float, corner: float) -> StrokeMap:
    """The bright strokes of a picture (H, W) at the lower left of a label's canvas (ROWS, COLS).

    Leaves out the tile's edge and its rounded corner of ``corner`` frame pixels.
    """
    raw: StrokeMap = np.zeros((ROWS, COLS), np.float32)
    raw[ROWS - grey.shape[0] :, : grey.shape[1]] = _bright_and_thin(grey)
    edge = round(2.5 * scale)
    raw[:, :edge] = 0
    raw[ROWS - edge :] = 0
    reach = min(round(corner * scale), ROWS)
    raw[ROWS - reach :, :reach] *= ~np.tri(reach, k=-1, dtype=np.bool_)
    return raw


def _bright_and_thin(grey: NDArray[np.uint8]) -> StrokeMap:
    """Bright and thin strokes, in levels from FLOOR to CEILING, without long straight lines (label rims)."""
    hat = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, np.ones((STROKE, STROKE), np.uint8))
    for shape in ((1, LINE), (LINE, 1)):
        hat = cv2.subtract(hat, cv2.morphologyEx(hat, cv2.MORPH_OPEN, np.ones(shape, np.uint8)))
    return np.asarray(np.clip(hat.astype(np.float32) - FLOOR, 0, CEILING - FLOOR), np.float32)


def rescaled(raw: StrokeMap, factor: float) -> StrokeMap:
    """Strokes rescaled as if their text were ``factor`` times as large, aligned at the lower left corner."""
    size = max(round(COLS * factor), 1), max(round(ROWS * factor), 1)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    other = np.asarray(cv2.resize(raw, size, interpolation=way), np.float32)[-ROWS:, :COLS]
    placed: StrokeMap = np.zeros((ROWS, COLS), np.float32)
    placed[ROWS - other.shape[0] :, : other.shape[1]] = other
    return placed


def normalised(raw: StrokeMap) -> StrokeMap:
    """Strokes without their local mean and of norm 1, so that a correlation compares details."""
    detail = cv2.GaussianBlur(raw, (0, 0), 0.7) - cv2.GaussianBlur(raw, (0, 0), 4.0)
    norm = float(np.linalg.norm(detail))
    return np.asarray(detail / norm if norm > 1e-3 else np.zeros_like(detail), np.float32)
