"""How often people agree with the labels of FER-2013: a reference for a model's accuracy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.errors import DataError
from agent.values import LABELS
from models.labelled import VOTES, Faces
from models.naming import read_names


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of people with the labels: shares 0..1 of the ``faces`` that have votes.

    ``single`` is the share for one person, ``majority`` for the majority of votes for one of the seven
    labels.
    """

    faces: int
    single: float
    majority: float


def agreement(faces: Faces) -> Agreement:
    """Compare the FER+ votes with the labels. Raises DataError if there are no votes."""
    if faces.votes is None or not (voted := faces.votes.sum(1) > 0).any():
        raise DataError(
            f"{faces.origin}: there are no FER+ votes; they come with fer2013.npz or fer2013new.csv"
        )
    votes, labels = faces.votes[voted], faces.labels[voted]
    columns = {label: column for column, label in enumerate(read_names(VOTES).values()) if label}
    of_seven = votes[:, [columns[label] for label in LABELS]]
    same = of_seven[np.arange(len(labels)), labels]
    majority = of_seven.argmax(1) == labels
    return Agreement(len(labels), float((same / votes.sum(1)).mean()), float(majority.mean()))
