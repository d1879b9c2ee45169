"""The page for whoever has no key: what it says, and that its style is the one which its policy allows."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from exporter.access.refusal_page import (
    MISSING,
    OLD,
    STYLE_SOURCE,
    doorstep,
    not_shared,
    nothing_here,
    schema_index,
)


@pytest.mark.parametrize(("had_key", "said"), [(False, MISSING), (True, OLD)])
def test_it_says_why_and_what_to_do(had_key: bool, said: str) -> None:
    page = doorstep(had_key=had_key)
    assert said in page
    assert "Open the address that it printed" in page


@pytest.mark.parametrize("page", [doorstep(had_key=False), not_shared(), nothing_here(None), schema_index()])
def test_the_policy_allows_its_style(page: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == STYLE_SOURCE


def test_whoever_is_not_let_in_loads_nothing() -> None:
    """The empty icon is in the page itself: without it a browser asks for one, and is refused."""
    page = doorstep(had_key=False).replace('<link rel="icon" href="data:,">', "")
    assert not re.search(r"src=|href=|<script|url\(", page)


def test_the_token_goes_on_to_the_pages_that_there_are() -> None:
    assert 'href="/overlay?token=abc"' in nothing_here("abc")
    assert 'href="/overlay"' in nothing_here(None)
    assert '"><script>' not in nothing_here('"><script>')
