"""Alerts: what the teacher asked to be told of (see ``agent.lesson.rules``), with the evidence for it.

A pure state machine over readings. A state must last before it is told of, may lapse for a moment meanwhile,
which counts against it, and after its end there is silence for a while. Seconds are summed from step to step
and no step counts for more than ``longest_step``, so clocks that jump do no harm. A longer gap, as a pause of
the reading, ends what held before it: nobody knows what was in between. Participants are named in the
gallery's order, each compared with herself only: nobody is ranked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.lesson.rules import CameraRule, ExpressionRule, Rule, TurnedRule, UnusualRule
from agent.steps import longest_step
from agent.values import LABELS, Alert, Reading, Scope, TileState
from agent.words import LOOKS, listing
from exporter.words import duration

LAPSE = 5.0
"""Seconds for which a state may be interrupted and still count as lasting."""

UNSEEN = 15.0
"""Seconds between two frames after which a state of the room is over: those of a machine that is starved come
that seldom, and during a pause nobody looks."""

ROUNDING = 1e-9
"""What a product of fractions may be too large: 0.28 of 25 faces are 7.000000000000001."""

UNREAD = 60.0
"""Seconds for which an alert on a participant outlives the last frame, or the last expression read."""

REFRESH = 10.0
"""Seconds between two versions of an alert's figures: a text that changes all the time cannot be read."""

FORGET = 1800.0
"""Seconds after which a participant who is no longer shown is forgotten."""

MEMORY, RECENT, LEARN = 600.0, 20.0, 120.0
"""What is usual for somebody: the time constants of her usual and of her present expressions, and the seconds
of readings before anything counts as unusual."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An alert as it is shown, until its figures are refreshed."""

    alert: Alert
    at: float


@dataclass(slots=True)
class _Timer:
    """How long a state holds, and the alert that tells of it; ``quiet`` counts down the silence after one.

    ``held`` are the seconds in which it held less those in which it did not, ``begun`` is its beginning (Unix
    seconds), and ``judged`` is when somebody's was last judged.
    """

    held: float = 0.0
    begun: float = 0.0
    lapsed: float = 0.0
    quiet: float = 0.0
    judged: float = 0.0
    active: bool = False
    told: _Told | None = None

    def step(self, holds: bool, step: float, wall: float, rule: Rule) -> bool:
        """Whether the alert stands after ``step`` seconds, until ``wall``, in which the state held or not."""
        self.quiet = max(self.quiet - step, 0.0)
        if holds:
            if self.held <= 0 and not self.active:
                self.begun = wall - step
            self.held, self.lapsed = self.held + step, 0.0
        else:
            self.held, self.lapsed = max(self.held - step, 0.0), self.lapsed + step
            if self.lapsed > LAPSE or (self.held <= 0 and not self.active):
                self.end(rule.cool_down)
        self.active = self.active or (self.held >= rule.seconds and self.quiet <= 0)
        return self.active

    def pass_over(self, gap: float, longest: float, rule: Rule) -> None:
        """No frame came for ``gap`` seconds: the state ended before, if that is more than ``longest``."""
        if gap > longest:
            self.end(rule.cool_down)
        self.quiet = max(self.quiet - gap, 0.0)

    def end(self, cool_down: float) -> None:
        """The state is over, or nothing is known of it any more."""
        if self.active:
            self.quiet = cool_down
        self.held, self.active, self.told = 0.0, False, None


@dataclass(slots=True)
class _Person:
    """One participant: fading sums of her expressions, usual and of late, and what is followed of her."""

    seen: float
    was_on: bool = False
    usual: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(LABELS)))
    lately: NDArray[np.float64] = field(default_factory=lambda: np.zeros(len(LABELS)))
    learnt: float = 0.0
    timers: dict[int, _Timer] = field(default_factory=dict)

    def learn(self, reading: Reading, step: float) -> None:
        self.was_on = self.was_on or reading.state in {TileState.FACE, TileState.NO_FACE}
        if reading.emotion is None or step <= 0:
            return
        scores = np.asarray(reading.emotion.scores, np.float64)
        if self.learnt == 0:
            self.usual, self.lately = scores, scores
        self.learnt += step
        for name, span in (("usual", min(MEMORY, max(self.learnt, RECENT))), ("lately", RECENT)):
            old = getattr(self, name)
            setattr(self, name, old + (1.0 - float(np.exp(-step / span))) * (scores - old))

    def distance(self) -> float | None:
        """Total variation between the usual and the present expressions; None while it is too early."""
        return None if self.learnt < LEARN else float(np.abs(self.lately - self.usual).sum() / 2)


class Alerts:
    """Follows all rules; ``update`` returns the alerts that stand, in the order of the rules.

    Those on single participants are one each, in the gallery's order, each with its own beginning. ``hz`` is
    how many frames a second come at most.
    """

    def __init__(self, rules: Sequence[Rule], hz: float = math.inf) -> None:
        self.rules = tuple(rules)
        self._longest_step = longest_step(hz)
        self._people: dict[str, _Person] = {}
        self._timers: dict[int, _Timer] = {}
        self._time: float | None = None
        self._wall = 0.0
        self._clock = 0.0

    def update(self, readings: Sequence[Reading], time: float, wall: float) -> tuple[Alert, ...]:
        """Take one frame's readings at ``time`` (monotonic seconds) and ``wall`` (Unix seconds)."""
        step = self._pass(time, wall)
        self._clock += step
        for reading in readings:
            if reading.state is TileState.EXCLUDED:
                self._people.pop(reading.id, None)
                continue
            person = self._people.setdefault(reading.id, _Person(self._clock))
            person.seen = self._clock
            person.learn(reading, step)
        self._people = {id_: one for id_, one in self._people.items() if self._clock - one.seen <= FORGET}
        shown = [reading for reading in readings if reading.state is not TileState.EXCLUDED]
        found = (self._judge(index, rule, shown, step, wall) for index, rule in enumerate(self.rules))
        return tuple(alert for alerts in found for alert in alerts)

    def _pass(self, time: float, wall: float) -> float:
        """The seconds since the last frame that count: none after a gap, which ends what held before it."""
        if self._time is None:
            self._time, self._wall = time, wall
        passed = time - self._time
        # While a machine sleeps its monotonic clock may stand still.
        gap = max(passed, wall - self._wall)
        self._time, self._wall = time, wall
        if gap <= max(UNSEEN, self._longest_step):
            return min(max(passed, 0.0), self._longest_step)
        for index, timer in self._timers.items():
            timer.pass_over(gap, UNSEEN, self.rules[index])
        for person in self._people.values():
            for index, timer in person.timers.items():
                timer.pass_over(gap, UNREAD, self.rules[index])
        return 0.0

    def _judge(
        self, index: int, rule: Rule, readings: Sequence[Reading], step: float, wall: float
    ) -> list[Alert]:
        if isinstance(rule, ExpressionRule | TurnedRule):
            return self._judge_room(index, rule, readings, step, wall)
        named = [one for one in readings if self._follow(index, rule, one, step, wall)]
        people = [self._people[one.id] for one in named]
        return [
            self._say(person.timers[index], rule, _person_text(rule, one, person), [one], wall)
            for one, person in zip(named, people, strict=True)
        ]

    def _judge_room(
        self,
        index: int,
        rule: ExpressionRule | TurnedRule,
        readings: Sequence[Reading],
        step: float,
        wall: float,
    ) -> list[Alert]:
        timer = self._timers.setdefault(index, _Timer())
        hits, total = looking(rule, readings) if isinstance(rule, ExpressionRule) else away(rule, readings)
        holds = total >= rule.least_faces and len(hits) >= rule.share * total - ROUNDING
        if not timer.step(holds, step, wall, rule):
            return []
        if not holds:
            return [] if timer.told is None else [timer.told.alert]
        return [self._say(timer, rule, _room_text(rule, len(hits), total), hits, wall)]

    def _follow(
        self, index: int, rule: UnusualRule | CameraRule, reading: Reading, step: float, wall: float
    ) -> bool:
        """Whether this rule's alert stands for one participant; while she cannot be judged, time stands."""
        person = self._people[reading.id]
        timer = person.timers.setdefault(index, _Timer())
        if isinstance(rule, CameraRule):
            holds = person.was_on and reading.state is TileState.CAMERA_OFF
        else:
            distance = person.distance()
            if self._clock - timer.judged > UNREAD:
                timer.end(rule.cool_down)
            if reading.emotion is None or distance is None:
                return timer.active
            timer.judged = self._clock
            holds = distance >= rule.distance
        return timer.step(holds, step, wall, rule)

    def _say(self, timer: _Timer, rule: Rule, text: str, named: Sequence[Reading], wall: float) -> Alert:
        """The alert as it is shown: new figures after REFRESH, and the same beginning until it ends."""
        if timer.told is None or self._clock - timer.told.at >= REFRESH:
            since = timer.begun if timer.told is None else timer.told.alert.since
            scope = Scope.ROOM if isinstance(rule, ExpressionRule | TurnedRule) else Scope.PARTICIPANT
            alert = Alert(rule.name, text, tuple(one.id for one in named), since, scope)
            timer.told = _Told(alert, self._clock)
        return timer.told.alert


def looking(rule: ExpressionRule, readings: Sequence[Reading]) -> tuple[list[Reading], int]:
    """Those who look like one of the rule's labels, and how many faces were read."""
    read = [one for one in readings if one.emotion is not None]
    return [one for one in read if one.emotion and one.emotion.label in rule.labels], len(read)


def away(rule: TurnedRule, readings: Sequence[Reading]) -> tuple[list[Reading], int]:
    """Those who are turned away or out of sight, and how many have the camera on."""
    on = [one for one in readings if one.state in {TileState.FACE, TileState.NO_FACE}]
    return [one for one in on if one.state is TileState.NO_FACE or one.facing < rule.facing], len(on)


def _room_text(rule: ExpressionRule | TurnedRule, hits: int, total: int) -> str:
    """What holds; for how long is told by the alert's beginning, and by its end once it has one."""
    share = f"{hits} of {total} ({hits / total:.0%})"
    if isinstance(rule, ExpressionRule):
        looks = listing([LOOKS[label] for label in rule.labels], "or")
        return f"Many faces look {looks}: {share}."
    return f"Many are turned away or out of sight: {share}."


def _person_text(rule: UnusualRule | CameraRule, one: Reading, person: _Person) -> str:
    if isinstance(rule, CameraRule):
        return f"Camera off for {duration(rule.seconds)} or longer."
    rise = person.lately - person.usual
    label = int(rise.argmax())
    looks = f"{one.id} looks {LOOKS[LABELS[label]]} {person.lately[label]:.0%} of late"
    return f"Unlike usual for {duration(rule.seconds)} or longer: {looks}, usually {person.usual[label]:.0%}."
