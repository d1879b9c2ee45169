from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent.overlap import overlaps
from agent.values import Box

BOXES = st.lists(
    st.builds(Box, st.integers(-9, 30), st.integers(-9, 30), st.integers(0, 20), st.integers(0, 20)),
    max_size=5,
)


@given(BOXES, BOXES)
def test_it_is_the_iou_of_each_pair(ours: list[Box], theirs: list[Box]) -> None:
    wanted = np.array([[one.iou(other) for other in theirs] for one in ours]).reshape(len(ours), len(theirs))
    assert np.allclose(overlaps(ours, theirs), wanted)
