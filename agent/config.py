"""What can be configured: one definition gives defaults, validation and the reference in ``config.yaml``.

Precedence, weakest first: the defaults here, the configuration file, ``READTHEROOM_<SECTION>_<KEY>``
variables, command-line flags. Every mistake is a ConfigError that names the place, the key with its path,
the value and what was expected.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from agent.errors import ConfigError
from agent.plain_yaml import parse_yaml
from agent.policy import PolicyName
from agent.rules import RULE_CHOICES, Rule, default_rules

Weight = Annotated[float, Meta(ge=0, le=1)]

Data = dict[str, Any]
"""The configuration before validation: sections with keys."""

ENVIRONMENT_PREFIX = "READTHEROOM_"
NOT_KEYS = frozenset({"READTHEROOM_TOKEN", "READTHEROOM_CONFIG", "READTHEROOM_MQTT_PASSWORD"})
"""Variables with the prefix that are no configuration keys: secrets, and the file itself."""


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all sections: immutable, by keyword, no unknown keys."""


class SourceConfig(Section, frozen=True):
    """Where frames come from."""

    origin: Annotated[str, Meta(min_length=1)] = "screen"
    monitor: Literal["auto"] | Annotated[int, Meta(ge=1, le=64)] = "auto"
    region: Annotated[list[int], Meta(min_length=4, max_length=4)] | None = None
    camera: Annotated[str, Meta(min_length=1)] = "0"


class DemoConfig(Section, frozen=True):
    """The drawn class."""

    participants: Annotated[int, Meta(ge=1, le=49)] = 25
    style: Literal["zoom", "meet", "teams"] = "zoom"
    seed: Annotated[int, Meta(ge=0)] = 1


class AnalysisConfig(Section, frozen=True):
    """How often and how thoroughly frames are read."""

    hz: Annotated[float, Meta(gt=0, le=30)] = 5.0
    detector_threshold: Annotated[float, Meta(ge=0.05, le=0.95)] = 0.5
    threads: Annotated[int, Meta(ge=1, le=8)] = 1
    budget: Annotated[float, Meta(ge=0.02, le=8)] | None = 0.25
    model: str | None = None


class ReadingConfig(Section, frozen=True):
    """When a face is read, and how readings follow time. None takes the model card's own figure."""

    min_face_px: Annotated[float, Meta(ge=0, le=500)] | None = None
    min_confidence: Annotated[float, Meta(ge=0, le=1)] | None = None
    min_facing: Annotated[float, Meta(ge=0, le=1)] = 0.35
    half_life: Annotated[float, Meta(ge=0, le=30)] = 0.6


class BaselineConfig(Section, frozen=True):
    """What is usual for each participant, and how far it corrects the scores (see ``agent.baseline``)."""

    enabled: bool = True
    learn: Annotated[float, Meta(ge=1, le=3600)] = 60.0
    memory: Annotated[float, Meta(ge=10, le=86400)] = 600.0
    limit: Annotated[float, Meta(ge=0, le=3)] = 1.0
    keep: Annotated[float, Meta(ge=0, le=86400)] = 900.0


class MotivationConfig(Section, frozen=True):
    """The weights of the index of motivation (see ``agent.motivation``)."""

    angry: Weight = 0.25
    disgust: Weight = 0.2
    fear: Weight = 0.3
    happy: Weight = 0.6
    sad: Weight = 0.3
    surprise: Weight = 0.6
    neutral: Weight = 0.9
    facing: Weight = 1.0


class AlertsConfig(Section, frozen=True):
    """What the teacher wants to be told of (see ``agent.rules``)."""

    enabled: bool = True
    rules: list[Rule] = msgspec.field(default_factory=default_rules)


class PrivacyConfig(Section, frozen=True):
    """What leaves the agent."""

    mode: Literal["tiles", "room", "off"] = "tiles"
    min_group: Annotated[int, Meta(ge=1, le=49)] = 5
    policy: PolicyName = "none"


class ConsentConfig(Section, frozen=True):
    """Who is read (see ``agent.consent``)."""

    list: Annotated[str, Meta(min_length=1)] | None = None
    default: Literal["include", "exclude"] = "include"


class MqttConfig(Section, frozen=True):
    """Figures for an MQTT broker; see ``exporter.bridges.mqtt``."""

    host: Annotated[str, Meta(min_length=1)] | None = None
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    tls: bool = False
    topic: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^#+\x00]+$")] = "readtheroom"
    user: str | None = None
    hz: Annotated[float, Meta(gt=0, le=30)] = 1.0


class LslConfig(Section, frozen=True):
    """A stream for LabRecorder and other LSL tools; see ``exporter.bridges.lsl``."""

    enabled: bool = False
    name: Annotated[str, Meta(min_length=1, max_length=100)] = "readtheroom"


class RecordConfig(Section, frozen=True):
    """Keeping the readings of a session, never a picture, and for how long."""

    enabled: bool = False
    path: Annotated[str, Meta(min_length=1)] | None = None
    keep_days: Annotated[float, Meta(gt=0, le=36500)] | None = 30.0
    audit: bool = True
    audit_days: Annotated[float, Meta(gt=0, le=36500)] | None = 365.0


class FeedConfig(Section, frozen=True):
    """Where the feed and the pages are served."""

    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
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
    motivation: MotivationConfig = MotivationConfig()
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


def load_config(
    path: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Config:
    """Read the configuration from a file, then ``environment``, then ``flags`` ({"feed.port": 9000}).

    Raises ConfigError for whatever is wrong in one of them.
    """
    data: Data = {}
    if path is not None:
        data = _read_file(path)
        _convert(data, str(path))
    for name, text in (environment or {}).items():
        if name.startswith(ENVIRONMENT_PREFIX) and name not in NOT_KEYS:
            _set(data, _variable_key(name), parse_yaml(text, name))
            _convert(data, f"the environment variable {name}")
    for key, value in (flags or {}).items():
        _set(data, key, value)
        _convert(data, "the command line")
    return _convert(data, "the defaults")


def known_keys() -> list[str]:
    """All keys as ``section.key``, in order."""
    return [
        f"{section.name}.{field.name}"
        for section in msgspec.structs.fields(Config)
        for field in msgspec.structs.fields(section.type)
    ]


def _read_file(path: Path) -> Data:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"there is no configuration file {path}: check --config") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the configuration file {path} cannot be read: {error}") from None
    try:
        data = parse_yaml(text, str(path))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}" if str(path) not in str(error) else str(error)) from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(f"{path} must hold sections with keys (such as 'feed:'), not {type(data).__name__}")
    return {str(name): {} if section is None else section for name, section in data.items()}


def _variable_key(name: str) -> str:
    short = name.removeprefix(ENVIRONMENT_PREFIX).lower()
    by_variable = {key.replace(".", "_"): key for key in known_keys()}
    if short not in by_variable:
        raise ConfigError(
            f"the environment variable {name} sets no known key{_suggest(short, by_variable, _as_variable)}"
        )
    return by_variable[short]


def _as_variable(short: str) -> str:
    return ENVIRONMENT_PREFIX + short.upper()


def _set(data: Data, key: str, value: Any) -> None:
    section, _, name = key.partition(".")
    data.setdefault(section, {})[name] = value


def _convert(data: Data, place: str) -> Config:
    _check_names(data, place)
    try:
        return msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$.")
        key = path.rstrip("`")
        got = _value_at(data, key)
        raise ConfigError(f"{place}: {key} is {got!r}, but {_plain(problem, key)}") from None


def _check_names(data: Data, place: str) -> None:
    sections = {field.name: field.type for field in msgspec.structs.fields(Config)}
    for name, section in data.items():
        if name not in sections:
            raise ConfigError(f"{place}: there is no section '{name}'{_suggest(name, sections)}")
        if not isinstance(section, dict):
            raise ConfigError(f"{place}: {name} must hold keys, got {section!r}")
        keys = [field.name for field in msgspec.structs.fields(sections[name])]
        for key in section:
            if key not in keys:
                raise ConfigError(f"{place}: there is no key {name}.{key}{_suggest(str(key), keys)}")


def _suggest(name: str, known: Any, show: Any = str) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    if close:
        return f"; did you mean '{show(close[0])}'?"
    return "; known are " + ", ".join(show(one) for one in known)


def _value_at(data: Any, key: str) -> Any:
    for part in re.findall(r"[^.\[\]]+", key):
        try:
            data = data[int(part)] if isinstance(data, list) else data[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return data


def _plain(problem: str, key: str) -> str:
    choices = _choices(key)
    if choices:
        return "must be one of " + ", ".join(str(choice) for choice in choices)
    return problem[:1].lower() + problem[1:]


def _choices(key: str) -> tuple[Any, ...]:
    section, _, name = key.partition(".")
    if section == "alerts":
        return RULE_CHOICES.get(re.sub(r"\[\d+\]", "", name).removeprefix("rules."), ())
    for outer in msgspec.structs.fields(Config):
        for field in msgspec.structs.fields(outer.type) if outer.name == section else ():
            if field.name == name and getattr(field.type, "__origin__", None) is Literal:
                return get_args(field.type)
    return ()
