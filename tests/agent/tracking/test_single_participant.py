"""A camera's picture: the whole frame is one tile unless it shows a gallery."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.tracking import GalleryTracker
from agent.tracking.single_participant import SingleParticipantTracker
from agent.values import Box, Frame, Layout, Pixels, Slot, Tile
from tests.agent.tracking.drawing import Found

SIZE = (320, 180)


def picture(seed: int, level: int = 120) -> Pixels:
    """A blurred room, as a camera sees it; nothing in it has straight edges."""
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    waves = np.sin(rows / 40 + seed) * 30 + np.cos(columns / 55 - seed) * 30 + level
    return np.repeat(waves[..., None], 3, axis=2).clip(0, 255).astype(np.uint8)


def none_found(_: Pixels) -> Layout:
    return Layout(*SIZE)


def tracker(
    find: Callable[[Pixels], Layout] = none_found, camera: Callable[[], int | None] = lambda: 0
) -> tuple[SingleParticipantTracker, GalleryTracker]:
    gallery = GalleryTracker(find)
    return SingleParticipantTracker(gallery, camera), gallery


def follow(alone: SingleParticipantTracker, pixels: Pixels, times: list[float]) -> list[tuple[Tile, ...]]:
    return [alone.update(Frame(pixels, time, time)) for time in times]


def test_the_whole_frame_is_one_tile_that_stays_the_same() -> None:
    alone, _ = tracker()
    seen = follow(alone, picture(1), [0.0, 0.2, 0.4])
    assert [len(tiles) for tiles in seen] == [1, 1, 1]
    assert {tiles[0].id for tiles in seen} == {seen[0][0].id}
    assert seen[0][0].slot.box == seen[0][0].slot.video == Box(0, 0, *SIZE)
    assert [tiles[0].changed for tiles in seen] == [True, False, False]
    moved = alone.update(Frame(picture(2), 0.6, 0.6))
    assert (moved[0].changed, moved[0].id) == (True, seen[0][0].id)


def test_another_size_is_another_tile() -> None:
    alone, _ = tracker()
    first = alone.update(Frame(picture(1), 0.0, 0.0))[0]
    turned = alone.update(Frame(np.ascontiguousarray(np.rot90(picture(1))), 0.2, 0.2))[0]
    assert turned.slot.box == Box(0, 0, SIZE[1], SIZE[0])
    assert (turned.id != first.id, turned.changed) == (True, True)


def test_the_id_is_in_doubt_with_another_camera_another_picture_or_after_a_pause() -> None:
    shows = {"camera": 1}
    alone, _ = tracker(camera=lambda: shows["camera"])
    seen = follow(alone, picture(1), [0.0, 0.2, 10.2])
    assert [tiles[0].unproven for tiles in seen] == [None, None, None]
    shows["camera"] = 2
    seen += follow(alone, picture(1), [10.4, 10.6])
    seen += follow(alone, 255 - picture(1), [10.8, 11.0])
    seen += follow(alone, 255 - picture(1), [60.0, 60.2])
    assert [tiles[0].unproven for tiles in seen[3:]] == [10.4, 10.4, 10.8, 10.8, 60.0, 60.0]
    assert len({tiles[0].id for tiles in seen}) == 1


def test_a_screen_without_a_gallery_has_no_tile() -> None:
    shows = {"camera": True}
    alone, _ = tracker(camera=lambda: 0 if shows["camera"] else None)
    assert len(alone.update(Frame(picture(1), 0.0, 0.0))) == 1
    shows["camera"] = False
    assert alone.update(Frame(picture(1), 0.2, 0.2)) == ()


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.5, 4.0])
def test_a_gallery_in_a_cameras_picture_is_found_and_kept(seconds: float) -> None:
    """Programs such as OBS give out a screen as a camera; frames may be far apart on a busy machine."""
    drawing = Gallery(Plan(style_named("zoom"), (1280, 720))).draw(Script(seed=1, count=4).scene_at(1.0))
    slots = tuple(
        Slot(tile.box, index // 2, index % 2, tile.box, camera_on=True)
        for index, tile in enumerate(drawing.truth)
    )
    alone, _ = tracker(lambda _: Layout(1280, 720, slots))
    seen = follow(alone, drawing.pixels, [tick * seconds for tick in range(12)])
    assert [len(tiles) for tiles in seen] == 12 * [4]


def test_a_gallery_is_looked_for_less_and_less() -> None:
    found, looks = Found(), []
    alone, _ = tracker(found)
    # Another picture each time, which alone would be a reason to look.
    pictures = [picture(seed) for seed in range(3)]
    for second in range(240):
        follow(alone, pictures[second % 3], [float(second)])
        looks.append(found.calls)
    assert looks[79] - looks[0] > looks[239] - looks[160] > 0
    # Without the pauses it would be looked for nearly each time.
    assert looks[-1] < 30
