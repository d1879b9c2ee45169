"""Whether a face can be read at all, and how far it is turned away. Pure functions of a face and its crop.

Saying nothing is better than guessing: a face that is too small, too dark, blurred or turned away gets a
reason instead of a reading.
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
"""A head looking at the camera. Sideways and downwards it is the median of 3,054 near-frontal training faces
(models/weights/expression/framing.json) with the eyes 63 mm apart, the adult mean; the depths, which no
frontal picture shows, are round anthropometric figures."""

PROFILE = 65.0
"""The angle in degrees that the fit gives for a profile: 60 to 67 on the training faces that are one."""

_SOLVE = np.linalg.pinv(np.column_stack((HEAD, np.ones(6))))
"""Least squares for the camera that shows HEAD at six keypoints: 4x6."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a face must have to be read; each default was set on degraded FER-2013 faces.

    ``min_face_px``: width of the face's box in source pixels. ``min_facing``: see ``facing``.
    ``min_sharpness``: see ``sharpness``. ``min_light``, ``min_contrast``: see ``light``.
    """

    min_face_px: float = 18.0
    min_facing: float = 0.35
    min_sharpness: float = 0.08
    min_light: float = 0.16
    min_contrast: float = 0.06


def facing(face: Face) -> float:
    """How far a face looks at the camera: 1 straight at it, 0 in profile.

    Fits the affine camera that shows a mean head (HEAD) at the six keypoints (least squares, scaled
    orthography) and takes the angle between that head's forward axis and the line of sight: turning and
    nodding count, tilting does not. The detector draws turned faces towards the frontal, so the angle is
    stretched by 90/PROFILE; its cosine is the result. It is the direction of the head, not of the eyes,
    and says nothing of what the person attends to.
    """
    camera = _SOLVE @ face.keypoints.astype(np.float64)
    (ax, ay), (bx, by), (cx, cy) = camera[:3].tolist()
    forward = (bx * cy - cx * by, cx * ay - ax * cy, ax * by - bx * ay)
    length = math.sqrt(sum(part * part for part in forward))
    if length < 1e-9:
        return 0.0
    angle = math.degrees(math.acos(min(max(forward[2] / length, -1.0), 1.0)))
    return max(math.cos(math.radians(min(angle / PROFILE, 1.0) * 90.0)), 0.0)


def sharpness(crop: Pixels) -> float:
    """How much fine structure a crop has: variance of its Laplacian over its variance, at half its size.

    ``crop`` is grey uint8 (S, S, 1). Relative to the variance, so that pale light is not taken for blur; at
    half size, so that a face that was merely small is not either; the middle three quarters only, so that a
    crisp background does not hide a blurred face. 0 for a plain surface. (Pech-Pacheco et al. 2000,
    variance of Laplacian, normalised.)
    """
    side = crop.shape[0]
    middle = crop[side // 8 : side - side // 8, side // 8 : side - side // 8, 0]
    half = (max(middle.shape[1] // 2, 1), max(middle.shape[0] // 2, 1))
    small = cv2.resize(middle, half, interpolation=cv2.INTER_AREA).astype(np.float32)
    variance = float(small.var())
    return float(cv2.Laplacian(small, cv2.CV_32F).var()) / variance if variance > 0 else 0.0


def light(crop: Pixels) -> tuple[float, float]:
    """The brightness of the brightest parts of a crop, grey uint8 (S, S, 1), and its contrast, both 0..1.

    Brightness is the 95th percentile, contrast the distance to the 5th. The mean would judge by the colour of
    a skin; the brightest parts (eyes, teeth, a sheen) are near white on every skin that is lit.
    """
    side = crop.shape[0]
    middle = crop[side // 8 : side - side // 8, side // 8 : side - side // 8]
    # Sorting bytes takes a tenth of np.percentile's 0.05 ms.
    levels = np.sort(middle, axis=None)
    low, high = int(levels[len(levels) // 20]), int(levels[-1 - len(levels) // 20])
    return high / 255, (high - low) / 255


def abstain(face: Face, crop: Pixels, turned: float, limits: Limits) -> Reason | None:
    """Why a face should not be read, or None if it can be.

    ``crop`` is the classifier's input for this face, grey uint8 (S, S, 1); ``turned`` is ``facing(face)``.
    The first of small, dark, blurred, turned that holds.
    """
    if face.box.width < limits.min_face_px:
        return Reason.SMALL
    brightness, contrast = light(crop)
    if brightness < limits.min_light or contrast < limits.min_contrast:
        return Reason.DARK
    if sharpness(crop) < limits.min_sharpness:
        return Reason.BLURRED
    return Reason.TURNED if turned < limits.min_facing else None
