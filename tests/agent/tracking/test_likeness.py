from __future__ import annotations

import numpy as np
import pytest

from agent.tracking.likeness import likeness
from agent.tracking.strokes import COLS, ROWS, Strokes, normal
from tests.agent.tracking.drawing import writing

NAMES = ("Ada Lovelace", "Ben Okri", "Chen Wei", "Dora Maar", "Emil Nolde")


def shifted_all(one: Strokes, other: Strokes, right: int, down: int) -> float:
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
    ours = np.stack([normal(writing(name, 10)) for name in NAMES])
    theirs = np.stack([normal(writing(name, 23, 21)) for name in NAMES])
    found = likeness(ours, theirs)
    for index in range(len(NAMES)):
        assert found[index, index] == pytest.approx(shifted_all(ours[index], theirs[index], 23, 3), abs=1e-4)
        assert found[index, index] > 0.95
    assert found[~np.eye(len(NAMES), dtype=np.bool_)].max() < 0.7


def test_a_text_further_away_than_a_microphone_is_wide_is_another() -> None:
    ours, theirs = (normal(writing("Ada Lovelace", left))[None] for left in (8, 60))
    assert likeness(ours, theirs)[0, 0] < 0.7


def test_nothing_is_like_nothing() -> None:
    blank = np.zeros((2, ROWS, COLS), np.float32)
    assert likeness(blank, blank).max() <= 0
    assert likeness(blank[:0], blank).shape == (0, 2)
    assert likeness(blank, blank[:0]).shape == (2, 0)
