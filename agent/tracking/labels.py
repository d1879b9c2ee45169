"""The picture of a name label: where it is, what is text in it, and how alike two of them are.

Nothing is read as letters and no face is looked at: only the lower left corner of a tile, where meeting
programs write the name.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

Strokes = NDArray[np.float32]

ROWS, COLS = 32, 192
"""Size in pixels to which every label is brought; text is about 11 px high in it."""
BASE = 24
"""Rows of it that the label's region fills when its text is of the usual size."""
STROKE = 5
"""Text strokes are thinner than this many pixels, most of what a video shows is not."""
VIVID = 60
DARKER = 1.25
"""How much more dark strokes than bright ones dark ink has: on cards 1.9 to 3.1, and
white ink 0.1 to 1.15."""
LINE = 17
"""Straight lines longer than this are no text, but the rim of a label or a tile."""
FLOOR, CEILING = 10, 200
"""Levels by which a stroke stands out: below is texture of the video, above nothing is gained."""
READ = 20
TEXT_PIXELS = 26
"""A label with fewer stroke pixels cannot be read: three letters have about 60."""
REACH = 22
"""How far to both sides text may have moved: a microphone beside the name comes and goes (14 px)."""
LENGTH = 256
"""For the Fourier transform: more than COLS + REACH, so that nothing wraps around."""


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """One label at one time: its ``strokes`` float32 (ROWS, COLS) without mean and of norm 1, or all zero."""

    strokes: Strokes
    readable: bool
    raw: Strokes
    dark_ink: bool


def region(box: Box, frame_height: int) -> Box:
    """The lower left part of a tile that holds its name label."""
    high = min(max(round(0.22 * box.height), 14), max(40, frame_height // 24), max(box.height, 1))
    return Box(box.left, box.bottom - high, min(box.width * 9 // 10, 8 * high), high)


def usual_zoom(box: Box, frame_height: int) -> float:
    """How much to enlarge the labels of tiles like this one, while nothing is known of their text's size."""
    return BASE / min(max(region(box, frame_height).height, 1), max(28, frame_height // 40))


def describe(pixels: Pixels, box: Box, zoom: float) -> Label:
    """The label of a tile, enlarged by ``zoom``; 0.25 ms at 1080p."""
    part = region(box, pixels.shape[0]).of(pixels)
    blank: Strokes = np.zeros((ROWS, COLS), np.float32)
    if min(part.shape[:2]) < 6:
        return Label(blank, False, blank, False)
    part = part[-int(ROWS / zoom + 1) :, : int(COLS / zoom + 1)]
    size = max(round(part.shape[1] * zoom), 1), max(round(part.shape[0] * zoom), 1)
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    small = cv2.resize(part, size, interpolation=way)[-ROWS:, :COLS]
    red, green, blue = cv2.split(small)
    # White text is bright in every channel, a red microphone is not; dark text the other way round.
    light = cv2.min(cv2.min(red, green), blue)
    dark = cv2.bitwise_not(cv2.max(cv2.max(red, green), blue))
    inks = [_placed(np.asarray(grey, np.uint8), zoom, min(0.1 * box.height, 14)) for grey in (light, dark)]
    # A red microphone on a pale card has bright gaps: what is colourful has no say in which ink it is.
    vivid = (cv2.bitwise_not(dark).astype(np.int16) - light > VIVID).astype(np.uint8)
    plain = np.ones((ROWS, COLS), np.bool_)
    around = cv2.dilate(vivid, np.ones((7, 7), np.uint8))
    plain[ROWS - around.shape[0] :, : around.shape[1]] = around == 0
    dark_ink = bool(np.square(inks[1])[plain].sum() > DARKER * np.square(inks[0])[plain].sum())
    raw = inks[1] if dark_ink else inks[0]
    readable = int((raw > READ).sum()) >= TEXT_PIXELS
    return Label(normal(raw), readable, raw, dark_ink)


def _placed(grey: NDArray[np.uint8], zoom: float, corner: float) -> Strokes:
    """The bright strokes of a picture (H, W) at the lower left of a label's canvas (ROWS, COLS).

    Without the tile's edge and its rounded corner, ``corner`` pixels of the frame large.
    """
    raw: Strokes = np.zeros((ROWS, COLS), np.float32)
    raw[ROWS - grey.shape[0] :, : grey.shape[1]] = _strokes(grey)
    edge = round(2.5 * zoom)
    raw[:, :edge] = 0
    raw[ROWS - edge :] = 0
    reach = min(round(corner * zoom), ROWS)
    raw[ROWS - reach :, :reach] *= ~np.tri(reach, k=-1, dtype=np.bool_)
    return raw


def _strokes(grey: NDArray[np.uint8]) -> Strokes:
    """What is bright and thin, between FLOOR and CEILING, but no long straight line: the rim of a label."""
    hat = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, np.ones((STROKE, STROKE), np.uint8))
    for shape in ((1, LINE), (LINE, 1)):
        hat = cv2.subtract(hat, cv2.morphologyEx(hat, cv2.MORPH_OPEN, np.ones(shape, np.uint8)))
    return np.asarray(np.clip(hat.astype(np.float32) - FLOOR, 0, CEILING - FLOOR), np.float32)


def normal(raw: Strokes) -> Strokes:
    """Strokes without their local mean and of norm 1, so that alike means alike in detail."""
    detail = cv2.GaussianBlur(raw, (0, 0), 0.7) - cv2.GaussianBlur(raw, (0, 0), 4.0)
    norm = float(np.linalg.norm(detail))
    return np.asarray(detail / norm if norm > 1e-3 else np.zeros_like(detail), np.float32)


def transform(strokes: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Row-wise Fourier transforms, complex64 (N, ROWS, LENGTH / 2 + 1), of strokes (N, ROWS, COLS)."""
    return np.fft.rfft(strokes, LENGTH, axis=2).astype(np.complex64)


def similarity(
    ours: NDArray[np.complex64], theirs: NDArray[np.complex64], slack: int = 1
) -> NDArray[np.float64]:
    """Correlation -1..1 of every pair (N, M), the best over shifts sideways and ``slack`` rows up or down."""
    best = np.full((len(ours), len(theirs)), -1.0)
    if not best.size:
        return best
    # Correlating by products of spectra is fast only where numpy finds
    # contiguous matrices.
    rows = ours.shape[1]
    for shift in range(-slack, slack + 1):
        upper = np.ascontiguousarray(ours[:, max(shift, 0) : rows + min(shift, 0)].transpose(2, 0, 1))
        lower = np.ascontiguousarray(
            theirs[:, max(-shift, 0) : rows + min(-shift, 0)].transpose(2, 1, 0).conj()
        )
        spectrum = np.matmul(upper, lower).transpose(1, 2, 0)
        at = np.fft.irfft(spectrum, LENGTH, axis=2)
        best = np.maximum(best, at[..., : REACH + 1].max(axis=2))
        best = np.maximum(best, at[..., -REACH:].max(axis=2))
    return best
