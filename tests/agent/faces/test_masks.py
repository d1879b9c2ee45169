"""Masks before drawn faces and real ones, and what must not be taken for one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from agent.classroom.scene import Shown, random_class
from agent.classroom.video import draw_video
from agent.composition.analyzer import open_analyzer
from agent.configuration.config import Config
from agent.faces.detector import MediaPipeFaceFinder
from agent.faces.masks import is_masked
from agent.values import Box, Face, Frame, Pixels, Reason
from tests.galleries import real_gallery

from . import coverings, people
from .people import Change, Portrait


@pytest.fixture(scope="module")
def finder() -> Iterator[MediaPipeFaceFinder]:
    with MediaPipeFaceFinder() as made:
        yield made


@pytest.fixture(scope="module")
def crowd(finder: MediaPipeFaceFinder) -> list[Portrait]:
    return people.portraits(finder)


def covered(finder: MediaPipeFaceFinder, crowd: list[Portrait], change: Change) -> list[bool]:
    """Which of the faces that are found are taken for masked."""
    pictures = [change(one, np.random.default_rng(index)).pixels for index, one in enumerate(crowd)]
    pairs = zip(pictures, finder.find(pictures), strict=True)
    return [is_masked(picture, face) for picture, face in pairs if face is not None]


def bare(crowd: list[Portrait]) -> list[Portrait]:
    return [one for one in crowd if not one.masked]


@pytest.mark.parametrize("tiny", [False, True])
def test_drawn_masks_on_real_faces_are_told(
    finder: MediaPipeFaceFinder, crowd: list[Portrait], tiny: bool
) -> None:
    change = coverings.small(coverings.masked) if tiny else coverings.masked
    found = covered(finder, bare(crowd), change)
    assert sum(found) >= 18
    assert len(found) >= 19


@pytest.mark.parametrize(
    "change",
    [
        lambda person, _: person,
        people.tiny,
        people.lit(0.3, 1.2, 0, 0.01),
        people.lit(1.9, 0.7),
        people.lit(0.3, 1, 0.62, 0.01),
        people.tinted(1.25, 0.8, 0.4),
        people.tinted(0.8, 0.92, 1.12),
        people.tinted(0.35, 0.55, 1.3),
        people.half_lit,
        people.backlit,
    ],
)
def test_bare_faces_are_not_masked_in_any_light(
    finder: MediaPipeFaceFinder, crowd: list[Portrait], change: Change
) -> None:
    assert sum(covered(finder, bare(crowd), change)) == 0


def test_real_masks_are_told_and_their_wearers_not_read() -> None:
    gallery = real_gallery("ragged-3+2.png")
    with open_analyzer(Config(), "picture") as analyzer:
        readings = analyzer.analyze(Frame(gallery.pixels, 0.0, 0.0)).readings
    on = [reading for index, reading in enumerate(readings) if index not in gallery.camera_off]
    assert len(on) == 4
    assert {reading.reason for reading in on} <= {Reason.COVERED, Reason.TURNED}
    assert all(reading.emotion is None for reading in on)


def test_drawn_faces_wear_no_masks(finder: MediaPipeFaceFinder) -> None:
    pictures = [draw_video(Shown(who), (320, 180))[0] for who in random_class(3, 24)]
    faces = finder.find(pictures)
    assert [
        face for picture, face in zip(pictures, faces, strict=True) if face and is_masked(picture, face)
    ] == []


def test_grey_pictures_and_faces_beyond_the_edge_say_nothing() -> None:
    grey = np.repeat(np.random.default_rng(0).integers(0, 255, (90, 160, 1), np.uint8), 3, axis=2)
    points = np.array(((60, 40), (90, 40), (75, 55), (75, 70), (50, 45), (100, 45)), np.float32)
    assert not is_masked(grey, Face(Box(50, 20, 60, 60), points, 0.9))
    assert not is_masked(grey, Face(Box(-900, -900, 60, 60), points - 900, 0.9))
    assert not is_masked(grey, Face(Box(5, 5, 1, 1), np.full((6, 2), 5, np.float32), 0.9))


def test_cloth_under_skin_is_a_mask_and_skin_under_skin_is_not() -> None:
    def picture(cloth: tuple[int, int, int]) -> Pixels:
        pixels = np.full((90, 160, 3), (205, 160, 135), np.uint8)
        pixels[52:] = cloth
        return pixels

    points = np.array(((60, 40), (90, 40), (75, 55), (75, 70), (50, 45), (100, 45)), np.float32)
    face = Face(Box(50, 20, 60, 60), points, 0.9)
    for cloth in coverings.CLOTH:
        assert is_masked(picture(cloth), face)
    for skin in ((205, 160, 135), (96, 64, 50), (240, 200, 175), (60, 42, 34)):
        assert not is_masked(picture(skin), face)
