"""A camera's picture through the whole pipeline, over the real models, and who may send one by WebRTC."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.composition.analyzer import open_analyzer
from agent.composition.sources import open_senders
from agent.configuration.loading import load_config
from agent.values import Box, Frame, Pixels, TileState


def one_face() -> Pixels:
    """What a camera sees of one drawn student, 640x360."""
    drawing = Gallery(Plan(style_named("zoom"), (1280, 720))).draw(Script(seed=1, count=4).scene_at(5.0))
    face = drawing.truth[3].box.of(drawing.pixels)
    return np.ascontiguousarray(cv2.resize(face, (640, 360), interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize(("origin", "tiles"), [("camera", 1), ("screen", 0)])
def test_one_face_fills_a_cameras_picture_but_not_a_screen(origin: str, tiles: int) -> None:
    picture = one_face()
    with open_analyzer(load_config(flags={"source.origin": origin})) as analyzer:
        for tick in range(4):
            snapshot = analyzer.analyze(Frame(picture, tick / 2, tick / 2))
    assert len(snapshot.readings) == tiles
    for reading in snapshot.readings:
        assert (reading.box, reading.state) == (Box(0, 0, 640, 360), TileState.FACE)
        assert reading.emotion is not None
        assert reading.emotion.label == "happy"


def test_senders_are_opened_for_webrtc_only() -> None:
    assert open_senders(load_config(), local_only=True) is None
    senders = open_senders(load_config(flags={"source.origin": "webrtc"}), local_only=True)
    assert senders is not None
    with senders:
        assert senders.sessions == 0
