"""Cuts a face out of a frame so that it looks like the classifier's training faces.

Their framing was measured, not guessed: ``python -m models.framing`` ran this project's detector over the
training faces and found where the keypoints lie, as each model's card tells. A crop is the similarity
transform (shift, rotation, scale) that brings a face's keypoints onto those places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.errors import ModelError
from agent.values import Face, Pixels
from models.card import CROP, FaceFraming

KEYPOINTS = ("right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear")

WEIGHTS = np.array((1.0, 1.0, 0.0, 1.0, 0.5, 0.5))
"""Weight of each keypoint. Over 5,000 training faces the median distance of a face's points from their places
in the training crop, and its 95th percentile on turned faces, as shares of the crop, are: with eyes and mouth
0.103 and 0.544; with half-weighted ears 0.100 and 0.542; with the nose, which swings out as a head turns,
0.110 and 0.569."""

LEAST_OF_BOX = 0.85
"""Minimum size of a crop, as a share of the size that fits the face's box. On profiles the keypoints draw
together: without this minimum 5 % of turned faces are cut at under 0.40 of their true size, with it at under
0.51."""


WIDER = 1.1
"""Factor by which crops are wider than the training faces' median framing, so that forehead and chin are not
cut off.

Measured on 3,493 faces of FER-2013's public split, found by the detector, cut anew and read by a half-trained
network: accuracy 0.625, 0.629 and 0.625 and log loss 1.038, 1.027 and 1.028 at 1.0, 1.1 and 1.2 (0.629 and
1.040 for the original crops). Undoing only half of a head's tilt, or only tilt beyond 10 degrees, was not
better (0.623, 0.628).
"""


@dataclass(frozen=True, slots=True, eq=False)
class Framing:
    """Where the training faces have their keypoints, in units of the crop: 0..1, x right, y down.

    - ``keypoints``: float64 (6, 2) in the order of ``Face.keypoints``.
    - ``box``: width of the detector's box in the same unit.

    Raises ModelError when they frame no face.
    """

    keypoints: NDArray[np.float64]
    box: float
    fit: NDArray[np.complex128] = field(init=False)
    """Complex (2, 6): turns six keypoints x + iy into the placement's ``a`` and into their weighted
    centre."""

    centre: complex = field(init=False)
    """The weighted centre of the keypoints in a crop."""

    def __post_init__(self) -> None:
        if self.keypoints.shape != (6, 2) or not np.isfinite(self.keypoints).all():
            raise ModelError(f"a framing has six keypoints (6, 2), got {self.keypoints.tolist()}")
        (right, left), mouth = self.keypoints[:2], self.keypoints[3]
        if not (0 < self.box < 4 and left[0] > right[0] and mouth[1] > max(right[1], left[1])):
            raise ModelError(
                "a framing has the right eye left of the left one, the mouth below them, and a box"
            )
        wanted = ((self.keypoints - 0.5) / WIDER + 0.5) @ (1, 1j)
        weights = WEIGHTS / WEIGHTS.sum()
        centre = complex(weights @ wanted)
        turned = weights * (wanted - centre).conj()
        scaled = turned / (weights @ np.abs(wanted - centre) ** 2)
        object.__setattr__(self, "centre", centre)
        object.__setattr__(self, "fit", np.stack((scaled, weights.astype(np.complex128))))

    @classmethod
    def of(cls, card: FaceFraming) -> Self:
        """The framing in a model's card."""
        return cls(np.array([getattr(card, name) for name in KEYPOINTS], np.float64), card.box)


def placement(face: Face, framing: Framing) -> tuple[complex, complex]:
    """The similarity ``z -> a*z + b`` from the unit crop to the picture, with x + iy for a point.

    ``abs(a)`` is the crop's side in pixels of the picture, and the argument of ``a`` is its clockwise
    rotation. Weighted least squares on the keypoints (Umeyama 1991, in closed form for the plane).
    """
    # Everything that depends on the framing alone is computed once: 5 instead of 15 µs a face.
    a, got_centre = (framing.fit @ (face.keypoints.astype(np.float64) @ (1, 1j))).tolist()
    least = LEAST_OF_BOX * max(face.box.width, 1) / framing.box * WIDER
    if abs(a) < least:
        a = a / abs(a) * least if abs(a) > 1e-6 else complex(least)
    return a, got_centre - a * framing.centre


def crop_face(pixels: Pixels, face: Face, framing: Framing, size: int = CROP) -> Pixels:
    """Cut one face out of a picture, RGB uint8 (H, W, 3), as grey uint8 (size, size, 1).

    Grey is ITU-R BT.601 luma. Outside the picture its border is repeated.
    """
    return _cut(pixels, *placement(face, framing), size)[..., None]


def _cut(pixels: Pixels, a: complex, b: complex, size: int) -> Pixels:
    """Sample the unit crop that ``a`` and ``b`` place on a picture, as grey (size, size)."""
    step = abs(a) / size
    margin = 2 + 2 * step
    # The corners of the crop, as plain numbers: on four values NumPy takes longer than the warp.
    corners = (b, b + a, b + a * 1j, b + a + a * 1j)
    left, right = _span([corner.real for corner in corners], margin, pixels.shape[1])
    top, bottom = _span([corner.imag for corner in corners], margin, pixels.shape[0])
    grey, x, y = _shrunk(cv2.cvtColor(pixels[top:bottom, left:right], cv2.COLOR_RGB2GRAY), step)
    # From the centre of crop pixel (i, j) to the centre of a pixel of the shrunk part.
    half = (a * (0.5 + 0.5j)) / size + b
    matrix = np.array(
        (
            (a.real / size * x, -a.imag / size * x, (half.real - left) * x - 0.5),
            (a.imag / size * y, a.real / size * y, (half.imag - top) * y - 0.5),
        )
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(grey, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def _shrunk(grey: Any, step: float) -> tuple[Any, float, float]:
    """A grey picture reduced ``step`` times by averaging, and the exact scales in x and in y.

    The warp samples only four neighbours and would alias. Halving first is four times as fast as averaging a
    large face down at once; it drops an odd last row or column.
    """
    scale = 1.0
    while step >= 2 and min(grey.shape) >= 2:
        height, width = grey.shape[0] // 2, grey.shape[1] // 2
        grey = cv2.resize(grey[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
        step, scale = step / 2, scale / 2
    if step <= 1:
        return grey, scale, scale
    height, width = (max(round(side / step), 1) for side in grey.shape)
    x, y = scale * width / grey.shape[1], scale * height / grey.shape[0]
    return cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), x, y


def _span(coordinates: Sequence[float], margin: float, limit: int) -> tuple[int, int]:
    """The pixel range inside 0..limit, at least one pixel, that covers the coordinates and a margin."""
    low = min(max(math.floor(min(coordinates) - margin), 0), limit - 1)
    return low, min(max(math.ceil(max(coordinates) + margin), low + 1), limit)
