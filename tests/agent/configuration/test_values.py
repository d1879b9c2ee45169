"""Values that only a closer look tells to be wrong, found where they are set."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.configuration.config import Config, FeedConfig, OverlayConfig, WebRTCConfig
from agent.configuration.loading import load_config
from agent.configuration.values import wrong_values
from agent.errors import ConfigError


def test_the_defaults_and_a_full_configuration_are_right() -> None:
    feed = FeedConfig(allowed_hosts=["teacher.local"], allowed_origins=["https://tool.example"])
    webrtc = WebRTCConfig(ice_servers=["stun:host:3478", "turn:me:secret@host"])
    assert list(wrong_values(Config())) == []
    assert list(wrong_values(Config(feed=feed, webrtc=webrtc, overlay=OverlayConfig(shortcut="")))) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'feed: {allowed_origins: ["https://a.example", "*"]}',
            r"feed\.allowed_origins\[1\] is '\*'.*wildcard",
        ),
        (
            "feed: {allowed_origins: [tool.example]}",
            r"feed\.allowed_origins\[0\] is 'tool.example', but must be",
        ),
        ('feed: {allowed_hosts: ["http://x"]}', r"feed\.allowed_hosts\[0\] is 'http://x', but must be"),
        ('webrtc: {ice_servers: ["http://x"]}', r"webrtc\.ice_servers\[0\] is 'http://x', but must be like"),
        ("overlay: {shortcut: h}", r"overlay\.shortcut is 'h', but must be like Ctrl"),
    ],
)
def test_a_wrong_value_is_told_with_its_file_and_key_whatever_the_source(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"mine\.yaml: {said}"):
        load_config(path)


def test_a_server_s_password_is_not_shown() -> None:
    config = Config(webrtc=WebRTCConfig(ice_servers=["turn:me:secret@"]))
    (wrong,) = wrong_values(config)
    assert "secret" not in str(wrong)
