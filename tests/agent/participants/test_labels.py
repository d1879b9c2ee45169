from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import STYLES, Plan
from agent.participants.labels import SAME, Label, describe, similarity
from agent.values import Box, Slot
from tests.agent.tracking.drawing import draw, people, slots_for

FEW = ("zoom", "meet-light")


def labels(style: str, size: tuple[int, int], page: int, time: float = 1.0) -> dict[str, Label]:
    """The labels of a drawn class by name."""
    drawing = Gallery(Plan(STYLES[style], size)).draw(Script(5, 12, page).scene_at(time))
    found = {
        one.name: describe(drawing.pixels, Slot(one.box, one.row, one.col, one.video, one.camera_on))
        for one in drawing.truth
    }
    return {name: label for name, label in found.items() if label is not None}


@pytest.mark.parametrize("style", FEW)
def test_a_name_is_known_again_in_a_tile_of_another_size_and_others_are_not(style: str) -> None:
    small, large = labels(style, (1280, 720), 12), labels(style, (1280, 720), 6)
    assert len(small) >= 10
    for name, label in large.items():
        assert similarity(label, small[name]) >= SAME
        assert max(similarity(label, other) for known, other in small.items() if known != name) < 0.66


def test_a_label_stays_over_another_video_and_with_the_camera_off() -> None:
    before, after = people(3), [replace(one, scene=one.scene + 50) for one in people(3)]
    after[2] = replace(after[2], on=False)
    for slot in slots_for(3):
        first, second = describe(draw(before), slot), describe(draw(after), slot)
        assert first is not None
        assert second is not None
        assert similarity(first, second) >= SAME


def test_small_white_names_stay_when_their_owners_speak_and_their_cameras_go_off() -> None:
    # Between small letters, a pale video and the speaker's border, their dark box was taken for dark letters.
    gallery, scene = Gallery(Plan(STYLES["zoom"], (960, 540))), Script(5, 12, 12).scene_at(1.0)
    seen: dict[tuple[bool, bool], dict[str, Label]] = {}
    for on, speaking in product((True, False), repeat=2):
        shown = tuple(
            replace(one, camera_on=on, speaking=speaking, muted=not speaking) for one in scene.shown
        )
        drawing = gallery.draw(replace(scene, shown=shown))
        found = [describe(drawing.pixels, Slot(one.box, 0, 0, one.box, on)) for one in drawing.truth]
        names = (one.name for one in drawing.truth)
        seen[on, speaking] = {name: label for name, label in zip(names, found, strict=True) if label}
        assert len(seen[on, speaking]) == len(scene.shown) >= 10
    for case, name in product(seen, seen[True, False]):
        assert similarity(seen[case][name], seen[True, False][name]) >= SAME, (case, name)


def test_a_tile_without_text_has_no_label() -> None:
    plain = np.full((200, 300, 3), 40, np.uint8)
    for box in (Box(0, 0, 300, 200), Box(290, 190, 30, 30), Box(0, 0, 2, 2), Box(0, 0, 0, 0)):
        assert describe(plain, Slot(box, 0, 0, box, True)) is None
