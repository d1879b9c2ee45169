"""Opening what the configuration names: what follows a lesson, and which sources are videos."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PIL import Image

from agent.configuration.config import Config, ConsentConfig, PrivacyConfig
from agent.configuration.loading import load_config
from agent.errors import ConfigError
from agent.opening import open_consent, open_demo, open_lesson, open_source, shows_video
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
    ("origin", "is_video"),
    [("screen", False), ("demo", False), ("camera", False), ("webrtc", True), ("rtsp://host/live", True)],
)
def test_what_a_browser_or_an_address_sends_is_a_video(origin: str, is_video: bool) -> None:
    assert shows_video(load_config(None, None, {"source.origin": origin})) is is_video


def test_a_picture_is_no_video_and_a_recording_is_one(tmp_path: Path) -> None:
    picture, recording = tmp_path / "gallery.png", tmp_path / "lesson.mp4"
    Image.new("RGB", (8, 8)).save(picture)
    recording.write_bytes(b"\0\0\0\x18ftypisom")
    assert not shows_video(load_config(None, None, {"source.origin": str(picture)}))
    assert shows_video(load_config(None, None, {"source.origin": str(recording)}))


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


@pytest.mark.parametrize(("typed", "meant"), [("scren", "screen"), ("Camera", "camera"), ("web", "webrtc")])
def test_a_misspelt_source_is_told_with_its_near_name(
    typed: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ConfigError, match=rf"--source.*'{typed}'.*neither a file nor .*; did you mean '{meant}'\?"
    ):
        open_source(load_config(None, None, {"source.origin": typed}))
    with pytest.raises(ConfigError, match="neither a file nor one of screen"):
        open_source(load_config(None, None, {"source.origin": "lesson"}))


@pytest.mark.parametrize(("page_size", "pages"), [(49, 1), (25, 2)])
def test_a_page_of_the_drawn_class_holds_as_many_as_configured(page_size: int, pages: int) -> None:
    config = load_config(None, None, {"demo.participants": 49, "demo.page_size": page_size})
    with open_demo(config) as demo:
        next(demo.frames())
        assert demo.scene is not None
        assert (demo.scene.pages, len(demo.scene.shown) <= page_size) == (pages, True)
        assert len(demo.scene.shown) > 24
