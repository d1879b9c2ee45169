from __future__ import annotations

import numpy as np
import pytest

from agent.errors import DataError
from agent.values import LABELS
from models.agreement import agreement
from models.data import load
from models.labelled import VOTES, Faces
from models.naming import read_names
from tests.paths import FER2013, need


def faces(labels: list[str], votes: list[dict[str, int]] | None) -> Faces:
    table = None
    if votes is not None:
        table = np.array([[row.get(name, 0) for name in VOTES] for row in votes], np.float32)
    pixels = np.zeros((len(labels), 48, 48), np.uint8)
    return Faces(pixels, np.array([LABELS.index(label) for label in labels]), table, "drawn")


def test_single_people_and_their_majority_are_counted() -> None:
    votes = [
        {"happiness": 6, "neutral": 4},
        {"anger": 2, "sadness": 3, "unknown": 5},
        {"fear": 1, "surprise": 9},
        {},
    ]
    found = agreement(faces(["happy", "sad", "fear", "neutral"], votes))
    assert found.faces == 3
    assert found.single == pytest.approx((0.6 + 0.3 + 0.1) / 3)
    assert found.majority == pytest.approx(2 / 3)


@pytest.mark.parametrize("votes", [None, [{}]])
def test_without_votes_there_is_nothing_to_count(votes: list[dict[str, int]] | None) -> None:
    with pytest.raises(DataError, match="there are no FER"):
        agreement(faces(["happy"], votes))


def test_every_label_has_its_name_among_the_votes() -> None:
    named = [label for label in read_names(VOTES).values() if label]
    assert sorted(named) == sorted(LABELS)


def test_the_figures_of_the_readme() -> None:
    found = agreement(load(need(FER2013), "public"))
    assert (round(found.single, 2), round(found.majority, 2)) == (0.56, 0.64)
