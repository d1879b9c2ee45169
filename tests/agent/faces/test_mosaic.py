"""Laying tiles out on detector inputs."""

from __future__ import annotations

import numpy as np
import pytest

from agent.faces.mosaic import SIDE, Mosaic, PictureView, fit, is_flat, tile_four, tile_one, tile_two
from agent.values import Box, Pixels


def textured(height: int, width: int, seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


def whole(pictures: list[Pixels]) -> list[PictureView]:
    return [PictureView(index, Box(0, 0, one.shape[1], one.shape[0])) for index, one in enumerate(pictures)]


def indices(mosaics: list[Mosaic]) -> list[list[int]]:
    return [[place.view.index for place in mosaic.places] for mosaic in mosaics]


def test_two_tiles_share_a_sheet_and_an_odd_one_has_its_own() -> None:
    pictures = [textured(90, 160, seed) for seed in range(5)]
    mosaics = tile_two(pictures, whole(pictures))
    assert indices(mosaics) == [[0, 1], [2, 3], [4]]
    assert mosaics[0].places[0].box == Box(7, 0, 114, 64)
    assert mosaics[0].places[1].box == Box(7, 64, 114, 64)
    assert mosaics[2].places[0].box == Box(0, 28, 128, 72)


def test_tall_tiles_share_with_tall_ones() -> None:
    pictures = [textured(90, 160), textured(160, 90), textured(90, 160), textured(160, 90)]
    assert indices(tile_two(pictures, whole(pictures))) == [[0, 2], [1, 3]]


def test_flat_views_are_left_out() -> None:
    pictures = [textured(90, 160), np.full((90, 160, 3), 34, np.uint8), textured(90, 160)]
    assert indices(tile_two(pictures, whole(pictures))) == [[0, 2]]


def test_four_views_share_a_sheet_and_a_last_one_has_its_own() -> None:
    pictures = [textured(60, 60, seed) for seed in range(9)]
    mosaics = tile_four(pictures, whole(pictures))
    assert indices(mosaics) == [[0, 1, 2, 3], [4, 5, 6, 7], [8]]
    assert [place.box for place in mosaics[0].places] == [
        Box(0, 0, 64, 64), Box(64, 0, 64, 64), Box(0, 64, 64, 64), Box(64, 64, 64, 64)
    ]  # fmt: skip
    assert mosaics[2].places[0].box == Box(0, 0, SIDE, SIDE)
    assert tile_four(pictures, []) == []


def test_pictures_do_not_touch_each_others_half() -> None:
    pictures = [textured(90, 160) // 4 + 190, textured(90, 160) // 4]
    mosaic = tile_two(pictures, whole(pictures))[0]
    assert mosaic.pixels[64:].max() < 70
    assert mosaic.pixels[:64, 20:100].min() > 180


def test_points_return_to_the_picture_they_came_from() -> None:
    pictures = [textured(50, 50), textured(300, 600)]
    place = tile_one(pictures, PictureView(1, Box(100, 60, 400, 200))).places[0]
    ends = np.array(((0, 32), (128, 96)), np.float32)
    assert place.to_picture(ends).tolist() == [[100, 60], [500, 260]]


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
