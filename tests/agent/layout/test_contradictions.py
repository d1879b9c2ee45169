from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.contents import Contents
from agent.layout.contradictions import (
    cards,
    contradicted,
    crossed,
    crowded,
    goes_on,
    neighbours,
    scrolls,
    sections,
    strays,
    widened,
)
from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.layout.picture import Picture
from agent.values import Box, Pixels
from tests.agent.layout.measure import matched
from tests.agent.layout.windows import call

CELLS = tuple(Box(20 + 108 * col, 20, 100, 60) for col in range(4))
ROW = Lattice((CELLS,), (8, 8))


def drawn(boxes: tuple[Box, ...], size: tuple[int, int] = (460, 300)) -> Pixels:
    """Noisy pictures on a flat page, RGB uint8 (H, W, 3)."""
    rng = np.random.default_rng(5)
    page = np.full((size[1], size[0], 3), 20, np.uint8)
    for box in boxes:
        box.of(page)[:] = rng.integers(120, 128, (box.height, box.width, 3))
    return page


def test_tiles_by_themselves_are_not_contradicted() -> None:
    page = drawn(CELLS)
    assert not contradicted(ROW, 0.0, Picture.of(page), CELLS)


def test_more_of_the_same_size_elsewhere_are_strays() -> None:
    others = [box.shifted(0, 140) for box in CELLS]
    assert strays(ROW, [*CELLS, *others], 400) == 4
    page = drawn((*CELLS, *others))
    assert contradicted(ROW, 1.0, Picture.of(page), [*CELLS, *others])


@pytest.mark.parametrize("labels", [0.0, 1.0])
def test_of_pictures_without_names_fewer_strays_are_too_many(labels: float) -> None:
    others = [box.shifted(0, 140) for box in CELLS[:2]]
    page = drawn((*CELLS, *others))
    assert contradicted(ROW, labels, Picture.of(page), [*CELLS, *others]) is (labels == 0)


def test_higher_pictures_of_the_same_columns_are_strays_where_the_screen_cuts_the_row() -> None:
    higher = [Box(box.left, 120, 100, 90) for box in CELLS]
    below = Lattice((tuple(Box(box.left, 240, 100, 60) for box in CELLS),), (8, 8))
    assert strays(below, higher, 300) == 4
    assert strays(below, higher, 400) == 0


def test_pictures_across_the_cells_make_them_no_tiles() -> None:
    across = tuple(Box(box.left + 50, 20, 100, 60) for box in CELLS[:3])
    page = drawn(across)
    assert crossed(ROW, across, Edges(page)) == 1
    assert crossed(ROW, CELLS, Edges(drawn(CELLS))) == 0


def test_pictures_of_other_sizes_close_by_are_neighbours() -> None:
    beside = (Box(20, 88, 70, 60), Box(98, 88, 160, 60), Box(266, 88, 90, 60))
    edges = Edges(drawn((*CELLS, *beside)))
    assert neighbours(ROW, [*CELLS, *beside], edges) == 3
    assert neighbours(ROW, [box.shifted(0, 60) for box in beside], edges) == 0


def test_cells_that_hold_several_pictures_are_a_wall() -> None:
    halves = tuple(Box(box.left + side, box.top + 3, 44, 54) for box in CELLS for side in (4, 52))
    assert crowded(ROW, halves, Edges(drawn(halves))) == 1


@pytest.mark.parametrize(("wide", "holds"), [(3, 1.0), (2, 0.0)])
def test_a_row_of_three_pictures_in_a_cell_makes_it_a_page(wide: int, holds: float) -> None:
    inside = tuple(Box(40 + 130 * col, 80, 100, 80) for col in range(wide))
    whole = Lattice(((Box(0, 0, 460, 300),),), (0, 0))
    assert crowded(whole, inside, Edges(drawn(inside))) == holds
    # Of several sizes they may hang on somebody's wall.
    mixed = tuple(Box(box.left, box.top, 100 - 20 * col, 80) for col, box in enumerate(inside))
    assert crowded(whole, mixed, Edges(drawn(mixed))) == 0


@pytest.mark.parametrize("labels", [0.0, 1.0])
def test_another_block_as_wide_as_all_pictures_without_names_is_their_next_section(labels: float) -> None:
    block = Box(20, 140, 424, 128)
    page = drawn((*CELLS, block))
    assert sections(ROW, [block], 300)
    assert contradicted(ROW, labels, Picture.of(page), [*CELLS, block]) is (labels == 0)
    assert not sections(ROW, [Box(20, 140, 424, 95)], 300)
    assert not sections(ROW, [Box(60, 140, 384, 128)], 300)


def test_rows_that_go_on_with_wider_pictures_are_films_that_the_screen_cuts() -> None:
    cells = tuple(Box(400, 20 + 90 * row, 60, 60) for row in range(3))
    column = Lattice(tuple((cell,) for cell in cells), (8, 30))
    films = tuple(Box(294, cell.top, 100, 60) for cell in cells)
    page = drawn((*cells, *films))
    edges = Edges(page)
    assert widened(column, [*cells, *films], edges)
    assert contradicted(column, 1.0, Picture.of(page), [*cells, *films])
    assert not widened(column, [*cells, films[0]], edges)
    # A shared screen beside a strip of tiles is as high as none of them.
    shared = Box(94, 20, 300, 240)
    assert not widened(column, [*cells, shared], Edges(drawn((*cells, shared))))


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_call_that_the_screen_cuts_is_no_row_of_films(seed: int) -> None:
    boxes = [Box(16 + 366 * col, 16 + 212 * row, 360, 200) for row in range(3) for col in range(4)]
    cut = 190
    layout = find_layout(np.ascontiguousarray(call(seed, boxes, (1500, 720))[:, cut:]))
    assert matched(layout, [box.shifted(-cut, 0) for box in boxes if box.left > cut]) == 9


@pytest.mark.parametrize("labels", [0.0, 1.0])
def test_a_row_cut_short_speaks_against_pictures_without_names(labels: float) -> None:
    short = tuple(Box(box.left, 88, 100, 32) for box in CELLS)
    page = drawn((*CELLS, *short), (460, 120))
    assert goes_on(ROW, [*CELLS, *short], 120)
    # Under a heading it speaks only where the screen ends in it.
    lower = [box.shifted(0, 40) for box in short]
    assert goes_on(ROW, [*CELLS, *lower], 160)
    assert not goes_on(ROW, [*CELLS, *lower], 200)
    # With names, it is the picture of a gallery that is cut below, unless a heading stands above.
    cells, under = ([box.shifted(0, -12) for box in boxes] for boxes in (CELLS, short))
    top = Lattice((tuple(cells),), (8, 8))
    higher = np.ascontiguousarray(page[12:])
    found = [*cells, *under]
    assert contradicted(top, labels, Picture.of(higher), found) is (labels == 0)
    assert contradicted(ROW, labels, Picture.of(page), [*CELLS, *short])


def test_upright_portraits_with_names_whose_next_row_the_screen_cuts_are_a_page() -> None:
    portraits = tuple(Box(20 + 68 * col, 20, 60, 100) for col in range(4))
    short = tuple(Box(box.left, 128, 60, 40) for box in portraits)
    page = drawn((*portraits, *short), (320, 240))
    row = Lattice((portraits,), (8, 0))
    assert contradicted(row, 1.0, Picture.of(page), [*portraits, *short])
    # Phones that are held upright in a call.
    alone = drawn(portraits, (320, 240))
    assert not contradicted(row, 1.0, Picture.of(alone), portraits)


def test_a_row_of_the_same_columns_under_a_heading_that_the_screen_cuts_is_a_page_of_films() -> None:
    short = tuple(Box(box.left, 128, 100, 32) for box in CELLS)
    page = drawn((*CELLS, *short), (460, 160))
    assert contradicted(ROW, 1.0, Picture.of(page), [*CELLS, *short])
    assert not scrolls(ROW, [*CELLS, *short], 200)
    # At the distance of the tiles it is the next row of a cropped gallery.
    assert not scrolls(ROW, [*CELLS, *(box.shifted(0, -40) for box in short)], 120)


def test_text_on_paper_below_pictures_makes_cards() -> None:
    page = drawn(CELLS)
    assert not cards(ROW, Contents(page))
    for box in CELLS:
        cv2.rectangle(page, (box.left, 52), (box.right - 1, 79), (60, 60, 64), -1)
        cv2.putText(page, "words here", (box.left + 6, 66), cv2.FONT_HERSHEY_PLAIN, 0.8, (220, 220, 220))
    assert cards(ROW, Contents(page))
    # The same bar above: a wide video in a high tile.
    for box in CELLS:
        cv2.rectangle(page, (box.left, 20), (box.right - 1, 40), (60, 60, 64), -1)
    assert not cards(ROW, Contents(page))


def test_one_line_of_text_on_paper_makes_cards_except_in_a_call() -> None:
    boxes = [Box(60 + 300 * col, 60 + 260 * row, 290, 250) for row in range(2) for col in range(4)]
    pixels = call(6, boxes)
    for box in boxes:
        pixels[box.bottom - 38 : box.bottom, box.left : box.right] = (42, 42, 46)
        cv2.putText(pixels, "A name", (box.left + 9, box.bottom - 13), cv2.FONT_HERSHEY_PLAIN, 1, (220,) * 3)
    lattice = Lattice((tuple(boxes[:4]), tuple(boxes[4:])), (10, 10))
    assert cards(lattice, Contents(pixels))
    assert not contradicted(lattice, 1.0, Picture.of(pixels), boxes)
    pixels[640:] = pixels[-1, 0]
    assert contradicted(lattice, 1.0, Picture.of(pixels), boxes)


def test_pictures_around_a_single_one_make_a_wall() -> None:
    boxes = (Box(20, 40, 160, 200), Box(194, 40, 160, 140), Box(20, 254, 160, 120), Box(194, 194, 160, 180))
    page = drawn(boxes, (380, 400))
    single = Lattice((boxes[:1],), (0, 0))
    assert neighbours(single, boxes, Edges(page)) == 3
    assert contradicted(single, 1.0, Picture.of(page), boxes)
    alone = drawn(boxes[:1], (380, 400))
    assert not contradicted(single, 1.0, Picture.of(alone), boxes[:1])


def test_a_cropped_gallery_of_which_the_edge_cuts_a_row_does_not_scroll() -> None:
    top = tuple(Box(box.left, 0, 100, 40) for box in CELLS)
    rows = (top, tuple(box.shifted(0, 28) for box in CELLS), tuple(box.shifted(0, 96) for box in CELLS))
    cropped = Lattice(rows, (8, 8))
    assert not scrolls(cropped, cropped.boxes, 300)
    # Cut further off than the next row would be, and not among the tiles: it is a page that scrolls.
    assert scrolls(Lattice(rows[2:], (8, 8)), cropped.boxes, 300)
