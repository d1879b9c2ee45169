from __future__ import annotations

import numpy as np
import pytest

from agent.layout.contents import Contents
from agent.layout.contradictions import contradicted
from agent.layout.lattice import Lattice
from agent.layout.picture import Picture
from agent.layout.scrolling import in_call, scrolls_off
from agent.values import Box, Pixels
from tests.agent.layout.windows import call

WIDE, HIGH = 460, 300


def wall(top: int, high: int = 64, pitch: int = 72) -> tuple[Pixels, Lattice]:
    """Pictures of 100 pixels on a flat page from ``top`` on, and the rows that are whole."""
    rng = np.random.default_rng(7)
    page = np.full((HIGH, WIDE, 3), 30, np.uint8)
    rows = []
    for start in range(top, HIGH, pitch):
        row = tuple(Box(20 + 108 * col, start, 100, high) for col in range(4))
        for box in row:
            end = min(box.bottom, HIGH)
            page[start:end, box.left : box.right] = rng.integers(100, 128, (end - start, box.width, 3))
        rows.append(row)
    whole = tuple(row for row in rows if row[0].bottom <= HIGH)
    return page, Lattice(whole, (8, pitch - high))


@pytest.mark.parametrize("top", [60, 70, 76], ids=["24 pixels", "14 pixels", "8 pixels"])
def test_a_row_that_the_screen_cuts_below_a_heading_is_a_page(top: int) -> None:
    page, lattice = wall(top)
    assert scrolls_off(lattice, Contents(page), upright=False)
    assert contradicted(lattice, 1.0, Picture.of(page), lattice.boxes)


def test_a_cut_row_among_the_cells_is_a_page_too() -> None:
    page, lattice = wall(60)
    cut = tuple(Box(box.left, 276, 100, 24) for box in lattice.rows[0])
    assert scrolls_off(Lattice((*lattice.rows, cut), lattice.gap), Contents(page), upright=False)


def test_the_picture_of_a_gallery_cut_below_has_no_heading() -> None:
    page, lattice = wall(30)
    assert not scrolls_off(lattice, Contents(page), upright=False)


def test_nothing_or_a_bar_below_is_no_row() -> None:
    page, lattice = wall(60)
    page[270:] = 30
    assert not scrolls_off(lattice, Contents(page), upright=False)
    page[280:] = 90
    assert not scrolls_off(lattice, Contents(page), upright=False)


def test_the_controls_of_a_call_overrule_a_cut_row() -> None:
    sizes = ((100, 320), (430, 290))
    rows = tuple(tuple(Box(60 + 580 * col, top, 570, high) for col in range(2)) for top, high in sizes)
    pixels = call(6, [box for row in rows for box in row])
    pixels[rows[1][0].top :] = 32
    lattice = Lattice(rows, (10, 10))
    assert scrolls_off(lattice, Contents(pixels), upright=False)
    # Teams has them above the tiles.
    controls = call(6, [rows[0][0]])[640:720]
    pixels[10:90] = controls
    assert in_call(lattice, Contents(pixels))
    assert not scrolls_off(lattice, Contents(pixels), upright=False)


def test_upright_pictures_that_end_with_the_screen_are_a_page_and_tiles_that_do_are_not() -> None:
    page, lattice = wall(60, high=240, pitch=400)
    assert scrolls_off(lattice, Contents(page), upright=True)
    assert not scrolls_off(lattice, Contents(page), upright=False)
