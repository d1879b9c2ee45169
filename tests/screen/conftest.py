"""A real X server without a monitor, and pictures shown on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.paths import absent
from tests.screen.overlays import with_compositor
from tests.waiting import until

NEEDED = {"Xvfb": "xvfb", "xrandr": "x11-xserver-utils"}
SIZE = (1920, 1080)


@dataclass
class Desktop:
    """A running X server; ``name`` is its DISPLAY. What is shown is written into its frame buffer itself."""

    name: str
    buffer: Path
    server: subprocess.Popen[bytes]

    def show(self, pixels: NDArray[np.uint8]) -> None:
        """Put a picture RGB (H, W, 3) on the screen, from its top left corner."""
        # The file is an X window dump: a header, its colour map, then rows of blue, green, red, unused.
        header_size, colours = (int(np.fromfile(self.buffer, ">u4", 1, offset=at)[0]) for at in (0, 76))
        screen = np.memmap(
            self.buffer, np.uint8, "r+", header_size + 12 * colours, shape=(SIZE[1], SIZE[0], 4)
        )
        height, width = pixels.shape[:2]
        screen[:height, :width, :3] = pixels[:, :, ::-1]
        screen.flush()

    def set_monitor(self, name: str, left: int, width: int, output: str = "none") -> None:
        """Make or change a monitor of the full height; give the first one the output "screen"."""
        geometry = f"{width}/280x{SIZE[1]}/280+{left}+0"
        run = ["xrandr", "--display", self.name, "--setmonitor", name, geometry, output]
        subprocess.run(run, check=True, timeout=10, stdout=subprocess.DEVNULL)

    def remove_monitor(self, name: str) -> None:
        """Take a monitor away."""
        subprocess.run(["xrandr", "--display", self.name, "--delmonitor", name], check=True, timeout=10)

    def stop(self) -> None:
        """End the server, as a crash or a logout does."""
        self.server.terminate()
        self.server.wait(timeout=10)

    def start_again(self) -> None:
        """Serve the same display again after ``stop``, as after a login."""
        self.server = subprocess.Popen(
            ["Xvfb", self.name, *_arguments(self.buffer.parent)], stderr=subprocess.DEVNULL
        )
        until(self._answers, f"the display {self.name} comes back")

    def _answers(self) -> bool:
        asked = ["xrandr", "--display", self.name]
        return subprocess.run(asked, check=False, capture_output=True).returncode == 0

    def clear(self, level: int = 48) -> None:
        """One grey from edge to edge."""
        self.show(np.full((SIZE[1], SIZE[0], 3), level, np.uint8))


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    """An empty desktop of 1920x1080; DISPLAY points to it for the test."""
    with empty_desktop(tmp_path) as desktop:
        yield desktop


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """A desktop with a window manager and a compositor, one for all tests of a file."""
    with empty_desktop(tmp_path_factory.mktemp("screen")) as desktop, with_compositor():
        yield desktop


@contextmanager
def empty_desktop(folder: Path) -> Iterator[Desktop]:
    """The same as long as the block lasts."""
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if missing:
        absent(f"no screen to test with: install {' '.join(missing)}")
    with served(folder) as desktop, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", desktop.name)
        patch.delenv("WAYLAND_DISPLAY", raising=False)
        patch.setenv("XDG_SESSION_TYPE", "x11")
        yield desktop


@contextmanager
def served(folder: Path) -> Iterator[Desktop]:
    """An X server whose frame buffer lies in ``folder``, on a display that is free."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), *_arguments(folder)],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as pipe:
            name = ":" + pipe.readline().strip()
        desktop = Desktop(name, folder / "Xvfb_screen0", server)
        yield desktop
        # A test may have started it again.
        desktop.stop()
    finally:
        server.terminate()
        server.wait(timeout=10)


def _arguments(folder: Path) -> list[str]:
    """One monitor whose frame buffer is a file in ``folder``."""
    screen = f"{SIZE[0]}x{SIZE[1]}x24"
    return ["-screen", "0", screen, "-noreset", "-nolisten", "tcp", "-fbdir", str(folder)]
