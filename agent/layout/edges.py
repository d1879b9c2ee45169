"""How strongly a picture changes across straight lines: the evidence for the sides of tiles."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.layout.page import largest
from agent.values import Box, Pixels

CAP = 24
"""A colour jump counts no more than this many levels: a few strong pixels must not pass for a whole side."""
REACH = 7
"""How many pixels beside a line are looked at to tell a line from texture."""
LEAST_JUMP = 3
COVERED = 0.4
"""A side stands out only where at least this part of it jumps by LEAST_JUMP levels: text does not."""
BLANK = 0.2
"""Around a line that runs through one flat colour at most this part of any row or column jumps; a name's
plate may lie across it."""
FLOOR = 0.6
"""Levels added to the surroundings: 2 levels in a flat page still stand out more than threefold."""


class Edges:
    """Sums of colour jumps along rows and columns of one picture (H, W, 3), for sides in constant time."""

    def __init__(self, pixels: Pixels) -> None:
        self.height, self.width = pixels.shape[:2]
        across = np.zeros((self.height, self.width + 1), np.uint8)
        down = np.zeros((self.height + 1, self.width), np.uint8)
        if self.width > 1:
            across[:, 1:-1] = _jump(pixels[:, 1:], pixels[:, :-1])
        if self.height > 1:
            down[1:-1] = _jump(pixels[1:], pixels[:-1])
        # Of at most CAP per pixel the sums stay far below 2**31 at the size that is searched.
        self._across, self._down = _integral(across), _integral(down)
        self._across_seen = _integral((across >= LEAST_JUMP).view(np.uint8))
        self._down_seen = _integral((down >= LEAST_JUMP).view(np.uint8))

    def vertical(self, x: int, top: int, bottom: int, slack: int = 1) -> float:
        """How much the line before column x stands out between rows top and bottom: 1 is not at all."""
        first, last = max(x - REACH - slack, 0), min(x + REACH + slack + 1, self.width + 1)
        top, bottom = max(top, 0), min(bottom, self.height)
        if bottom <= top or last - first < 3:
            return 0.0
        span = slice(first, last + 1)
        seen = self._across_seen[bottom, span] - self._across_seen[top, span]
        if _broken(seen, x - first, slack, bottom - top):
            return 0.0
        return _standing_out(
            self._across[bottom, span] - self._across[top, span], x - first, slack, bottom - top
        )

    def horizontal(self, y: int, left: int, right: int, slack: int = 1) -> float:
        """How much the line before row y stands out between columns left and right: 1 is not at all."""
        first, last = max(y - REACH - slack, 0), min(y + REACH + slack + 1, self.height + 1)
        left, right = max(left, 0), min(right, self.width)
        if right <= left or last - first < 3:
            return 0.0
        span = slice(first, last + 1)
        seen = self._down_seen[span, right] - self._down_seen[span, left]
        if _broken(seen, y - first, slack, right - left):
            return 0.0
        return _standing_out(self._down[span, right] - self._down[span, left], y - first, slack, right - left)

    def blank_vertical(self, x: int, top: int, bottom: int) -> bool:
        """Whether the line before column x runs through one flat colour: no side seen, none denied."""
        span = slice(max(x - REACH, 0), min(x + REACH + 1, self.width + 1) + 1)
        return _blank(self._across_seen[bottom, span] - self._across_seen[top, span], bottom - top)

    def blank_horizontal(self, y: int, left: int, right: int) -> bool:
        """Whether the line before row y runs through one flat colour: no side seen, none denied."""
        span = slice(max(y - REACH, 0), min(y + REACH + 1, self.height + 1) + 1)
        return _blank(self._down_seen[span, right] - self._down_seen[span, left], right - left)

    def sides(self, box: Box, slack: int = 1) -> tuple[float, float, float, float]:
        """How much the left, top, right and bottom side of ``box`` stand out.

        A tenth of each side is left out at both ends: rounded corners leave nothing there.
        """
        rows, cols = _middle(box)
        return (
            self.vertical(box.left, *rows, slack),
            self.horizontal(box.top, *cols, slack),
            self.vertical(box.right, *rows, slack),
            self.horizontal(box.bottom, *cols, slack),
        )

    def near(self, box: Box, reach: int) -> tuple[NDArray[np.float64] | None, ...]:
        """The mean jump, in levels, of each line up to ``reach`` pixels from each side of ``box``.

        (2 reach + 1,) for each, in the order of ``sides`` and with the same ends left out; None for a side so
        near the picture's border.
        """
        rows, cols = _middle(box)
        return (
            self._near_vertical(box.left, *rows, reach),
            self._near_horizontal(box.top, *cols, reach),
            self._near_vertical(box.right, *rows, reach),
            self._near_horizontal(box.bottom, *cols, reach),
        )

    def _near_vertical(self, x: int, top: int, bottom: int, reach: int) -> NDArray[np.float64] | None:
        top, bottom = max(top, 0), min(bottom, self.height)
        if bottom <= top or not reach < x < self.width - reach:
            return None
        span = slice(x - reach, x + reach + 2)
        return np.asarray(np.diff(self._across[bottom, span] - self._across[top, span]) / (bottom - top))

    def _near_horizontal(self, y: int, left: int, right: int, reach: int) -> NDArray[np.float64] | None:
        left, right = max(left, 0), min(right, self.width)
        if right <= left or not reach < y < self.height - reach:
            return None
        span = slice(y - reach, y + reach + 2)
        return np.asarray(np.diff(self._down[span, right] - self._down[span, left]) / (right - left))


def _middle(box: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last row, and column, of a box without a tenth at each end."""
    dx, dy = box.width // 10, box.height // 10
    return (box.top + dy, box.bottom - dy), (box.left + dx, box.right - dx)


def _jump(after: Pixels, before: Pixels) -> NDArray[np.uint8]:
    return np.minimum(largest(cv2.absdiff(after, before), after.shape[0]), CAP)


def _integral(values: NDArray[np.uint8]) -> NDArray[np.int32]:
    return np.asarray(cv2.integral(values, sdepth=cv2.CV_32S), np.int32)


def _blank(sums: NDArray[np.int32], length: int) -> bool:
    """Whether on no line much jumps; ``sums`` of the lines, running."""
    return max((b - a for a, b in pairwise(sums.tolist())), default=0) <= BLANK * length


def _broken(sums: NDArray[np.int32], at: int, slack: int, length: int) -> bool:
    """Whether on no line ``at`` (give or take ``slack``) enough jumps; ``sums`` of the lines, running.

    Of so few numbers Python takes care in half of NumPy's time.
    """
    if not 0 <= at < len(sums) - 1:
        return True
    near = sums[max(at - slack, 0) : at + slack + 2].tolist()
    return bool(max(b - a for a, b in pairwise(near)) < COVERED * length)


def _standing_out(sums: NDArray[np.int32], at: int, slack: int, length: int) -> float:
    """The peak at ``at`` (give or take ``slack``) over the median beside it; ``sums`` as above."""
    jumps = [(b - a) / length for a, b in pairwise(sums.tolist())]
    first, last = max(at - slack, 0), at + slack + 1
    beside = sorted(jumps[:first] + jumps[last:])
    if not beside:
        return 0.0
    middle = len(beside) // 2
    median = beside[middle] if len(beside) % 2 else (beside[middle - 1] + beside[middle]) / 2
    return float(max(jumps[first:last]) / (median + FLOOR))
