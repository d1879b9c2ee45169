"""Measures how strongly a picture changes across straight lines, as evidence for the sides of tiles."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.layout.page import largest
from agent.values import Box, Pixels

CAP = 24
"""Maximum level that a colour jump counts for: a few strong pixels must not pass for a whole side."""
REACH = 7
"""Number of pixels beside a line that are compared with it to tell the line from texture."""
LEAST_JUMP = 3
COVERED = 0.4
"""Minimum share of a side that jumps by LEAST_JUMP levels or more: text does not reach it."""
BLANK = 0.2
"""Maximum share of any row or column that jumps around a line through one flat colour; the background of a
name may lie across the line."""
FLOOR = 0.6
"""Levels added to the median jump of the surroundings: 2 levels in a flat page still stand out more than
threefold."""


class Lines:
    """Sums of colour jumps along all lines of one direction, for any section of a line in constant time.

    ``jumps`` uint8 (length of a line, lines + 1) has one column for each line, including both borders of the
    picture.
    """

    def __init__(self, jumps: NDArray[np.uint8]) -> None:
        self._length, self._last = jumps.shape[0], jumps.shape[1] - 1
        # With at most CAP per pixel, the sums stay far below 2**31 at the size that is searched.
        self._sums = _integral(jumps)
        self._seen = _integral((jumps >= LEAST_JUMP).view(np.uint8))

    def strength(self, at: int, begin: int, end: int, slack: int = 1) -> float:
        """How much the line before pixel ``at`` stands out from ``begin`` to ``end``: 1 means not at all."""
        first, last = max(at - REACH - slack, 0), min(at + REACH + slack, self._last) + 1
        begin, end = max(begin, 0), min(end, self._length)
        if end <= begin or last - first < 3:
            return 0.0
        span = slice(first, last + 1)
        seen = self._seen[end, span] - self._seen[begin, span]
        if _broken(seen, at - first, slack, end - begin):
            return 0.0
        return _standing_out(self._sums[end, span] - self._sums[begin, span], at - first, slack, end - begin)

    def blank(self, at: int, begin: int, end: int) -> bool:
        """Whether the line before pixel ``at`` runs through one flat colour: it neither shows nor denies a
        side."""
        span = slice(max(at - REACH, 0), min(at + REACH, self._last) + 2)
        return _blank(self._seen[end, span] - self._seen[begin, span], end - begin)

    def near(self, at: int, begin: int, end: int, reach: int) -> NDArray[np.float64] | None:
        """The mean jump, in levels, of each line within ``reach`` pixels of the line before ``at``.

        Float64 (2 reach + 1,); None too close to the picture's border.
        """
        begin, end = max(begin, 0), min(end, self._length)
        if end <= begin or not reach < at < self._last - reach:
            return None
        span = slice(at - reach, at + reach + 2)
        return np.asarray(np.diff(self._sums[end, span] - self._sums[begin, span]) / (end - begin))


class Edges:
    """The ``vertical`` and the ``horizontal`` lines of one picture (H, W, 3)."""

    def __init__(self, pixels: Pixels) -> None:
        self.height, self.width = pixels.shape[:2]
        across, down = jumps(pixels)
        self.vertical = Lines(across)
        self.horizontal = Lines(np.asarray(cv2.transpose(down), np.uint8))

    def sides(self, box: Box, slack: int = 1) -> tuple[float, float, float, float]:
        """How much the left, top, right and bottom side of ``box`` stand out.

        Leaves out a tenth of each side at both ends, where rounded corners show no edge.
        """
        rows, cols = _middle(box)
        return (
            self.vertical.strength(box.left, *rows, slack),
            self.horizontal.strength(box.top, *cols, slack),
            self.vertical.strength(box.right, *rows, slack),
            self.horizontal.strength(box.bottom, *cols, slack),
        )

    def near(self, box: Box, reach: int) -> tuple[NDArray[np.float64] | None, ...]:
        """``Lines.near`` of each side of ``box``, in the order of ``sides`` and for the same sections."""
        rows, cols = _middle(box)
        return (
            self.vertical.near(box.left, *rows, reach),
            self.horizontal.near(box.top, *cols, reach),
            self.vertical.near(box.right, *rows, reach),
            self.horizontal.near(box.bottom, *cols, reach),
        )


def jumps(pixels: Pixels) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Jumps across upright lines of pixels (H, W, 3), uint8 (H, W + 1), and across level ones, (H + 1, W)."""
    height, width = pixels.shape[:2]
    across = np.zeros((height, width + 1), np.uint8)
    down = np.zeros((height + 1, width), np.uint8)
    if width > 1:
        across[:, 1:-1] = _jump(pixels[:, 1:], pixels[:, :-1])
    if height > 1:
        down[1:-1] = _jump(pixels[1:], pixels[:-1])
    return across, down


def _middle(box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last row, and first and last column, of a box without a tenth at each end."""
    dx, dy = box.width // 10, box.height // 10
    return (box.top + dy, box.bottom - dy), (box.left + dx, box.right - dx)


def _jump(after: Pixels, before: Pixels) -> NDArray[np.uint8]:
    return np.minimum(largest(cv2.absdiff(after, before), after.shape[0]), CAP)


def _integral(values: NDArray[np.uint8]) -> NDArray[np.int32]:
    return np.asarray(cv2.integral(values, sdepth=cv2.CV_32S), np.int32)


def _blank(sums: NDArray[np.int32], length: int) -> bool:
    """Whether little jumps on every line; ``sums`` are the running sums over the lines."""
    return max((b - a for a, b in pairwise(sums.tolist())), default=0) <= BLANK * length


def _broken(sums: NDArray[np.int32], at: int, slack: int, length: int) -> bool:
    """Whether too little jumps on every line within ``slack`` of ``at``.

    ``sums`` are the running sums over the lines. For so few numbers plain Python takes half of NumPy's time.
    """
    if not 0 <= at < len(sums) - 1:
        return True
    near = sums[max(at - slack, 0) : at + slack + 2].tolist()
    return bool(max(b - a for a, b in pairwise(near)) < COVERED * length)


def _standing_out(sums: NDArray[np.int32], at: int, slack: int, length: int) -> float:
    """The peak within ``slack`` of ``at`` over the median beside it; ``sums`` as in ``_broken``."""
    jumps = [(b - a) / length for a, b in pairwise(sums.tolist())]
    first, last = max(at - slack, 0), at + slack + 1
    beside = sorted(jumps[:first] + jumps[last:])
    if not beside:
        return 0.0
    middle = len(beside) // 2
    median = beside[middle] if len(beside) % 2 else (beside[middle - 1] + beside[middle]) / 2
    return float(max(jumps[first:last]) / (median + FLOOR))
