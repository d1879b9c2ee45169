"""Which faces are not read, and which way a head points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from agent.classroom.face import HeadLook
from agent.classroom.features import Turn
from agent.classroom.scene import Shown, random_class
from agent.classroom.video import draw_video
from agent.faces.crops import Framing, crop_face
from agent.faces.detector import MediaPipeFaceFinder
from agent.faces.quality import HEAD, QualityLimits, abstain, facing, light, sharpness
from agent.values import Box, Face, Pixels, Reason
from models.card import load_card
from models.weights import EXPRESSION
from tests.paths import FER2013, need

FRAMING = Framing.of(load_card(EXPRESSION).framing)
CLASS = random_class(5, 8)


def turned(yaw: float, pitch: float = 0.0, roll: float = 0.0, scale: float = 0.5) -> Face:
    """The mean head seen by a far camera after turning by these degrees."""
    y, p, r = np.radians((yaw, pitch, roll))
    about_y = np.array(((np.cos(y), 0, np.sin(y)), (0, 1, 0), (-np.sin(y), 0, np.cos(y))))
    about_x = np.array(((1, 0, 0), (0, np.cos(p), -np.sin(p)), (0, np.sin(p), np.cos(p))))
    about_z = np.array(((np.cos(r), -np.sin(r), 0), (np.sin(r), np.cos(r), 0), (0, 0, 1)))
    seen = (HEAD @ (about_z @ about_x @ about_y).T)[:, :2] * scale + (200, 100)
    return Face(Box(150, 50, 100, 100), seen.astype(np.float32), 0.9)


def test_a_head_towards_the_camera_faces_it_wholly() -> None:
    assert facing(turned(0)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("yaw", "pitch"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_facing_falls_as_a_head_turns_or_nods(yaw: int, pitch: int) -> None:
    values = [facing(turned(angle * yaw, angle * pitch)) for angle in range(0, 80, 5)]
    assert values == sorted(values, reverse=True)
    assert values[-1] == 0
    assert values[6] == pytest.approx(np.cos(np.radians(30 * 90 / 65)), abs=1e-3)


@pytest.mark.parametrize("roll", [-40, 25, 90, 180])
def test_tilting_and_size_do_not_change_facing(roll: float) -> None:
    assert facing(turned(25, 10, roll, scale=3)) == pytest.approx(facing(turned(25, 10)), abs=1e-3)


def test_keypoints_on_one_spot_face_nowhere() -> None:
    assert facing(Face(Box(0, 0, 5, 5), np.full((6, 2), 3, np.float32), 0.5)) == 0


@pytest.fixture(scope="module")
def finder() -> Iterator[MediaPipeFaceFinder]:
    with MediaPipeFaceFinder() as made:
        yield made


def drawn_facing(finder: MediaPipeFaceFinder, yaw: float) -> float:
    """The median facing of a drawn class that turns its heads."""
    shown = [Shown(replace(who, near=0.2), look=HeadLook(turn=Turn(yaw=yaw))) for who in CLASS]
    faces = finder.find([draw_video(one, (320, 180))[0] for one in shown])
    return float(np.median([facing(face) for face in faces if face is not None]))


def test_drawn_heads_face_the_camera_by_the_cosine_of_their_turn(finder: MediaPipeFaceFinder) -> None:
    for yaw in (-1.0, -0.5, 0.0, 0.5, 1.0):
        assert drawn_facing(finder, yaw) == pytest.approx(np.cos(yaw), abs=0.12)


def test_drawn_faces_are_read_until_they_are_spoilt(finder: MediaPipeFaceFinder) -> None:
    blurred = 0
    for who in CLASS:
        picture, _ = draw_video(Shown(replace(who, room="wall")), (320, 180))
        face = finder.find([picture])[0]
        assert face is not None
        assert judged(picture, face) is None
        assert judged((picture * 0.06).astype(np.uint8), face) is Reason.DARK
        washed = np.asarray(cv2.GaussianBlur(picture, (0, 0), face.box.width / 5), np.uint8)
        blurred += judged(washed, face) is Reason.BLURRED
        assert judged(picture, face, QualityLimits(min_face_px=face.box.width + 1)) is Reason.SMALL
        assert judged(picture, face, QualityLimits(min_facing=1.01)) is Reason.TURNED
    # Dark hair beside a pale background leaves some structure in one or two.
    assert blurred >= 0.75 * len(CLASS)


def judged(picture: Pixels, face: Face, limits: QualityLimits | None = None) -> Reason | None:
    return abstain(face, crop_face(picture, face, FRAMING), facing(face), limits or QualityLimits())


def test_a_plain_crop_has_no_structure_and_no_contrast() -> None:
    plain = np.full((48, 48, 1), 90, np.uint8)
    assert sharpness(plain) < 1e-6
    brightness, contrast = light(plain)
    assert brightness == pytest.approx(90 / 255)
    assert contrast == 0


def test_sharpness_does_not_depend_on_light() -> None:
    picture, _ = draw_video(Shown(CLASS[0]), (320, 180))
    crop = picture[40:136, 110:206, :1]
    assert sharpness(crop // 2) == pytest.approx(sharpness(crop), rel=0.05)


def test_a_crisp_background_does_not_hide_a_blurred_face() -> None:
    crop = np.random.default_rng(0).integers(0, 255, (48, 48, 1), np.uint8)
    assert sharpness(crop) > 1
    crop[6:42, 6:42] = np.linspace(100, 160, 36, dtype=np.uint8)[:, None, None]
    assert sharpness(crop) < QualityLimits().min_sharpness


@pytest.fixture(scope="module")
def training_faces() -> NDArray[np.uint8]:
    with np.load(need(FER2013)) as data:
        faces: NDArray[np.uint8] = data["pixels"][:300]
    return faces


def share(faces: NDArray[np.uint8], spoil: Callable[[Pixels], Pixels]) -> float:
    """The share of training faces, spoilt in one way, that would be read."""
    limits = QualityLimits()
    ahead = turned(0)
    return float(np.mean([abstain(ahead, spoil(face)[..., None], 1.0, limits) is None for face in faces]))


def test_training_faces_are_read_and_spoilt_ones_are_not(training_faces: NDArray[np.uint8]) -> None:
    def small(face: Pixels, side: int) -> Pixels:
        less = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(less, (48, 48), interpolation=cv2.INTER_LINEAR), np.uint8)

    assert share(training_faces, lambda face: face) > 0.99
    assert share(training_faces, lambda face: small(face, 22)) > 0.98
    assert (
        share(training_faces, lambda face: np.asarray(cv2.GaussianBlur(face, (0, 0), 1.5), np.uint8)) > 0.97
    )
    assert share(training_faces, lambda face: np.asarray(cv2.GaussianBlur(face, (0, 0), 8), np.uint8)) < 0.3
    assert share(training_faces, lambda face: (face * 0.5).astype(np.uint8)) > 0.95
    assert share(training_faces, lambda face: (face * 0.08).astype(np.uint8)) < 0.01
