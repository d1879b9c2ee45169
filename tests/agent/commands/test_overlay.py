"""``run --overlay`` where nothing can be drawn: said before anything is opened; or the page in its place."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.commands import overlay as commands
from agent.commands.overlay import need_overlay
from agent.configuration.config import Config
from agent.errors import OverlayError
from tests.program import TOKEN, call, running
from tests.waiting import until


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_display")
def test_what_to_do_without_a_display_or_the_extra_is_said() -> None:
    with pytest.raises(OverlayError, match="leave out --overlay$"):
        need_overlay()


def test_a_run_says_it_before_it_opens_anything() -> None:
    done = call("run", "--source", "demo", "--overlay", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "leave out --overlay" in done.stderr


@pytest.fixture
def wayland(tmp_path: Path) -> dict[str, str]:
    """A session where the page stands in for the overlay, with a browser that notes what it is to open."""
    pytest.importorskip("PySide6", reason="without it there is neither overlay nor page")
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path / "opened"}\n')
    browser.chmod(0o755)
    state = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    return {**state, "BROWSER": str(browser), "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": ""}


def opened_by_browser(folder: Path) -> str:
    """The address that the browser noted, which may come after the end of the program that opened it."""
    end, noted = time.monotonic() + 10.0, folder / "opened"
    while not (noted.exists() and noted.read_text()):
        assert time.monotonic() < end, "no browser was opened"
        time.sleep(0.05)
    return noted.read_text().strip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Wayland is there only")
@pytest.mark.parametrize(
    ("style", "options"),
    [
        ("borders", {"style": ["borders"], "animations": ["false"]}),
        ("gauge", {"style": ["gauge"], "animations": ["false"]}),
    ],
)
def test_the_page_in_its_place_looks_as_configured(
    tmp_path: Path, wayland: dict[str, str], style: str, options: dict[str, list[str]]
) -> None:
    look = {"READTHEROOM_OVERLAY_STYLE": style, "READTHEROOM_OVERLAY_ANIMATIONS": "false"}
    live = ("run", "--source", "demo", "--overlay", "--duration", "0.1", "--port", "0")
    done = call(*live, **{**wayland, **look})
    assert done.returncode == 0, done.stderr
    address = urlsplit(opened_by_browser(tmp_path))
    assert address.path == "/overlay"
    given = parse_qs(address.query)
    assert len(given.pop("pass")) == 1
    assert given == options


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Wayland is there only")
def test_the_page_in_place_of_a_later_overlay_looks_as_its_flags_say(
    tmp_path: Path, wayland: dict[str, str]
) -> None:
    with running("run", "--source", "demo", **wayland) as (_, port):
        flags = ("--style", "borders", "--no-animations", "--port", str(port))
        done = call("overlay", *flags, **wayland)
    assert done.returncode == 0, done.stderr
    opened = opened_by_browser(tmp_path)
    assert opened.startswith(f"http://127.0.0.1:{port}/overlay?pass=")
    assert opened.endswith("&style=borders&animations=false")
    # Every user of the machine can read a command line.
    assert TOKEN not in opened


def test_an_overlay_that_ended_before_it_was_told_the_address_is_missed_like_a_later_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Ended(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            super().__init__(command, **options)
            self.wait()

    monkeypatch.setattr(commands, "obstacle", lambda: None)
    monkeypatch.setattr(commands, "own_command", lambda *_: [sys.executable, "-c", "raise SystemExit(7)"])
    monkeypatch.setattr(subprocess, "Popen", Ended)
    with commands.OverlayProcess(Config(), "http://127.0.0.1:1/overlay?token=t"):
        until(lambda: bool(caplog.messages), "a word on the overlay")
    assert caplog.messages == ["the overlay ended with exit code 7; the agent goes on without it"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups of this kind")
def test_a_ctrl_c_in_the_terminal_reaches_the_overlay_by_way_of_the_agent_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "group"
    script = f"import os, sys; open({str(told)!r}, 'w').write(f'{{os.getpgid(0)}}\\n'); sys.stdin.read()"
    monkeypatch.setattr(commands, "obstacle", lambda: None)
    monkeypatch.setattr(commands, "own_command", lambda *_: [sys.executable, "-c", script])
    with commands.OverlayProcess(Config(), "http://127.0.0.1:1/overlay?token=t"):
        until(lambda: told.exists() and told.read_text().endswith("\n"), "the overlay's group")
    assert int(told.read_text()) != os.getpgid(0)
