"""Whether a mask covers a face. A pure function of a picture and a face in it.

The classifier was trained on bare faces. On 20 real faces behind drawn masks it keeps 3 of 17 sure labels and
gives the others just as readily: what it says of a masked face is a guess.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.colour_distance import highest_channel
from agent.values import Face, Pixels

BARE = 0.065
"""Skin is redder than blue by more than this share of its light: 0.10 and up around the mouths of 20 bare
real faces (0.05 to 0.2 behind a hand), up to 0.053 on masks: white, rose, blue and black."""

GAP = 0.06
"""The upper face is redder than the mask by more than this. In bluish light, in grey pictures and where skin
is burnt out nothing is red, so nothing is said."""

BURNT = 250
"""Where the brightest channel is this high, colour is lost."""

_LOWER = np.array([(x, y) for y in np.linspace(0.55, 1.15, 7) for x in np.linspace(-0.8, 0.8, 9)])
_UPPER = np.array([(x, y) for y in np.linspace(-0.8, 0.2, 8) for x in np.linspace(-1.2, 1.2, 11)])
"""Where the colour is taken: across in half distances of the eyes, down in distances of eyes and mouth."""


def is_masked(pixels: Pixels, face: Face) -> bool:
    """Whether what lies around the mouth of a face in a picture RGB uint8 (H, W, 3) is cloth, not skin.

    Compares the colour there with that around the eyes. On 20 real faces behind drawn masks 19 are told, in
    tiles of 88x50 too, and the four real masks; of the 20 bare faces none, in ten kinds of light.
    """
    right, left, _, mouth = face.keypoints[:4].astype(np.float64)
    eyes, across = (right + left) / 2, (left - right) / 2
    # Turned heads have their eyes close together, and are not that narrow.
    wide = float(np.hypot(*across))
    across *= max(wide, 0.15 * face.box.width) / max(wide, 1e-6)
    axes = np.array((across, mouth - eyes))
    lower = _colours(pixels, eyes + _LOWER @ axes)
    if _ranked(highest_channel(lower), 0.5) >= BURNT:
        return False
    redness = _ranked(_redness(lower), 0.5)
    if redness >= BARE:
        return False
    # More than half: hair and a fringe are not red either.
    return _ranked(_redness(_colours(pixels, eyes + _UPPER @ axes)), 0.6) - redness > GAP


def _colours(pixels: Pixels, points: NDArray[np.float64]) -> NDArray[np.int16]:
    """The nearest pixels (N, 3) to some points (N, 2); beyond the picture its border."""
    height, width = pixels.shape[:2]
    x, y = np.rint(points).clip((0, 0), (width - 1, height - 1)).astype(np.intp).T
    return np.asarray(pixels[y, x], np.int16)


def _ranked(values: NDArray[Any], share: float) -> float:
    """The value below which a share of them lies; np.percentile takes 50 µs, np.median 15, this 2."""
    return float(np.sort(values)[round(share * (len(values) - 1))])


def _redness(colours: NDArray[np.int16]) -> NDArray[np.float64]:
    """Red above blue, as a share of all light; the 15 keeps dark noise from counting."""
    return np.asarray((colours[:, 0] - colours[:, 2]) / (colours.sum(axis=1) + 15.0), np.float64)
