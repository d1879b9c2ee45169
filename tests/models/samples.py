"""Small pictures to train on and to read back."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def pictures(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Smooth random pictures, each unlike the others."""
    small = np.random.default_rng(seed).integers(0, 256, (count, 6, 6), dtype=np.uint8)
    return np.stack(
        [np.asarray(cv2.resize(p, (48, 48), interpolation=cv2.INTER_CUBIC), np.uint8) for p in small]
    )
