"""Tells whether a mask covers a face. A pure function of a picture and a face in it.

The classifier was trained on bare faces. On 20 real faces behind drawn masks it keeps 3 of 17 sure labels and
gives the others just as readily: its result for a masked face is a guess.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import highest_channel
from agent.values import Face, Pixels

BARE = 0.065
"""Minimum redness of bare skin: red above blue as a share of all light. Around the mouths of 20 bare real
faces it is 0.10 or more (0.05 to 0.2 behind a hand), on white, rose, blue and black masks at most 0.053."""

GAP = 0.06
"""Minimum redness of the upper face above that of the mask. In bluish light, in grey pictures and on
overexposed skin nothing is red, so no mask is reported."""

BURNT = 250
"""Minimum level of the brightest channel at which colour is lost."""

_LOWER = np.array([(x, y) for y in np.linspace(0.55, 1.15, 7) for x in np.linspace(-0.8, 0.8, 9)])
_UPPER = np.array([(x, y) for y in np.linspace(-0.8, 0.2, 8) for x in np.linspace(-1.2, 1.2, 11)])
"""Sample points: x in half distances between the eyes, y in distances from eyes to mouth."""


def is_masked(pixels: Pixels, face: Face) -> bool:
    """Whether a mask covers the mouth of a face in a picture, RGB uint8 (H, W, 3).

    Compares the colour around the mouth with that around the eyes. It recognises 19 of 20 real faces behind
    drawn masks, also in tiles of 88x50, and four of four real masks; of the 20 bare faces it reports none, in
    ten kinds of light.
    """
    right, left, _, mouth = face.keypoints[:4].astype(np.float64)
    eyes, across = (right + left) / 2, (left - right) / 2
    # The eyes of turned heads are close together, but the heads are not that narrow.
    wide = float(np.hypot(*across))
    across *= max(wide, 0.15 * face.box.width) / max(wide, 1e-6)
    axes = np.array((across, mouth - eyes))
    lower = _colours(pixels, eyes + _LOWER @ axes)
    if _ranked(highest_channel(lower), 0.5) >= BURNT:
        return False
    redness = _ranked(_redness(lower), 0.5)
    if redness >= BARE:
        return False
    # A rank above one half, because hair and a fringe are not red either.
    return _ranked(_redness(_colours(pixels, eyes + _UPPER @ axes)), 0.6) - redness > GAP


def _colours(pixels: Pixels, points: NDArray[np.float64]) -> NDArray[np.int16]:
    """The nearest pixels (N, 3) to points (N, 2); beyond the picture, those of its border."""
    height, width = pixels.shape[:2]
    x, y = np.rint(points).clip((0, 0), (width - 1, height - 1)).astype(np.intp).T
    return np.asarray(pixels[y, x], np.int16)


def _ranked(values: NDArray[Any], share: float) -> float:
    """The value below which this share of values lies; np.percentile takes 50 µs, np.median 15, this 2."""
    return float(np.sort(values)[round(share * (len(values) - 1))])


def _redness(colours: NDArray[np.int16]) -> NDArray[np.float64]:
    """Red above blue as a share of all light; the added 15 suppresses noise in the dark."""
    return np.asarray((colours[:, 0] - colours[:, 2]) / (colours.sum(axis=1) + 15.0), np.float64)
