from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agent.classroom.face import HeadLook, draw_head
from agent.classroom.features import Gaze, Turn
from agent.classroom.people import CLASS, random_person, roll
from agent.classroom.scene import Shown, random_class
from agent.classroom.video import draw_video
from agent.faces.detector import MediaPipeFaceFinder
from agent.values import LABELS

WEIGHTS = Path(__file__).parents[3] / "models/weights/face_detection/face_detection_short_range.tflite"


@pytest.fixture(scope="module")
def finder() -> Iterator[MediaPipeFaceFinder]:
    found = MediaPipeFaceFinder(WEIGHTS)
    yield found
    found.close()


def test_equal_seeds_draw_equal_people() -> None:
    assert random_person(3, 5) == random_person(3, 5)
    assert len({random_person(seed, 5) for seed in range(20)}) > 10


def test_a_roll_names_nobody_twice() -> None:
    assert sorted(roll(8, 49)) == list(range(len(CLASS)))
    assert roll(8, 10) == roll(8, 49)[:10]


def test_every_expression_is_drawn_differently() -> None:
    person = random_person(1, 0)
    drawn = [draw_head(person, HeadLook(((label, 1.0),)), 30.0).rgb.astype(int) for label in LABELS]
    for index, first in enumerate(drawn):
        for second in drawn[index + 1 :]:
            assert np.abs(first - second).mean() > 0.3


def test_closed_eyes_show_no_white() -> None:
    person = random_person(1, 0)
    opened = draw_head(person, HeadLook(), 40.0).rgb
    closed = draw_head(person, HeadLook(gaze=Gaze(closed=1.0)), 40.0).rgb
    eyes = slice(70, 88), slice(50, 86)
    assert int(opened[eyes].min(axis=2).max()) > int(closed[eyes].min(axis=2).max()) + 60


@pytest.mark.parametrize("scale", [6.0, 20.0, 60.0])
def test_a_head_is_as_large_as_asked_and_transparent_at_the_corners(scale: float) -> None:
    head = draw_head(random_person(2, 9), HeadLook(), scale)
    assert head.rgb.shape[:2] == head.alpha.shape
    assert abs(head.alpha.shape[1] - 3.4 * scale) <= 1
    assert head.alpha[0, 0] == 0
    assert head.alpha[head.alpha.shape[0] * 2 // 5, head.alpha.shape[1] // 2] == 255


@pytest.mark.parametrize("size", [(640, 360), (320, 180), (160, 90), (91, 57)])
def test_the_detector_finds_every_drawn_face_where_it_is(
    finder: MediaPipeFaceFinder, size: tuple[int, int]
) -> None:
    pictures, boxes = [], []
    for index, who in enumerate(random_class(5, 28)):
        turn = Turn(0.26 * (index % 3 - 1), 0.1 * (index % 2))
        look = HeadLook(((LABELS[index % 7], 1.0),), turn=turn)
        picture, box = draw_video(Shown(who, look=look, sway=(0.1, 0.0, index % 9 - 4.0)), size)
        pictures.append(picture)
        boxes.append(box)
    found = finder.find(pictures, careful=True)
    scores = []
    for face, box in zip(found, boxes, strict=True):
        assert face is not None
        # MediaPipe's boxes go from the brows to the chin, ours from the hairline.
        assert face.box.iou(box) > 0.5
        scores.append(face.confidence)
    assert np.median(scores) >= 0.9
    assert min(scores) >= 0.75


@pytest.mark.parametrize("style", ["short", "curly", "long", "scarf", "afro", "bun"])
def test_a_fair_head_has_no_dark_rim(style: str) -> None:
    person = replace(
        random_person(1, 1), hair=(206, 172, 116), clothes=(210, 206, 198), hair_style=style, glasses=False
    )
    head = draw_head(replace(person, headphones=False), HeadLook(), 50.0)
    top = slice(head.alpha.shape[0] // 3)
    rim = head.rgb[top][(head.alpha[top] > 40) & (head.alpha[top] < 160)]
    assert len(rim) > 10
    assert np.percentile(rim.max(axis=1), 5) > 70
