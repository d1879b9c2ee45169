"""Computes the overlap of all pairs of many rectangles at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.values import Box


def overlaps(ours: Sequence[Box], theirs: Sequence[Box]) -> NDArray[np.float64]:
    """IoU, 0..1, of every pair (N, M)."""
    a, b = _edges(ours)[:, None], _edges(theirs)[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(sides, 0).prod(axis=2)
    union = (a[..., 2:] - a[..., :2]).prod(axis=2) + (b[..., 2:] - b[..., :2]).prod(axis=2) - shared
    return np.asarray(shared / np.maximum(union, 1), np.float64)


def _edges(boxes: Sequence[Box]) -> NDArray[np.int64]:
    """Left, top, right and bottom, int64 (N, 4)."""
    return np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], np.int64).reshape(-1, 4)
