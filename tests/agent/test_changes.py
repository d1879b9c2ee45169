"""A change of expression shows in time and a steady face keeps its label: a few of the measured sequences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from agent.lesson.mood import MoodTracker
from agent.values import LABELS
from models.labelled import Faces
from models.runtime import Classifier, load_classifier
from tests.agent.measure_changes import (
    AFTER,
    BEFORE,
    HZ,
    Sequences,
    change,
    changes_shown,
    changing,
    clear_faces,
    label_changes,
    moving,
    steady,
)


@pytest.fixture(scope="module")
def faces() -> Faces:
    return clear_faces()


@pytest.fixture(scope="module")
def classifier() -> Iterator[Classifier]:
    with load_classifier() as opened:
        yield opened


def test_what_the_model_can_read_shows_within_a_second_and_a_half(
    faces: Faces, classifier: Classifier
) -> None:
    found = changes_shown(changing(faces, classifier, each=5, seed=7))
    assert found.count >= 30
    assert found.shown_of_readable >= 0.9
    assert found.shown_of_readable + found.late + found.never == pytest.approx(1)


def test_a_steady_face_changes_its_label_less_than_once_in_30_s(faces: Faces, classifier: Classifier) -> None:
    labels, anything = label_changes(steady(faces, classifier, each=1, seed=7))
    assert labels <= anything < 1


def certain(label: str, frames: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.tile(np.eye(len(LABELS), dtype=np.float32)[LABELS.index(label)], (frames, 1))


def test_what_is_measured_is_what_it_says() -> None:
    """On sequences that are known: one is shown at once, one late, one never, and one cannot be read."""
    before, after = round(BEFORE * HZ), round(AFTER * HZ)
    shown = np.concatenate([certain("neutral", before), certain("happy", after)])
    late = np.concatenate([certain("neutral", before + 2 * HZ), certain("happy", after - 2 * HZ)])
    unread = np.concatenate([certain("neutral", before), certain("sad", after)])
    happy, neutral = LABELS.index("happy"), LABELS.index("neutral")
    sequences = Sequences(np.stack([shown, late, unread]), np.full(3, neutral), np.full(3, happy))
    found = changes_shown(sequences)
    assert (found.count, found.never) == (3, 0)
    assert found.readable == pytest.approx(2 / 3)
    assert found.shown == pytest.approx(1 / 3)
    assert (found.shown_of_readable, found.late) == (0.5, 0.5)
    assert label_changes(Sequences(np.stack([shown]), np.zeros(1, int), np.zeros(1, int)))[
        0
    ] == pytest.approx(3)


@pytest.mark.parametrize("hz", [2, 5, 15])
def test_no_single_frame_can_change_a_label_and_two_that_are_clear_do(hz: int) -> None:
    for frames, wanted in ((1, {"happy"}), (max(2, hz // 5), {"happy", "sad"})):
        tracker, said = MoodTracker(), set()
        scores = [*certain("happy", 5 * hz), *certain("sad", frames), *certain("happy", 5 * hz)]
        for frame, one in enumerate(scores):
            mood = tracker.update("t", one, None, time=frame / hz, wall=0.0)
            said |= {mood.emotion.label} if mood.emotion and frame > hz else set()
        assert said == wanted


def test_at_a_frame_a_second_a_clear_one_changes_the_label() -> None:
    """It stands for the second before it, and the scores that are shown are mostly its own."""
    tracker = MoodTracker()
    scores = [*certain("happy", 5), *certain("sad", 1)]
    said = [tracker.update("t", one, None, time=float(at), wall=0.0).emotion for at, one in enumerate(scores)]
    assert [mood and mood.label for mood in said[3:]] == ["happy", "happy", "sad"]


def test_a_head_that_moves_stays_the_same_head(faces: Faces) -> None:
    still = np.repeat(faces.pixels[:1], 20, 0).astype(np.float32)
    frames = moving(np.random.default_rng(3), still)
    apart = np.abs(frames.astype(float) - still).mean((1, 2))
    assert 1 < apart.mean() < 20
    half = change(faces.pixels[0], faces.pixels[1])[round(BEFORE * HZ)]
    assert half == pytest.approx((faces.pixels[0].astype(float) + faces.pixels[1]) / 2, abs=0.5)
