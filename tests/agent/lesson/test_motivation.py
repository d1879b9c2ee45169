"""The index of motivation: the published weights, and how they can be changed."""

from __future__ import annotations

import pytest

from agent.lesson.motivation import Weights, motivation
from agent.values import LABELS


def certain(label: str) -> list[float]:
    return [float(one == label) for one in LABELS]


def test_the_default_weights_are_the_published_ones() -> None:
    assert dict(zip(LABELS, Weights().labels, strict=True)) == {
        "angry": 0.25, "disgust": 0.2, "fear": 0.3, "happy": 0.6, "sad": 0.3, "surprise": 0.6, "neutral": 0.9,
    }  # fmt: skip


def test_each_label_counts_by_its_weight_over_the_largest() -> None:
    assert motivation(certain("neutral"), 1.0, Weights()) == pytest.approx(1.0)
    assert motivation(certain("sad"), 1.0, Weights()) == pytest.approx(1 / 3)
    half = [(a + b) / 2 for a, b in zip(certain("neutral"), certain("sad"), strict=True)]
    assert motivation(half, 1.0, Weights()) == pytest.approx(2 / 3)


def test_a_head_turned_away_counts_less_as_far_as_it_is_meant_to() -> None:
    assert motivation(certain("neutral"), 0.4, Weights()) == pytest.approx(0.4)
    assert motivation(certain("neutral"), 0.4, Weights(facing=0.5)) == pytest.approx(0.7)
    assert motivation(certain("neutral"), 0.4, Weights(facing=0.0)) == pytest.approx(1.0)


def test_weights_of_nothing_give_nothing() -> None:
    assert motivation(certain("happy"), 1.0, Weights(**dict.fromkeys(LABELS, 0.0))) == 0.0
