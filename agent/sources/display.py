"""The display server: which monitors there are, and one picture of one of them. The only user of mss."""

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
"""What mss raises when the display does not answer: of a server that died, a failed assertion, or, when it
dies while mss connects, the ValueError of a pointer that points nowhere."""


class Display:
    """A connection to the display; not thread-safe.

    ``monitors`` holds the place of each on the desktop, in the desktop's own units; ``primary`` is the number
    of the main one, from 1. Raises DisplayError when there is no display, or none that may be seen.
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
        """Notice monitors that came, went or changed size: mss keeps its first answer, a fresh one is 0.5 ms.

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
            raise SourceLostError(str(error)) from None
        if monitors == self.monitors:
            _disconnect(fresh)
            return
        self.close()
        # mss sizes its buffers when it connects, so a larger monitor needs the new connection too.
        self._screen, self.monitors = fresh, monitors

    def grab(self, number: int) -> Pixels:
        """One monitor as RGB uint8: a 1080p grab takes 0.7 ms, conversion by OpenCV 0.5 (numpy flip: 6).

        Raises SourceLostError when the display no longer answers.
        """
        place = self.monitors[number - 1]
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

    def close(self) -> None:
        """Let go of the display; may be called twice."""
        screen, self._screen = self._screen, None
        if screen is not None:
            _disconnect(screen)


def _connect() -> Any:
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        if is_wayland():
            raise DisplayError(WAYLAND)
        raise DisplayError(
            "there is no display (DISPLAY is not set): start this in a desktop session, or try "
            "`readtheroom demo`"
        )
    if sys.platform == "darwin":
        # Without this mss asks macOS for pictures scaled down to points: half the pixels of a Retina display.
        mss.darwin.IMAGE_OPTIONS &= ~mss.darwin.kCGWindowImageNominalResolution
        if not may_record():
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


def _told(error: Exception) -> str:
    return str(error) or "no answer from the display server"
