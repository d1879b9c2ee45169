"""A desktop with a window manager, a compositor and a meeting's window, and overlays on it."""

from __future__ import annotations

import importlib.util
import json
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mss
import numpy as np
from numpy.typing import NDArray

from agent.values import Box, Pixels
from tests.paths import ROOT, absent
from tests.program import command, environment
from tests.waiting import PATIENCE, until

NEEDED = ("openbox", "picom", "xdotool")
"""Programs, each in a package of its own name."""

GAUGE = Box(1920 - 264 - 2, 10, 258, 114)
"""Where the gauge stands on a screen of 1920x1080 as long as nobody moved it."""


def need_programs(*more: str) -> None:
    missing = [program for program in (*NEEDED, *more) if shutil.which(program) is None]
    if missing:
        absent(f"no desktop to test with: install {' '.join(missing)}")
    if importlib.util.find_spec("PySide6") is None:
        absent("no overlay to test: install PySide6-Essentials")


@contextmanager
def ended(arguments: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended with the block."""
    process = subprocess.Popen(arguments, text=True, cwd=ROOT, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=10)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def with_compositor() -> Iterator[None]:
    """A window manager and a compositor on the display of DISPLAY."""
    need_programs()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ended(["openbox"], **quiet), ended(["picom", "--backend", "xrender"], **quiet):
        until(has_compositor, "a compositor")
        yield


def has_compositor() -> bool:
    from exporter.native.x11 import X11

    with X11() as display:
        return display.has_compositor


def screenshot() -> Pixels:
    with mss.MSS() as screen:
        shot = screen.grab(screen.monitors[1])
    return np.ascontiguousarray(
        np.frombuffer(shot.bgra, np.uint8).reshape(shot.height, shot.width, 4)[..., 2::-1]
    )


def changed(before: Pixels, after: Pixels) -> NDArray[np.bool_]:
    """Which pixels of two screenshots differ by more than a compositor rounds, and are not the gauge's."""
    found: NDArray[np.bool_] = (np.abs(before.astype(np.int16) - after) > 3).any(axis=2)
    GAUGE.of(found[..., None].view(np.uint8))[:] = 0
    return found


@dataclass
class Meeting:
    """The window with the gallery; ``line`` reads what it says."""

    process: subprocess.Popen[str]

    def line(self, wait: float = PATIENCE) -> str:
        """The next thing it says, empty if it says nothing."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], wait)
        return self.process.stdout.readline().strip() if ready else ""

    def move(self, left: int, top: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{left} {top}\n")
        self.process.stdin.flush()


@contextmanager
def meeting(picture: Path, left: int, top: int) -> Iterator[Meeting]:
    """A window that shows a picture at a place of the screen."""
    arguments = [sys.executable, "-m", "tests.screen.window", str(picture), str(left), str(top)]
    with ended(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        window = Meeting(process)
        assert window.line() == "shown"
        yield window


@contextmanager
def overlay(port: int, home: Path, *flags: str, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """An overlay for the agent on this port, introduced already."""
    state = home / "readtheroom"
    state.mkdir(parents=True, exist_ok=True)
    memory = state / "overlay.json"
    if not memory.exists():
        memory.write_text(json.dumps({"gauge": [1.0, 0.0], "is_introduced": True}))
    arguments = command("overlay", "--port", str(port), "--no-animations", *flags)
    env = environment(**homes(home), **extra)
    with ended(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env) as process:
        yield process


def homes(home: Path) -> dict[str, str]:
    """A home of its own for what programs keep."""
    return {"XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
