"""Flags on their way into the configuration: which key each sets, and what stays text."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.configuration.config import known_keys
from agent.configuration.flags import FLAG_KEYS, TEXT_KEYS, configure
from agent.errors import ConfigError
from agent.system.logs import logger


@pytest.fixture(autouse=True)
def log_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("READTHEROOM_CONFIG", raising=False)
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logger.propagate = propagate


def options(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"config": None, **given})


def test_every_flag_sets_a_key_that_there_is() -> None:
    assert set(FLAG_KEYS.values()) <= set(known_keys())
    assert set(FLAG_KEYS.values()) >= TEXT_KEYS


def test_a_number_is_read_as_one_and_a_source_stays_text() -> None:
    config = configure(options(port="9000", hz="2.5", source="5", monitor="auto"))
    assert (config.feed.port, config.analysis.hz) == (9000, 2.5)
    assert (config.source.origin, config.source.monitor) == ("5", "auto")


def test_a_flag_that_was_not_given_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("feed: {port: 1234}\nlog: {level: error}", encoding="utf-8")
    config = configure(options(config=path, port=None))
    assert config.feed.port == 1234
    assert logger.level == logging.ERROR


def test_a_file_may_be_named_by_a_variable_which_a_flag_overrides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, port in (("variable", 1111), ("flag", 2222)):
        (tmp_path / name).write_text(f"feed: {{port: {port}}}", encoding="utf-8")
    monkeypatch.setenv("READTHEROOM_CONFIG", str(tmp_path / "variable"))
    assert configure(options()).feed.port == 1111
    assert configure(options(config=tmp_path / "flag")).feed.port == 2222


@pytest.mark.parametrize(
    ("written", "variable", "lines"),
    [
        ("eu_education", "none", 1),
        ("eu_education", "eu_work", 1),
        ("eu_education", "eu_education", 0),
        ("none", "eu_work", 0),
    ],
)
def test_a_policy_of_the_file_is_not_overridden_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str, variable: str, lines: int
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"privacy: {{policy: {written}}}", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("READTHEROOM_PRIVACY_POLICY", variable)
        assert configure(options(config=path)).privacy.policy == variable
    assert configure(options(config=path)).privacy.policy == written
    said = capsys.readouterr().err
    line = f"mine.yaml sets privacy.policy {written}, but READTHEROOM_PRIVACY_POLICY overrides it with"
    assert (said.count("\n"), said.count(f"{line} {variable}:")) == (lines, lines)


@pytest.mark.parametrize(
    ("given", "wanted"), [(None, (False, None)), ("", (True, None)), ("kept", (True, "kept"))]
)
def test_record_may_name_its_place(given: str | None, wanted: tuple[bool, str | None]) -> None:
    record = configure(options(record=given)).record
    assert (record.enabled, record.path) == wanted


def test_lan_is_https_on_every_address_unless_a_host_is_named() -> None:
    feed = configure(options(lan=True)).feed
    assert (feed.host, feed.self_signed) == ("0.0.0.0", True)  # noqa: S104 - compared, not bound
    assert configure(options(lan=True, host="10.0.0.7")).feed.host == "10.0.0.7"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"port": "99999"}, "--port is 99999, but must be at most 65535"),
        ({"hz": "nan"}, "--hz is nan, but must be at least 0.1"),
        ({"monitor": "x"}, "--monitor is 'x', but must be auto, or a monitor's number: 1, 2, ..."),
        ({"monitor": "1.5"}, "--monitor is 1.5, but must be auto, or a monitor's number: 1, 2, ..."),
        ({"log_level": "loud"}, "--log-level is 'loud', but must be one of debug, info, warning, error"),
        ({"overlay_style": "x"}, "--style is 'x', but must be one of chips, borders, gauge"),
        ({"shortcut": "x"}, "--shortcut is 'x', but must be like Ctrl+Alt+H"),
    ],
)
def test_a_wrong_flag_is_named_as_it_was_typed(given: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configure(options(**given))
    assert str(caught.value).startswith(said)
