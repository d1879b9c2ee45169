"""The pages in a real Firefox, which sends a made-up camera over its own WebRTC."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agent.sources.webrtc.sessions import SenderLimits, Senders
from agent.sources.webrtc.source import WebRTCSource
from exporter.server.feed_server import FeedServer, ServerSettings
from exporter.server.whip import share_routes
from tests.browser.firefox import Firefox, firefox
from tests.browser.rooms import snapshot
from tests.exporter.samples import ABOUT
from tests.peers import pull
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.browser

CHIPS = "querySelectorAll('.chip:not(.gone)').length"
OVERLAY = "document.getElementById('overlay').contentDocument"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("profile")) as opened:
        opened.size(1280, 760)
        yield opened


@pytest.fixture
def senders() -> Iterator[Senders]:
    with Senders(SenderLimits(connect_timeout=PATIENCE)) as opened:
        yield opened


@pytest.fixture
def server(senders: Senders, window: Firefox, tmp_path: Path) -> Iterator[FeedServer]:
    with FeedServer(
        ServerSettings(port=0, connection_folder=tmp_path), ABOUT, routes=share_routes(senders)
    ) as served:
        yield served
        window.open("about:blank")
    assert window.errors == []


def test_firefox_shares_a_camera_shows_what_is_read_and_stops(
    window: Firefox, server: FeedServer, senders: Senders
) -> None:
    window.open(server.page("/share"))
    window.tell("document.getElementById('camera').click()")
    window.until("document.body.dataset.sharing === 'sharing'")
    with WebRTCSource(senders) as source:
        picture = pull(source.frames()).pixels
    asked = window.tell("document.getElementById('video').srcObject.getVideoTracks()[0].getSettings().width")
    assert picture.shape[1] == asked
    # Firefox's made-up camera is one bright colour that changes.
    assert np.ptp(picture.mean(axis=(0, 1))) > 100
    assert senders.camera is not None
    server.publish(snapshot(1, 9, plain=True))
    window.until("document.querySelectorAll('#faces li').length === 9")
    window.until(f"{OVERLAY}.{CHIPS} === 9")
    assert window.tell("document.querySelectorAll('#faces .bar').length") == 7 * 9
    shown = np.asarray(Image.open(io.BytesIO(window.screenshot())).convert("RGB"))
    # The overlay's own ground must not hide the picture: between the chips it is as bright as it was sent.
    assert np.ptp(shown[560:640, 100:800].mean(axis=(0, 1))) > 100
    window.tell("document.getElementById('stop').click()")
    until(lambda: senders.sessions == 0)
    assert senders.parting == "the sender stopped sharing"
    window.until("document.body.dataset.sharing === 'idle'")


def test_firefox_is_told_that_another_sender_took_over(
    window: Firefox, server: FeedServer, senders: Senders
) -> None:
    window.open(server.page("/share"))
    window.tell("document.getElementById('camera').click()")
    until(lambda: senders.sending)
    window.until("document.body.dataset.sharing === 'sharing'")
    first = next(iter(senders._sessions.values()))
    senders._loop.call_soon_threadsafe(senders._soon, senders._end(first, "another sender took over"))
    window.until("document.getElementById('trouble').textContent.includes('another sender took over')")
    window.until("document.body.dataset.sharing === 'failed'")


@pytest.mark.parametrize(("page", "tiles"), [("/overlay", CHIPS), ("/", "querySelectorAll('.tile').length")])
def test_firefox_draws_the_pages_that_follow_the_feed(
    window: Firefox, server: FeedServer, page: str, tiles: str
) -> None:
    window.open(server.page(page))
    server.publish(snapshot(1, 25, plain=True))
    window.until(f"document.{tiles} === 25")
