"""What is on the screen at one time: chips, borders, highlights, fading, and what covers the picture."""

from __future__ import annotations

import dataclasses

import pytest

from agent.values import Box, SourceState, SourceStatus, TileState
from exporter.native.chips import name_zone
from exporter.native.geometry import Monitor, Rect
from exporter.native.scene import BORDER_INSET, GLIDE, SETTLED_ALPHA, OverlayPicture, OverlayScene, Style
from exporter.native.state import FADE, STALE_AFTER, STATUS_TEXTS, OverlayHealth
from exporter.protocol.messages import RoomMessage, room_message
from tests.exporter.samples import WALL, reading, snapshot

DESK = [Monitor(Rect(0, 0, 1280, 720))]
LATER = FADE + 0.1
TILE, OTHER = Box(100, 100, 320, 180), Box(440, 100, 320, 180)


def message(
    *boxes: Box,
    status: SourceStatus | None = None,
    alerts: bool = False,
    state: TileState = TileState.FACE,
    since: float = 60.0,
    face: Box | None = None,
) -> RoomMessage:
    """Tiles at these places whose label has stood for ``since`` seconds."""
    tiles = []
    for number, box in enumerate(boxes):
        one = reading(number, state)
        if one.face is not None:
            middle = face or Box(box.left + 125, box.top + 50, 70, 70)
            one = dataclasses.replace(one, face=dataclasses.replace(one.face, box=middle))
        tiles.append(dataclasses.replace(one, box=box, since=WALL + 1 - since))
    whole = snapshot(1, 0)
    status = status or SourceStatus(place=Box(0, 0, 1280, 720))
    return room_message(
        dataclasses.replace(
            whole,
            width=1280,
            height=720,
            source=dataclasses.replace(status, place=Box(0, 0, 1280, 720)),
            readings=tuple(tiles),
            alerts=snapshot(1, 1).alerts[:1] if alerts else (),
        )
    )


def scene(style: Style = "chips", *, animations: bool = False) -> OverlayScene:
    made = OverlayScene(style, animations=animations)
    made.connection.opened()
    return made


def shown(made: OverlayScene, got: RoomMessage, now: float = 10.0) -> OverlayPicture:
    made.receive(got, DESK, now)
    return made.picture(now)


def test_chips_have_a_place_borders_have_a_line_and_the_gauge_has_neither() -> None:
    chips, borders = shown(scene("chips"), message(TILE)), shown(scene("borders"), message(TILE))
    assert chips.chips[0].place is not None
    assert not chips.chips[0].has_border
    assert borders.chips[0].place is None
    assert borders.chips[0].has_border
    assert borders.chips[0].border == Rect(100, 100, 320, 180).grown(-BORDER_INSET, -BORDER_INSET)
    assert shown(scene("gauge"), message(TILE)).chips == ()


@pytest.mark.parametrize("box", [TILE, Box(100, 100, 80, 45), Box(100, 100, 40, 22)])
def test_a_border_lies_in_its_tile_and_off_the_name(box: Box) -> None:
    drawn = shown(scene("borders"), message(box)).chips[0]
    name, parts = name_zone(drawn.tile), list(drawn.parts())
    assert len(parts) == 4
    assert all(drawn.tile.intersection(part) == pytest.approx(part.area) for part in parts)
    assert all(part.intersection(name) == 0 for part in parts)


@pytest.mark.parametrize("style", ["chips", "borders"])
def test_an_alert_puts_a_line_around_its_tile_and_no_other(style: Style) -> None:
    first, second = shown(scene(style), message(TILE, OTHER, alerts=True)).chips
    assert (first.alert, second.alert) == (True, False)
    assert first.has_border
    assert second.has_border == (style == "borders")


def test_a_label_that_stands_for_long_is_quieter_and_no_label_quieter_still() -> None:
    fresh = shown(scene(), message(TILE, since=1.0)).chips[0].alpha
    settled = shown(scene(), message(TILE)).chips[0].alpha
    quiet = shown(scene(), message(TILE, state=TileState.NO_FACE)).chips[0].alpha
    assert (fresh, settled, quiet) == (1.0, SETTLED_ALPHA, SETTLED_ALPHA)


@pytest.mark.parametrize("state", [TileState.CAMERA_OFF, TileState.EXCLUDED])
def test_nothing_is_drawn_on_tiles_that_are_not_read(state: TileState) -> None:
    assert shown(scene(), message(TILE, state=state)).chips == ()


def test_a_chip_is_with_its_tile_at_once_and_glides_only_within_it() -> None:
    made = scene(animations=True)
    shown(made, message(TILE))
    place = made.picture(10.0 + LATER).chips[0].place
    assert place is not None
    moved = shown(made, message(Box(137, 126, 320, 180)), 11.0).chips[0].place
    assert moved is not None
    assert (moved.rect.left, moved.rect.top) == (place.rect.left + 37, place.rect.top + 26)

    corner = Box(137 + 5, 126 + 5, 110, 110)
    start = shown(made, message(Box(137, 126, 320, 180), face=corner), 12.0)
    half, end = made.picture(12.0 + GLIDE / 2), made.picture(12.0 + GLIDE)
    lefts = [one.chips[0].place.rect.left for one in (start, half, end) if one.chips[0].place is not None]
    assert lefts[0] == moved.rect.left < lefts[1] < lefts[2]
    assert start.is_moving
    assert not end.is_moving


@pytest.mark.parametrize(
    ("status", "health", "stays"),
    [
        (SourceStatus(SourceState.STALLED), OverlayHealth.STALLED, True),
        (SourceStatus(SourceState.LOST), OverlayHealth.LOST, False),
        (SourceStatus(paused=True), OverlayHealth.PAUSED, False),
    ],
)
def test_a_source_in_trouble_is_marked_and_its_readings_fade(
    status: SourceStatus, health: OverlayHealth, stays: bool
) -> None:
    made = scene(animations=True)
    shown(made, message(TILE))
    before = made.picture(10.0 + LATER)
    shown(made, message(TILE, status=status), 11.0)
    half, after = made.picture(11.0 + FADE / 2), made.picture(11.0 + LATER)
    assert (before.mark, after.mark) == ("", STATUS_TEXTS[health])
    assert before.chips[0].alpha > half.chips[0].alpha
    assert bool(after.chips) == stays
    assert after.is_grave == (health is OverlayHealth.LOST)


def test_old_readings_fade_and_are_marked() -> None:
    made = scene(animations=True)
    shown(made, message(TILE))
    before = made.picture(10.0 + LATER)
    made.picture(10.0 + STALE_AFTER + 0.1)
    after = made.picture(10.0 + STALE_AFTER + 0.1 + LATER)
    assert 0 < after.chips[0].alpha < before.chips[0].alpha / 2
    assert after.mark == STATUS_TEXTS[OverlayHealth.STALE]


@pytest.mark.parametrize("style", ["chips", "borders"])
def test_no_chip_lies_on_another_window_of_ours_or_is_said_to_be_there(style: Style) -> None:
    made = scene(style)
    before = shown(made, message(TILE, OTHER))
    under = next(before.chips[0].parts())
    made.under = under.shifted(0, 1 - under.height)
    after = made.picture(11.0)
    assert [chip.tile for chip in after.chips] == [before.chips[1].tile]
    assert len(made.covered([made.under], 11.0)) == 1 + len(list(after.chips[0].parts()))
    made.under = None
    assert len(made.picture(12.0).chips) == 2


def test_what_is_hidden_covers_nothing_soon() -> None:
    made = scene()
    shown(made, message(TILE))
    assert len(made.covered([], 10.0)) == 1
    assert len(made.covered([Rect(900, 10, 250, 110)], 10.1)) == 2
    made.is_hidden = True
    assert made.picture(11.0).chips == ()
    assert made.picture(11.0).mark == ""
    assert made.covered([], 11.0) == ()


def test_a_click_names_the_tile_below_it() -> None:
    made = scene()
    shown(made, message(TILE, OTHER))
    tiles = [made.tile_at(x, 150) for x in (110, 430, 450)]
    assert [None if tile is None else tile.id for tile in tiles] == ["t0", None, "t1"]
