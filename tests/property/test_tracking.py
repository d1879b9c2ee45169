from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.tracking import GalleryTracker
from agent.values import Box, Frame, Layout, Pixels, Slot
from tests.agent.tracking.drawing import Found, frame, people, slots_for


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(9)))
def test_any_new_order_keeps_every_id(order: list[int]) -> None:
    seen = people()
    tracker = GalleryTracker(Found(slots_for(9)))
    for step in range(6):
        before = tracker.update(frame(seen, step * 0.2))
    after = tracker.update(frame([seen[index] for index in order], 1.2))
    assert [tile.id for tile in after] == [before[index].id for index in order]


SIZES = st.sampled_from([(1, 1), (1, 40), (40, 1), (7, 5), (64, 36), (200, 120)])
BOXES = st.builds(Box, st.integers(-5, 190), st.integers(-5, 110), st.integers(0, 90), st.integers(0, 70))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(SIZES, st.lists(BOXES, max_size=6), st.floats(-5, 50), st.integers(0, 3), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_no_frame_and_no_layout_breaks_it(
    steps: list[tuple[tuple[int, int], list[Box], float, int, bool]],
) -> None:
    boxes: list[Box] = []

    def find(pixels: Pixels) -> Layout:
        height, width = pixels.shape[:2]
        inside = [box.clipped(width, height) for box in boxes]
        return Layout(width, height, tuple(Slot(box, 0, n, box, True) for n, box in enumerate(inside)))

    tracker = GalleryTracker(find)
    for (width, height), boxes, time, seed, flat in steps:  # noqa: B007 - find reads boxes
        noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
        pixels = np.full_like(noise, 80 * seed) if flat else noise
        ids = [tile.id for tile in tracker.update(Frame(pixels, time, 0.0))]
        assert len(ids) == len(set(ids))
