"""The layout searched beside the frames: what is said until it is found, and whose frame a finding is of."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from agent.analysis.background_search import BackgroundSearch
from agent.tracking import GalleryTracker
from agent.tracking.layout_search import BlockingSearch, LayoutAnswer, SearchRequest
from agent.tracking.layout_watch import LayoutWatch
from agent.values import Frame, Layout, Pixels
from tests.agent.tracking.drawing import Found, Seen, draw, frame, numbered, people, slots_for
from tests.waiting import PATIENCE


class SearchWhenTold(BlockingSearch):
    """Answers what it was asked when the test says so."""

    held: LayoutAnswer | None = None

    @property
    def pending(self) -> bool:
        return self.held is not None

    def ask(self, request: SearchRequest, wait: bool) -> None:
        super().ask(request, wait)
        if not wait:
            self.held = super().answer()

    def drop(self) -> None:
        super().drop()
        self.held = None

    def tell(self) -> None:
        self._answer, self.held = self.held, None


def watching(seen: list[Seen]) -> tuple[LayoutWatch, SearchWhenTold, Found]:
    """A watch that has seen a class for half a second, before its first confirmation is due."""
    found = Found(slots_for(len(seen)))
    watch = LayoutWatch(found, search=SearchWhenTold)
    search = watch._search
    assert isinstance(search, SearchWhenTold)
    for step in range(5):
        watch.update(frame(seen, step * 0.1))
    return watch, search, found


def following(seen: list[Seen]) -> tuple[GalleryTracker, SearchWhenTold, Found]:
    """The same for a tracker."""
    found = Found(slots_for(len(seen)))
    tracker = GalleryTracker(found, numbered(), search=SearchWhenTold)
    search = tracker._watch._search
    assert isinstance(search, SearchWhenTold)
    for step in range(5):
        tracker.update(frame(seen, step * 0.1))
    return tracker, search, found


def test_the_first_search_is_waited_for() -> None:
    watch, search, found = watching(people())
    assert found.calls == 1
    assert not search.pending
    assert len(watch.layout.slots) == 9


def test_the_old_layout_holds_while_another_is_searched() -> None:
    seen = people()
    watch, search, found = watching(seen)
    found.slots = slots_for(8)
    shown = [len(watch.update(frame(seen[:8], 1.0 + step * 0.1)).slots) for step in range(12)]
    assert shown == [9] * 12
    assert watch.searching
    search.tell()
    assert len(watch.update(frame(seen[:8], 2.2)).slots) == 8
    assert found.calls == 2


def test_a_finding_is_of_the_frame_that_was_asked_about() -> None:
    seen = people()
    watch, search, found = watching(seen)
    found.slots = slots_for(8)
    watch.update(frame(seen[:8], 1.0))
    found.slots = slots_for(7)
    watch.update(frame(seen[:7], 1.1))
    search.tell()
    # What was found for eight is compared with the newest frame, from which the eighth has gone.
    assert len(watch.update(frame(seen[:7], 1.2)).slots) == 7
    watch.update(frame(seen[:7], 1.4))
    assert len(watch.layout.slots) == 7
    assert watch.clear


def test_a_finding_of_tiles_that_are_elsewhere_by_now_is_not_believed() -> None:
    seen = people()
    watch, search, found = watching(seen)
    found.slots = slots_for(4, cols=2)
    before = draw(seen)
    before[:] = 26
    after = before.copy()
    for one, slot in zip(seen, found.slots, strict=False):
        slot.box.of(before)[:] = draw([one])[10:118, 10:202]
        slot.box.shifted(90, 130).of(after)[:] = draw([one])[10:118, 10:202]
    watch.update(Frame(before, 1.0, 0.0))
    assert watch.searching
    search.tell()
    watch.update(Frame(after, 1.8, 0.0))
    assert {slot.box for slot in watch.layout.slots} <= {slot.box for slot in slots_for(9)}
    found.slots = tuple(replace(slot, box=slot.box.shifted(90, 130)) for slot in slots_for(4, cols=2))
    for step in range(6):
        search.tell()
        watch.update(Frame(after, 2.0 + 0.2 * step, 0.0))
    assert watch.layout.slots == found.slots


def test_tiles_that_are_gone_go_although_no_finding_comes_in_time() -> None:
    seen = people()
    watch, search, found = watching(seen)
    found.slots = slots_for(4, cols=2)
    noise = np.random.default_rng(4)
    for step in range(12):
        # Another picture each time: what is found in one is nowhere in the next.
        pixels = noise.integers(0, 256, draw(seen).shape, np.uint8)
        watch.update(Frame(pixels, 1.0 + 0.2 * step, 0.0))
        search.tell()
    assert not {slot.box for slot in watch.layout.slots} & {slot.box for slot in slots_for(9)[5:]}


def test_a_page_that_turns_during_a_search_is_searched_afterwards() -> None:
    seen = people()
    watch, search, _ = watching(seen)
    watch.update(frame(seen, 1.05))
    assert watch.searching
    watch.update(frame(seen, 1.1), turned=True)
    search.tell()
    watch.update(frame(seen, 1.2))
    watch.update(frame(seen, 1.35))
    assert watch.searching


def test_a_search_in_a_picture_of_another_size_is_waited_for_and_the_one_before_forgotten() -> None:
    seen = people()
    watch, search, found = watching(seen)
    watch.update(frame(seen, 1.05))
    assert watch.searching
    found.slots = slots_for(4)
    layout = watch.update(Frame(draw(seen[:4], (700, 400)), 1.1, 0.0))
    assert (layout.width, layout.height, len(layout.slots)) == (700, 400, 4)
    assert not watch.searching
    assert search.held is None


def test_until_the_layout_is_found_tiles_without_a_known_name_are_not_read() -> None:
    seen = people()
    tracker, search, found = following(seen)
    before = [tile.id for tile in tracker.update(frame(seen, 0.5))]
    found.slots = slots_for(4, cols=2)
    other = draw(seen)
    other[:] = 26
    for one, slot in zip(people(8)[4:], slots_for(4, cols=2), strict=True):
        slot.box.of(other)[:] = draw([one])[10:118, 10:202]
    for step in range(3):
        shown = tracker.update(Frame(other, 0.6 + step * 0.1, 0.0))
        tiles = {tile.slot.row * 3 + tile.slot.col: tile for tile in shown}
        assert tracker.searching
        # Four of the nine places are the same in both, and carry other names now.
        assert [tiles[index].id for index in (0, 1, 3, 4)] == before[4:8]
        # At 5, 6 and 7 is nobody any more: those people sit in the four.
        assert {index: tile.id for index, tile in tiles.items() if index not in {0, 1, 3, 4}} == {
            2: before[2],
            8: before[8],
        }
        assert {index for index, tile in tiles.items() if tile.changed} <= {0, 1, 3, 4}
        assert step or all(tiles[index].changed for index in (0, 1, 3, 4))
        assert {index for index, tile in tiles.items() if tile.held} == ({2, 8} if step == 0 else set(tiles))
    search.tell()
    found_again = tracker.update(Frame(other, 0.9, 0.0))
    assert not any(tile.held for tile in found_again)
    assert [tile.id for tile in found_again] == before[4:8]
    assert all(tile.changed for tile in found_again)


def test_during_a_search_without_a_reason_everything_is_read_as_ever() -> None:
    seen = people()
    tracker, search, _ = following(seen)
    tracker.update(frame(seen, 1.05))
    assert tracker.searching
    seen[1] = replace(seen[1], shade=6)
    assert [tile.changed for tile in tracker.update(frame(seen, 1.15))] == [index == 1 for index in range(9)]
    moved = [seen[5], *seen[:5], *seen[6:]]
    ids = [tile.id for tile in tracker.update(frame(moved, 1.25))]
    assert ids == ["t6", "t1", "t2", "t3", "t4", "t5", "t7", "t8", "t9"]
    search.tell()
    assert [tile.id for tile in tracker.update(frame(moved, 1.35))] == ids


def test_what_changed_behind_a_tooltip_is_read_when_it_goes() -> None:
    seen = people()
    tracker, search, _ = following(seen)
    covered = draw(seen)
    covered[0:60, 0:150] = 250
    assert not tracker.update(Frame(covered, 0.6, 0.0))[0].changed
    seen[0] = replace(seen[0], scene=99)
    search.tell()
    tiles = tracker.update(frame(seen, 0.7))
    assert tiles[0].changed
    assert not any(tile.changed for tile in tiles[1:])


def test_when_most_tiles_are_elsewhere_none_is_looked_at_until_they_are_found() -> None:
    seen = people()
    tracker, search, _ = following(seen)
    before, after = draw(seen), np.full_like(draw(seen), 26)
    after[:, 104:] = before[:, :-104]
    # One tile looks the same as before by chance.
    box = slots_for(9)[4].box
    box.of(after)[:] = box.of(before)
    for step in range(3):
        tiles = tracker.update(Frame(after, 0.6 + step * 0.1, 0.0))
        assert tracker.searching
        assert all(tile.held for tile in tiles)
        assert len(tiles) == 9
    search.drop()


def request(time: float = 0.0) -> SearchRequest:
    return SearchRequest(frame(people(4), time), False, False, False, False)


def test_a_thread_searches_while_its_caller_goes_on() -> None:
    begin = threading.Event()
    threads: list[str] = []

    def find(pixels: Pixels) -> Layout:
        assert begin.wait(PATIENCE)
        threads.append(threading.current_thread().name)
        return Layout(pixels.shape[1], pixels.shape[0], slots_for(4))

    search = BackgroundSearch(find)
    question = request()
    search.ask(question, wait=False)
    assert search.pending
    assert search.answer() is None
    begin.set()
    answer = awaited(search)
    assert answer.request is question
    assert len(answer.layout.slots) == 4
    assert not search.pending
    assert search.answer() is None
    search.ask(question, wait=True)
    assert search.answer() is not None
    assert threads[0].startswith("layout search")
    assert threads[1] == threading.current_thread().name
    search.close()
    search.close()
    assert not any(thread.name.startswith("layout search") for thread in threading.enumerate())


def test_what_was_dropped_never_comes() -> None:
    search = BackgroundSearch(Found(slots_for(4)))
    search.ask(request(1.0), wait=False)
    search.drop()
    assert not search.pending
    search.ask(request(2.0), wait=False)
    assert awaited(search).request.frame.time == 2.0
    search.close()


def test_a_bug_in_a_search_comes_out_of_its_answer() -> None:
    def find(_: Pixels) -> Layout:
        raise ZeroDivisionError

    search = BackgroundSearch(find)
    search.ask(request(), wait=False)
    with pytest.raises(ZeroDivisionError):
        awaited(search)
    search.close()


def test_a_frame_whose_layout_is_expected_is_searched_so() -> None:
    search = BlockingSearch(Found(()), Found(slots_for(4)))
    for expected in (False, True):
        search.ask(replace(request(), expected=expected), wait=True)
        answer = search.answer()
        assert answer is not None
        assert len(answer.layout.slots) == 4 * expected


def awaited(search: BackgroundSearch) -> LayoutAnswer:
    assert search._coming is not None
    search._coming.exception(PATIENCE)
    answer = search.answer()
    assert answer is not None
    return answer


def test_beside_real_frames_a_class_that_changes_its_layout_ends_with_the_right_one() -> None:
    seen, found = people(), Found(slots_for(9))
    tracker = GalleryTracker(found, numbered(), search=BackgroundSearch)
    try:
        for step in range(5):
            tracker.update(frame(seen, step * 0.1))
        found.slots = slots_for(8)
        tracker.update(frame(seen[:8], 0.6))
        search = tracker._watch._search
        assert isinstance(search, BackgroundSearch)
        if search._coming is not None:
            search._coming.exception(PATIENCE)
        tiles = tracker.update(frame(seen[:8], 0.7))
        assert [tile.id for tile in tiles] == [f"t{number}" for number in range(1, 9)]
    finally:
        tracker.close()
