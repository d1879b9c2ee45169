"""The value types: boxes behave as rectangles, and nothing malformed becomes a frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent.errors import PictureError
from agent.values import Box, Face, Frame

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


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_a_frame_that_is_not_rgb_bytes_is_refused_with_its_shape(pixels: NDArray[Any]) -> None:
    with pytest.raises(PictureError) as caught:
        Frame(pixels, 0.0, 0.0)
    assert str(pixels.shape) in str(caught.value)


def test_a_face_has_six_keypoints() -> None:
    with pytest.raises(ValueError, match="six keypoints"):
        Face(Box(0, 0, 1, 1), np.zeros((5, 2), np.float32), 1.0)
