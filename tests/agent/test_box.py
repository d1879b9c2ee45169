"""Boxes behave as rectangles of whole pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.box import Box

SIDES = st.integers(0, 500)
BOXES = st.builds(Box, st.integers(-200, 500), st.integers(-200, 500), SIDES, SIDES)


@given(BOXES, BOXES)
def test_iou_is_symmetric_and_bounded(one: Box, other: Box) -> None:
    assert one.iou(other) == other.iou(one)
    assert 0.0 <= one.iou(other) <= 1.0


@given(BOXES)
def test_a_box_with_area_overlaps_itself_wholly(box: Box) -> None:
    assert box.iou(box) == (1.0 if box.area else 0.0)


@given(BOXES, st.integers(1, 300), st.integers(1, 300))
def test_clipping_stays_inside_the_box_and_the_picture(box: Box, width: int, height: int) -> None:
    clipped = box.clipped(width, height)
    assert clipped.left >= 0
    assert clipped.top >= 0
    assert clipped.right <= width
    assert clipped.bottom <= height
    assert clipped.area == box.intersection(Box(0, 0, width, height))
    assert box.of(np.zeros((height, width, 3), np.uint8)).shape[:2] == (clipped.height, clipped.width)


def test_a_box_has_no_negative_size() -> None:
    with pytest.raises(ValueError, match="-1x5"):
        Box(0, 0, -1, 5)


@given(BOXES, st.integers(-300, 300), st.integers(-300, 300))
def test_a_shifted_box_has_the_same_size_and_comes_back(box: Box, right: int, down: int) -> None:
    moved = box.shifted(right, down)
    assert (moved.left - box.left, moved.top - box.top) == (right, down)
    assert (moved.width, moved.height) == (box.width, box.height)
    assert moved.shifted(-right, -down) == box
