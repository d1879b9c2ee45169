"""The gauge: where it docks by itself, where it is dropped, and what it says."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.values import Box, SourceStatus, TileState
from exporter.native.gauge import (
    MARGIN,
    PLACES,
    SIZE,
    SPAN,
    ValenceTrend,
    at_share,
    content_of,
    docked,
    free_place,
    free_share,
    regions_of,
    share_of,
)
from exporter.native.geometry import FrameMap, Monitor, Rect
from exporter.native.memory import Memory, load_memory, save_memory
from exporter.native.tile_texts import is_everybody_excluded
from exporter.protocol.messages import RoomMessage, room_message
from tests.browser.rooms import excluded, withheld
from tests.exporter.samples import reading, snapshot

SCREEN = Rect(0, 0, 1920, 1080)
SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1))
RECTS = st.builds(Rect, st.floats(0, 1700), st.floats(0, 900), st.floats(10, 900), st.floats(10, 600))


def covered(share: tuple[float, float], regions: list[tuple[Rect, float]]) -> float:
    return sum(rect.intersection(at_share(share, SCREEN)) * cost for rect, cost in regions)


def message(boxes: list[Box], state: TileState = TileState.FACE) -> RoomMessage:
    tiles = [dataclasses.replace(reading(number, state), box=box) for number, box in enumerate(boxes)]
    status = SourceStatus(place=Box(0, 0, 1920, 1080))
    return room_message(
        dataclasses.replace(
            snapshot(1, 0), width=1920, height=1080, readings=tuple(tiles), source=status, alerts=()
        )
    )


def frame() -> FrameMap:
    found = FrameMap.of((1920, 1080), SCREEN, [Monitor(SCREEN)])
    assert found is not None
    return found


def test_it_leaves_a_tile_for_a_place_that_covers_none() -> None:
    top_right = Box(1500, 0, 420, 240)
    regions = regions_of(message([top_right]), frame())
    assert covered(PLACES[0], regions) > 0
    share = free_share(PLACES[0], SCREEN, regions)
    assert covered(share, regions) == 0
    assert free_share(share, SCREEN, regions) == share


def test_a_window_goes_to_another_screen_when_there_is_no_room_beside_the_tiles() -> None:
    other = Rect(1920, 0, 1280, 1024)
    full = [(Rect(column * 384, row * 216, 384, 216), 1.0) for row in range(5) for column in range(5)]
    place = free_place((540, 335), [SCREEN, other], full)
    assert other.intersection(place) == place.area == 540 * 335
    # Without tiles it stands on the first screen, off what it had better not cover.
    gauge = at_share(PLACES[0], SCREEN)
    beside = free_place((540, 335), [SCREEN, other], [(gauge, 20.0)])
    assert SCREEN.intersection(beside) == beside.area
    assert beside.intersection(gauge) == 0


def test_on_a_screen_full_of_tiles_it_stands_where_a_camera_is_off() -> None:
    boxes = [Box(column * 384, row * 216, 384, 216) for row in range(5) for column in range(5)]
    full = message(boxes)
    last = full.tiles[-1]
    assert last.face is not None
    regions = [
        (rect, 0.1 if rect == Rect(*map(float, last.box)) else cost)
        for rect, cost in regions_of(full, frame())
    ]
    assert free_share(PLACES[0], SCREEN, regions) == (1.0, 1.0)


@settings(deadline=None)
@given(SHARES, st.lists(st.tuples(RECTS, st.floats(0.1, 20)), max_size=12))
def test_it_never_goes_to_a_worse_place_and_then_stays(
    share: tuple[float, float], regions: list[tuple[Rect, float]]
) -> None:
    chosen = free_share(share, SCREEN, regions)
    assert covered(chosen, regions) <= covered(share, regions)
    assert free_share(chosen, SCREEN, regions) == chosen


def test_what_is_not_read_may_be_covered() -> None:
    box = [Box(1500, 0, 420, 240)]
    read, off = (
        covered(PLACES[0], regions_of(message(box, state), frame()))
        for state in (TileState.FACE, TileState.EXCLUDED)
    )
    assert 0 < off < read / 5


@settings(deadline=None)
@given(SHARES)
def test_a_share_of_a_screen_comes_back(share: tuple[float, float]) -> None:
    back = share_of(at_share(share, SCREEN), SCREEN)
    assert all(abs(one - other) < 1e-9 for one, other in zip(back, share, strict=True))


@settings(deadline=None)
@given(st.floats(-3000, 4000), st.floats(-3000, 4000))
def test_a_gauge_that_is_dropped_is_on_the_screen(left: float, top: float) -> None:
    there = docked(Rect(left, top, *SIZE), SCREEN)
    assert SCREEN.intersection(there) == pytest.approx(there.area)
    assert docked(there, SCREEN) == there


def test_near_an_edge_it_docks_and_elsewhere_it_stays() -> None:
    assert docked(Rect(30, 500, *SIZE), SCREEN) == Rect(MARGIN, 500, *SIZE)
    assert docked(Rect(700, 500, *SIZE), SCREEN) == Rect(700, 500, *SIZE)


def test_the_trend_forgets_what_is_old() -> None:
    trend = ValenceTrend()
    for second in range(0, 300, 2):
        trend.add(float(second), 0.5)
    trend.add(301.0, None)
    (line,) = trend.lines(301.0)
    assert max(age for age, _ in line) <= SPAN
    assert content_of(message([Box(0, 0, 320, 180)]), ValenceTrend()).mood == "Most faces: happy"


def test_the_trend_is_cut_where_nothing_was_read() -> None:
    trend = ValenceTrend()
    for second in range(60):
        # One frame without a face is no gap; twenty seconds are.
        trend.add(float(second), None if second == 5 or 20 <= second < 40 else 0.5)
    trend.add(100.0, 0.2)
    lines = trend.lines(100.0)
    assert [(line[0][0], line[-1][0]) for line in lines] == [(100.0, 81.0), (60.0, 41.0), (0.0, 0.0)]
    assert len(lines[0]) == 19


@pytest.mark.parametrize("valence", [0.1, None])
def test_the_trend_begins_anew_where_the_clock_was_set_back(valence: float | None) -> None:
    trend = ValenceTrend()
    for second in range(1000, 1060):
        trend.add(float(second), 0.5)
    # A correction of less than a second is none: the trend stays.
    trend.add(1058.7, 0.5)
    assert [len(line) for line in trend.lines(1058.7)] == [60]
    trend.add(759.0, valence)
    assert trend.lines(759.0) == (() if valence is None else (((0.0, 0.1),),))
    trend.add(760.0, 0.2)
    assert trend.lines(760.0)[-1][-1] == (0.0, 0.2)


def test_the_place_is_remembered_and_a_broken_file_is_none(tmp_path: Path) -> None:
    path = tmp_path / "state" / "overlay.json"
    assert load_memory(path) == Memory(gauge=None, is_introduced=False)
    kept = Memory(gauge=(0.25, 1.0), is_introduced=True)
    save_memory(path, kept)
    assert load_memory(path) == kept
    path.write_text('{"gauge": "left"}')
    assert load_memory(path) == Memory()
    save_memory(path / "not a folder", kept)


def test_without_a_gallery_the_gauge_says_what_to_do() -> None:
    empty = content_of(room_message(snapshot(1, 0)), ValenceTrend())
    assert (empty.mood, empty.read) == ("No gallery in sight", "Put the meeting into gallery view")
    assert content_of(room_message(snapshot(1, 2)), ValenceTrend()).mood == "Most faces: happy"


def test_that_everybody_is_excluded_is_said_by_the_gauge() -> None:
    content = content_of(room_message(excluded()), ValenceTrend())
    assert (content.mood, content.read) == ("Everybody is excluded", "Read again: on the dashboard")
    assert not is_everybody_excluded(room_message(withheld()))
    assert not is_everybody_excluded(room_message(snapshot(1, 0)))


def test_under_a_policy_the_gauge_says_that_nothing_is_inferred_and_shows_attention() -> None:
    content = content_of(room_message(withheld()), ValenceTrend(), inferred=False)
    assert (content.mood, content.read) == ("Expressions are not inferred here", "22 faces in sight")
    assert (content.attention, content.parts, content.trend) == ("attention: nearly all faces", (), ())
