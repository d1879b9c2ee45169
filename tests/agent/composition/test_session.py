"""What lasts a session: who may be read, and the alerts and advice of the lesson."""

from __future__ import annotations

import logging

import pytest

from agent.composition.session import open_consent, open_lesson
from agent.configuration.config import Config, ConsentConfig, PrivacyConfig
from agent.configuration.loading import load_config
from agent.values import PolicyName, PrivacyMode, Tempo
from tests.agent.lessons import WALL, reading, snapshot


def told(config: Config, faces: int) -> tuple[int, Tempo]:
    """How many alerts stand after five minutes of sad faces, and the tempo that is suggested."""
    lesson = open_lesson(config)
    class_ = [reading(f"t{number}", "sad") for number in range(faces)]
    for second in range(300):
        last = lesson.take(snapshot(class_, WALL + second), float(second))
    assert last.room.advice is not None
    return len(last.alerts), last.room.advice.tempo


def test_the_default_rules_tell_of_a_sad_room() -> None:
    assert told(Config(), 6) == (1, Tempo.KEEP)


def test_with_one_frame_in_ten_seconds_an_alert_comes_as_soon() -> None:
    lesson = open_lesson(load_config(None, None, {"analysis.hz": 0.1}))
    class_ = [reading(f"t{number}", "sad") for number in range(6)]
    last = [lesson.take(snapshot(class_, WALL + second), float(second)) for second in range(0, 71, 10)][-1]
    assert [one.name for one in last.alerts] == ["unpleasant"]


def test_alerts_can_be_switched_off() -> None:
    assert told(load_config(None, None, {"alerts.enabled": False}), 6) == (0, Tempo.KEEP)


def test_in_mode_room_nothing_rests_on_fewer_faces_than_may_be_shown() -> None:
    private = load_config(None, None, {"privacy.mode": "room", "privacy.min_group": 8})
    assert told(private, 7) == (0, Tempo.UNKNOWN)
    assert told(private, 8) == (1, Tempo.KEEP)


@pytest.mark.parametrize("policy", ["eu_education", "eu_work"])
def test_where_no_expression_is_inferred_no_advice_is_promised(policy: PolicyName) -> None:
    lesson = open_lesson(load_config(None, None, {"privacy.policy": policy}))
    class_ = [reading(f"t{number}", None) for number in range(6)]
    for second in range(120):
        room = lesson.take(snapshot(class_, WALL + second), float(second)).room
        assert (room.trend, room.advice) == (None, None)


@pytest.mark.parametrize(
    ("live", "mode", "said"),
    [
        (True, "tiles", ["until you select a tile on the dashboard and press Read again"]),
        (True, "room", ["nobody is read"]),
        (False, "tiles", ["nobody is read"]),
    ],
)
def test_that_nobody_will_be_read_is_said(
    live: bool, mode: PrivacyMode, said: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    config = Config(consent=ConsentConfig(default="exclude"), privacy=PrivacyConfig(mode=mode))
    with caplog.at_level(logging.WARNING, logger="readtheroom"):
        open_consent(config, live=live)
        open_consent(Config())
    assert [line.endswith(end) for line, end in zip(caplog.messages, said, strict=True)] == [True]
    assert caplog.messages[0].startswith(
        "consent.default is exclude and there is no consent.list: nobody is read"
    )
