"""The value types: nothing malformed becomes a frame or a face."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.errors import PictureError
from agent.values import Box, Face, Frame


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
