"""The pages in Safari's engine. Debian builds it without WebRTC: so is Safari in Lockdown Mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sources.webrtc.sessions import Senders
from exporter.server.feed_server import FeedServer, ServerSettings
from exporter.server.whip import share_routes
from tests.browser.rooms import snapshot
from tests.browser.webkit import WebKit, webkit
from tests.exporter.samples import ABOUT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebKit]:
    with webkit(tmp_path_factory.mktemp("screen")) as opened:
        yield opened


@pytest.fixture
def server(window: WebKit, tmp_path: Path) -> Iterator[FeedServer]:
    settings = ServerSettings(port=0, connection_folder=tmp_path)
    with Senders() as senders, FeedServer(settings, ABOUT, routes=share_routes(senders)) as served:
        yield served
        window.open("about:blank")


@pytest.mark.parametrize(("page", "tiles"), [("/overlay", ".chip:not(.gone)"), ("/", ".tile")])
def test_webkit_draws_the_pages_that_follow_the_feed(
    window: WebKit, server: FeedServer, page: str, tiles: str
) -> None:
    window.open(server.page(page))
    server.publish(snapshot(1, 25, plain=True))
    window.until(f"document.querySelectorAll('{tiles}').length === 25")


def test_webkit_offers_to_share_or_says_that_it_cannot(window: WebKit, server: FeedServer) -> None:
    window.open(server.page("/share"))
    sends = window.tell("typeof RTCPeerConnection === 'function'")
    window.until(f"document.getElementById('camera').hidden === {str(not sends).lower()}")
    said = window.tell("document.getElementById('trouble').textContent")
    assert ("cannot send pictures" in said) is not sends
