"""What an overlay drew is left out, and nothing else changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent.analysis import overlay_mask
from agent.analysis.overlay_mask import LARGEST_COVER, RIM, OverlayMask, areas_to_fill
from agent.values import Box, Frame, Pixels

BOXES = st.builds(Box, st.integers(-20, 50), st.integers(-20, 40), st.integers(0, 60), st.integers(0, 50))


def picture(seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (30, 40, 3), np.uint8)


def cleaned(pixels: Pixels, boxes: Sequence[Box]) -> Pixels:
    """A picture without what overlays drew in these boxes."""
    mask = OverlayMask()
    mask.put(boxes)
    return mask.clean(Frame(pixels, 1.0, 2.0)).pixels


def test_without_boxes_the_frame_is_the_same_object() -> None:
    frame, mask = Frame(picture(), 1.0, 2.0), OverlayMask()
    assert mask.clean(frame) is frame
    mask.put([Box(5, 5, 9, 9)])
    clean = mask.clean(frame)
    assert (clean.time, clean.wall) == (1.0, 2.0)
    mask.put([])
    assert mask.clean(frame) is frame


@given(st.lists(BOXES, max_size=4))
def test_what_lies_under_a_box_has_no_influence_and_what_does_not_stays(boxes: list[Box]) -> None:
    pixels = picture()
    covered = np.zeros(pixels.shape[:2], bool)
    for box in boxes:
        grown = Box(box.left - RIM, box.top - RIM, box.width + 2 * RIM, box.height + 2 * RIM)
        inside = grown.clipped(40, 30)
        covered[inside.top : inside.bottom, inside.left : inside.right] = True
    clean = cleaned(pixels, boxes)
    assert (clean[~covered] == pixels[~covered]).all()
    if len(boxes) == 1 and covered.any() and not covered.all(axis=0).any():
        drawn_on = np.where(covered[..., None], 255 - pixels, pixels)
        assert (cleaned(drawn_on, boxes) == clean).all()


def test_the_soft_edge_of_a_chip_leaves_no_trace() -> None:
    """A chip is drawn with a rim of half its colour, one pixel wide, and may lie off by a rounding."""
    ground = np.full((30, 40, 3), 90, np.uint8)
    drawn_on = ground.copy()
    drawn_on[8:18, 8:32] = (165, 159, 78)
    drawn_on[9:17, 9:31] = (240, 228, 66)
    for top, left in ((9, 9), (10, 9), (9, 10), (8, 8)):
        assert (cleaned(drawn_on, [Box(left, top, 22, 8)]) == ground).all()


def test_a_line_beside_an_edge_vanishes_and_leaves_no_streak() -> None:
    two_sides = np.full((30, 40, 3), 50, np.uint8)
    two_sides[:, 6:] = 150
    two_sides[:8] = two_sides[26:] = 200
    drawn_on = two_sides.copy()
    drawn_on[10:24, 12:15] = (240, 228, 66)
    assert (cleaned(drawn_on, [Box(12, 10, 3, 14)])[10:24] == two_sides[10:24]).all()


def test_a_smooth_ground_comes_back() -> None:
    ramp = np.repeat(np.arange(60, 120, 2, dtype=np.uint8)[:, None, None], 40, axis=1).repeat(3, axis=2)
    drawn_on = ramp.copy()
    drawn_on[8:16, 10:30] = (240, 228, 66)
    clean = cleaned(drawn_on, [Box(10, 8, 20, 8)])
    assert int(np.abs(clean.astype(int) - ramp).max()) <= 1


def work_for(boxes: list[Box]) -> int:
    """The number of pixels that are computed to clean a frame, each as often as it is."""
    counted = 0

    def filled(pixels: Pixels, box: Box) -> NDArray[np.float32]:
        nonlocal counted
        counted += box.area
        return across(pixels, box)

    with pytest.MonkeyPatch.context() as patched:
        across = overlay_mask._across
        patched.setattr(overlay_mask, "_across", filled)
        cleaned(picture(), boxes)
    return counted


@given(st.lists(BOXES, max_size=60))
def test_no_boxes_cost_more_than_filling_the_frame_once(boxes: list[Box]) -> None:
    assert work_for(boxes) <= LARGEST_COVER * 40 * 30


def test_five_hundred_boxes_as_large_as_the_frame_cost_no_more_than_one() -> None:
    assert work_for([Box(0, 0, 40, 30)] * 500) == work_for([Box(0, 0, 40, 30)]) == 40 * 30
    # Not the same box, and none inside another: one is filled.
    assert work_for([Box(number % 20, number // 20, 20, 5) for number in range(500)]) <= 40 * 30


@given(st.lists(BOXES, max_size=6))
def test_what_is_left_out_lies_inside_another_box_or_is_beyond_the_limit(boxes: list[Box]) -> None:
    areas = areas_to_fill(boxes, 40, 30)
    assert len(set(areas)) == len(areas)
    assert list(areas) == sorted(areas, key=lambda box: box.area)
    grown = [Box(box.left - RIM, box.top - RIM, box.width + 2 * RIM, box.height + 2 * RIM) for box in boxes]
    for box in (one.clipped(40, 30) for one in grown):
        is_covered = box.area == 0 or any(box.intersection(area) == box.area for area in areas)
        spent = sum(area.area for area in areas)
        assert is_covered or spent + box.area > LARGEST_COVER * 40 * 30


def test_a_chip_inside_a_box_that_is_left_out_is_filled() -> None:
    largest, large = Box(2, 0, 31, 30), Box(8, 0, 34, 30)
    chip, inner, below = Box(6, 8, 2, 1), Box(26, 20, 8, 2), Box(0, 29, 40, 1)
    areas = areas_to_fill([largest, large, chip, inner, below], 40, 30)
    assert areas == (Box(4, 6, 6, 5), Box(0, 27, 40, 3), Box(6, 0, 34, 30))


def test_what_to_fill_is_found_once_for_all_frames_with_the_same_boxes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []

    def found(boxes: Sequence[Box], width: int, height: int) -> tuple[Box, ...]:
        calls.append(width)
        return areas_to_fill(boxes, width, height)

    monkeypatch.setattr(overlay_mask, "areas_to_fill", found)
    mask, frame = OverlayMask(), Frame(picture(), 1.0, 2.0)
    mask.put([Box(5, 5, 9, 9)])
    first, second = mask.clean(frame), mask.clean(frame)
    assert (first.pixels == second.pixels).all()
    assert calls == [40]
    mask.clean(Frame(picture()[:, :20], 1.0, 2.0))
    mask.put([Box(5, 5, 9, 8)])
    mask.clean(frame)
    assert calls == [40, 20, 40]
