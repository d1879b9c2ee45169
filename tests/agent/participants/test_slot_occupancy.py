from __future__ import annotations

from dataclasses import replace

import numpy as np

from agent.participants.label_image import usual_scale
from agent.participants.labels import describe
from agent.participants.people import People
from agent.participants.slot_occupancy import SlotOccupancy, text_gone
from agent.values import Pixels
from tests.agent.tracking.drawing import Seen, draw, numbered, people, slots_for


def assigned(pixels: Pixels, count: int) -> list[SlotOccupancy]:
    """Seats whose labels were learnt from a picture."""
    known = People(numbered())
    occupancies = []
    for slot in slots_for(count):
        occupancy = SlotOccupancy(slot, known.newcomer(0.0), 0.0)
        scale = usual_scale(slot.box, pixels.shape[0])
        occupancy.assign(occupancy.person, describe(pixels, slot, scale), pixels, scale, 1.0)
        occupancies.append(occupancy)
    return occupancies


def test_a_name_stays_while_the_video_behind_it_changes() -> None:
    seen = people(6)
    occupancies = assigned(draw(seen), 6)
    assert all(occupancy.points is not None for occupancy in occupancies)
    moved = draw([replace(one, scene=one.scene + 50, shade=-15) for one in seen])
    assert not text_gone(moved, occupancies).any()


def test_names_that_change_or_go_are_seen() -> None:
    seen = people(6)
    occupancies = assigned(draw(seen), 6)
    seen[1], seen[3] = replace(seen[1], name="Zoe Quist"), replace(seen[3], name="")
    assert text_gone(draw(seen), occupancies).tolist() == [False, True, False, True, False, False]


def test_a_seat_without_a_readable_name_has_nothing_to_check() -> None:
    occupancies = assigned(draw([Seen("", 1), Seen("Ada Lovelace", 2)]), 2)
    assert occupancies[0].points is None
    assert not occupancies[0].person.labels
    assert text_gone(np.zeros((380, 640, 3), np.uint8), occupancies).tolist() == [False, True]
    assert text_gone(draw([]), []).tolist() == []
