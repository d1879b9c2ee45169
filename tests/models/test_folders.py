"""Folders of pictures, whole and broken."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.errors import DataError
from agent.values import LABELS
from models.data import load


def test_a_folder_of_pictures_of_any_size_and_colour(tmp_path: Path) -> None:
    for index, (name, shape) in enumerate(
        (("happy", (90, 70, 3)), ("Sadness", (20, 30)), ("fear", (48, 48, 4)))
    ):
        (tmp_path / name).mkdir()
        assert cv2.imwrite(str(tmp_path / name / "face.png"), np.full(shape, 40 * index + 40, np.uint8))
    (tmp_path / "fear" / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "fear" / "empty.png").write_bytes(b"")
    (tmp_path / "fear" / "notes.txt").write_text("not a picture")
    faces = load(tmp_path, "public")
    assert sorted(LABELS[label] for label in faces.labels) == ["fear", "happy", "sad"]
    assert faces.skipped == ("fear/broken.jpg", "fear/empty.png")


def test_a_folder_may_have_splits(tmp_path: Path) -> None:
    for split, level in (("train", 10), ("public", 200)):
        (tmp_path / split / "happy").mkdir(parents=True)
        assert cv2.imwrite(str(tmp_path / split / "happy" / "face.png"), np.full((48, 48), level, np.uint8))
    assert load(tmp_path, "public").pixels.max() == 200


def test_unfit_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no label/picture"):
        load(tmp_path, "public")
    (tmp_path / "bored").mkdir()
    with pytest.raises(DataError, match="bored is not named after a label"):
        load(tmp_path, "public")
