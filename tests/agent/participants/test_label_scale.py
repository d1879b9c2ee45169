from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.participants.label_scale import LabelScale
from agent.participants.labels import Label, describe
from agent.participants.people import People
from agent.values import Box, Slot
from tests.agent.tracking.drawing import draw, enlarged, people, slots_for, writing


@pytest.mark.parametrize(("factor", "others"), [(1.0, 0), (1.4, 0), (2.4, 0), (0.8, 40)])
def test_known_names_tell_how_much_larger_the_text_has_become(factor: float, others: int) -> None:
    pixels, scale, known = draw(people()), LabelScale(), People()
    first = scale.fit(pixels, slots_for(9), known.known)
    for slot in slots_for(9):
        label = describe(pixels, slot, first)
        assert label is not None
        known.newcomer(0.0).learn(label)
    for index in range(others):
        known.newcomer(0.0).learn(Label(writing(f"{index} Somebody Else", 4)))
    resized = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    larger = np.asarray(resized, np.uint8)
    slots = enlarged(slots_for(9), factor)
    assert scale.fit(larger, slots, known.known) * factor == pytest.approx(first, rel=0.04)


def test_with_nobody_known_in_sight_nothing_is_concluded() -> None:
    pixels, scale, known = draw(people(5)), LabelScale(), People()
    first = scale.fit(pixels, slots_for(5), known.known)
    for slot in slots_for(3):
        label = describe(pixels, slot, first)
        assert label is not None
        known.newcomer(0.0).learn(label)
    strangers = [slot.box for slot in slots_for(5)[3:]]
    slots = [
        Slot(Box(box.left, box.top, box.width, box.height - 1), 0, n, box, True)
        for n, box in enumerate(strangers)
    ]
    assert scale.fit(pixels, slots, known.known) == first
