from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import STYLES, Plan
from agent.tracking.speaking import speakers
from agent.values import Box, Pixels
from tests.agent.tracking.drawing import draw, people, slots_for

BOXES = [slot.box for slot in slots_for(9)]


@pytest.mark.parametrize("style", list(STYLES))
def test_in_each_program_s_looks_exactly_the_speaker_s_tile_is_found(style: str) -> None:
    gallery, script = Gallery(Plan(STYLES[style], (960, 540))), Script(3, 16, 16)
    spoken = 0
    for time in range(0, 24, 4):
        drawing = gallery.draw(script.scene_at(time))
        found = speakers(drawing.pixels, [one.box for one in drawing.truth])
        assert found.tolist() == [one.speaking for one in drawing.truth]
        spoken += found.sum()
    assert spoken > 1


def framed(pixels: Pixels, box: Box, colour: tuple[int, int, int], out: int, width: int) -> None:
    """Draw a frame ``width`` wide whose middle lies ``out`` pixels outside the box."""
    cv2.rectangle(pixels, (box.left - out, box.top - out), (box.right + out, box.bottom + out), colour, width)


@pytest.mark.parametrize(("out", "width"), [(-3, 3), (0, 3), (1, 5), (-1, 2)])
@pytest.mark.parametrize("colour", [(60, 220, 90), (250, 250, 250), (90, 100, 240), (250, 220, 0)])
def test_frames_of_any_colour_and_width_count(out: int, width: int, colour: tuple[int, int, int]) -> None:
    pixels = draw(people())
    framed(pixels, BOXES[5], colour, out, width)
    assert np.flatnonzero(speakers(pixels, BOXES)).tolist() == [5]


def test_what_every_tile_wears_is_no_speaker_s_frame() -> None:
    pixels = draw(people())
    for box in BOXES:
        framed(pixels, box, (60, 220, 90), -2, 3)
    assert not speakers(pixels, BOXES).any()


def test_a_thin_or_dull_or_open_frame_is_none() -> None:
    pixels = draw(people())
    framed(pixels, BOXES[0], (60, 220, 90), -3, 1)
    framed(pixels, BOXES[1], (90, 95, 90), -2, 3)
    framed(pixels, BOXES[2], (60, 220, 90), -2, 3)
    part = BOXES[2]
    replace(part, height=part.height // 2).of(pixels)[:] = 128
    assert not speakers(pixels, BOXES).any()


def test_few_tiles_and_none() -> None:
    pixels = draw(people(2))
    framed(pixels, BOXES[1], (60, 220, 90), -2, 3)
    assert speakers(pixels, BOXES[:2]).tolist() == [False, True]
    assert speakers(pixels, BOXES[1:2]).tolist() == [True]
    assert speakers(pixels, []).tolist() == []
    assert (
        speakers(np.zeros((1, 1, 3), np.uint8), [Box(0, 0, 0, 0), Box(-5, -5, 3, 3)]).tolist() == [False] * 2
    )
