from __future__ import annotations

import numpy as np

from agent.layout.lattice import Pitch
from agent.layout.page import Mask
from agent.layout.seams import cored, next_to
from agent.values import Box


def page(*components: Box) -> Mask:
    """A clear page, bool (200, 400), but for some things."""
    mask: Mask = np.ones((200, 400), np.bool_)
    for box in components:
        mask[box.top : box.bottom, box.left : box.right] = False
    return mask


def test_a_button_that_sticks_out_of_a_block_is_left_out() -> None:
    block, button = Box(20, 20, 320, 150), Box(30, 10, 20, 20)
    whole = Box(20, 10, 320, 160)
    assert cored(whole, page(block, button)) == block
    assert cored(block, page(block)) == block


def test_a_short_last_row_is_part_of_its_block() -> None:
    rows = Box(20, 10, 320, 120), Box(20, 130, 60, 40)
    whole = Box(20, 10, 320, 160)
    assert cored(whole, page(*rows)) == whole


def test_the_outline_of_a_window_is_no_part_of_the_tiles_that_it_touches() -> None:
    window, tiles = Box(0, 0, 400, 200), Box(2, 30, 396, 140)
    outline = Box(0, 0, 400, 2), Box(0, 198, 400, 2), Box(0, 0, 2, 200), Box(398, 0, 2, 200)
    assert cored(window, page(tiles, *outline)) == Box(0, 30, 400, 140)
    # Tiles that begin at the very end have no outline.
    assert cored(window, page(Box(0, 0, 400, 100), Box(0, 104, 400, 96))) == window


def test_the_page_beside_a_tile_tells_the_pitch() -> None:
    tile, joined = Box(200, 20, 100, 60), (Box(90, 20, 106, 60), Box(140, 84, 110, 60))
    assert next_to(tile, page(tile, *joined)) == Pitch(100, 60, 104, 64)
    assert next_to(tile, page(tile)) is None
