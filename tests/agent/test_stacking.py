"""Laying tiles out on detector inputs."""

from __future__ import annotations

import numpy as np
import pytest

from agent.stacking import SIDE, fit, is_flat, stack, whole
from agent.values import Pixels


def textured(height: int, width: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


def test_two_tiles_share_a_sheet_and_an_odd_one_has_its_own() -> None:
    sheets = stack([textured(90, 160, seed) for seed in range(5)])
    assert [[place.index for place in sheet.places] for sheet in sheets] == [[0, 1], [2, 3], [4]]
    assert (sheets[0].places[0].width, sheets[0].places[0].height) == (114, 64)
    assert (sheets[2].places[0].width, sheets[2].places[0].height) == (128, 72)


def test_tall_tiles_share_with_tall_ones() -> None:
    pictures = [textured(90, 160), textured(160, 90), textured(90, 160), textured(160, 90)]
    assert [[place.index for place in sheet.places] for sheet in stack(pictures)] == [[0, 2], [1, 3]]


def test_flat_and_tiny_tiles_are_left_out() -> None:
    pictures = [textured(90, 160), np.full((90, 160, 3), 34, np.uint8), textured(9, 16), textured(90, 160)]
    assert [[place.index for place in sheet.places] for sheet in stack(pictures)] == [[0, 3]]


def test_pictures_do_not_touch_each_others_half() -> None:
    bright, dark = textured(90, 160) // 4 + 190, textured(90, 160) // 4
    sheet = stack([bright, dark])[0]
    assert sheet.pixels[64:].max() < 70
    assert sheet.pixels[:64, 20:100].min() > 180


def test_points_return_to_the_picture_they_came_from() -> None:
    place = whole(textured(200, 400), 7).places[0]
    corners = np.array(((0, 32), (128, 96)), np.float32)
    assert place.index == 7
    assert place.to_picture(corners).tolist() == [[0, 0], [400, 200]]


@pytest.mark.parametrize("size", [(214, 380), (215, 381), (45, 80), (720, 1280), (1, 1), (1, 999), (999, 1)])
def test_fit_keeps_the_aspect_ratio_and_the_mean(size: tuple[int, int]) -> None:
    picture = textured(*size) // 2 + 60
    small = fit(picture, SIDE, SIDE // 2)
    assert small.shape[0] <= SIDE // 2
    assert small.shape[1] <= SIDE
    if min(size) > 1:
        assert small.shape[1] / small.shape[0] == pytest.approx(size[1] / size[0], rel=0.03)
        assert float(small.mean()) == pytest.approx(float(picture.mean()), abs=2)


def test_fine_stripes_average_out_instead_of_aliasing() -> None:
    stripes = np.zeros((720, 1280, 3), np.uint8)
    stripes[:, ::2] = 255
    small = fit(stripes, SIDE, SIDE // 2)
    assert int(small.max()) - int(small.min()) < 16


def test_initials_on_a_plain_tile_are_flat_and_a_gradient_is_not() -> None:
    tile = np.full((180, 320, 3), 34, np.uint8)
    tile[70:110, 120:200] = 240
    assert is_flat(tile)
    assert not is_flat(
        np.repeat(np.linspace(0, 200, 320, dtype=np.uint8)[None, :, None], 180, 0).repeat(3, 2)
    )
    assert not is_flat(textured(180, 320))
