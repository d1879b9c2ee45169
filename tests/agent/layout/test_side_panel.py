from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.picture import Picture
from agent.layout.side_panel import without_panel
from agent.values import Box, Pixels
from tests.agent.layout.measure import matched
from tests.agent.layout.windows import call

SCALE = 0.62
SIZE = (1100, 720)


def with_list(pixels: Pixels, panel: Box) -> Pixels:
    """A picture, RGB uint8 (H, W, 3), with a list of names in ``panel``."""
    panel.of(pixels)[:] = 245
    for place in range(14):
        name, dot = (panel.left + 60, 30 + 42 * place), (panel.left + 30, 26 + 42 * place)
        cv2.putText(pixels, f"Somebody Else {place}", name, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1)
        cv2.circle(pixels, dot, 13, (120, 120, 180), -1)
    return pixels


@pytest.mark.parametrize("at_left", [False, True])
@pytest.mark.parametrize("seed", [0, 3])
def test_a_list_of_people_that_touches_the_tiles_of_a_small_screenshot(seed: int, at_left: bool) -> None:
    wide, high, gap = 396, 200, 2
    first = 300 if at_left else 0
    boxes = [
        Box(first + col * (wide + gap), row * (high + gap), wide, high)
        for row in range(3)
        for col in range(2)
    ]
    bottom, right = boxes[-1].bottom, boxes[-1].right
    panel = Box(0, 0, first, bottom) if at_left else Box(right, 0, SIZE[0] - right, bottom)
    pixels = with_list(call(seed, boxes, SIZE), panel)
    small = cv2.resize(pixels, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_AREA)
    layout = find_layout(np.asarray(small, np.uint8))
    sides = [(box.left, box.top, box.width, box.height) for box in boxes]
    truth = [Box(*(round(SCALE * side) for side in one)) for one in sides]
    assert len(layout.slots) == matched(layout, truth) == 6


def test_a_panel_has_one_colour_and_a_clear_side() -> None:
    rng = np.random.default_rng(4)
    pixels = rng.integers(60, 66, (200, 400, 3)).astype(np.uint8)
    block = Box(0, 0, 400, 200)
    assert without_panel(block, Picture.of(pixels)) is None
    pixels[:, 300:] = 240
    assert without_panel(block, Picture.of(pixels.copy())) == Box(0, 0, 300, 200)
    assert without_panel(block, Picture.of(pixels[:, ::-1].copy())) == Box(100, 0, 300, 200)
    # A wall of a room is brighter too, but no single colour.
    pixels[:, 300:] = np.linspace(150, 250, 200)[:, None, None]
    assert without_panel(block, Picture.of(pixels.copy())) is None
