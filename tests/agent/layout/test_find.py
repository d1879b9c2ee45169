from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import STYLES
from agent.errors import PictureError
from agent.layout import find_layout
from agent.layout.call_bar import call_bars
from agent.values import Box, Pixels
from tests.agent.classroom.variations import random_gallery, random_page
from tests.agent.layout.measure import matched, read
from tests.agent.layout.windows import stretched
from tests.paths import GALLERIES, need

SEEDS = (3, 8, 11, 20, 33, 55, 99, 544, 903, 907)
"""Galleries that once failed: side panels, a shared screen, a row in the title bar, touching tiles, of which
some have bars of one colour at the side that they share (544, 907) or a speaker's border (903)."""
PHOTO_PAGES = (546, 556)
"""Pages of photos that once passed for four touching tiles with two photos in each."""


@pytest.mark.parametrize("name", ["grid-4x4.jpg", "tablet-2x2.png", "ragged-3+2.png"])
def test_every_tile_of_a_real_picture(name: str) -> None:
    known = json.loads((need(GALLERIES) / "truth.json").read_text())[name]
    layout = find_layout(read(GALLERIES / name))
    assert (
        matched(layout, [Box(*tile) for tile in known["tiles"]]) == len(known["tiles"]) == len(layout.slots)
    )
    assert [index for index, slot in enumerate(layout.slots) if not slot.camera_on] == known["camera_off"]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_tile_of_a_drawn_gallery(seed: int) -> None:
    pixels, truth, what = random_gallery(seed)
    layout = find_layout(pixels)
    assert matched(layout, [tile.box for tile in truth]) == len(truth) == len(layout.slots), what
    assert [(slot.row, slot.col) for slot in layout.slots] == [(tile.row, tile.col) for tile in truth]
    assert sum(slot.named for slot in layout.slots) >= 0.6 * len(truth)


@pytest.mark.parametrize(("seed", "aspect"), [(0, 2.2), (1, 2.2), (2, 2.2), (0, 2.7), (1, 3.1), (2, 3.7)])
def test_tiles_that_fill_a_wide_window(seed: int, aspect: float) -> None:
    pixels, boxes = stretched(seed, aspect)
    layout = find_layout(pixels)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)


@pytest.mark.parametrize("seed", [*range(20), *PHOTO_PAGES])
def test_a_page_without_a_gallery_has_no_tiles(seed: int) -> None:
    pixels, kind = random_page(seed)
    assert find_layout(pixels).slots == (), kind


def test_a_last_page_of_one_dark_tile_is_found_after_a_gallery_or_in_a_call_only() -> None:
    scene = Script(11, 20, page_size=9, pace=ScriptPace().faster(3.0)).scene_at(33.4)
    drawing = Gallery(Plan(STYLES["zoom"], (1280, 720))).draw(scene)
    (tile,) = drawing.truth
    assert not tile.camera_on
    assert find_layout(drawing.pixels).slots
    for bar in call_bars(drawing.pixels):
        bar.button.of(drawing.pixels)[:] = drawing.pixels[bar.button.top, bar.button.left - 3]
    (slot,) = find_layout(drawing.pixels, expecting=True).slots
    assert slot.box.iou(tile.box) >= 0.95
    assert not slot.camera_on
    # Without a gallery before it or the controls of a call a card with a name is not told from a dialog.
    assert find_layout(drawing.pixels).slots == ()


@pytest.mark.parametrize("seed", range(12))
def test_another_window_after_a_gallery_has_no_tiles(seed: int) -> None:
    pixels, kind = random_page(100 + seed)
    assert find_layout(pixels, expecting=True).slots == (), kind


def test_bars_beside_a_video_are_no_part_of_it() -> None:
    pixels, truth, what = random_gallery(3)
    slots = find_layout(pixels).slots
    barred = [
        (slot, tile)
        for slot, tile in zip(slots, truth, strict=True)
        if tile.video.width < 0.9 * tile.box.width
    ]
    assert barred
    right = [slot.video.iou(tile.video) > 0.8 for slot, tile in barred if tile.camera_on]
    # One room is as dark and as even as the bars beside it.
    assert sum(right) >= len(right) - 1, what


def test_jpeg_and_inverted_colours_change_nothing() -> None:
    pixels, truth, what = random_gallery(20)
    boxes = [tile.box for tile in truth]
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])
    again = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    assert again is not None
    assert matched(find_layout(np.asarray(again, np.uint8)), boxes) >= len(boxes) - 1, what
    assert matched(find_layout(255 - pixels), boxes) == len(boxes), what


def test_a_huge_picture_is_searched_at_a_part_of_its_size() -> None:
    pixels, truth, _ = random_gallery(20)
    huge = np.repeat(np.repeat(pixels, 8, axis=0), 8, axis=1)
    boxes = [Box(8 * b.left, 8 * b.top, 8 * b.width, 8 * b.height) for b in (tile.box for tile in truth)]
    layout = find_layout(huge)
    assert (layout.width, layout.height) == (huge.shape[1], huge.shape[0])
    assert matched(layout, boxes) == len(boxes)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 5, 3)])
def test_no_picture_is_an_error(shape: tuple[int, ...]) -> None:
    picture: Pixels = np.zeros(shape, np.uint8)
    with pytest.raises(PictureError, match="RGB uint8"):
        find_layout(picture)
