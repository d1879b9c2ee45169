"""The room's trend: the last minute against the minutes before it, and advice on the pace.

A pure state machine over the summaries of one lesson: times are arguments, and a clock jump starts a new
history. The advice rests on proxies (see ``agent.lesson.room``); it is a hint, not a finding.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from agent.values import LABELS, Advice, Change, Direction, Room, Tempo, Trend
from exporter.words import percent

FIGURES = ("valence", "arousal", "attention", "motivation")
LEAST_CHANGE = {"valence": 0.1, "arousal": 0.08, "attention": 0.1, "motivation": 0.08, "unpleasant": 0.1}
"""Minimum change per figure; smaller ones are called steady even if certain: nobody would act on them."""

UNPLEASANT = tuple(LABELS.index(label) for label in ("angry", "disgust", "fear", "sad"))

CORRELATION = 15.0
"""Correlation time in seconds: samples of the room's mean within it count as one."""

SAMPLE_EVERY = 1.0
THINK_EVERY = 5.0
"""Seconds between updates of the trend: a sentence that changes each second cannot be read."""

INSIST = 30.0
"""Minimum seconds for which other advice must be suggested before it is shown."""

ABSENT = 5.0
"""Seconds without any face read after which there is no trend or advice."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is compared: the last ``recent`` seconds with the rest of ``whole``.

    ``least``: minimum seconds seen in each part, with at least ``faces`` faces read. ``gap``: a longer
    silence starts a new history.
    """

    recent: float = 60.0
    whole: float = 240.0
    least: float = 30.0
    faces: int = 3
    gap: float = 120.0


@dataclass(frozen=True, slots=True)
class _Sample:
    time: float
    wall: float
    read: int
    faces: int
    figures: dict[str, float]


class RoomHistory:
    """Follows the room; ``update`` returns its trend and advice. Not thread-safe."""

    def __init__(self, span: Span | None = None) -> None:
        self.span = span or Span()
        self._samples: deque[_Sample] = deque()
        self._thought = -math.inf
        self._trend: Trend | None = None
        self._advice = _too_early(0.0, 0.0, self.span)
        self._rival: tuple[str, float] | None = None
        self._read: float | None = None
        """Time when a face was last read, or of the first summary."""

    def update(self, room: Room, time: float, wall: float) -> tuple[Trend | None, Advice]:
        """Take one summary and return the room's trend and advice.

        ``time`` is monotonic seconds, ``wall`` Unix seconds.

        While no face is read, the advice says so; the last trend and advice return with the faces.
        """
        if self._samples and self._is_jump(self._samples[-1], time, wall):
            self._restart()
        self._take(room, time, wall)
        if not 0 <= time - self._thought < THINK_EVERY:
            self._thought = time
            self._think(time)
        return (
            (None, _nobody(room, self.span)) if self._is_absent(room, time) else (self._trend, self._advice)
        )

    def _is_jump(self, last: _Sample, time: float, wall: float) -> bool:
        passed = time - last.time
        # The monotonic clock may stand still while the machine sleeps.
        return passed < -1.0 or max(passed, wall - last.wall) > self.span.gap

    def _is_absent(self, room: Room, time: float) -> bool:
        """Whether no face was read for a while."""
        if self._read is None or room.read > 0 or time < self._read:
            self._read = time
        return time - self._read > ABSENT

    def _restart(self) -> None:
        self._samples.clear()
        self._thought = -math.inf
        self._rival = None

    def _take(self, room: Room, time: float, wall: float) -> None:
        while self._samples and self._samples[0].time < time - self.span.whole:
            self._samples.popleft()
        figures = figures_of(room)
        if figures is None or room.read < self.span.faces:
            return
        if not self._samples or time - self._samples[-1].time >= SAMPLE_EVERY - 1e-6:
            self._samples.append(_Sample(time, wall, room.read, room.faces, figures))

    def _think(self, now: float) -> None:
        recent = [one for one in self._samples if one.time > now - self.span.recent]
        before = [one for one in self._samples if one.time <= now - self.span.recent]
        seen_now, seen_before = _seconds(recent), _seconds(before)
        if min(seen_now, seen_before) < self.span.least:
            self._trend, self._rival = None, None
            self._advice = _too_early(seen_now, seen_before, self.span)
            return
        changes = {name: _change(name, recent, before) for name in LEAST_CHANGE}
        self._trend = Trend(*(changes[name] for name in FIGURES))
        read, faces = np.mean([(one.read, one.faces) for one in recent], axis=0)
        advice = advise(changes, _means(recent), round(read), round(faces))
        if self._insisted(advice, now):
            self._advice = advice

    def _insisted(self, advice: Advice, now: float) -> bool:
        """Whether to show it: at once if it is the first or has the same text, otherwise after INSIST."""
        if self._advice.tempo is Tempo.UNKNOWN or advice.text == self._advice.text:
            self._rival = None
            return True
        if self._rival is None or self._rival[0] != advice.text:
            self._rival = (advice.text, now)
        return now - self._rival[1] >= INSIST


def figures_of(room: Room) -> dict[str, float] | None:
    """The figures of one summary that the trend follows; None while one of them is unknown."""
    known = {name: getattr(room, name) for name in FIGURES}
    if room.scores is None or any(value is None for value in known.values()):
        return None
    return {**known, "unpleasant": sum(room.scores[index] for index in UNPLEASANT)}


def advise(changes: dict[str, Change], means: dict[str, float], read: int, faces: int) -> Advice:
    """Faster or slower, from the changes and the last minute's means. The rules are our own, and cautious.

    Slower if fewer faces are turned to the camera or more look unpleasant than before. Faster only if nearly
    all stay turned to the camera, look calm and not unpleasant, and nothing changes.
    """
    attention, unpleasant = changes["attention"], changes["unpleasant"]
    both = (
        f"Turned to the camera: {_moved(attention, means['attention'])}; looking angry, disgusted, fearful "
        f"or sad: {_moved(unpleasant, means['unpleasant'])}; {read} of {faces} "
        "faces read on average."
    )
    if attention.direction is Direction.FALLING and unpleasant.direction is Direction.RISING:
        text = "Slower, or a pause: fewer faces are turned to the camera, and more look unpleasant."
        return Advice(Tempo.SLOWER, text, both)
    if unpleasant.direction is Direction.RISING:
        return Advice(Tempo.SLOWER, "Slower may help: more faces look unpleasant than before.", both)
    if attention.direction is Direction.FALLING:
        text = "Slower, or something else, may help: fewer faces are turned to the camera than before."
        return Advice(Tempo.SLOWER, text, both)
    still = all(change.direction is Direction.STEADY for change in changes.values())
    if still and means["attention"] >= 0.8 and means["unpleasant"] <= 0.2 and means["arousal"] <= 0.15:
        text = "A little faster may be fine: nearly all faces stay turned to the camera and look calm."
        return Advice(Tempo.FASTER, text, both)
    text = "Keep the pace: the room looks much as before."
    if not still:
        text = "Keep the pace: what changes in the room speaks against neither."
    return Advice(Tempo.KEEP, text, both)


def _change(name: str, recent: Sequence[_Sample], before: Sequence[_Sample]) -> Change:
    new = np.array([one.figures[name] for one in recent])
    old = np.array([one.figures[name] for one in before])
    change = float(new.mean() - old.mean())
    noise = math.sqrt(_noise(new, _seconds(recent)) + _noise(old, _seconds(before)))
    if abs(change) < max(LEAST_CHANGE[name], 2.0 * noise):
        return Change(change, Direction.STEADY)
    return Change(change, Direction.RISING if change > 0 else Direction.FALLING)


def _noise(values: np.ndarray[tuple[int], np.dtype[np.float64]], seconds: float) -> float:
    """Variance of the mean of correlated samples."""
    return float(values.var()) / max(seconds / CORRELATION, 1.0)


def _means(samples: Sequence[_Sample]) -> dict[str, float]:
    return {name: float(np.mean([one.figures[name] for one in samples])) for name in LEAST_CHANGE}


def _seconds(samples: Sequence[_Sample]) -> float:
    """Seconds that were seen; a gap between two samples counts at most five."""
    return sum(min(later.time - sooner.time, 5.0) for sooner, later in pairwise(samples))


def _moved(change: Change, now: float) -> str:
    return f"{percent(max(now - change.change, 0.0))} before, now {percent(now)}"


def _too_early(recent: float, before: float, span: Span) -> Advice:
    """What is missing, given the seconds seen in the recent span and before it."""
    needs = f"It needs at least {span.faces} faces read for about"
    if before < span.least:
        had = f"{span.recent + span.least:.0f} s; so far {int(recent + before)} s."
        return Advice(Tempo.UNKNOWN, "Too early to advise on your pace.", f"{needs} {had}")
    # There was enough once: the room is now read too rarely.
    had = f"{span.least:.0f} of the last {span.recent:.0f} s; it had {int(recent)} s."
    return Advice(Tempo.UNKNOWN, "Too little is read to advise on your pace.", f"{needs} {had}")


def _nobody(room: Room, span: Span) -> Advice:
    text = "No face can be read now." if room.faces else "No faces to judge by."
    needs = f"Advice on your pace needs at least {span.faces} faces read."
    return Advice(Tempo.UNKNOWN, text, needs)
