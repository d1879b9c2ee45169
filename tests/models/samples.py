"""Small pictures to train on and to read back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def pictures(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Smooth random pictures, each unlike the others."""
    small = np.random.default_rng(seed).integers(0, 256, (count, 6, 6), dtype=np.uint8)
    return np.stack(
        [np.asarray(cv2.resize(p, (48, 48), interpolation=cv2.INTER_CUBIC), np.uint8) for p in small]
    )


def write_data(path: Path, count: int = 280) -> Path:
    """An archive in which each label is a disc at a place of its own."""
    random = np.random.default_rng(5)
    labels = np.arange(count) % 7
    pixels = random.normal(110, 12, (count, 48, 48)).clip(0, 255).astype(np.uint8)
    for face, label in zip(pixels, labels, strict=True):
        cv2.circle(face, (24, 6 + 6 * int(label)), 6, 250, -1)
    votes = np.zeros((count, 10), np.uint8)
    votes[np.arange(count), (4, 5, 6, 1, 3, 2, 0) * (count // 7)] = 10
    split = np.where(np.arange(count) < count * 3 // 4, "train", "public")
    np.savez(path, pixels=pixels, label=labels.astype(np.uint8), split=split, ferplus_votes=votes)
    return path
