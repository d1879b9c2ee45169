"""Reading the configuration: precedence, and errors that name the place, the key and the remedy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.configuration.config import Config, known_keys
from agent.configuration.loading import NOT_KEYS, load_config
from agent.errors import ConfigError
from tests.paths import ROOT


def write(tmp_path: Path, text: str) -> Path:
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_flags_override_variables_override_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "feed: {port: 1111, host: localhost}\nanalysis: {hz: 2}")
    environment = {"READTHEROOM_FEED_PORT": "2222", "READTHEROOM_ANALYSIS_HZ": "3.5", "HOME": "/"}
    config = load_config(path, environment, {"feed.port": 3333})
    assert (config.feed.port, config.analysis.hz, config.feed.host) == (3333, 3.5, "localhost")


def test_the_token_is_not_a_configuration_key() -> None:
    assert load_config(None, {"READTHEROOM_TOKEN": "secret", "READTHEROOM_CONFIG": "x"}) == Config()


def test_a_commands_own_default_gives_way_to_whatever_sets_its_key(tmp_path: Path) -> None:
    own = {"analysis.hz": 2.0}
    path = write(tmp_path, "analysis: {hz: 5}")
    assert load_config(own=own).analysis.hz == 2
    assert load_config(write(tmp_path / "other", "analysis: {cores: 1}"), own=own).analysis.hz == 2
    assert load_config(path, own=own).analysis.hz == 5
    assert load_config(None, {"READTHEROOM_ANALYSIS_HZ": "5"}, own=own).analysis.hz == 5
    assert load_config(None, None, {"analysis.hz": 1.0}, own).analysis.hz == 1


@pytest.mark.parametrize("name", sorted(NOT_KEYS))
def test_variables_that_are_no_keys_are_documented(name: str) -> None:
    assert any(name in (ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "config.yaml"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, value) for key in ("record.path", "consent.list", "analysis.model", "feed.certificate")
          for value in ("a\\0b", "a\\ud800b")),
        ("mqtt.topic", "\\ud800"),
        ("lsl.name", "\\ud800"),
    ],
)  # fmt: skip
def test_a_text_that_no_path_or_message_can_hold_is_named(tmp_path: Path, key: str, value: str) -> None:
    section, name = key.split(".")
    with pytest.raises(ConfigError, match=rf"config\.yaml: {key} is '.*must be a text without"):
        load_config(write(tmp_path, f'{section}: {{{name}: "{value}"}}'))


def test_such_a_text_in_a_list_is_named_with_its_place(tmp_path: Path) -> None:
    rules = 'alerts: {rules: [{kind: camera_off, name: "a\\0", seconds: 9}]}'
    with pytest.raises(ConfigError, match=r"alerts\.rules\[0\]\.name is 'a"):
        load_config(write(tmp_path, rules))


def test_off_is_a_word_not_a_boolean(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "privacy: {mode: off}")).privacy.mode == "off"


def test_an_empty_file_and_an_empty_section_are_the_defaults(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "")) == Config()
    assert load_config(write(tmp_path, "feed:\n")) == Config()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("feed: {prot: 1}", "no key feed.prot; did you mean 'port'"),
        ("fed: {port: 1}", "no section 'fed'; did you mean 'feed'"),
        ("feed: {port: 99999}", "feed.port is 99999, but must be at most 65535"),
        ("feed: {port: many}", "feed.port is 'many', but must be a whole number, not a text"),
        ("feed: {host: a..b}", "feed.host is 'a..b', but must be an IP address, or a name of letters a to z"),
        ("feed: {host: münchen}", "feed.host is 'münchen', but must be an IP address"),
        ("mqtt: {topic: a/#}", "mqtt.topic is 'a/#', but must be a topic without '#' and '+'"),
        ("feed: 3", "feed must hold keys"),
        ("privacy: {mode: faces}", "privacy.mode is 'faces', but must be one of tiles, room, off"),
        ("source: {region: [1, 2]}", "source.region is [1, 2]"),
        ("source: {region: [0, 0, -5, 10]}", "source.region[2] is -5"),
        ("source: {region: [1, 2, x, 4]}", "source.region[2] is 'x'"),
        ("analysis: {hz: .nan}", "analysis.hz is nan"),
        ("analysis: {hz: 0}", "analysis.hz is 0"),
        ("baseline: {limit: 9}", "baseline.limit is 9"),
        ("mqtt: {host: ''}", "mqtt.host is '', but must be a text of at least 1 character"),
        (f"mqtt: {{user: {'n' * 1001}}}", "but must be a text of at most 1000 characters"),
        ("consent: {languages: []}", "consent.languages is [], but must be a list of at least 1 item"),
        (
            f"alerts: {{rules: [{{kind: camera_off, name: {'n' * 61}}}]}}",
            "but must be a text of at most 60 characters",
        ),
        ("motivation: {happy: 2}", "motivation.happy is 2, but must be at most 1"),
        (
            "alerts: {rules: [{kind: expressions, name: n, labels: [sad, bored], share: 1, seconds: 60}]}",
            "alerts.rules[0].labels[1] is 'bored', but must be one of angry, disgust, fear, happy",
        ),
        ("alerts: {rules: [{kind: mood, name: n}]}", "alerts.rules[0].kind is 'mood', but must be one of"),
        ("alerts: {rules: [{name: n}]}", "alerts.rules[0] lacks the key 'kind'"),
        ("alerts: {rules: [{kind: camera_off, name: n}]}", "alerts.rules[0] lacks the key 'seconds'"),
        ("source: {origin: null}", "source.origin is null, but must be a text, not null"),
        ("feed: {allowed_hosts: a}", "feed.allowed_hosts is 'a', but must be a list, such as [one, two]"),
        (
            "alerts: {rules: [{kind: camera_off, name: n, seconds: 60, rank: 1}]}",
            "object contains unknown field 'rank'",
        ),
        ("alerts: {rules: {}}", "alerts.rules is {}"),
        ('consent: {languages: [eng, ""]}', "consent.languages[1] is '', but must be a language"),
        ("feed:\n  port: 1\n  port: 2", "'port' stands twice (again in line 3)"),
        ("feed: [", "line 1"),
        ("- 1", "must hold sections"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(tmp_path: Path, text: str, wanted: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert wanted in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_misspelt_variable_is_named() -> None:
    with pytest.raises(ConfigError, match="READTHEROOM_FEED_PROT.*did you mean 'READTHEROOM_FEED_PORT'"):
        load_config(None, {"READTHEROOM_FEED_PROT": "1"})


def test_a_variable_like_no_other_is_named_in_one_short_line() -> None:
    with pytest.raises(
        ConfigError, match="READTHEROOM_HOME sets no known key; .*READTHEROOM_FEED_PORT"
    ) as told:
        load_config(None, {"READTHEROOM_HOME": "here"})
    assert len(str(told.value)) < 200


def test_a_bad_variable_is_named() -> None:
    with pytest.raises(ConfigError, match="READTHEROOM_FEED_PORT: feed.port is 'x'"):
        load_config(None, {"READTHEROOM_FEED_PORT": "x"})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no configuration file .*absent\.yaml"):
        load_config(tmp_path / "absent.yaml")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "config.yaml"
    path.write_bytes(os.urandom(64) + b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"config\.yaml is no UTF-8 text: save it as UTF-8"):
        load_config(path)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_a_configuration_or_a_named_error(tmp_path_factory: Any, text: str) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "config.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    try:
        load_config(path)
    except ConfigError as error:
        assert str(path) in str(error)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(known_keys()), VALUES)
@settings(deadline=None)
def test_any_value_of_a_key_is_taken_or_refused_by_name(key: str, value: Any) -> None:
    try:
        config = load_config(None, None, {key: value})
    except ConfigError as error:
        assert key in str(error)
    else:
        section, name = key.split(".")
        taken = getattr(getattr(config, section), name)
        # A list of fixed length, such as source.region, is kept as a tuple.
        assert (list(taken) if isinstance(taken, tuple) else taken) == value


@pytest.mark.parametrize(
    "key", ["CONSENT_LIST", "MQTT_HOST", "RECORD_KEEP_DAYS", "ANALYSIS_BUDGET", "FEED_PORT"]
)
def test_an_empty_variable_is_refused_and_never_means_null(key: str) -> None:
    """A script that forgot to set its own variable must not switch a list of consent off."""
    for empty in ("", "  "):
        with pytest.raises(ConfigError, match=f"READTHEROOM_{key} is empty: unset it"):
            load_config(None, {f"READTHEROOM_{key}": empty})


def test_a_variable_can_say_null_and_no_shortcut() -> None:
    assert load_config(None, {"READTHEROOM_CONSENT_LIST": "null"}).consent.list is None
    assert load_config(None, {"READTHEROOM_RECORD_KEEP_DAYS": "null"}).record.keep_days is None
    assert load_config(None, {"READTHEROOM_OVERLAY_SHORTCUT": ""}).overlay.shortcut == ""


@pytest.mark.parametrize(
    "text", ["class #2.txt", "#2.txt", "a: b.txt", "[a].txt", "5", "2026-01-01", "@a", "no"]
)
def test_a_text_in_a_variable_is_taken_as_it_stands(text: str) -> None:
    assert load_config(None, {"READTHEROOM_CONSENT_LIST": text}).consent.list == text
    assert load_config(None, {"READTHEROOM_CONSENT_LIST": f"'{text}'"}).consent.list == text
    assert load_config(None, {"READTHEROOM_SOURCE_ORIGIN": text}).source.origin == text
