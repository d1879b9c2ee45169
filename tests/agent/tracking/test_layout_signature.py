from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from agent.tracking.layout_signature import empty, make_signature, page_holds, standing_tiles, without_tiles
from agent.values import Box, Layout, Pixels
from tests.agent.tracking.drawing import PAGE, Seen, draw, people, slots_for

LAYOUT = Layout(640, 380, slots_for(9))


def drawn(seen: list[Seen]) -> Pixels:
    return draw(seen)


def test_everything_stands_however_much_moves_inside() -> None:
    signature = make_signature(drawn(people()), LAYOUT)
    moved = drawn([replace(one, scene=one.scene + 100, shade=-20) for one in people()])
    assert standing_tiles(moved, signature).all()
    assert page_holds(moved, signature)


@pytest.mark.parametrize("width", [2, 6])
def test_a_speaker_s_frame_around_a_tile_is_not_its_end(width: int) -> None:
    pixels = drawn(people())
    signature = make_signature(pixels, LAYOUT)
    box = LAYOUT.slots[4].box
    cv2.rectangle(
        pixels,
        (box.left - width // 2, box.top - width // 2),
        (box.right + width // 2, box.bottom + width // 2),
        (120, 220, 60),
        width,
    )
    assert standing_tiles(pixels, signature).all()


def test_a_larger_tile_ends_those_beneath_it() -> None:
    pixels = drawn(people())
    signature = make_signature(pixels, LAYOUT)
    noise = np.random.default_rng(1).integers(40, 200, (40, 64, 3)).astype(np.uint8)
    pixels[:250, :420] = cv2.resize(noise, (420, 250))
    assert standing_tiles(pixels, signature).tolist() == [False, False, True] * 2 + [True] * 3
    assert not page_holds(pixels, signature)


def test_a_row_that_moved_along_by_half_a_tile_stands_no_longer() -> None:
    """As the last row does when somebody comes or leaves: its tiles keep their upper and lower sides."""
    seen = people()[:8]
    layout = Layout(640, 380, slots_for(8))
    signature = make_signature(draw(seen), layout)
    later = draw(seen)
    later[242:] = PAGE
    for slot in layout.slots[6:]:
        slot.box.shifted(100, 0).of(later)[:] = slot.box.of(draw(seen))
    # Left of the first is page as before, and in its left part, too.
    assert standing_tiles(later, signature).tolist() == [True] * 6 + [False] * 2


@pytest.mark.parametrize("index", range(9))
def test_a_speaker_s_frame_at_the_border_of_the_picture_is_not_its_end(index: int) -> None:
    pixels = drawn(people())[10:360, 10:604]
    slots = tuple(replace(slot, box=slot.box.shifted(-10, -10)) for slot in slots_for(9))
    signature = make_signature(pixels, Layout(pixels.shape[1], pixels.shape[0], slots))
    box = slots[index].box
    framed = pixels.copy()
    cv2.rectangle(framed, (box.left - 3, box.top - 3), (box.right + 3, box.bottom + 3), (120, 220, 60), 6)
    assert standing_tiles(framed, signature)[index]


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_page_is_what_is_around_the_tiles_not_the_desktop_around_their_window(share: float) -> None:
    seen = people()
    height, width = draw(seen).shape[:2]
    screen = np.full((round(height / share), round(width / share), 3), (58, 84, 104), np.uint8)
    screen[:height, :width] = draw(seen)
    layout = Layout(screen.shape[1], screen.shape[0], slots_for(9))
    signature = make_signature(screen, layout)
    assert tuple(signature.colour) == PAGE
    assert signature.paged.all()
    slots_for(9)[8].box.of(screen)[:] = PAGE
    assert standing_tiles(screen, signature).tolist() == [True] * 8 + [False]


def test_a_tile_that_became_page_is_gone_and_empty() -> None:
    pixels = drawn(people())
    signature = make_signature(pixels, LAYOUT)
    box = LAYOUT.slots[8].box
    box.of(pixels)[:] = PAGE
    assert np.flatnonzero(~standing_tiles(pixels, signature)).tolist() == [8]
    assert empty(pixels, box, signature.colour)
    assert not empty(pixels, LAYOUT.slots[0].box, signature.colour)
    left = without_tiles(signature, np.arange(9) == 8)
    assert standing_tiles(pixels, left).tolist() == [True] * 8


def test_touching_tiles_without_any_page_are_told_by_their_edges() -> None:
    rng = np.random.default_rng(2)
    boxes = [Box(col * 100, row * 60, 100, 60) for row in range(3) for col in range(3)]
    pixels = np.zeros((180, 300, 3), np.uint8)
    for box in boxes:
        box.of(pixels)[:] = rng.integers(30, 220, 3)
    slots = tuple(replace(LAYOUT.slots[0], box=box) for box in boxes)
    signature = make_signature(pixels, Layout(300, 180, slots))
    assert standing_tiles(pixels, signature).all()
    pixels[:] = pixels[0, 0]
    assert not standing_tiles(pixels, signature).any()
    assert page_holds(pixels, signature)
