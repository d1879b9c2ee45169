"""The door itself, in front of a small application: who comes through, and how every answer is dressed."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from exporter.access.gate import HEADERS, PAGES, Gate
from exporter.access.rules import AccessRules

TOKEN = "0123456789abcdef"  # noqa: S105 - guards nothing
PORT = 8765


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with 404 where it is told to, raises where it is told to, else says yes."""
    if scope["path"] == "/broken":
        raise ZeroDivisionError
    status = 404 if scope["path"] == "/missing" else 200
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"yes"})


class Door:
    """A gate with a browser in front of it, which keeps cookies; ``refusals`` counts them."""

    def __init__(self) -> None:
        self.refusals = 0
        self._gate = Gate(application, AccessRules(TOKEN), PORT, self._count)
        self._cookies = httpx.Cookies()

    def get(self, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._gate)
            base = f"http://127.0.0.1:{PORT}"
            async with httpx.AsyncClient(transport=transport, base_url=base, cookies=self._cookies) as client:
                answer = await client.get(path, **options)
                self._cookies.update(client.cookies)
                return answer

        return asyncio.run(ask())

    def _count(self) -> None:
        self.refusals += 1


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.mark.parametrize("path", ["/", "/missing", f"/?token={TOKEN}", f"/missing?token={TOKEN}"])
def test_every_answer_has_the_safe_headers(door: Door, path: str) -> None:
    answer = door.get(path)
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    policy = answer.headers["Content-Security-Policy"]
    assert f"connect-src 'self' ws://127.0.0.1:{PORT};" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_foreign_host_name_adds_nothing_to_the_content_policy(door: Door) -> None:
    answer = door.get("/", headers={"Host": "evil.example; script-src *"})
    assert answer.status_code == 403
    assert "connect-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "evil" not in answer.headers["Content-Security-Policy"]


def test_of_two_tokens_none_counts(door: Door) -> None:
    assert door.get(f"/metrics?token={TOKEN}").status_code == 200
    assert door.get(f"/metrics?token={TOKEN}&token=another").status_code == 401


def test_a_page_that_was_opened_with_the_token_can_be_reloaded_and_nothing_else(door: Door) -> None:
    assert door.get("/").status_code == 401
    assert door.get(f"/?token={TOKEN}").status_code == 200
    assert door.get("/").status_code == 200
    assert door.get("/static/feed.js").status_code == 200
    assert door.get("/healthz").status_code == 401
    assert door.refusals == 2


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_person_is_answered_with_a_page_and_a_program_with_a_problem(door: Door, path: str) -> None:
    assert door.get(path).headers["Content-Type"].startswith("text/html")
    refused = door.get("/feed")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_refused_visit_and_a_failed_one_get_no_cookie(door: Door) -> None:
    assert "Set-Cookie" not in door.get("/?token=wrong").headers
    assert "Set-Cookie" not in door.get(f"/missing?token={TOKEN}").headers
    assert "HttpOnly; SameSite=Strict" in door.get(f"/?token={TOKEN}").headers["Set-Cookie"]


def test_only_the_overlay_may_be_framed_and_only_by_us(door: Door) -> None:
    policy = door.get(f"/overlay?token={TOKEN}").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize("mark", ["%0a", "%0d", "%1b[2K", "%E2%80%A8"])
def test_a_path_makes_no_line_of_its_own_in_the_log(
    door: Door, mark: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "readtheroom"):
        assert door.get(f"/{mark}12:00:00%20%20stopping").status_code == 401
    told = [record.getMessage() for record in caplog.records if "stopping" in record.getMessage()]
    assert len(told) == 1
    assert told[0].isprintable()


@pytest.mark.parametrize(("query", "told"), [(f"?token={TOKEN}", 1), ("?token=wrong", 0), ("", 0)])
def test_a_page_with_the_token_and_a_foreign_origin_is_named_in_the_log_once(
    door: Door, query: str, told: int, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        assert door.get(f"/feed{query}", headers={"Origin": "http://tool.example:8099"}).status_code == 403
    warned = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert (
        warned
        == ["a page of http://tool.example:8099 was refused: its origin is not in feed.allowed_origins"]
        * told
    )


def test_an_error_is_logged_without_the_token(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ZeroDivisionError):
        door.get(f"/broken?token={TOKEN}")
    assert "/broken" in caplog.text
    assert TOKEN not in caplog.records[-1].getMessage()
