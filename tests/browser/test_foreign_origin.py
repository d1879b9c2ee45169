"""A real page of another origin, in Chromium, tries to reach an agent that the same browser has open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import Agent, until
from tests.browser.rooms import snapshot

pytestmark = pytest.mark.browser

SOCKET = """address => new Promise((done) => {
  const socket = new WebSocket(address);
  socket.onmessage = (event) => done("message: " + event.data);
  socket.onclose = (event) => done("closed " + event.code);
})"""
FETCH = """([address, options]) => fetch(address, options).then(
  async (answer) => `${answer.type} ${answer.status} ${await answer.text()}`, () => "blocked")"""
LOADS = """([tag, address]) => new Promise((done) => {
  const node = document.createElement(tag);
  node.onload = () => done("loaded");
  node.onerror = () => done("blocked");
  node.src = address;
  document.body.append(node);
})"""


class Stranger:
    """A web server on another port of this machine, which keeps the headers that it is sent."""

    def __init__(self) -> None:
        stranger = self
        self.cookies: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stranger.cookies.append(self.headers.get("Cookie", ""))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><link rel=icon href=data:,><title>A stranger</title><body>")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.port = self._server.server_port

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    served = Stranger()
    yield served
    served.close()


@pytest.fixture
def context(chromium: Browser, agent: Agent) -> Iterator[BrowserContext]:
    """A browser in which the agent's dashboard is open and live."""
    made = chromium.new_context()
    agent.publish(snapshot(1))
    page = made.new_page()
    page.goto(agent.url("/"))
    until(page, "document.body.dataset.connection === 'live'")
    yield made
    made.close()


@pytest.fixture(params=["127.0.0.1", "localhost"])
def foreign(context: BrowserContext, stranger: Stranger, request: pytest.FixtureRequest) -> Page:
    """A page of another origin beside it: the same site (an address and another port), or another."""
    page = context.new_page()
    page.goto(f"http://{request.param}:{stranger.port}/")
    return page


def test_it_cannot_follow_the_feed(foreign: Page, agent: Agent) -> None:
    for host in ("127.0.0.1", "localhost"):
        for query in ("", "?token=guess", f"?token={agent.token}"):
            # Not even with the right token: its origin is not ours.
            answer = foreign.evaluate(SOCKET, f"ws://{host}:{agent.port}/feed{query}")
            assert answer == "closed 1006"


def test_it_can_read_no_address(foreign: Page, agent: Agent) -> None:
    for path in ("/", "/healthz", "/metrics", "/schema/feed.json", "/static/feed.js"):
        address = f"http://127.0.0.1:{agent.port}{path}"
        assert foreign.evaluate(FETCH, [address, {"credentials": "include"}]) == "blocked"
        answer = foreign.evaluate(FETCH, [address, {"mode": "no-cors", "credentials": "include"}])
        assert answer in {"blocked", "opaque 0 "}
    with_key = {"headers": {"Authorization": f"Bearer {agent.token}"}}
    assert foreign.evaluate(FETCH, [f"http://127.0.0.1:{agent.port}/metrics", with_key]) == "blocked"


def test_it_can_embed_nothing(foreign: Page, agent: Agent) -> None:
    for tag, path in (("script", "/static/feed.js"), ("img", "/static/icon.svg")):
        assert foreign.evaluate(LOADS, [tag, f"http://127.0.0.1:{agent.port}{path}"]) == "blocked"
    # Even where somebody gave the whole address away, the pages are shown in no frame of others.
    foreign.evaluate(LOADS, ["iframe", agent.url("/overlay")])
    (frame,) = foreign.frames[1:]
    # The frame is told of its address a moment after its element was told that loading is over.
    frame.wait_for_url("chrome-error://chromewebdata/", timeout=10_000)


def test_it_cannot_offer_a_picture(foreign: Page, agent: Agent) -> None:
    options = {"method": "POST", "body": "v=0", "headers": {"Content-Type": "application/sdp"}}
    assert foreign.evaluate(FETCH, [f"http://127.0.0.1:{agent.port}/whip", options]) == "blocked"


def test_the_cookie_that_another_port_is_sent_opens_no_readings(
    context: BrowserContext, stranger: Stranger, agent: Agent
) -> None:
    """Browsers do send it there; so the agent must not take it for more than its pages."""
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{stranger.port}/")
    cookie = stranger.cookies[0]
    assert cookie.startswith(f"readtheroom-{agent.port}=")
    assert agent.token not in cookie
    for path in ("/healthz", "/metrics", "/feed"):
        address = f"http://127.0.0.1:{agent.port}{path}"
        assert context.request.get(address, headers={"Cookie": cookie}).status == 401


def test_the_token_is_kept_where_another_port_cannot_read_it(
    context: BrowserContext, stranger: Stranger, agent: Agent
) -> None:
    dashboard = context.pages[0]
    assert dashboard.evaluate("sessionStorage.getItem('token')") == agent.token
    assert agent.token not in dashboard.url
    # The same tab goes elsewhere, as after a click on a link.
    dashboard.goto(f"http://127.0.0.1:{stranger.port}/")
    assert dashboard.evaluate("JSON.stringify(sessionStorage) + document.referrer") == "{}"
