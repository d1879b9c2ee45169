"""The menu, in a real tray and at the gauge: each entry is clicked, and what it asks for arrives."""

from __future__ import annotations

import contextlib
import dataclasses
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.values import Box, SourceInfo, SourceState, SourceStatus, TileState
from exporter.native.gauge import MARGIN
from exporter.native.symbols import ALERT, COLOURS
from exporter.privacy import PrivacyPolicy
from exporter.protocol.client_commands import (
    ClientCommand,
    ExcludeCommand,
    IncludeCommand,
    MarkerCommand,
    OverlayCommand,
    PauseCommand,
    ResumeCommand,
)
from exporter.server.feed_server import FeedServer
from tests.exporter.samples import ABOUT
from tests.screen.conftest import SIZE, Desktop
from tests.screen.lessons import TILES, Driven, Lesson, click, driven, lesson, mouse, tile
from tests.screen.overlays import ended, homes, need_programs, screenshot
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.screen, pytest.mark.timeout(180)]

DOTS = (COLOURS["disgust"], ALERT, COLOURS["angry"])

TRAY_ICON = (SIZE[0] - 12, SIZE[1] - 16)
"""Where ``trayer`` puts its only icon: in the corner at the bottom right."""

GREEN, AMBER, RED = ((int(name[1:3], 16), int(name[3:5], 16), int(name[5:], 16)) for name in DOTS)


@pytest.fixture
def room(session: Desktop, tmp_path: Path) -> Iterator[tuple[Lesson, FeedServer]]:
    """A feed, and that desktop with the pointer out of the way."""
    mouse("mousemove", "960", "900")
    with lesson(tmp_path / "connections") as told:
        yield told


@pytest.fixture
def browser(tmp_path: Path) -> tuple[Path, str]:
    """Where the address is written that a browser is told to open, and that browser."""
    opened, program = tmp_path / "opened", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    program.chmod(0o755)
    return opened, str(program)


def middle(number: int) -> tuple[int, int]:
    box = TILES[number]
    return box.left + box.width // 2, box.top + box.height // 2


def is_reading(overlay: Driven) -> bool:
    return bool(overlay.entry("")["text"] == "Reading")


def test_the_menu_pauses_marks_hides_opens_and_starts_at_login(
    room: tuple[Lesson, FeedServer], tmp_path: Path, browser: tuple[Path, str]
) -> None:
    told, server = room
    entry = Path(homes(tmp_path)["XDG_CONFIG_HOME"]) / "autostart" / "readtheroom.desktop"
    with driven(server.page("/overlay"), tmp_path, BROWSER=browser[1]) as overlay:
        until(lambda: is_reading(overlay), "readings")

        overlay.choose("Pause")
        told.asked(PauseCommand)
        until(lambda: overlay.entry("")["text"].startswith("Paused"), "the pause in the menu")
        assert not overlay.entry("Exclude")["enabled"]
        overlay.choose("Resume")
        told.asked(ResumeCommand)
        until(lambda: is_reading(overlay), "readings again")

        overlay.choose("Mark this moment")
        assert told.asked(MarkerCommand) == MarkerCommand(text="")

        overlay.choose("Start at login")
        until(entry.exists, "the autostart entry")
        assert "--overlay" in entry.read_text()
        assert overlay.entry("Start at login")["checked"]
        overlay.choose("Start at login")
        until(lambda: not entry.exists(), "no autostart entry")

        overlay.choose("Open the dashboard")
        # The shell makes the file before the program that writes into it runs.
        until(lambda: browser[0].exists() and browser[0].read_text().strip(), "the dashboard in the browser")
        opened = browser[0].read_text().strip()
        assert opened.startswith(server.address.partition("?")[0] + "?pass=")
        assert httpx.get(opened, follow_redirects=True).status_code == 200

        bare = screenshot()
        overlay.choose("Hide everything")
        overlay.until(lambda shown: shown["gauge"] is None, "the gauge hidden")
        assert (screenshot() != bare).any()
        mouse("key", "ctrl+alt+j")
        overlay.until(lambda shown: shown["gauge"] is not None, "everything back")

        overlay.choose("What is shown")
        overlay.until(lambda shown: bool(shown["introduces"]), "the introduction")

        # The introduction is still open: the end takes it along.
        overlay.open_menu()
        overlay.click("Quit")
        assert overlay.process.wait(timeout=20) == 0


def test_pick_mode_excludes_and_includes_the_tile_that_is_clicked(
    room: tuple[Lesson, FeedServer], tmp_path: Path
) -> None:
    told, server = room
    with driven(server.page("/overlay"), tmp_path) as overlay:
        until(lambda: is_reading(overlay), "readings")

        def pick(number: int) -> None:
            overlay.choose("Exclude a participant")
            overlay.until(lambda shown: bool(shown["picks"]), "pick mode")
            click(*middle(number))
            overlay.until(lambda shown: not shown["picks"], "pick mode over")

        pick(1)
        assert told.asked(ExcludeCommand) == ExcludeCommand(id="t1")
        told.tiles = [tile(0, TILES[0]), tile(1, TILES[1], TileState.EXCLUDED), tile(2, TILES[2])]
        told.sees(2 + 1)
        pick(1)
        assert told.asked(IncludeCommand) == IncludeCommand(id="t1")

        overlay.choose("Exclude a participant")
        overlay.until(lambda shown: bool(shown["picks"]), "pick mode")
        mouse("key", "Escape")
        overlay.until(lambda shown: not shown["picks"], "pick mode left")
        overlay.choose("Mark this moment")
        came: list[ClientCommand] = []
        while not came or not isinstance(came[-1], MarkerCommand):
            came.append(told.taken.get(timeout=PATIENCE))
        assert not any(isinstance(one, ExcludeCommand | IncludeCommand) for one in came)


def test_in_mode_room_nobody_is_offered_to_be_excluded(session: Desktop, tmp_path: Path) -> None:
    about = dataclasses.replace(ABOUT, privacy=PrivacyPolicy("room"))
    with lesson(tmp_path / "t", about) as (_, server), driven(server.page("/"), tmp_path) as overlay:
        until(lambda: is_reading(overlay), "readings")
        assert overlay.entry("Pause")["enabled"]
        assert not overlay.entry("Exclude")["enabled"]


def test_a_real_tray_that_comes_late_holds_the_menu(room: tuple[Lesson, FeedServer], tmp_path: Path) -> None:
    """As at login, where a desktop starts its programs side by side."""
    told, server = room
    need_programs("trayer")
    tray = ["trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "32"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with driven(server.page("/overlay"), tmp_path) as overlay, contextlib.ExitStack() as later:
        until(lambda: is_reading(overlay), "readings")
        later.enter_context(ended(tray, **quiet))
        until(lambda: GREEN in icon(), "a green dot on the icon")
        told.status = dataclasses.replace(told.status, state=SourceState.LOST)
        until(lambda: RED in icon(), "a red dot on the icon")
        told.status = dataclasses.replace(told.status, state=SourceState.LIVE)
        overlay.choose("Pause", TRAY_ICON)
        told.asked(PauseCommand)
        until(lambda: AMBER in icon(), "an amber dot on the icon")


def icon() -> set[tuple[int, int, int]]:
    """The colours of the corner in which the tray is."""
    corner = screenshot()[-32:, -32:].reshape(-1, 3)
    return {(int(r), int(g), int(b)) for r, g, b in corner}


def test_the_menu_says_how_the_source_is(room: tuple[Lesson, FeedServer], tmp_path: Path) -> None:
    told, server = room
    with driven(server.page("/overlay"), tmp_path) as overlay:
        for state, words in ((SourceState.STALLED, "No new picture"), (SourceState.LOST, "Source lost")):
            told.status = dataclasses.replace(told.status, state=state)
            overlay.until(partial(says, words), words)
            assert overlay.entry("Pause")["enabled"]
            assert not overlay.entry("Exclude")["enabled"]
        server.close()
        until(lambda: overlay.entry("")["text"].startswith("No news"), "no news")
        assert not overlay.entry("Pause")["enabled"]


def test_a_picture_that_nobody_shares_is_asked_for(session: Desktop, tmp_path: Path) -> None:
    about = dataclasses.replace(ABOUT, source=SourceInfo("webrtc", "shared picture", 0, 0))
    with (
        lesson(tmp_path / "connections", about) as (told, server),
        driven(server.page("/"), tmp_path) as overlay,
    ):
        told.status = SourceStatus(SourceState.LOST)
        overlay.until(partial(says, "Nobody shares a picture now"), "what to do")
        assert overlay.entry("Pause")["enabled"]


def test_a_token_that_is_refused_is_said(room: tuple[Lesson, FeedServer], tmp_path: Path) -> None:
    _, server = room
    wrong = server.page("/overlay").replace(server.token, "wrong")
    with driven(wrong, tmp_path) as overlay:
        until(lambda: overlay.entry("")["text"].startswith("Not let in"), "the refusal in the menu")
        assert not overlay.entry("Pause")["enabled"]
        assert overlay.shown["gauge"] is not None


def says(words: str, shown: dict[str, Any]) -> bool:
    """Whether the menu begins with these words."""
    return bool(shown["menu"][0]["text"].startswith(words))


def test_the_gauge_keeps_off_tiles_until_it_is_dragged_and_stays_where_it_was_put(
    room: tuple[Lesson, FeedServer], tmp_path: Path
) -> None:
    told, server = room
    left_edge = [round(MARGIN), 700]
    with driven(server.page("/overlay"), tmp_path) as overlay:
        until(lambda: is_reading(overlay), "readings")
        told.tiles = [tile(0, Box(1500, 0, 420, 240))]
        overlay.until(lambda shown: shown["gauge"][1] > 240, "the gauge off the tile")
        left, top, width, height = overlay.shown["gauge"]
        held = left + width // 2, top + height // 2
        grip = held[0] - left, held[1] - top
        drag(held, (left_edge[0] + 20 + grip[0], left_edge[1] + grip[1]))
        overlay.until(lambda shown: shown["gauge"][:2] == left_edge, "the gauge at the edge")
        told.tiles = [tile(0, Box(0, 600, 420, 240))]
        told.sees(2)
        # Where the teacher put it, it stays.
        assert overlay.shown["gauge"][:2] == left_edge
    with driven(server.page("/overlay"), tmp_path) as overlay:
        until(lambda: is_reading(overlay), "readings")
        again = overlay.shown["gauge"]
        assert again[0] == left_edge[0]
        assert abs(again[1] - left_edge[1]) <= 1


def drag(start: tuple[int, int], end: tuple[int, int]) -> None:
    between = (start[0] + end[0]) // 2, (start[1] + end[1]) // 2
    mouse("mousemove", *map(str, start), "mousedown", "1")
    for place in (between, end):
        mouse("mousemove", "--sync", *map(str, place))
    mouse("mouseup", "1")


GRID = tuple(Box(12 + column * 384, 12 + row * 214, 360, 200) for row in range(5) for column in range(5))
"""Tiles from edge to edge of the screen."""


def introduction_of(overlay: Driven) -> Box:
    overlay.until(lambda shown: bool(shown["introduces"]), "the introduction")
    return Box(*overlay.shown["introduction"])


def crosses(one: Box, other: Box) -> bool:
    return max(one.left, other.left) < min(one.right, other.right) and max(one.top, other.top) < min(
        one.bottom, other.bottom
    )


def test_the_introduction_goes_beside_the_gallery(room: tuple[Lesson, FeedServer], tmp_path: Path) -> None:
    told, server = room
    told.tiles = []
    with driven(server.page("/overlay"), tmp_path, introduced=False) as overlay:
        first = introduction_of(overlay)
        left = Box(first.left - 40, first.top - 40, first.width + 80, first.height + 80)
        told.tiles = [tile(0, left)]
        overlay.until(lambda shown: not crosses(Box(*shown["introduction"]), left), "it off the tile")
        # Once: what is to be clicked does not run away.
        there = introduction_of(overlay)
        told.tiles = [tile(0, there)]
        told.sees(2)
        assert introduction_of(overlay) == there


def test_what_the_introduction_covers_carries_no_chip_and_is_not_read(
    room: tuple[Lesson, FeedServer], tmp_path: Path
) -> None:
    told, server = room
    told.tiles = [tile(number, box) for number, box in enumerate(GRID)]
    with driven(server.page("/overlay"), tmp_path, introduced=False) as overlay:
        boxes: list[Box] = []
        # Its own place is told with those of the chips, of which it hides some, and the gauge.
        while introduction_of(overlay) not in boxes or len(boxes) >= len(GRID) + 2:
            boxes = [Box(*box) for box in told.asked(OverlayCommand).boxes]
        place, chips = introduction_of(overlay), screenshot()
        mouse("key", "ctrl+alt+j")
        overlay.until(lambda shown: shown["gauge"] is None, "everything else hidden")
        assert (place.of(chips) == place.of(screenshot())).all()
        mouse("key", "ctrl+alt+j")
        mouse("search", "--sync", "--onlyvisible", "--name", "^Read the Room$", "windowfocus", "--sync")
        mouse("key", "Return")
        told.sees(len(GRID) + 1)


def test_the_introduction_is_shown_once(room: tuple[Lesson, FeedServer], tmp_path: Path) -> None:
    _, server = room
    with driven(server.page("/overlay"), tmp_path, introduced=False) as overlay:
        overlay.until(lambda shown: bool(shown["has_keys"]), "the introduction")
        # A window manager would put a full-screen meeting over the page.
        assert not overlay.shown["is_managed"]
        mouse("key", "Return")
        overlay.until(lambda shown: not shown["introduces"], "the introduction closed")
    with driven(server.page("/overlay"), tmp_path, introduced=False) as overlay:
        until(lambda: is_reading(overlay), "readings")
        assert not overlay.shown["introduces"]
