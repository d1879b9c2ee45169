"""Finds training faces that show the same photo as a test face, with another crop or watermark."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SAME = 0.93
"""Maximum correlation at 24x24 pixels of two different photos; chosen by eye on FER-2013."""
SMALL = 24
CHUNK = 2048


def without_copies_of(faces: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which of ``faces`` (N, 48, 48) are not near-duplicates of ``others`` (M, 48, 48), bool (N,).

    Mirror images count as duplicates too, and so do constant pictures, which show nothing.
    """
    small = _standardised(faces)
    keep: NDArray[np.bool_] = np.abs(small).sum(1) > 0
    if not len(others):
        return keep
    both = np.concatenate((_standardised(others), _standardised(others[:, :, ::-1])))
    for start in range(0, len(faces), CHUNK):
        part = slice(start, start + CHUNK)
        keep[part] &= (small[part] @ both.T).max(1) <= SAME
    return keep


def _standardised(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Faces reduced to 24x24, as rows (N, 576) with mean 0 and norm 1 (0 for constant faces)."""
    rows = np.empty((len(faces), SMALL * SMALL), np.float32)
    for index, face in enumerate(faces):
        rows[index] = cv2.resize(
            np.ascontiguousarray(face), (SMALL, SMALL), interpolation=cv2.INTER_AREA
        ).ravel()
    rows -= rows.mean(1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(rows, length, out=np.zeros_like(rows), where=length > 1e-3)
    return unit
