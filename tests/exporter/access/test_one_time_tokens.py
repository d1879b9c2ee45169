"""One-time tokens: what a browser may be started with where others can read the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from exporter.access.one_time_tokens import GOOD_FOR, MOST, OneTimeTokens, opened_once
from exporter.access.token import ConnectionInfo, read_connection_file
from exporter.server.feed_server import FeedServer, ServerSettings
from tests.exporter.samples import ABOUT, serving_tls

TOKEN = "0123456789abcdef"  # noqa: S105 - guards nothing


def test_a_pass_is_good_once_and_for_a_minute() -> None:
    now = [0.0]
    one_time_tokens = OneTimeTokens(lambda: now[0])
    first, second = one_time_tokens.issue(), one_time_tokens.issue()
    assert first != second
    assert one_time_tokens.redeem(first)
    assert not one_time_tokens.redeem(first)
    assert not one_time_tokens.redeem("guessed")
    now[0] = GOOD_FOR
    assert not one_time_tokens.redeem(second)


def test_whoever_asks_for_many_makes_the_oldest_worthless() -> None:
    one_time_tokens = OneTimeTokens()
    given = [one_time_tokens.issue() for _ in range(MOST + 1)]
    assert [one_time_tokens.redeem(one) for one in given] == [False, *([True] * MOST)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FeedServer]:
    with FeedServer(ServerSettings(port=0, connection_folder=tmp_path), ABOUT) as server:
        yield server


def test_a_page_opens_once_with_its_options_and_holds_no_token(server: FeedServer) -> None:
    info = read_connection_file(server.connection_file or Path())
    page = opened_once(server.page("/overlay") + "&style=gauge", info)
    assert server.token not in page
    with httpx.Client() as browser:
        sent_on = browser.get(page)
        assert (sent_on.status_code, sent_on.headers["location"]) == (
            303,
            f"/overlay?token={server.token}&style=gauge",
        )
        assert browser.get(httpx.URL(page).join(sent_on.headers["location"])).status_code == 200
    # Somebody else read the command line.
    with httpx.Client() as browser:
        again = browser.get(page)
    assert again.status_code == 401
    assert "opens the page once" in again.text
    assert server.token not in again.text


def test_the_address_that_the_agent_itself_opens(server: FeedServer) -> None:
    page = server.page_once("/")
    assert server.token not in page
    assert httpx.get(page, follow_redirects=True).status_code == 200


def test_a_browser_that_holds_the_cookie_is_sent_on_too(server: FeedServer) -> None:
    with httpx.Client(follow_redirects=True) as browser:
        # A tab of its own each time: its sessionStorage is empty, so that it needs the token anew.
        for _ in range(2):
            page = httpx.URL(server.page_once("/overlay"))
            opened = browser.get(page)
            assert opened.status_code == 200
            assert opened.url.params["token"] == server.token
        # The pass was used up all the same.
        assert httpx.get(page).status_code == 401
        # A reload of an address with a used pass.
        assert browser.get(page).url == page


def test_beside_a_token_a_pass_is_not_used_up(server: FeedServer) -> None:
    page = httpx.URL(server.page_once("/"))
    assert httpx.get(page.copy_add_param("token", server.token)).status_code == 200
    assert httpx.get(page.copy_add_param("token", "another")).status_code == 401
    assert httpx.get(page).status_code == 303


@pytest.mark.parametrize("path", ["/feed", "/metrics", "/history", "/pass", "/static/feed.js"])
def test_a_pass_opens_pages_only(server: FeedServer, path: str) -> None:
    one = httpx.URL(server.page_once("/")).params["pass"]
    address = f"http://127.0.0.1:{server.port}"
    assert httpx.get(f"{address}{path}?pass={one}").status_code == 401
    assert httpx.post(f"{address}/?pass={one}").status_code == 401
    assert httpx.get(f"{address}/?pass={one}", headers={"Host": "rebound.example"}).status_code == 403
    # None of these has used it up.
    assert httpx.get(f"{address}/?pass={one}").status_code == 303


def test_without_an_agent_the_address_stays_as_it_is() -> None:
    info = ConnectionInfo(feed="ws://127.0.0.1:9/feed", token=TOKEN)
    page = f"http://127.0.0.1:9/?token={TOKEN}"
    assert opened_once(page, info) == page


def test_over_tls_the_connection_files_certificate_is_trusted(tmp_path: Path) -> None:
    with serving_tls(tmp_path) as server:
        info = read_connection_file(server.connection_file or Path())
        assert "?pass=" in opened_once(server.page("/"), info)
