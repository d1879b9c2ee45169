from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.tracking.labels import describe
from agent.tracking.people import People
from agent.tracking.zoom import Zoom
from agent.values import Box, Slot
from tests.agent.tracking.drawing import draw, people, slots_for


@pytest.mark.parametrize("factor", [1.0, 1.4, 0.8])
def test_known_names_tell_how_much_larger_the_text_has_become(factor: float) -> None:
    pixels, zoom, known = draw(people()), Zoom(), People()
    first = zoom.fit(pixels, slots_for(9), known.known)
    for slot in slots_for(9):
        label = describe(pixels, slot, first)
        assert label is not None
        known.newcomer(0.0).learn(label)
    resized = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    larger = np.asarray(resized, np.uint8)
    slots = []
    for slot in slots_for(9):
        box = slot.box
        left, top = round(box.left * factor), round(box.top * factor)
        scaled = Box(left, top, round(box.width * factor), round(box.height * factor))
        slots.append(Slot(scaled, slot.row, slot.col, scaled, True))
    assert zoom.fit(larger, slots, known.known) * factor == pytest.approx(first, rel=0.04)


def test_with_nobody_known_in_sight_nothing_is_concluded() -> None:
    pixels, zoom, known = draw(people(5)), Zoom(), People()
    first = zoom.fit(pixels, slots_for(5), known.known)
    for slot in slots_for(3):
        label = describe(pixels, slot, first)
        assert label is not None
        known.newcomer(0.0).learn(label)
    strangers = [slot.box for slot in slots_for(5)[3:]]
    slots = [
        Slot(Box(box.left, box.top, box.width, box.height - 1), 0, n, box, True)
        for n, box in enumerate(strangers)
    ]
    assert zoom.fit(pixels, slots, known.known) == first
