"""The summary of the room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from agent.lesson.room import intervals_of, summarize
from agent.values import LABELS, Emotion, Reading, Room, TileState
from tests.agent import lessons


def emotion(label: str) -> Emotion:
    return lessons.emotion(label, 0.7)


def reading(state: TileState, label: str | None = None, facing: float = 0.0) -> Reading:
    return lessons.reading("t1", label, state=state, facing=facing, share=0.7)


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


def test_those_without_a_picture_are_as_uncertain_as_those_not_read_and_the_excluded_are_not() -> None:
    read = [reading(TileState.FACE, "happy", 1.0), reading(TileState.FACE, "sad", 1.0)]

    def width(*others: TileState) -> float:
        intervals = summarize([*read, *map(reading, others)]).intervals
        assert intervals is not None
        low, high = intervals[LABELS.index("happy")]
        return high - low

    alone = width()
    assert width(TileState.EXCLUDED, TileState.EXCLUDED) == alone
    assert width(TileState.CAMERA_OFF, TileState.NO_FACE) > alone
    assert width(TileState.CAMERA_OFF) == width(TileState.NO_FACE)


def test_attention_is_known_before_any_face_is_read() -> None:
    room = summarize([reading(TileState.FACE, None, 0.5), reading(TileState.NO_FACE)])
    assert (room.scores, room.label, room.valence, room.arousal) == (None, None, None, None)
    assert room.attention == pytest.approx(0.25)


def test_motivation_is_the_mean_over_the_faces_that_were_read() -> None:
    read = [
        replace(reading(TileState.FACE, "happy", 1.0), motivation=0.6),
        replace(reading(TileState.FACE, "sad", 1.0), motivation=0.2),
    ]
    assert summarize([*read, reading(TileState.FACE, None, 1.0)]).motivation == pytest.approx(0.4)


def certain(counts: dict[str, int]) -> NDArray[np.float64]:
    rows = [np.eye(len(LABELS))[LABELS.index(label)] for label, n in counts.items() for _ in range(n)]
    return np.array(rows)


def test_the_interval_of_certain_readings_from_a_large_class_is_wilsons() -> None:
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662 by Wilson's method.
    intervals = intervals_of(certain({"happy": 81, "sad": 182}), 10**9)
    assert intervals[LABELS.index("happy")] == pytest.approx((0.2553, 0.3662), abs=5e-4)


def test_the_more_of_a_class_is_read_the_narrower_and_certain_readings_of_all_leave_no_doubt() -> None:
    few, most, all_ = (intervals_of(certain({"happy": 5, "sad": 5}), tiles) for tiles in (100, 12, 10))
    happy = LABELS.index("happy")
    widths = [high - low for low, high in (few[happy], most[happy], all_[happy])]
    assert widths[0] > 0.4
    assert widths[0] > widths[1] > widths[2] == 0


def test_doubtful_readings_of_all_leave_doubt() -> None:
    scores = np.full((10, len(LABELS)), 0.1)
    scores[:, LABELS.index("happy")] = 0.4
    low, high = intervals_of(scores, 10)[LABELS.index("happy")]
    assert low < 0.4 < high
    assert high - low > 0.3


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Classes of 25, of whom 15 are read, by scores that are calibrated by construction."""
    rng = np.random.default_rng(3)
    happy, covered = LABELS.index("happy"), 0.0
    for _ in range(400):
        scores = rng.dirichlet(np.full(len(LABELS), 0.5), 25)
        truth = np.mean([rng.choice(len(LABELS), p=row) == happy for row in scores])
        low, high = intervals_of(scores[:15], 25)[happy]
        covered += float(low <= truth <= high)
    assert covered >= 0.93 * 400


@given(
    arrays(np.float64, st.tuples(st.integers(1, 12), st.just(7)), elements=st.floats(0, 1)),
    st.integers(0, 60),
)
def test_intervals_hold_the_share_and_stay_in_range(scores: NDArray[np.float64], population: int) -> None:
    scores = (scores + 1e-6) / (scores + 1e-6).sum(axis=1, keepdims=True)
    for share, (low, high) in zip(scores.mean(axis=0), intervals_of(scores, population), strict=True):
        assert -1e-12 <= low <= share + 1e-9
        assert share - 1e-9 <= high <= 1 + 1e-12
