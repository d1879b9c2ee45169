"""Own baselines, on the shipped model's real scores for participants whose truth is known.

A participant wears one FER-2013 face per label, as long as the class's mixture says, with noise. Her resting
face is then whatever the model makes of it; a bias on top of the scores makes it worse.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from agent.lesson.baseline import USUAL, Baseline, Learning
from agent.values import LABELS
from tests.agent.measure_baseline import Pool, Scores, accuracy, held_out, read_pool, truly_sad


@pytest.fixture(scope="module")
def pool() -> Pool:
    return read_pool()


@pytest.mark.parametrize("bias", [0.0, 0.7])
def test_baselines_help_a_class(pool: Pool, bias: float) -> None:
    without, with_, fell = accuracy(pool, bias)
    assert with_ > without + 0.04
    assert fell <= 4


def test_who_is_truly_sad_for_long_loses_little(pool: Pool) -> None:
    figures = truly_sad(pool, count=40)
    assert figures["sad_with"] > figures["sad_without"] - 0.09


def test_baselines_help_on_faces_that_nothing_was_tuned_on(pool: Pool) -> None:
    figures = held_out(pool, count=40)
    assert figures["with"] > figures["without"] + 0.05
    assert figures["worse_for"] <= 0.15


def resting(label: str, share: float = 0.5, neutral: float = 0.35) -> Scores:
    scores = np.full(len(LABELS), (1 - share - neutral) / (len(LABELS) - 2))
    scores[LABELS.index(label)], scores[LABELS.index("neutral")] = share, neutral
    return scores


def top(scores: Scores) -> str:
    return LABELS[int(scores.argmax())]


def after(seconds: int, scores: Scores, learning: Learning | None = None) -> Baseline:
    baseline = Baseline(learning)
    for second in range(seconds):
        baseline.correct("t1", scores, float(second))
    return baseline


def lowered(baseline: Baseline, time: float) -> Scores:
    """By how much the logarithm of each score of t1 is lowered; at the ``time`` of her last scores.

    Scores that come at the same time as others teach nothing, and neutral is never lowered.
    """
    corrected = baseline.correct("t1", np.full(len(LABELS), 1 / len(LABELS)), time)
    return np.asarray(np.log(corrected[LABELS.index("neutral")] / corrected), np.float64)


def test_a_neutral_face_that_looks_sad_does_not_stay_sad() -> None:
    baseline = after(180, resting("sad"))
    assert top(baseline.correct("t1", resting("sad"), 180.0)) == "neutral"
    # Others keep what the model says of them, and so does a clear change of the same person.
    assert top(baseline.correct("t2", resting("sad"), 180.0)) == "sad"
    assert top(baseline.correct("t1", resting("happy"), 181.0)) == "happy"
    assert top(baseline.correct("t1", resting("sad", 0.75, 0.15), 182.0)) == "sad"


def test_rare_frames_count_for_the_time_between_them() -> None:
    """At a frame in ten seconds a baseline took five times as long as it should."""
    rare, dense = Baseline(hz=0.1), Baseline(hz=5)
    for second in range(0, 180, 10):
        rare.correct("t1", resting("sad"), float(second))
    for second in range(180):
        dense.correct("t1", resting("sad"), float(second))
    assert lowered(rare, 170.0) == pytest.approx(lowered(dense, 179.0), rel=0.1)


def test_a_clear_expression_keeps_its_label_however_long_it_lasts() -> None:
    clear = resting("sad", 0.6, 0.2)
    baseline = after(3 * 3600, clear)
    assert lowered(baseline, 3 * 3600.0 - 1).max() <= Learning().limit + 1e-9
    assert top(baseline.correct("t1", clear, 3 * 3600.0)) == "sad"


def test_the_scores_stay_probabilities_and_nothing_usual_is_touched() -> None:
    usual = np.array([USUAL[label] for label in LABELS])
    assert usual.sum() == pytest.approx(1)
    assert Baseline().correct("t1", usual, 0.0) == pytest.approx(usual)
    corrected = after(300, resting("fear")).correct("t1", resting("fear"), 300.0)
    assert corrected.sum() == pytest.approx(1)
    assert (corrected >= 0).all()


def test_neutral_is_never_lowered() -> None:
    neutral = resting("happy", 0.01, 0.98)
    assert after(600, neutral).correct("t1", neutral, 600.0) == pytest.approx(neutral)


def test_it_is_learnt_at_once_and_forgotten_slowly() -> None:
    sad = LABELS.index("sad")
    early, late = (lowered(after(seconds, resting("sad")), seconds - 1.0)[sad] for seconds in (10, 180))
    assert 0 < early < late
    baseline = after(180, resting("sad"))
    for second in range(180, 210):
        baseline.correct("t1", resting("happy"), float(second))
    assert lowered(baseline, 209.0)[sad] > 0.8 * late


def jump(seconds: float) -> Callable[[Baseline], None]:
    return lambda baseline: (baseline.correct("t1", resting("angry"), 60.0 + seconds), None)[1]


@pytest.mark.parametrize("seconds", [86_400.0, -86_400.0, 0.0])
def test_a_clock_that_jumps_teaches_nothing(seconds: float) -> None:
    baseline = after(60, resting("sad"))
    before = lowered(baseline, 59.0)
    jump(seconds)(baseline)
    assert np.abs(lowered(baseline, 60.0 + seconds) - before).max() < 0.15


def test_a_baseline_goes_with_its_tile() -> None:
    baseline = after(180, resting("sad"), Learning(keep=60.0))
    baseline.forget(200.0)
    assert lowered(baseline, 179.0).max() > 0.1
    baseline.forget(400.0)
    assert lowered(baseline, 400.0) == pytest.approx(np.zeros(len(LABELS)))


def test_the_baselines_of_the_excluded_are_dropped_at_once() -> None:
    baseline = after(180, resting("sad"))
    baseline.drop(["t1", "unknown"])
    assert lowered(baseline, 400.0) == pytest.approx(np.zeros(len(LABELS)))
