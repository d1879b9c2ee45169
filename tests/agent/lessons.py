"""Readings of a class for the tests of what is followed over a lesson."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.lesson.mood import emotion_of
from agent.lesson.room import summarize
from agent.values import LABELS, Box, Face, Reading, Reason, Snapshot, SourceStatus, TileState

WALL = 1_767_258_000.0
FACE = Face(Box(0, 0, 40, 40), np.zeros((6, 2), np.float32), 0.9)


def reading(
    tile: str,
    label: str | None = "neutral",
    *,
    state: TileState = TileState.FACE,
    facing: float = 1.0,
    share: float = 0.82,
) -> Reading:
    """One tile's reading: the label with probability ``share``, or without one an abstention."""
    face = FACE if state is TileState.FACE else None
    emotion = None
    if face is not None and label is not None:
        scores = np.full(len(LABELS), (1 - share) / (len(LABELS) - 1))
        scores[LABELS.index(label)] = share
        emotion = emotion_of(scores, LABELS.index(label))
    reason = Reason.UNSURE if face is not None and emotion is None else None
    box = Box(0, 0, 160, 90)
    motivation = 0.8 if emotion is not None else None
    return Reading(tile, 0, 0, box, state, False, face, facing, emotion, reason, WALL, motivation)


def snapshot(readings: Sequence[Reading], wall: float = WALL) -> Snapshot:
    return Snapshot(0, wall, 0.01, 1280, 720, SourceStatus(), tuple(readings), summarize(readings))
