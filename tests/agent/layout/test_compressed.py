"""Galleries out of a video: colours with a tolerance are tried first, and find the same tiles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

import agent.layout.find
from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.layout import find_layout
from agent.layout.choice import Candidate
from agent.layout.picture import Picture
from agent.layout.search_pass import best_lattices
from agent.layout.search_profile import COARSE, SearchProfile
from agent.sources.decoding import VP8Decoder, VP8Encoder, to_rgb
from agent.values import Layout, Pixels
from tests.agent.classroom.variations import random_page

SIZE = (1280, 720)
SIDE = 2
"""Pixels by which a side that compression blurred may be seen elsewhere."""


def drawn(count: int, style: str) -> Pixels:
    return Gallery(Plan(style_named(style), SIZE)).draw(Script(5, count, 25, None).scene_at(3.0)).pixels


def compressed(pixels: Pixels) -> Pixels:
    """What of a picture is left in a video stream of 1.5 Mbit/s."""
    encoder, decoder = VP8Encoder(*SIZE, fps=10, bits=1_500_000), VP8Decoder()
    for _ in range(3):
        pixels_left = to_rgb(decoder.decode(encoder.encode(pixels)))
    return pixels_left


def same_tiles(one: Layout, other: Layout) -> bool:
    sides = [
        abs(a - b)
        for slot, twin in zip(one.slots, other.slots, strict=True)
        for a, b in (
            (slot.box.left, twin.box.left),
            (slot.box.top, twin.box.top),
            (slot.box.right, twin.box.right),
            (slot.box.bottom, twin.box.bottom),
        )
    ]
    return max(sides) <= SIDE


@pytest.mark.parametrize(("count", "style"), [(25, "zoom"), (9, "meet"), (20, "teams")])
def test_a_compressed_gallery_has_the_tiles_that_its_exact_picture_has(count: int, style: str) -> None:
    pixels = drawn(count, style)
    truth, found = find_layout(pixels), find_layout(compressed(pixels), compressed=True)
    assert len(found.slots) == len(truth.slots) > 0
    assert same_tiles(truth, found)
    assert [slot.camera_on for slot in found.slots] == [slot.camera_on for slot in truth.slots]


def test_an_exact_picture_that_is_said_to_be_compressed_has_them_too() -> None:
    pixels = drawn(25, "zoom")
    assert same_tiles(find_layout(pixels), find_layout(pixels, compressed=True))


def test_a_compressed_page_without_a_gallery_has_no_tiles() -> None:
    pixels, kind = random_page(5)
    assert (
        find_layout(compressed(np.ascontiguousarray(cv2.resize(pixels, SIZE))), compressed=True).slots == ()
    ), kind


def test_exact_colours_are_not_tried_where_a_tolerance_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying them costs several times what is found without them."""
    pixels, tried = compressed(drawn(25, "zoom")), []

    def best(picture: Picture, profile: SearchProfile, expecting: bool) -> list[Candidate]:
        tried.append(profile)
        return best_lattices(picture, profile, expecting)

    monkeypatch.setattr(agent.layout.find, "best_lattices", best)
    find_layout(pixels, compressed=True)
    assert tried == [COARSE]
