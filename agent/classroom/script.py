"""What a class does over time, as a pure function of seed and time.

Everything is computed from timelines, so that any moment can be asked for in any order and gives the same
scene.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from agent.classroom.face import HeadLook
from agent.classroom.features import Gaze, Turn
from agent.classroom.scene import Participant, Scene, Shown, random_class
from agent.classroom.timeline import Timeline, choices, orders, switch

LIKELY: dict[str, float] = {
    "neutral": 0.36, "happy": 0.28, "surprise": 0.10, "sad": 0.09,
    "angry": 0.07, "fear": 0.05, "disgust": 0.05,
}  # fmt: skip
"""Probability of each expression. More varied than a real class, which is neutral nearly always."""

BLEND = 0.7
"""Duration in seconds of the change from one expression to the next."""
STEPS = 6
"""Number of drawn intensity levels: each is cached, so fewer are cheaper."""


@dataclass(frozen=True, slots=True)
class ScriptPace:
    """Mean seconds between the things that happen in a class; the defaults are calm and realistic."""

    expression: float = 7.0
    present: float = 150.0
    absent: float = 14.0
    camera_on: float = 120.0
    camera_off: float = 14.0
    speech: float = 7.0
    reorder: float = 45.0
    page: float = 20.0
    redraws: float = 5.0
    """How many times per second a moving head is redrawn."""

    def faster(self, factor: float) -> ScriptPace:
        """The same class with all events ``factor`` times as often."""
        return ScriptPace(
            self.expression / factor, self.present / factor, self.absent / factor, self.camera_on / factor,
            self.camera_off / factor, self.speech / factor, self.reorder / factor, self.page / factor,
            self.redraws,
        )  # fmt: skip


def _expression(rng: Generator) -> tuple[str, float]:
    """A label and its intensity."""
    label = str(rng.choice(list(LIKELY), p=list(LIKELY.values())))
    return label, float(rng.choice([STEPS - 1, STEPS])) / STEPS


def _glance(rng: Generator) -> tuple[float, float]:
    """Where the eyes look: mostly at the screen."""
    if rng.random() < 0.7:
        return 0.0, 0.0
    return float(rng.choice([-0.8, 0.8])), float(rng.choice([0.0, 0.7]))


def _aside(rng: Generator) -> tuple[float, float]:
    """Yaw and pitch of the head: mostly towards the screen."""
    if rng.random() < 0.6:
        return 0.0, 0.0
    return float(rng.choice([-0.26, 0.26])), float(rng.choice([-0.08, 0.1]))


@dataclass(frozen=True, slots=True)
class _Actor:
    """One participant with the timelines of what they do."""

    participant: Participant
    phase: float
    present: Timeline[bool]
    camera: Timeline[bool]
    expression: Timeline[tuple[str, float]]
    gaze: Timeline[tuple[float, float]]
    turn: Timeline[tuple[float, float]]
    blink: Timeline[bool]
    hand: Timeline[bool]


class Script:
    """A class of ``count`` (1 to 49) students, seen in a gallery of ``page_size`` tiles a page."""

    def __init__(
        self, seed: int = 1, count: int = 25, page_size: int = 25, pace: ScriptPace | None = None
    ) -> None:
        self.pace = pace or ScriptPace()
        self.participants = random_class(seed, count)
        self.page_size = page_size
        self._actors = [_actor(who, (seed, 31, i), self.pace) for i, who in enumerate(self.participants)]
        # A negative number is nobody: a class of 25 is silent a quarter of the time, a smaller one longer.
        speaker = choices(self.pace.speech, lambda rng: int(rng.integers(-count // 4 - 1, count)))
        self._speaker = Timeline((seed, 32), speaker)
        self._order = Timeline((seed, 33), orders(self.pace.reorder, count))

    def scene_at(self, time: float) -> Scene:
        """What the gallery shows ``time`` seconds (>= 0) after the start."""
        _, _, order = self._order.at(time)
        here = [index for index in order if self._actors[index].present.at(time)[2]] or [order[0]]
        pages = math.ceil(len(here) / self.page_size)
        page = int(time // self.pace.page) % pages
        on_page = here[page * self.page_size : (page + 1) * self.page_size]
        speaker = self._speaker.at(time)[2]
        return Scene(
            time=time,
            shown=tuple(self._shown(self._actors[index], time, index == speaker) for index in on_page),
            page=page,
            pages=pages,
            present=tuple(self.participants[index].name for index in here),
        )

    def _shown(self, actor: _Actor, time: float, speaking: bool) -> Shown:
        camera_on = actor.camera.at(time)[2]
        hand = actor.hand.at(time)[2]
        if not camera_on:
            return Shown(actor.participant, camera_on=False, speaking=speaking, muted=not speaking, hand=hand)
        # Each head moves at its own ticks, so that not all tiles have to be redrawn for the same frame.
        tick = math.floor((time + actor.phase) * self.pace.redraws) / self.pace.redraws
        weights, label, intensity = _worn(actor, time)
        talk = round(abs(math.sin(tick * 9.1) * math.sin(tick * 5.3)) * 3) / 3 if speaking else 0.0
        gaze_x, gaze_y = actor.gaze.at(time)[2]
        closed = 0.0 if actor.blink.at(time)[2] else 1.0
        # Leave out glances that hardly show: fewer different looks, of which more are cached.
        gaze = Gaze(closed=closed) if closed or talk else Gaze(gaze_x, gaze_y)
        look = HeadLook(weights, talk, gaze, Turn(*actor.turn.at(time)[2]))
        return Shown(
            actor.participant, True, label, intensity, look, _sway(actor.phase, tick, speaking), speaking,
            not speaking, hand,
        )  # fmt: skip


def _actor(who: Participant, seed: tuple[int, ...], pace: ScriptPace) -> _Actor:
    rng = np.random.default_rng((*seed, 0))
    phase = float(rng.uniform(0, 100))
    # One in ten is shy: their camera is off nearly always.
    shy = rng.random() < 0.1
    camera = (
        switch(pace.camera_off, pace.camera_on, 0.1) if shy else switch(pace.camera_on, pace.camera_off, 0.96)
    )
    # One seed per timeline: they are extended in any order.
    return _Actor(
        participant=who,
        phase=phase,
        present=Timeline((*seed, 1), switch(pace.present, pace.absent, 0.96)),
        camera=Timeline((*seed, 2), camera),
        expression=Timeline((*seed, 3), choices(pace.expression, _expression)),
        gaze=Timeline((*seed, 4), choices(3.0, _glance)),
        turn=Timeline((*seed, 5), choices(5.0, _aside)),
        blink=Timeline((*seed, 6), switch(4.0, 0.16)),
        hand=Timeline((*seed, 7), switch(12.0, 160.0, 0.0)),
    )


def _worn(actor: _Actor, time: float) -> tuple[tuple[tuple[str, float], ...], str, float]:
    """The expression weights at a time, blended from the last expression into the present, and the label."""
    index, start, (label, strength) = actor.expression.at(time)
    old, old_strength = actor.expression.before(index)
    part = min((time - start) / BLEND, 1.0) if index else 1.0
    new_weight = round(part * strength * STEPS) / STEPS
    old_weight = round((1 - part) * old_strength * STEPS) / STEPS
    weights: dict[str, float] = {}
    for name, weight in ((old, old_weight), (label, new_weight)):
        if weight and name != "neutral":
            weights[name] = max(weights.get(name, 0.0), weight)
    strongest, weight = max(weights.items(), key=lambda item: item[1], default=("neutral", 0.0))
    if weight < 0.35:
        strongest = "neutral"
    return tuple(sorted(weights.items())), strongest, weight


def _sway(phase: float, tick: float, speaking: bool) -> tuple[float, float, float]:
    """Slow small movements of the head; more while speaking."""
    more = 1.8 if speaking else 1.0
    x = 0.06 * math.sin(0.43 * tick + phase) + 0.03 * math.sin(1.1 * tick)
    y = 0.03 * more * math.sin(0.9 * tick + 2 * phase)
    tilt = 2.2 * more * math.sin(0.31 * tick + 3 * phase)
    return round(x, 2), round(y, 2), round(tilt * 2) / 2
