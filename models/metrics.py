"""Metrics of accuracy and calibration: pure functions of probabilities (N, 7) and labels (N,)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.values import LABELS
from models.runtime import softmax

Scores = NDArray[np.float32]
Labels = NDArray[np.int64]

BINS = 15
FOLDS, MATCHING_ROUNDS = 5, 60
TEMPERATURES = np.exp(np.linspace(np.log(0.3), np.log(5.0), 121))


@dataclass(frozen=True)
class LabelScore:
    """A label's precision (0 if it was never predicted), recall and F1, and its number of faces.

    The three figures are None if no face has this label.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    count: int


def confusion(scores: Scores, labels: Labels) -> NDArray[np.int64]:
    """The confusion matrix, int64 (7, 7): rows are true labels, columns predicted labels."""
    size = len(LABELS)
    pairs = labels * size + scores.argmax(1)
    return np.bincount(pairs, minlength=size * size).reshape(size, size)


def accuracy(scores: Scores, labels: Labels) -> float:
    """The share of correctly read faces; nan without faces."""
    return float((scores.argmax(1) == labels).mean()) if len(labels) else float("nan")


def label_scores(matrix: NDArray[np.int64]) -> dict[str, LabelScore]:
    """Precision, recall and F1 of each label from a confusion matrix."""
    found: dict[str, LabelScore] = {}
    for index, name in enumerate(LABELS):
        right, true, read = matrix[index, index], matrix[index].sum(), matrix[:, index].sum()
        found[name] = LabelScore(None, None, None, 0)
        if true:
            precision = float(right / read) if read else 0.0
            found[name] = LabelScore(
                precision, float(right / true), float(2 * right / (true + read)), int(true)
            )
    return found


def macro_f1(matrix: NDArray[np.int64]) -> float:
    """The mean F1 over the labels that the data has."""
    return float(np.mean([score.f1 for score in label_scores(matrix).values() if score.f1 is not None]))


def worst_recall(labels: Mapping[str, LabelScore]) -> float:
    """The lowest recall of the labels that the data has; there must be at least one."""
    return min(score.recall for score in labels.values() if score.recall is not None)


def reliability(scores: Scores, labels: Labels) -> list[tuple[float, float, int]]:
    """The calibration curve: (mean confidence, accuracy, count) of each non-empty one of 15 equal bins."""
    confidence, right = scores.max(1), scores.argmax(1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    groups = [bins == index for index in range(BINS)]
    return [
        (float(confidence[group].mean()), float(right[group].mean()), int(group.sum()))
        for group in groups
        if group.any()
    ]


def calibration_error(scores: Scores, labels: Labels) -> float:
    """Expected calibration error in 15 equal bins (Guo et al. 2017)."""
    curve = reliability(scores, labels)
    total = sum(count for _, _, count in curve)
    return sum(abs(sure - right) * count for sure, right, count in curve) / total


def tempered(scores: Scores, temperature: float) -> Scores:
    """Probabilities with their logits divided by a temperature; above 1 lowers the confidence."""
    return softmax(np.log(np.maximum(scores, 1e-12)) / temperature)


def fit_temperature(scores: Scores, labels: Labels) -> float:
    """The temperature with the lowest negative log likelihood, by a search from 0.3 to 5."""
    rows = np.arange(len(labels))
    losses = [-np.log(np.maximum(tempered(scores, t)[rows, labels], 1e-12)).mean() for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def cross_calibrated(scores: Scores, labels: Labels) -> Scores:
    """Probabilities in 5-fold cross-validation, with each fold's temperature fitted on the other folds."""
    out = np.empty_like(scores)
    for held in _folds(len(labels)):
        out[held] = tempered(scores[held], fit_temperature(scores[~held], labels[~held]))
    return out


def matching_offsets(logits: Scores, labels: Labels) -> Scores:
    """Logit offsets (7,) with which each label is predicted about as often as it occurs in ``labels``.

    A network with low confidence predicts rare and hard labels too rarely (compare Menon et al. 2021).
    """
    offsets = np.zeros(len(LABELS), np.float32)
    wanted = np.bincount(labels, minlength=len(LABELS)) + 5
    for _ in range(MATCHING_ROUNDS):
        read = np.bincount((logits + offsets).argmax(1), minlength=len(LABELS)) + 5
        offsets += (0.2 * np.log(wanted / read)).astype(np.float32)
    return offsets


def cross_matched(scores: Scores, offsets: Scores, labels: Labels) -> Scores:
    """Probabilities in 5-fold cross-validation, with each fold's offsets matched on the other folds.

    ``scores`` already contain the ``offsets`` (7,) that were matched on all faces.
    """
    logits = np.log(np.maximum(scores, 1e-12)) - offsets
    out = np.empty_like(scores)
    for held in _folds(len(labels)):
        out[held] = softmax(logits[held] + matching_offsets(logits[~held], labels[~held]))
    return out


def _folds(count: int) -> Iterator[NDArray[np.bool_]]:
    """The members of each fold, bool (count,), drawn at random with a fixed seed."""
    fold = np.random.default_rng(0).permutation(count) % FOLDS
    yield from (fold == index for index in range(FOLDS))


def risk_coverage(scores: Scores, labels: Labels) -> tuple[Scores, NDArray[np.float64], NDArray[np.float64]]:
    """Descending confidence thresholds, the share of faces at or above each, and the error among these."""
    confidence = scores.max(1)
    order = np.argsort(-confidence, kind="stable")
    wrong = (scores.argmax(1) != labels)[order]
    kept = np.arange(1, len(labels) + 1)
    # A threshold takes all faces of one confidence or none of them.
    ends = np.diff(confidence[order], append=-np.inf) < 0
    return confidence[order][ends], kept[ends] / len(labels), (np.cumsum(wrong) / kept)[ends]


def unsure_below(scores: Scores, labels: Labels, risk: float) -> float:
    """The lowest confidence threshold at which the error among the remaining faces is at most ``risk``.

    1.0 (read nothing) if no threshold achieves that.
    """
    thresholds, _, errors = risk_coverage(scores, labels)
    good = np.flatnonzero(errors <= risk)
    return float(thresholds[good[-1]]) if len(good) else 1.0


def wilson(right: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % confidence interval (1927) of a share, for ``right`` successes in ``count`` draws."""
    z, share = 1.96, right / count
    middle = share + z * z / (2 * count)
    margin = z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    whole = 1 + z * z / count
    return max((middle - margin) / whole, 0.0), min((middle + margin) / whole, 1.0)
