"""The share page in a real Chromium that sends a made-up camera or screen over real WebRTC."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect
from websockets.sync.client import connect

from agent.commands.page_addresses import settings_of
from agent.configuration.config import FeedConfig
from agent.sources.webrtc.sessions import SenderLimits, Senders
from agent.sources.webrtc.source import WebRTCSource
from agent.values import TileState
from exporter.access.tls import own_names
from exporter.privacy import PrivacyPolicy
from exporter.server.feed_server import FeedServer, ServerSettings
from exporter.server.whip import share_routes
from tests import waiting
from tests.browser.conftest import FLAGS, Scheme, beside, until
from tests.browser.rooms import snapshot, withheld
from tests.exporter.samples import ABOUT
from tests.paths import need_chromium
from tests.peers import pull
from tests.program import TOKEN, running

pytestmark = pytest.mark.browser

FAKE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
"""Chromium makes up a camera and a screen, and allows their use by itself."""

SCHEMES: tuple[Scheme, ...] = ("light", "dark")

WHIP = re.compile(r"/whip(\?|$)")

REFUSE = """([method, name]) => {
  navigator.mediaDevices[method] = () => Promise.reject(new DOMException("", name));
}"""


REFUSALS = [
    ("camera", "getUserMedia", "NotAllowedError", "not allowed to use the camera"),
    ("camera", "getUserMedia", "NotFoundError", "No camera was found"),
    ("camera", "getUserMedia", "NotReadableError", "another program may have it"),
    ("screen", "getDisplayMedia", "NotAllowedError", "choose a window or screen"),
    ("screen", "getDisplayMedia", "AbortError", "cannot be shared: AbortError"),
]

ASK_LATER = """() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.late = [];
  navigator.mediaDevices.getUserMedia = (wanted) => new Promise((allow, refuse) => {
    const answered = async () => { const stream = await real(wanted); allow(stream); return stream; };
    window.late.push({ allow: answered, refuse: () => refuse(new DOMException("", "NotAllowedError")) });
  });
}"""
"""Chromium's question about the camera stays open until the test answers it."""

KEEP_ASKED = """() => {
  window.peers = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.peers.push(this); }
  };
  const real = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getDisplayMedia = (wanted) => { window.wanted = wanted; return real(wanted); };
}"""


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[Browser]:
    """A Chromium with a made-up camera and screen."""
    opened = chromium.browser_type.launch(executable_path=need_chromium(), args=[*FLAGS, *FAKE])
    yield opened
    opened.close()


@pytest.fixture
def senders() -> Iterator[Senders]:
    with Senders(SenderLimits(connect_timeout=waiting.PATIENCE)) as opened:
        yield opened


@pytest.fixture
def server(senders: Senders, tmp_path: Path) -> Iterator[FeedServer]:
    with FeedServer(
        ServerSettings(port=0, connection_folder=tmp_path), ABOUT, routes=share_routes(senders)
    ) as served:
        yield served


@pytest.fixture
def errors() -> list[str]:
    """Errors of the page's own scripts."""
    return []


@pytest.fixture
def page(browser: Browser, server: FeedServer, errors: list[str]) -> Iterator[Page]:
    """The share page, freshly opened."""
    context = browser.new_context(viewport={"width": 1280, "height": 760}, reduced_motion="reduce")
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(server.page("/share"))
    yield opened
    context.close()
    assert errors == []


def sharing(page: Page, state: str = "sharing") -> None:
    until(page, "wanted => document.body.dataset.sharing === wanted", state)


def test_the_picture_shows_through_the_overlay(page: Page) -> None:
    """A frame of another colour scheme than its page would be opaque."""
    size: ViewportSize = {"width": 390, "height": 800}
    page.set_viewport_size(size)
    page.click("#camera")
    sharing(page)
    until(page, "document.getElementById('video').videoWidth")
    expect(page.frame_locator("#overlay").locator("#chips")).to_be_attached()
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    assert stage["x"] + stage["width"] <= size["width"]
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        shown = np.asarray(Image.open(io.BytesIO(page.locator(".stage").screenshot())).convert("RGB"))
        # Chromium's made-up picture is green; white would be the overlay's own ground.
        red, green, blue = shown[shown.shape[0] // 2 :].reshape(-1, 3).mean(axis=0)
        assert green > 2 * max(red, blue), scheme


@pytest.mark.parametrize("kind", ["camera", "screen"])
def test_a_picture_is_shared_seen_and_stopped(page: Page, senders: Senders, kind: str) -> None:
    expect(page.locator("#welcome")).to_be_visible()
    page.click(f"#{kind}")
    sharing(page)
    with WebRTCSource(senders) as source:
        frame = pull(source.frames())
        # Chromium's made-up pictures are green and move.
        assert frame.pixels[..., 1].mean() > 100
        assert (senders.camera is not None) is (kind == "camera")
    assert until(page, "document.getElementById('video').videoWidth") > 0
    expect(page.locator("#welcome")).to_be_hidden()
    expect(page.locator("#screen")).to_be_hidden()
    page.click("#stop")
    sharing(page, "idle")
    waiting.until(lambda: senders.sessions == 0, sleep=beside(page))
    assert senders.parting == "the sender stopped sharing"
    assert page.evaluate("document.getElementById('video').srcObject") is None
    expect(page.locator(f"#{kind}")).to_be_visible()


def test_the_program_reads_what_is_shared_and_says_when_it_ends(browser: Browser) -> None:
    with running("run", "--source", "webrtc") as (_, port):
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/share?token={TOKEN}")
        page.click("#camera")
        sharing(page)
        size = page.evaluate(
            "(({ width, height }) => ({ width, height }))(document.getElementById('video')"
            ".srcObject.getVideoTracks()[0].getSettings())"
        )
        # The browser sends more pictures than are read.
        live = told(port, lambda message: message["source"]["dropped"] > 0)
        assert (live["frame"], live["source"]["state"]) == (size, "live")
        page.click("#stop")
        lost = told(port, lambda message: message["source"]["state"] != "live")
        assert (lost["source"]["state"], lost["tiles"]) == ("lost", [])
        page.close()


def told(port: int, enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first message of a feed that is enough."""
    with connect(f"ws://127.0.0.1:{port}/feed?ack=1&token={TOKEN}", proxy=None) as feed:
        while True:
            message: dict[str, Any] = json.loads(feed.recv(timeout=60))
            if message["type"] == "room":
                if enough(message):
                    return message
                feed.send(json.dumps({"type": "ack", "seq": message["seq"]}))


def test_what_is_read_is_drawn_over_the_picture_with_seven_probabilities(
    page: Page, senders: Senders, server: FeedServer
) -> None:
    page.click("#camera")
    sharing(page)
    overlay = page.frame_locator("#overlay")
    for seq, count in enumerate((25, 1)):
        server.publish(snapshot(seq + 1, count, plain=True))
        expect(page.locator("#faces li")).to_have_count(count)
        expect(overlay.locator(".chip:not(.gone)")).to_have_count(count)
        expect(page.locator("#faces .bar")).to_have_count(7 * count)
    # One face has room for names and figures.
    bar = page.locator("#faces .bar").first
    expect(bar.locator(".name")).to_have_text("happy")
    expect(bar.locator(".value")).to_contain_text("%")
    first = page.locator("#faces li").first
    shares = first.locator(".bar").evaluate_all(
        "bars => bars.map(bar => Number(bar.style.getPropertyValue('--share')))"
    )
    assert sum(shares) == pytest.approx(1, abs=0.01)
    # The chips lie where the picture does: both are fitted into the stage alike.
    video, frame = (page.locator(name).bounding_box() for name in ("#video", "#overlay"))
    assert video == frame
    page.click("#stop")
    expect(page.locator("#faces li")).to_have_count(0)


def test_a_picture_without_a_gallery_or_a_face_is_said_with_what_helps(
    page: Page, senders: Senders, server: FeedServer
) -> None:
    said = page.locator("#faces-empty")
    expect(said).to_have_text("The seven probabilities of each face appear here.")
    page.click("#camera")
    sharing(page)
    expect(said).to_have_text("Looking for the gallery in your picture…")
    server.publish(snapshot(1, 0))
    expect(said).to_have_text("Looking for the gallery in your picture…")
    expect(said).to_contain_text("No gallery in sight. Put the meeting into gallery view", timeout=15_000)
    faceless = tuple(
        dataclasses.replace(one, face=None, emotion=None, state=TileState.NO_FACE)
        for one in snapshot(1, 2).readings
    )
    server.publish(snapshot(2, readings=faceless))
    expect(said).to_contain_text("No face in sight")
    server.publish(snapshot(3, 2))
    expect(said).to_be_hidden()


def test_under_a_policy_no_probabilities_are_promised(
    browser: Browser, senders: Senders, tmp_path: Path
) -> None:
    about, settings = (
        dataclasses.replace(ABOUT, privacy=PrivacyPolicy(legal_policy="eu_education")),
        ServerSettings(port=0, connection_folder=tmp_path),
    )
    with FeedServer(settings, about, routes=share_routes(senders)) as served:
        page = browser.new_page()
        page.goto(served.page("/share"))
        expect(page.locator("#faces-empty")).to_contain_text("Expressions are not inferred here")
        page.click("#camera")
        sharing(page)
        served.publish(withheld())
        expect(page.locator("#faces-note")).to_have_text("22 faces in sight")
        expect(page.locator("#faces .seven").first).to_be_hidden()
        page.close()


def test_many_faces_leave_the_picture_where_it_is(page: Page, server: FeedServer) -> None:
    """In the low window of a small laptop too: the list scrolls, the page does not."""
    page.click("#camera")
    sharing(page)
    server.publish(snapshot(1, 25, plain=True))
    expect(page.locator("#faces li")).to_have_count(25)
    for width, height in ((1000, 560), (1366, 620), (1920, 1000)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        stage = page.locator(".stage").bounding_box()
        assert stage is not None
        assert stage["y"] + stage["height"] <= height
        assert page.evaluate(
            "(list => list.scrollHeight > list.clientHeight)(document.getElementById('faces'))"
        )


def test_a_refusal_is_told_in_plain_words(page: Page) -> None:
    for kind, method, name, words in REFUSALS:
        page.evaluate(REFUSE, [method, name])
        page.click(f"#{kind}")
        expect(page.locator("#trouble")).to_contain_text(words)
        sharing(page, "idle")
        expect(page.locator(f"#{kind}")).to_be_visible()


def test_a_camera_that_is_allowed_or_refused_too_late_changes_nothing(page: Page, senders: Senders) -> None:
    """The teacher pressed Stop before the browser's question was answered."""
    page.evaluate(ASK_LATER)
    for _ in range(2):
        page.click("#camera")
        sharing(page, "choosing")
        page.click("#stop")
    sharing(page, "idle")
    page.evaluate("async () => { window.camera = await window.late[0].allow(); }")
    until(page, "window.camera.getVideoTracks()[0].readyState === 'ended'")
    sharing(page, "idle")
    assert senders.sessions == 0
    page.click("#screen")
    sharing(page)
    page.evaluate("window.late[1].refuse()")
    sharing(page)
    expect(page.locator("#trouble")).to_be_hidden()


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        ("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })", "secure pages"),
        # WebKitGTK as Debian builds it, and Safari in Lockdown Mode.
        ("delete window.RTCPeerConnection", "cannot send pictures"),
    ],
    ids=["not secure", "no WebRTC"],
)
def test_a_page_that_cannot_share_says_what_to_do(
    browser: Browser, server: FeedServer, lacks: str, words: str
) -> None:
    page = browser.new_page()
    page.add_init_script(lacks)
    page.goto(server.page("/share"))
    expect(page.locator("#trouble")).to_contain_text(words)
    for button in ("#screen", "#camera", "#stop"):
        expect(page.locator(button)).to_be_hidden()
    page.close()


def test_a_tablet_in_the_network_shares_over_https(browser: Browser, tmp_path: Path) -> None:
    """By the machine's own address in the network; the certificate's warning was clicked away."""
    feed = FeedConfig(host="0.0.0.0", port=0, self_signed=True)  # noqa: S104
    settings = dataclasses.replace(settings_of(feed, tmp_path), connection_folder=tmp_path)
    with (
        Senders(local_only=False) as senders,
        FeedServer(settings, ABOUT, routes=share_routes(senders)) as server,
    ):
        page = browser.new_page(ignore_https_errors=True)
        page.goto(server.page("/share", own_names(feed.host)[0]))
        assert page.evaluate("window.isSecureContext") is True
        page.click("#camera")
        sharing(page)
        waiting.until(lambda: senders.sending, sleep=beside(page))
        server.publish(snapshot(1, 1, plain=True))
        expect(page.locator("#faces li")).to_have_count(1)
        page.close()


def test_a_second_sharer_takes_over_and_the_first_is_told(
    page: Page, browser: Browser, server: FeedServer, senders: Senders
) -> None:
    page.click("#camera")
    waiting.until(lambda: senders.sending, sleep=beside(page))
    second = browser.new_page()
    second.goto(server.page("/share"))
    second.click("#camera")
    expect(page.locator("#trouble")).to_contain_text("another sender took over", timeout=15_000)
    sharing(page, "failed")
    sharing(second)
    waiting.until(lambda: senders.sessions == 1, sleep=beside(page))
    # Leaving the page ends the session at once.
    second.close(run_before_unload=False)
    waiting.until(lambda: senders.sessions == 0, sleep=beside(page))


def test_a_broken_connection_is_made_again(page: Page, senders: Senders) -> None:
    page.click("#camera")
    waiting.until(lambda: senders.sending, sleep=beside(page))
    sharing(page)
    first = next(iter(senders._sessions.values()))
    senders._loop.call_soon_threadsafe(senders._soon, senders._end(first, "a test broke it"))
    waiting.until(lambda: senders.sending and first.id not in senders._sessions, sleep=beside(page))
    sharing(page)
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_network_that_went_silent_is_got_round(page: Page, senders: Senders) -> None:
    """Nobody says goodbye: the browser notices after some seconds, and sends the same picture anew."""
    page.click("#camera")
    waiting.until(lambda: senders.sending, sleep=beside(page))
    sharing(page)
    first = next(iter(senders._sessions.values()))

    async def send_nothing(*_: object) -> None: ...

    def silence() -> None:
        for protocol in first.receiver.transport.transport._connection._protocols:
            protocol.datagram_received = protocol.send_stun = lambda *_: None
            protocol.send_data = send_nothing

    senders._loop.call_soon_threadsafe(silence)
    waiting.until(lambda: first.id not in senders._sessions and senders.sending, sleep=beside(page))
    sharing(page)
    with WebRTCSource(senders) as source:
        assert pull(source.frames()).pixels[..., 1].mean() > 100


def test_the_browser_is_asked_for_sharp_faces_and_no_more_than_is_read(page: Page) -> None:
    page.evaluate(KEEP_ASKED)
    page.click("#screen")
    sharing(page)
    asked, hint, shown = page.evaluate("""(sender =>
      [sender.getParameters(), sender.track.contentHint, sender.track.getSettings()]
    )(window.peers[0].getSenders()[0])""")
    assert asked["degradationPreference"] == "maintain-resolution"
    assert asked["encodings"][0]["maxFramerate"] == 15
    assert asked["encodings"][0]["maxBitrate"] == 8_000_000
    assert hint == "motion"
    video = page.evaluate("window.wanted.video")
    assert (video["width"]["max"], video["height"]["max"], video["frameRate"]["max"]) == (2560, 1440, 15)
    assert shown["width"] <= 2560
    assert shown["height"] <= 1440


def test_an_agent_that_went_away_is_tried_again_then_told_of(page: Page, server: FeedServer) -> None:
    server.close()
    page.click("#camera")
    expect(page.locator("#trouble")).to_contain_text("The agent does not answer")
    page.click("#stop")
    sharing(page, "idle")
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_wrong_token_is_told_in_plain_words(page: Page) -> None:
    page.route(WHIP, lambda route: route.fulfill(status=401, json={"detail": "no"}))
    page.click("#camera")
    expect(page.locator("#trouble")).to_contain_text("did not let this page in")
    sharing(page, "failed")


def test_too_many_sharers_are_told_so_and_tried_again(page: Page, senders: Senders) -> None:
    refused = {"detail": "there are 4 senders already"}
    page.route(WHIP, lambda route: route.fulfill(status=503, json=refused), times=1)
    page.click("#camera")
    expect(page.locator("#trouble")).to_contain_text("4 senders already")
    waiting.until(lambda: senders.sending, sleep=beside(page))
    sharing(page)
