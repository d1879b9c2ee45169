"""Numbers and labels in plain English."""

from __future__ import annotations

import pytest

from agent.values import LABELS
from agent.words import LOOKS, count_of, duration, listing


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


def test_listings_and_counts() -> None:
    assert listing(["sad"]) == "sad"
    assert listing(["sad", "angry"], "or") == "sad or angry"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert (count_of(1, "camera"), count_of(2, "camera")) == ("1 camera", "2 cameras")


def test_every_label_has_a_word() -> None:
    assert set(LOOKS) == set(LABELS)
