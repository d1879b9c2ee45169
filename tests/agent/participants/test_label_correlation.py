from __future__ import annotations

import numpy as np
import pytest

from agent.participants.label_correlation import correlate_labels
from agent.participants.label_image import COLS, ROWS, StrokeMap, normalised
from tests.agent.tracking.drawing import writing

NAMES = ("Ada Lovelace", "Ben Okri", "Chen Wei", "Dora Maar", "Emil Nolde")


def shifted_all(one: StrokeMap, other: StrokeMap, right: int, down: int) -> float:
    """The best correlation by trying every shift at full size."""
    best = -1.0
    for dy in range(-down, down + 1):
        for dx in range(-right, right + 1):
            moved = np.zeros_like(other)
            moved[max(dy, 0) : ROWS + min(dy, 0), max(dx, 0) : COLS + min(dx, 0)] = other[
                max(-dy, 0) : ROWS + min(-dy, 0), max(-dx, 0) : COLS + min(-dx, 0)
            ]
            best = max(best, float((one * moved).sum()))
    return best


def test_pairs_that_are_alike_have_the_correlation_of_the_best_of_all_shifts() -> None:
    ours = np.stack([normalised(writing(name, 10)) for name in NAMES])
    theirs = np.stack([normalised(writing(name, 23, 21)) for name in NAMES])
    found = correlate_labels(ours, theirs)
    for index in range(len(NAMES)):
        assert found[index, index] == pytest.approx(shifted_all(ours[index], theirs[index], 23, 3), abs=1e-4)
        assert found[index, index] > 0.95
    assert found[~np.eye(len(NAMES), dtype=np.bool_)].max() < 0.7


def test_a_text_further_away_than_a_microphone_is_wide_is_another() -> None:
    ours, theirs = (normalised(writing("Ada Lovelace", left))[None] for left in (8, 60))
    assert correlate_labels(ours, theirs)[0, 0] < 0.7


def test_nothing_is_like_nothing() -> None:
    blank = np.zeros((2, ROWS, COLS), np.float32)
    assert correlate_labels(blank, blank).max() <= 0
    assert correlate_labels(blank[:0], blank).shape == (0, 2)
    assert correlate_labels(blank, blank[:0]).shape == (2, 0)
