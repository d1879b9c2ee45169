from __future__ import annotations

import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.layout.picture import Picture
from agent.layout.truncated_tiles import add_hidden_tiles, add_truncated_tiles
from agent.values import Box
from tests.agent.classroom.variations import random_gallery
from tests.agent.layout.measure import matched
from tests.agent.layout.test_label import named


@pytest.mark.parametrize(
    ("seed", "part"),
    [(541, Box(440, 240, 926, 528)), (548, Box(0, 0, 1280, 560))],
)
def test_tiles_that_the_screen_cuts_off_are_found(seed: int, part: Box) -> None:
    pixels, truth, what = random_gallery(seed)
    seen = np.ascontiguousarray(part.of(pixels))
    boxes = [tile.box.shifted(-part.left, -part.top).clipped(part.width, part.height) for tile in truth]
    assert any(box.area < tile.box.area for box, tile in zip(boxes, truth, strict=True))
    layout = find_layout(seen)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots), what


ROW = tuple(Box(10 + 90 * col, 10, 80, 45) for col in range(3))
DARK = np.zeros((95, 320, 3), np.uint8)
EDGES = Edges(DARK)
EDGES_OF_FOUR = Edges(np.zeros((95, 357, 3), np.uint8))


def test_a_column_and_a_centred_row_are_added() -> None:
    right = Box(280, 10, 40, 45)
    below = [Box(55, 65, 80, 30), Box(145, 65, 80, 30)]
    longer = add_truncated_tiles(Lattice((ROW,), (10, 10)), [*ROW, right, *below], EDGES)
    assert longer is not None
    assert longer.rows == ((*ROW, right), tuple(below))


def test_a_column_of_which_the_edge_cuts_off_a_little_is_added() -> None:
    right = Box(280, 10, 77, 45)
    longer = add_truncated_tiles(Lattice((ROW,), (10, 10)), [*ROW, right], EDGES_OF_FOUR)
    assert longer is not None
    assert longer.rows == ((*ROW, right),)


def test_a_column_at_the_left_a_row_above_and_their_corner_are_added() -> None:
    row = tuple(box.shifted(40, 30) for box in ROW[:2])
    left, corner = Box(0, 40, 40, 45), Box(0, 0, 40, 30)
    above = [Box(box.left, 0, 80, 30) for box in row]
    longer = add_truncated_tiles(Lattice((row,), (10, 10)), [*row, left, corner, *above], EDGES)
    assert longer is not None
    assert longer.rows == ((corner, *above), (left, *row))
    assert longer.whole == row[0]


@pytest.mark.parametrize(
    "other",
    [
        Box(280, 10, 12, 45),
        Box(280, 20, 40, 45),
        Box(75, 65, 80, 30),
        Box(10, 65, 80, 20),
        Box(10, 80, 80, 15),
    ],
    ids=["a sliver", "not in the row", "in no column", "ends on the screen", "too far below"],
)
def test_other_things_at_the_edge_are_no_tiles(other: Box) -> None:
    assert add_truncated_tiles(Lattice((ROW,), (10, 10)), [*ROW, other], EDGES) is None


@pytest.mark.parametrize(
    ("columns", "full"),
    [
        ([(0, 1), (0, 1, 2)], [(0, 1, 2), (0, 1, 2)]),
        ([(0, 1, 2), (1, 2)], [(0, 1, 2), (0, 1, 2)]),
        ([(0, 1, 2), (0, 1)], [(0, 1, 2), (0, 1)]),
        ([(1,), (0, 1, 2)], [(1,), (0, 1, 2)]),
        ([(0, 1, 2), (0.5, 1.5)], [(0, 1, 2), (0.5, 1.5)]),
        ([(0, 1, 2), (0.5,)], [(0, 1, 2), (0.5, 1.5)]),
    ],
    ids=[
        "before the last row",
        "at the left",
        "a short last row",
        "centred",
        "shifted by half",
        "half a row",
    ],
)
def test_no_row_before_the_last_ends_early(
    columns: list[tuple[float, ...]], full: list[tuple[float, ...]]
) -> None:
    def lattice(rows: list[tuple[float, ...]]) -> Lattice:
        return Lattice(
            tuple(
                tuple(Box(round(10 + 90 * c), 10 + 40 * r, 80, 35) for c in row) for r, row in enumerate(rows)
            ),
            (10, 5),
        )

    assert add_hidden_tiles(lattice(columns), Picture.of(DARK)) == lattice(full)


def test_a_row_between_full_ones_is_full_where_cards_hide_both_of_its_ends() -> None:
    rows = tuple(tuple(box.shifted(0, 50 * row) for box in ROW) for row in range(3))
    dark = np.zeros((160, 320, 3), np.uint8)
    picture = Picture.of(dark)
    hidden = add_hidden_tiles(Lattice((rows[0], rows[1][1:2], rows[2]), (10, 5)), picture)
    assert hidden.rows == rows
    short = add_hidden_tiles(Lattice((rows[0], rows[1], rows[2][1:2]), (10, 5)), picture)
    assert short.rows[2] == rows[2][1:2]


@pytest.mark.parametrize(("written", "whole"), [((0, 2), (0, 1, 2)), ((0,), (0, 1)), ((), (1,))])
def test_dark_cards_with_names_belong_to_the_last_row(
    written: tuple[int, ...], whole: tuple[int, ...]
) -> None:
    rows = [[Box(10 + 330 * col, 10 + 190 * row, 320, 180) for col in range(3)] for row in range(2)]
    pixels = np.full((390, 1010, 3), 26, np.uint8)
    for col in written:
        box = rows[1][col]
        pixels[box.top : box.bottom, box.left : box.right] = named("Theresa Webb", 0.4, room=30)
    # One card alone beside the middle one, which the picture was told by.
    lattice = Lattice((tuple(rows[0]), (rows[1][1],)), (10, 10))
    last = add_hidden_tiles(lattice, Picture.of(pixels)).rows[1]
    assert last == tuple(rows[1][col] for col in whole)


def test_a_dark_tile_in_a_column_that_the_edge_cuts_is_added_with_the_others() -> None:
    rows = tuple(tuple(box.shifted(0, 55 * index) for box in ROW) for index in range(3))
    remainders = [Box(280, 10 + 55 * index, 76, 45) for index in (0, 2)]
    edges = Edges(np.zeros((175, 356, 3), np.uint8))
    found = [*(box for row in rows for box in row), *remainders]
    longer = add_truncated_tiles(Lattice(rows, (10, 10)), found, edges)
    assert longer is not None
    assert [len(row) for row in longer.rows] == [4, 4, 4]
    # One remainder of three is not enough where nothing of the others is seen.
    longer = add_truncated_tiles(Lattice(rows, (10, 10)), found[:-1], edges)
    assert longer is not None
    assert [len(row) for row in longer.rows] == [4, 3, 3]
