"""Alerts: what the teacher asked to be told of (see ``agent.rules``), with the evidence for it.

A pure state machine over readings. A state must last before it is told of, may lapse for a moment meanwhile,
and after its end there is silence for a while. Seconds are summed from step to step and no step counts for
more than LONGEST_STEP, so clocks that jump do no harm. Participants are named in the gallery's order, each
compared with herself only: nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.rules import CameraRule, ExpressionRule, Rule, TurnedRule, UnusualRule
from agent.values import LABELS, Alert, Reading, Scope, TileState
from agent.words import LOOKS, duration, listing
from exporter.words import counted

LONGEST_STEP = 2.0
LAPSE = 5.0
"""Seconds for which a state may be interrupted and still count as lasting."""

REFRESH = 10.0
"""Seconds between two versions of an alert's figures: a text that changes all the time cannot be read."""

FORGET = 1800.0
"""Seconds after which a participant who is no longer shown is forgotten."""

MEMORY, RECENT, LEARN = 600.0, 20.0, 120.0
"""What is usual for somebody: the time constants of her usual and of her present expressions, and the seconds
of readings before anything counts as unusual."""


@dataclass(slots=True)
class _Timer:
    """How long a state holds; ``quiet`` counts down the silence after an alert."""

    held: float = 0.0
    lapsed: float = 0.0
    quiet: float = 0.0
    active: bool = False

    def step(self, holds: bool, step: float, seconds: float, cool_down: float) -> bool:
        """Whether the alert stands after ``step`` seconds in which the state held or not."""
        self.quiet = max(self.quiet - step, 0.0)
        if holds:
            self.held, self.lapsed = self.held + step, 0.0
        else:
            self.lapsed += step
            if self.lapsed > LAPSE:
                if self.active:
                    self.quiet = cool_down
                self.held, self.active = 0.0, False
        self.active = self.active or (self.held >= seconds and self.quiet <= 0)
        return self.active


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


@dataclass(slots=True)
class _Told:
    """An alert as it is shown, until its figures are refreshed."""

    alert: Alert
    at: float


class Alerts:
    """Follows all rules; ``update`` returns the alerts that stand, in the order of the rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._people: dict[str, _Person] = {}
        self._timers: dict[int, _Timer] = {}
        self._told: dict[int, _Told] = {}
        self._time: float | None = None
        self._clock = 0.0

    def update(self, readings: Sequence[Reading], time: float, wall: float) -> tuple[Alert, ...]:
        """Take one frame's readings at ``time`` (monotonic seconds) and ``wall`` (Unix seconds)."""
        step = 0.0 if self._time is None else min(max(time - self._time, 0.0), LONGEST_STEP)
        self._time = time
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
        return tuple(alert for alert in found if alert is not None)

    def _judge(
        self, index: int, rule: Rule, readings: Sequence[Reading], step: float, wall: float
    ) -> Alert | None:
        if isinstance(rule, ExpressionRule | TurnedRule):
            timer = self._timers.setdefault(index, _Timer())
            hits, total = (
                looking(rule, readings) if isinstance(rule, ExpressionRule) else away(rule, readings)
            )
            holds = total >= rule.least_faces and len(hits) >= rule.share * total
            if not timer.step(holds, step, rule.seconds, rule.cool_down):
                return self._say(index, None)
            if not holds:
                return self._say(index, self._told[index].alert if index in self._told else None)
            text = _room_text(rule, len(hits), total, timer.held)
            return self._say(index, _alert(rule, text, hits, wall - timer.held, Scope.ROOM))
        named = [one for one in readings if self._follow(index, rule, one, step)]
        if not named:
            return self._say(index, None)
        held = max(self._people[one.id].timers[index].held for one in named)
        text = _person_text(rule, named, self._people)
        return self._say(index, _alert(rule, text, named, wall - held, Scope.PARTICIPANT))

    def _follow(self, index: int, rule: UnusualRule | CameraRule, reading: Reading, step: float) -> bool:
        """Whether this rule's alert stands for one participant; where she cannot be judged, time stands."""
        person = self._people[reading.id]
        timer = person.timers.setdefault(index, _Timer())
        if isinstance(rule, CameraRule):
            holds = person.was_on and reading.state is TileState.CAMERA_OFF
        else:
            distance = person.distance()
            if reading.emotion is None or distance is None:
                return timer.active
            holds = distance >= rule.distance
        return timer.step(holds, step, rule.seconds, rule.cool_down)

    def _say(self, index: int, alert: Alert | None) -> Alert | None:
        """The alert as it is shown: new figures after REFRESH, or at once when other tiles are named."""
        told = self._told.get(index)
        if alert is None:
            self._told.pop(index, None)
            return None
        is_new = told is None or self._clock - told.at >= REFRESH
        if told is None or is_new or (alert.scope is Scope.PARTICIPANT and alert.tiles != told.alert.tiles):
            since = alert.since if told is None else told.alert.since
            alert = Alert(alert.name, alert.text, alert.tiles, since, alert.scope)
            told = self._told[index] = _Told(alert, self._clock)
        return told.alert


def looking(rule: ExpressionRule, readings: Sequence[Reading]) -> tuple[list[Reading], int]:
    """Those who look like one of the rule's labels, and how many faces were read."""
    read = [one for one in readings if one.emotion is not None]
    return [one for one in read if one.emotion and one.emotion.label in rule.labels], len(read)


def away(rule: TurnedRule, readings: Sequence[Reading]) -> tuple[list[Reading], int]:
    """Those who are turned away or out of sight, and how many have the camera on."""
    on = [one for one in readings if one.state in {TileState.FACE, TileState.NO_FACE}]
    return [one for one in on if one.state is TileState.NO_FACE or one.facing < rule.facing], len(on)


def _alert(rule: Rule, text: str, named: Sequence[Reading], since: float, scope: Scope) -> Alert:
    return Alert(rule.name, text, tuple(one.id for one in named), since, scope)


def _room_text(rule: ExpressionRule | TurnedRule, hits: int, total: int, held: float) -> str:
    share = f"{hits} of {total} ({hits / total:.0%}), for {duration(held)}"
    if isinstance(rule, ExpressionRule):
        looks = listing([LOOKS[label] for label in rule.labels], "or")
        return f"Many faces look {looks}: {share}."
    return f"Many are turned away or out of sight: {share}."


def _person_text(rule: UnusualRule | CameraRule, named: Sequence[Reading], people: dict[str, _Person]) -> str:
    if isinstance(rule, CameraRule):
        return f"{counted(len(named), 'camera')} off for {duration(rule.seconds)} or longer."
    said = []
    for one in named[:3]:
        person = people[one.id]
        rise = person.lately - person.usual
        label = int(rise.argmax())
        usual, now = person.usual[label], person.lately[label]
        said.append(f"{one.id} looks {LOOKS[LABELS[label]]} {now:.0%} of late, usually {usual:.0%}")
    more = f"; and {len(named) - 3} more" if len(named) > 3 else ""
    return f"Unlike usual for {duration(rule.seconds)} or longer: {'; '.join(said)}{more}."
