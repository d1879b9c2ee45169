"""Who gets a place whose label does not say it, and that such an id is known to be in doubt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agent.participants.identity import Identity
from agent.participants.labels import Label
from agent.participants.people import TrackedPerson
from agent.participants.placement import fill_by_place, least_likeness
from agent.tracking import GalleryTracker
from agent.values import Frame, Tile
from tests.agent.tracking.drawing import (
    Found,
    Seen,
    draw,
    enlarged,
    frame,
    numbered,
    people,
    resized,
    slots_for,
    writing,
)

PLAIN_LABEL = Label(writing("Zoe Quist", 6))
FAINT_LABEL = Label(writing("Zoe Quist", 6) / np.float32(4))


@pytest.mark.parametrize(
    ("label", "own", "cut", "settled", "stays"),
    [
        (PLAIN_LABEL, 0.3, True, True, False),
        (PLAIN_LABEL, 0.3, False, True, False),
        (PLAIN_LABEL, 0.6, False, True, True),
        # The picture is another, too.
        (PLAIN_LABEL, 0.6, True, True, False),
        # Of text of a size that is not known nobody's name can be told.
        (PLAIN_LABEL, 0.3, False, False, True),
        (PLAIN_LABEL, 0.3, True, False, False),
        (FAINT_LABEL, 0.3, True, True, True),
        (None, -1.0, True, True, True),
    ],
)
def test_a_place_with_the_plain_label_of_another_is_not_given_by_place(
    label: Label | None, own: float, cut: bool, settled: bool, stays: bool
) -> None:
    who = TrackedPerson("t1", 0.0, 0.0)
    given: list[TrackedPerson | None] = [None]
    fill_by_place(given, [who], [label], [own], least_likeness(np.array([cut]), settled))
    assert (given[0] is who) is stays


def in_a_resized_window(before: list[Seen], after: list[Seen]) -> tuple[tuple[Tile, ...], tuple[Tile, ...]]:
    """The tiles of a window, and two seconds after it became larger and others were in it."""
    found = Found(slots_for(len(before)))
    tracker = GalleryTracker(found, numbered())
    first = [tracker.update(Frame(resized(before, 1.0), step * 0.2, 0.0)) for step in range(10)][-1]
    found.slots = enlarged(slots_for(len(after)), 1.3)
    second = [tracker.update(Frame(resized(after, 1.3), 2.0 + step * 0.2, 0.0)) for step in range(10)][-1]
    return first, second


def test_somebody_new_in_the_frame_in_which_a_window_is_resized_is_somebody_new() -> None:
    seen = people()
    first, second = in_a_resized_window(seen, [*seen[:8], Seen("Zoe Quist", 70)])
    assert [tile.id for tile in second[:8]] == [tile.id for tile in first[:8]]
    assert second[8].id not in {tile.id for tile in first}


def test_an_id_that_is_kept_for_its_place_in_a_resized_window_is_unproven_where_the_picture_is_another() -> (
    None
):
    seen = people()
    nameless = [*seen[:7], *(replace(one, name="") for one in seen[7:])]
    first, second = in_a_resized_window(nameless, [*nameless[:8], Seen("", 70)])
    assert [tile.id for tile in second] == [tile.id for tile in first]
    assert [tile.unproven for tile in first] == [None] * 9
    assert [tile.unproven for tile in second] == [*[None] * 8, 2.0]


def test_an_id_is_unproven_where_a_picture_is_cut_and_no_label_shows() -> None:
    seen = people(6)
    tracker = GalleryTracker(Found(slots_for(6)), numbered())
    for step in range(10):
        before = tracker.update(frame(seen, step * 0.2))
    # A camera that goes off is not in doubt while the label stays, nor is a label that only hides.
    seen[1], seen[2] = replace(seen[1], on=False), replace(seen[2], name="")
    for step in range(10):
        tiles = tracker.update(frame(seen, 2.0 + step * 0.2))
    assert [tile.unproven for tile in tiles] == [None] * 6
    seen[3] = replace(seen[3], name="", on=False)
    for step in range(10):
        tiles = tracker.update(frame(seen, 4.0 + step * 0.2))
    assert [tile.id for tile in tiles] == [tile.id for tile in before]
    assert [tile.unproven for tile in tiles] == [None, None, None, 4.0, None, None]


def test_an_id_under_something_is_in_doubt_only_if_no_label_shows_when_it_is_gone() -> None:
    seen, slots, none = people(4), slots_for(4), np.zeros(4, np.bool_)
    known = Identity(numbered())
    for step in range(5):
        known.update(draw(seen), slots, none, step * 0.2)
    covered, cuts = draw(seen), np.array([True, True, False, False])
    for slot in slots[:2]:
        slot.box.of(covered)[:] = 128
    known.update(covered, slots, cuts, 1.0, clear=False)
    assert not any(known.unproven)
    known.update(draw([seen[0], replace(seen[1], name="", on=False), *seen[2:]]), slots, cuts, 1.2)
    assert known.unproven == (None, 1.2, None, None)
