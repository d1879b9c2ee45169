from __future__ import annotations

import numpy as np

from agent.layout.edges import Edges
from agent.layout.lattice import Lattice, Pitch, complete, connected_components
from agent.layout.page import Page, page_mask
from agent.values import Box

PLACES = [[Box(20 + 108 * col, 20 + 68 * row, 100, 60) for col in range(4)] for row in range(3)]
DARK = (20, 20, 20)


def grown(shown: list[Box], over: Box | None = None) -> Lattice:
    """The lattice of the two upper rows, grown on a page with these noisy tiles and a bar over them."""
    rng = np.random.default_rng(3)
    pixels = np.full((240, 480, 3), DARK, np.uint8)
    for box in shown:
        box.of(pixels)[:] = rng.integers(90, 200, 3) + rng.integers(0, 6, (box.height, box.width, 3))
    if over:
        over.of(pixels)[:] = 60
    mask = page_mask(pixels, DARK)
    page = Page(mask, connected_components(mask), DARK)
    return complete(Pitch(100, 60, 108, 68), PLACES[:2], Edges(pixels), page)


def test_tiles_that_subtitles_hide_are_in_their_row() -> None:
    tiles = [box for row in PLACES for box in row]
    subtitles = Box(120, 160, 216, 44)
    assert grown(tiles, subtitles).rows == tuple(map(tuple, PLACES))


def test_things_far_apart_below_the_tiles_are_no_row() -> None:
    tiles = [box for row in PLACES[:2] for box in row]
    assert grown([*tiles, PLACES[2][0], PLACES[2][3]]).rows == tuple(map(tuple, PLACES[:2]))


def test_messages_of_a_chat_are_no_column_of_tiles() -> None:
    tiles = [box for row in PLACES for box in row]
    page = Page(np.ones((240, 600), np.bool_), [])
    pixels = np.full((240, 600, 3), DARK, np.uint8)
    rng = np.random.default_rng(4)
    for box in tiles:
        box.of(pixels)[:] = rng.integers(20, 250, (box.height, box.width, 3))
    beside = PLACES[1][-1].shifted(108, 0)
    rows = [PLACES[0], [*PLACES[1], beside], PLACES[2]]
    assert complete(Pitch(100, 60, 108, 68), rows, Edges(pixels), page).rows == tuple(map(tuple, PLACES))
    # A message that begins where a tile would, and does not end there.
    Box(beside.left, beside.top, 140, beside.height).of(pixels)[:] = 60
    assert complete(Pitch(100, 60, 108, 68), rows, Edges(pixels), page).rows == tuple(map(tuple, PLACES))
    beside.of(pixels)[:] = 120
    assert len(complete(Pitch(100, 60, 108, 68), rows, Edges(pixels), page).boxes) == 13
    pixels[:, beside.left :] = DARK
    # In two rows it may be a tile that is hard to see.
    assert len(complete(Pitch(100, 60, 108, 68), rows[:2], Edges(pixels), page).boxes) == 9
    # What is left must be a gallery: here are rows of 4, 3 and 4.
    rows = [PLACES[0], [*PLACES[1][:3], beside.shifted(-108, 0)], PLACES[2]]
    gone = PLACES[1][3].of(pixels)
    gone[:] = DARK
    assert len(complete(Pitch(100, 60, 108, 68), rows, Edges(pixels), page).boxes) == 12
    blank = Edges(np.full((240, 600, 3), DARK, np.uint8))
    assert complete(Pitch(100, 60, 108, 68), PLACES, blank, page).boxes


def test_a_tile_opposite_another_of_a_shorter_row_shows_without_page_around_it() -> None:
    rng = np.random.default_rng(5)
    pixels = np.full((180, 480, 3), DARK, np.uint8)
    shorter = [Box(74 + 108 * col, 88, 100, 60) for col in range(3)]
    # The border of who speaks, and what compression makes of it.
    Box(66, 80, 116, 76).of(pixels)[:] = 240, 230, 90
    for box in [*PLACES[0], *shorter]:
        box.of(pixels)[:] = rng.integers(90, 200, 3) + rng.integers(0, 6, (box.height, box.width, 3))
    page = Page(page_mask(pixels, DARK), [], DARK)
    found = complete(Pitch(100, 60, 108, 68), [PLACES[0], shorter[1:]], Edges(pixels), page)
    assert found.rows == (tuple(PLACES[0]), tuple(shorter))
