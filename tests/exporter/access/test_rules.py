"""Who is let in: the decisions, without sockets."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from exporter.access.rules import Request, host_name, make_access_rules, normal_origin

TOKEN = "right-token"  # noqa: S105
POLICY = make_access_rules(TOKEN, ["teacher.local"], ["https://Tool.example"])
GOOD = Request("http", hosts=("127.0.0.1:8765",), query_token=TOKEN)


def _status(**changes: Any) -> int | None:
    refusal = POLICY.check(dataclasses.replace(GOOD, **changes))
    return None if refusal is None else refusal.status


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8765",
        "127.0.0.1",
        "localhost:1",
        "LOCALHOST",
        "[::1]:8765",
        "127.9.9.9",
        "teacher.local:80",
    ],
)
def test_names_of_this_machine_and_configured_ones_are_let_in(host: str) -> None:
    assert _status(hosts=(host,)) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.5",
        "0.0.0.0",  # noqa: S104
        "",
        "a b",
        "localhost:99999",
        "localhost@evil.example",
        "[::2]",
        "localhost\r\n",
        "localhost\n",
        "localhost:\u0661",
        "::1",
    ],
)
def test_other_hosts_are_not(host: str) -> None:
    assert _status(hosts=(host,)) == 403


def test_a_host_header_must_be_there_once() -> None:
    assert _status(hosts=()) == 403
    assert _status(hosts=("127.0.0.1", "127.0.0.1")) == 403


@pytest.mark.parametrize(
    ("origins", "status"),
    [
        ((), None),
        (("http://127.0.0.1:8765",), None),
        (("https://tool.example",), None),
        (("https://tool.example:443",), None),
        (("http://tool.example",), 403),
        (("http://127.0.0.1",), 403),
        (("http://127.0.0.1:3000",), 403),
        (("https://127.0.0.1:8765",), 403),
        (("http://localhost:8765",), 403),
        (("null",), 403),
        (("",), 403),
        (("file://",), 403),
        (("http://127.0.0.1:8765.evil.example",), 403),
        (("http://127.0.0.1:8765", "https://evil.example"), 403),
    ],
)
def test_origins(origins: tuple[str, ...], status: int | None) -> None:
    assert _status(origins=origins) == status


@pytest.mark.parametrize(
    ("authorization", "query", "status"),
    [
        (f"Bearer {TOKEN}", None, None),
        (f"bearer  {TOKEN} ", None, None),
        (None, TOKEN, None),
        ("Bearer wrong", TOKEN, None),
        (f"Basic {TOKEN}", None, 401),
        (TOKEN, None, 401),
        ("Bearer ", None, 401),
        ("Bearer", "", 401),
        (None, None, 401),
        (None, "right-token2", 401),
        (None, "right-toke", 401),
        (None, "ünïcode", 401),
    ],
)
def test_tokens(authorization: str | None, query: str | None, status: int | None) -> None:
    assert _status(authorization=authorization, query_token=query) == status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, None),
        ({"fetch_site": "same-origin"}, None),
        ({"fetch_site": "none"}, None),
        ({"fetch_site": "same-site"}, 401),
        ({"fetch_site": "cross-site"}, 401),
        ({"origins": ("http://127.0.0.1:8765",)}, None),
        ({"origins": ("https://evil.example",)}, 403),
        ({"page": False}, 401),
        ({"page": False, "fetch_site": "same-origin", "origins": ("http://127.0.0.1:8765",)}, 401),
        ({"cookie": TOKEN}, 401),
        ({"cookie": ""}, 401),
        ({"hosts": ("evil.example",)}, 403),
    ],
)
def test_the_cookie_counts_for_own_pages_only(changes: dict[str, object], status: int | None) -> None:
    assert _status(**{"query_token": None, "cookie": POLICY.cookie, "page": True, **changes}) == status


def test_nothing_shows_the_token() -> None:
    refusal = POLICY.check(dataclasses.replace(GOOD, query_token="guess"))  # noqa: S106
    shown = [repr(POLICY), repr(GOOD), repr(refusal), POLICY.cookie]
    assert not any(TOKEN in text or "guess" in text for text in shown)


@pytest.mark.parametrize("name", ["http://x", "a b", "", "x/y"])
def test_a_wrong_host_name_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="no host name"):
        make_access_rules(TOKEN, hosts=[name])


@pytest.mark.parametrize(
    "origin", ["tool.example", "https://x/path", "ftp://x", "https://a@b", "*", "http://x:y"]
)
def test_a_wrong_origin_is_named(origin: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        make_access_rules(TOKEN, origins=[origin])


def test_an_empty_token_is_no_token() -> None:
    with pytest.raises(ValueError, match="token"):
        make_access_rules("")


def test_normal_forms() -> None:
    assert host_name("Teacher.Local.:80") == "teacher.local"
    assert host_name("[::1]:80") == "::1"
    assert normal_origin("HTTPS://Tool.Example") == "https://tool.example:443"
    assert normal_origin("http://[::1]:8765") == "http://::1:8765"
