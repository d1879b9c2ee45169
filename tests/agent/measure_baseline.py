"""Do own baselines help on faces that nothing was tuned on? ``python -m tests.agent.measure_baseline``.

FER-2013's public test faces, scored by the shipped model, in two halves by row. What counts for usual is
chosen on the even rows (how far between what a class wears and what the model says of it), and the accuracy
in simulated classes is told of the odd ones. Then what it costs those who truly look sad 70 % of the time,
with the shipped figures on all rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import agent.lesson.baseline
from agent.lesson.baseline import Baseline
from agent.values import LABELS
from models.data import load
from models.runtime import load_classifier
from tests.paths import FER2013, need

Scores = NDArray[np.float64]
CLASS = (0.03, 0.03, 0.03, 0.12, 0.06, 0.03, 0.7)
MOSTLY_SAD = (0.03, 0.01, 0.05, 0.02, 0.7, 0.01, 0.18)
SHARES = (0.25, 0.5, 0.75, 1.0)
SECONDS = 15 * 60
WARM_UP = 180


@dataclass(frozen=True)
class Pool:
    """What the shipped model says of test faces (N, 7), and what they are labelled (N,)."""

    scores: Scores
    labels: NDArray[np.int64]

    def half(self, which: int) -> Pool:
        """The even rows (0) or the odd ones (1)."""
        return Pool(self.scores[which::2], self.labels[which::2])


def read_pool() -> Pool:
    """The scores of the public test faces; skips a test where they are not there."""
    faces = load(need(FER2013), "public")
    with load_classifier() as classifier:
        return Pool(classifier.classify(faces.pixels[..., None]).astype(np.float64), faces.labels)


def wear(
    pool: Pool, rng: np.random.Generator, bias: float, mixture: tuple[float, ...]
) -> tuple[NDArray[np.int64], Scores]:
    """The truth and the scores of one participant, once a second."""
    face = [rng.choice(np.flatnonzero(pool.labels == label)) for label in range(len(LABELS))]
    shift = np.exp(rng.normal(0, bias, len(LABELS)))
    truth: list[int] = []
    while len(truth) < SECONDS:
        truth += [int(rng.choice(len(LABELS), p=mixture))] * (3 + int(rng.exponential(15)))
    means = pool.scores[[face[label] for label in truth[:SECONDS]]] * shift
    means /= means.sum(axis=1, keepdims=True)
    return np.array(truth[:SECONDS]), np.array([rng.dirichlet(30 * mean + 1e-3) for mean in means])


def accuracy(
    pool: Pool, bias: float, mixture: tuple[float, ...] = CLASS, count: int = 40
) -> tuple[float, float, int]:
    """Mean accuracy without and with baselines, and for how many of ``count`` it fell by over 2 points."""
    rng = np.random.default_rng(0)
    plain, corrected = [], []
    for _ in range(count):
        truth, scores = wear(pool, rng, bias, mixture)
        baseline = Baseline()
        better = np.array([baseline.correct("t1", one, float(second)) for second, one in enumerate(scores)])
        plain.append(np.mean(scores.argmax(1)[WARM_UP:] == truth[WARM_UP:]))
        corrected.append(np.mean(better.argmax(1)[WARM_UP:] == truth[WARM_UP:]))
    fell = sum(after < before - 0.02 for before, after in zip(plain, corrected, strict=True))
    return float(np.mean(plain)), float(np.mean(corrected)), fell


def usual(pool: Pool, share: float) -> Scores:
    """What counts for usual: ``share`` of what a class wears, the rest of what the model says of it."""
    said = np.array([pool.scores[pool.labels == label].mean(0) for label in range(len(LABELS))])
    worn = np.array(CLASS)
    return np.asarray(share * worn + (1 - share) * (worn @ said), np.float64)


def held_out(pool: Pool, count: int = 100) -> dict[str, float]:
    """The share that does best on the even rows, and with it the accuracies on the odd ones.

    ``agent.lesson.baseline`` is left with the shipped figures.
    """
    shipped = agent.lesson.baseline._USUAL
    even, odd = pool.half(0), pool.half(1)
    try:
        found = {}
        for share in SHARES:
            agent.lesson.baseline._USUAL = usual(even, share)
            found[share] = accuracy(even, 0.0, count=count)[1]
        best = max(found, key=found.__getitem__)
        agent.lesson.baseline._USUAL = usual(even, best)
        without, with_, fell = accuracy(odd, 0.0, count=count)
    finally:
        agent.lesson.baseline._USUAL = shipped
    return {"share": best, "tuned": found[best], "without": without, "with": with_, "worse_for": fell / count}


def truly_sad(pool: Pool, count: int = 100) -> dict[str, float]:
    """The accuracies of those who look sad most of the time, which a baseline must not take for usual."""
    without, with_, fell = accuracy(pool, 0.0, MOSTLY_SAD, count)
    return {"sad_without": without, "sad_with": with_, "sad_worse_for": fell / count}


if __name__ == "__main__":
    everybody = read_pool()
    for name, figure in {**held_out(everybody), **truly_sad(everybody)}.items():
        print(f"{name}: {figure:.3f}")
