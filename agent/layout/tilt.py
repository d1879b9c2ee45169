"""Straightens a photo of a screen: makes the rows and columns that it shows horizontal and vertical."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels

Numbers = NDArray[np.float64]

LOOKED_AT = 960
"""Width in pixels at which lines are detected: 1920 takes four times as long and gives the same result."""
STEEPEST = 0.2
"""Maximum slope of a line that may be a row or column of the screen: 11 degrees."""
LEAST_LENGTH = 0.025
"""Minimum length of a line, as a share of the picture's width, at which its direction is reliable."""
LONGEST = 90
"""Number of longest lines that are tried as the pair that defines the direction of all lines."""
AGREE = 0.008
"""Maximum difference of slope, half a degree, within which a line agrees with the others."""
LEAST_SHARE = 0.3
"""Minimum share of the total length of the nearly horizontal (or vertical) lines that must agree."""
FEWEST = 8
"""Minimum number of lines that must agree."""
CONVERGE = 0.3
"""Maximum change of slope from one side of the picture to the other."""
STRAIGHT = 0.006
"""Minimum move of a corner, as a share of the picture's width; below it the picture is straight. In three of
96 screenshots, lines in the participants' rooms give a little less than that."""
ROOM = 1.15
"""Maximum ratio of the straightened picture's width and height to the photo's."""


@dataclass(frozen=True, slots=True, eq=False)
class Straightened:
    """A straightened picture RGB uint8 (H, W, 3); ``lens`` is the 3x3 matrix to a tilted photo, else None."""

    pixels: Pixels
    lens: Numbers | None = None

    def in_photo(self, box: Box) -> Box:
        """The place in the photo of a box in the straightened picture: each side is the mean of its ends."""
        if self.lens is None:
            return box
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float64)
        seen = cv2.perspectiveTransform(corners, self.lens)[0]
        xs, ys = np.sort(seen[:, 0]), np.sort(seen[:, 1])
        x, y = round(float(xs[:2].mean())), round(float(ys[:2].mean()))
        return Box(x, y, round(float(xs[2:].mean())) - x, round(float(ys[2:].mean())) - y)


def straightened(pixels: Pixels) -> Straightened:
    """Straighten a photo of a screen, RGB uint8 (H, W, 3); unchanged where no direction prevails.

    The horizontal lines of a screen meet in one point, the vertical lines in another. Their slope is a linear
    function of where they cross the middle of the picture, which gives the matrix that sends both points to
    infinity.
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
    # Repeat the photo's border beyond it: a black corner would be one more edge.
    straight = cv2.warpPerspective(pixels, lens, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Straightened(np.asarray(straight, np.uint8), lens)


def _lines(pixels: Pixels, scale: float) -> Numbers:
    """The straight edges of a picture, float64 (N, 4): x and y of both ends in the picture's pixels."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if scale > 1:
        size = round(pixels.shape[1] / scale), round(pixels.shape[0] / scale)
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    return np.asarray(found.reshape(-1, 4), np.float64) * scale


def _directions(lines: Numbers, width: int) -> tuple[float, float] | None:
    """Slope of the nearly horizontal lines at the middle, and its change per pixel; None if they disagree.

    ``lines`` are in pixels from the middle of the picture.
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
