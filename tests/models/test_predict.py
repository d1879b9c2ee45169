"""Answers and scores of a network in training."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.architectures import build
from models.labelled import Faces
from models.predict import normalise, predict, score
from tests.models.samples import pictures


def test_a_grey_level_less_128_is_the_int8_input() -> None:
    assert normalise(torch.tensor([0, 128, 255], dtype=torch.uint8)).tolist() == [-1.0, 0.0, 127 / 128]


def test_answers_do_not_depend_on_the_batch() -> None:
    torch.manual_seed(0)
    model, faces = build("student"), Faces(pictures(9), np.zeros(9, np.int64), None, "pictures")
    answers = predict(model, faces)
    assert answers.shape == (9, 7)
    assert answers.dtype == np.float32
    assert predict(model, faces, batch=2) == pytest.approx(answers, abs=1e-5)


def test_the_worst_recall_is_that_of_the_label_read_least_often() -> None:
    faces = Faces(pictures(4), np.array([0, 0, 3, 3]), None, "pictures")
    logits = np.eye(7, dtype=np.float32)[[0, 1, 3, 3]]
    assert score(logits, faces) == {"accuracy": 0.75, "worst_recall": 0.5}
