"""How strongly a picture changes across straight lines: the evidence for the sides of tiles."""

from __future__ import annotations

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
        means = np.diff(self._across[bottom, span] - self._across[top, span]) / (bottom - top)
        seen = np.diff(self._across_seen[bottom, span] - self._across_seen[top, span]) / (bottom - top)
        return _standing_out(means, seen, x - first, slack)

    def horizontal(self, y: int, left: int, right: int, slack: int = 1) -> float:
        """How much the line before row y stands out between columns left and right: 1 is not at all."""
        first, last = max(y - REACH - slack, 0), min(y + REACH + slack + 1, self.height + 1)
        left, right = max(left, 0), min(right, self.width)
        if right <= left or last - first < 3:
            return 0.0
        span = slice(first, last + 1)
        means = np.diff(self._down[span, right] - self._down[span, left]) / (right - left)
        seen = np.diff(self._down_seen[span, right] - self._down_seen[span, left]) / (right - left)
        return _standing_out(means, seen, y - first, slack)

    def blank_vertical(self, x: int, top: int, bottom: int) -> bool:
        """Whether the line before column x runs through one flat colour: no side seen, none denied."""
        span = slice(max(x - REACH, 0), min(x + REACH + 1, self.width + 1) + 1)
        seen = np.diff(self._across_seen[bottom, span] - self._across_seen[top, span])
        return bool(seen.max(initial=0) <= BLANK * (bottom - top))

    def blank_horizontal(self, y: int, left: int, right: int) -> bool:
        """Whether the line before row y runs through one flat colour: no side seen, none denied."""
        span = slice(max(y - REACH, 0), min(y + REACH + 1, self.height + 1) + 1)
        seen = np.diff(self._down_seen[span, right] - self._down_seen[span, left])
        return bool(seen.max(initial=0) <= BLANK * (right - left))

    def sides(self, box: Box, slack: int = 1) -> tuple[float, float, float, float]:
        """How much the left, top, right and bottom side of ``box`` stand out.

        A tenth of each side is left out at both ends: rounded corners leave nothing there.
        """
        dx, dy = box.width // 10, box.height // 10
        rows, cols = (box.top + dy, box.bottom - dy), (box.left + dx, box.right - dx)
        return (
            self.vertical(box.left, *rows, slack),
            self.horizontal(box.top, *cols, slack),
            self.vertical(box.right, *rows, slack),
            self.horizontal(box.bottom, *cols, slack),
        )


def _jump(after: Pixels, before: Pixels) -> NDArray[np.uint8]:
    return np.minimum(largest(cv2.absdiff(after, before), after.shape[0]), CAP)


def _integral(values: NDArray[np.uint8]) -> NDArray[np.int32]:
    return np.asarray(cv2.integral(values, sdepth=cv2.CV_32S), np.int32)


def _standing_out(means: NDArray[np.float64], seen: NDArray[np.float64], at: int, slack: int) -> float:
    """The peak at ``at`` (give or take ``slack``) over the median beside it; 0 for a broken line."""
    if at < 0 or at >= len(means):
        return 0.0
    near = slice(max(at - slack, 0), at + slack + 1)
    if seen[near].max() < COVERED:
        return 0.0
    beside = np.concatenate([means[: near.start], means[near.stop :]])
    return float(means[near].max()) / (_median(beside) + FLOOR) if len(beside) else 0.0


def _median(values: NDArray[np.float64]) -> float:
    """The median of a dozen values; numpy's overhead was a tenth of the time of a picture."""
    ordered = sorted(values.tolist())
    middle = len(ordered) // 2
    return float(ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)
