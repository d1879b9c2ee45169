"""The real gallery pictures, read by the whole pipeline: every tile, camera and face."""

from __future__ import annotations

import pytest

from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.values import Frame, TileState
from tests.galleries import NAMES, real_gallery

MASKED = "ragged-3+2.png"


@pytest.mark.parametrize("name", NAMES)
def test_every_tile_is_found_and_every_face_read(name: str) -> None:
    gallery = real_gallery(name)
    with open_analyzer(Config(), "picture") as analyzer:
        snapshot = analyzer.analyze(Frame(gallery.pixels, 0.0, 0.0))
    assert len(snapshot.readings) == len(gallery.tiles)
    for index, (reading, true) in enumerate(zip(snapshot.readings, gallery.tiles, strict=True)):
        assert reading.box.iou(true) >= 0.8
        if index in gallery.camera_off:
            assert reading.state is TileState.CAMERA_OFF
            continue
        assert reading.state is TileState.FACE
        if name != MASKED:
            assert reading.reason is None or reading.reason.value == "unsure"
