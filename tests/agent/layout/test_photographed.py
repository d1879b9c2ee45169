from __future__ import annotations

import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.lattice import Lattice
from agent.layout.seams import snug
from agent.layout.tilt import straightened
from agent.values import Box
from tests.agent.classroom.variations import random_gallery, random_page
from tests.agent.layout.measure import matched
from tests.agent.layout.photographed import photographed
from tests.galleries import real_gallery


@pytest.mark.parametrize(("name", "seed"), [("grid-4x4.jpg", 0), ("tablet-2x2.png", 1)])
def test_tiles_of_a_real_gallery_in_a_photo_of_a_monitor(name: str, seed: int) -> None:
    real = real_gallery(name)
    photo, boxes = photographed(real.pixels, real.tiles, seed)
    layout = find_layout(photo)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)


@pytest.mark.parametrize("seed", [204])
def test_a_photo_of_a_monitor_without_a_gallery_has_no_tiles(seed: int) -> None:
    page, kind = random_page(seed)
    photo, _ = photographed(page, (), seed)
    assert find_layout(photo).slots == (), kind


@pytest.mark.parametrize("seed", [559, 704])
def test_a_screenshot_is_straight(seed: int) -> None:
    for pixels in (random_gallery(seed)[0], random_page(seed)[0]):
        assert straightened(pixels).lens is None


def test_a_picture_without_lines_stays_as_it_is() -> None:
    pixels = np.full((90, 120, 3), 40, np.uint8)
    straight = straightened(pixels)
    assert straight.pixels is pixels
    assert straight.in_photo(Box(3, 4, 50, 60)) == Box(3, 4, 50, 60)


def test_a_straightened_photo_says_where_its_boxes_are_in_the_photo() -> None:
    pixels, truth, what = random_gallery(20)
    photo, boxes = photographed(pixels, [tile.box for tile in truth], 1)
    straight = straightened(photo)
    assert straight.lens is not None, what
    # Upright in the one are upright in the other, give or take what a mean side leaves out.
    there = np.linalg.inv(straight.lens)
    for box in boxes:
        low, high = (there @ (x, y, 1) for x, y in ((box.left, box.top), (box.right, box.bottom)))
        (left, top), (right, bottom) = low[:2] / low[2], high[:2] / high[2]
        back = straight.in_photo(Box(round(left), round(top), round(right - left), round(bottom - top)))
        assert back.iou(box) > 0.6


def test_a_window_cut_into_equal_parts_is_known_by_the_tiles_in_it() -> None:
    def two(top: int, height: int, width: int, gap: int) -> Lattice:
        return Lattice(((Box(0, top, width, height), Box(width + gap, top, width, height)),), (gap, gap))

    assert snug(two(40, 90, 160, 4), two(0, 150, 160, 4))
    assert not snug(two(0, 150, 160, 4), two(40, 90, 160, 4))
    # Videos between bars: far apart, and the tiles around them are the ones that count.
    assert not snug(two(0, 90, 100, 64), two(0, 90, 164, 0))
