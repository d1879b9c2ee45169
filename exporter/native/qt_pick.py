"""Pick mode: one click on a tile names the participant."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from exporter.native.geometry import Rect
from exporter.native.qt_paint import draw_mark
from exporter.native.qt_window import make_floating, whole

HINT = "Click a participant to exclude her, or an excluded one to include her again. Esc: leave it."

ALMOST_NOTHING = QColor(0, 0, 0, 1)
"""Windows lets clicks through where a window is wholly transparent. The agent still sees what lies below."""


class PickWindow(QWidget):
    """Takes one click in the window's coordinates, or None when the teacher changed her mind; then goes."""

    def __init__(self, window: Rect, picked: Callable[[QPointF | None], None]) -> None:
        super().__init__()
        make_floating(self, clicks_pass=False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setGeometry(whole(window))
        self._window, self._picked = window, picked
        self.show()
        # It never has the focus, so the escape key must be taken.
        self.grabKeyboard()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the hint, and nothing else that could be seen."""
        painter = QPainter(self)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(self.rect(), ALMOST_NOTHING)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_mark(painter, HINT, self._window, grave=False)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The left button picks, any other one leaves."""
        left = event.button() == Qt.MouseButton.LeftButton
        self._end(event.position() if left else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self._end(None)

    def _end(self, point: QPointF | None) -> None:
        self.releaseKeyboard()
        self.close()
        self.deleteLater()
        self._picked(point)
