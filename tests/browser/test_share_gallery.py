"""A gallery shared from a real Chromium is read as well as the same picture grabbed from a screen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from websockets.sync.client import connect

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.config import Config
from agent.config_loading import load_config
from agent.opening import open_analyzer
from agent.sources.senders import SenderLimits, Senders
from agent.sources.shared import WebRTCSource
from agent.values import Box, Frame, Pixels, Reading, Snapshot, TileState
from exporter.server import FeedServer, Settings
from exporter.whip import share_routes
from tests.browser.conftest import CHROMIUM, FLAGS, until
from tests.exporter.samples import ABOUT
from tests.galleries import NAMES, real_gallery
from tests.program import TOKEN, running

pytestmark = pytest.mark.browser

SAME = 0.95
"""The part of the real faces that must be read alike."""

SHARP = 42.0
"""Decibels (PSNR) of what arrives against what was sent, both in 4:2:0, from which a stream has settled: the
first second has 33 dB, twelve seconds later it is 44 dB for good. In the faces 30 dB become 38, where the
colours' resolution alone (4:2:0) allows 40."""

GRABS = 6
"""Pictures that are read on either side, half a second apart."""

TILE, GAP = (372, 208), 8

EVERY_FACE = "0"
"""The certainty asked for a label: with none, each face has one, and none is left out of the comparison."""

LEAST_SURE = 0.5
"""Compression tips the label of a face that is between two; of the surer ones at most one may differ."""

SETTLED = 4
"""Messages in a row that show the whole class: the first pictures of a new stream are blurred."""


def drawn_class() -> Pixels:
    """25 drawn students at 1080p."""
    scene = Script(seed=1, count=25).scene_at(5.0)
    return Gallery(Plan(style_named("zoom"), (1920, 1080))).draw(scene).pixels


def real_class() -> Pixels:
    """24 real people, one of them once more in a mirror, in 25 tiles at 1080p as Zoom shows them."""
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
    return [*tiles, tiles[0][:, ::-1]]


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
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *camera])
    try:
        yield browser
    finally:
        browser.close()
        video.unlink()


def read_directly(picture: Pixels) -> Snapshot:
    """What the pipeline says of a picture that is grabbed as it is, twice a second."""
    config = load_config(flags={"reading.min_confidence": 0.0})
    with open_analyzer(config) as analyzer:
        for tick in range(10):
            snapshot = analyzer.analyze(Frame(picture, tick / 2, tick / 2))
    return snapshot


def read_from_feed(port: int, tiles: int, faces: int) -> dict[str, Any]:
    """The first message after the feed has shown so many tiles and read so many faces for a while."""
    settled = 0
    with connect(f"ws://127.0.0.1:{port}/feed?ack=1&token={TOKEN}", proxy=None) as feed:
        while settled < SETTLED:
            message: dict[str, Any] = json.loads(feed.recv(timeout=60))
            if message["type"] == "room":
                room = message["room"]
                settled = settled + 1 if (room["tiles"], room["read"]) == (tiles, faces) else 0
                feed.send(json.dumps({"type": "ack", "seq": message["seq"]}))
    return message


def share(browser: Browser, address: str) -> Page:
    page = browser.new_page()
    page.goto(address)
    page.click("#camera")
    until(page, "document.body.dataset.sharing === 'sharing'")
    return page


def test_a_shared_gallery_is_read_as_one_on_the_screen(chromium: Browser, tmp_path: Path) -> None:
    picture = drawn_class()
    direct = read_directly(picture)
    faces = [one for one in direct.readings if one.emotion is not None]
    assert (len(direct.readings), len(faces)) == (25, 23)
    with (
        filming(chromium, picture, tmp_path) as browser,
        running("run", "--source", "webrtc", "--hz", "2", READTHEROOM_READING_MIN_CONFIDENCE=EVERY_FACE) as (
            _,
            port,
        ),
    ):
        share(browser, f"http://127.0.0.1:{port}/share?token={TOKEN}")
        message = read_from_feed(port, len(direct.readings), len(faces))
    assert message["frame"] == {"width": 1920, "height": 1080}
    assert message["source"]["dropped"] > 0
    same: list[bool] = []
    sure: list[bool] = []
    for tile, reading in zip(message["tiles"], direct.readings, strict=True):
        assert Box(*tile["box"]).iou(reading.box) > 0.95
        assert tile["state"] == reading.state
        if reading.emotion is not None:
            same.append(tile["emotion"]["label"] == reading.emotion.label)
            if reading.emotion.confidence >= LEAST_SURE:
                sure.append(same[-1])
    assert sum(same) >= 0.8 * len(faces)
    assert len(sure) > len(faces) / 2
    assert sum(sure) >= len(sure) - 1


def settled(frames: Iterator[Frame | None], picture: Pixels) -> list[Pixels]:
    """The pictures that arrive once the stream is as sharp as it gets."""
    sent = in_420(picture)
    deadline = time.monotonic() + 120
    arriving = (frame.pixels for frame in frames if frame is not None)
    for pixels in arriving:
        sharpness = cv2.PSNR(pixels, sent) if pixels.shape == sent.shape else 0.0
        if sharpness >= SHARP:
            return list(islice(arriving, GRABS))
        assert time.monotonic() < deadline, f"still at {sharpness:.1f} dB"
    raise AssertionError("the frames ended")


def read(pictures: Sequence[Pixels]) -> tuple[Reading, ...]:
    """What is said, at the settings as they are, of pictures that come half a second apart."""
    with open_analyzer(Config(), live=True) as analyzer:
        for tick, picture in enumerate(pictures):
            snapshot = analyzer.analyze(Frame(picture, tick / 2, tick / 2))
    return snapshot.readings


def told(reading: Reading) -> str:
    """The label, or why there is none."""
    return reading.emotion.label if reading.emotion else str(reading.reason)


def test_real_faces_get_the_labels_that_they_get_from_the_screen(chromium: Browser, tmp_path: Path) -> None:
    """Of 24 real faces in 25 tiles at 1080p, and of those among them that get a label, 95 %."""
    picture = real_class()
    with (
        Senders(SenderLimits(connect_timeout=60.0)) as senders,
        FeedServer(Settings(port=0, ticket_folder=tmp_path), ABOUT, routes=share_routes(senders)) as server,
        filming(chromium, picture, tmp_path) as browser,
        WebRTCSource(senders) as source,
    ):
        share(browser, server.page("/share"))
        arrived = settled(source.frames(), picture)
    grabbed, shared = read(GRABS * [picture]), read(arrived)
    assert len(grabbed) == len(shared) == 25
    for one, other in zip(grabbed, shared, strict=True):
        assert one.box.iou(other.box) > 0.95
        assert one.state is other.state
    faces = [pair for pair in zip(grabbed, shared, strict=True) if pair[0].state is TileState.FACE]
    labelled = [pair for pair in faces if pair[0].emotion is not None]
    assert len(faces) == 24
    assert len(labelled) >= 18
    for pairs in (faces, labelled):
        same = [told(one) == told(other) for one, other in pairs]
        assert sum(same) >= SAME * len(same), [(told(one), told(other)) for one, other in pairs]
