"""A gallery shared from a real Chromium is read as well as the same picture grabbed from a screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import pytest
from playwright.sync_api import Browser, Page
from websockets.sync.client import connect

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.config_loading import load_config
from agent.opening import open_analyzer
from agent.values import Box, Frame, Pixels, Snapshot
from tests.browser.conftest import CHROMIUM, FLAGS, until
from tests.program import TOKEN, running

pytestmark = pytest.mark.browser

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


def write_video(picture: Pixels, path: Path) -> None:
    """A picture as the video file that Chromium's made-up camera plays, its colours in limited range."""
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).tobytes()
    height, width, _ = picture.shape
    head = f"YUV4MPEG2 W{width} H{height} F15:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + 2 * (b"FRAME\n" + planes))


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


def share(browser: Browser, port: int) -> Page:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{port}/share?token={TOKEN}")
    page.click("#camera")
    until(page, "document.body.dataset.sharing === 'sharing'")
    return page


def test_a_shared_gallery_is_read_as_one_on_the_screen(chromium: Browser, tmp_path: Path) -> None:
    picture = drawn_class()
    direct = read_directly(picture)
    faces = [one for one in direct.readings if one.emotion is not None]
    assert (len(direct.readings), len(faces)) == (25, 23)
    write_video(picture, tmp_path / "class.y4m")
    camera = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'class.y4m'}",
    ]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *camera])
    with running("run", "--source", "webrtc", "--hz", "2", READTHEROOM_READING_MIN_CONFIDENCE=EVERY_FACE) as (
        _,
        port,
    ):
        share(browser, port)
        message = read_from_feed(port, len(direct.readings), len(faces))
        browser.close()
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
