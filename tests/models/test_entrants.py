"""What may stand in a comparison: the shipped model by its card; a folder without one is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.errors import ReadTheRoomError
from models.entrants import arithmetic, enter
from models.labelled import Faces
from models.runtime import load_classifier
from models.weights import EXPRESSION

FACES = Faces(np.zeros((1, 48, 48), np.uint8), np.zeros(1, np.uint8), None, "drawn")


@pytest.mark.parametrize("path", [EXPRESSION, EXPRESSION / "model.json"])
def test_the_shipped_model_enters_by_its_folder_or_its_card(path: Path) -> None:
    entrant = enter(path, Path("not needed"), FACES)
    with entrant.classifier as classifier, load_classifier() as shipped:
        assert classifier.card == shipped.card
        assert entrant.name == f"{shipped.card.name}, as shipped"
        assert entrant.size == (EXPRESSION / shipped.card.file).stat().st_size
    # Neither stands in a card: the network that it was made from is not at hand.
    assert entrant.real_accuracy is None
    assert entrant.epochs is None


def test_a_folder_without_a_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadTheRoomError, match=str(tmp_path)):
        enter(tmp_path, Path("not needed"), FACES)


def test_two_networks_together_cost_both() -> None:
    alone = arithmetic("student")
    assert alone is not None
    assert arithmetic("student + student") == 2 * alone
    assert arithmetic("unheard of") is None
