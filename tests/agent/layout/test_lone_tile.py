from __future__ import annotations

import numpy as np
import pytest

from agent.layout import find_layout
from agent.values import Box
from tests.agent.layout.measure import matched
from tests.agent.layout.windows import call

ALONE = Box(16, 16, 1248, 600)
"""A tile that fills the window, wider than any camera's picture."""


@pytest.mark.parametrize("on", [True, False], ids=["video", "card"])
def test_one_participant_fills_the_window_of_a_call(on: bool) -> None:
    layout = find_layout(call(3, [ALONE], on=on))
    assert matched(layout, [ALONE]) == 1 == len(layout.slots)
    assert layout.slots[0].camera_on is on


@pytest.mark.parametrize("on", [True, False], ids=["video", "card"])
def test_the_same_picture_without_the_controls_of_a_call(on: bool) -> None:
    pixels = call(3, [ALONE], on=on)
    pixels[ALONE.bottom + 20 :] = pixels[-1, 0]
    assert not find_layout(pixels).slots


def test_a_shared_screen_is_nobody() -> None:
    pixels = call(3, [ALONE], on=False)
    card = ALONE.of(pixels)
    card[40:52, 60:700] = card[90:100, 60:900] = np.array((250, 250, 250), np.uint8)
    assert not find_layout(pixels).slots


def test_cards_of_any_shape_in_a_call() -> None:
    boxes = [Box(16 + col * 420, 16 + row * 304, 408, 296) for row in range(2) for col in range(3)]
    pixels = call(4, boxes, on=False)
    assert matched(find_layout(pixels), boxes) == 6
    pixels[boxes[-1].bottom + 8 :] = pixels[-1, 0]
    assert not find_layout(pixels).slots
