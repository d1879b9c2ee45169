from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout.captions import Captions, caption
from agent.layout.contents import Contents
from agent.layout.lattice import Lattice, connected_components
from agent.layout.page import Mask, Page
from agent.values import Box

ROW = tuple(Box(20 + 110 * col, 20, 100, 60) for col in range(3))


def below(*marks: Box) -> float:
    """How much of a caption marks make below a row of tiles on a page that is clear otherwise."""
    mask: Mask = np.ones((200, 370), np.bool_)
    for box in (*ROW, *marks):
        mask[box.top : box.bottom, box.left : box.right] = False
    return caption(Lattice((ROW,), (10, 10)), Page(mask, connected_components(mask)))


def test_a_line_below_each_picture_is_a_caption() -> None:
    assert below(*(Box(box.left, 84, 60, 6) for box in ROW)) > 0.1
    assert below() == 0


@pytest.mark.parametrize(
    "mark",
    [Box(60, 83, 230, 7), Box(40, 85, 280, 100), Box(20, 88, 320, 110)],
    ids=["subtitles", "a large speaker", "a slide"],
)
def test_what_runs_on_below_the_gaps_or_is_large_is_none(mark: Box) -> None:
    assert below(mark) == 0


def test_what_floats_below_one_of_two_tiles_is_none() -> None:
    mask: Mask = np.ones((200, 370), np.bool_)
    for box in (*ROW[:2], Box(200, 84, 60, 30)):
        mask[box.top : box.bottom, box.left : box.right] = False
    assert caption(Lattice((ROW[:2],), (10, 10)), Page(mask, connected_components(mask))) == 0


@pytest.mark.parametrize("captioned", [True, False])
def test_compression_hides_no_captions_inside_cells(captioned: bool) -> None:
    page = np.full((110, 370, 3), 25, np.uint8)
    rng = np.random.default_rng(2)
    for box in ROW:
        room = rng.integers(60, 240, (3, 4, 3)).astype(np.float32)
        height = box.height - 10 if captioned else box.height
        page[box.top : box.top + height, box.left : box.right] = cv2.resize(room, (box.width, height))
        if captioned:
            place = (box.left + 8, box.bottom - 1)
            cv2.putText(page, "IMG 2", place, cv2.FONT_HERSHEY_PLAIN, 0.7, (220, 220, 220))
    packed = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 76])[1]
    pixels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    lattice = Lattice((ROW,), (10, 10))
    assert Captions(Contents(pixels), (25, 25, 25)).below(lattice) is captioned
    assert not Captions(Contents(pixels), None).below(lattice)
