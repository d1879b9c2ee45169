"""The parts of messages as they are made: plain numbers, and null where nothing is known."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest

from agent.values import Box, Load, Room, SourceStatus, TileState
from exporter.protocol.parts import load_part, room_part, status_part, tile_part
from tests.exporter.samples import reading


def test_numpy_numbers_of_boxes_become_plain_ones() -> None:
    box = Box(*(np.int64(side) for side in (5, 6, 280, 158)))  # type: ignore[arg-type]
    part = tile_part(dataclasses.replace(reading(1), box=box))
    assert msgspec.json.decode(msgspec.json.encode(part))["box"] == [5, 6, 280, 158]
    status = status_part(SourceStatus(place=box))
    assert status.place == (5, 6, 280, 158)
    assert status_part(SourceStatus()).place is None


def test_frames_that_cannot_be_read_are_told() -> None:
    status = status_part(SourceStatus(failed=3, failing=True))
    assert (status.failed, status.failing) == (3, True)


@pytest.mark.parametrize("state", [TileState.CAMERA_OFF, TileState.EXCLUDED, TileState.NO_FACE])
def test_a_tile_without_a_face_says_nothing_of_one(state: TileState) -> None:
    part = tile_part(reading(1, state))
    assert (part.face, part.emotion, part.state) == (None, None, state.value)


def test_an_empty_room_has_counts_only() -> None:
    part = room_part(Room(0, 0, 0))
    figures = {name: getattr(part, name) for name in part.__struct_fields__}
    assert {name for name, value in figures.items() if value is not None} == {"tiles", "faces", "read"}


def test_no_limit_is_null() -> None:
    assert load_part(Load(used=0.123456)).budget is None
    assert load_part(Load(used=0.5, budget=0.25, waiting=np.int64(3))).waiting == 3  # type: ignore[arg-type]
