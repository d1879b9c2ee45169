from __future__ import annotations

import numpy as np
import pytest

from agent.faces.face_track import FaceTrack
from agent.faces.frozen_video import still_tiles
from agent.values import Box, Face

FACE = Face(Box(0, 0, 40, 40), np.zeros((6, 2), np.float32), 0.9)


def track(moved: float, current: float = 100.0) -> FaceTrack:
    return FaceTrack(face=FACE, moved=moved, current=current)


def test_a_face_that_stays_while_others_move_is_a_photo() -> None:
    assert still_tiles({"a": track(69.9), "b": track(99.0), "c": track(91.0)}, 100.0) == {"a"}


@pytest.mark.parametrize(
    "others",
    [
        {"b": track(99.0)},
        {"b": track(99.0), "c": track(98.0), "d": track(80.0), "e": track(80.0)},
        {"b": track(20.0), "c": track(10.0)},
    ],
    ids=["one moves", "fewer than half move", "a page of photos, or a meeting that hangs"],
)
def test_where_few_move_nobody_is_a_photo(others: dict[str, FaceTrack]) -> None:
    assert still_tiles({"a": track(10.0), **others}, 100.0) == frozenset()


@pytest.mark.parametrize(
    "one", [track(71.0), track(10.0, current=90.0), FaceTrack(moved=10.0, current=100.0)]
)
def test_who_moved_or_was_not_looked_at_or_has_no_face_is_no_photo(one: FaceTrack) -> None:
    assert still_tiles({"a": one, "b": track(99.0), "c": track(99.0)}, 100.0) == frozenset()


def test_a_sight_knows_when_its_picture_changed() -> None:
    crop = np.full((48, 48, 1), 90, np.uint8)
    seen = FaceTrack(face=FACE)
    seen.set_crop(crop, 1.0, None, 1.0)
    seen.set_crop(crop.copy(), 1.0, None, 5.0)
    assert seen.moved == 1.0
    seen.set_crop(crop + np.uint8(20), 1.0, None, 6.0)
    assert seen.moved == 6.0
    seen.clear()
    seen.set_crop(crop, 1.0, None, 7.0)
    assert seen.moved == 7.0
