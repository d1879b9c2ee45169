"""The overlay's window above the meeting: transparent, always on top, passes clicks through."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from exporter.native.exclusion import PROBE, PROBE_CELL
from exporter.native.geometry import Monitor, Rect
from exporter.native.qt_paint import ROOM_FOR_SHADOW, draw_mark, draw_tile
from exporter.native.scene import OverlayPicture, differing


def floating(*, clicks_pass: bool) -> Qt.WindowType:
    """The flags of a window that is above all others and never takes the focus."""
    flags = (
        Qt.WindowType.Tool
        | Qt.WindowType.FramelessWindowHint
        | Qt.WindowType.WindowStaysOnTopHint
        | Qt.WindowType.WindowDoesNotAcceptFocus
        | Qt.WindowType.NoDropShadowWindowHint
    )
    if clicks_pass:
        flags |= Qt.WindowType.WindowTransparentForInput
    if QGuiApplication.platformName() == "xcb":
        # A window manager would add a frame, which would intercept clicks.
        flags |= Qt.WindowType.X11BypassWindowManagerHint
    return flags


def make_floating(window: QWidget, *, clicks_pass: bool) -> None:
    """Give a window the flags of ``floating`` and a transparent background."""
    window.setWindowFlags(floating(clicks_pass=clicks_pass))
    window.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    # macOS hides tool windows of programs that are not active, and this program is never active.
    window.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)


def whole(rect: Rect) -> QRect:
    """The smallest rectangle of whole pixels around ``rect``."""
    left, top = math.floor(rect.left), math.floor(rect.top)
    return QRect(left, top, math.ceil(rect.right) - left, math.ceil(rect.bottom) - top)


def monitors(*, points: bool) -> list[Monitor]:
    """The current monitors; ``points``: the desktop's units are logical pixels (macOS)."""
    found = []
    for screen in QGuiApplication.screens():
        at = screen.geometry()
        logical = Rect(at.left(), at.top(), at.width(), at.height())
        found.append(Monitor(logical, 1.0 if points else screen.devicePixelRatio()))
    return found


class OverlayWindow(QWidget):
    """Shows pictures of a scene; redraws only what changed."""

    def __init__(self) -> None:
        super().__init__()
        make_floating(self, clicks_pass=True)
        self._picture = OverlayPicture()
        self._is_probing = False

    @property
    def probe_on_screen(self) -> QRect:
        """The probe's rectangle in logical coordinates of the desktop."""
        return self._probe_rect().translated(self.geometry().topLeft())

    def show_probe(self, shown: bool) -> None:
        """Draw or remove the probe."""
        self._is_probing = shown
        self.update(self._probe_rect())

    def show_picture(self, picture: OverlayPicture) -> None:
        """Show a picture."""
        before, self._picture = self._picture, picture
        if picture.window is None:
            self.hide()
            return
        if before.window != picture.window or not self.isVisible():
            self.setGeometry(whole(picture.window))
            self.show()
            self.update()
            return
        if before.mark != picture.mark:
            self.update()
            return
        region = QRegion()
        for part in differing(before, picture):
            region += whole(part.grown(ROOM_FOR_SHADOW, ROOM_FOR_SHADOW))
        if not region.isEmpty():
            self.update(region)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the parts of the picture inside the event's region."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setClipRegion(event.region())
        painter.fillRect(self.rect(), Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        for chip in self._picture.chips:
            if any(event.region().intersects(whole(part)) for part in chip.parts()):
                draw_tile(painter, chip)
        window = self._picture.window
        if self._picture.mark and window is not None:
            draw_mark(painter, self._picture.mark, window, grave=self._picture.is_grave)
        if self._is_probing:
            at = self._probe_rect()
            for index, rgb in enumerate(PROBE):
                painter.fillRect(
                    at.left() + index * PROBE_CELL, at.top(), PROBE_CELL, PROBE_CELL, QColor(*rgb)
                )
        painter.end()

    def _probe_rect(self) -> QRect:
        width = len(PROBE) * PROBE_CELL
        return QRect(self.width() - width, self.height() - PROBE_CELL, width, PROBE_CELL)
