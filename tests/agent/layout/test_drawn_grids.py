from __future__ import annotations

import numpy as np
import pytest

from agent.classroom.photos import photo
from agent.layout import find_layout
from agent.layout.drawn_grids import bare_page, drawn_grids, on_page, shows_between
from agent.layout.picture import Picture
from agent.layout.search_profile import COARSE, pages
from agent.values import Box, Pixels
from tests.agent.classroom.variations import random_gallery
from tests.agent.layout.measure import matched
from tests.agent.layout.photographed import photographed
from tests.agent.layout.windows import call


def on_wallpaper(seed: int, rows: int, cols: int, gap: int, width: int) -> tuple[Pixels, list[Box]]:
    """Tiles with names on a photo, RGB uint8 (720, 1280, 3), between which no page shows; their boxes."""
    height = width * 9 // 16
    left = (1280 - cols * (width + gap) + gap) // 2
    places = [(row, col) for row in range(rows) for col in range(cols)]
    boxes = [Box(left + c * (width + gap), 20 + r * (height + gap), width, height) for r, c in places]
    meeting = call(seed, boxes)
    picture = photo(np.random.default_rng((seed, 3)), (1280, 720))
    for box in boxes:
        box.of(picture)[:] = box.of(meeting)
    return picture, boxes


@pytest.mark.parametrize(("seed", "grid"), [(4, (2, 3, 8, 380)), (7, (4, 4, 10, 260))])
def test_tiles_on_a_wallpaper_are_found_by_their_lines(seed: int, grid: tuple[int, int, int, int]) -> None:
    picture, boxes = on_wallpaper(seed, *grid)
    layout = find_layout(picture)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)


@pytest.mark.parametrize("seed", [19])
def test_in_the_photo_of_a_screen_lines_show_what_the_colours_do_not(seed: int) -> None:
    pixels, truth, what = random_gallery(seed)
    taken, boxes = photographed(pixels, [tile.box for tile in truth], seed)
    layout = find_layout(taken)
    assert matched(layout, boxes) >= len(boxes) - 1 >= len(layout.slots) - 1, what


def test_a_grid_is_drawn_whatever_the_colours_in_its_cells() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(90, 110, (360, 640, 3), np.uint8)
    boxes = [Box(40 + 190 * col, 30 + 110 * row, 180, 100) for row in range(3) for col in range(3)]
    for box in boxes:
        box.of(pixels)[:] = rng.integers(0, 80, 3)
    picture = Picture.of(pixels)
    first, *_ = drawn_grids(picture)
    assert [max(box.iou(cell) for cell in first.lattice.boxes) > 0.95 for box in boxes] == [True] * 9
    assert (len(first.lattice.boxes), first.seen) == (9, 1.0)
    page = bare_page(first.lattice, picture)
    assert shows_between(first.lattice, page)
    assert page.mask.sum() + sum(box.area for box in first.lattice.boxes) == pixels.shape[0] * pixels.shape[1]
    assert first.lattice in on_page([first], picture, page)
    # The noise between the cells has no colour that a pass could take for a page.
    assert not any(shows_between(first.lattice, page) for page in pages(pixels, COARSE))


@pytest.mark.parametrize("level", [0, 200])
def test_a_flat_picture_and_noise_draw_no_grid(level: int) -> None:
    noise = np.random.default_rng(level).integers(0, level + 1, (200, 300, 3), np.uint8)
    assert drawn_grids(Picture.of(noise)) == []
