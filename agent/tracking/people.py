"""Who is known in this session: an id each, and what is learnt of his or her name label."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from agent.tracking.label_correlation import correlate_labels
from agent.tracking.label_image import StrokeMap
from agent.tracking.labels import SAME, Label
from agent.values import Box

NewId = Callable[[], str]
"""Gives ids; one that was given before is asked for again."""

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""What ids are made of: nothing that is read as something else, so that people can say them."""
LENGTH = 4
"""Characters of an id after its ``t``: 923,521 ids, so two sessions hardly ever share one."""
SHORT_STAY = 0.6
"""People seen for less than this many seconds are not remembered: half-turned pages look like some."""
REMEMBERED = 150
"""How many people who are not in sight are: up to 25 kB each, and three pages of the largest gallery."""
LEARNING = 0.25
LOOKS = 4
"""How many looks of one label are remembered, in 6 kB each."""


def random_id() -> str:
    """An id that says nothing of its participant and is another one in the next session, like ``tk7m2``."""
    return "t" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


@dataclass(frozen=True, slots=True, eq=False)
class LabelLook:
    """How a label looked, in whole ``levels`` int8 (ROWS, COLS) of ``scale``.

    What is known of labels is the most of what an hour's lesson adds to the program's memory; this takes a
    quarter of float32, and moves a correlation by 0.0002 at most.
    """

    levels: NDArray[np.int8]
    scale: float

    @classmethod
    def of(cls, strokes: StrokeMap) -> Self:
        """Keep strokes of norm 1."""
        levels = np.rint(strokes * (127 / max(float(np.abs(strokes).max()), 1e-6))).astype(np.int8)
        return cls(levels, 1 / max(float(np.linalg.norm(levels.astype(np.float32))), 1e-6))

    @property
    def strokes(self) -> StrokeMap:
        """Float32 (ROWS, COLS), of norm 1 again; 4 µs."""
        return np.asarray(self.levels.astype(np.float32) * np.float32(self.scale), np.float32)


@dataclass(slots=True, eq=False)
class TrackedPerson:
    """One participant of this session; ``labels`` holds the learnt looks of the label, newest last."""

    id: str
    since: float
    seen: float
    labels: list[LabelLook] = field(default_factory=list)
    last_box: Box | None = None
    doubtful: bool = False
    """Somebody only because whoever had the slot is elsewhere by now: it may show parts of two tiles."""
    unproven: float | None = None
    """When the picture last became another one and no label told that it is still this participant."""

    def unmoved(self, label: Label) -> float:
        """The highest correlation -1..1 of a label, just as it lies, with the learnt ones: 8 µs for each.

        ``alike``, which takes 0.3 ms to move it about, gives no less.
        """
        return max(self._fits(label), default=-1.0)

    def learn(self, label: Label) -> StrokeMap:
        """Note a label that was recognised: what stays of it over time is text, what moves is video.

        One that looks different (with the camera off, or since the microphone came or went) is learnt apart.
        """
        blend = label.strokes
        fits = self._fits(label)
        if fits and max(fits) >= SAME:
            blend = (1 - LEARNING) * self.labels.pop(int(np.argmax(fits))).strokes + LEARNING * label.strokes
            blend = np.asarray(blend / max(float(np.linalg.norm(blend)), 1e-6), np.float32)
        self.labels = [*self.labels[1 - LOOKS :], LabelLook.of(blend)]
        return blend

    def _fits(self, label: Label) -> list[float]:
        return [float(np.vdot(old.strokes, label.strokes)) for old in self.labels]


class People:
    """Everybody known in this session."""

    def __init__(self, new_id: NewId = random_id) -> None:
        self.known: list[TrackedPerson] = []
        self._new_id = new_id
        self._given: set[str] = set()

    def newcomer(self, time: float) -> TrackedPerson:
        """Somebody not seen before."""
        name = self._new_id()
        while name in self._given:
            name = self._new_id()
        self._given.add(name)
        person = TrackedPerson(name, time, time)
        self.known.append(person)
        return person

    def forget(self, present: Iterable[TrackedPerson]) -> None:
        """Drop people who were there for a moment only, and the longest gone of too many."""
        here = {id(person) for person in present}
        away = [person for person in self.known if id(person) not in here]
        short = {id(person) for person in away if person.doubtful or person.seen - person.since < SHORT_STAY}
        drop = short | {id(person) for person in away if not person.labels}
        away = sorted((person for person in away if id(person) not in drop), key=lambda person: person.seen)
        drop |= {id(person) for person in away[: max(len(away) - REMEMBERED, 0)]}
        self.known = [person for person in self.known if id(person) not in drop]


def alike(labels: Sequence[Label | None], people: Sequence[TrackedPerson]) -> NDArray[np.float64]:
    """How alike each label (N) is to what is known of each person (M), -1..1; -1 where nothing is."""
    scores = np.full((len(labels), len(people)), -1.0)
    rows = [row for row, label in enumerate(labels) if label is not None]
    known = [(column, look.strokes) for column, who in enumerate(people) for look in who.labels]
    if not known or not rows:
        return scores
    ours = np.stack([label.strokes for label in labels if label is not None])
    found = correlate_labels(ours, np.stack([strokes for _, strokes in known]))
    for index, (column, _) in enumerate(known):
        scores[rows, column] = np.maximum(scores[rows, column], found[:, index])
    return scores
