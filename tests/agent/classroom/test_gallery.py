from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agent.classroom.face import HeadLook
from agent.classroom.gallery import Drawing, Gallery
from agent.classroom.scene import ASPECTS, Scene, Shown, random_class
from agent.classroom.styles import STYLES, Plan
from agent.values import Box


def scene(count: int, **changes: object) -> Scene:
    people = random_class(4, count)
    return Scene(0.0, tuple(Shown(who) for who in people), present=tuple(p.name for p in people), **changes)  # type: ignore[arg-type]


def draw(plan: Plan, shown: Scene) -> Drawing:
    return Gallery(plan).draw(shown)


@pytest.mark.parametrize("style", list(STYLES))
@pytest.mark.parametrize("count", [1, 7, 25])
def test_the_truth_matches_the_pixels(style: str, count: int) -> None:
    plan = Plan(STYLES[style], (960, 540))
    drawing = draw(plan, scene(count))
    frame = Box(0, 0, 960, 540)
    assert drawing.pixels.shape == (540, 960, 3)
    assert len(drawing.truth) == count
    outside = np.ones((540, 960), bool)
    for tile in drawing.truth:
        assert tile.box.intersection(frame) == tile.box.area
        assert tile.video.intersection(tile.box) == tile.video.area
        assert tile.face is not None
        assert tile.face.intersection(tile.video) == tile.face.area > 0
        assert tile.box.of(drawing.pixels).std() > 10
        left, top, right, bottom = tile.box.left, tile.box.top, tile.box.right, tile.box.bottom
        outside[top:bottom, left:right] = False
    stage = outside.copy()
    # Between the bars, everything that is no tile is the page itself.
    stage[:40] = stage[-60:] = False
    assert (drawing.pixels[stage] == plan.style.page).all()


def test_no_two_tiles_overlap() -> None:
    boxes = [tile.box for tile in draw(Plan(STYLES["teams"]), scene(49)).truth]
    assert all(a.intersection(b) == 0 for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_the_same_scene_is_drawn_the_same_again() -> None:
    plan = Plan(STYLES["meet"], (640, 360))
    assert (draw(plan, scene(6)).pixels == draw(plan, scene(6)).pixels).all()


def test_drawing_on_from_another_scene_leaves_no_trace_of_it() -> None:
    plan = Plan(STYLES["zoom"], (640, 360), panel="people")
    gallery = Gallery(plan)
    gallery.draw(scene(9, page=0, pages=2))
    gallery.draw(scene(4))
    fresh, used = draw(plan, scene(6)), gallery.draw(scene(6))
    assert (fresh.pixels == used.pixels).all()
    assert fresh.truth == used.truth


def test_only_the_tile_that_changed_is_drawn_anew() -> None:
    gallery = Gallery(Plan(STYLES["zoom"], (640, 360)))
    first = scene(4)
    smiling = replace(first.shown[2], look=HeadLook((("happy", 1.0),)), label="happy", intensity=1.0)
    before = gallery.draw(first)
    after = gallery.draw(replace(first, shown=(*first.shown[:2], smiling, first.shown[3])))
    changed = (before.pixels != after.pixels).any(axis=2)
    assert changed.any()
    box = after.truth[2].box
    changed[box.top : box.bottom, box.left : box.right] = False
    assert not changed.any()
    assert after.truth[2].label == "happy"


@pytest.mark.parametrize("style", ["zoom", "meet-light"])
def test_a_speaker_gets_a_border_of_the_style(style: str) -> None:
    shown = scene(4)
    speaking = (replace(shown.shown[0], speaking=True), *shown.shown[1:])
    drawing = draw(Plan(STYLES[style], (1280, 720)), replace(shown, shown=speaking))
    box = drawing.truth[0].box
    assert drawing.truth[0].speaking
    top_edge = drawing.pixels[box.top + 1, box.left + box.width // 2]
    assert tuple(top_edge) == STYLES[style].border


@pytest.mark.parametrize("style", list(STYLES))
@pytest.mark.parametrize("photo", [False, True])
def test_a_tile_with_the_camera_off_is_mostly_flat_and_has_no_live_face(style: str, photo: bool) -> None:
    people = [replace(who, photo=photo) for who in random_class(4, 4)]
    shown = Scene(0.0, tuple(Shown(who, camera_on=False) for who in people))
    drawing = draw(Plan(STYLES[style]), shown)
    assert len(drawing.truth) == 4
    for tile in drawing.truth:
        assert not tile.camera_on
        assert tile.face is None
        picture = tile.box.of(drawing.pixels).reshape(-1, 3).astype(int)
        flat = (np.abs(picture - np.median(picture, axis=0)).max(axis=1) <= 8).mean()
        # Photos cover up to a seventh of such a tile.
        assert flat > (0.65 if photo else 0.8)


@pytest.mark.parametrize(("aspect", "letterbox"), [("phone", False), ("old", False), ("wide", True)])
def test_bars_stand_beside_a_video_of_another_shape(aspect: str, letterbox: bool) -> None:
    who = replace(random_class(4, 1)[0], aspect=ASPECTS[aspect], room="bright")
    plan = Plan(
        STYLES["zoom"], aspect=1.0 if letterbox else 16 / 9, letterbox=letterbox, bars=(1, 2, 3), labels=False
    )
    drawing = draw(plan, Scene(0.0, (Shown(who),)))
    tile = drawing.truth[0]
    assert tile.video.area < tile.box.area
    assert tile.video.width / tile.video.height == pytest.approx(ASPECTS[aspect], rel=0.02)
    x, y = (
        (tile.box.left + tile.box.width // 2, tile.box.top)
        if letterbox
        else (tile.box.left, tile.box.top + 9)
    )
    assert tuple(drawing.pixels[y, x]) == (1, 2, 3)


def test_a_shared_screen_and_a_panel_leave_room_for_the_tiles() -> None:
    plain = draw(Plan(STYLES["zoom"]), scene(6)).truth
    for plan in (Plan(STYLES["zoom"], shared="left"), Plan(STYLES["zoom"], shared="top", panel="chat")):
        crowded = draw(plan, scene(6)).truth
        assert 0 < sum(t.box.area for t in crowded) < sum(t.box.area for t in plain)


def test_arrows_lie_over_the_tiles_and_not_over_the_next_frame() -> None:
    gallery = Gallery(Plan(STYLES["zoom"], (640, 360)))
    middle = gallery.draw(scene(9, page=1, pages=3)).pixels
    gallery_alone = Gallery(Plan(STYLES["zoom"], (640, 360))).draw(scene(9)).pixels
    again = gallery.draw(scene(9)).pixels
    assert (middle != gallery_alone).any()
    assert (again == gallery_alone).all()
