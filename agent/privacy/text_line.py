"""Finds the line of a name on a label, and prepares its picture for text recognition.

A label's region is as wide as a label may get, so it also holds video above and beside the name. None of that
is passed on: together with it, Tesseract read five of the sixteen names of a real gallery of 1000x625.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from agent.box import around
from agent.values import Box, Pixels

LEVELS = (40, 70, 100)
"""Brightness levels by which strokes stand out: the lower ones find text on a bright ground, the higher ones
tell it from the rim of its plate and from the video beside it."""
THICK = 5
"""Height of the label's region over the width of a stroke, minimum."""
SMALLEST = 4
"""Minimum height of a letter in pixels, and minimum area of its strokes."""
LARGEST = 0.6
"""Maximum height of a letter, as a share of the region's: the region is a fifth of a tile, names at most a
tenth."""
FLAT = 12
"""Maximum width of a word's joined letters, in letter heights; anything wider is a rim."""
VIVID = 130
"""Minimum difference, in levels, between the mean channels of the red microphone's strokes: they have 146 to
160, letters with coloured rims, as Windows draws them, up to 113."""
BEGIN = 3.5
"""Maximum distance of a name from the left, in letter heights: a microphone may stand before it."""
APART = 1.0
"""Maximum distance between two words of a name, in letter heights."""
LEFT, AROUND = 0.1, 0.3
"""Margins around a line, as shares of its height: a smaller one on the left, where the microphone stands."""
STROKE = 0.55
"""Maximum width of a stroke, as a share of the line's height: with 0.4 and 0.8 fewer names are certain."""
GROUND, INK = 5.0, 99.5
"""Percentiles of brightness that become white and black."""
FAINT = 30
"""Minimum levels between the two: amplifying fainter writing would amplify noise."""
MARGIN = 12
"""White pixels around the line: with 4 or 24 fewer names are certain."""


class _Glyph(NamedTuple):
    """One connected stroke, and the mean number of levels by which it stands out."""

    box: Box
    contrast: float


def line_of(label: Pixels) -> Box | None:
    """The box of the name's line in bright ink in a label's region, RGB uint8 (H, W, 3); takes 1.4 ms.

    None if nothing looks like writing that begins at the left.
    """
    # White ink is bright in every channel, whatever shows through the label's ground.
    ink = label.min(axis=2)
    side = max(2 * (label.shape[0] // (2 * THICK)) + 1, 5)
    hat = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8)), np.uint8)
    best, found = 0.0, None
    for level in LEVELS:
        glyphs = _glyphs(label, hat, level)
        for seed in glyphs:
            for run in _runs(seed, glyphs):
                weight = _weight(seed, run)
                if weight > best:
                    best, found = weight, around([one.box for one in run])
    return found


def enlarged(label: Pixels, line: Box, height: int) -> Pixels:
    """A line of a label, RGB uint8 (H, W, 3), ``height`` pixels high: dark on white, uint8 (H, W)."""
    left, rim = max(round(LEFT * line.height), 1), max(round(AROUND * line.height), 1)
    wide, high = line.width + left + rim, line.height + 2 * rim
    part = Box(line.left - left, line.top - rim, wide, high).of(label)
    # Use the mean of the channels: in letters with coloured rims the darkest channel is unreadable.
    grey = part.mean(axis=2).astype(np.uint8)
    factor = height / line.height
    size = max(round(grey.shape[1] * factor), 1), max(round(grey.shape[0] * factor), 1)
    large = cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC)
    stroke = np.ones((round(STROKE * height) | 1,) * 2, np.uint8)
    lifted = cv2.morphologyEx(large, cv2.MORPH_TOPHAT, stroke).astype(np.float32)
    ground, ink = np.percentile(lifted, (GROUND, INK))
    text = 255 - np.clip((lifted - ground) * (255 / max(ink - ground, FAINT)), 0, 255).astype(np.uint8)
    return np.pad(text, MARGIN, constant_values=255)


def _glyphs(label: Pixels, hat: Pixels, level: int) -> list[_Glyph]:
    """Possible letters among the strokes ``hat``, uint8 (H, W), of a label (H, W, 3), from the left.

    Blur joins the letters of a word. A stroke that touches the upper edge belongs to the video.
    """
    strokes = (hat >= level).view(np.uint8)
    count, marked, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    contrast = np.bincount(marked.ravel(), hat.ravel(), count)
    channels = [np.bincount(marked.ravel(), label[..., index].ravel(), count) for index in range(3)]
    colour = np.max(channels, axis=0) - np.min(channels, axis=0)
    found = []
    # The first component is the background.
    for index, (left, top, wide, high, area) in enumerate(stats[1:].tolist(), 1):
        fits = SMALLEST <= high <= LARGEST * hat.shape[0] and wide < FLAT * high
        if fits and top > 0 and area >= SMALLEST and colour[index] < VIVID * area:
            found.append(_Glyph(Box(left, top, wide, high), float(contrast[index]) / area))
    return sorted(found, key=lambda one: (one.box.left, one.box.top, one.box.width, one.box.height))


def _runs(seed: _Glyph, glyphs: Sequence[_Glyph]) -> Iterator[list[_Glyph]]:
    """The glyphs on the line of ``seed`` that stand close together, and begin near the left."""
    run: list[_Glyph] = []
    right = 0
    for one in glyphs:
        if not _on_line(seed, one):
            continue
        if run and one.box.left - right > APART * seed.box.height:
            yield run
            run = []
        if not run and one.box.left > BEGIN * seed.box.height:
            return
        run.append(one)
        right = max(right, one.box.right)
    if run:
        yield run


def _on_line(seed: _Glyph, one: _Glyph) -> bool:
    """Whether a glyph stands on the line of another, or goes below it, as y does."""
    high = seed.box.height
    shared = min(one.box.bottom, seed.box.bottom) - max(one.box.top, seed.box.top)
    return (
        0.45 * high <= one.box.height <= 1.7 * high
        and shared >= 0.55 * min(one.box.height, high)
        and abs(one.box.bottom - seed.box.bottom) <= max(1.5, 0.4 * high)
    )


def _weight(seed: _Glyph, run: Sequence[_Glyph]) -> float:
    """The weight of a line: the widths of its glyphs times how they stand out; 0 if it is too short."""
    if around([one.box for one in run]).width < 1.2 * seed.box.height:
        return 0.0
    level = max(1, seed.box.height // 6)
    on = [one for one in run if abs(one.box.bottom - seed.box.bottom) <= level]
    return sum(min(one.box.width, 3 * seed.box.height) * one.contrast for one in on)
