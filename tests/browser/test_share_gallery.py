"""A gallery shared from a real Chromium is read, through the feed, as the same picture on the screen is."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from websockets.sync.client import connect

from agent.analysis.pipeline import Analyzer
from agent.analysis.runner import Runner
from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.sources.supervised import SupervisedSource
from agent.sources.webrtc.sessions import SenderLimits, Senders
from agent.sources.webrtc.source import WebRTCSource
from agent.values import LABELS, Box, Frame, Pixels, Reading, Snapshot, TileState
from exporter.server.feed_server import FeedServer, ServerSettings
from exporter.server.whip import share_routes
from tests.browser.conftest import FLAGS, until
from tests.exporter.samples import ABOUT
from tests.galleries import NAMES, real_gallery
from tests.paths import GALLERIES, need_chromium
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser

SAME = 0.95
"""The part of the real faces that must be read alike."""

SAME_DRAWN = 0.8
"""Where no real ones are at hand. The model was not made for drawn faces: a third of them are at the edge
between two labels (fear at 0.45 and surprise at 0.50, angry at 0.43 and unsure below 0.40), and which one is
said then depends on which was said before, when the stream was blurred. Of 23, 21 or 22 are read alike."""

SHARP = 42.0
"""Decibels (PSNR) of what arrives against what was sent, both in 4:2:0, from which a stream has settled: it
begins at 33, and is at 44 for good after two seconds, on a busy machine after ten. In the faces 30 dB become
38, where the colours' resolution alone (4:2:0) allows 40."""

SETTLED = 2.5
"""Seconds after that for which readings that follow the picture may still change: four half-lives."""

COMPARED = 8
"""Messages that are compared."""

HZ = 5.0

TILE, GAP = (372, 208), 8


def drawn_class() -> Pixels:
    """25 drawn students at 1080p."""
    scene = Script(seed=1, count=25).scene_at(5.0)
    return Gallery(Plan(style_named("zoom"), (1920, 1080))).draw(scene).pixels


def real_class() -> Pixels:
    """24 real people, one of them once more in a mirror, in 25 tiles at 1080p as Zoom shows them.

    It is one of the surest: a face at the edge between happy and unsure, as that of the first tile, would
    count twice.
    """
    picture = np.full((1080, 1920, 3), 26, np.uint8)
    width, height = TILE
    left, top = (1920 - 5 * width - 4 * GAP) // 2, (1080 - 5 * height - 4 * GAP) // 2
    for index, tile in enumerate(real_tiles()):
        row, col = divmod(index, 5)
        x, y = left + col * (width + GAP), top + row * (height + GAP)
        picture[y : y + height, x : x + width] = tile
    return picture


def real_tiles() -> list[Pixels]:
    """25 tiles of one size; what stands out above, below or beside is cut off."""
    width, height = TILE
    tiles: list[Pixels] = []
    for gallery in map(real_gallery, NAMES):
        for index, box in enumerate(gallery.tiles):
            if index in gallery.camera_off:
                continue
            scale = max(width / box.width, height / box.height)
            size = round(box.width * scale), round(box.height * scale)
            way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
            tile = np.asarray(cv2.resize(box.of(gallery.pixels), size, interpolation=way), np.uint8)
            y, x = (size[1] - height) // 2, (size[0] - width) // 2
            tiles.append(tile[y : y + height, x : x + width])
    return [*tiles, tiles[2][:, ::-1]]


def in_420(picture: Pixels) -> Pixels:
    """What is left of a picture at half the resolution of its colours, the most that a stream carries."""
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420), np.uint8)


def write_video(picture: Pixels, path: Path) -> None:
    """A picture as the video file that Chromium's made-up camera plays, its colours in limited range."""
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).tobytes()
    height, width, _ = picture.shape
    head = f"YUV4MPEG2 W{width} H{height} F15:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + 2 * (b"FRAME\n" + planes))


@contextmanager
def filming(chromium: Browser, picture: Pixels, folder: Path) -> Iterator[Browser]:
    """A Chromium whose made-up camera shows a picture."""
    video = folder / "class.y4m"
    write_video(picture, video)
    camera = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    ]
    browser = chromium.browser_type.launch(executable_path=need_chromium(), args=[*FLAGS, *camera])
    try:
        yield browser
    finally:
        browser.close()
        video.unlink()


class BothWays:
    """Reads each shared picture, and at the same moment the one on the screen, as two agents would.

    A label depends on what was seen before, and on how long somebody has been watched: a participant's usual
    expression is learnt, which moves faces near an edge across it. Where nothing is learnt all 24 faces are
    read alike for as long as they are watched; with it one differs, and at most moments none.
    """

    def __init__(self, shared: Analyzer, grabbing: Analyzer, picture: Pixels) -> None:
        self._shared, self._grabbing = shared, grabbing
        self._picture, self._sent = picture, in_420(picture)
        self._grabbed: tuple[Reading, ...] = ()
        self._sharp: float | None = None
        self._time = 0.0
        self.settled: dict[int, tuple[Reading, ...]] = {}
        """What the screen's readings were with each message of a settled stream, by its number."""

    def analyze(self, frame: Frame) -> Snapshot:
        """What is said of the shared picture."""
        is_whole = frame.pixels.shape == self._sent.shape
        if not is_whole or cv2.PSNR(frame.pixels, self._sent) < SHARP:
            self._sharp = None
        elif self._sharp is None:
            self._sharp = frame.time
        self._time = frame.time
        self._grabbed = self._grabbing.analyze(Frame(self._picture, frame.time, frame.wall)).readings
        return self._shared.analyze(frame)

    def again(self, snapshot: Snapshot) -> Snapshot:
        """Nothing is marked and nobody excluded."""
        return snapshot

    def note(self, snapshot: Snapshot) -> None:
        """Keep the screen's readings for a message, if the stream has settled."""
        if self._sharp is not None and self._time - self._sharp >= SETTLED:
            self.settled[snapshot.seq] = self._grabbed


@contextmanager
def reading(senders: Senders, server: FeedServer, picture: Pixels) -> Iterator[BothWays]:
    """The agent reads what is shared and serves it, as `readtheroom run` does at its defaults."""
    with ExitStack() as stack:
        shared = stack.enter_context(open_analyzer(Config(), "live", compressed=True))
        grabbing = stack.enter_context(open_analyzer(Config(), "live"))
        source = stack.enter_context(SupervisedSource(lambda: WebRTCSource(senders)))
        both = BothWays(shared, grabbing, picture)

        def publish(snapshot: Snapshot) -> None:
            both.note(snapshot)
            server.publish(snapshot)

        runner = Runner(source, both, publish, HZ)
        worker = threading.Thread(target=runner.run)
        worker.start()
        try:
            yield both
        finally:
            runner.stop()
            worker.join()


def messages(server: FeedServer) -> Iterator[dict[str, Any]]:
    """The room messages of the feed, each acknowledged, for twice as long as PATIENCE."""
    deadline = time.monotonic() + 2 * PATIENCE
    with connect(f"ws://127.0.0.1:{server.port}/feed?ack=1&token={server.token}", proxy=None) as feed:
        while time.monotonic() < deadline:
            message: dict[str, Any] = json.loads(feed.recv(timeout=PATIENCE))
            if message["type"] == "room":
                feed.send(json.dumps({"type": "ack", "seq": message["seq"]}))
                yield message


def share(browser: Browser, address: str) -> Page:
    page = browser.new_page()
    page.goto(address)
    page.click("#camera")
    until(page, "document.body.dataset.sharing === 'sharing'")
    return page


def told(reading: Reading) -> str:
    """The label, or why there is none."""
    return reading.emotion.label if reading.emotion else str(reading.reason)


def told_by_feed(tile: dict[str, Any]) -> str:
    return str(tile["emotion"]["label"] if tile["emotion"] else tile["reason"])


def compared(tiles: Sequence[dict[str, Any]], grabbed: Sequence[Reading]) -> list[tuple[str, str]]:
    """What is told of each face in the feed and of the screen; the tiles must be the same.

    One real tile shows a mask from the side: a face is found there in some pictures, and then kept.
    """
    assert len(tiles) == len(grabbed) == 25
    assert all(Box(*tile["box"]).iou(one.box) > 0.95 for tile, one in zip(tiles, grabbed, strict=True))
    assert sum(tile["state"] != one.state for tile, one in zip(tiles, grabbed, strict=True)) <= 1
    return [
        (told_by_feed(tile), told(one))
        for tile, one in zip(tiles, grabbed, strict=True)
        if one.state is TileState.FACE
    ]


def test_a_shared_gallery_is_read_as_one_on_the_screen(chromium: Browser, tmp_path: Path) -> None:
    """Through the feed, 25 tiles at 1080p: the same tiles, the same label or reason on 95 % of real faces."""
    is_real = GALLERIES.is_dir()
    picture = real_class() if is_real else drawn_class()
    with (
        Senders(SenderLimits(connect_timeout=PATIENCE)) as senders,
        FeedServer(
            ServerSettings(port=0, connection_folder=tmp_path), ABOUT, routes=share_routes(senders)
        ) as server,
        filming(chromium, picture, tmp_path) as browser,
        reading(senders, server, picture) as both,
    ):
        share(browser, server.page("/share"))
        settled = (one for one in messages(server) if one["seq"] in both.settled)
        pairs = [compared(one["tiles"], both.settled[one["seq"]]) for one in islice(settled, COMPARED)]
    assert len(pairs) == COMPARED, "the stream did not settle"
    labels = [label for _, label in pairs[-1]]
    assert len(labels) == (24 if is_real else 23)
    assert sum(label in LABELS for label in labels) >= 18
    same = [left == right for pair in pairs for left, right in pair]
    assert sum(same) >= (SAME if is_real else SAME_DRAWN) * len(same), pairs[-1]
