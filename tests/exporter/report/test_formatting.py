"""What the report calls things."""

from __future__ import annotations

from agent.values import Reason, TileState
from exporter.report.formatting import OUTCOME_WORDS, clock, day, unbroken


def test_every_reason_has_its_words() -> None:
    assert {reason.value for reason in Reason} <= set(OUTCOME_WORDS)
    assert {TileState.NO_FACE.value, TileState.CAMERA_OFF.value} <= set(OUTCOME_WORDS)


def test_times_are_local() -> None:
    late = 1767223500.0
    assert (clock(late, 0), day(late, 0)) == ("23:25", "Wednesday, 31 December 2025")
    assert (clock(late, 3600), day(late, 3600)) == ("00:25", "Thursday, 1 January 2026")


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    assert unbroken("It lasted 29 s, not 1 h 5 min or 3 sad faces") == (
        "It lasted 29\u00a0s, not 1\u00a0h 5\u00a0min or 3 sad faces"
    )
    assert unbroken("now 95 %; of 5 tiles") == "now 95\u00a0%; of 5 tiles"
    assert unbroken("Article 5(1)(f).") == "Article 5(1)\u2060(f)."
