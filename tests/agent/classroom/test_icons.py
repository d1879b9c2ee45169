from __future__ import annotations

import numpy as np
import pytest

from agent.classroom.icons import SHAPES, icon_mask, put_icon
from agent.values import Box


@pytest.mark.parametrize("name", list(SHAPES))
@pytest.mark.parametrize("side", [8, 22, 64])
def test_an_icon_is_neither_empty_nor_a_block(name: str, side: int) -> None:
    mask = icon_mask(name, side)
    assert mask.shape == (side, side)
    assert 0.04 < mask.mean() / 255 < 0.8


def test_icons_differ() -> None:
    masks = [icon_mask(name, 32).tobytes() for name in SHAPES]
    assert len(set(masks)) == len(SHAPES)


def test_an_icon_stays_in_its_box() -> None:
    picture = np.zeros((40, 60, 3), np.uint8)
    put_icon(picture, "muted", Box(20, 10, 30, 16), (255, 0, 0))
    assert picture[10:26, 27:43].any()
    picture[10:26, 27:43] = 0
    assert not picture.any()
