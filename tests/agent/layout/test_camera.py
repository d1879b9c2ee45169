from __future__ import annotations

import cv2
import numpy as np
import pytest

from agent.layout.camera import camera_on
from agent.values import Pixels
from tests.galleries import NAMES, real_gallery


def shaded(first: tuple[int, int, int], last: tuple[int, int, int], size: tuple[int, int]) -> Pixels:
    """A card of ``size`` (width, height) whose colour runs evenly from its top to its bottom."""
    column = np.linspace(first, last, size[1]).round().astype(np.uint8)
    return np.repeat(column[:, None], size[0], axis=1)


@pytest.mark.parametrize("gain", [1.7, 2.3, 3.0])
def test_an_over_exposed_room_is_video(gain: float) -> None:
    for name in NAMES:
        gallery = real_gallery(name)
        for index, box in enumerate(gallery.tiles):
            if index not in gallery.camera_off:
                tile = np.clip(box.of(gallery.pixels) * gain, 0, 255).astype(np.uint8)
                assert camera_on(tile), (name, index)


def test_a_room_almost_without_light_is_video() -> None:
    for name in NAMES:
        gallery = real_gallery(name)
        for index, box in enumerate(gallery.tiles):
            if index not in gallery.camera_off:
                tile = (box.of(gallery.pixels) * 0.15).astype(np.uint8)
                assert camera_on(tile), (name, index)


def test_somebody_before_a_white_wall_is_video() -> None:
    tile = np.full((180, 320, 3), 255, np.uint8)
    cv2.ellipse(tile, (140, 80), (26, 36), 0, 0, 360, (196, 150, 120), -1, cv2.LINE_AA)
    assert camera_on(tile)


@pytest.mark.parametrize("size", [(112, 63), (320, 180), (240, 240)])
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ((59, 58, 82), (38, 37, 51)),
        ((81, 97, 138), (44, 52, 70)),
        ((255, 255, 255), (255, 255, 255)),
        ((34, 34, 34), (34, 34, 34)),
        ((8, 8, 10), (8, 8, 10)),
    ],
)
def test_a_card_with_initials_in_a_disc_is_no_video(
    first: tuple[int, int, int], last: tuple[int, int, int], size: tuple[int, int]
) -> None:
    card = shaded(first, last, size)
    middle, radius = (size[0] // 2, size[1] // 2), min(size) // 5
    cv2.circle(card, middle, radius, (120, 70, 150), -1, cv2.LINE_AA)
    corner = size[0] // 20, size[1] - size[1] // 12
    cv2.putText(
        card, "Ana Sol", corner, cv2.FONT_HERSHEY_SIMPLEX, size[1] / 400, (200, 200, 200), 1, cv2.LINE_AA
    )
    assert not camera_on(card)
