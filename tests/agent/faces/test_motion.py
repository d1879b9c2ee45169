"""What a crop says of its face: the same, changed, or moved."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.composition.models import open_finder
from agent.configuration.config import Config
from agent.faces.crops import Framing, crop_face
from agent.faces.face_track import shifted
from agent.faces.motion import MOVED, movement, pose, same
from agent.values import Face, Pixels
from models.card import load_card
from models.weights import EXPRESSION

FRAMING = Framing.of(load_card(EXPRESSION).framing)


@pytest.fixture(scope="module")
def picture() -> Pixels:
    scene = Script(5, 1).scene_at(0.0)
    return Gallery(Plan(style_named("zoom"), (640, 360))).draw(scene).pixels


@pytest.fixture(scope="module")
def face(picture: Pixels) -> Face:
    with open_finder(Config()) as finder:
        (found,) = finder.find([picture], careful=True)
    assert found is not None
    return found


def transformed(picture: Pixels, face: Face, matrix: np.ndarray) -> Pixels:
    """The picture with what lies around the face's centre shifted, turned and scaled by a 2x2 and a shift."""
    centre = np.array(face.box.centre)
    whole = np.column_stack((matrix[:, :2], centre - matrix[:, :2] @ centre + matrix[:, 2]))
    height, width = picture.shape[:2]
    return np.asarray(cv2.warpAffine(picture, whole, (width, height), borderMode=cv2.BORDER_REPLICATE))


def moved_by(picture: Pixels, face: Face, crop_pixels: float) -> float:
    side = face.box.width / FRAMING.box / 48
    matrix = np.array(((1.0, 0.0, crop_pixels * side), (0.0, 1.0, 0.0)))
    before = pose(crop_face(picture, face, FRAMING))
    return movement(before, crop_face(transformed(picture, face, matrix), face, FRAMING))


def test_what_did_not_change_is_the_same_and_did_not_move(picture: Pixels, face: Face) -> None:
    crop = crop_face(picture, face, FRAMING)
    assert same(crop, crop.copy())
    assert movement(pose(crop), crop.copy()) == 0.0


def test_a_face_that_moves_is_noticed_and_further_is_more(picture: Pixels, face: Face) -> None:
    little, more = moved_by(picture, face, 0.25), moved_by(picture, face, 1.2)
    assert little < MOVED < more


@pytest.mark.parametrize("matrix", [(1.06, 0.0), (0.94, 0.0), (0.998, 0.06), (0.998, -0.06)])
def test_a_face_that_grows_or_turns_is_noticed(
    picture: Pixels, face: Face, matrix: tuple[float, float]
) -> None:
    cosine, sine = matrix
    turned = transformed(picture, face, np.array(((cosine, -sine, 0.0), (sine, cosine, 0.0))))
    before = pose(crop_face(picture, face, FRAMING))
    assert movement(before, crop_face(turned, face, FRAMING)) >= MOVED


def test_another_picture_counts_as_moved_without_end(picture: Pixels, face: Face) -> None:
    before = pose(crop_face(picture, face, FRAMING))
    elsewhere = crop_face(picture, shifted(face, 150, 40), FRAMING)
    assert movement(before, elsewhere) == float("inf")


def test_slight_noise_is_the_same_and_a_mouth_is_not(picture: Pixels, face: Face) -> None:
    crop = crop_face(picture, face, FRAMING)
    noise = np.random.default_rng(1).choice([-1, 0, 0, 0, 0, 0, 1], crop.shape)
    assert same(crop, np.clip(crop + noise, 0, 255).astype(np.uint8))
    talking = crop.copy()
    talking[36:39, 20:28] = np.clip(talking[36:39, 20:28].astype(int) - 25, 0, 255)
    assert not same(crop, talking)


@pytest.mark.parametrize("level", [0, 255])
def test_a_plain_crop_is_no_trouble(level: int) -> None:
    plain = np.full((48, 48, 1), level, np.uint8)
    assert movement(pose(plain), plain) == 0.0
