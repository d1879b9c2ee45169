"""The screen as a source: a monitor, a part of one, or the one that shows a gallery. The only user of mss.

Pictures are in physical pixels, whatever the desktop's scale.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, Self

import cv2
import mss
import mss.darwin
import mss.exception
import numpy as np

from agent.errors import ConfigError, DisplayError, SourceLostError
from agent.values import Box, Frame, Pixels, SourceInfo

LOOK_AGAIN = 10.0
"""Seconds between checks that ``auto`` still watches a monitor with a gallery: one layout search each."""

COUNT_AGAIN = 1.0
"""Seconds between looks at which monitors there are; mss keeps its first answer, a fresh one costs 0.5 ms."""

BLACK_FOR = 5.0
"""Seconds of a wholly black screen after which a missing permission is the likeliest reason (on macOS)."""

MSS_ERRORS = (mss.exception.ScreenShotError, AssertionError, OSError)
"""What mss raises when the display does not answer; a server that died shows as a failed assertion."""

WAYLAND = (
    "this is a Wayland session, where programs cannot grab the screen: share the meeting from the browser "
    "(`readtheroom run --source webrtc`), or log in to an X11 (Xorg) session"
)
NOT_ALLOWED = (
    "this program may not record the screen: allow it in System Settings > Privacy & Security > Screen & "
    "System Audio Recording, then start it again"
)

Choose = Callable[[Sequence[Pixels]], int | None]


class ScreenSource:
    """Grabs the screen when asked, at most ``hz`` times a second.

    ``monitor`` counts from 1; ``auto`` grabs all of them and asks ``choose`` which one shows a gallery (its
    index, or None: then the primary one is taken), and asks again once the chosen one shows none.
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
        self._screen: Any = _connect()
        try:
            self._monitors = _monitors(self._screen)
            self._number = self._pick(_primary(self._screen))
            first = self._grab(self._number)
            _check_region(region, first)
            if _is_wayland() and not first.any():
                raise DisplayError(WAYLAND)
        except BaseException:
            self.close()
            raise
        self._size, self._full_width = self._part(first).shape[1::-1], int(first.shape[1])
        self._looked = self._counted = self._seen = clock()

    @property
    def info(self) -> SourceInfo:
        """The monitor and the size of what is grabbed of it."""
        return SourceInfo("screen", f"monitor {self._number}", *self._size)

    @property
    def desktop(self) -> Box:
        """The monitor's place on the desktop, in the desktop's own units (points on macOS, else pixels)."""
        return self._monitors[self._number - 1]

    @property
    def scale(self) -> float:
        """Physical pixels in one unit of the desktop: 2 on a Retina display, else 1."""
        return self._full_width / self.desktop.width

    @property
    def dropped(self) -> int:
        """Always 0: the screen is grabbed when it is asked for."""
        return 0

    @property
    def place(self) -> Box:
        """Where what is grabbed lies on the desktop, in the desktop's own units."""
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
        """Yield the screen as it is at each pull. Raises SourceLostError when the monitor went away."""
        due = self._clock()
        while not self._closed.wait(max(due - self._clock(), 0.0)):
            now = self._clock()
            due = max(due + self._period, now)
            with self._lock:
                if self._screen is None:
                    return
                self._count_monitors(now)
                pixels = self._look_elsewhere(self._grab(self._number), now)
            self._full_width = int(pixels.shape[1])
            pixels = self._part(pixels)
            self._size = pixels.shape[1::-1]
            self._check_permission(pixels, now)
            yield Frame(pixels, now, time.time())

    def close(self) -> None:
        """Let go of the display; may be called twice and from another thread."""
        self._closed.set()
        with self._lock:
            screen, self._screen = self._screen, None
            if screen is not None:
                _disconnect(screen)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pick(self, otherwise: int) -> int:
        """The number of the monitor to grab; ``otherwise`` where ``auto`` finds no gallery."""
        count = len(self._monitors)
        if self._wanted != "auto":
            if not 1 <= self._wanted <= count:
                have = "only monitor 1" if count == 1 else f"monitors 1 to {count}"
                raise ConfigError(f"source.monitor is {self._wanted}, but there is {have}")
            return self._wanted
        if count == 1 or self._choose is None:
            return otherwise
        index = self._choose([self._grab(number) for number in range(1, count + 1)])
        return otherwise if index is None else index + 1

    def _look_elsewhere(self, pixels: Pixels, now: float) -> Pixels:
        """Where ``auto`` no longer sees a gallery, the picture of the monitor that has one, if any does."""
        if self._wanted != "auto" or self._choose is None or len(self._monitors) == 1:
            return pixels
        if now - self._looked < LOOK_AGAIN:
            return pixels
        self._looked = now
        if self._choose([pixels]) is not None:
            return pixels
        before, self._number = self._number, self._pick(self._number)
        return pixels if self._number == before else self._grab(self._number)

    def _count_monitors(self, now: float) -> None:
        """Notice monitors that came, went or changed size."""
        if now - self._counted < COUNT_AGAIN:
            return
        self._counted = now
        try:
            fresh = mss.MSS()
        except MSS_ERRORS as error:
            raise SourceLostError(f"the display no longer answers ({_told(error)})") from None
        try:
            monitors = _monitors(fresh)
        except DisplayError as error:
            _disconnect(fresh)
            raise SourceLostError(str(error)) from None
        if monitors == self._monitors:
            _disconnect(fresh)
            return
        _disconnect(self._screen)
        # mss sizes its buffers when it connects, so a larger monitor needs the new connection too.
        self._screen, self._monitors = fresh, monitors
        if self._number > len(monitors):
            raise SourceLostError(f"monitor {self._number} went away: {len(monitors)} left")

    def _grab(self, number: int) -> Pixels:
        """One monitor as RGB uint8: a 1080p grab takes 0.7 ms, conversion by OpenCV 0.5 (numpy flip: 6)."""
        place = self._monitors[number - 1]
        wanted = {"left": place.left, "top": place.top, "width": place.width, "height": place.height}
        try:
            shot = self._screen.grab(wanted)
        except MSS_ERRORS as error:
            raise SourceLostError(f"monitor {number} cannot be grabbed ({_told(error)})") from None
        bgra = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        # A fresh array, as others may hold the last one; numpy's takes huge pages (0.5 ms, OpenCV's own 0.7).
        rgb = np.empty((shot.height, shot.width, 3), np.uint8)
        cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGB, dst=rgb)
        return rgb

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
        """Some macOS versions hand out black pictures, and no error, to a program that may not record."""
        if sys.platform != "darwin" or pixels[:: max(len(pixels) // 64, 1)].any():
            self._seen = now
        elif now - self._seen > BLACK_FOR:
            raise DisplayError(NOT_ALLOWED)


def _connect() -> Any:
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        if _is_wayland():
            raise DisplayError(WAYLAND)
        raise DisplayError(
            "there is no display (DISPLAY is not set): start this in a desktop session, or try "
            "`readtheroom demo`"
        )
    if sys.platform == "darwin":
        # Without this mss asks macOS for pictures scaled down to points: half the pixels of a Retina display.
        mss.darwin.IMAGE_OPTIONS &= ~mss.darwin.kCGWindowImageNominalResolution
        if not _may_record():
            raise DisplayError(NOT_ALLOWED)
    try:
        return mss.MSS()
    except MSS_ERRORS as error:
        advice = "is the desktop session running?"
        if "not found" in str(error):
            advice = "install libxcb1, libxcb-randr0, libxcb-shm0 and libxcb-xfixes0 (Debian's names)"
        raise DisplayError(
            f"the display {os.environ.get('DISPLAY', '')} cannot be opened ({_told(error)}): {advice}"
        ) from None


def _disconnect(screen: Any) -> None:
    try:
        screen.close()
    except MSS_ERRORS:
        # A display server that is gone cannot be told goodbye.
        return


def _monitors(screen: Any) -> list[Box]:
    """Where each monitor lies on the desktop; the whole desktop where the system does not tell them apart."""
    try:
        found = screen.monitors[1:] or screen.monitors[:1]
    except MSS_ERRORS as error:
        raise DisplayError(f"the monitors cannot be listed ({_told(error)}): is one switched on?") from None
    boxes = [Box(one["left"], one["top"], one["width"], one["height"]) for one in found]
    if not all(box.area for box in boxes):
        raise DisplayError("the display has no monitor: switch one on")
    return boxes


def _primary(screen: Any) -> int:
    flags = [bool(one.get("is_primary")) for one in screen.monitors[1:]]
    return flags.index(True) + 1 if any(flags) else 1


def _is_wayland() -> bool:
    session = os.environ.get("XDG_SESSION_TYPE") == "wayland" or bool(os.environ.get("WAYLAND_DISPLAY"))
    return session and sys.platform.startswith("linux")


def _may_record() -> bool:
    """Ask macOS whether this program may record the screen; if not, have macOS ask the user."""
    graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
    # Both since macOS 10.15; before it no permission was needed.
    allowed = getattr(graphics, "CGPreflightScreenCaptureAccess", None)
    request = getattr(graphics, "CGRequestScreenCaptureAccess", None)
    if allowed is None or request is None:
        return True
    allowed.restype = request.restype = ctypes.c_bool
    return bool(allowed()) or bool(request())


def _told(error: Exception) -> str:
    return str(error) or "no answer from the display server"


def _check_region(region: Box | None, pixels: Pixels) -> None:
    if region is None:
        return
    height, width = pixels.shape[:2]
    if region.area == 0 or region.clipped(width, height) != region:
        raise ConfigError(
            f"source.region [{region.left}, {region.top}, {region.width}, {region.height}] does not lie "
            f"inside the monitor of {width}x{height} pixels"
        )
