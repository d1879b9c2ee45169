from __future__ import annotations

from dataclasses import replace

from agent.layout.gallery_rank import rank
from tests.agent.layout.test_gallery_rules import NAMELESS


def test_halves_of_the_whole_picture_rank_below_the_tiles_in_it() -> None:
    tiles = replace(NAMELESS, cells=5, video=4, labels=1.0, sides=1.0, variety=4.5)
    halves = replace(tiles, cells=2, video=2, area=1.0, gap=0.0, aspect=0.89, sides=1.0, outer=0.75)
    assert rank(halves) < rank(tiles)
    assert rank(halves) < rank(replace(halves, area=0.9))


def test_quarters_of_the_whole_picture_rank_below_the_tiles_in_it() -> None:
    tiles = replace(NAMELESS, cells=5, area=0.52, video=4, labels=1.0, sides=1.0, variety=4.5)
    quarters = replace(tiles, cells=4, video=4, area=1.0, gap=0.0, sides=0.88, outer=0.5)
    assert rank(quarters) < rank(tiles)


def test_rows_above_the_last_that_are_shorter_rank_below_a_grid_with_fewer_tiles() -> None:
    grid = replace(NAMELESS, cells=16, video=5, labels=1.0, sides=1.0, area=0.28, ragged=0.0)
    with_cells_of_a_window_behind = replace(grid, cells=19, video=8, sides=0.9, area=0.33, ragged=0.5)
    assert rank(with_cells_of_a_window_behind) < rank(grid)
    assert rank(replace(with_cells_of_a_window_behind, ragged=0.0)) > rank(grid)
