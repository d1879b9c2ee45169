from __future__ import annotations

import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.lattice import Lattice
from agent.layout.strips import joined, stacked, strips
from agent.values import Box
from tests.agent.layout.measure import matched
from tests.agent.layout.windows import jitsi, mixed_widths


@pytest.mark.parametrize("seed", range(4))
def test_tiles_of_several_widths_in_a_row(seed: int) -> None:
    pixels, boxes = mixed_widths(seed)
    slots = find_layout(pixels).slots
    assert [slot.box.iou(box) >= 0.9 for slot, box in zip(slots, boxes, strict=True)] == [True] * len(boxes)


@pytest.mark.parametrize("seed", range(3))
def test_a_tile_view_of_jitsi(seed: int) -> None:
    pixels, boxes = jitsi(seed)
    layout = find_layout(pixels)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)


ROW = [Box(0, 0, 160, 90), Box(168, 0, 90, 90), Box(266, 0, 60, 90)]


def test_rows_of_mixed_widths_share_a_height_and_even_gaps() -> None:
    (lattice,) = strips(ROW)
    assert lattice.rows == (tuple(ROW),)
    assert lattice.gap == (8, 8)


FULL = [Box(0, 0, 160, 90), Box(168, 0, 90, 90), Box(266, 0, 160, 90), Box(434, 0, 90, 90)]


@pytest.mark.parametrize(
    ("index", "dark"),
    [(2, Box(279, 0, 147, 90)), (1, Box(168, 0, 78, 90))],
    ids=["its left side", "its right side"],
)
def test_a_tile_whose_dark_side_is_lost_in_the_page_is_as_wide_as_another(index: int, dark: Box) -> None:
    (lattice,) = strips([*FULL[:index], dark, *FULL[index + 1 :]])
    assert lattice.rows == (tuple(FULL),)


@pytest.mark.parametrize(
    "boxes",
    [
        ROW[:2],
        [Box(0, 0, 160, 90), Box(168, 0, 160, 90), Box(336, 0, 160, 90)],
        [*ROW[:2], Box(300, 0, 60, 90)],
        [*ROW, Box(40, 98, 60, 90)],
    ],
    ids=["two", "one size", "uneven gaps", "neither centred nor left"],
)
def test_other_things_are_no_rows_of_tiles(boxes: list[Box]) -> None:
    assert strips(boxes) == []


def test_rows_are_read_where_compression_makes_tiles_a_few_pixels_larger() -> None:
    # The second tile has grown into the gap, and meets the third.
    row = [Box(0, 2, 498, 278), Box(500, 0, 380, 282), Box(879, 2, 276, 277), Box(1163, 0, 374, 281)]
    (lattice,) = strips(row)
    assert lattice.rows == (tuple(row),)
    # A tenth of their height is no fuzz.
    assert strips([*row[:3], Box(1190, 0, 374, 281)]) == []


@pytest.mark.parametrize(
    ("second", "two_rows"), [(90, False), (184, True), (180, True), (150, False), (240, False)]
)
def test_a_row_may_be_two_rows_taken_for_one(second: int, two_rows: bool) -> None:
    rows = ((Box(0, 0, 160, 90), Box(164, 0, 160, 90)), (Box(0, 94, 160, second), Box(164, 94, 160, second)))
    assert stacked(Lattice(rows, (4, 4))) is two_rows


@pytest.mark.parametrize(("covered", "expected"), [(30, True), (100, False)])
def test_a_wide_tile_with_page_in_its_middle_is_two(covered: int, expected: bool) -> None:
    above = (Box(0, 0, 160, 100), Box(170, 0, 160, 100), Box(340, 0, 160, 100))
    below = (Box(0, 110, 160, 100), Box(170, 110, 330, 100))
    mask = np.zeros((210, 500), np.bool_)
    for left in (160, 330):
        mask[:, left : left + 10] = True
    mask[110 : 110 + covered, 330:340] = False
    assert joined(Lattice((above, below), (10, 10)), mask) is expected
