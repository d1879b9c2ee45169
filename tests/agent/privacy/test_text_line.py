"""Where on a label the name is written: found beside any video, and enlarged for text recognition."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agent.classroom.icons import put_icon
from agent.classroom.text import put_text, text_mask
from agent.classroom.tile import RED
from agent.privacy.text_line import MARGIN, enlarged, line_of
from agent.values import Box, Pixels

HIGH, WIDE = 28, 200
AT = (24, 12)
"""Where the name is written, right of where a microphone may be."""


def label(ground: int = 120, *, muted: bool = False, grain: int = 0) -> Pixels:
    """A region of a tile with "Ann Lee" on a translucent plate over video of this level and grain."""
    noise = np.random.default_rng(1).integers(-grain, grain + 1, (HIGH, WIDE, 1)).repeat(3, axis=2)
    pixels = np.clip(ground + cv2.blur(noise.astype(np.float32), (3, 3)), 0, 255).astype(np.uint8)
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    name = text_mask("Ann Lee", 13)
    plate = pixels[AT[1] - 2 :, : AT[0] + name.shape[1] + 4]
    plate[:] = (plate * 0.4).astype(np.uint8)
    put_text(pixels, "Ann Lee", AT, 13, (242, 242, 242))
    if muted:
        put_icon(pixels, "muted", Box(4, AT[1], 14, 14), RED)
    return pixels


@pytest.mark.parametrize("ground", [0, 120, 240])
@pytest.mark.parametrize("muted", [False, True])
@pytest.mark.parametrize("grain", [0, 60])
def test_the_line_is_the_name_alone(ground: int, muted: bool, grain: int) -> None:
    line = line_of(label(ground, muted=muted, grain=grain))
    assert line is not None
    name = text_mask("Ann Lee", 13)
    assert abs(line.left - AT[0]) <= 2
    assert abs(line.right - (AT[0] + name.shape[1])) <= 3
    assert AT[1] <= line.top
    assert line.bottom <= AT[1] + 15


def test_nothing_is_written_on_a_plain_wall_nor_far_from_the_left() -> None:
    assert line_of(np.full((HIGH, WIDE, 3), 90, np.uint8)) is None
    far = np.full((HIGH, WIDE, 3), 40, np.uint8)
    put_text(far, "Ann Lee", (110, 12), 13, (242, 242, 242))
    assert line_of(far) is None


@pytest.mark.parametrize("ground", [0, 120, 240])
@pytest.mark.parametrize("height", [32, 56])
def test_letters_are_dark_on_white_whatever_is_behind_them(ground: int, height: int) -> None:
    pixels = label(ground)
    line = line_of(pixels)
    assert line is not None
    text = enlarged(pixels, line, height)
    assert height + 2 * MARGIN < text.shape[0] < 2 * height + 2 * MARGIN
    assert np.median(text) > 220
    assert text.min() < 30


@given(arrays(np.uint8, st.tuples(st.integers(6, 40), st.integers(6, 80), st.just(3))))
def test_any_picture_has_a_line_within_it_or_none(pixels: Pixels) -> None:
    line = line_of(pixels)
    if line is not None:
        assert Box(0, 0, pixels.shape[1], pixels.shape[0]).intersection(line) == line.area > 0
        assert enlarged(pixels, line, 32).dtype == np.uint8
