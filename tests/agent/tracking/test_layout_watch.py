from __future__ import annotations

import numpy as np
import pytest

from agent.classroom.gallery import Gallery
from agent.classroom.script import Script, ScriptPace
from agent.classroom.styles import STYLES, Plan
from agent.tracking.layout_watch import LayoutWatch
from agent.values import Box, Frame, Layout, Pixels
from tests.agent.tracking.drawing import Found, Seen, draw, frame, people, slots_for
from tests.agent.tracking.measure import DrawnLayout


def settled(seen: list[Seen]) -> tuple[LayoutWatch, Found]:
    """A watch that has seen a class for two seconds."""
    found = Found(slots_for(len(seen)))
    watch = LayoutWatch(found)
    for step in range(10):
        watch.update(frame(seen, step * 0.2))
    return watch, found


class BlindToFew(DrawnLayout):
    """A slow path that finds no page of a single tile."""

    def __call__(self, pixels: Pixels) -> Layout:
        return super().__call__(pixels) if len(self.truth) > 1 else Layout(pixels.shape[1], pixels.shape[0])


@pytest.mark.parametrize("style", ["zoom", "meet-light"])
def test_pages_of_one_tile_leave_no_phantoms_behind(style: str) -> None:
    script = Script(11, 20, page_size=9, pace=ScriptPace().faster(3.0))
    gallery, find = Gallery(Plan(STYLES[style], (960, 540))), BlindToFew()
    watch, phantoms, changed_at, before = LayoutWatch(find), 0, 0.0, 0
    for step in range(163, 190):
        drawing = gallery.draw(script.scene_at(step * 0.2))
        find.truth = drawing.truth
        if len(drawing.truth) != before:
            changed_at, before = step * 0.2, len(drawing.truth)
        layout = watch.update(Frame(drawing.pixels, step * 0.2, 0.0))
        wrong = [slot for slot in layout.slots if all(slot.box.iou(one.box) < 0.8 for one in drawing.truth)]
        assert not wrong or step * 0.2 - changed_at < 0.5
        phantoms += bool(wrong)
    assert before == 1
    assert phantoms <= 4


def test_only_the_tiles_under_something_are_dropped() -> None:
    seen = people()
    watch, found = settled(seen)
    covered = draw(seen)
    Box(0, 0, 390, 130).of(covered)[:] = 250
    found.slots = ()
    for step in range(8):
        layout = watch.update(Frame(covered, 2.0 + step * 0.2, 0.0))
    assert [slot.box for slot in layout.slots] == [slot.box for slot in slots_for(9)[2:]]
    # Whoever looks at the screen counts what is there.
    places = [(slot.row, slot.col) for slot in layout.slots]
    assert places == [(0, 0), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]
    found.slots = slots_for(9)
    for step in range(4):
        layout = watch.update(frame(seen, 4.0 + step * 0.2))
    assert layout.slots == slots_for(9)


@pytest.mark.parametrize("seconds", [2, 40])
def test_when_a_dialog_closes_the_tiles_under_it_are_back_soon(seconds: int) -> None:
    seen = people()
    watch, found = settled(seen)
    covered = draw(seen)
    Box(0, 0, 390, 130).of(covered)[:] = 250
    found.slots = slots_for(9)[2:]
    for step in range(seconds * 5):
        watch.update(Frame(covered, 2.0 + step * 0.2, 0.0))
    assert len(watch.layout.slots) == 7
    calls = found.calls
    found.slots = slots_for(9)
    for step in range(4):
        layout = watch.update(frame(seen, 2.0 + seconds + step * 0.2))
    assert layout.slots == slots_for(9)
    assert found.calls <= calls + 2


def test_a_gallery_is_expected_for_a_while_after_one_was_in_sight() -> None:
    """A page that could also be a dialog, such as a last page with its camera off, is theirs only then."""
    seen = people()
    blank = np.full_like(draw(seen), 90)
    found, expected = Found(slots_for(9)), Found(())
    watch = LayoutWatch(found, expected)
    watch.update(frame(seen, 0.0))
    found.slots, expected.slots = (), slots_for(9)[:1]
    for step in range(1, 8):
        layout = watch.update(Frame(blank, step * 0.2, 0.0))
    assert layout.slots == slots_for(9)[:1]
    expected.slots = ()
    for step in range(8, 120):
        layout = watch.update(Frame(np.full_like(blank, step), step * 0.2, 0.0))
    expected.slots = slots_for(9)[:1]
    for step in range(120, 140):
        layout = watch.update(Frame(np.full_like(blank, step), step * 0.2, 0.0))
    assert layout.slots == ()


def test_whole_numbers_as_times_drop_no_tile() -> None:
    seen = people()
    watch = LayoutWatch(Found(slots_for(len(seen))))
    watch.update(Frame(draw(seen), 0, 0))
    for step in range(1, 8):
        layout = watch.update(Frame(draw(seen), 0.3 * step, 0.0))
        assert len(layout.slots) == len(seen)


def test_one_odd_frame_changes_nothing() -> None:
    seen = people()
    watch, found = settled(seen)
    found.slots = ()
    assert watch.update(Frame(np.zeros_like(draw(seen)), 2.0, 0.0)).slots == slots_for(9)
    found.slots = slots_for(9)
    assert watch.update(frame(seen, 2.2)).slots == slots_for(9)


def test_tiles_that_stand_outlast_findings_that_miss_them() -> None:
    seen = people()
    watch, found = settled(seen)
    found.slots = slots_for(9)[:8]
    shown = [len(watch.update(frame(seen, 2.0 + step * 0.2)).slots) for step in range(30)]
    assert shown[:10] == [9] * 10
    assert shown[-1] == 8
