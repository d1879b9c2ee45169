"""Cutting faces out the way the training faces are framed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

import models
from agent.errors import ModelError
from agent.faces.crops import KEYPOINTS, WIDER, Framing, crop_face, placement
from agent.values import Box, Face, Pixels
from models.card import load_card
from models.weights import EXPRESSION

SHIPPED = Path(models.__file__).parent / "weights" / "expression" / "framing.json"
FRAMING = Framing.of(load_card(EXPRESSION).framing)
TEMPLATE = (FRAMING.keypoints - 0.5) / WIDER + 0.5


def face_at(side: float, left: float, top: float, turn: float = 0.0) -> Face:
    """A face framed like the training faces, its crop ``side`` pixels wide, turned by degrees."""
    radians = np.radians(turn)
    spin = np.array(((np.cos(radians), -np.sin(radians)), (np.sin(radians), np.cos(radians))))
    points = side * TEMPLATE @ spin.T + (left, top)
    width = round(side * FRAMING.box / WIDER)
    box = Box(round(left), round(top), width, width)
    return Face(box, points.astype(np.float32), 0.9)


def scenery(height: int, width: int, seed: int = 0) -> Pixels:
    """A smooth random picture."""
    noise = np.random.default_rng(seed).integers(0, 255, (height // 12 + 2, width // 12 + 2, 3), np.uint8)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def grey(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def test_a_face_framed_like_the_training_faces_is_cut_at_its_own_place() -> None:
    a, b = placement(face_at(96, 30, 40), FRAMING)
    assert abs(a - 96) < 1e-3
    assert abs(b - (30 + 40j)) < 1e-3


def test_a_crop_at_its_own_size_is_the_picture_itself() -> None:
    picture = scenery(120, 160)
    crop = crop_face(picture, face_at(48, 50, 30), FRAMING)
    assert crop.shape == (48, 48, 1)
    assert np.abs(crop[..., 0].astype(int) - grey(picture)[30:78, 50:98]).max() <= 1


def test_size_and_place_of_a_face_do_not_change_its_crop() -> None:
    picture = scenery(200, 240)
    once = crop_face(picture, face_at(96, 80, 60), FRAMING).astype(int)
    for scale in (0.75, 1.5, 3.0, 6.3):
        larger = np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        again = crop_face(larger, face_at(96 * scale, 80 * scale, 60 * scale), FRAMING)
        assert np.abs(again - once).mean() < 3


def test_a_tilted_face_is_cut_upright() -> None:
    picture = scenery(240, 240)
    upright = crop_face(picture, face_at(90, 75, 70), FRAMING).astype(int)
    tilted = np.asarray(
        cv2.warpAffine(picture, cv2.getRotationMatrix2D((0, 0), -20, 1.0), (240, 240)), np.uint8
    )
    radians = np.radians(20)
    left, top = 75 * np.cos(radians) - 70 * np.sin(radians), 75 * np.sin(radians) + 70 * np.cos(radians)
    again = crop_face(tilted, face_at(90, left, top, turn=20), FRAMING)
    assert np.abs(again - upright).mean() < 3


def test_grey_is_the_luma_of_the_training_faces() -> None:
    for colour, luma in (((255, 0, 0), 76), ((0, 255, 0), 150), ((0, 0, 255), 29)):
        picture = np.full((64, 64, 3), colour, np.uint8)
        crop = crop_face(picture, face_at(40, 10, 10), FRAMING)
        assert np.unique(crop).tolist() == [luma]


def test_a_large_face_is_averaged_down_without_aliasing() -> None:
    checks = np.indices((900, 900)).sum(axis=0) % 2 * 255
    picture = np.repeat(checks.astype(np.uint8)[..., None], 3, axis=2)
    crop = crop_face(picture, face_at(700, 90, 90, turn=7), FRAMING)
    assert 120 <= int(crop.min()) <= int(crop.max()) <= 135


def test_outside_the_picture_its_border_repeats() -> None:
    picture = np.zeros((60, 60, 3), np.uint8)
    picture[:, :30] = 200
    crop = crop_face(picture, face_at(60, -30, -20), FRAMING)[..., 0]
    assert np.unique(crop[:, :46]).tolist() == [200]
    for far in (-5000, 5000):
        assert crop_face(picture, face_at(60, far, far), FRAMING).shape == (48, 48, 1)


def test_keypoints_that_draw_together_do_not_blow_the_crop_up() -> None:
    whole = face_at(100, 50, 50)
    profile = whole.keypoints.copy()
    profile[:, 0] = profile[3, 0] + (profile[:, 0] - profile[3, 0]) * 0.1
    a, _ = placement(replace(whole, keypoints=profile), FRAMING)
    assert 84 < abs(a) < 110
    collapsed = np.full((6, 2), 80, np.float32)
    a, b = placement(replace(whole, keypoints=collapsed), FRAMING)
    assert a == pytest.approx(85, abs=0.5)
    assert abs(a * (0.5 + 0.5j) + b - (80 + 80j)) < 10


def test_the_shipped_framing_is_a_face() -> None:
    card = json.loads(SHIPPED.read_text())
    assert card["faces"] > 1000
    assert card["command"].startswith("python -m models.framing")
    assert 0.3 < FRAMING.keypoints[1, 0] - FRAMING.keypoints[0, 0] < 0.45


def test_the_shipped_card_frames_faces_as_was_measured() -> None:
    measured = json.loads(SHIPPED.read_text())
    assert FRAMING.keypoints.tolist() == [measured[name] for name in KEYPOINTS]
    assert FRAMING.box == measured["box"]


def test_a_framing_that_is_no_face_is_refused() -> None:
    card = load_card(EXPRESSION).framing
    for wrong in (
        {"mouth": (0.5, 0.1)},
        {"right_eye": card.left_eye, "left_eye": card.right_eye},
        {"box": 0.0},
    ):
        with pytest.raises(ModelError, match="framing"):
            Framing.of(msgspec.structs.replace(card, **wrong))
