from __future__ import annotations

from agent.tracking.places import numbered
from agent.values import Box, Slot


def slot(row: int, col: int) -> Slot:
    box = Box(100 * col, 100 * row, 90, 90)
    return Slot(box, row, col, box, camera_on=True)


def test_what_is_left_is_numbered_as_if_there_was_nothing_else() -> None:
    right_half = [slot(row, col) for row in (0, 1) for col in (2, 3)]
    ragged = [slot(1, 0), slot(1, 2), slot(3, 1)]
    assert [(one.row, one.col) for one in numbered(right_half)] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [(one.row, one.col) for one in numbered(ragged)] == [(0, 0), (0, 1), (1, 0)]
    assert [one.box for one in numbered(ragged)] == [one.box for one in ragged]
    assert numbered([]) == ()
