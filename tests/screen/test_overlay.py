"""The overlay on a real X server with a window manager and a compositor, over a real gallery picture."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from agent.values import Box, Pixels
from tests.galleries import NAMES, RealGallery, real_gallery
from tests.program import TOKEN, call, follow, running
from tests.screen.conftest import Desktop
from tests.screen.lessons import click, driven, lesson
from tests.screen.overlays import (
    changed,
    homes,
    meeting,
    need_programs,
    overlay,
    screenshot,
)
from tests.waiting import until

pytestmark = [pytest.mark.screen, pytest.mark.timeout(180)]

LEFT, TOP = 60, 40

STEADY = 1.0
"""Seconds for which messages say the same before they are believed."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where that agent says how it is reached, and its overlays look."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def agent(session: Desktop, home: Path) -> Iterator[int]:
    """The port of an agent that reads that desktop: one for all tests, as it takes 3 s to start."""
    extra = {"DISPLAY": session.name, **homes(home)}
    with running("run", "--source", "screen", **extra) as (_, port):
        yield port


@pytest.fixture
def port(agent: int) -> int:
    """The same when it has forgotten what the test before showed."""
    assert follow(agent, lambda room: room["tiles"] == [])[-1]["tiles"] == []
    return agent


def settled(port: int, tiles: int) -> dict[str, Any]:
    """A message in which every tile is found and no reading is warming up, and which holds for a second.

    A slow machine spreads the first look at all tiles over several messages; in those some have no face yet.
    """
    same: list[dict[str, Any]] = []

    def enough(room: dict[str, Any]) -> bool:
        # Where everybody wears a mask, nobody is read.
        known = [tile["emotion"] is not None or tile["reason"] == "covered" for tile in room["tiles"]]
        waiting = any(tile["reason"] == "warming_up" for tile in room["tiles"])
        if len(room["tiles"]) != tiles or not any(known) or waiting or (same and unlike(room, same[0])):
            same.clear()
        else:
            same.append(room)
        return len(same) > 1 and when(room) - when(same[0]) >= STEADY

    room = follow(port, enough)[-1]
    assert same, f"never settled: {room}"
    return room


def when(room: dict[str, Any]) -> float:
    """Seconds since the epoch at which a message was made."""
    return datetime.fromisoformat(room["time"]).timestamp()


def corner(gallery: RealGallery) -> tuple[int, int]:
    """Where a window of this picture lies wholly on the screen, off its corner if there is room."""
    height, width = gallery.pixels.shape[:2]
    screen_height, screen_width = screenshot().shape[:2]
    return max(min(LEFT, screen_width - width), 0), max(min(TOP, screen_height - height), 0)


def boxes(room: dict[str, Any], part: str = "") -> list[Box]:
    found = [tile if not part else tile[part] for tile in room["tiles"]]
    return [Box(*one["box"]) for one in found if one is not None]


def drawn_in(box: Box, change: Any) -> int:
    return int(box.of(change[..., None].astype(np.uint8)).sum())


def has_chips(room: dict[str, Any], before: Pixels) -> bool:
    """Whether each tile with a face carries a chip off the face, and nothing lies outside the tiles."""
    change = changed(before, screenshot())
    inside = np.zeros_like(change)
    for box in boxes(room):
        inside[box.top : box.bottom, box.left : box.right] = True
    seen = [tile for tile in room["tiles"] if tile["face"] is not None]
    return (
        all(drawn_in(Box(*tile["box"]), change) > 100 for tile in seen)
        and all(drawn_in(Box(*tile["face"]["box"]), change) == 0 for tile in seen)
        and not bool((change & ~inside).any())
    )


def on_the_edge(confidence: float) -> bool:
    """Whether so little more or less certainty makes the difference between a label and "unsure"."""
    return confidence < 0.55


def unlike(room: dict[str, Any], other: dict[str, Any]) -> list[tuple[Any, Any]]:
    """The tiles of which two messages say different things, save for those at the edge of "unsure"."""
    pairs = zip(room["tiles"], other["tiles"], strict=True)
    return [(one, two) for one, two in pairs if not alike(one, two)]


def alike(one: dict[str, Any], two: dict[str, Any]) -> bool:
    if (one["id"], one["state"], one["face"] is None) != (two["id"], two["state"], two["face"] is None):
        return False
    first, second = one["emotion"] or {}, two["emotion"] or {}
    if first.get("label") == second.get("label"):
        return True
    return on_the_edge(max(emotion.get("confidence", 0.0) for emotion in (first, second)))


@pytest.fixture(scope="module")
def gallery() -> RealGallery:
    return real_gallery("grid-4x4.jpg")


@pytest.mark.parametrize("name", NAMES)
def test_chips_lie_in_their_tiles_change_no_reading_and_let_clicks_through(
    port: int, home: Path, name: str
) -> None:
    gallery = real_gallery(name)
    with meeting(gallery.path, *corner(gallery)) as window:
        plain = settled(port, len(gallery.tiles))
        bare = screenshot()
        with overlay(port, home, "--shortcut", "Ctrl+Alt+J"):
            until(lambda: has_chips(plain, bare), "a chip on each tile, off the face")
            with_chips = settled(port, len(gallery.tiles))
            assert unlike(with_chips, plain) == []

            change = changed(bare, screenshot())
            tile = next(tile for tile in plain["tiles"] if tile["face"] is not None)
            box = Box(*tile["box"])
            row, column = np.argwhere(box.of(change[..., None].astype(np.uint8))[..., 0]).mean(axis=0)
            x, y = box.left + int(column), box.top + int(row)
            subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], check=True)
            assert window.line() == f"click {x} {y}"

            subprocess.run(["xdotool", "key", "ctrl+alt+j"], check=True)
            until(lambda: not changed(bare, screenshot()).any(), "everything hidden by the shortcut")
            subprocess.run(["xdotool", "key", "ctrl+alt+j"], check=True)
            until(lambda: has_chips(plain, bare), "everything back")


def test_a_participant_who_is_clicked_in_pick_mode_is_excluded_by_the_agent(
    port: int, tmp_path: Path
) -> None:
    gallery = real_gallery("tablet-2x2.png")
    with (
        meeting(gallery.path, LEFT, TOP),
        driven(f"http://127.0.0.1:{port}/?token={TOKEN}", tmp_path) as picker,
    ):
        chosen = settled(port, len(gallery.tiles))["tiles"][1]
        box = Box(*chosen["box"])
        until(lambda: bool(picker.entry("Exclude")["enabled"]), "pick mode to be had")
        for state in ("excluded", "face"):
            picker.choose("Exclude")
            picker.until(lambda shown: bool(shown["picks"]), "pick mode")
            click(box.left + box.width // 3, box.top + box.height // 2)
            tiles = follow(port, partial(shows, chosen["id"], state))[-1]["tiles"]
            assert [tile["state"] for tile in tiles].count("excluded") == (state == "excluded")


def shows(name: str, state: str, room: dict[str, Any]) -> bool:
    """Whether a participant is there, in this state."""
    return any((tile["id"], tile["state"]) == (name, state) for tile in room["tiles"])


def test_chips_follow_the_window(port: int, home: Path, gallery: RealGallery) -> None:
    with meeting(gallery.path, LEFT, TOP) as window:
        plain = settled(port, len(gallery.tiles))
        window.move(LEFT + 37, TOP + 26)
        follow(port, lambda room: moved(room, plain, 37, 26))
        bare = screenshot()
        window.move(LEFT, TOP)
        follow(port, lambda room: moved(room, plain, 0, 0))
        with overlay(port, home):
            until(lambda: bool(changed(bare, screenshot()).any()), "an overlay")
            # All that follows is read by the agent with chips on its picture.
            window.move(LEFT + 37, TOP + 26)
            elsewhere = follow(port, lambda room: moved(room, plain, 37, 26))[-1]
            until(lambda: has_chips(elsewhere, bare), "the chips at the new place")
            followed = settled(port, len(gallery.tiles))
            assert [tile["state"] for tile in followed["tiles"]] == [tile["state"] for tile in plain["tiles"]]


def moved(room: dict[str, Any], before: dict[str, Any], right: int, down: int) -> bool:
    """Whether the tiles are where they were, shifted by so many pixels, give or take two."""
    now, then = boxes(room), boxes(before)
    return len(now) == len(then) and all(
        abs(a.left - b.left - right) <= 2 and abs(a.top - b.top - down) <= 2
        for a, b in zip(now, then, strict=True)
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_follows_an_agent_that_starts_again_and_ends_with_the_desktop_session(
    session: Desktop, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "readtheroom"
    with ExitStack() as stack:
        with lesson(folder, token="a" * 32) as (told, server):
            port = server.port
            process = stack.enter_context(overlay(port, tmp_path))
            told.sees(len(told.tiles) + 1)
        with lesson(folder, token="b" * 32, port=port) as (told, _):
            told.sees(len(told.tiles) + 1)
            process.send_signal(number)
            assert process.wait(timeout=30) == 0


def test_an_overlay_that_dies_is_missed_and_the_agent_goes_on(session: Desktop, tmp_path: Path) -> None:
    extra = {"DISPLAY": session.name, **homes(tmp_path)}
    arguments = ("run", "--source", "demo", "--overlay")
    with running(*arguments, READTHEROOM_DEMO_PARTICIPANTS="4", **extra) as (agent, port):
        until(lambda: bool(overlays_of(agent.pid)), "an overlay")
        os.kill(overlays_of(agent.pid)[0], signal.SIGKILL)
        assert agent.stdout is not None
        line = next(line for line in agent.stdout if "the overlay" in line)
        assert "ended with exit code -9" in line
        assert follow(port, lambda room: room["room"]["read"] > 0)


@pytest.mark.parametrize("flag", ["--tls", "--lan"])
def test_it_trusts_an_agent_with_a_certificate_of_its_own(
    session: Desktop, tmp_path: Path, flag: str
) -> None:
    extra = {"DISPLAY": session.name, "READTHEROOM_DEMO_PARTICIPANTS": "4", **homes(tmp_path)}
    with running("run", "--source", "demo", "--overlay", flag, **extra) as (_, port):
        until(lambda: followers(port, tmp_path) == 1, "the overlay follows")


def followers(port: int, home: Path) -> int:
    """How many follow an agent with TLS."""
    kept = home / "readtheroom" / "self-signed.pem"
    address = f"https://127.0.0.1:{port}/healthz?token={TOKEN}"
    return int(httpx.get(address, verify=ssl.create_default_context(cafile=kept)).json()["clients"])


def overlays_of(agent: int) -> list[int]:
    """The processes that an agent started to draw; it starts others for a moment, to look for libraries."""
    found = []
    for child in Path(f"/proc/{agent}/task/{agent}/children").read_text().split():
        with suppress(OSError):
            arguments = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            # Until it is a program of its own, it shows its parent's arguments.
            found += [int(child)] if b"overlay" in arguments else []
    return found


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"DISPLAY": ":4321"}, "the display ':4321' (DISPLAY) does not answer"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "QT_QPA_PLATFORM is 'nonsense'"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "this is a Wayland session"),
    ],
)
def test_where_no_window_can_be_made_one_line_says_why(
    desktop: Desktop, tmp_path: Path, variables: dict[str, str], words: str
) -> None:
    done = call("overlay", "--port", "9", **{"DISPLAY": desktop.name, **homes(tmp_path), **variables})
    assert done.returncode == 2
    assert done.stderr.startswith("readtheroom: ")
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_a_compositor_the_page_is_opened_instead(desktop: Desktop, tmp_path: Path) -> None:
    need_programs()
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    extra = {"DISPLAY": desktop.name, "BROWSER": str(browser), **homes(tmp_path)}
    with (
        running("demo", "--no-open", "--participants", "4", **extra) as (_, port),
        overlay(port, tmp_path, BROWSER=str(browser), DISPLAY=desktop.name) as process,
    ):
        assert process.stdout is not None
        words = process.stdout.read()
        assert process.wait(timeout=30) == 0
        assert "no compositor" in words
        until(opened.exists, "the page in the browser")
        assert f":{port}/overlay?pass=" in opened.read_text()
