"""Correlates label pictures wherever in their corner the text stands.

All pairs are compared at half size first. Only pairs that may be alike are then compared at full size, around
the shift that was best. 49 labels against 49 take 3 to 12 ms; all shifts of all pairs at full size, by
Fourier transforms, took 28 ms, and up to 95 ms beside other work.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.participants.label_image import COLS, ROWS

Matrix = NDArray[np.float32]

REACH = 11
"""Maximum horizontal shift of text in pixels of half size: a microphone beside the name comes and goes (7
px)."""
SLACK = 1
"""The same for vertical shifts."""
NEAR = 1
"""Maximum horizontal shift, in pixels of half size, that is tried first for all pairs; labels hardly ever
move."""
PROMISING = 0.62
"""Minimum correlation at half size at which a pair is compared at full size. Where full size gives 0.7, half
size gives 0.76 or more; of pairs of different names one in 20 has 0.6."""
UNLIKE = 0.5
"""Maximum correlation reported for other pairs: at half size names are more alike than they are."""
CLEAR = 0.85
"""Minimum correlation at which no larger shift is tried."""


def halved(strokes: Matrix) -> Matrix:
    """Normalised strokes (N, ROWS, COLS) at half size, of norm 1 again, float32 (N, ROWS / 2, COLS / 2)."""
    small = np.empty((len(strokes), ROWS // 2, COLS // 2), np.float32)
    for index, one in enumerate(strokes):
        small[index] = cv2.resize(one, (COLS // 2, ROWS // 2), interpolation=cv2.INTER_AREA)
    norms = np.sqrt(np.square(small).sum(axis=(1, 2), keepdims=True))
    return np.asarray(small / np.maximum(norms, 1e-6), np.float32)


def correlate_labels(ours: Matrix, theirs: Matrix, slack: int = SLACK) -> NDArray[np.float64]:
    """Correlation -1..1 of every pair (N, M) of normalised strokes (N, ROWS, COLS) and (M, ROWS, COLS).

    The best over shifts of up to twice REACH pixels sideways and twice ``slack`` up or down. Exact where it
    is high. For pairs that are not alike it is the correlation at half size, and at most UNLIKE.
    """
    best = np.full((len(ours), len(theirs)), -1.0)
    if not best.size:
        return best
    small, others = halved(ours), halved(theirs)
    rows = np.arange(len(ours))
    for reach in (NEAR, REACH):
        rough, shifts = _shifted(small[rows], others, reach, slack)
        exact = np.minimum(rough, UNLIKE).astype(np.float64)
        for row, column in zip(*np.nonzero(rough >= PROMISING), strict=True):
            exact[row, column] = _at_full_size(ours[rows[row]], theirs[column], shifts[row, column])
        best[rows] = np.maximum(best[rows], exact)
        rows = rows[exact.max(axis=1) < CLEAR]
        if not len(rows):
            break
    return best


def _shifted(ours: Matrix, theirs: Matrix, reach: int, slack: int) -> tuple[Matrix, NDArray[np.int8]]:
    """The best correlation of each pair (N, M) over shifts, and the best shift, down and right (N, M, 2)."""
    best = np.full((len(ours), len(theirs)), -1.0, np.float32)
    at = np.zeros((len(ours), len(theirs), 2), np.int8)
    for down in range(-slack, slack + 1):
        for right in range(-reach, reach + 1):
            upper, lower = _overlap(ours, down, right), _overlap(theirs, -down, -right)
            found = upper.reshape(len(ours), -1) @ lower.reshape(len(theirs), -1).T
            better = found > best
            best[better] = found[better]
            at[better] = down, right
    return best, at


def _at_full_size(one: Matrix, other: Matrix, shift: NDArray[np.int8]) -> float:
    """The best correlation of two strokes around a shift that was found at half size."""
    return max(
        float(np.vdot(_overlap(one, down, right), _overlap(other, -down, -right)))
        for down in range(2 * int(shift[0]) - 1, 2 * int(shift[0]) + 2)
        for right in range(2 * int(shift[1]) - 1, 2 * int(shift[1]) + 2)
    )


def _overlap(strokes: Matrix, down: int, right: int) -> Matrix:
    """The part of strokes (..., H, W) that other strokes cover when they are moved ``down`` and ``right``."""
    high, wide = strokes.shape[-2:]
    return strokes[..., max(down, 0) : high + min(down, 0), max(right, 0) : wide + min(right, 0)]
