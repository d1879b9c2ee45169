"""Ids that stay with a participant while tiles change places, pages turn and people come back.

While a place's label stays what it was, position decides. When a picture is cut or a label goes, the labels
of all places in question are given to the people known so far, all at once. Faces play no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.tracking.assignment import assign
from agent.tracking.labels import (
    ROWS,
    Label,
    Strokes,
    describe,
    region,
    similarity,
    transform,
    usual_zoom,
)
from agent.values import Box, Pixels, Slot

SAME = 0.7
"""Correlation from which two labels are the same name: other names reach 0.68, the same over another video
0.83 or more."""
SURE = 0.85
"""Correlation from which nobody else need be considered for a place that was not cut."""
STAYING = 0.05
"""What staying in place counts beside correlation: it tells two people of one name apart."""
ALONE = 0.15
"""The same when no other place changed: then a camera went on or off, hardly ever a participant."""
DOUBT = 1.0
"""Seconds for which a label that fits nobody is taken for covered (a dialog, the pointer), without a cut."""
CHECK_EVERY = 1.0
"""Seconds after which each label is compared in full, although its cheap check says that it stayed."""
SHORT_STAY = 0.6
"""People seen for less than this many seconds are not remembered: half-turned pages look like some."""
REMEMBERED = 300
LEARNING = 0.25
POINTS = 40
POINT_LEVELS = 36
POINTS_STAY = 0.7


@dataclass(slots=True, eq=False)
class Person:
    """One participant of this session; ``labels`` holds the strokes learnt, camera on and off apart."""

    id: str
    since: float
    seen: float
    order: int
    labels: dict[bool, Strokes] = field(default_factory=dict)
    seat: Box | None = None


@dataclass(slots=True, eq=False)
class Seat:
    """A place of the gallery, who has it, and the pixels by which his or her name is checked cheaply."""

    slot: Slot
    person: Person
    checked: float
    points: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None
    colours: NDArray[np.int16] | None = None
    doubted: float | None = None


class Identity:
    """Gives each slot of a layout an id, frame after frame."""

    def __init__(self) -> None:
        self._people: list[Person] = []
        self._seats: list[Seat] = []
        self._count = 0
        self._clear = True
        self._zoom: float | None = None
        self._zooms: dict[tuple[int, int], float] = {}

    def update(
        self,
        pixels: Pixels,
        slots: Sequence[Slot],
        cuts: NDArray[np.bool_],
        time: float,
        *,
        clear: bool = True,
    ) -> tuple[str, ...]:
        """The id of each slot. ``cuts`` (N,) says which slots show another picture than the frame before.

        While not ``clear`` something may lie over the tiles, and nobody new is believed in.
        """
        self._clear = clear
        places = {seat.slot.box: seat for seat in self._seats}
        kept = {slot.box for slot in slots if slot.box in places}
        if slots and len(kept) == len(slots):
            # The same places, or some of them: the others left or lie under something.
            self._seats = [places[slot.box] for slot in slots]
            for seat, slot in zip(self._seats, slots, strict=True):
                seat.slot = slot
            self._follow(pixels, cuts, time)
        elif slots or self._seats:
            self._reseat(pixels, slots, time)
        for seat in self._seats:
            seat.person.seen = time
        return tuple(seat.person.id for seat in self._seats)

    def _follow(self, pixels: Pixels, cuts: NDArray[np.bool_], time: float) -> None:
        """The same places as before: look at those whose picture or label changed, or whose check is due."""
        gone = self._text_gone(pixels)
        due = self._due(time)
        wanted = [index for index in range(len(self._seats)) if cuts[index] or gone[index] or index in due]
        if not wanted:
            return
        found = {index: describe(pixels, self._seats[index].slot.box, self._zoom or 1.0) for index in wanted}
        movers = []
        for index, label in found.items():
            seat = self._seats[index]
            own = self._likeness([label], [seat.person])[0, 0]
            if own >= SURE or (own >= SAME and not cuts[index] and not gone[index]):
                self._learn(seat, label, pixels, time)
            else:
                movers.append(index)
        if movers:
            self._move(pixels, found, movers, cuts, time)

    def _due(self, time: float) -> set[int]:
        """The seats whose full check is due, at most a fifth of all at a time."""
        late = [
            (seat.checked, index)
            for index, seat in enumerate(self._seats)
            if not 0 <= time - seat.checked < CHECK_EVERY
        ]
        return {index for _, index in sorted(late)[: len(self._seats) // 5 + 1]}

    def _move(
        self, pixels: Pixels, found: dict[int, Label], movers: list[int], cuts: NDArray[np.bool_], time: float
    ) -> None:
        """Decide who has the seats in ``movers``: their labels against everybody not seated elsewhere."""
        seated = {id(seat.person) for index, seat in enumerate(self._seats) if index not in movers}
        people = [person for person in self._people if id(person) not in seated]
        labels = [found[index] for index in movers]
        scores = self._likeness(labels, people)
        staying = STAYING if len(movers) > 1 else ALONE
        for row, index in enumerate(movers):
            scores[row, people.index(self._seats[index].person)] += staying
        chosen = _choose(labels, scores)
        taken = {id(people[column]) for column in chosen if column >= 0}
        turned = cuts.mean() > 0.5
        for row, index in enumerate(movers):
            seat, label = self._seats[index], labels[row]
            if chosen[row] >= 0:
                self._sit(seat, people[chosen[row]], label, pixels, time)
            elif id(seat.person) in taken or self._left(seat, label, bool(cuts[index]), turned, time):
                self._sit(seat, self._newcomer(time), label, pixels, time)
        self._forget()

    def _left(self, seat: Seat, label: Label, cut: bool, turned: bool, time: float) -> bool:
        """Whether a seat whose label fits nobody has a new participant, rather than a covered label."""
        if not self._clear:
            seat.doubted = None
            return False
        if cut and (label.readable or (turned and seat.person.labels)):
            return True
        if not label.readable:
            seat.doubted = None
            return False
        if not seat.person.labels:
            # A label that can be read for the first time belongs to whoever was here.
            seat.person.labels[seat.slot.camera_on] = label.strokes
            return False
        if seat.doubted is None or time < seat.doubted:
            seat.doubted = time
        return time - seat.doubted >= DOUBT

    def _reseat(self, pixels: Pixels, slots: Sequence[Slot], time: float) -> None:
        """Another layout: give every place by label, the ones that cannot be read by position and order."""
        before = [seat.person for seat in self._seats]
        if slots:
            self._zoom = self._fit_zoom(pixels, slots)
        labels = [describe(pixels, slot.box, self._zoom or 1.0) for slot in slots]
        scores = self._likeness(labels, self._people)
        for row, slot in enumerate(slots):
            for column, person in enumerate(self._people):
                if person.seat is not None and any(person is other for other in before):
                    scores[row, column] += STAYING * person.seat.iou(slot.box)
        chosen = _choose(labels, scores)
        given: list[Person | None] = [self._people[column] if column >= 0 else None for column in chosen]
        self._by_position(given, slots, labels, [person for person in before if person not in given])
        self._seats = []
        for slot, who, label in zip(slots, given, labels, strict=True):
            person = who or self._newcomer(time)
            seat = Seat(slot, person, time)
            self._seats.append(seat)
            self._sit(seat, person, label, pixels, time)
        self._forget()

    @staticmethod
    def _by_position(
        given: list[Person | None], slots: Sequence[Slot], labels: Sequence[Label], left: list[Person]
    ) -> None:
        """Fill the places without a readable label with people who had none either, where they were."""
        nameless = [person for person in left if not person.labels]
        for row, slot in enumerate(slots):
            if given[row] is not None or labels[row].readable:
                continue
            near = [
                person for person in nameless if person.seat is not None and person.seat.iou(slot.box) >= 0.5
            ]
            best = near[0] if near else None
            if best is not None:
                given[row] = best
                nameless.remove(best)

    def _fit_zoom(self, pixels: Pixels, slots: Sequence[Slot]) -> float:
        """How much to enlarge labels in tiles of this size, so that a name is as large as it ever was.

        Programs keep the size of their text or scale it with the tile: what makes known names match is right.
        """
        box = slots[0].box
        size = (box.width, box.height)
        known = [person for person in self._people if person.labels][-30:]
        if size in self._zooms:
            return self._zooms[size]
        if not known:
            return self._zooms.setdefault(size, self._zoom or usual_zoom(box, pixels.shape[0]))
        some = slots[:: max(len(slots) // 5, 1)][:5]

        theirs = transform(np.stack([strokes for person in known for strokes in person.labels.values()]))

        def fit(zoom: float) -> float:
            ours = transform(np.stack([describe(pixels, slot.box, zoom).strokes for slot in some]))
            best = similarity(ours, theirs, 1).max(axis=1)
            return float(np.sort(best)[-max(len(best) // 2, 1) :].mean())

        kept = self._zoom or usual_zoom(box, pixels.shape[0])
        if fit(kept) >= SURE:
            return self._zooms.setdefault(size, kept)
        rough = max((kept * step for step in np.geomspace(0.5, 2.0, 24)), key=fit)
        fine = max((rough * step for step in (0.97, 0.985, 1.0, 1.015, 1.03)), key=fit)
        if fit(fine) < SAME + 0.05:
            # Nobody known is here: the sizes cannot be compared now, perhaps another time.
            return kept
        return self._zooms.setdefault(size, fine)

    def _likeness(
        self, labels: Sequence[Label], people: Sequence[Person], slack: int = 2
    ) -> NDArray[np.float64]:
        """How alike each label (N) is to what is known of each person (M), -1..1; -1 where nothing is."""
        scores = np.full((len(labels), len(people)), -1.0)
        known = [(column, strokes) for column, who in enumerate(people) for strokes in who.labels.values()]
        if not known or not labels:
            return scores
        ours = transform(np.stack([label.strokes for label in labels]))
        theirs = transform(np.stack([strokes for _, strokes in known]))
        alike = similarity(ours, theirs, slack)
        for index, (column, _) in enumerate(known):
            scores[:, column] = np.maximum(scores[:, column], alike[:, index])
        return scores

    def _sit(self, seat: Seat, person: Person, label: Label, pixels: Pixels, time: float) -> None:
        seat.person = person
        self._learn(seat, label, pixels, time)

    def _learn(self, seat: Seat, label: Label, pixels: Pixels, time: float) -> None:
        """Note a label that was recognised: what stays of it over time is text, what moves is video."""
        person = seat.person
        person.seat, seat.checked, seat.doubted = seat.slot.box, time, None
        seat.points, seat.colours = None, None
        if not label.readable:
            return
        old = person.labels.get(seat.slot.camera_on)
        # A text that moved (the microphone came or went) must not be blended with where it was.
        still = old is not None and float((old * label.strokes).sum()) >= SAME
        blend = (
            (1 - LEARNING) * old + LEARNING * label.strokes if still and old is not None else label.strokes
        )
        norm = float(np.linalg.norm(blend))
        person.labels[seat.slot.camera_on] = np.asarray(blend / norm if norm else blend, np.float32)
        self._mark_text(seat, label, person.labels[seat.slot.camera_on], pixels)

    def _mark_text(self, seat: Seat, label: Label, strokes: Strokes, pixels: Pixels) -> None:
        """Choose the pixels of the frame that are most surely text, and note their colours."""
        weight = label.raw * np.maximum(strokes, 0)
        strongest = np.argsort(weight, axis=None)[-POINTS:]
        ys, xs = np.unravel_index(strongest, weight.shape)
        part = region(seat.slot.box, pixels.shape[0]).clipped(pixels.shape[1], pixels.shape[0])
        zoom = self._zoom or 1.0
        columns = np.clip(part.left + (xs + 0.5) / zoom, 0, pixels.shape[1] - 1).astype(np.intp)
        lines = np.clip(part.bottom - (ROWS - ys - 0.5) / zoom, 0, pixels.shape[0] - 1).astype(np.intp)
        seat.points = lines, columns
        seat.colours = pixels[lines, columns].astype(np.int16)

    def _text_gone(self, pixels: Pixels) -> NDArray[np.bool_]:
        """Which seats' text is no longer where it was; 0.2 ms for 49."""
        gone = np.zeros(len(self._seats), np.bool_)
        marked = [(index, seat) for index, seat in enumerate(self._seats) if seat.points and seat.slot]
        if not marked:
            return gone
        lines = np.stack([seat.points[0] for _, seat in marked if seat.points is not None])
        columns = np.stack([seat.points[1] for _, seat in marked if seat.points is not None])
        colours = np.stack([seat.colours for _, seat in marked if seat.colours is not None])
        near = np.abs(pixels[lines, columns].astype(np.int16) - colours).max(axis=2) <= POINT_LEVELS
        gone[[index for index, _ in marked]] = near.mean(axis=1) < POINTS_STAY
        return gone

    def _newcomer(self, time: float) -> Person:
        self._count += 1
        person = Person(f"t{self._count}", time, time, self._count)
        self._people.append(person)
        return person

    def _forget(self) -> None:
        """Drop people who were there for a moment only, and the longest gone of too many."""
        seated = {id(seat.person) for seat in self._seats}
        away = [person for person in self._people if id(person) not in seated]
        drop = {id(person) for person in away if person.seen - person.since < SHORT_STAY or not person.labels}
        away = sorted((person for person in away if id(person) not in drop), key=lambda person: person.seen)
        drop |= {id(person) for person in away[: max(len(away) - REMEMBERED, 0)]}
        self._people = [person for person in self._people if id(person) not in drop]


def _choose(labels: Sequence[Label], scores: NDArray[np.float64]) -> list[int]:
    """For each label the column of the person it belongs to, or -1."""
    readable = np.array([label.readable for label in labels], np.bool_)
    possible = np.where(readable[:, None] & (scores >= SAME), scores, -10.0)
    return assign(possible, SAME - 0.01)
