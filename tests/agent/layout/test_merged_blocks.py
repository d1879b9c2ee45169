from __future__ import annotations

import cv2
import numpy as np

from agent.layout import find_layout
from agent.layout.merged_blocks import merge_blocks
from agent.values import Box

WIDE, TALL, ONE = Box(3, 26, 271, 51), Box(275, 26, 90, 154), Box(3, 78, 271, 102)


def test_blocks_that_lines_of_a_pixel_set_apart_are_one() -> None:
    assert merge_blocks([WIDE, TALL, ONE]) == [Box(3, 26, 362, 154)]


def test_two_blocks_equal_ones_and_blocks_further_apart_are_not() -> None:
    equal = [Box(92 * col, 0, 90 + col % 2, 50) for col in range(4)]
    assert merge_blocks([WIDE, ONE]) == merge_blocks(equal) == []
    assert merge_blocks([WIDE, TALL.shifted(3, 0), ONE]) == []


def test_blocks_around_a_hole_are_not() -> None:
    parts = [Box(0, 0, 300, 50), Box(301, 0, 50, 250), Box(0, 51, 50, 200)]
    assert merge_blocks(parts) == []


def test_a_resized_gallery_whose_gaps_are_mixed_here_and_there_is_found_whole() -> None:
    rng = np.random.default_rng(3)
    large = np.full((800, 1280, 3), 26, np.uint8)
    for left, top in (
        (6 + round(181.3 * col), 53 + round(102.9 * row)) for row in range(7) for col in range(7)
    ):
        room = rng.integers(30, 250, (3, 4, 3)).astype(np.float32)
        large[top : top + 101, left : left + 179] = np.clip(cv2.resize(room, (179, 101)), 0, 255)
    small = np.asarray(cv2.resize(large, (640, 400), interpolation=cv2.INTER_AREA), np.uint8)
    assert len(find_layout(small).slots) == 49
