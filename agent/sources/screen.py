"""The screen as a source: a monitor, a region of it, or the monitor that shows a gallery.

Pictures are in physical pixels, whatever the desktop's scale.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Self

import numpy as np

from agent.errors import ConfigError, DisplayError, SourceLostError
from agent.sources.desktop import NOT_ALLOWED, WAYLAND, is_wayland
from agent.sources.display import Display
from agent.values import Box, Frame, Pixels, SourceInfo

LOOK_AGAIN = 10.0
"""Seconds between checks that ``auto`` still watches a monitor with a gallery: one layout search each."""

COUNT_AGAIN = 1.0
"""Seconds between checks of the list of monitors."""

BLACK_FOR = 5.0
"""Seconds of a wholly black screen after which a missing permission is assumed (on macOS)."""

Choose = Callable[[Sequence[Pixels]], int | None]


class ScreenSource:
    """Grabs the screen when a frame is requested, at most ``hz`` times a second.

    ``monitor`` counts from 1. ``auto`` grabs all monitors and asks ``choose`` for the index of the one that
    shows a gallery (None: use the primary monitor); it asks again once the chosen monitor shows no gallery.
    ``region`` is a part of the monitor in its physical pixels.

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
        self._display = Display()
        try:
            self._number = self._pick(self._display.primary)
            first = self._display.grab(self._number)
            _check_region(region, first)
            if is_wayland() and not first.any():
                raise DisplayError(*WAYLAND)
        except BaseException:
            self.close()
            raise
        self._size, self._full_width = self._part(first).shape[1::-1], int(first.shape[1])
        self._looked = self._counted = self._seen = clock()

    @property
    def info(self) -> SourceInfo:
        """The monitor, and the size of the grabbed region."""
        return SourceInfo("screen", f"monitor {self._number}", *self._size)

    @property
    def desktop(self) -> Box:
        """The monitor's rectangle on the desktop, in desktop units (points on macOS, else pixels)."""
        return self._display.monitors[self._number - 1]

    @property
    def scale(self) -> float:
        """Physical pixels per desktop unit: 2 on a Retina display, else 1."""
        return self._full_width / self.desktop.width

    @property
    def dropped(self) -> int:
        """Always 0: the screen is grabbed when a frame is requested."""
        return 0

    @property
    def place(self) -> Box:
        """The grabbed region's rectangle on the desktop, in the desktop's own units."""
        desktop, region, scale = self.desktop, self._region, self.scale
        if region is None:
            return desktop
        return Box(
            desktop.left + round(region.left / scale),
            desktop.top + round(region.top / scale),
            round(region.width / scale),
            round(region.height / scale),
        )

    def frames(self) -> Iterator[Frame | None]:
        """Yield the screen as it is at each step. Raises SourceLostError when the monitor was removed."""
        due = self._clock()
        while not self._closed.wait(max(due - self._clock(), 0.0)):
            now, wall = self._clock(), time.time()
            due = max(due + self._period, now)
            with self._lock:
                if self._closed.is_set():
                    return
                self._count_monitors(now)
                pixels = self._look_elsewhere(self._display.grab(self._number), now)
            self._full_width = int(pixels.shape[1])
            pixels = self._part(pixels)
            self._size = pixels.shape[1::-1]
            self._check_permission(pixels, now)
            yield Frame(pixels, now, wall)

    def close(self) -> None:
        """Close the display; idempotent, and allowed from another thread."""
        self._closed.set()
        with self._lock:
            self._display.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pick(self, otherwise: int) -> int:
        """The number of the monitor to grab; ``otherwise`` if ``auto`` finds no gallery."""
        count = len(self._display.monitors)
        if self._wanted != "auto":
            if not 1 <= self._wanted <= count:
                have = "only monitor 1" if count == 1 else f"monitors 1 to {count}"
                raise ConfigError(
                    f"source.monitor is {self._wanted}, but there is {have}", "choose that, or auto"
                )
            return self._wanted
        if count == 1 or self._choose is None:
            return otherwise
        index = self._choose([self._display.grab(number) for number in range(1, count + 1)])
        return otherwise if index is None else index + 1

    def _look_elsewhere(self, pixels: Pixels, now: float) -> Pixels:
        """If ``auto`` no longer sees a gallery, the picture of the monitor that shows one, if any."""
        if self._wanted != "auto" or self._choose is None or len(self._display.monitors) == 1:
            return pixels
        if now - self._looked < LOOK_AGAIN:
            return pixels
        self._looked = now
        if self._choose([pixels]) is not None:
            return pixels
        before, self._number = self._number, self._pick(self._number)
        return pixels if self._number == before else self._display.grab(self._number)

    def _count_monitors(self, now: float) -> None:
        if now - self._counted < COUNT_AGAIN:
            return
        self._counted = now
        self._display.recount()
        left = len(self._display.monitors)
        if self._number > left:
            raise SourceLostError(f"monitor {self._number} went away: {left} left")

    def _part(self, pixels: Pixels) -> Pixels:
        if self._region is None:
            return pixels
        part = self._region.of(pixels)
        if part.shape[:2] != (self._region.height, self._region.width):
            height, width = pixels.shape[:2]
            raise SourceLostError(
                f"source.region reaches outside monitor {self._number}, which now has {width}x{height} pixels"
            )
        return np.ascontiguousarray(part)

    def _check_permission(self, pixels: Pixels, now: float) -> None:
        """Raise DisplayError for a lasting black picture: some macOS versions deny access that way."""
        if sys.platform != "darwin" or pixels[:: max(len(pixels) // 64, 1)].any():
            self._seen = now
        elif now - self._seen > BLACK_FOR:
            raise DisplayError(*NOT_ALLOWED)


def _check_region(region: Box | None, pixels: Pixels) -> None:
    if region is None:
        return
    height, width = pixels.shape[:2]
    if region.area == 0 or region.clipped(width, height) != region:
        raise ConfigError(
            f"source.region [{region.left}, {region.top}, {region.width}, {region.height}] does not lie "
            f"inside the monitor of {width}x{height} pixels",
            "it is left, top, width, height",
        )
