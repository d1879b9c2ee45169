from __future__ import annotations

import numpy as np
import pytest

from agent.tracking.cameras import LOOK_EVERY, RARELY, Cameras
from agent.tracking.change import SIZE, Thumbnails

NONE = np.zeros(1, np.bool_)


def picture(flat: float, shade: int = 0) -> Thumbnails:
    """One tile, of which so much has one brightness and the rest is as varied as a room."""
    size = SIZE[0] * SIZE[1]
    plain = round(flat * size)
    levels = np.concatenate([np.full(plain, 150), np.linspace(60, 240, size - plain)])
    return (levels.reshape(1, SIZE[1], SIZE[0]) + shade).astype(np.int16)


def watched(small: Thumbnails) -> Cameras:
    cameras = Cameras()
    cameras.restart(0.0, small)
    return cameras


def test_a_picture_that_stays_needs_no_look() -> None:
    cameras = watched(picture(0.6))
    assert not any(cameras.due(time, picture(0.6), NONE, NONE) for time in np.arange(0.2, 20, 0.2))


def test_a_tile_that_is_cut_is_looked_at_at_once() -> None:
    assert watched(picture(0.1)).due(0.01, picture(0.1, 40), ~NONE, NONE)


def test_a_moving_room_is_not_taken_for_a_card() -> None:
    cameras = watched(picture(0.1))
    assert not any(cameras.due(0.5 * step, picture(0.1, 3 * step), NONE, NONE) for step in range(1, 20))


def test_a_tile_whose_camera_is_off_is_looked_at_while_it_changes() -> None:
    cameras = watched(picture(0.1))
    assert [bool(cameras.due(0.5 * step, picture(0.1, 3 * step), NONE, ~NONE)) for step in range(1, 7)] == [
        False,
        True,
        False,
        True,
        False,
        True,
    ]


def test_people_before_a_plain_wall_are_looked_at_rarely() -> None:
    cameras = watched(picture(0.45))
    times = [
        time
        for time in np.arange(LOOK_EVERY, 20, LOOK_EVERY)
        if cameras.due(time, picture(0.45, round(3 * time / LOOK_EVERY)), NONE, NONE)
    ]
    assert len(times) == pytest.approx(20 / RARELY, abs=1)
    assert np.diff(times).min() >= RARELY


def test_such_a_tile_that_becomes_a_card_without_a_cut_is_looked_at_soon() -> None:
    cameras = watched(picture(0.45))
    assert cameras.due(1.0, picture(0.45, 3), NONE, NONE)
    assert cameras.due(2.0, picture(0.7, 3), NONE, NONE)


def test_a_clock_that_went_back_lets_tiles_be_looked_at() -> None:
    cameras = Cameras()
    cameras.restart(100.0, picture(0.6))
    assert cameras.due(5.0, picture(0.6, 3), NONE, NONE)


def test_other_places_begin_anew() -> None:
    cameras = watched(picture(0.45))
    assert cameras.due(1.0, picture(0.45, 3), NONE, NONE)
    cameras.restart(1.0, np.concatenate([picture(0.45), picture(0.1)]))
    two = np.concatenate([picture(0.45, 3), picture(0.1, 3)])
    assert cameras.due(2.0, two, np.zeros(2, np.bool_), np.zeros(2, np.bool_)).tolist() == [True, False]


def test_no_tiles_at_all() -> None:
    assert len(Cameras().due(0.0, np.zeros((0, *SIZE[::-1]), np.int16), NONE[:0], NONE[:0])) == 0
