from __future__ import annotations

import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.framed_pages import fills, framed, frames
from agent.layout.lattice import Lattice
from agent.layout.page import Mask, Page
from agent.values import Box
from tests.agent.layout.windows import flush_window

WINDOW = Box(60, 40, 400, 200)


def gaps() -> Mask:
    """The gaps between four tiles that fill a window to its borders; nothing else is page."""
    mask = np.zeros((300, 600), np.bool_)
    inside = WINDOW.of(mask)
    inside[:, 196:204] = True
    inside[96:104] = True
    return mask


def test_gaps_between_tiles_tell_the_frame_of_their_window() -> None:
    (frame,) = frames(gaps())
    assert frame.iou(WINDOW) >= 0.98
    assert frame.intersection(WINDOW) == frame.area
    (page,) = framed(Page(gaps(), []))
    assert len(page.components) == 4
    assert page.mask[:, : WINDOW.left].all()
    assert page.mask[WINDOW.bottom :].all()
    assert (frame.of(page.mask) == frame.of(gaps())).all()


def test_a_frame_without_new_components_is_not_tried() -> None:
    (page,) = framed(Page(gaps(), []))
    assert list(framed(Page(gaps(), page.components))) == []


def test_margins_of_one_height_lie_in_one_window() -> None:
    mask = np.zeros((300, 600), np.bool_)
    inside = WINDOW.of(mask)
    inside[:, :20] = inside[:, -20:] = True
    assert frames(mask)[0].iou(WINDOW) >= 0.98
    # A margin that ends elsewhere belongs to another window.
    inside[150:, -20:] = False
    assert all(frame.iou(WINDOW) < 0.5 for frame in frames(mask))


def test_a_page_with_a_margin_all_around_needs_no_frame() -> None:
    mask = gaps()
    inside = WINDOW.of(mask)
    inside[:8] = inside[-8:] = True
    inside[:, :8] = inside[:, -8:] = True
    assert frames(mask) == []
    assert frames(np.ones((300, 600), np.bool_)) == []
    assert frames(np.zeros((300, 600), np.bool_)) == []


def row_in(frame: Box, count: int = 4, *, shown: int = 96, in_call: bool = False) -> bool:
    """Whether tiles in a row, ``shown`` pixels of each of them filled, fill ``frame``."""
    row = tuple(Box(60 + 104 * col, 80, 96, 54) for col in range(count))
    mask = np.ones((300, 600), np.bool_)
    for box in row:
        mask[box.top : box.bottom, box.left : box.left + shown] = False
    return fills(Lattice((row,), (8, 8)), mask, frame, in_call=in_call)


def test_tiles_fill_a_frame_and_touch_two_sides_of_it() -> None:
    assert row_in(Box(60, 60, 408, 100))
    assert row_in(Box(40, 80, 428, 90))
    assert not row_in(Box(40, 72, 428, 90))
    assert not row_in(Box(60, 60, 408, 200))
    # Photos with the page between them, which is taken for their own.
    assert not row_in(Box(60, 60, 408, 100), shown=80)


def test_a_few_tiles_fill_a_frame_beside_the_controls_of_a_call_only() -> None:
    assert row_in(Box(60, 60, 200, 90), 2, in_call=True)
    assert not row_in(Box(60, 60, 200, 90), 2)


def test_a_strip_in_a_call_touches_one_side_of_its_frame() -> None:
    assert row_in(Box(20, 80, 560, 200), in_call=True)
    assert not row_in(Box(20, 60, 560, 200), in_call=True)


@pytest.mark.parametrize(("rows", "cols", "gap"), [(2, 2, 8), (3, 4, 6), (3, 3, 0), (4, 5, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_tiles_that_touch_the_bars_of_their_window_are_found(
    seed: int, rows: int, cols: int, gap: int
) -> None:
    pixels, tiles = flush_window(seed, rows, cols, gap)
    found = [slot.box for slot in find_layout(pixels).slots]
    assert len(found) == len(tiles)
    assert all(max(box.iou(tile) for box in found) >= 0.8 for tile in tiles)
