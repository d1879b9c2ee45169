from __future__ import annotations

import pytest

from agent.layout import find_layout
from tests.agent.layout.measure import matched
from tests.agent.layout.photographed import photographed
from tests.galleries import real_gallery


@pytest.mark.parametrize("seed", [0, 3, 6])
def test_tiles_of_a_real_gallery_in_a_photo_of_a_monitor(seed: int) -> None:
    real = real_gallery("grid-4x4.jpg")
    photo, boxes = photographed(real.pixels, real.tiles, seed)
    layout = find_layout(photo)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)
