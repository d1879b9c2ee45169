"""A picture that fades into another is noticed; one that moves, or a cut that was noticed before, is not."""

from __future__ import annotations

import numpy as np
import pytest

from agent.tracking.change import Thumbnails
from agent.tracking.slow_changes import EVERY, LEAST, OTHER, SlowChanges

NO_CUT = np.zeros(2, np.bool_)


def picture(seed: int) -> Thumbnails:
    """Of two tiles: the first has a picture of its own, the second is always the same."""
    made: Thumbnails = np.full((2, 18, 32), 90, np.int16)
    made[0] = np.random.default_rng(seed).integers(0, 255, (18, 32))
    return made


@pytest.mark.parametrize("begins", np.arange(8.0, 8.0 + EVERY, 0.5))
@pytest.mark.parametrize("seconds", [1.0, 2.0, EVERY])
def test_a_fade_is_noticed_once_whenever_it_begins(begins: float, seconds: float) -> None:
    slow, before, after, told = SlowChanges(), picture(1), picture(2), []
    assert np.abs(before[0] - after[0]).mean() > 2 * OTHER
    for time in np.arange(0.0, 40.0, 0.25):
        share = float(np.clip((time - begins) / seconds, 0, 1))
        small = (before + share * (after - before)).astype(np.int16)
        changed = slow.update(small, NO_CUT[: len(small)], float(time))
        assert not changed[1]
        if changed[0]:
            told.append(time)
    # A slow one may be told at its half and at its end.
    assert 1 <= len(told) <= 2
    assert begins < told[0]
    assert begins + seconds <= told[-1] + EVERY
    assert told[-1] <= begins + seconds + EVERY


@pytest.mark.parametrize("light", [0.5, 0.35, 0.2])
def test_a_fade_is_noticed_in_dark_rooms_too(light: float) -> None:
    slow, before, after = SlowChanges(), picture(1), picture(2)
    blurred = [np.asarray(one * light * 0.6, np.int16) for one in (before, after)]
    assert np.abs(blurred[0][0] - blurred[1][0]).mean() < OTHER + 3
    told = False
    for time in np.arange(0.0, 20.0, 0.25):
        share = float(np.clip((time - 8.0) / 2.0, 0, 1))
        small = (blurred[0] + share * (blurred[1] - blurred[0])).astype(np.int16)
        told |= bool(slow.update(small, NO_CUT[: len(small)], float(time))[0])
    assert told


def test_a_head_that_moves_before_a_plain_wall_is_no_change() -> None:
    slow = SlowChanges()
    for time in np.arange(0.0, 30.0, 0.5):
        small = np.full((1, 18, 32), 90, np.int16)
        left = 10 + int(4 * np.sin(time))
        small[0, 6:14, left : left + 8] += int(LEAST * 5)
        assert not slow.update(small, NO_CUT[: len(small)], float(time)).any()


def test_movement_and_other_tiles_are_no_change() -> None:
    slow = SlowChanges()
    for time in np.arange(0.0, 30.0, 0.5):
        small = picture(1)
        small[0] += int(OTHER / 2 * np.sin(time))
        assert not slow.update(small, NO_CUT[: len(small)], float(time)).any()
    slow.restart()
    assert not slow.update(picture(2), NO_CUT, 31.0).any()


def test_a_clock_that_steps_back_only_delays() -> None:
    slow = SlowChanges()
    slow.update(picture(1), NO_CUT, 100.0)
    assert slow.update(picture(2), NO_CUT, 0.0)[0]


def test_a_cut_is_not_told_a_second_time() -> None:
    """Whom the teacher chose just after it must not be left out for it some seconds later."""
    slow = SlowChanges()
    for time in np.arange(0.0, 30.0, 0.5):
        after = time >= 9.0
        cuts = np.array([time == 9.0, False])
        assert not slow.update(picture(2 if after else 1), cuts, float(time)).any()
