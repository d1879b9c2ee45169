"""Tells from a face's crop whether the face is unchanged, changed or moved since the last check.

The crop is cut again at the place where the face was last found. That costs 0.1 ms; detecting costs 1 to 2 ms
and reading 0.7 ms, so both are left for the faces that need them. Pure functions of two crops.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.values import Pixels

SAME_MEAN, SAME_PEAK = 0.4, 8
"""Grey levels: two crops whose mean difference and greatest difference are both smaller are read alike.

On 24 real faces under sensor noise, compression and light, mean differences under 0.4 move the scores by
0.002 (median) and 0.023 (95th percentile). The greatest difference catches a mouth or an eyelid that moves
alone: on drawn faces it moves the scores by 0.03 while the mean is under 0.5.
"""

MOVED = 0.7
"""Minimum movement in crop pixels (of 48) at which a face is detected again. Of 2,700 checks of drawn faces,
those under 0.6 were off by 0.5 (median; the detector's own jitter) and 1.5 (95th percentile), those over 1.1
by 3.6 or more. Cutting again where nothing moved would only add that jitter: 0.05 of a score."""

OTHER = 10.0
"""Minimum mean difference in grey levels at which a crop shows something else: a turned head, a hand,
nobody."""

STEP = 2
"""Step in pixels between the sampled pixels of a blurred crop, across and down."""

SMOOTH = 1.5
"""Standard deviation, in crop pixels, of the blur before motion is estimated; the estimate reaches as far as
the blur."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A crop that later ones are compared with.

    - ``crop``: uint8 (S, S, 1), as the face was found.
    - ``smooth``: float32 (P,), P of its pixels, blurred.
    - ``solver``: float32 (4, P), turns what was added to those pixels into the motion in crop pixels: right,
      down, and growth and turn at the crop's edge.
    """

    crop: Pixels
    smooth: NDArray[np.float32]
    solver: NDArray[np.float32]


def pose(crop: Pixels) -> Pose:
    """Prepare a crop, grey uint8 (S, S, 1), for comparisons.

    The motion is one Gauss-Newton step of Lucas and Kanade (1981) for a similarity, over an ellipse that
    leaves the background out. Every second pixel is enough: after the blur the others carry the same
    information.
    """
    smooth = _smooth(crop)
    x, y, inside = _grid(smooth.shape[0])
    right, down = (
        part.ravel()[inside] / STEP for part in (np.gradient(smooth, axis=1), np.gradient(smooth, axis=0))
    )
    slopes = np.stack((right, down, x * right + y * down, x * down - y * right))
    # The added identity prevents a division by zero on a plain surface, which has no slopes. Inverting four
    # by four takes 4 µs, solving for 360 columns 18 µs.
    solver = np.linalg.inv(slopes @ slopes.T + np.eye(4, dtype=np.float32)) @ slopes
    return Pose(crop, smooth.ravel()[inside], solver)


def movement(before: Pose, crop: Pixels) -> float:
    """How far in crop pixels a face moved, grew or turned since ``before``; infinite for another picture.

    ``crop``, grey uint8 (S, S, 1), is cut at the same place.
    """
    if difference(before.crop, crop)[0] >= OTHER:
        return float("inf")
    smooth = _smooth(crop)
    now = smooth.ravel()[_grid(smooth.shape[0])[2]]
    return math.hypot(*(before.solver @ (before.smooth - now)).tolist())


def difference(before: Pixels, crop: Pixels) -> tuple[float, int]:
    """The mean and the greatest difference in grey levels of two crops uint8 of the same shape."""
    apart = cv2.absdiff(before, crop)
    return float(cv2.mean(apart)[0]), int(apart.max())


def same(before: Pixels, crop: Pixels) -> bool:
    """Whether two crops are so alike that the scores of one hold for the other."""
    mean, peak = difference(before, crop)
    return mean < SAME_MEAN and peak < SAME_PEAK


def _smooth(crop: Pixels) -> NDArray[np.float32]:
    """Every second pixel of a crop, blurred, float32 (S / 2, S / 2)."""
    # OpenCV blurs floats in a third of the time for bytes.
    blurred = cv2.GaussianBlur(crop[..., 0].astype(np.float32), (0, 0), SMOOTH)
    return np.asarray(blurred[::STEP, ::STEP], np.float32)


_grids: dict[int, tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.intp]]] = {}


def _grid(side: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.intp]]:
    """Coordinates x and y, -1..1, and flat indices of those of side x side pixels that show the face."""
    if side not in _grids:
        axis: NDArray[np.float32] = ((np.arange(side) + 0.5) / side * 2 - 1).astype(np.float32)
        x, y = np.tile(axis, side), np.repeat(axis, side)
        inside = np.flatnonzero((x / 0.7) ** 2 + (y / 0.9) ** 2 < 1)
        _grids[side] = (x[inside], y[inside], inside)
    return _grids[side]
