"""Words that overlay and report share."""

from __future__ import annotations

import pytest

from agent.values import LABELS, Reason, TileState
from exporter.words import ORDER, REASONS, STATES, counted, duration, noun, percent


def test_every_label_has_its_place_and_every_reason_and_state_its_word() -> None:
    assert sorted(ORDER) == sorted(LABELS)
    assert set(REASONS) == set(Reason)
    assert set(STATES) == set(TileState) - {TileState.FACE}


def test_numbers_have_their_nouns() -> None:
    assert [counted(number, "alert") for number in (0, 1, 3)] == ["0 alerts", "1 alert", "3 alerts"]
    assert [noun(number, "alert") for number in (0, 1, 3)] == ["alerts", "alert", "alerts"]


def test_shares_are_said_in_percent() -> None:
    assert (percent(0.424), percent(1)) == ("42 %", "100 %")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (45.8, "45 s"),
        (100, "100 s"),
        (119.9, "119 s"),
        (120, "2 min"),
        (sum([0.1] * 1800), "3 min"),
        (3570, "59 min"),
        (3600, "1 h 0 min"),
        (3900, "1 h 5 min"),
    ],
)
def test_a_time_is_said_as_people_say_it_and_never_longer_than_it_was(seconds: float, said: str) -> None:
    assert duration(seconds) == said
