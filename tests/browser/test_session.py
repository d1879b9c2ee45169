"""Pages and the agent's own rules: token, restart, privacy modes, and nothing that leaves the agent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.values import SourceState, SourceStatus
from exporter.privacy import PrivacyPolicy
from exporter.server.feed_server import About, FeedServer, ServerSettings
from exporter.server.whip import share_routes
from tests.browser.conftest import Agent, OpenPage, until
from tests.browser.rooms import snapshot
from tests.browser.serving import ABOUT, MODEL

pytestmark = pytest.mark.browser

PATHS = ["/", "/overlay"]


def live(page: Page) -> Page:
    until(page, "document.body.dataset.connection === 'live'")
    return page


@pytest.mark.parametrize("path", PATHS)
def test_the_token_leaves_the_address_bar_and_a_reload_still_works(
    open_page: OpenPage, agent: Agent, path: str
) -> None:
    agent.publish(snapshot(1))
    page = live(open_page(f"{path}?hz=4"))
    assert page.url.endswith(f"{path}?hz=4")
    page.reload()
    live(page)


@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_opens_a_page_once_works_in_a_browser_that_was_here_before(
    chromium: Browser, agent: Agent, path: str
) -> None:
    agent.publish(snapshot(1))
    context = chromium.new_context()
    for _ in range(2):
        page = context.new_page()
        page.goto(agent.url_once(path))
        live(page)
        assert page.url.endswith(path)
    # A used pass leaves the address bar as well, in a tab that has the token already.
    page.goto(f"{page.url}?pass=used-up&hz=4")
    live(page)
    assert page.url.endswith(f"{path}?hz=4")
    context.close()


@pytest.mark.parametrize(
    ("query", "said"), [("", "lacks the key"), ("?token=old", "made anew at every start")]
)
def test_a_page_without_the_right_token_says_what_to_do(
    open_page: OpenPage, agent: Agent, trouble: list[str], query: str, said: str
) -> None:
    page = open_page("/")
    page.context.clear_cookies()
    answer = page.goto(agent.url("/").partition("?")[0] + query)
    assert answer is not None
    assert answer.status == 401
    expect(page.locator("body")).to_contain_text("Open the address that it printed")
    expect(page.locator("body")).to_contain_text(said)
    # Its style is allowed by its own policy.
    expect(page.locator("main")).to_have_css("border-radius", "12px")
    assert all("401" in line for line in trouble), trouble
    trouble.clear()


def test_where_nothing_is_a_page_leads_on(open_page: OpenPage, agent: Agent, trouble: list[str]) -> None:
    page = open_page("/")
    # What the page itself still loads would be refused without the cookie.
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    answer = page.goto(agent.url("/nope"))
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main")).to_have_css("border-radius", "12px")
    page.get_by_role("link", name="descriptions of the feed").click()
    expect(page.locator("main")).to_have_css("border-radius", "12px")
    expect(page).to_have_url(agent.url("/schema/").partition("?")[0])
    expect(page.get_by_role("link", name="JSON Schema")).to_have_attribute("href", "/schema/feed.json")
    # The page itself, and no icon, for which a browser asks without the token.
    assert len(trouble) == 1
    assert "404" in trouble.pop()


def test_where_nothing_can_be_shared_a_page_says_so_and_hides_the_token(
    chromium: Browser, tmp_path: Path
) -> None:
    settings, about = ServerSettings(port=0, connection_folder=tmp_path), About(ABOUT, MODEL, PrivacyPolicy())
    with FeedServer(settings, about, routes=share_routes(None)) as server:
        server.publish(snapshot(1, 4))
        page = chromium.new_page()
        answer = page.goto(server.page("/share"))
        assert answer is not None
        assert answer.status == 404
        expect(page.locator("main")).to_contain_text("readtheroom run --source webrtc")
        expect(page.locator("main")).to_have_css("border-radius", "12px")
        until(page, "location.search === ''")
        page.screenshot(path=tmp_path / "share.png")
        # The token serves the next page of this tab.
        page.get_by_role("link", name="Open the dashboard").click()
        # Until it is loaded, the next page has no body.
        page.wait_for_url(lambda address: "/share" not in address)
        live(page)
        expect(page.locator(".tile")).to_have_count(4)
        page.close()


def test_an_agent_that_restarts_with_another_token_refuses_the_page(
    open_page: OpenPage, agent: Agent, trouble: list[str]
) -> None:
    agent.publish(snapshot(1))
    page = live(open_page("/", clock=True))
    agent.close()
    page.clock.fast_forward(3500)
    until(page, "document.body.dataset.connection === 'stale'")
    with Agent(port=agent.port):
        # The longest pause between two attempts.
        page.clock.fast_forward(5000)
        until(page, "document.body.dataset.connection === 'refused'")
        expect(page.locator("#banner")).to_contain_text("Open the address that it printed")
    page.close()
    # The browser itself notes failed connections and the 401 on its console.
    assert all("WebSocket" in line or "Failed to load resource" in line for line in trouble), trouble
    trouble.clear()


def test_an_agent_that_restarts_with_its_token_is_found_again(
    open_page: OpenPage, agent: Agent, trouble: list[str]
) -> None:
    agent.publish(snapshot(1))
    page = live(open_page("/", clock=True))
    token = agent.token
    agent.close()
    page.clock.fast_forward(3500)
    expect(page.locator("#source-state")).to_have_text("no answer")
    with Agent(port=agent.port, token=token) as again:
        again.publish(snapshot(1, 9))
        page.clock.fast_forward(5000)
        live(page)
        expect(page.locator(".tile")).to_have_count(9)
        page.close()
    trouble.clear()


def test_privacy_mode_room(chromium: Browser) -> None:
    with Agent(PrivacyPolicy("room", min_group=5)) as agent:
        agent.publish(snapshot(1))
        page = chromium.new_page()
        page.goto(agent.url("/"))
        expect(page.locator("#policy")).to_have_text("privacy: only the room is shown, from 5 faces")
        expect(page.locator("#mood")).to_contain_text("Mean: mixed, often")
        # There is no tile to point at, and the room's mean is what the bar shows already.
        expect(page.locator(".person")).to_be_hidden()
        # An own marker's words would be replaced.
        expect(page.locator("#marker-text")).to_be_hidden()
        expect(page.locator("#marker-other")).to_have_text("Other")
        expect(page.locator(".gallery")).to_be_hidden()
        chart, room = (page.locator(one).bounding_box() for one in (".time", ".room"))
        assert chart is not None
        assert room is not None
        assert chart["y"] == room["y"]
        assert chart["width"] > room["width"]
        shares = [int(text.removesuffix(" %")) for text in page.locator("#legend b").all_inner_texts()]
        assert 97 <= sum(shares) <= 103
        agent.publish(snapshot(2, 3, plain=True))
        expect(page.locator("#mood")).to_have_text("Too few faces to show")
        agent.publish(replace(snapshot(3), source=SourceStatus(SourceState.LOST)))
        expect(page.locator("#empty")).to_contain_text("The source is lost")
        page.goto(agent.url("/overlay"))
        agent.publish(snapshot(4))
        expect(page.locator("#summary")).to_contain_text("Mean: mixed, often")
        expect(page.locator(".chip")).to_have_count(0)
        page.close()


def test_privacy_mode_off(chromium: Browser) -> None:
    with Agent(PrivacyPolicy("off")) as agent:
        agent.publish(snapshot(1))
        page = chromium.new_page()
        page.goto(agent.url("/"))
        expect(page.locator("#empty")).to_contain_text("Readings are switched off")
        expect(page.locator("#mood")).to_have_text("Readings are switched off")
        page.close()
