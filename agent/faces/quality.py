"""Tells whether a face can be read, and how far it is turned away. Pure functions of a face and its crop.

No reading is better than a guess: a face that is too small, too dark, blurred or turned away gets a reason
instead of a reading.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from agent.values import Face, Pixels, Reason

HEAD = np.array(
    (
        # right, down, towards the camera, in mm
        (-31.5, 0.0, 0.0),  # right eye
        (31.5, 0.0, 0.0),  # left eye
        (0.0, 36.0, 27.0),  # nose tip
        (0.0, 65.0, 5.0),  # mouth centre
        (-63.0, 11.0, -80.0),  # right ear
        (63.0, 11.0, -80.0),  # left ear
    )
)
"""Keypoints of a head looking at the camera, in mm. Right and down are the median of 3,072 near-frontal
training faces (models/weights/expression/framing.json), with the eyes 63 mm apart, the adult mean. The
depths, which no frontal picture shows, are round anthropometric figures."""

PROFILE = 65.0
"""Angle in degrees that the fit gives for a profile: 60 to 67 on the training faces in profile."""

_SOLVE = np.linalg.pinv(np.column_stack((HEAD, np.ones(6))))
"""Least-squares solver, 4x6, for the camera that shows HEAD at six keypoints."""


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Minimum values for a face to be read; each default was set on degraded FER-2013 faces.

    - ``min_face_px``: width of the face's box in source pixels. The accuracy of a half-trained network on
      reduced FER-2013 faces is 0.64 at 41 pixels, 0.61 at 22, 0.59 at 18, 0.55 at 14, 0.48 at 10.
    - ``min_facing``: see ``facing``.
    - ``min_sharpness``: see ``sharpness``.
    - ``min_light``, ``min_contrast``: see ``light``.
    """

    min_face_px: float = 18.0
    min_facing: float = 0.35
    min_sharpness: float = 0.42
    min_light: float = 0.16
    min_contrast: float = 0.06


def facing(face: Face) -> float:
    """How far a face looks at the camera: 1 straight at it, 0 in profile.

    Fits the affine camera that shows a mean head (HEAD) at the six keypoints (least squares, scaled
    orthography). Takes the angle between that head's forward axis and the line of sight: turning and nodding
    count, tilting does not. The detector draws the keypoints of turned faces towards the frontal, so the
    angle is stretched by 90/PROFILE. The result is its cosine: 0.91, 0.78 and 0.53 on drawn heads turned by
    17, 34 and 57 degrees, whose cosines are 0.96, 0.83 and 0.54. It is the direction of the head, not of the
    eyes, and says nothing about the person's attention.
    """
    camera = _SOLVE @ face.keypoints.astype(np.float64)
    (ax, ay), (bx, by), (cx, cy) = camera[:3].tolist()
    forward = (bx * cy - cx * by, cx * ay - ax * cy, ax * by - bx * ay)
    length = math.sqrt(sum(part * part for part in forward))
    if length < 1e-9:
        return 0.0
    angle = math.degrees(math.acos(min(max(forward[2] / length, -1.0), 1.0)))
    return math.cos(math.radians(angle / PROFILE * 90.0)) if angle < PROFILE else 0.0


def sharpness(crop: Pixels) -> float:
    """How much fine structure a face has relative to its coarse structure, 0 (blurred) to above 1 (crisp).

    ``crop`` is grey uint8 (S, S, 1). The result is the variance that a Gaussian of S/32 removes, divided by
    the variance that one of S/16 removes beyond that (two bands of a Laplacian pyramid; Burt and Adelson
    1983). As a ratio it does not depend on light. Only the middle three quarters count: a crisp background
    must not hide a blurred face.

    At 48 pixels, 99 % of 600 training faces stay over 1.2, and over 0.48 when reduced to 18 pixels; a blur of
    4 pixels leaves half of them under 0.34. The plain variance of the Laplacian over the variance separates
    these less well (0.74; 0.22; 0.14, and 5 % of the blurred over 0.37).
    """
    side = crop.shape[0]
    middle = crop[side // 8 : side - side // 8, side // 8 : side - side // 8, 0].astype(np.float32)
    fine = cv2.GaussianBlur(middle, (0, 0), side / 32)
    coarse = cv2.GaussianBlur(middle, (0, 0), side / 16)
    # meanStdDev takes 2 µs, NumPy's var 10; every face needs it.
    _, detail = cv2.meanStdDev(cv2.subtract(middle, fine))
    _, shape = cv2.meanStdDev(cv2.subtract(fine, coarse))
    # The added 1 prevents rounding noise on a plain surface from counting as structure.
    return float(detail[0, 0]) ** 2 / (float(shape[0, 0]) ** 2 + 1.0)


def light(crop: Pixels) -> tuple[float, float]:
    """The brightness and the contrast, both 0..1, of a crop, grey uint8 (S, S, 1).

    Brightness is the 95th percentile, contrast its distance to the 5th. The mean would depend on the colour
    of the skin; the brightest parts (eyes, teeth, a sheen) are near white on every skin that is lit.
    """
    side = crop.shape[0]
    middle = crop[side // 8 : side - side // 8, side // 8 : side - side // 8]
    # Partitioning takes 4 µs, sorting 10, np.percentile 50.
    low, high = middle.size // 20, middle.size - 1 - middle.size // 20
    levels = np.partition(middle, (low, high), axis=None)
    darkest, brightest = int(levels[low]), int(levels[high])
    return brightest / 255, (brightest - darkest) / 255


def abstain(face: Face, crop: Pixels, turned: float, limits: QualityLimits) -> Reason | None:
    """Why a face should not be read, or None if it can be.

    ``crop`` is the classifier's input for this face, grey uint8 (S, S, 1); ``turned`` is ``facing(face)``.
    Returns the first of small, dark, blurred and turned that applies.
    """
    if face.box.width < limits.min_face_px:
        return Reason.SMALL
    brightness, contrast = light(crop)
    if brightness < limits.min_light or contrast < limits.min_contrast:
        return Reason.DARK
    if sharpness(crop) < limits.min_sharpness:
        return Reason.BLURRED
    return Reason.TURNED if turned < limits.min_facing else None
