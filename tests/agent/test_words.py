"""Labels and lists in plain English."""

from __future__ import annotations

from agent.values import LABELS
from agent.words import LOOKS, listing


def test_listings() -> None:
    assert listing(["sad"]) == "sad"
    assert listing(["sad", "angry"], "or") == "sad or angry"
    assert listing(["a", "b", "c"]) == "a, b and c"


def test_every_label_has_a_word() -> None:
    assert set(LOOKS) == set(LABELS)
