"""What a network is asked to answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agent.values import LABELS
from models.labelled import Faces
from models.targets import label_weights, soft_targets, translate_votes


def voted(count: int = 210) -> Faces:
    """Faces whose ten voters all name a label of their own kind, in another order than FER's."""
    labels = np.arange(count) % len(LABELS)
    votes = np.zeros((count, 10), np.float32)
    votes[np.arange(count), (4, 5, 6, 1, 3, 2, 0) * (count // len(LABELS))] = 10
    return Faces(np.zeros((count, 48, 48), np.uint8), labels, votes, "faces made here")


def test_votes_are_translated_into_the_habits_of_the_labels() -> None:
    faces = voted()
    assert faces.votes is not None
    likely = translate_votes(torch.from_numpy(faces.votes), torch.from_numpy(faces.labels))
    assert (likely.argmax(1).numpy() == faces.labels).all()
    targets = soft_targets(faces, 0.6)
    torch.testing.assert_close(targets.sum(1), torch.ones(len(faces)))
    assert (targets.argmax(1).numpy() == faces.labels).all()


def test_rare_labels_weigh_more() -> None:
    weights = label_weights(np.array([0] * 90 + [1] * 10, np.int64), 0.5)
    assert weights[1] == pytest.approx(3 * float(weights[0]), rel=1e-4)
    assert (label_weights(np.array([0, 1, 1], np.int64), 0.0) == 1).all()
