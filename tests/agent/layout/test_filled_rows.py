from __future__ import annotations

import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.filled_rows import with_filled_rows
from agent.layout.lattice import Lattice
from agent.layout.picture import Picture
from agent.values import Box
from tests.agent.layout.measure import matched
from tests.agent.layout.windows import filled


@pytest.mark.parametrize("gap", [4, 8, 16])
@pytest.mark.parametrize(
    "counts", [(3, 2), (4, 4, 2), (4, 3), (2, 3), (3, 4), (3, 2, 3), (3, 3, 1), (5, 5, 3)], ids=str
)
def test_rows_as_wide_as_the_window_are_not_cut_into_columns(counts: tuple[int, ...], gap: int) -> None:
    for seed in range(2):
        pixels, boxes = filled(seed, counts, gap)
        layout = find_layout(pixels)
        assert matched(layout, boxes) == len(boxes) == len(layout.slots)
        assert [(slot.row, slot.col) for slot in layout.slots] == [
            (row, col) for row, count in enumerate(counts) for col in range(count)
        ]


def test_what_lies_over_one_gap_leaves_a_row_its_cells() -> None:
    """A wide component that two joined tiles make is none that fills the row."""
    pixels, boxes = filled(3, (4, 4))
    for upper in boxes[1:3]:
        cover = Box(upper.right - 60, upper.top + 60, 130, 80)
        cover.of(pixels)[:] = (240, 240, 240)
        layout = find_layout(pixels)
        assert matched(layout, boxes) == len(boxes) == len(layout.slots)


def test_a_row_beside_the_lattice_must_have_names() -> None:
    pixels, boxes = filled(5, (3, 2))
    lattice = Lattice((tuple(boxes[:3]),), (6, 6))
    assert with_filled_rows(lattice, boxes, Picture.of(pixels)).boxes == tuple(boxes)
    for box in boxes[3:]:
        box.of(pixels)[:] = np.uint8(60)
    assert with_filled_rows(lattice, boxes, Picture.of(pixels)).boxes == tuple(boxes[:3])


def test_one_column_is_left_as_it_is() -> None:
    pixels, boxes = filled(5, (1, 1))
    lattice = Lattice(tuple((box,) for box in boxes), (6, 6))
    assert with_filled_rows(lattice, boxes, Picture.of(pixels)) == lattice
