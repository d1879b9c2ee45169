"""The pipeline over real parts: what it says of drawn classes, still frames and pages without a gallery."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agent.classroom.gallery import Gallery, Plan
from agent.classroom.rooms import KINDS, draw_room
from agent.classroom.scene import Scene, Shown, random_class
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.classroom.video import draw_video
from agent.composition.analyzer import Mode, Shared, open_analyzer
from agent.configuration.config import AnalysisConfig, Config
from agent.layout import find_layout
from agent.lesson.baseline import Baseline
from agent.privacy.consent import Consent
from agent.values import Box, Frame, Pixels, Tile, TileState
from tests.agent.classroom.variations import random_page
from tests.agent.layout.windows import call
from tests.agent.tracking.drawing import slots_for


def draw(scene: Scene, size: tuple[int, int] = (1280, 720)) -> Pixels:
    return Gallery(Plan(style_named("zoom"), size)).draw(scene).pixels


def class_of(count: int, seed: int = 5) -> Scene:
    return Script(seed, count).scene_at(0.0)


def test_a_single_picture_is_read_at_once() -> None:
    scene = class_of(9)
    with open_analyzer(Config(), "picture") as analyzer:
        snapshot = analyzer.analyze(Frame(draw(scene), 0.0, 0.0))
    assert snapshot.room.tiles == len(scene.shown)
    assert snapshot.room.faces == sum(one.camera_on for one in scene.shown)
    assert all(reading.face is not None for reading in snapshot.readings if reading.emotion)


def test_live_readings_warm_up_and_then_say_something() -> None:
    scene = class_of(4)
    pixels = draw(scene)
    with open_analyzer(Config()) as analyzer:
        first = analyzer.analyze(Frame(pixels, 0.0, 0.0))
        for step in range(1, 8):
            last = analyzer.analyze(Frame(pixels, step * 0.2, step * 0.2))
    assert {reading.reason for reading in first.readings if reading.face} == {"warming_up"}
    assert "warming_up" not in {reading.reason for reading in last.readings}


def test_what_did_not_change_is_not_computed_again() -> None:
    pixels = draw(class_of(9))
    with open_analyzer(Config()) as analyzer:
        analyzer.analyze(Frame(pixels, 0.0, 0.0))
        first = analyzer.stages
        analyzer.analyze(Frame(pixels, 0.2, 0.2))
        second = analyzer.stages
    assert first.searched >= 7
    assert (second.searched, second.classified) == (0, 0)


def test_reuse_changes_neither_faces_nor_labels_of_a_moving_class() -> None:
    script, gallery = Script(11, 9), Gallery(Plan(style_named("zoom"), (1280, 720)))
    same = shown = 0
    with open_analyzer(Config()) as thrifty, open_analyzer(Config(), reuse=False) as thorough:
        thrifty_work = thorough_work = 0
        for step in range(30):
            pixels = gallery.draw(script.scene_at(5 + step * 0.2)).pixels
            first, second = (
                one.analyze(Frame(pixels, step * 0.2, step * 0.2)) for one in (thrifty, thorough)
            )
            thrifty_work += thrifty.stages.searched
            thorough_work += thorough.stages.searched
            assert [tile.state for tile in first.readings] == [tile.state for tile in second.readings]
            for one, other in zip(first.readings, second.readings, strict=True):
                if one.face is not None and other.face is not None:
                    assert one.face.box.iou(other.face.box) > 0.6
                if step >= 10 and one.emotion is not None and other.emotion is not None:
                    shown += 1
                    same += one.emotion.label == other.emotion.label
    assert thrifty_work < 0.6 * thorough_work
    # The rest is framing: detecting anew trembles, and moves a score by 0.05 in the median.
    assert same >= 0.95 * shown
    assert shown > 60


def test_who_shows_a_photo_among_others_who_move_has_no_camera_on() -> None:
    script, gallery = Script(11, 6), Gallery(Plan(style_named("zoom"), (1280, 720)))
    first = gallery.draw(script.scene_at(5.0))
    photo = first.truth[-1].box
    states: list[TileState] = []
    with open_analyzer(Config()) as analyzer:
        for step in range(80):
            pixels = gallery.draw(script.scene_at(5 + step * 0.5)).pixels
            if step < 72:
                photo.of(pixels)[:] = photo.of(first.pixels)
            readings = analyzer.analyze(Frame(pixels, step * 0.5, step * 0.5)).readings
            states.append(next(one.state for one in readings if one.box.iou(photo) > 0.8))
            assert sum(one.state is TileState.FACE for one in readings) >= 3
    assert states[10] is TileState.FACE
    assert states[70] is TileState.CAMERA_OFF
    # She turns the camera on again.
    assert states[-1] is TileState.FACE


def test_the_face_of_a_self_view_is_nobody_elses() -> None:
    """Also when whoever is below it moves away, and when whoever floats is excluded."""
    pair, floating = [Box(16, 60, 620, 349), Box(644, 60, 620, 349)], Box(1000, 260, 250, 141)
    full = call(7, [*pair, floating])
    empty = full.copy()
    pair[1].of(empty)[:] = draw_room(next(iter(KINDS)), 3, (pair[1].width, pair[1].height))
    floating.of(empty)[:] = floating.of(full)
    consent = Consent()
    with open_analyzer(Config(), shared=Shared(consent=consent)) as analyzer:
        for step, pixels in enumerate([full] * 5 + [empty] * 10):
            readings = analyzer.analyze(Frame(pixels, step * 0.3, step * 0.3)).readings
        states = {
            next(n for n, box in enumerate((*pair, floating)) if box.iou(one.box) > 0.8): one
            for one in readings
        }
        assert [states[n].state for n in range(3)] == [TileState.FACE, TileState.NO_FACE, TileState.FACE]
        consent.exclude(states[2].id)
        last = analyzer.analyze(Frame(empty, 5.0, 5.0)).readings
    assert [one.state for one in last if one.face is not None] == [TileState.FACE]


def test_with_a_tiny_budget_tiles_are_read_in_turn_and_the_feed_says_who_waits() -> None:
    scene = class_of(9)
    faces = sum(one.camera_on for one in scene.shown)
    pixels = draw(scene)
    # Too little for anything but the one tile that is always done.
    config = Config(analysis=AnalysisConfig(budget=0.0001))
    with open_analyzer(config, "live") as analyzer:
        waiting, found = [], []
        for step in range(faces):
            snapshot = analyzer.analyze(Frame(pixels, step * 0.01, 0.0))
            waiting.append(snapshot.load.waiting)
            found.append(analyzer.stages.searched)
            assert snapshot.load.pause > 0
    assert found == [1] * faces
    assert waiting == list(range(faces - 1, -1, -1))
    assert snapshot.room.faces == faces


@pytest.mark.parametrize("mode", ["picture", "recording"])
def test_what_is_read_offline_is_read_whole_whatever_the_budget(mode: Mode) -> None:
    config = Config(analysis=AnalysisConfig(budget=0.0001))
    with open_analyzer(config, mode) as analyzer:
        for step in range(3):
            snapshot = analyzer.analyze(Frame(draw(class_of(9)), step * 0.01, 0.0))
            assert snapshot.load.waiting == 0
    assert (snapshot.load.budget, snapshot.load.pause) == (None, 0.0)


def test_a_camera_that_goes_off_is_said_and_its_reading_goes() -> None:
    scene = class_of(4)
    shown = [replace(one, camera_on=True) for one in scene.shown]
    on = draw(replace(scene, shown=tuple(shown)))
    off = draw(replace(scene, shown=(replace(shown[0], camera_on=False), *shown[1:])))
    with open_analyzer(Config()) as analyzer:
        for step in range(5):
            before = analyzer.analyze(Frame(on, step * 0.3, 0.0))
        for step in range(5, 12):
            after = analyzer.analyze(Frame(off, step * 0.3, 0.0))
    assert before.readings[0].state is TileState.FACE
    assert after.readings[0].state is TileState.CAMERA_OFF
    assert after.readings[0].emotion is None


def test_a_tile_that_may_lie_over_somebody_else_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = class_of(9)
    with open_analyzer(Config()) as analyzer:
        for step in range(8):
            before = analyzer.analyze(Frame(draw(scene), step * 0.3, 0.0))
        update = analyzer._tracker.update

        def held(frame: Frame) -> tuple[Tile, ...]:
            return tuple(replace(tile, held=True) for tile in update(frame))

        monkeypatch.setattr(analyzer._tracker, "update", held)
        # Others are in the tiles now, and the faces that were found are due to be looked at again.
        for step in range(8, 16):
            analyzer.analyze(Frame(draw(class_of(9, seed=6)), step * 0.3, 0.0))
            assert (analyzer.stages.glanced, analyzer.stages.searched, analyzer.stages.classified) == (
                0,
                0,
                0,
            )
    assert before.room.faces >= 7


@pytest.mark.parametrize(("default", "readings"), [(True, 0), (False, 4)])
def test_cards_alone_are_a_gallery_only_if_those_with_video_are_excluded(
    monkeypatch: pytest.MonkeyPatch, default: bool, readings: int
) -> None:
    """With nobody excluded they may be any four boxes."""
    slots = [replace(slot, camera_on=not default) for slot in slots_for(4, cols=4)]
    tiles = tuple(Tile(f"t{slot.col}", slot, False, True) for slot in slots)
    with open_analyzer(Config(), shared=Shared(consent=Consent(default))) as analyzer:
        monkeypatch.setattr(analyzer._tracker, "update", lambda _: tiles)
        snapshot = analyzer.analyze(Frame(draw(class_of(4)), 0.0, 0.0))
    assert len(snapshot.readings) == readings


def test_what_is_known_of_a_tile_goes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a lesson of hours ids come and go, and their crops would fill the memory."""
    (slot,) = slots_for(1)
    with open_analyzer(Config()) as analyzer:
        for step in range(4):
            tile = Tile(f"t{step}", slot, False, True)
            monkeypatch.setattr(analyzer._tracker, "update", lambda _, tile=tile: (tile,))
            analyzer.analyze(Frame(draw(class_of(4)), 60.0 * step, 0.0))
            assert set(analyzer._tracks) == {tile.id}


def test_what_was_usual_for_somebody_is_forgotten_when_they_are_excluded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped: list[str] = []
    monkeypatch.setattr(Baseline, "drop", lambda _, tiles: dropped.extend(tiles))
    consent, pixels = Consent(), draw(class_of(4))
    with open_analyzer(Config(), shared=Shared(consent=consent)) as analyzer:
        first = analyzer.analyze(Frame(pixels, 0.0, 0.0)).readings[0]
        consent.exclude(first.id)
        for step in range(1, 4):
            analyzer.analyze(Frame(pixels, step * 0.3, 0.0))
    assert dropped == [first.id]


@pytest.mark.parametrize("seed", range(10))
def test_a_page_without_a_gallery_has_no_readings(seed: int) -> None:
    pixels, kind = random_page(seed)
    with open_analyzer(Config(), "picture") as analyzer:
        assert analyzer.analyze(Frame(pixels, 0.0, 0.0)).readings == (), kind


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (47, 47), (200, 100)])
def test_no_frame_is_too_odd(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (*size, 3), np.uint8)
    with open_analyzer(Config()) as analyzer:
        for step in range(3):
            assert analyzer.analyze(Frame(noise, float(step), 0.0)).readings == ()
        assert analyzer.analyze(Frame(draw(class_of(2)), 9.0, 0.0)).width == 1280


def wall_of_photos(portraits: int) -> Pixels:
    """Twelve pictures without names on a dark page: so many of people, the others of empty rooms."""
    page = np.full((620, 1300, 3), 26, np.uint8)
    people = random_class(3, portraits)
    for place in range(12):
        left, top = 10 + 322 * (place % 4), 10 + 204 * (place // 4)
        if place < portraits:
            picture = draw_video(Shown(people[place]), (314, 192))[0]
        else:
            picture = draw_room(list(KINDS)[place % len(KINDS)], place, (314, 192))
        page[top : top + 192, left : left + 314] = picture
    return page


@pytest.mark.parametrize(("portraits", "readings"), [(6, 0), (11, 12)])
def test_pictures_without_names_are_a_gallery_only_if_most_show_a_face(portraits: int, readings: int) -> None:
    pixels = wall_of_photos(portraits)
    # By its shape it is one either way.
    assert len(find_layout(pixels).slots) == 12
    with open_analyzer(Config(), "picture") as analyzer:
        assert len(analyzer.analyze(Frame(pixels, 0.0, 0.0)).readings) == readings


def beside_a_slide(portraits: int = 6) -> Pixels:
    """Six people without names beside a slide with twelve pictures, so many of them portraits."""
    page = np.full((660, 1900, 3), 26, np.uint8)
    page[20:640, :1300] = wall_of_photos(portraits)
    for place, person in enumerate(random_class(7, 6)):
        left, top = 1340 + 270 * (place % 2), 80 + 160 * (place // 2)
        page[top : top + 150, left : left + 260] = draw_video(Shown(person), (260, 150))[0]
    return page


@pytest.mark.parametrize(("mode", "frames"), [("picture", 1), ("recording", 30)])
def test_a_gallery_beside_pictures_that_look_more_like_one_is_read(mode: Mode, frames: int) -> None:
    pixels = beside_a_slide()
    # By its shape it is the slide, and too few of its pictures show a face.
    layout = find_layout(pixels)
    assert [len(layout.slots), *(len(other.slots) for other in layout.others)] == [12, 6]
    with open_analyzer(Config(), mode) as analyzer:
        for step in range(frames):
            snapshot = analyzer.analyze(Frame(pixels, step * 0.2, step * 0.2))
            assert len(snapshot.readings) == 6, step
            assert all(reading.box.left > 1300 for reading in snapshot.readings)
    assert snapshot.room.faces == 6


def test_where_nobody_shows_in_any_tiles_those_found_first_are_followed() -> None:
    empty = beside_a_slide()
    empty[:, 1340:] //= 8
    with open_analyzer(Config()) as analyzer:
        for step in range(10):
            assert analyzer.analyze(Frame(empty, step * 0.2, step * 0.2)).readings == ()
        back = beside_a_slide(portraits=12)
        back[:, 1340:] = empty[:, 1340:]
        for step in range(10, 18):
            snapshot = analyzer.analyze(Frame(back, step * 0.2, step * 0.2))
    assert len(snapshot.readings) == 12
