"""Settings of a training run, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import ConfigError
from models.settings import read_settings


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "no JSON object"), ('{"speed": 9}', r"no setting \['speed'\]"), ('{"epochs": "many"}', r"epochs")],
)
def test_a_wrong_setting_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "settings.json").write_text(content)
    with pytest.raises(ConfigError, match=message):
        read_settings(tmp_path / "settings.json", {"data": "d", "out": "o"})


def test_flags_override_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"data": "d", "out": "o", "epochs": 3, "seed": 9}')
    settings = read_settings(tmp_path / "settings.json", {"epochs": 5})
    assert (settings.epochs, settings.seed) == (5, 9)
