"""Faces in gallery tiles, drawn ones, through the real layout and detector."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.errors import DataError
from agent.faces.detector import MediaPipeFaceFinder
from agent.layout import find_layout
from agent.values import Box
from models.data import load
from models.gallery import BACKGROUND, TILE, draw_gallery, evaluate_in_gallery
from models.labelled import Faces
from models.runtime import load_classifier
from tests.paths import FER2013, need


def noise(count: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (count, 48, 48), dtype=np.uint8)


def test_the_layout_of_a_drawn_gallery_is_found() -> None:
    frame, boxes = draw_gallery(noise(25), np.random.default_rng(1))
    found = [slot.box for slot in find_layout(frame).slots]
    assert len(found) == 25
    assert all(max(box.iou(other) for other in found) > 0.9 for box in boxes)


def test_tiles_without_a_face_stay_background() -> None:
    frame, boxes = draw_gallery(noise(3), np.random.default_rng(1))
    assert len(boxes) == 3
    assert (boxes[0].width, boxes[0].height) == TILE
    empty = Box(boxes[0].left, boxes[0].bottom + 20, 200, 100).of(frame)
    assert abs(int(empty.mean()) - BACKGROUND) <= 2


def test_what_shows_no_face_is_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    faces = Faces(noise(5), np.zeros(5, np.int64), None, "noise")
    with (
        load_classifier() as classifier,
        MediaPipeFaceFinder() as finder,
        pytest.raises(DataError, match="noise: the detector found no face in 5 tiles"),
    ):
        evaluate_in_gallery(classifier, finder, faces)
    # The standard output belongs to the results, such as one JSON object.
    assert capsys.readouterr().out == ""


def test_real_faces_are_found_and_read_as_well_as_directly() -> None:
    with load_classifier() as classifier, MediaPipeFaceFinder() as finder:
        report = evaluate_in_gallery(classifier, finder, load(need(FER2013), "public"), count=125)
    assert report.found > 0.9
    assert report.accuracy > report.direct - 0.06


def test_a_few_faces_are_read_in_a_full_gallery() -> None:
    """Three tiles alone are no gallery: these faces, and the rest of 28, would count as not found."""
    with load_classifier() as classifier, MediaPipeFaceFinder() as finder:
        report = evaluate_in_gallery(classifier, finder, load(need(FER2013), "public"), count=3)
    assert (report.faces, report.found) == (3, 1.0)
