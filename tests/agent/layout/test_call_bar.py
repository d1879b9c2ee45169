from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout import find_layout
from agent.layout.call_bar import call_bars
from agent.values import Box, Pixels
from tests.agent.layout.windows import call

RED, GREY, WHITE = (234, 67, 53), (60, 64, 67), (255, 255, 255)
Colour = tuple[int, int, int]


def bar(colours: list[Colour], high: int, icon: int, wide: int | None = None) -> Pixels:
    """A dark page with a red button, ``high`` pixels, right of discs of these colours, ``icon`` pixels."""
    page = np.full((400, 900, 3), 32, np.uint8)
    for index, colour in enumerate(colours):
        cv2.circle(page, (200 + index * (icon + 14), 350), icon // 2, colour, -1, cv2.LINE_AA)
    left, wide = 200 + len(colours) * (icon + 14), wide or high
    button = Box(left, 350 - high // 2, wide, high)
    cv2.ellipse(page, (left + wide // 2, 350), (wide // 2, high // 2), 0, 0, 360, RED, -1, cv2.LINE_AA)
    cv2.circle(page, (left + wide // 2, 350), high // 6, WHITE, -1, cv2.LINE_AA)
    assert button.of(page).size
    return page


@pytest.mark.parametrize(
    ("wide", "icon"), [(40, 40), (60, 40), (120, 40), (64, 64)], ids=["disc", "pill", "word", "low pill"]
)
def test_a_red_button_beside_grey_icons(wide: int, icon: int) -> None:
    found = call_bars(bar([GREY] * 5, 40, icon, wide))
    assert len(found) == 1
    assert found[0].controls.left == pytest.approx(200 - icon // 2, abs=3)
    assert found[0].button.width == pytest.approx(wide, abs=4)


def test_the_controls_of_a_drawn_call() -> None:
    (found,) = call_bars(call(1, [Box(40, 20, 1200, 600)]))
    assert found.serves(Box(40, 20, 1200, 600))
    assert found.serves(Box(0, 20, 540, 300))
    assert not found.serves(Box(0, 20, 300, 170))


@pytest.mark.parametrize("seed", range(4))
def test_a_gallery_is_told_by_the_controls_beside_it(seed: int) -> None:
    tiles = [Box(152 + col * 492, 20 + row * 284, 484, 276) for row in range(2) for col in range(2)]
    pixels = call(seed, tiles, on=True)
    assert [slot.in_call for slot in find_layout(pixels).slots] == [True] * len(tiles)
    pixels[600:] = pixels[-1, 0]
    assert [slot.in_call for slot in find_layout(pixels).slots] == [False] * len(tiles)


@pytest.mark.parametrize(
    "page",
    [
        bar([GREY] * 5, 24, 24),
        bar([GREY] * 5, 40, 22),
        bar([(52, 168, 83), (66, 133, 244), (251, 188, 4), GREY], 48, 48),
        bar([GREY] * 2, 40, 40),
    ],
    ids=["a small disc", "an initial in a browser", "a dock", "two icons"],
)
def test_other_red_things(page: Pixels) -> None:
    assert call_bars(page) == []
