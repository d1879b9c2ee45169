from __future__ import annotations

import pytest

from agent.layout import find_layout
from agent.values import Box
from tests.agent.layout.measure import matched
from tests.agent.layout.windows import call

GALLERY = [Box(152 + col * 492, 20 + row * 284, 484, 276) for row in range(2) for col in range(2)]
PAIR = [Box(16, 60, 620, 349), Box(644, 60, 620, 349)]
ALONE = [Box(106, 16, 1068, 600)]


@pytest.mark.parametrize(
    ("tiles", "floating"),
    [
        (GALLERY, Box(880, 450, 224, 126)),
        (GALLERY, Box(930, 36, 224, 126)),
        (GALLERY, Box(1030, 450, 224, 126)),
        (PAIR, Box(1040, 440, 224, 126)),
        (ALONE, Box(934, 474, 224, 126)),
    ],
    ids=["over a tile", "over the upper corner", "over a tile and the page", "below the tiles", "over one"],
)
def test_a_self_view_is_a_tile_of_its_own(tiles: list[Box], floating: Box) -> None:
    layout = find_layout(call(8, [*tiles, floating]))
    assert matched(layout, [*tiles, floating]) == len(tiles) + 1 == len(layout.slots)
    assert layout.slots[-1].box.iou(floating) >= 0.9
    places = [(slot.row, slot.col) for slot in layout.slots]
    assert len(set(places)) == len(places)
    assert places[-1] == max(places)


def test_no_self_view_without_the_controls_of_a_call() -> None:
    pixels = call(5, [*GALLERY, Box(880, 450, 224, 126)])
    pixels[600:] = pixels[-1, 0]
    assert len(find_layout(pixels).slots) == len(GALLERY)


def test_films_beside_a_gallery_are_no_self_view() -> None:
    pixels = call(7, [*PAIR, Box(1040, 440, 180, 101)])
    pixels[545:646, 1040:1220] = pixels[440:541, 1040:1220]
    assert len(find_layout(pixels).slots) == len(PAIR)
