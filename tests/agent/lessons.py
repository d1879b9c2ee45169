"""Readings of a class for the tests of what is followed over a lesson."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.lesson.mood import emotion_of
from agent.values import LABELS, Emotion, Reading, Reason, Snapshot, TileState
from tests import builders
from tests.builders import WALL, scores_of

__all__ = ["WALL", "emotion", "reading", "snapshot"]


def emotion(label: str, share: float = 0.82) -> Emotion:
    """What the program makes of these scores."""
    index = LABELS.index(label)
    return emotion_of(np.array(scores_of(label, share)), index)


def reading(
    tile: str,
    label: str | None = "neutral",
    *,
    state: TileState = TileState.FACE,
    facing: float = 1.0,
    share: float = 0.82,
) -> Reading:
    """One tile's reading: the label with probability ``share``, or without one an abstention."""
    is_face = state is TileState.FACE
    said = emotion(label, share) if is_face and label is not None else None
    reason = Reason.UNSURE if is_face and said is None else None
    motivation = 0.8 if said is not None else None
    return builders.reading(tile, said, state=state, facing=facing, reason=reason, motivation=motivation)


def snapshot(readings: Sequence[Reading], wall: float = WALL) -> Snapshot:
    return builders.snapshot(readings, wall=wall, size=(1280, 720))
