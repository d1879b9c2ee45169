from __future__ import annotations

from dataclasses import replace

import cv2
import pytest

from agent.layout import find_layout
from agent.layout.lattice import Lattice
from agent.layout.speaker_view import placed
from agent.values import Box
from tests.agent.layout.measure import matched
from tests.agent.layout.windows import call, staged

WHERE = ("above", "below", "left", "right")
GREEN, GREY = (35, 217, 103), (90, 90, 90)


@pytest.mark.parametrize(
    ("seed", "where"),
    [(2, "above"), (3, "below"), (5, "left"), (8, "right"), (3, "right"), (5, "above")],
    ids=[
        "of two above",
        "of five below",
        "left of a phone",
        "of four, right",
        "of five, right",
        "above a phone",
    ],
)
def test_a_large_speaker_beside_a_strip(seed: int, where: str) -> None:
    pixels, boxes = staged(seed, where, shared=False)
    layout = find_layout(pixels)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)
    assert max(layout.slots, key=lambda slot: slot.box.area).camera_on


def test_a_button_that_sticks_out_of_a_bordered_speaker() -> None:
    pixels, boxes = staged(2, "above", shared=False)
    stage = boxes[-1]
    cv2.rectangle(pixels, (stage.left + 1, stage.top + 1), (stage.right - 2, stage.bottom - 2), GREEN, 3)
    pixels[stage.top - 4 : stage.top, stage.right - 90 : stage.right - 30] = GREY
    layout = find_layout(pixels)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)
    assert max(slot.box.iou(stage) for slot in layout.slots) >= 0.995


def test_a_large_speaker_in_a_low_window() -> None:
    pixels, boxes = staged(2, "above", shared=False, shape=3.2)
    layout = find_layout(pixels)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)


@pytest.mark.parametrize(
    ("seed", "where"), list(enumerate(WHERE)), ids=["a slide", "a document", "a spreadsheet", "a calendar"]
)
def test_a_shared_screen_beside_a_strip_is_nobody(seed: int, where: str) -> None:
    pixels, boxes = staged(seed, where, shared=True)
    layout = find_layout(pixels)
    assert matched(layout, boxes) == len(boxes) - 1 == len(layout.slots)


def test_a_large_card_beside_a_strip_in_a_call() -> None:
    boxes = [Box(16 + index * 216, 16, 208, 117) for index in range(4)] + [Box(212, 147, 856, 482)]
    pixels = call(6, boxes)
    boxes[-1].of(pixels)[:] = boxes[-1].of(call(6, boxes, on=False))
    layout = find_layout(pixels)
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)
    assert [slot.camera_on for slot in layout.slots] == [True] * 4 + [False]
    pixels[650:] = pixels[-1, 0]
    assert len(find_layout(pixels).slots) == 4


@pytest.mark.parametrize("left", [60, 960], ids=["left", "right"])
def test_a_large_speaker_beside_two_columns(left: int) -> None:
    strip = [Box(left + 132 * col, 40 + 78 * row, 124, 70) for row in range(3) for col in range(2)]
    boxes = [*strip[:5], Box(340 if left == 60 else 60, 40, 880, 495)]
    layout = find_layout(call(6, boxes))
    assert matched(layout, boxes) == len(boxes) == len(layout.slots)


FIRST, SECOND = Box(100, 60, 80, 45), Box(188, 60, 80, 45)
ROW = Lattice(((FIRST, SECOND),), (8, 8), (True, False))
COLUMN = Lattice(((FIRST,), (FIRST.shifted(0, 53),)), (8, 8), (True, False))
PAIRS = Lattice(((FIRST, SECOND), (FIRST.shifted(0, 53),)), (8, 8), (True, False, False))


@pytest.mark.parametrize(
    ("strip", "stage", "places"),
    [
        (ROW, Box(20, 120, 320, 180), [(0, 0), (0, 1), (1, 0)]),
        (ROW, Box(20, 0, 320, 50), [(0, 0), (1, 0), (1, 1)]),
        (COLUMN, Box(200, 0, 320, 180), [(0, 0), (1, 0), (0, 1)]),
        (COLUMN, Box(0, 0, 90, 180), [(0, 0), (0, 1), (1, 1)]),
        (PAIRS, Box(280, 0, 320, 180), [(0, 0), (0, 1), (1, 0), (0, 2)]),
        (PAIRS, Box(0, 0, 90, 180), [(0, 0), (0, 1), (0, 2), (1, 1)]),
        (PAIRS, Box(20, 180, 320, 180), [(0, 0), (0, 1), (1, 0), (2, 0)]),
    ],
    ids=["below", "above", "right", "left", "right of pairs", "left of pairs", "below pairs"],
)
def test_a_stage_has_a_place_of_its_own(strip: Lattice, stage: Box, places: list[tuple[int, int]]) -> None:
    tiles = placed(replace(strip, stage=stage))
    assert [place for _, place, _ in tiles] == places
    assert [box for box, _, _ in tiles if box not in strip.boxes] == [stage]
    assert [named for box, _, named in tiles if box in strip.boxes] == list(strip.named)
