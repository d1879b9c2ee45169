"""Measures against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import metrics
from models.metrics import Labels, Scores


def certain(read: list[int], confidence: float = 0.94) -> Scores:
    scores = np.full((len(read), 7), (1 - confidence) / 6, np.float32)
    scores[np.arange(len(read)), read] = confidence
    return scores


def drawn(count: int, seed: int) -> tuple[Scores, Labels]:
    """Scores, and labels drawn from exactly these probabilities."""
    random = np.random.default_rng(seed)
    scores = random.dirichlet(np.full(7, 0.5), count).astype(np.float32)
    labels = np.array([random.choice(7, p=row.astype(float) / row.astype(float).sum()) for row in scores])
    return scores, labels.astype(np.int64)


def test_confusion_counts_rows_by_truth() -> None:
    matrix = metrics.confusion(certain([0, 1, 1, 6]), np.array([0, 0, 1, 6]))
    assert matrix[0].tolist() == [1, 1, 0, 0, 0, 0, 0]
    assert matrix.sum() == 4


def test_label_scores_by_hand() -> None:
    scores = metrics.label_scores(metrics.confusion(certain([0, 1, 1, 6]), np.array([0, 0, 1, 6])))
    assert (scores["angry"].precision, scores["angry"].recall, scores["angry"].count) == (1.0, 0.5, 2)
    assert (scores["disgust"].precision, scores["disgust"].recall) == (0.5, 1.0)
    assert (scores["neutral"].precision, scores["neutral"].f1) == (1.0, 1.0)
    assert scores["fear"] == metrics.LabelScore(None, None, None, 0)


def test_a_label_that_is_read_and_that_no_face_has_is_not_measured_either() -> None:
    scores = metrics.label_scores(metrics.confusion(certain([2, 0]), np.array([0, 0])))
    assert scores["fear"] == metrics.LabelScore(None, None, None, 0)
    assert metrics.worst_recall(scores) == 0.5


def test_a_label_that_is_never_read_has_no_precision_worth_the_name() -> None:
    scores = metrics.label_scores(metrics.confusion(certain([0]), np.array([1])))
    assert scores["disgust"] == metrics.LabelScore(0.0, 0.0, 0.0, 1)


def test_macro_f1_leaves_out_labels_that_the_data_lacks() -> None:
    matrix = metrics.confusion(certain([0, 1, 1, 6]), np.array([0, 0, 1, 6]))
    assert metrics.macro_f1(matrix) == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_calibration_error_by_hand() -> None:
    scores = certain([0, 0, 0, 0], 0.75)
    assert metrics.calibration_error(scores, np.array([0, 0, 0, 1])) == pytest.approx(0, abs=1e-6)
    assert metrics.calibration_error(scores, np.array([1, 1, 1, 1])) == pytest.approx(0.75)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_that_spoilt_the_scores_is_found(temperature: float) -> None:
    scores, labels = drawn(4000, 1)
    spoilt = metrics.tempered(scores, 1 / temperature)
    assert metrics.fit_temperature(spoilt, labels) == pytest.approx(temperature, rel=0.12)


def test_cross_calibration_mends_overconfidence() -> None:
    scores, labels = drawn(3000, 2)
    spoilt = metrics.tempered(scores, 0.5)
    mended = metrics.cross_calibrated(spoilt, labels)
    assert metrics.calibration_error(mended, labels) < metrics.calibration_error(spoilt, labels) / 2


def test_offsets_are_told_of_faces_that_they_were_not_matched_on() -> None:
    scores, labels = drawn(3000, 5)
    offsets = metrics.matching_offsets(np.log(scores), labels)
    shifted = metrics.tempered(scores * np.exp(offsets), 1.0)
    held = metrics.cross_matched(shifted, offsets, labels)
    assert held.sum(axis=1) == pytest.approx(1, abs=1e-5)
    # Each fold's offsets are nearly, but not just, those of all.
    assert np.abs(held - shifted).max() < 0.2
    assert not np.array_equal(held, shifted)


def test_the_threshold_of_unsure_keeps_the_accepted_risk() -> None:
    scores, labels = drawn(3000, 3)
    threshold = metrics.unsure_below(scores, labels, 0.2)
    kept = scores.max(1) >= threshold
    assert 0 < kept.mean() < 1
    assert 1 - metrics.accuracy(scores[kept], labels[kept]) <= 0.2


def test_offsets_make_labels_as_frequent_as_they_are() -> None:
    random = np.random.default_rng(4)
    labels = random.choice(7, 4000, p=[0.14, 0.02, 0.14, 0.25, 0.17, 0.11, 0.17]).astype(np.int64)
    logits = random.normal(0, 1, (4000, 7)).astype(np.float32)
    logits[np.arange(4000), labels] += 1
    logits[:, 2] -= 2
    true = np.bincount(labels, minlength=7)
    before = np.bincount(logits.argmax(1), minlength=7)
    after = np.bincount((logits + metrics.matching_offsets(logits, labels)).argmax(1), minlength=7)
    assert np.abs(after - true).max() < np.abs(before - true).max() / 5


def test_no_threshold_is_good_enough_for_noise() -> None:
    assert metrics.unsure_below(certain([0, 0, 0]), np.array([1, 1, 1]), 0.2) == 1.0


def test_faces_of_one_confidence_are_read_together_or_not_at_all() -> None:
    """Half of these four are wrong, whatever their order."""
    scores = certain([0, 0, 0, 0], 0.75)
    assert metrics.unsure_below(scores, np.array([0, 0, 1, 1]), 0.25) == 1.0
    assert [one.tolist() for one in metrics.risk_coverage(scores, np.array([0, 0, 1, 1]))] == [
        [0.75], [1.0], [0.5],
    ]  # fmt: skip


@given(st.floats(0.3, 5), st.integers(0, 20))
def test_temperature_keeps_the_label_and_the_sum(temperature: float, seed: int) -> None:
    scores, _ = drawn(5, seed)
    warmer = metrics.tempered(scores, temperature)
    np.testing.assert_allclose(warmer.sum(1), 1, rtol=1e-5)
    chosen = np.take_along_axis(warmer, scores.argmax(1)[:, None], 1)[:, 0]
    np.testing.assert_allclose(chosen, warmer.max(1))


def test_the_interval_of_few_faces_is_wide() -> None:
    assert metrics.wilson(13, 16) == pytest.approx((0.570, 0.934), abs=0.001)
    assert metrics.wilson(700, 1000) == pytest.approx((0.671, 0.728), abs=0.001)
    assert metrics.wilson(0, 4) == pytest.approx((0.0, 0.490), abs=0.001)
    assert metrics.wilson(4, 4) == pytest.approx((0.510, 1.0), abs=0.001)
