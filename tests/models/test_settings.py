"""Settings of a training run, right and wrong."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from agent.errors import ConfigError
from models.settings import read_settings


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no JSON object"),
        ('{"arch": "\xff"}', "no JSON object"),
        ('{"speed": 9}', r"no setting \['speed'\]"),
        ('{"epochs": "many"}', r"epochs"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "settings.json").write_text(content, encoding="latin-1")
    with pytest.raises(ConfigError, match=message):
        read_settings(tmp_path / "settings.json", {"data": "d", "out": "o"})


def test_flags_override_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"data": "d", "out": "o", "epochs": 3, "seed": 9}')
    settings = read_settings(tmp_path / "settings.json", {"epochs": 5})
    assert (settings.epochs, settings.seed) == (5, 9)


@pytest.mark.parametrize("key", ["epochs", "rate"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_a_length_or_rate_that_is_none_is_named(key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"{key} must be over 0 and finite, not {value}"):
        read_settings(None, {"data": "d", "out": "o", key: value})


@pytest.mark.parametrize("key", ["minutes", "decay", "balance"])
@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
def test_what_would_train_for_ever_or_away_from_the_data_is_named(key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"{key} must be 0 or more and finite, not {value}"):
        read_settings(None, {"data": "d", "out": "o", key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [("seed", -1), ("patience", -2), ("momentum", 0), ("momentum", math.nan), ("realism", math.nan)],
)
def test_what_nothing_can_be_trained_by_is_named(key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"{key} must be .* not {value}"):
        read_settings(None, {"data": "d", "out": "o", key: value})


def test_the_ends_of_the_ranges_are_settings() -> None:
    settings = read_settings(
        None, {"data": "d", "out": "o", "minutes": 0, "decay": 0, "patience": 0, "seed": 0}
    )
    assert settings.minutes == 0
