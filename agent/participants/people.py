"""Keeps the people known in this session: an id each, and what is learnt of their name label."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from agent.participants.label_correlation import correlate_labels
from agent.participants.label_image import StrokeMap
from agent.participants.labels import SAME, Label
from agent.values import Box

NewId = Callable[[], str]
"""Gives a new id; it is called again if that id was given before."""

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Characters of an id: none that is mistaken for another, so that people can say ids aloud."""
LENGTH = 4
"""Number of characters of an id after its ``t``: 923,521 ids, so two sessions hardly ever share one."""
SHORT_STAY = 0.6
"""Minimum seconds for which a person must be seen to be remembered: half-turned pages show people for
less."""
REMEMBERED = 150
"""Maximum number of remembered people who are not in sight: up to 25 kB each, and three pages of the largest
gallery."""
LEARNING = 0.25
LOOKS = 4
"""Maximum number of looks remembered of one label, in 6 kB each."""


def random_id() -> str:
    """A random id, like ``tk7m2``: it says nothing about the participant and differs in the next session."""
    return "t" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


@dataclass(frozen=True, slots=True, eq=False)
class LabelLook:
    """How a label looked, as integer ``levels`` int8 (ROWS, COLS) with a factor ``scale``.

    Known labels are most of what an hour's lesson adds to the program's memory. This takes a quarter of
    float32, and changes a correlation by 0.0002 at most.
    """

    levels: NDArray[np.int8]
    scale: float

    @classmethod
    def of(cls, strokes: StrokeMap) -> Self:
        """The look of strokes of norm 1."""
        levels = np.rint(strokes * (127 / max(float(np.abs(strokes).max()), 1e-6))).astype(np.int8)
        return cls(levels, 1 / max(float(np.linalg.norm(levels.astype(np.float32))), 1e-6))

    @property
    def strokes(self) -> StrokeMap:
        """The strokes, float32 (ROWS, COLS), of norm 1 again; 4 µs."""
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
    """Provisional: created because the slot's previous participant moved away; the slot may cover parts of
    two tiles."""
    unproven: float | None = None
    """Time at which the picture last changed without a label confirming that it is still this participant;
    else None. If a label confirms it later, the time at which it did: choices that were made meanwhile were
    perhaps about somebody else."""
    confirmed: bool = False
    """Whether a label has confirmed since ``unproven`` that it is this participant."""

    def doubt(self, time: float) -> None:
        """Note that the picture changed and no label tells that it is still this participant."""
        self.unproven, self.confirmed = time, False

    def confirm(self, time: float) -> None:
        """Note that with a new picture the label of this participant is there."""
        if self.unproven is not None and not self.confirmed:
            self.unproven, self.confirmed = time, True

    def unmoved(self, label: Label) -> float:
        """The highest correlation, -1..1, of an unshifted label with the learnt ones: 8 µs for each.

        ``alike``, which takes 0.3 ms to shift the label, gives no less.
        """
        return max(self._fits(label), default=-1.0)

    def learn(self, label: Label) -> StrokeMap:
        """Learn a label that was recognised: what stays of it over time is text, what moves is video.

        A label that looks different is learnt as a look of its own: the camera is off, or the microphone came
        or went.
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
        """Drop people who were there only for a moment, and those gone longest when there are too many."""
        here = {id(person) for person in present}
        away = [person for person in self.known if id(person) not in here]
        short = {id(person) for person in away if person.doubtful or person.seen - person.since < SHORT_STAY}
        drop = short | {id(person) for person in away if not person.labels}
        away = sorted((person for person in away if id(person) not in drop), key=lambda person: person.seen)
        drop |= {id(person) for person in away[: max(len(away) - REMEMBERED, 0)]}
        self.known = [person for person in self.known if id(person) not in drop]


def alike(labels: Sequence[Label | None], people: Sequence[TrackedPerson]) -> NDArray[np.float64]:
    """How alike each label (N) is to what is known of each person (M), -1..1; -1 where nothing is known."""
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
