"""What can be configured: the shipped file documents every key and is the defaults."""

from __future__ import annotations

import re

from agent.config import Config, known_keys
from agent.config_loading import load_config
from tests.paths import ROOT

SHIPPED = ROOT / "config.yaml"


def test_the_shipped_file_equals_the_defaults() -> None:
    assert load_config(SHIPPED) == Config()


def test_the_shipped_file_documents_every_key() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    for key in known_keys():
        name = key.split(".")[1]
        assert re.search(rf"^  {name}:", text, re.MULTILINE), f"{key} is not in config.yaml"
