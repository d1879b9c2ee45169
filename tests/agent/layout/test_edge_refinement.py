"""The last pixels of a lattice: sides that lie beside those of the picture are moved onto them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.layout import find_layout
from agent.layout.edge_refinement import REACH, refine_edges
from agent.layout.edges import Edges
from agent.layout.lattice import Lattice
from agent.values import Box, Pixels
from tests.galleries import NAMES, real_gallery

WIDTH, HEIGHT = 96, 54


def drawn(gap: int, seed: int = 0) -> tuple[Pixels, Lattice]:
    """Two rows of three noisy tiles on a dark page, and their lattice."""
    rng = np.random.default_rng(seed)
    pixels = np.full((240, 400, 3), 30, np.uint8)
    rows = []
    for top in (40, 40 + HEIGHT + gap):
        row = tuple(Box(30 + col * (WIDTH + gap), top, WIDTH, HEIGHT) for col in range(3))
        for box in row:
            box.of(pixels)[:] = rng.integers(90, 230) + rng.integers(-4, 5, (HEIGHT, WIDTH, 3))
        rows.append(row)
    return pixels, Lattice(tuple(rows), (gap, gap))


def moved(lattice: Lattice, left: int, top: int, right: int, bottom: int) -> Lattice:
    """The lattice with each side of its tiles beside where it was."""
    rows = [
        tuple(
            Box(box.left + left, box.top + top, box.width + right - left, box.height + bottom - top)
            for box in row
        )
        for row in lattice.rows
    ]
    return Lattice(tuple(rows), (lattice.gap[0] + left - right, lattice.gap[1] + top - bottom))


@given(
    seed=st.integers(0, 1000),
    gap=st.integers(2 * REACH + 1, 12),
    sides=st.tuples(*[st.integers(-REACH, REACH)] * 4),
)
def test_sides_a_few_pixels_off_come_to_lie_on_those_of_the_picture(
    seed: int, gap: int, sides: tuple[int, int, int, int]
) -> None:
    pixels, truth = drawn(gap, seed)
    assert refine_edges(moved(truth, *sides), Edges(pixels)) == truth


@given(seed=st.integers(0, 1000), right=st.integers(-REACH, REACH), down=st.integers(-REACH, REACH))
def test_tiles_that_touch_move_together(seed: int, right: int, down: int) -> None:
    pixels, truth = drawn(0, seed)
    assert refine_edges(moved(truth, right, down, right, down), Edges(pixels)) == truth


@given(seed=st.integers(0, 1000), gap=st.integers(1, 3), more=st.integers(0, 3))
def test_tiles_never_come_to_lie_on_each_other(seed: int, gap: int, more: int) -> None:
    pixels, truth = drawn(gap, seed)
    # A pitch that is no whole number leaves gaps of two widths.
    rows = tuple((*row[:2], row[2].shifted(more, 0)) for row in truth.rows)
    noise = np.random.default_rng(seed).integers(0, 256, pixels.shape).astype(np.uint8)
    found = refine_edges(Lattice(rows, (gap + more // 2, gap)), Edges(noise)).boxes
    assert not any(a.intersection(b) for a, b in combinations(found, 2))


@given(seed=st.integers(0, 1000), sides=st.tuples(*[st.integers(-REACH, REACH)] * 4))
def test_a_single_tile_moves_and_grows(seed: int, sides: tuple[int, int, int, int]) -> None:
    pixels, truth = drawn(20, seed)
    alone = Lattice((truth.rows[0][:1],), (0, 0))
    assert refine_edges(moved(alone, *sides), Edges(pixels)).boxes == alone.boxes


def test_where_nothing_is_drawn_nothing_moves() -> None:
    _, lattice = drawn(8)
    assert refine_edges(lattice, Edges(np.full((240, 400, 3), 30, np.uint8))) == lattice


def test_tiles_that_an_edge_of_the_picture_cuts_off_stay_where_they_are() -> None:
    pixels, lattice = drawn(8)
    first = lattice.rows[0][0]
    cut_off = ((Box(first.left, first.top, first.width - 9, first.height), *lattice.rows[0][1:]),)
    off = moved(Lattice(cut_off, lattice.gap), 2, 0, 2, 0)
    assert refine_edges(off, Edges(pixels)) == off


def test_sides_at_the_border_of_the_picture_stay_inside() -> None:
    pixels, truth = drawn(8)
    inside = np.ascontiguousarray(pixels[40:156, 30:334])
    rows = tuple(tuple(box.shifted(-30, -40) for box in row) for row in truth.rows)
    lattice = Lattice(rows, truth.gap)
    assert refine_edges(lattice, Edges(inside)) == lattice


@pytest.mark.parametrize(("name", "least"), list(zip(NAMES, (0.993, 0.992, 0.999), strict=True)))
def test_real_tiles_are_found_to_the_pixel_or_nearly(name: str, least: float) -> None:
    gallery = real_gallery(name)
    slots = find_layout(gallery.pixels).slots
    found = [max(slot.box.iou(tile) for slot in slots) for tile in gallery.tiles]
    assert np.mean(found) >= least
