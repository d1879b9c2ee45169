from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout.against import cards, contradicted, crossed, crowded, goes_on, neighbours, scrolls, strays
from agent.layout.contents import Contents
from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.values import Box, Pixels

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
    assert not contradicted(ROW, 0.0, Contents(page), Edges(page), CELLS)


def test_more_of_the_same_size_elsewhere_are_strays() -> None:
    others = [box.shifted(0, 140) for box in CELLS]
    assert strays(ROW, [*CELLS, *others]) == 4
    page = drawn((*CELLS, *others))
    assert contradicted(ROW, 1.0, Contents(page), Edges(page), [*CELLS, *others])


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


@pytest.mark.parametrize("labels", [0.0, 1.0])
def test_a_row_cut_short_speaks_against_pictures_without_names(labels: float) -> None:
    short = tuple(Box(box.left, 88, 100, 32) for box in CELLS)
    page = drawn((*CELLS, *short), (460, 120))
    assert goes_on(ROW, [*CELLS, *short], 120)
    # Under a heading it speaks only where the screen ends in it.
    lower = [box.shifted(0, 40) for box in short]
    assert goes_on(ROW, [*CELLS, *lower], 160)
    assert not goes_on(ROW, [*CELLS, *lower], 200)
    assert contradicted(ROW, labels, Contents(page), Edges(page), [*CELLS, *short]) is (labels == 0)


def test_a_row_of_the_same_columns_under_a_heading_that_the_screen_cuts_is_a_page_of_films() -> None:
    short = tuple(Box(box.left, 128, 100, 32) for box in CELLS)
    page = drawn((*CELLS, *short), (460, 160))
    assert contradicted(ROW, 1.0, Contents(page), Edges(page), [*CELLS, *short])
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
