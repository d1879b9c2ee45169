from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script
from agent.classroom.styles import Plan, style_named
from agent.layout import find_layout
from agent.participants.identity import Identity
from agent.tracking import GalleryTracker
from agent.tracking.layout_search import FindLayout
from agent.values import Frame
from tests.agent.tracking.drawing import (
    Found,
    Seen,
    draw,
    enlarged,
    frame,
    numbered,
    people,
    resized,
    slots_for,
)
from tests.agent.tracking.measure import measure
from tests.agent.tracking.measure_late import LateSearch


def settled(seen: list[Seen]) -> tuple[GalleryTracker, Found, dict[str, str]]:
    """A tracker that has seen a class for two seconds, and the id of each name."""
    found = Found(slots_for(len(seen)))
    tracker = GalleryTracker(found, numbered())
    tiles = [tracker.update(frame(seen, step * 0.2)) for step in range(10)][-1]
    return tracker, found, {one.name: tile.id for one, tile in zip(seen, tiles, strict=True)}


def test_ids_are_numbered_in_reading_order() -> None:
    _, _, ids = settled(people(4))
    assert list(ids.values()) == ["t1", "t2", "t3", "t4"]


def test_a_reorder_is_followed_at_once() -> None:
    seen = people()
    tracker, _, ids = settled(seen)
    seen = [seen[5], *seen[:5], *seen[6:]]
    tiles = tracker.update(frame(seen, 2.0))
    assert [tile.id for tile in tiles] == [ids[one.name] for one in seen]


def test_ids_come_back_when_the_page_turns_back() -> None:
    seen = people()
    tracker, _, ids = settled(seen[:4])
    other = seen[4:8]
    turned = [tracker.update(frame(other, 2.0 + step * 0.2)) for step in range(6)][-1]
    assert {tile.id for tile in turned}.isdisjoint(ids.values())
    back = tracker.update(frame(seen[:4], 4.0))
    assert [tile.id for tile in back] == list(ids.values())


def test_ids_come_back_although_the_window_grew_while_another_page_showed() -> None:
    seen, larger = people(8), 1.25
    tracker, found, ids = settled(seen[:4])
    found.slots = enlarged(slots_for(4), larger)

    def show(page: list[Seen], start: float) -> list[str]:
        pixels = np.asarray(cv2.resize(draw(page), None, fx=larger, fy=larger), np.uint8)
        frames = [Frame(pixels, start + step * 0.2, 0.0) for step in range(8)]
        return [tile.id for tile in [tracker.update(one) for one in frames][-1]]

    strangers = show(seen[4:], 2.0)
    assert set(strangers).isdisjoint(ids.values())
    assert show(seen[:4], 4.0) == list(ids.values())
    assert show(seen[4:], 6.0) == strangers


def shrunk(before: list[Seen], after: list[Seen], factor: float, delay: float = 0.0) -> list[list[str]]:
    """The ids in a window of twice the usual size, and after it shrank to ``factor``, maybe found late."""
    found, searches = Found(enlarged(slots_for(len(before)), 2.0)), list[LateSearch]()

    def search(find: FindLayout, find_expected: FindLayout | None) -> LateSearch:
        searches.append(LateSearch(find, find_expected, delay))
        return searches[-1]

    tracker, ids = GalleryTracker(found, numbered(), search=search), []
    for start, seen, size in ((0.0, before, 2.0), (3.0, after, factor)):
        found.slots = enlarged(slots_for(len(seen)), size)
        for step in range(15):
            searches[0].now = start + step * 0.2
            moving = [replace(one, shade=6 * (step % 2)) for one in seen]
            tiles = tracker.update(Frame(resized(moving, size), searches[0].now, 0.0))
        ids.append([tile.id for tile in tiles])
    return ids


@pytest.mark.parametrize("delay", [0.0, 0.8])
def test_ids_stay_when_the_window_shrinks_so_far_that_no_name_can_be_told(delay: float) -> None:
    first, second = shrunk(people(), people(), 0.5, delay)
    assert second == first


@pytest.mark.parametrize("delay", [0.0, 0.8])
def test_ids_stay_when_a_window_without_names_is_resized(delay: float) -> None:
    nameless = [replace(one, name="") for one in people()]
    first, second = shrunk(nameless, nameless, 1.2, delay)
    assert second == first


def test_whoever_is_on_another_page_when_a_window_without_names_shrinks_is_somebody_else() -> None:
    nameless = [replace(one, name="") for one in people()]
    strangers = [replace(one, scene=one.scene + 50) for one in nameless]
    first, second = shrunk(nameless, strangers, 1.2)
    assert set(first).isdisjoint(second)


def test_names_at_the_places_of_tiles_that_moved_on_are_not_learnt() -> None:
    seen = people()
    known = Identity(numbered())
    everybody = np.ones(4, np.bool_)
    ids = [known.update(draw(seen[:4]), slots_for(4), ~everybody, step * 0.2) for step in range(5)][-1]
    late = tuple(
        replace(slot, box=slot.box.shifted(-7, -8), video=slot.video.shifted(-7, -8)) for slot in slots_for(4)
    )
    for step in range(8):
        known.update(draw(seen[4:8]), late, everybody, 1.0 + step * 0.2, clear=False)
    again = known.update(draw(seen[:4]), slots_for(4), everybody, 3.0)
    assert again == ids
    assert len(known._people.known) == len(ids)


def test_tiles_with_new_pictures_are_held_while_nobody_can_tell_who_is_in_them() -> None:
    """Other people show in them, without names, and something covers the rest of the gallery."""
    seen = people()
    tracker, found, ids = settled(seen)
    found.slots = slots_for(len(seen))[:3]
    pixels = draw([replace(one, name="", scene=one.scene + 50) for one in seen])
    below = pixels[slots_for(len(seen))[3].box.top - 3 :]
    below[:] = np.random.default_rng(1).integers(0, 255, below.shape)
    states = []
    for step in range(14):
        tiles = tracker.update(Frame(pixels, 2.0 + step * 0.25, 0.0))[:3]
        assert [tile.id for tile in tiles] == list(ids.values())[:3]
        states += [(tile.held, tile.unproven is not None) for tile in tiles]
    # As soon as they are looked at, it is in doubt who they are.
    assert set(states) == {(True, False), (False, True)}
    assert states == sorted(states, reverse=True)


def test_a_label_that_is_back_says_so_once() -> None:
    """What was chosen for whoever was there meanwhile must not hold for the participant who is back."""
    seen = people()
    tracker, _, _ = settled(seen)
    others = [replace(one, name="") for one in seen]
    others[4] = replace(others[4], scene=99)
    away = [tracker.update(frame(others, 2.0 + step * 0.2))[4] for step in range(10)]
    back = [tracker.update(frame(seen, 4.0 + step * 0.2))[4] for step in range(10)]
    assert {one.id for one in (*away, *back)} == {"t5"}
    assert [{one.unproven for one in each} for each in (away, back)] == [{2.0}, {4.0}]
    cut = [*seen[:4], replace(seen[4], scene=77), *seen[5:]]
    assert tracker.update(frame(cut, 6.0))[4].unproven == 4.0


def searched_late(delay: float) -> tuple[GalleryTracker, list[LateSearch]]:
    """A tracker each of whose searches takes so many seconds, and the search itself, whose clock to set."""
    searches: list[LateSearch] = []

    def search(find: FindLayout, find_expected: FindLayout | None) -> LateSearch:
        searches.append(LateSearch(find, find_expected, delay))
        return searches[-1]

    return GalleryTracker(find_layout, search=search), searches


@pytest.mark.parametrize("delay", [0.4, 2.4])
def test_a_last_row_that_moves_before_its_layout_is_found_makes_nobody_new(delay: float) -> None:
    script, gallery = Script(1, 25), Gallery(Plan(style_named("zoom"), (1280, 720)))
    tracker, searches = searched_late(delay)
    ids, shown, counts = set(), set(), set()
    for step in range(45):
        drawing = gallery.draw(script.scene_at(55 + step / 5))
        searches[0].now = step / 5
        ids |= {tile.id for tile in tracker.update(Frame(drawing.pixels, step / 5, 0.0))}
        shown |= {one.id for one in drawing.truth}
        counts.add(len(drawing.truth))
    assert len(counts) > 2
    assert len(ids) == len(shown)


def test_tiles_are_never_all_given_up_while_a_gallery_changes_faster_than_it_is_searched() -> None:
    """The layout found is that of a gallery which has changed once more by then: it is searched again."""
    gallery = Gallery(Plan(style_named("zoom"), (1280, 720)))
    scenes = [Script(1, count).scene_at(0) for count in (25, 25, 16, 9, 9, 9)]
    tracker, searches = searched_late(0.4)
    counts = []
    for step, scene in enumerate(scenes):
        searches[0].now = step / 2
        counts.append(len(tracker.update(Frame(gallery.draw(scene).pixels, step / 2, 0.0))))
    assert counts[0] == len(scenes[0].shown)
    assert all(counts)
    assert counts[-1] == len(scenes[-1].shown)


def test_a_page_that_slides_by_one_gives_no_id_to_somebody_new() -> None:
    seen = people()
    tracker, _, ids = settled(seen[:6])
    names = [one.name for one in seen[:6]]
    tiles = [tile.id for tile in tracker.update(frame([*seen[:2], *seen[3:7]], 2.0))]
    assert tiles[:5] == [ids[name] for name in (*names[:2], *names[3:])]
    assert tiles[5] not in ids.values()


def test_somebody_whose_name_cannot_be_read_keeps_the_id_when_others_move() -> None:
    seen = people(6)
    seen[2] = replace(seen[2], name="")
    tracker, _, ids = settled(seen)
    moved = [seen[5], *seen[:5]]
    tiles = [tracker.update(frame(moved, 2.0 + step * 0.2)) for step in range(8)][-1]
    assert [tile.id for tile in tiles] == [ids[one.name] for one in moved]


def test_one_camera_off_card_replaced_by_another_is_another_participant() -> None:
    seen = [replace(one, on=False) for one in people(7)]
    tracker, _, ids = settled(seen[:6])
    tiles = [tracker.update(frame([seen[0], seen[6], *seen[2:6]], 2.0 + step * 0.2)) for step in range(20)][
        -1
    ]
    assert [tile.id for tile in tiles[2:]] == list(ids.values())[2:]
    assert tiles[1].id not in ids.values()


def test_ids_of_two_sessions_have_nothing_in_common() -> None:
    seen = people(9)
    first, second = (
        {tile.id for tile in GalleryTracker(Found(slots_for(9))).update(frame(seen, 0.0))} for _ in range(2)
    )
    assert first.isdisjoint(second)


def test_two_people_of_one_name_keep_their_places() -> None:
    seen = [Seen("Sam Lee", 1), Seen("Sam Lee", 2), Seen("Ada Lovelace", 3)]
    tracker, _, _ = settled(seen)
    tiles = tracker.update(frame([replace(one, shade=20) for one in seen], 2.0))
    assert [tile.id for tile in tiles] == ["t1", "t2", "t3"]


def test_a_camera_that_goes_off_is_noticed_and_keeps_its_id() -> None:
    seen = people(6)
    tracker, found, ids = settled(seen)
    seen[2] = replace(seen[2], on=False)
    tile = tracker.update(frame(seen, 2.0))[2]
    assert (tile.id, tile.slot.camera_on, tile.changed) == (ids[seen[2].name], False, True)
    assert found.calls <= 3


def test_unchanged_tiles_say_so_and_a_moving_one_does_not() -> None:
    seen = people(6)
    tracker, _, _ = settled(seen)
    assert not any(tile.changed for tile in tracker.update(frame(seen, 2.0)))
    seen[1] = replace(seen[1], shade=6)
    assert [tile.changed for tile in tracker.update(frame(seen, 2.2))] == [index == 1 for index in range(6)]
    assert not any(tile.changed for tile in tracker.update(frame(seen, 2.4)))


def test_noise_is_no_change() -> None:
    seen = people(6)
    tracker, _, _ = settled(seen)
    noise = np.random.default_rng(3).normal(0, 4, draw(seen).shape)
    noisy = np.clip(draw(seen) + noise, 0, 255).astype(np.uint8)
    assert not any(tile.changed for tile in tracker.update(Frame(noisy, 2.0, 0.0)))


@pytest.mark.parametrize("who", [0, 4, 8])
def test_the_speaker_is_the_tile_with_the_frame(who: int) -> None:
    seen = people()
    seen[who] = replace(seen[who], speaking=True)
    tiles = GalleryTracker(Found(slots_for(9))).update(frame(seen, 0.0))
    assert [tile.speaking for tile in tiles] == [index == who for index in range(9)]


def test_a_smaller_class_is_found_at_once() -> None:
    seen = people()
    tracker, found, ids = settled(seen)
    found.slots = slots_for(8)
    tiles = tracker.update(frame(seen[:8], 2.0))
    assert [tile.id for tile in tiles] == [ids[one.name] for one in seen[:8]]


def test_a_dialog_over_the_gallery_destroys_no_ids() -> None:
    seen = people()
    tracker, found, ids = settled(seen)
    covered = draw(seen)
    covered[60:300, 100:560] = (250, 250, 250)
    found.slots = ()
    for step in range(20):
        tiles = tracker.update(Frame(covered, 2.0 + step * 0.1, 0.0))
        assert {tile.id for tile in tiles} <= set(ids.values())
    assert len(tiles) < 9
    found.slots = slots_for(9)
    for step in range(4):
        tiles = tracker.update(frame(seen, 4.0 + step * 0.2))
    assert [tile.id for tile in tiles] == list(ids.values())


def test_a_gallery_that_is_gone_is_given_up_and_its_ids_come_back() -> None:
    seen = people()
    tracker, found, ids = settled(seen)
    desktop = np.full_like(draw(seen), 90)
    found.slots = ()
    left = [tracker.update(Frame(desktop, 2.0 + step * 0.2, 0.0)) for step in range(30)][-1]
    assert left == ()
    found.slots = slots_for(9)
    tiles = tracker.update(frame(seen, 9.0))
    assert [tile.id for tile in tiles] == list(ids.values())


def test_nothing_found_is_searched_with_back_off() -> None:
    found = Found()
    tracker = GalleryTracker(found)
    for step in range(100):
        tracker.update(frame(people(4), step * 0.1))
    assert found.calls <= 8


def test_moving_content_is_no_reason_to_find_the_layout_again() -> None:
    found = Found(slots_for(9))
    tracker = GalleryTracker(found)
    for step in range(50):
        seen = [replace(one, shade=(step * 7 + index * 5) % 40) for index, one in enumerate(people())]
        tracker.update(frame(seen, step * 0.1))
    assert found.calls <= 4


def test_another_frame_size_is_another_layout() -> None:
    seen = people(4)
    tracker, found, _ = settled(seen)
    found.slots = ()
    assert tracker.update(Frame(np.zeros((1, 1, 3), np.uint8), 2.0, 0.0)) == ()


@pytest.mark.parametrize("style", ["zoom", "teams-light"])
def test_a_drawn_class_that_reorders_and_turns_pages_keeps_its_ids(style: str) -> None:
    tally, _, _ = measure(style, 2, 12, 10.0, page=9)
    assert tally.right / tally.tiles >= 0.99
    assert tally.misplaced == 0


@pytest.mark.parametrize(("begin", "delay"), [(61, 0.3), (82, 0.3), (58, 1.2)])
def test_whoever_moves_while_the_layout_is_searched_has_their_own_camera(begin: int, delay: float) -> None:
    script, gallery = Script(1, 25), Gallery(Plan(style_named("zoom"), (1280, 720)))
    tracker, searches = searched_late(delay)
    looked_at = 0
    for step in range(20):
        drawing = gallery.draw(script.scene_at(begin + step / 5))
        searches[0].now = step / 5
        places = {one.box: one.camera_on for one in drawing.truth}
        for tile in tracker.update(Frame(drawing.pixels, step / 5, 0.0)):
            if not tile.held and tile.slot.box in places:
                assert tile.slot.camera_on == places[tile.slot.box], (step, tile)
                looked_at += 1
    assert looked_at > 200
