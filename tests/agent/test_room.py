"""The summary of the room."""

from __future__ import annotations

import numpy as np
import pytest

from agent.mood import emotion_of
from agent.room import summarize
from agent.values import LABELS, Box, Emotion, Face, Reading, Reason, Room, TileState

FACE = Face(Box(0, 0, 40, 40), np.zeros((6, 2), np.float32), 0.9)


def emotion(label: str) -> Emotion:
    scores = np.full(len(LABELS), 0.05)
    scores[LABELS.index(label)] = 0.7
    return emotion_of(scores, LABELS.index(label))


def reading(state: TileState, label: str | None = None, facing: float = 0.0) -> Reading:
    face = FACE if state is TileState.FACE else None
    said = emotion(label) if label else None
    reason = Reason.SMALL if face and not said else None
    return Reading("t1", 0, 0, Box(0, 0, 160, 90), state, False, face, facing, said, reason, 0.0)


def test_an_empty_room_has_no_figures() -> None:
    assert summarize([]) == Room(0, 0, 0)


def test_cameras_off_and_excluded_tiles_count_as_tiles_only() -> None:
    assert summarize([reading(TileState.CAMERA_OFF), reading(TileState.EXCLUDED)]) == Room(2, 0, 0)


def test_figures_are_means_over_the_faces_that_were_read() -> None:
    room = summarize(
        [
            reading(TileState.FACE, "happy", 1.0),
            reading(TileState.FACE, "happy", 0.8),
            reading(TileState.FACE, "sad", 0.6),
            reading(TileState.FACE, None, 0.2),
            reading(TileState.NO_FACE),
            reading(TileState.CAMERA_OFF),
        ]
    )
    assert (room.tiles, room.faces, room.read, room.label) == (6, 4, 3, "happy")
    assert room.scores is not None
    assert sum(room.scores) == pytest.approx(1)
    assert room.scores[LABELS.index("happy")] == pytest.approx((0.7 + 0.7 + 0.05) / 3)
    happy, sad = emotion("happy"), emotion("sad")
    assert room.valence == pytest.approx((2 * happy.valence + sad.valence) / 3)
    assert room.arousal == pytest.approx((2 * happy.arousal + sad.arousal) / 3)
    assert room.attention == pytest.approx((1.0 + 0.8 + 0.6 + 0.2 + 0.0) / 5)


def test_attention_is_known_before_any_face_is_read() -> None:
    room = summarize([reading(TileState.FACE, None, 0.5), reading(TileState.NO_FACE)])
    assert (room.scores, room.label, room.valence, room.arousal) == (None, None, None, None)
    assert room.attention == pytest.approx(0.25)
