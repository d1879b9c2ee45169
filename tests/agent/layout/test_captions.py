from __future__ import annotations

import numpy as np
import pytest

from agent.layout.captions import caption
from agent.layout.lattice import Lattice, islands
from agent.layout.page import Mask
from agent.values import Box

ROW = tuple(Box(20 + 110 * col, 20, 100, 60) for col in range(3))


def below(*marks: Box) -> float:
    """How much of a caption marks make below a row of tiles on a page that is clear otherwise."""
    mask: Mask = np.ones((200, 370), np.bool_)
    for box in (*ROW, *marks):
        mask[box.top : box.bottom, box.left : box.right] = False
    return caption(Lattice((ROW,), (10, 10)), mask, islands(mask))


def test_a_line_below_each_picture_is_a_caption() -> None:
    assert below(*(Box(box.left, 84, 60, 6) for box in ROW)) > 0.1
    assert below() == 0


@pytest.mark.parametrize(
    "mark",
    [Box(60, 83, 230, 7), Box(40, 85, 280, 100), Box(20, 88, 320, 110)],
    ids=["subtitles", "a large speaker", "a slide"],
)
def test_what_runs_on_below_the_gaps_or_is_large_is_none(mark: Box) -> None:
    assert below(mark) == 0
