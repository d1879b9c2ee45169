"""Checks once per session whether captures show the overlay: a few pixels are drawn and searched for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from exporter.native.exclusion import PROBE, is_seen
from exporter.native.qt_window import OverlayWindow

DRAWN_WITHIN_MS = 250
"""Milliseconds to wait until the compositor has drawn a window's new pixels."""


class Probe:
    """Calls ``found`` once with whether captures exclude the canvas; ``is_excluded`` is False until then."""

    def __init__(self, canvas: OverlayWindow, found: Callable[[bool], None]) -> None:
        self._canvas, self._found = canvas, found
        self._has_run = False
        self.is_asked = False
        """Whether the system accepted the request to exclude the windows; otherwise they count as seen."""
        self.is_excluded = False

    def run_once(self) -> None:
        """Start the check, unless it has already run. The canvas must be on the screen."""
        if self._has_run:
            return
        self._has_run = True
        self._canvas.show_probe(True)
        QTimer.singleShot(DRAWN_WITHIN_MS, self._look)

    def _look(self) -> None:
        # A loaded machine may not have drawn the probe yet, so its absence alone proves nothing.
        self.is_excluded = self.is_asked and not is_seen(self._captured())
        self._canvas.show_probe(False)
        self._found(self.is_excluded)

    def _captured(self) -> list[tuple[int, int, int]]:
        at = self._canvas.probe_on_screen
        screen = QGuiApplication.screenAt(at.center())
        if screen is None:
            return []
        here = at.translated(-screen.geometry().topLeft())
        picture = screen.grabWindow(0, here.left(), here.top(), here.width(), here.height()).toImage()
        if picture.isNull():
            return []
        cell = picture.width() / len(PROBE)
        middles = [(int((index + 0.5) * cell), picture.height() // 2) for index in range(len(PROBE))]
        pixels = [picture.pixelColor(x, y) for x, y in middles]
        return [(pixel.red(), pixel.green(), pixel.blue()) for pixel in pixels]
