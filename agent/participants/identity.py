"""Keeps each participant's id while tiles change places, pages turn and people come back.

While a slot's label stays the same, position decides. When a picture is cut or a label disappears, the labels
of all affected slots are assigned at once to the people known so far. Faces play no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.overlap import overlaps
from agent.participants.label_scale import LabelScale
from agent.participants.labels import SAME, Label, describe
from agent.participants.people import NewId, People, TrackedPerson, alike, random_id
from agent.participants.placement import (
    OTHER,
    PLAIN,
    choose_by_label,
    fill_by_place,
    fill_by_position,
    fill_in_order,
    least_likeness,
)
from agent.participants.slot_occupancy import SlotOccupancy, text_gone
from agent.values import Pixels, Slot

SURE = 0.85
"""Minimum correlation at which nobody else is considered for a slot that was not cut."""
STAYING = 0.05
"""Bonus in correlation for staying in place: it tells two people of the same name apart."""
ALONE = 0.1
"""The same for a cut picture when no other slot changed: then a camera went on or off, and hardly ever a
participant replaced another."""
DOUBT, LONG_DOUBT = 1.0, 3.0
"""Seconds during which a label that fits nobody is taken for covered (by a dialog or the pointer) if there
was no cut; the longer time applies where it resembles the label that was there."""
HALF_TILE = 5.0
"""Seconds during which a slot that appears while the layout is still being searched gets no participant. Must
exceed two searches on a busy machine: the layout may have changed again when the first one ends."""
CHECK_EVERY = 2.0
"""Seconds after which each label is compared in full, although its fast check says that it stayed."""
TURNED = 0.5
"""Share of cut tiles above which a page was turned."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Who gets a slot, the slot's label, and how much the label resembles what is known of them.

    ``cut``: the slot shows another picture than before, or is another slot.
    """

    person: TrackedPerson
    label: Label | None
    likeness: float = 1.0
    cut: bool = False


class Identity:
    """Gives each slot of a layout an id, frame after frame."""

    def __init__(self, new_id: NewId = random_id) -> None:
        self._people = People(new_id)
        self._occupancies: list[SlotOccupancy] = []
        self._clear = True
        self._scale = LabelScale()

    def update(
        self,
        pixels: Pixels,
        slots: Sequence[Slot],
        cuts: NDArray[np.bool_],
        time: float,
        *,
        clear: bool = True,
    ) -> tuple[str, ...]:
        """The id of each slot.

        ``cuts``, bool (N,): the slot's picture changed since the last frame. If the slot moved, it is
        compared with the old slot in the same row and column. While not ``clear``, something may cover the
        tiles, and no new participant is accepted.
        """
        self._clear = clear
        places = {occupancy.slot.box: occupancy for occupancy in self._occupancies}
        kept = {slot.box for slot in slots if slot.box in places}
        if slots and len(kept) == len(slots):
            # The same slots, or some of them: the others left or are covered.
            self._occupancies = [places[slot.box] for slot in slots]
            for occupancy, slot in zip(self._occupancies, slots, strict=True):
                occupancy.slot = slot
            self._follow(pixels, cuts, time)
        elif slots or self._occupancies:
            self._reassign(pixels, slots, cuts, time)
        for occupancy in self._occupancies:
            occupancy.person.seen = time
            occupancy.person.doubtful &= not clear and time - occupancy.person.since < HALF_TILE
        return tuple(occupancy.person.id for occupancy in self._occupancies)

    @property
    def doubtful(self) -> tuple[bool, ...]:
        """Which slots may hold nobody: they are new because a row moved and its layout is not found yet."""
        return tuple(occupancy.person.doubtful for occupancy in self._occupancies)

    @property
    def unproven(self) -> tuple[float | None, ...]:
        """When each slot's picture last changed without a label confirming its id since; otherwise None."""
        return tuple(occupancy.person.unproven for occupancy in self._occupancies)

    @property
    def unsettled(self) -> tuple[bool, ...]:
        """Which slots were cut while something may cover them, so that nobody can tell who is there."""
        return tuple(occupancy.unproven for occupancy in self._occupancies)

    def doubt(self, pixels: Pixels, changed: NDArray[np.bool_], time: float) -> None:
        """Note which of N slots came to show something else, bool (N,): only their labels prove ids now."""
        for index in np.flatnonzero(changed).tolist():
            occupancy = self._occupancies[index]
            label = self._describe(pixels, occupancy.slot)
            if label is None or alike([label], [occupancy.person])[0, 0] < SAME:
                occupancy.person.doubt(time)

    def shift(self, right: int, down: int) -> None:
        """Note that all slots, with everybody in them, were moved by so many pixels."""
        for occupancy in self._occupancies:
            occupancy.shift(right, down)

    def _describe(self, pixels: Pixels, slot: Slot) -> Label | None:
        return describe(pixels, slot, self._scale.value)

    def _follow(self, pixels: Pixels, cuts: NDArray[np.bool_], time: float) -> None:
        """Check those of the unchanged slots whose picture or label changed, or whose check is due."""
        if cuts.mean() > TURNED and not self._scale.settled:
            self._scale.fit(pixels, [occupancy.slot for occupancy in self._occupancies], self._people.known)
        asked = cuts | text_gone(pixels, self._occupancies)
        wanted = sorted({*np.flatnonzero(asked).tolist(), *self._due(time)})
        found = {index: self._describe(pixels, self._occupancies[index].slot) for index in wanted}
        reassigned = []
        for index, label in found.items():
            occupancy = self._occupancies[index]
            own = -1.0 if label is None else occupancy.person.unmoved(label)
            if own < SURE:
                own = float(alike([label], [occupancy.person])[0, 0])
            if own >= SURE or (own >= SAME and not asked[index]):
                occupancy.assign(occupancy.person, label, pixels, self._scale.value or 1.0, time)
                if cuts[index]:
                    occupancy.person.confirm(time)
            else:
                reassigned.append(index)
        if reassigned:
            self._move(pixels, found, reassigned, cuts, time)

    def _due(self, time: float) -> list[int]:
        """The slots whose full check is due, at most about a fifth of all at a time, and those in doubt."""
        doubted = [
            index
            for index, occupancy in enumerate(self._occupancies)
            if occupancy.doubted is not None or occupancy.unproven
        ]
        late = sorted(
            (occupancy.checked, index)
            for index, occupancy in enumerate(self._occupancies)
            if not 0 <= time - occupancy.checked < CHECK_EVERY
        )
        return doubted + [index for _, index in late[: len(self._occupancies) // 5 + 1]]

    def _move(
        self,
        pixels: Pixels,
        found: Mapping[int, Label | None],
        reassigned: Sequence[int],
        cuts: NDArray[np.bool_],
        time: float,
    ) -> None:
        """Decide by label who gets the slots in ``reassigned``: anybody who is in no other slot."""
        moved = [self._occupancies[index] for index in reassigned]
        staying = [one for index, one in enumerate(self._occupancies) if index not in reassigned]
        elsewhere = {id(occupancy.person) for occupancy in staying}
        people = [person for person in self._people.known if id(person) not in elsewhere]
        labels = [found[index] for index in reassigned]
        scores = self._scores(pixels, [occupancy.slot for occupancy in moved], labels, people)
        likeness = scores.copy()
        bonus = ALONE if len(moved) == 1 and cuts[reassigned[0]] else STAYING
        for row, occupancy in enumerate(moved):
            scores[row, people.index(occupancy.person)] += bonus
        chosen = choose_by_label(labels, scores)
        if self._clear:
            fill_in_order(chosen, labels, scores, people, [occupancy.person for occupancy in moved])
        taken = {id(people[column]) for column in chosen if column >= 0}
        turned = bool(cuts.mean() > TURNED)
        for row, (occupancy, label) in enumerate(zip(moved, labels, strict=True)):
            column, cut = chosen[row], bool(cuts[reassigned[row]])
            if column >= 0:
                given = Given(people[column], label, float(likeness[row, column]), cut)
                self._give(occupancy, given, pixels, time)
            elif id(occupancy.person) in taken or self._left(occupancy, label, cut, turned, time):
                newcomer = self._people.newcomer(time)
                newcomer.doubtful = not self._clear
                self._give(occupancy, Given(newcomer, label), pixels, time)
            else:
                occupancy.checked = time
                occupancy.keep(cut, self._clear, time)
        self._people.forget(occupancy.person for occupancy in self._occupancies)

    def _give(self, occupancy: SlotOccupancy, given: Given, pixels: Pixels, time: float) -> None:
        """Assign a slot; where the picture was cut, a label that hardly resembles theirs is not learnt."""
        is_other = given.cut or given.person is not occupancy.person
        is_learnt = given.likeness >= OTHER or not given.cut
        scale = self._scale.value or 1.0
        occupancy.assign(given.person, given.label if is_learnt else None, pixels, scale, time)
        if is_other and given.likeness < SAME:
            given.person.doubt(time)
        elif is_other:
            given.person.confirm(time)

    def _scores(
        self,
        pixels: Pixels,
        slots: Sequence[Slot],
        labels: Sequence[Label | None],
        people: Sequence[TrackedPerson],
    ) -> NDArray[np.float64]:
        """How alike the label of each slot (N) is to what is known of each person (M), -1..1.

        A person who was last seen, or first seen, while the text had another size is known only at that size.
        So labels that fit nobody are compared once more at the sizes that were right before.
        """
        scores = alike(labels, people)
        for scale in self._scale.others:
            rows = [row for row, label in enumerate(labels) if label and scores[row].max(initial=-1.0) < SAME]
            again = alike([describe(pixels, slots[row], scale) for row in rows], people)
            scores[rows] = np.where(again >= SURE, again, scores[rows])
        return scores

    def _left(
        self, occupancy: SlotOccupancy, label: Label | None, cut: bool, turned: bool, time: float
    ) -> bool:
        """Whether a slot whose label fits nobody has a new participant rather than a covered label."""
        if not self._clear:
            occupancy.doubted = None
            return False
        if cut and (label is not None or (turned and occupancy.person.labels)):
            return True
        if label is None:
            occupancy.doubted = None
            return False
        if not occupancy.person.labels:
            # A label that becomes readable for the first time belongs to the participant who was here.
            occupancy.person.learn(label)
            return False
        if label.contrast < PLAIN:
            occupancy.doubted = None
            return False
        if occupancy.doubted is None or time < occupancy.doubted:
            occupancy.doubted = time
        own = float(alike([label], [occupancy.person])[0, 0])
        return time - occupancy.doubted >= (DOUBT if own <= OTHER else LONG_DOUBT)

    def _reassign(self, pixels: Pixels, slots: Sequence[Slot], cuts: NDArray[np.bool_], time: float) -> None:
        """Assign every slot of another layout by label; unreadable ones by position and order."""
        before = [occupancy.person for occupancy in self._occupancies]
        people = self._people.known
        if slots:
            self._scale.fit(pixels, slots, people)
        labels = [self._describe(pixels, slot) for slot in slots]
        scores = self._scores(pixels, slots, labels, people)
        likeness = scores.copy()
        column_of = {id(person): column for column, person in enumerate(people)}
        staying = overlaps(
            [slot.box for slot in slots], [occupancy.slot.box for occupancy in self._occupancies]
        )
        scores[:, [column_of[id(person)] for person in before]] += STAYING * staying
        chosen = choose_by_label(labels, scores)
        fill_in_order(chosen, labels, scores, people, before)
        given = [people[column] if column >= 0 else None for column in chosen]
        if slots and cuts.mean() <= TURNED:
            own = [float(likeness[place, column_of[id(person)]]) for place, person in enumerate(before)]
            fill_by_place(given, before, labels, own, least_likeness(cuts, self._scale.settled))
        fill_by_position(given, slots, labels, [person for person in before if person not in given])
        self._occupancies = []
        for row, (slot, who, label) in enumerate(zip(slots, given, labels, strict=True)):
            occupancy = SlotOccupancy(slot, who or self._people.newcomer(time), time)
            # The first look at a gallery is never clear.
            occupancy.person.doubtful |= who is None and bool(before) and not self._clear
            # If something covers the tiles, or they moved on since their layout was requested, an unknown
            # name may be no name.
            seen = label if who or self._clear else None
            alike_own = 1.0 if who is None else float(likeness[row, column_of[id(who)]])
            self._give(occupancy, Given(occupancy.person, seen, alike_own, bool(cuts[row])), pixels, time)
            self._occupancies.append(occupancy)
        self._people.forget(occupancy.person for occupancy in self._occupancies)
