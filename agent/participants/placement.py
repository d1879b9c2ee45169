"""Decides who gets a slot: by its label, otherwise by the tiles' order or by the slot itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.participants.assignment import assign
from agent.participants.labels import SAME, Label
from agent.participants.people import TrackedPerson
from agent.participants.reading_order import FOREIGN, UNKNOWN, fill_by_order
from agent.values import Slot

PLAIN, OTHER = 90.0, 0.5
"""Minimum contrast and maximum correlation of a label that is plainly another participant's. The same name
falls to 0.6 over a busy picture, and over a white one to 0.3 with a contrast of 60; different names mostly
have 0.4 to 0.5."""


def fill_in_order(
    chosen: list[int],
    labels: Sequence[Label | None],
    scores: NDArray[np.float64],
    people: Sequence[TrackedPerson],
    before: Sequence[TrackedPerson],
) -> None:
    """Assign slots whose label fits nobody, such as white text on a white wall, by the order of the tiles.

    ``chosen`` has for each slot the column of its person, or -1, and is changed in place.
    """
    former = {id(person): place for place, person in enumerate(before)}
    given = [former.get(id(people[column]), FOREIGN) if column >= 0 else UNKNOWN for column in chosen]
    columns = {id(person): column for column, person in enumerate(people)}
    for row, place in enumerate(fill_by_order(given, len(before))):
        if chosen[row] >= 0 or place < 0:
            continue
        label, column = labels[row], columns[id(before[place])]
        if label is None or label.contrast < PLAIN or scores[row, column] >= OTHER:
            chosen[row] = column


def fill_by_place(
    given: list[TrackedPerson | None],
    before: Sequence[TrackedPerson],
    labels: Sequence[Label | None],
    own: Sequence[float],
    least: NDArray[np.float64],
) -> None:
    """Fill the slots of a page that was resized, not turned, with those who had them.

    In a window that shrinks far, names cannot be told apart; where no names are shown, they never could be.

    ``own`` (N,) is how alike each slot's label is to what is known of the participant who had the slot.
    ``least`` (N,) is the minimum of that for a plain label; with less it is another participant's.
    """
    taken = {id(person) for person in given if person is not None}
    for place, person in enumerate(before):
        label = labels[place]
        is_others = label is not None and label.contrast >= PLAIN and own[place] < least[place]
        if given[place] is None and id(person) not in taken and not is_others:
            given[place] = person


def least_likeness(cuts: NDArray[np.bool_], settled: bool) -> NDArray[np.float64]:
    """How alike each plain label must at least be to that of the slot's participant, (N,).

    ``cuts`` (N,): the slot's picture changed. Not ``settled``: the text may have another size than that of
    the known labels, so that no name can be recognised.
    """
    return np.where(cuts, SAME, OTHER) if settled else np.where(cuts, OTHER, -1.0)


def fill_by_position(
    given: list[TrackedPerson | None],
    slots: Sequence[Slot],
    labels: Sequence[Label | None],
    left: Sequence[TrackedPerson],
) -> None:
    """Fill the slots without a readable label with the participants without one who were there before."""
    nameless = [person for person in left if not person.labels]
    for row, slot in enumerate(slots):
        if given[row] is not None or labels[row] is not None:
            continue
        near = [
            person
            for person in nameless
            if person.last_box is not None and person.last_box.iou(slot.box) >= 0.5
        ]
        if near:
            given[row] = near[0]
            nameless.remove(near[0])


def choose_by_label(labels: Sequence[Label | None], scores: NDArray[np.float64]) -> list[int]:
    """For each label the column of the person it belongs to, or -1."""
    readable = np.array([label is not None for label in labels], np.bool_)
    possible = np.where(readable[:, None] & (scores >= SAME), scores, -10.0)
    return assign(possible, SAME - 0.01)
