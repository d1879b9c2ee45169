"""A window that is moved: how far, seen to the pixel, and followed without finding its tiles anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.tracking.gallery import GalleryTracker
from agent.tracking.window_shift import shift_of, shifted
from agent.values import Box, Frame, Layout, Pixels
from tests.agent.tracking.drawing import PAGE, Found, Seen, draw, people, slots_for

SIZE = (1280, 720)
LAYOUT = Layout(*SIZE, slots_for(9))


def desk(seen: list[Seen], right: int = 0, down: int = 0, noise: int = 0) -> Pixels:
    """A desktop with the gallery's window moved by so many pixels."""
    window = draw(seen)
    pixels: Pixels = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
    pixels[:] = (60, 80, 100)
    Box(right, down, window.shape[1], window.shape[0]).of(pixels)[:] = window
    if noise:
        grain = np.random.default_rng(1).integers(-noise, noise + 1, pixels.shape)
        pixels = np.clip(pixels + grain, 0, 255).astype(np.uint8)
    return pixels


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 640), st.integers(0, 340), st.integers(0, 12))
def test_a_move_is_found_to_the_pixel(right: int, down: int, noise: int) -> None:
    seen = people()
    found = shift_of(desk(seen), desk(seen, right, down, noise), LAYOUT)
    assert found == (None if (right, down) == (0, 0) else (right, down))


def test_a_small_part_that_covers_tiles_is_no_hindrance_and_other_people_are_no_move() -> None:
    seen = people()
    after = desk(seen, 101, 53)
    Box(300, 150, 60, 30).of(after)[:] = 250
    assert shift_of(desk(seen), after, LAYOUT) == (101, 53)
    others = [Seen(one.name, one.scene + 100) for one in seen]
    assert shift_of(desk(seen), desk(others, 101, 53), LAYOUT) is None


def test_one_colour_can_be_anywhere_and_a_window_half_off_the_screen_is_not_followed() -> None:
    plain: Pixels = np.full((SIZE[1], SIZE[0], 3), PAGE, np.uint8)
    assert shift_of(plain, plain, LAYOUT) is None
    before, after = desk(people(), 300, 100), np.full((SIZE[1], SIZE[0], 3), 60, np.uint8)
    after[:, :800] = before[:, 480:]
    assert shift_of(before, after, shifted(LAYOUT, (300, 100))) is None


@pytest.mark.parametrize("named", [True, False])
def test_the_tiles_go_with_the_window_and_nothing_is_found_anew(named: bool) -> None:
    seen = [one if named else Seen("", one.scene) for one in people()]
    find = Found(slots_for(9))
    tracker = GalleryTracker(find)
    for step in range(20):
        tiles = tracker.update(Frame(desk(seen), step * 0.2, 0.0))
    ids, calls = [tile.id for tile in tiles], find.calls
    for step, (right, down) in enumerate([(40, 30), (52, 21), (500, 300), (0, 0)]):
        tiles = tracker.update(Frame(desk(seen, right, down), 4.0 + step * 0.2, 0.0))
        assert [tile.slot for tile in tiles] == list(shifted(LAYOUT, (right, down)).slots)
        assert [tile.id for tile in tiles] == ids
        assert not any(tile.changed for tile in tiles)
    assert find.calls == calls


def test_a_move_is_confirmed_a_second_later() -> None:
    seen, find = people(), Found(slots_for(9))
    tracker = GalleryTracker(find)
    for step in range(20):
        tracker.update(Frame(desk(seen), step * 0.2, 0.0))
    calls = find.calls
    find.slots = shifted(LAYOUT, (200, 100)).slots
    for step in range(7):
        tracker.update(Frame(desk(seen, 200, 100), 4.0 + step * 0.2, 0.0))
    assert find.calls == calls + 1
