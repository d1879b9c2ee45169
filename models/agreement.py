"""How often people give FER-2013's pictures the label that FER-2013 has: what a model can be held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.errors import DataError
from agent.values import LABELS
from models.labelled import VOTES, Faces
from models.naming import read_names


@dataclass(frozen=True, slots=True)
class Agreement:
    """Where people say what the label says: shares 0..1 of the ``faces`` that somebody voted on.

    ``single`` is one person's, ``majority`` that of all who voted for one of the seven.
    """

    faces: int
    single: float
    majority: float


def agreement(faces: Faces) -> Agreement:
    """Count the FER+ votes against the labels. Raises DataError where there are none."""
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
