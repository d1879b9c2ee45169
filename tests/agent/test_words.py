"""Numbers and labels in plain English."""

from __future__ import annotations

import pytest

from agent.values import LABELS
from agent.words import LOOKS, duration, listing


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (45.8, "45 s"),
        (90, "90 s"),
        (119.9, "119 s"),
        (120, "2 min"),
        (179, "2 min"),
        (180, "3 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_listings() -> None:
    assert listing(["sad"]) == "sad"
    assert listing(["sad", "angry"], "or") == "sad or angry"
    assert listing(["a", "b", "c"]) == "a, b and c"


def test_every_label_has_a_word() -> None:
    assert set(LOOKS) == set(LABELS)
