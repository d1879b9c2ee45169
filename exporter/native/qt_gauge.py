"""The room gauge: a small window that can be dragged and docks at the edges of the screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QMenu, QWidget

from exporter.native.gauge import (
    PLACES,
    SIZE,
    AvoidedRegions,
    GaugeContent,
    at_share,
    docked,
    free_share,
    share_of,
)
from exporter.native.geometry import Rect
from exporter.native.qt_paint import draw_gauge
from exporter.native.qt_window import make_floating, whole


class Gauge(QWidget):
    """Shows the gauge; ``moved`` is called with the place where it was dropped, as shares of the screen.

    ``share`` is the place where it was dropped before; None: it docks automatically where it covers least.
    """

    def __init__(
        self, share: tuple[float, float] | None, moved: Callable[[tuple[float, float]], None]
    ) -> None:
        super().__init__()
        make_floating(self, clicks_pass=False)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Read the Room: drag to move. An expression is not a feeling.")
        self._share, self._moved = share or PLACES[0], moved
        self._docks_itself = share is None
        self._content, self._mark = GaugeContent(), ""
        self._grip: QPoint | None = None
        self._menu: QMenu | None = None
        self._place()
        for screen in QGuiApplication.screens():
            self._heed(screen)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._heed)

    @property
    def rect_on_screen(self) -> Rect:
        """The gauge's rectangle in logical coordinates of the desktop."""
        at = self.geometry()
        return Rect(at.left(), at.top(), at.width(), at.height())

    def show_content(self, content: GaugeContent, mark: str) -> None:
        """Show a content; a ``mark`` that is not empty replaces the words."""
        if (content, mark) != (self._content, self._mark):
            self._content, self._mark = content, mark
            self.update()

    def show_mark(self, mark: str) -> None:
        """Show ``mark`` in place of the words; empty: show the words."""
        self.show_content(self._content, mark)

    def keep_off(self, regions: AvoidedRegions) -> None:
        """Dock where these regions (desktop coordinates) are covered least, unless the user moved it."""
        if not self._docks_itself or self._grip is not None:
            return
        share = free_share(self._share, self._screen(), regions)
        if share != self._share:
            self._share = share
            self._place()

    def set_menu(self, menu: QMenu) -> None:
        """Set the menu of the right button; on desktops without a tray, only this opens it."""
        self._menu = menu

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the gauge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_gauge(painter, SIZE, self._content, self._mark)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to drag, or open the menu."""
        if event.button() == Qt.MouseButton.RightButton and self._menu is not None:
            self._menu.popup(event.globalPosition().toPoint())
            return
        self._grip = event.globalPosition().toPoint() - self.pos()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag the gauge."""
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End the drag: dock, and remember the place."""
        if self._grip is None:
            return
        self._grip = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        screen = self._screen()
        rect = docked(self.rect_on_screen, screen)
        self.setGeometry(whole(rect))
        self._share, self._docks_itself = share_of(rect, screen), False
        self._moved(self._share)

    def _heed(self, screen: QScreen) -> None:
        """Keep the gauge at the same share of a screen when the screen's size changes."""
        screen.geometryChanged.connect(self._place)

    def _place(self) -> None:
        self.setGeometry(whole(at_share(self._share, self._screen())))

    def _screen(self) -> Rect:
        at = self.screen().availableGeometry()
        return Rect(at.left(), at.top(), at.width(), at.height())
