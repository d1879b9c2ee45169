"""The display server: lists monitors and grabs pictures of them. The only module that imports mss."""

from __future__ import annotations

import os
import sys
from typing import Any

import cv2
import mss
import mss.darwin
import mss.exception
import numpy as np

from agent.errors import DisplayError, SourceLostError
from agent.sources.desktop import NOT_ALLOWED, WAYLAND, is_wayland, may_record
from agent.values import Box, Pixels

MSS_ERRORS = (mss.exception.ScreenShotError, AssertionError, OSError, ValueError)
"""Exceptions that mss raises when the display does not answer: a failed assertion if the server died, or the
ValueError of a null pointer if it dies while mss connects."""


class Display:
    """A connection to the display; not thread-safe.

    ``monitors`` holds each monitor's rectangle on the desktop, in the desktop's own units; ``primary`` is the
    number of the main monitor, from 1. Raises DisplayError when there is no display, or access is denied.
    """

    def __init__(self) -> None:
        self._screen: Any = _connect()
        try:
            self.monitors = _monitors(self._screen)
            self.primary = _primary(self._screen)
        except BaseException:
            self.close()
            raise

    def recount(self) -> None:
        """Update the list of monitors: mss keeps its first answer, a new connection takes 0.5 ms.

        Raises SourceLostError when the display no longer answers.
        """
        try:
            fresh = mss.MSS()
        except MSS_ERRORS as error:
            raise SourceLostError(f"the display no longer answers ({_told(error)})") from None
        try:
            monitors = _monitors(fresh)
        except DisplayError as error:
            _disconnect(fresh)
            raise SourceLostError(error.problem, error.remedy) from None
        if monitors == self.monitors:
            _disconnect(fresh)
            return
        self.close()
        # mss sizes its buffers when it connects, so a larger monitor also needs the new connection.
        self._screen, self.monitors = fresh, monitors

    def grab(self, number: int) -> Pixels:
        """Grab one monitor as RGB uint8: 0.7 ms for 1080p, plus 0.5 for OpenCV's conversion (numpy flip: 6).

        Raises SourceLostError when the display no longer answers.
        """
        place = self.monitors[number - 1]
        wanted = {"left": place.left, "top": place.top, "width": place.width, "height": place.height}
        try:
            shot = self._screen.grab(wanted)
        except MSS_ERRORS as error:
            raise SourceLostError(f"monitor {number} cannot be grabbed ({_told(error)})") from None
        bgra = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        # A new array, because others may hold the last one; numpy's uses huge pages (0.5 ms, OpenCV's own
        # 0.7).
        rgb = np.empty((shot.height, shot.width, 3), np.uint8)
        cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGB, dst=rgb)
        return rgb

    def close(self) -> None:
        """Close the connection; idempotent."""
        screen, self._screen = self._screen, None
        if screen is not None:
            _disconnect(screen)


def _connect() -> Any:
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        if is_wayland():
            raise DisplayError(*WAYLAND)
        raise DisplayError(
            "there is no display (DISPLAY is not set)",
            "start this in a desktop session, or try `readtheroom demo`",
        )
    if sys.platform == "darwin":
        # By default mss asks macOS for pictures scaled down to points: half the pixels of a Retina display.
        mss.darwin.IMAGE_OPTIONS &= ~mss.darwin.kCGWindowImageNominalResolution
        if not may_record():
            raise DisplayError(*NOT_ALLOWED)
    try:
        return mss.MSS()
    except MSS_ERRORS as error:
        advice = "is the desktop session running?"
        if "not found" in str(error):
            advice = "install libxcb1, libxcb-randr0, libxcb-shm0 and libxcb-xfixes0 (Debian's names)"
        raise DisplayError(
            f"the display {os.environ.get('DISPLAY', '')} cannot be opened ({_told(error)})", advice
        ) from None


def _disconnect(screen: Any) -> None:
    try:
        screen.close()
    except MSS_ERRORS:
        # The display server is gone: nothing to close.
        return


def _monitors(screen: Any) -> list[Box]:
    """The rectangle of each monitor; the whole desktop if the system does not report monitors."""
    try:
        found = screen.monitors[1:] or screen.monitors[:1]
    except MSS_ERRORS as error:
        raise DisplayError(f"the monitors cannot be listed ({_told(error)})", "is one switched on?") from None
    boxes = [Box(one["left"], one["top"], one["width"], one["height"]) for one in found]
    if not all(box.area for box in boxes):
        raise DisplayError("the display has no monitor", "switch one on")
    return boxes


def _primary(screen: Any) -> int:
    flags = [bool(one.get("is_primary")) for one in screen.monitors[1:]]
    return flags.index(True) + 1 if any(flags) else 1


def _told(error: Exception) -> str:
    return str(error) or "no answer from the display server"
