"""The screen as a source: a monitor, a part of one, or the one that shows a gallery. The only user of mss.

Pictures are in physical pixels, whatever the desktop's scale.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, Self

import cv2
import mss
import mss.exception
import numpy as np

from agent.errors import ConfigError, DisplayError, SourceLostError
from agent.values import Box, Frame, Pixels, SourceInfo

LOOK_ELSEWHERE = 10.0
"""Seconds between looks at the other monitors while ``auto`` sees no gallery on its own."""

BLACK_FOR = 5.0
"""Seconds of a wholly flat screen after which a missing permission is the likeliest reason (on macOS)."""

Choose = Callable[[Sequence[Pixels]], int | None]


class ScreenSource:
    """Grabs the screen when asked, at most ``hz`` times a second.

    ``monitor`` counts from 1; ``auto`` grabs all of them once and asks ``choose`` which one shows a gallery
    (its index, or None: then the first is taken, and the others are looked at again every ten seconds).
    ``region`` is a part of the monitor in its pixels.

    Raises DisplayError when nothing can be grabbed, ConfigError for a monitor or region that is not there.
    """

    def __init__(
        self,
        monitor: Literal["auto"] | int = "auto",
        *,
        region: Box | None = None,
        choose: Choose | None = None,
        hz: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wanted, self._region, self._choose = monitor, region, choose
        self._period, self._clock = 1.0 / hz, clock
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._screen: Any = _connect()
        try:
            self._number, self._sure = self._pick()
            first = self._grab()
            _check_region(region, first)
        except BaseException:
            self.close()
            raise
        self._size = self._part(first).shape[1::-1]
        self._looked = self._flat_since = clock()

    @property
    def info(self) -> SourceInfo:
        """The monitor and the size of what is grabbed of it."""
        return SourceInfo("screen", f"monitor {self._number}", *self._size)

    @property
    def dropped(self) -> int:
        """Always 0: the screen is grabbed when it is asked for."""
        return 0

    def frames(self) -> Iterator[Frame | None]:
        """Yield the screen as it is at each pull. Raises SourceLostError when the monitor went away."""
        due = self._clock()
        while not self._closed.wait(max(due - self._clock(), 0.0)):
            now = self._clock()
            due = max(due + self._period, now)
            with self._lock:
                if self._screen is None:
                    return
                self._look_elsewhere(now)
                pixels = self._part(self._grab())
            self._size = pixels.shape[1::-1]
            self._check_permission(pixels, now)
            yield Frame(pixels, now, time.time())

    def close(self) -> None:
        """Let go of the display; may be called twice and from another thread."""
        self._closed.set()
        with self._lock:
            screen, self._screen = self._screen, None
            if screen is not None:
                screen.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pick(self) -> tuple[int, bool]:
        """The number of the monitor to grab, and whether it is certain to be the right one."""
        count = len(self._screen.monitors) - 1
        if count < 1:
            raise DisplayError("the display has no monitor: switch one on")
        if self._wanted != "auto":
            if self._wanted > count:
                have = "only monitor 1" if count == 1 else f"monitors 1 to {count}"
                raise ConfigError(f"source.monitor is {self._wanted}, but there is {have}")
            return self._wanted, True
        if count == 1 or self._choose is None:
            return 1, True
        index = self._choose([self._grab(number) for number in range(1, count + 1)])
        return (1, False) if index is None else (index + 1, True)

    def _look_elsewhere(self, now: float) -> None:
        """While ``auto`` has seen no gallery, look at all monitors again now and then."""
        if not self._sure and now - self._looked >= LOOK_ELSEWHERE:
            self._looked = now
            self._number, self._sure = self._pick()

    def _grab(self, number: int | None = None) -> Pixels:
        """One monitor as RGB: a 1080p grab takes 0.7 ms, the conversion by OpenCV 0.2 (by a numpy flip 6)."""
        try:
            shot = self._screen.grab(self._screen.monitors[number or self._number])
        except (mss.exception.ScreenShotError, IndexError, OSError) as error:
            raise SourceLostError(f"monitor {number or self._number} cannot be grabbed ({error})") from None
        bgra = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGB), np.uint8)

    def _part(self, pixels: Pixels) -> Pixels:
        if self._region is None:
            return pixels
        part = self._region.of(pixels)
        if part.size == 0:
            raise SourceLostError("source.region lies outside the monitor since its resolution changed")
        return np.ascontiguousarray(part)

    def _check_permission(self, pixels: Pixels, now: float) -> None:
        """macOS hands out black pictures, and no error, to a program that may not record the screen."""
        if sys.platform != "darwin" or pixels[:: max(len(pixels) // 64, 1)].any():
            self._flat_since = now
        elif now - self._flat_since > BLACK_FOR:
            raise DisplayError(
                "the screen is black for this program: allow it in System Settings > Privacy & Security > "
                "Screen & System Audio Recording, then start it again"
            )


def _connect() -> Any:
    wayland = os.environ.get("XDG_SESSION_TYPE") == "wayland" or "WAYLAND_DISPLAY" in os.environ
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        if wayland:
            raise DisplayError(
                "this is a Wayland session, where programs cannot grab the screen: log in to an X11 session, "
                "or read a recording with `readtheroom run --source FILE`"
            )
        raise DisplayError(
            "there is no display (DISPLAY is not set): start this in a desktop session, or try "
            "`readtheroom demo`"
        )
    try:
        return mss.MSS()
    except (mss.exception.ScreenShotError, OSError) as error:
        raise DisplayError(
            f"the display {os.environ.get('DISPLAY', '')} cannot be opened ({error}): is the desktop session "
            "running?"
        ) from None


def _check_region(region: Box | None, pixels: Pixels) -> None:
    if region is None:
        return
    height, width = pixels.shape[:2]
    if region.area == 0 or region.clipped(width, height) != region:
        raise ConfigError(
            f"source.region [{region.left}, {region.top}, {region.width}, {region.height}] does not lie "
            f"inside the monitor of {width}x{height} pixels"
        )
