"""Alerts: what the teacher asked to be told of (see ``agent.lesson.rules``), with the evidence for it.

A pure state machine over readings. A state must last for a rule's time before an alert is raised. It may
lapse for a moment, which is subtracted; after its end, the alert is suppressed for a cool-down. Seconds are
summed from step to step and no step counts for more than ``longest_step``, so that clock jumps do no harm. A
longer gap, such as a pause, ends the states before it, because nobody knows what happened meanwhile.
Participants are listed in the gallery's order. Each is compared only with their own baseline: nobody is
ranked.
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
from exporter.words import duration, percent

LAPSE = 5.0
"""Maximum seconds for which a state may be interrupted without ending."""

UNSEEN = 15.0
"""Maximum seconds between two frames before a room's state ends. An overloaded machine has frames that
rarely; a pause has none."""

ROUNDING = 1e-9
"""Tolerance for rounding in a product of fractions: 0.28 of 25 faces are 7.000000000000001."""

UNREAD = 60.0
"""Seconds for which a participant's alert outlives the last frame, or their last expression."""

REFRESH = 10.0
"""Seconds between updates of an alert's figures: a text that changes all the time cannot be read."""

FORGET = 1800.0
"""Seconds after which a participant who is no longer shown is forgotten."""

MEMORY, RECENT, LEARN = 600.0, 20.0, 120.0
"""Seconds: time constants of a participant's usual and present expressions, and the minimum time of readings
before anything counts as unusual."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A displayed alert, and the time of its figures."""

    alert: Alert
    at: float


@dataclass(slots=True)
class _Timer:
    """How long a state has held, and its alert; ``quiet`` is the rest of the cool-down, in seconds.

    ``held`` is the seconds in which the state held minus the seconds in which it did not, ``begun`` its start
    (Unix seconds), and ``judged`` when a participant was last judged.
    """

    held: float = 0.0
    begun: float = 0.0
    lapsed: float = 0.0
    quiet: float = 0.0
    judged: float = 0.0
    active: bool = False
    told: _Told | None = None

    def step(self, holds: bool, step: float, wall: float, rule: Rule) -> bool:
        """Whether the alert is active after ``step`` seconds up to ``wall``, with or without the state."""
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
        """Count ``gap`` seconds without a frame: the state ends if they are more than ``longest``."""
        if gap > longest:
            self.end(rule.cool_down)
        self.quiet = max(self.quiet - gap, 0.0)

    def end(self, cool_down: float) -> None:
        """End the state: it is over, or no longer known."""
        if self.active:
            self.quiet = cool_down
        self.held, self.active, self.told = 0.0, False, None


@dataclass(slots=True)
class _Person:
    """One participant: their usual and present expressions as moving averages, and their timers."""

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
        """Total variation between the usual and the present expressions; None until enough was read."""
        return None if self.learnt < LEARN else float(np.abs(self.lately - self.usual).sum() / 2)


class Alerts:
    """Evaluates all rules; ``update`` returns the active alerts in the order of the rules.

    Each participant has an alert of their own, in the gallery's order, with its own start. ``hz`` is the
    maximum number of frames per second.
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
        """Seconds to count since the last frame; 0 after a gap, which ends the states before it."""
        if self._time is None:
            self._time, self._wall = time, wall
        passed = time - self._time
        # The monotonic clock may stand still while the machine sleeps.
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
        """Whether this alert is active for one participant; time that cannot be judged does not count."""
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
        """The alert to show: figures are updated after REFRESH; the start stays the same until it ends."""
        if timer.told is None or self._clock - timer.told.at >= REFRESH:
            since = timer.begun if timer.told is None else timer.told.alert.since
            scope = Scope.ROOM if isinstance(rule, ExpressionRule | TurnedRule) else Scope.PARTICIPANT
            alert = Alert(rule.name, text, tuple(one.id for one in named), since, scope)
            timer.told = _Told(alert, self._clock)
        return timer.told.alert


def looking(rule: ExpressionRule, readings: Sequence[Reading]) -> tuple[list[Reading], int]:
    """The readings with one of the rule's labels, and the number of faces that were read."""
    read = [one for one in readings if one.emotion is not None]
    return [one for one in read if one.emotion and one.emotion.label in rule.labels], len(read)


def away(rule: TurnedRule, readings: Sequence[Reading]) -> tuple[list[Reading], int]:
    """The readings that are turned away or out of sight, and the number of cameras that are on."""
    on = [one for one in readings if one.state in {TileState.FACE, TileState.NO_FACE}]
    return [one for one in on if one.state is TileState.NO_FACE or one.facing < rule.facing], len(on)


def _room_text(rule: ExpressionRule | TurnedRule, hits: int, total: int) -> str:
    """Text of a room's alert; the duration is not in it, because the alert has a start and an end."""
    share = f"{hits} of {total} ({percent(hits / total)})"
    if isinstance(rule, ExpressionRule):
        looks = listing([LOOKS[label] for label in rule.labels], "or")
        return f"Many faces look {looks}: {share}."
    return f"Many are turned away or out of sight: {share}."


def _person_text(rule: UnusualRule | CameraRule, one: Reading, person: _Person) -> str:
    if isinstance(rule, CameraRule):
        return f"Camera off for {duration(rule.seconds)} or longer."
    rise = person.lately - person.usual
    label = int(rise.argmax())
    looks = f"{one.id} looks {LOOKS[LABELS[label]]} {percent(person.lately[label])} of late"
    usually = f"usually {percent(person.usual[label])}"
    return f"Unlike usual for {duration(rule.seconds)} or longer: {looks}, {usually}."
