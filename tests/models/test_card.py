"""The model card: what is wrong in it is named by file, key and value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.errors import ModelError
from agent.values import LABELS
from models.card import CARD_NAME, encode_card, load_card
from models.data import load
from models.evaluate import read_faces
from models.metrics import accuracy, calibration_error, confusion, label_scores, macro_f1, worst_recall
from models.runtime import load_classifier
from models.weights import EXPRESSION
from tests.paths import FER2013, need

FRAMING = json.loads((EXPRESSION / CARD_NAME).read_text(encoding="utf-8"))["framing"]


def changed(folder: Path, **keys: Any) -> Path:
    card = json.loads((EXPRESSION / CARD_NAME).read_text(encoding="utf-8"))
    card.update(keys)
    (folder / CARD_NAME).write_text(json.dumps(card), encoding="utf-8")
    return folder


def test_the_shipped_card_says_what_it_must() -> None:
    card = load_card(EXPRESSION)
    assert card.labels == LABELS
    assert card.input.shape == (48, 48, 1)
    assert card.framing.right_eye[0] < 0.5 < card.framing.left_eye[0]
    assert card.figures["int8_minus_float"].value >= -0.005
    assert all(figure.command.startswith("python -m models ") for figure in card.figures.values())


def test_a_card_survives_writing_and_reading(tmp_path: Path) -> None:
    card = load_card(EXPRESSION)
    (tmp_path / CARD_NAME).write_bytes(encode_card(card))
    assert load_card(tmp_path) == card


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"temperature": 0}, "temperature"),
        ({"sha256": "abc"}, "sha256"),
        ({"colour": "blue"}, "colour"),
        ({"file": "../elsewhere.tflite"}, "plain file name"),
        ({"labels": list(reversed(LABELS))}, "labels"),
        ({"input": {"shape": [48, 48, 3], "channels": "rgb", "mean": 0, "scale": 1}}, "grey"),
        ({"input": {"shape": [0, 48, 1], "channels": "grey", "mean": 0, "scale": 1}}, "faces are cut to"),
        ({"input": {"shape": [64, 64, 1], "channels": "grey", "mean": 0, "scale": 1}}, "faces are cut to"),
        ({"framing": FRAMING | {"mouth": [0.5, 0.1]}}, "the mouth below them"),
        ({"framing": FRAMING | {"right_eye": [1.5, 0.4]}}, "framing.right_eye"),
        ({"framing": {"right_eye": [0.3, 0.4]}}, "left_eye"),
        ({"abstention": {"min_face_px": 0, "min_confidence": 0.5}}, "abstention.min_face_px"),
        ({"figures": {"accuracy": {"value": "high", "command": "x"}}}, "figures"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(tmp_path: Path, keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_card(changed(tmp_path, **keys))
    assert message in str(caught.value)
    assert str(tmp_path / CARD_NAME) in str(caught.value)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\x00"])
def test_what_is_no_card_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / CARD_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=CARD_NAME):
        load_card(tmp_path)


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model.json cannot be read"):
        load_card(tmp_path)


def test_the_worst_recall_is_that_of_one_of_the_labels() -> None:
    figures = load_card(EXPRESSION).figures
    assert min(figures[f"recall_{label}"].value for label in LABELS) == figures["worst_recall"].value


def test_the_card_says_what_the_shipped_file_does() -> None:
    card, faces = load_card(EXPRESSION), load(need(FER2013), "public")
    with load_classifier() as classifier:
        scores = read_faces(classifier, faces)
    matrix = confusion(scores, faces.labels)
    # Other processors may round a few faces differently.
    assert accuracy(scores, faces.labels) == pytest.approx(card.figures["accuracy"].value, abs=0.003)
    assert macro_f1(matrix) == pytest.approx(card.figures["macro_f1"].value, abs=0.005)
    for label, score in label_scores(matrix).items():
        assert score.recall == pytest.approx(card.figures[f"recall_{label}"].value, abs=0.02)
    assert worst_recall(label_scores(matrix)) == pytest.approx(card.figures["worst_recall"].value, abs=0.02)
    assert calibration_error(scores, faces.labels) < 0.03
    assert card.sha256 in (EXPRESSION / "MODEL_CARD.md").read_text(encoding="utf-8")
