"""Pick mode: one click on a tile selects the participant."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from exporter.native.geometry import Rect
from exporter.native.qt_paint import draw_mark
from exporter.native.qt_window import make_floating, whole

HINT = "Click a participant to exclude them, or an excluded one to include them again. Esc: cancel."

ALMOST_NOTHING = QColor(0, 0, 0, 1)
"""Almost transparent: Windows passes clicks through fully transparent pixels. The agent still sees below."""


class PickWindow(QWidget):
    """Calls ``picked`` with one click in the window's coordinates, or None if cancelled; then closes."""

    def __init__(self, window: Rect, picked: Callable[[QPointF | None], None]) -> None:
        super().__init__()
        make_floating(self, clicks_pass=False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setGeometry(whole(window))
        self._window, self._picked = window, picked
        self.show()
        # The window never has the focus, so the keyboard must be grabbed to get Escape.
        self.grabKeyboard()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the hint on an almost transparent ground."""
        painter = QPainter(self)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(self.rect(), ALMOST_NOTHING)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_mark(painter, HINT, self._window, grave=False)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The left button picks, any other button cancels."""
        left = event.button() == Qt.MouseButton.LeftButton
        self._end(event.position() if left else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape cancels."""
        if event.key() == Qt.Key.Key_Escape:
            self._end(None)

    def _end(self, point: QPointF | None) -> None:
        self.releaseKeyboard()
        self.close()
        self.deleteLater()
        self._picked(point)
