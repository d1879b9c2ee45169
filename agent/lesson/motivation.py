"""An index of motivation: a proxy from expression and direction of the head, and no measure of a person.

It follows the concentration index of Sharma, Joshi, Gautam, Maharjan, Khanal, Reis, Barroso and Filipe,
"Student Engagement Detection Using Emotion Analysis, Eye Tracking and Head Movement with Machine Learning"
(TECH-EDU 2022; arXiv:1909.12913): a weight for the expression, times how much the learner looks at the
screen, over the largest value possible. There the expression is the likeliest one and the gaze comes from the
eyes. Here all seven probabilities count, and the head's direction stands in for the gaze.

The weights for expressions are theirs, as programs that build on the paper quote them (neutral 0.9, happy and
surprise 0.6, fear and sad 0.3, angry 0.25), not checked against the print; the one for disgust (0.2) is ours.
A still face may be absorbed, tired or elsewhere: the index cannot tell. All weights can be changed
(``motivation`` in the configuration).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from agent.values import LABELS

Weight = Annotated[float, Meta(ge=0, le=1)]


class Weights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Weights of each label and of the head's direction: 0 does not count, 1 counts fully.

    This is the section ``motivation`` of the configuration.
    """

    angry: Weight = 0.25
    disgust: Weight = 0.2
    fear: Weight = 0.3
    happy: Weight = 0.6
    sad: Weight = 0.3
    surprise: Weight = 0.6
    neutral: Weight = 0.9
    facing: Weight = 1.0

    @property
    def labels(self) -> tuple[float, ...]:
        """The weights of the seven labels, in the order of LABELS."""
        return tuple(float(getattr(self, label)) for label in LABELS)


def motivation(scores: Sequence[float], facing: float, weights: Weights) -> float:
    """The index, 0..1, from seven probabilities in the order of LABELS and ``facing`` (0 profile, 1 camera).

    1 means the label with the largest weight, with certainty, facing the camera. All weights 0 give 0.
    """
    heaviest = max(weights.labels)
    if heaviest <= 0:
        return 0.0
    expression = sum(score * weight for score, weight in zip(scores, weights.labels, strict=True)) / heaviest
    index = expression * (1.0 - weights.facing + weights.facing * facing)
    return float(min(max(index, 0.0), 1.0))
