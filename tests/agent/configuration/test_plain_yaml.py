"""YAML as configurations use it: plain values, words that stay words, and errors with their line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.configuration.plain_yaml import parse_yaml
from agent.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("off", "off"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("true", True),
        ("False", False),
        ("", None),
        ("1e3", "1e3"),
    ],
)
def test_only_true_and_false_are_booleans(text: str, wanted: Any) -> None:
    got = parse_yaml(text, "here")
    assert got == wanted
    assert type(got) is type(wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 1\nb: 2\na: 3", "'a' stands twice .again in line 3"),
        ("a: 1\nb: {{c: d}: 2}", "here, line 2: a key must be a text"),
        ("a: 1\n? [b]\n: 2", "here, line 2: a key must be a text"),
        ("a: 1\n\tb: 2", "here, line 2"),
        ("!!python/object/apply:os.getcwd []", "here, line 1: could not determine a constructor"),
        ("[" * 5000, "here"),
        ("2026-99-99", "here: month must be in"),
    ],
)
def test_a_mistake_is_named(text: str, wanted: str) -> None:
    with pytest.raises(ConfigError, match=wanted):
        parse_yaml(text, "here")


@given(st.text(max_size=100))
def test_any_text_is_a_value_or_a_named_error(text: str) -> None:
    try:
        parse_yaml(text, "here")
    except ConfigError as error:
        assert "here" in str(error) or "stands twice" in str(error)
