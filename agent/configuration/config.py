"""The configuration's keys: one definition for defaults, validation and the reference in ``config.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from agent.lesson.motivation import Weights
from agent.lesson.rules import Rule, default_rules
from agent.values import PolicyName, PrivacyMode

Length = Annotated[int, Meta(ge=1)]
"""Length of a side in pixels, minimum 1."""
TesseractLanguage = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{1,31}$")]
"""A language code as in ``tesseract --list-langs``: eng, chi_sim."""
HOST = r"^([0-9A-Za-z_-]{1,63}(\.[0-9A-Za-z_-]{1,63})*\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[0-9A-Za-z]+)?)$"
"""A host name, an IPv4 or an IPv6 address: other names give no address, and no certificate."""


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all sections: immutable, keyword arguments only, no unknown keys."""


class SourceConfig(Section, frozen=True):
    """Where frames come from."""

    origin: Annotated[str, Meta(min_length=1)] = "screen"
    monitor: Literal["auto"] | Annotated[int, Meta(ge=1, le=64)] = "auto"
    region: tuple[int, int, Length, Length] | None = None
    camera: Annotated[str, Meta(min_length=1)] = "0"


class DemoConfig(Section, frozen=True):
    """The drawn class."""

    participants: Annotated[int, Meta(ge=1, le=49)] = 25
    page_size: Annotated[int, Meta(ge=1, le=49)] = 49
    style: Literal["zoom", "meet", "teams"] = "zoom"
    seed: Annotated[int, Meta(ge=0)] = 1


class AnalysisConfig(Section, frozen=True):
    """How often and how thoroughly frames are read."""

    # Below 0.07 Hz, two scores of a face are too far apart in time to be followed (lesson.mood.SLOWEST).
    hz: Annotated[float, Meta(ge=0.1, le=30)] = 5.0
    detector_threshold: Annotated[float, Meta(ge=0.05, le=0.95)] = 0.5
    cores: Annotated[int, Meta(ge=1, le=8)] = 2
    threads: Annotated[int, Meta(ge=1, le=8)] = 1
    budget: Annotated[float, Meta(ge=0.02, le=8)] | None = 0.25
    model: str | None = None


class ReadingConfig(Section, frozen=True):
    """When a face is read, and how readings follow time. None uses the model card's value."""

    min_face_px: Annotated[float, Meta(ge=0, le=500)] | None = None
    min_confidence: Annotated[float, Meta(ge=0, le=1)] | None = None
    min_facing: Annotated[float, Meta(ge=0, le=1)] = 0.35
    half_life: Annotated[float, Meta(ge=0, le=30)] = 0.6


class BaselineConfig(Section, frozen=True):
    """Each participant's baseline, and how far it corrects scores (see ``agent.lesson.baseline``)."""

    enabled: bool = True
    learn: Annotated[float, Meta(ge=1, le=3600)] = 60.0
    memory: Annotated[float, Meta(ge=10, le=86400)] = 600.0
    limit: Annotated[float, Meta(ge=0, le=3)] = 0.6
    keep: Annotated[float, Meta(ge=0, le=86400)] = 900.0


class AlertsConfig(Section, frozen=True):
    """The alerts that the teacher wants (see ``agent.lesson.rules``)."""

    enabled: bool = True
    rules: list[Rule] = msgspec.field(default_factory=default_rules)


class PrivacyConfig(Section, frozen=True):
    """What leaves the agent."""

    mode: PrivacyMode = "tiles"
    min_group: Annotated[int, Meta(ge=1, le=49)] = 5
    policy: PolicyName = "none"


class ConsentConfig(Section, frozen=True):
    """Who is read (see ``agent.privacy.consent``)."""

    list: Annotated[str, Meta(min_length=1)] | None = None
    default: Literal["include", "exclude"] = "include"
    languages: Annotated[tuple[TesseractLanguage, ...], Meta(min_length=1, max_length=8)] = ("eng",)


class MqttConfig(Section, frozen=True):
    """Figures for an MQTT broker; see ``exporter.bridges.mqtt``."""

    host: Annotated[str, Meta(min_length=1)] | None = None
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    tls: bool = False
    topic: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^#+\x00]+$")] = "readtheroom"
    user: Annotated[str, Meta(max_length=1000)] | None = None
    hz: Annotated[float, Meta(gt=0, le=30)] = 1.0


class LslConfig(Section, frozen=True):
    """A stream for LabRecorder and other LSL tools; see ``exporter.bridges.lsl``."""

    enabled: bool = False
    name: Annotated[str, Meta(min_length=1, max_length=100)] = "readtheroom"


class RecordConfig(Section, frozen=True):
    """Recording a session's readings, never a picture, and for how long they are kept."""

    enabled: bool = False
    path: Annotated[str, Meta(min_length=1)] | None = None
    keep_days: Annotated[float, Meta(gt=0, le=36500)] | None = 30.0
    audit: bool = True
    audit_days: Annotated[float, Meta(gt=0, le=36500)] | None = 365.0


class FeedConfig(Section, frozen=True):
    """Where the feed and the pages are served."""

    host: Annotated[str, Meta(pattern=HOST)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8765
    allowed_hosts: list[str] = []
    allowed_origins: list[str] = []
    certificate: str | None = None
    key: str | None = None
    self_signed: bool = False


class WebRTCConfig(Section, frozen=True):
    """Who may share a picture by WebRTC, when source.origin is webrtc."""

    sessions: Annotated[int, Meta(ge=1, le=16)] = 4
    connect_timeout: Annotated[float, Meta(ge=1, le=120)] = 15.0
    idle_timeout: Annotated[float, Meta(ge=1, le=3600)] = 30.0
    ice_servers: list[str] = []


class OverlayConfig(Section, frozen=True):
    """What the overlay draws on the meeting's tiles."""

    style: Literal["chips", "borders", "gauge"] = "chips"
    animations: bool = True
    shortcut: str = "Ctrl+Alt+H"


class LogConfig(Section, frozen=True):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Section, frozen=True):
    """The whole configuration."""

    source: SourceConfig = SourceConfig()
    demo: DemoConfig = DemoConfig()
    analysis: AnalysisConfig = AnalysisConfig()
    reading: ReadingConfig = ReadingConfig()
    baseline: BaselineConfig = BaselineConfig()
    motivation: Weights = Weights()
    alerts: AlertsConfig = AlertsConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    consent: ConsentConfig = ConsentConfig()
    mqtt: MqttConfig = MqttConfig()
    lsl: LslConfig = LslConfig()
    record: RecordConfig = RecordConfig()
    feed: FeedConfig = FeedConfig()
    webrtc: WebRTCConfig = WebRTCConfig()
    overlay: OverlayConfig = OverlayConfig()
    log: LogConfig = LogConfig()


def known_keys() -> list[str]:
    """All keys as ``section.key``, in order."""
    return [
        f"{section.name}.{field.name}"
        for section in msgspec.structs.fields(Config)
        for field in msgspec.structs.fields(section.type)
    ]
