"""Words that overlay and report share."""

from __future__ import annotations

from agent.values import LABELS, Reason, TileState
from exporter.words import ORDER, REASONS, STATES, counted, noun


def test_every_label_has_its_place_and_every_reason_and_state_its_word() -> None:
    assert sorted(ORDER) == sorted(LABELS)
    assert set(REASONS) == set(Reason)
    assert set(STATES) == set(TileState) - {TileState.FACE}


def test_numbers_have_their_nouns() -> None:
    assert [counted(number, "alert") for number in (0, 1, 3)] == ["0 alerts", "1 alert", "3 alerts"]
    assert [noun(number, "alert") for number in (0, 1, 3)] == ["alerts", "alert", "alerts"]
