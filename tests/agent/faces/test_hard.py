"""Real faces under hard conditions, and tiles without one: the essentials of ``measure``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.composition.models import open_classifier, open_finder
from agent.configuration.config import Config
from agent.faces.crops import Framing
from agent.faces.quality import QualityLimits
from models.card import load_card
from models.weights import EXPRESSION

from . import people
from .measure import Eyes, conditions, fare, nobody
from .people import Portrait

LEAST = {
    "clean": 24,
    "over-exposed": 15,
    "washed out": 22,
    "dim": 22,
    "dark": 18,
    "backlit": 23,
    "blue screen": 22,
    "mask": 22,
    "hand": 22,
    "tilted -20": 22,
    "blurred": 21,
    "at the edge": 22,
    "cut by the edge": 18,
    "far, 1/6": 20,
    "far, 1/9": 16,
    "huge": 20,
    "virtual": 23,
    "7x7 tiles": 22,
    "7x7 dim": 21,
    "7x7 mask": 21,
    "7x7 jpeg after": 21,
}
"""Of 24 faces, how many are found at least; one or two fewer than ``measure`` counted. Where little of a face
is left, a pixel in the place of its tile decides: over-exposed 16 to 19 were seen."""

ONE_OF_TWO = {"two people": 20, "one behind": 20, "poster": 22}
"""How often the person in front is the one; three of the four in masks lose to a bare face beside them."""


@pytest.fixture(scope="module")
def eyes() -> Iterator[Eyes]:
    with open_finder(Config()) as finder, open_classifier(Config()) as classifier:
        limits = QualityLimits(min_face_px=classifier.card.abstention.min_face_px)
        yield Eyes(finder, classifier, Framing.of(load_card(EXPRESSION).framing), limits)


@pytest.fixture(scope="module")
def crowd(eyes: Eyes) -> list[Portrait]:
    return people.portraits(eyes.finder)


@pytest.mark.parametrize("name", LEAST)
def test_faces_are_found_and_framed_as_in_the_clean_picture(
    eyes: Eyes, crowd: list[Portrait], name: str
) -> None:
    row = fare(eyes, crowd, conditions(crowd)[name])
    assert row.found >= LEAST[name]
    assert row.other <= 1
    assert sorted(row.shift)[len(row.shift) // 2] < 0.06
    assert sorted(row.scale)[len(row.scale) // 2] < 0.13


@pytest.mark.parametrize("name", ONE_OF_TWO)
def test_the_person_in_front_is_the_one(eyes: Eyes, crowd: list[Portrait], name: str) -> None:
    assert fare(eyes, crowd, conditions(crowd)[name]).found >= ONE_OF_TWO[name]


@pytest.mark.parametrize("name", ["warm", "blue screen", "washed out", "tilted 20", "mirrored", "jpeg 30-50"])
def test_a_confident_label_stays(eyes: Eyes, crowd: list[Portrait], name: str) -> None:
    row = fare(eyes, crowd, conditions(crowd)[name])
    assert row.confident >= 15
    assert row.kept >= row.confident - 1


def test_a_profile_photo_of_a_camera_that_is_off_is_not_read(eyes: Eyes, crowd: list[Portrait]) -> None:
    row = fare(eyes, crowd, conditions(crowd)["profile photo"])
    assert (row.found, row.other) == (0, 0)


def test_where_nobody_is_hardly_any_face_is_found(eyes: Eyes, crowd: list[Portrait]) -> None:
    pictures = [picture for kind in nobody(crowd).values() for picture in kind]
    found = [face for face in eyes.find(pictures, True) if face is not None]
    assert len(pictures) > 400
    assert len(found) <= 0.015 * len(pictures)
    assert eyes.asked < 0.3 * len(pictures)
