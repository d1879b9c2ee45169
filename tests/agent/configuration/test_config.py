"""What can be configured: the shipped file documents every key and is the defaults."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec
import pytest
import yaml

from agent.configuration.config import (
    BaselineConfig,
    Config,
    DemoConfig,
    FeedConfig,
    MqttConfig,
    PrivacyConfig,
    ReadingConfig,
    WebRTCConfig,
    known_keys,
)
from agent.configuration.loading import load_config
from agent.faces.quality import QualityLimits
from agent.lesson.baseline import Learning
from agent.lesson.mood import MoodPace
from agent.sources.demo import DemoSource
from agent.sources.webrtc.sessions import SenderLimits
from exporter.bridges.mqtt import Broker
from exporter.privacy import PrivacyPolicy
from exporter.server.server_settings import ServerSettings
from tests.paths import ROOT

SHIPPED = ROOT / "config.yaml"


def test_the_shipped_file_equals_the_defaults() -> None:
    assert load_config(SHIPPED) == Config()


def test_the_shipped_file_documents_every_key() -> None:
    sections = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    assert [f"{section}.{key}" for section, keys in sections.items() for key in keys] == known_keys()


def defaults_of(made: Any) -> dict[str, Any]:
    """The default of each argument that has one."""
    arguments = inspect.signature(made).parameters.values()
    return {one.name: one.default for one in arguments if one.default is not one.empty}


@pytest.mark.parametrize(
    ("section", "made", "others"),
    [
        (DemoConfig, DemoSource, set()),
        (ReadingConfig, MoodPace, {"min_face_px", "min_confidence", "min_facing"}),
        (ReadingConfig, QualityLimits, {"min_face_px", "min_confidence", "half_life"}),
        (BaselineConfig, Learning, {"enabled"}),
        (PrivacyConfig, PrivacyPolicy, {"policy"}),
        (MqttConfig, Broker, {"host"}),
        (WebRTCConfig, SenderLimits, {"ice_servers"}),
    ],
)
def test_what_is_made_without_a_configuration_is_as_configured(
    section: Any, made: Any, others: set[str]
) -> None:
    """Tests and measurements take the defaults of the classes; ``others`` are keys that are not of them."""
    configured = msgspec.structs.asdict(section())
    assert configured.keys() >= others
    given = defaults_of(made)
    for key in configured.keys() - others:
        assert given[key] == configured[key], key


def test_the_server_is_made_as_configured() -> None:
    """``ServerSettings`` has further fields, and takes the lists as any sequence."""
    feed, settings = FeedConfig(), ServerSettings()
    for key in ("host", "port", "certificate", "key"):
        assert getattr(settings, key) == getattr(feed, key)
    for key in ("allowed_hosts", "allowed_origins"):
        assert list(getattr(settings, key)) == getattr(feed, key)
