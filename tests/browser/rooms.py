"""Snapshots of a class for the pages' tests: 1 to 49 tiles in a grid, with every state a tile can have."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np

from agent.values import (
    LABELS,
    Advice,
    Alert,
    Box,
    Change,
    Direction,
    Emotion,
    Face,
    Marker,
    Reading,
    Reason,
    Room,
    Scope,
    Snapshot,
    SourceState,
    SourceStatus,
    Tempo,
    TileState,
    Trend,
)
from tests import builders

STATES = {7: TileState.CAMERA_OFF, 13: TileState.NO_FACE, 21: TileState.EXCLUDED}
STEADY = Change(0.0, Direction.STEADY)
TREND = Trend(Change(0.15, Direction.RISING), STEADY, Change(-0.2, Direction.FALLING), STEADY)
ADVICE = Advice(
    Tempo.SLOWER, "Slower may help: fewer faces are turned to the camera.", "90 % before, now 60 %."
)
REASONS = {4: Reason.SMALL, 11: Reason.TURNED, 23: Reason.WARMING_UP}


def grid(count: int, width: int, height: int) -> list[tuple[int, int, Box]]:
    """Row, column and box of ``count`` 16:9 tiles centred in a frame."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    gap = max(2, width // 200)
    wide = min((width - gap) // columns - gap, ((height - gap) // rows - gap) * 16 // 9)
    high = wide * 9 // 16
    left = (width - columns * (wide + gap) + gap) // 2
    top = (height - rows * (high + gap) + gap) // 2
    places = (divmod(index, columns) for index in range(count))
    return [(r, c, Box(left + c * (wide + gap), top + r * (high + gap), wide, high)) for r, c in places]


def face_in(box: Box, index: int, share: float = 0.42) -> Face:
    """A face of ``share`` of the tile's height, a little to the left or right of its middle."""
    size = int(box.height * share)
    left = box.left + int(box.width * (0.5 + 0.1 * math.sin(index))) - size // 2
    return builders.face_at(Box(left, box.top + int(box.height * 0.24), size, size), 0.93)


def emotion(index: int, seq: int = 0) -> Emotion:
    """A reading whose label is that of ``index``; its certainty moves with ``seq``."""
    top = 0.55 + 0.3 * math.sin(index + seq / 3)
    scores = [(1 - top) / 6] * 7
    scores[index % 7] = top
    label = LABELS[max(range(7), key=scores.__getitem__)]
    return Emotion(label, max(scores), tuple(scores), 0.4 * math.sin(index), 0.3 * math.cos(index))


def reading(index: int, row: int, col: int, box: Box, *, seq: int = 0, plain: bool = False) -> Reading:
    """Tile ``index`` of the class; a ``plain`` one always has a reading."""
    state = TileState.FACE if plain else STATES.get(index, TileState.FACE)
    reason = None if plain else REASONS.get(index)
    return builders.reading(
        f"t{index + 1}",
        emotion(index, seq) if reason is None else None,
        at=(row, col),
        box=box,
        state=state,
        speaking=index == 2,
        face=face_in(box, index),
        reason=reason,
        since=time.time() - 30,
    )


def summary(readings: tuple[Reading, ...]) -> Room:
    """The room over ``readings``: plain means, good enough to draw."""
    said = [one.emotion for one in readings if one.emotion]
    faces = sum(one.face is not None for one in readings)
    if not said:
        return Room(len(readings), faces, 0)
    scores = tuple(float(value) for value in np.mean([one.scores for one in said], axis=0))
    valence = float(np.mean([one.valence for one in said]))
    arousal = float(np.mean([one.arousal for one in said]))
    label = LABELS[int(np.argmax(scores))]
    return Room(len(readings), faces, len(said), scores, label, valence, arousal, 0.8)


def torn() -> Snapshot:
    """A room of five whose mean has another label on top than most of its faces: three barely neutral."""
    barely, surely = (0.0, 0.0, 0.0, 0.45, 0.0, 0.05, 0.5), (0.0, 0.0, 0.0, 0.95, 0.0, 0.0, 0.05)
    said = [Emotion("neutral", 0.5, barely, 0.4, 0.2)] * 3 + [Emotion("happy", 0.95, surely, 0.8, 0.5)] * 2
    places = enumerate(zip(grid(5, 1920, 1080), said, strict=True))
    return snapshot(
        1, readings=tuple(replace(reading(i, *at, plain=True), emotion=one) for i, (at, one) in places)
    )


def excluded(seq: int = 1, count: int = 25) -> Snapshot:
    """A class of which everybody is left alone, and one has her camera off."""
    alone = [
        replace(one, state=TileState.EXCLUDED, face=None, emotion=None, reason=Reason.PRIVATE)
        for one in snapshot(seq, count).readings
    ]
    alone[0] = replace(alone[0], state=TileState.CAMERA_OFF)
    return snapshot(seq, readings=tuple(alone))


def withheld(seq: int = 1) -> Snapshot:
    """A class under a policy that forbids to infer expressions: tiles, presence and attention alone."""
    given = snapshot(seq)
    readings = tuple(
        replace(one, emotion=None, reason=Reason.PRIVATE) if one.face else one for one in given.readings
    )
    return replace(given, readings=readings, room=Room(25, 22, 0, attention=0.9))


def snapshot(
    seq: int,
    count: int = 25,
    size: tuple[int, int] = (1920, 1080),
    *,
    wall: float | None = None,
    plain: bool = False,
    state: SourceState = SourceState.LIVE,
    readings: tuple[Reading, ...] | None = None,
    alerts: tuple[Alert, ...] = (),
) -> Snapshot:
    """One analysed frame of a class of ``count``, or of the given ``readings``."""
    if readings is None:
        places = enumerate(grid(count, *size)) if count else ()
        readings = tuple(reading(i, row, col, box, seq=seq, plain=plain) for i, (row, col, box) in places)
    now = time.time() if wall is None else wall
    source, room = SourceStatus(state, 0), summary(readings)
    return builders.snapshot(
        readings, seq, now, size=size, source=source, room=room, age=0.0315, alerts=alerts
    )


def lesson(seq: int = 1) -> Snapshot:
    """A class with all that is said of a lesson over time: trend, advice, two markers and two alerts."""
    now = time.time()
    given = snapshot(seq)
    assert given.room.scores is not None
    intervals = tuple((max(score - 0.1, 0.0), min(score + 0.1, 1.0)) for score in given.room.scores)
    room = replace(given.room, motivation=0.63, intervals=intervals, trend=TREND, advice=ADVICE)
    markers = (Marker("New topic", now - 100), Marker("<i>group</i> work", now - 20))
    tiles = tuple(f"t{number}" for number in range(1, 14))
    alerts = (
        Alert("turned away", "Many are turned away: 13 of 22.", tiles, now - 60, Scope.ROOM),
        Alert("unusual", "Unlike usual: t7 looks sad.", ("t7",), now - 90),
    )
    return replace(given, room=room, markers=markers, alerts=alerts)
