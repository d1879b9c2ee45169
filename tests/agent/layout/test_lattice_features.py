from __future__ import annotations

import numpy as np

from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.layout.lattice_features import foreign
from agent.values import Box

ROWS = ((Box(40, 20, 160, 90), Box(208, 20, 160, 90)), (Box(40, 118, 160, 90),))
LATTICE = Lattice(ROWS, (8, 8))


def drawn(*boxes: Box) -> Edges:
    """The edges of pale boxes on a dark page."""
    pixels = np.full((240, 420, 3), 10, np.uint8)
    for box in boxes:
        box.of(pixels)[:] = 130
    return Edges(pixels)


def test_a_tool_bar_that_touches_a_tile_is_not_cut_by_it() -> None:
    both = Box(40, 118, 300, 90)
    bar = Box(200, 180, 140, 20)
    edges = drawn(*LATTICE.boxes, bar)
    assert foreign(LATTICE, [both], edges) == 0


def test_a_picture_that_cells_divide_is_cut() -> None:
    picture = Box(40, 118, 300, 90)
    assert foreign(LATTICE, [picture], drawn(*ROWS[0], picture)) > 0.5


def test_a_thing_that_begins_in_a_cell_is_cut() -> None:
    assert foreign(LATTICE, [Box(120, 118, 300, 90)], drawn(*LATTICE.boxes)) > 0.5
