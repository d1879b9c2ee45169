"""What the report calls things."""

from __future__ import annotations

import pytest

from agent.values import Reason, TileState
from exporter.report.words import FATE_WORDS, clock, day, length, percent


def test_every_reason_has_its_words() -> None:
    assert {reason.value for reason in Reason} <= set(FATE_WORDS)
    assert {TileState.NO_FACE.value, TileState.CAMERA_OFF.value} <= set(FATE_WORDS)


def test_times_are_local() -> None:
    late = 1767223500.0
    assert (clock(late, 0), day(late, 0)) == ("23:25", "Wednesday, 31 December 2025")
    assert (clock(late, 3600), day(late, 3600)) == ("00:25", "Thursday, 1 January 2026")


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(0, "0 s"), (89, "89 s"), (90, "2 min"), (3540, "59 min"), (3570, "1 h 0 min"), (3900, "1 h 5 min")],
)
def test_lengths_read_as_people_say_them(seconds: float, wanted: str) -> None:
    assert length(seconds) == wanted


def test_shares() -> None:
    assert (percent(0.424), percent(1)) == ("42 %", "100 %")
