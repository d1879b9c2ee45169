"""Straightening a photo of a screen: the rows and columns of what it shows made level and upright."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

Numbers = NDArray[np.float64]

LOOKED_AT = 960
"""Width in pixels at which lines are looked for: at 1920 it takes four times as long and says the same."""
STEEPEST = 0.2
"""Slope up to which a line may be a row or column of the screen: 11 degrees."""
LEAST_LENGTH = 0.025
"""Length of a line, as a part of the picture's width, from which its direction says something."""
LONGEST = 90
"""How many of the longest lines are tried as the two that say how all of them run."""
AGREE = 0.008
"""Difference of slope, half a degree, within which a line runs as the others do."""
LEAST_SHARE = 0.3
"""Part of the length of all nearly level (or upright) lines that must agree."""
FEWEST = 8
"""Least number of lines that must agree."""
CONVERGE = 0.3
"""Greatest change of slope from one side of the picture to the other."""
STRAIGHT = 0.006
"""A picture whose corners would move by less than this part of its width is straight: of 96 screenshots
three have lines in their rooms that seem to say a little less."""
ROOM = 1.15
"""How many times as wide and as high the straightened picture may be."""


@dataclass(frozen=True, slots=True, eq=False)
class Straightened:
    """A picture RGB uint8 (H, W, 3) made straight; the 3x3 matrix to the photo's pixels if it was tilted."""

    pixels: Pixels
    lens: Numbers | None = None

    def in_photo(self, box: Box) -> Box:
        """Where a box of the straightened picture is in the photo: along the mean of each side."""
        if self.lens is None:
            return box
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float64)
        seen = cv2.perspectiveTransform(corners, self.lens)[0]
        xs, ys = np.sort(seen[:, 0]), np.sort(seen[:, 1])
        x, y = round(float(xs[:2].mean())), round(float(ys[:2].mean()))
        return Box(x, y, round(float(xs[2:].mean())) - x, round(float(ys[2:].mean())) - y)


def straightened(pixels: Pixels) -> Straightened:
    """Straighten a photo of a screen, RGB uint8 (H, W, 3); as it is where no direction prevails.

    Level lines of a screen meet in one point, upright ones in another: their slope is a linear function of
    where they cross the middle of the picture. The matrix that sends both points to infinity follows.
    """
    height, width = pixels.shape[:2]
    scale = max(width / LOOKED_AT, 1.0)
    lines = _lines(pixels, scale)
    middle = np.array([width / 2, height / 2])
    level = _directions(lines - np.tile(middle, 2), width)
    upright = _directions((lines - np.tile(middle, 2))[:, [1, 0, 3, 2]], width)
    if level is None or upright is None:
        return Straightened(pixels)
    lens = np.array([(1, upright[0], 0), (level[0], 1, 0), (-level[1], -upright[1], 1)])
    there = np.array([(1, 0, -middle[0]), (0, 1, -middle[1]), (0, 0, 1)])
    back = np.array([(1, 0, middle[0]), (0, 1, middle[1]), (0, 0, 1)])
    lens = back @ lens @ there
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    ends = cv2.perspectiveTransform(corners, np.linalg.inv(lens))[0]
    if np.abs(ends - corners[0]).max() < STRAIGHT * width:
        return Straightened(pixels)
    low = np.maximum(ends.min(axis=0), -(ROOM - 1) / 2 * np.array([width, height]))
    high = np.minimum(ends.max(axis=0), (ROOM + 1) / 2 * np.array([width, height]))
    size = int(high[0] - low[0]), int(high[1] - low[1])
    lens = lens @ np.array([(1, 0, low[0]), (0, 1, low[1]), (0, 0, 1)])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    # Beyond the photo its rim goes on: a black corner would be one more edge.
    straight = cv2.warpPerspective(pixels, lens, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Straightened(np.asarray(straight, np.uint8), lens)


def _lines(pixels: Pixels, scale: float) -> Numbers:
    """The straight edges of a picture, float64 (N, 4): x and y of both ends in its pixels."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if scale > 1:
        size = round(pixels.shape[1] / scale), round(pixels.shape[0] / scale)
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    return np.asarray(found.reshape(-1, 4), np.float64) * scale


def _directions(lines: Numbers, width: int) -> tuple[float, float] | None:
    """Slope of the nearly level lines at the middle, and its change per pixel; None where they disagree.

    ``lines`` are measured from the middle of the picture.
    """
    run = lines[:, 2] - lines[:, 0]
    rise = lines[:, 3] - lines[:, 1]
    length = np.hypot(run, rise)
    fits = (np.abs(rise) < STEEPEST * np.abs(run)) & (length >= LEAST_LENGTH * width)
    if np.count_nonzero(fits) < FEWEST:
        return None
    slope, length = rise[fits] / run[fits], length[fits]
    at = lines[fits, 1] - slope * lines[fits, 0]
    longest = np.argsort(-length, kind="stable")[:LONGEST]
    one, other = (longest[index] for index in np.triu_indices(len(longest), 1))
    apart = at[other] - at[one]
    far = np.abs(apart) > 0.08 * width
    change = np.append((slope[other] - slope[one])[far] / apart[far], np.zeros(len(longest)))
    base = np.append(slope[one][far] - change[: np.count_nonzero(far)] * at[one][far], slope[longest])
    mild = np.abs(change) * width <= CONVERGE
    change, base = change[mild], base[mild]
    agreeing = np.abs(slope - base[:, None] - change[:, None] * at) <= AGREE
    votes = (agreeing * length).sum(axis=1)
    chosen = agreeing[int(np.argmax(votes))]
    if np.count_nonzero(chosen) < FEWEST or votes.max() < LEAST_SHARE * length.sum():
        return None
    for _ in range(3):
        terms = np.stack([np.ones(len(at)), at], axis=1)[chosen]
        weights = length[chosen, None]
        best = np.linalg.lstsq(terms * weights, slope[chosen] * weights[:, 0], rcond=None)[0]
        chosen = np.abs(slope - best[0] - best[1] * at) <= AGREE
        if np.count_nonzero(chosen) < 2:
            return None
    return float(best[0]), float(best[1])
