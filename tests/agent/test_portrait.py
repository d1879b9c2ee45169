"""Which pictures are read as those of one person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agent.configuration.loading import load_config
from agent.portrait import FLAT, LARGE, SURE, flat_share, is_portrait, read_portrait
from agent.values import Box, Face, Frame, Snapshot
from tests.agent.test_camera_picture import one_face
from tests.exporter.samples import snapshot
from tests.galleries import real_videos


def alone(height: int, confidence: float = 0.9) -> Snapshot:
    """A snapshot of one tile that is all of a picture of 640x400, with a face so high in it."""
    one = snapshot(1, 1)
    (reading,) = one.readings
    face = Face(Box(100, 100, height, height), np.zeros((6, 2), np.float32), confidence)
    whole = replace(reading, box=Box(0, 0, 640, 400), face=face)
    return replace(one, width=640, height=400, readings=(whole,))


def test_one_large_sure_face_in_all_of_a_picture_makes_a_portrait() -> None:
    large = round(LARGE * 400) + 1
    assert is_portrait(alone(large))
    assert not is_portrait(alone(large - 3))
    assert not is_portrait(alone(large, SURE - 0.01))
    assert not is_portrait(replace(alone(large), width=1280))
    assert not is_portrait(snapshot(1, 2))


def test_a_drawn_face_is_one_and_a_page_around_it_is_not() -> None:
    face = one_face()
    assert read_portrait(load_config(), Frame(face, 0.0, 0.0)) is not None
    page = np.full((1080, 1920, 3), 240, np.uint8)
    page[400:760, 600:1240] = face
    assert flat_share(page) > FLAT
    assert read_portrait(load_config(), Frame(page, 0.0, 0.0)) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 640), (400, 1)])
def test_pictures_of_a_pixel_s_width_are_none(size: tuple[int, int]) -> None:
    assert read_portrait(load_config(), Frame(np.zeros((*size, 3), np.uint8), 0.0, 0.0)) is None


def test_where_nobody_is_read_no_portrait_is_either() -> None:
    nobody = load_config(flags={"consent.default": "exclude"})
    assert read_portrait(nobody, Frame(one_face(), 0.0, 0.0)) is None


def test_each_tile_of_the_real_galleries_is_one_by_itself() -> None:
    videos = real_videos()
    if not videos:
        pytest.skip("the real galleries are not here")
    read = [read_portrait(load_config(), Frame(np.ascontiguousarray(one), 0.0, 0.0)) for one in videos]
    assert sum(one is not None for one in read) >= 0.8 * len(videos)
