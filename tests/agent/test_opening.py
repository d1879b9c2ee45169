"""Opening what the configuration names: what follows a lesson."""

from __future__ import annotations

from agent.config import Config
from agent.config_loading import load_config
from agent.opening import open_lesson
from agent.values import Tempo
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


def test_alerts_can_be_switched_off() -> None:
    assert told(load_config(None, None, {"alerts.enabled": False}), 6) == (0, Tempo.KEEP)


def test_in_mode_room_nothing_rests_on_fewer_faces_than_may_be_shown() -> None:
    private = load_config(None, None, {"privacy.mode": "room", "privacy.min_group": 8})
    assert told(private, 7) == (0, Tempo.UNKNOWN)
    assert told(private, 8) == (1, Tempo.KEEP)
