"""Snapshots and their parts for tests: what a test does not speak of has a plain value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from agent.lesson.room import summarize
from agent.values import (
    LABELS,
    Box,
    Emotion,
    Face,
    LabelName,
    Reading,
    Reason,
    Room,
    Snapshot,
    SourceStatus,
    TileState,
)

WALL = 1_767_258_000.0
"""A Unix time: one o'clock on a day in January 2026."""

BOX = Box(0, 0, 160, 90)
"""A tile."""


def face_at(box: Box, confidence: float = 0.9) -> Face:
    return Face(box, np.zeros((6, 2), np.float32), confidence)


FACE = face_at(Box(0, 0, 40, 40))


def scores_of(label: str, share: float = 0.76) -> tuple[float, ...]:
    """The label's probability is ``share``, and what is left is shared by the others."""
    rest = (1 - share) / (len(LABELS) - 1)
    return tuple(share if one == label else rest for one in LABELS)


def emotion(label: LabelName, share: float = 0.76, valence: float = 0.3, arousal: float = 0.2) -> Emotion:
    return Emotion(label, share, scores_of(label, share), valence, arousal)


def reading(
    name: str,
    said: Emotion | None = None,
    *,
    at: tuple[int, int] = (0, 0),
    box: Box = BOX,
    state: TileState = TileState.FACE,
    speaking: bool = False,
    face: Face | None = FACE,
    facing: float = 0.9,
    reason: Reason | None = None,
    since: float = WALL,
    motivation: float | None = None,
) -> Reading:
    """One tile's reading, in row and column ``at``; a face, and what is ``said`` of it, in that one."""
    if state is not TileState.FACE:
        face = said = None
    return Reading(name, *at, box, state, speaking, face, facing, said, reason, since, motivation)


def snapshot(
    readings: Sequence[Reading],
    seq: int = 0,
    wall: float = WALL,
    *,
    size: tuple[int, int] = (1920, 1080),
    source: SourceStatus | None = None,
    room: Room | None = None,
    age: float = 0.03,
    **others: Any,
) -> Snapshot:
    """One analysed frame with these readings, summed up as the program does unless a ``room`` is given."""
    summed_up = summarize(readings) if room is None else room
    return Snapshot(seq, wall, age, *size, source or SourceStatus(), tuple(readings), summed_up, **others)
