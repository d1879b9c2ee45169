from __future__ import annotations

import numpy as np
import pytest

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.layout import find_layout
from agent.layout.covering import covers
from agent.layout.edges import Edges
from agent.values import Box, Pixels

TILE = Box(40, 40, 480, 270)
FLOATING = Box(300, 150, 180, 101)


def room(floating: Box = FLOATING) -> Pixels:
    """A page with a tile whose room is plain wall in a camera's noise, and a picture that floats over it."""
    rng = np.random.default_rng(1)
    pixels = np.full((360, 560, 3), 20, np.uint8)
    TILE.of(pixels)[:] = rng.integers(118, 124, (TILE.height, TILE.width, 3))
    floating.of(pixels)[:] = rng.integers(168, 174, (floating.height, floating.width, 3))
    return pixels


def test_a_picture_over_a_tile_covers_it() -> None:
    assert covers(FLOATING, [TILE], Edges(room()))
    assert covers(FLOATING, [], Edges(room()))


@pytest.mark.parametrize(
    "line",
    [
        Box(478, 252, 2, 50),
        Box(300, 60, 2, 90),
        Box(200, 150, 100, 2),
        Box(482, 249, 30, 2),
    ],
    ids=["down", "up", "to the left", "to the right"],
)
def test_a_cupboard_whose_lines_go_on_covers_nothing(line: Box) -> None:
    pixels = room()
    line.of(pixels)[:] = 60
    assert not covers(FLOATING, [TILE], Edges(pixels))


@pytest.mark.parametrize("gone", [Box(290, 150, 20, 50), Box(300, 140, 100, 20)], ids=["upright", "level"])
def test_a_side_that_ends_half_way_is_none(gone: Box) -> None:
    pixels = room()
    gone.of(pixels)[:] = np.random.default_rng(2).integers(118, 124, (gone.height, gone.width, 3))
    assert not covers(FLOATING, [TILE], Edges(pixels))


def test_what_shows_the_side_of_the_tile_below_covers_nothing() -> None:
    sticking_out = Box(400, 150, 140, 101)
    pixels = room(sticking_out)
    assert covers(sticking_out, [TILE], Edges(pixels))
    sticking_out.of(pixels)[:, TILE.right - sticking_out.left :] = 60
    assert not covers(sticking_out, [TILE], Edges(pixels))


@pytest.mark.parametrize(
    ("seed", "style", "count", "seconds"),
    [
        (1, "zoom", 25, 104.0),
        (1, "teams", 25, 170.9),
        (1, "meet", 9, 194.6),
        (3, "teams", 4, 99.8),
        (4, "zoom", 25, 103.0),
        (5, "meet", 4, 218.3),
        (6, "teams", 25, 52.4),
    ],
)
def test_cupboards_and_windows_in_a_room_are_no_self_view(
    seed: int, style: str, count: int, seconds: float
) -> None:
    assert_just_the_class(seed, style, count, seconds)


@pytest.mark.parametrize("seed", range(20, 26))
@pytest.mark.parametrize("style", ["zoom", "meet", "teams"])
def test_a_drawn_class_beside_the_controls_of_its_call_has_nobody_else(seed: int, style: str) -> None:
    for count, seconds in ((4, 33.0), (9, 71.0), (25, 140.0)):
        assert_just_the_class(seed, style, count, seconds)


def assert_just_the_class(seed: int, style: str, count: int, seconds: float) -> None:
    gallery = Gallery(Plan(style_named(style), (1280, 720)))
    drawn = gallery.draw(Script(seed, count, 49, None).scene_at(seconds))
    found = [slot.box for slot in find_layout(drawn.pixels).slots]
    assert len(found) == len(drawn.truth)
    assert all(max(box.iou(tile.box) for tile in drawn.truth) >= 0.7 for box in found)
