"""The schedule of a training run: one rise, one fall, and faces that only grow."""

from __future__ import annotations

import pytest

from models.schedule import rate_at, side_at


def test_the_schedule_rises_once_and_ends_at_zero() -> None:
    rates = [rate_at(progress / 100) for progress in range(101)]
    peak = rates.index(max(rates))
    assert 0 < peak < 10
    assert sorted(rates[: peak + 1]) == rates[: peak + 1]
    assert sorted(rates[peak:], reverse=True) == rates[peak:]
    assert rates[-1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("progress", "side"), [(0, 32), (0.39, 32), (0.4, 40), (0.84, 40), (0.85, 48), (1.0, 48), (1.01, 48)]
)
def test_faces_grow_during_the_run(progress: float, side: int) -> None:
    assert side_at(progress) == side
