from __future__ import annotations

from dataclasses import replace

import numpy as np

from agent.tracking.labels import describe
from agent.tracking.people import People
from agent.tracking.seats import Seat, text_gone
from agent.tracking.strokes import usual_zoom
from agent.values import Pixels
from tests.agent.tracking.drawing import Seen, draw, numbered, people, slots_for


def seated(pixels: Pixels, count: int) -> list[Seat]:
    """Seats whose labels were learnt from a picture."""
    known = People(numbered())
    seats = []
    for slot in slots_for(count):
        seat = Seat(slot, known.newcomer(0.0), 0.0)
        zoom = usual_zoom(slot.box, pixels.shape[0])
        seat.sit(seat.person, describe(pixels, slot, zoom), pixels, zoom, 1.0)
        seats.append(seat)
    return seats


def test_a_name_stays_while_the_video_behind_it_changes() -> None:
    seen = people(6)
    seats = seated(draw(seen), 6)
    assert all(seat.points is not None for seat in seats)
    moved = draw([replace(one, scene=one.scene + 50, shade=-15) for one in seen])
    assert not text_gone(moved, seats).any()


def test_names_that_change_or_go_are_seen() -> None:
    seen = people(6)
    seats = seated(draw(seen), 6)
    seen[1], seen[3] = replace(seen[1], name="Zoe Quist"), replace(seen[3], name="")
    assert text_gone(draw(seen), seats).tolist() == [False, True, False, True, False, False]


def test_a_seat_without_a_readable_name_has_nothing_to_check() -> None:
    seats = seated(draw([Seen("", 1), Seen("Ada Lovelace", 2)]), 2)
    assert seats[0].points is None
    assert not seats[0].person.labels
    assert text_gone(np.zeros((380, 640, 3), np.uint8), seats).tolist() == [False, True]
    assert text_gone(draw([]), []).tolist() == []
