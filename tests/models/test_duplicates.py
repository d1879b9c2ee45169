"""Photos that stand in two splits."""

from __future__ import annotations

import numpy as np

from models.duplicates import without_copies_of
from tests.models.samples import pictures


def test_near_copies_are_found_and_other_faces_kept() -> None:
    faces = pictures(30)
    noisy = np.clip(faces[:3] + np.random.default_rng(1).normal(0, 6, (3, 48, 48)), 0, 255).astype(np.uint8)
    others = np.concatenate((noisy, pictures(20, seed=9)))
    assert np.flatnonzero(~without_copies_of(faces, others)).tolist() == [0, 1, 2]
