from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.layout import find_layout
from agent.values import Box, Pixels
from tests.agent.layout.measure import matched


def compressed(pixels: Pixels, quality: int) -> Pixels:
    packed = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    opened = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(opened[..., ::-1])


@pytest.mark.parametrize(("seed", "scale", "quality"), [(64, 0.8, 35), (5, 0.7, 50)])
def test_a_few_tiles_of_a_compressed_picture_tell_where_the_others_are(
    seed: int, scale: float, quality: int
) -> None:
    page = Gallery(Plan(style_named("zoom"), (1920, 1080))).draw(Script(seed, 5, 50, None).scene_at(3.0))
    smaller = cv2.resize(page.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    layout = find_layout(compressed(np.asarray(smaller, np.uint8), quality))
    boxes = [tile.box for tile in page.truth]
    sides = [(box.left, box.top, box.width, box.height) for box in boxes]
    truth = [Box(*(round(scale * side) for side in one)) for one in sides]
    assert len(layout.slots) == matched(layout, truth) == 5
