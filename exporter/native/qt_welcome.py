"""The first-run page: five lines on what the teacher sees and what it does not mean."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout

from exporter.native.gauge import AvoidedRegions, free_place
from exporter.native.geometry import Rect

TITLE = "Read the Room"
LINES = (
    "<b>Each chip is a guess at one face</b>: which of seven acted-out expressions it resembles, how surely.",
    "<b>An expression is not a feeling</b>, and none of this measures interest, effort or learning.",
    "<b>“Unsure”, “too small”, “turned away”</b>: it says nothing rather than guess. That is normal.",
    "<b>Ask before you read</b>, and exclude whoever says no. In the EU it may not be used with students.",
    "<b>No picture is kept and nothing leaves this machine.</b> Pause and hide are in the menu{shortcut}.",
)


MOVED = 60
"""Maximum distance in pixels (Manhattan) that does not count as moved; window managers add frames."""


def introduction(shortcut: str) -> tuple[str, ...]:
    """The page's five lines; ``shortcut`` is the key that hides everything, empty without a shortcut."""
    key = f", {shortcut} hides at once" if shortcut else ""
    return tuple(line.format(shortcut=key) for line in LINES)


class Welcome(QDialog):
    """The first-run page as a window that the user closes; ``beside`` are the regions to avoid at first."""

    def __init__(self, shortcut: str, beside: AvoidedRegions) -> None:
        super().__init__()
        self._saw_tiles = False
        self.setWindowTitle(TITLE)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        if QGuiApplication.platformName() == "xcb":
            # Window managers put a full-screen meeting over windows that stay on top: nobody would see this,
            # and the tile under it would not be read.
            self.setWindowFlag(Qt.WindowType.X11BypassWindowManagerHint)
            self.setStyleSheet("QDialog { border: 1px solid palette(mid); }")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 20)
        layout.setSpacing(12)
        title = QLabel(f"<span style='font-size:18pt; font-weight:600'>{TITLE}</span>")
        layout.addWidget(title)
        for line in introduction(shortcut):
            label = QLabel(line)
            label.setWordWrap(True)
            label.setMinimumWidth(480)
            layout.addWidget(label)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        layout.addWidget(buttons)
        self.adjustSize()
        self._put = self._go(beside)

    @property
    def rect_on_screen(self) -> Rect | None:
        """The window's rectangle with its frame, in logical desktop coordinates; None while it is closed."""
        return _rect(self.frameGeometry()) if self.isVisible() else None

    def keep_off(self, tiles: AvoidedRegions, beside: AvoidedRegions) -> None:
        """Move to where least is covered, once when tiles are first known, unless the user moved it."""
        if self._saw_tiles or not tiles:
            return
        self._saw_tiles = True
        if (self.frameGeometry().topLeft() - self._put).manhattanLength() <= MOVED:
            self._put = self._go([*tiles, *beside])

    def _go(self, regions: AvoidedRegions) -> QPoint:
        size = self.frameGeometry().size()
        screens = [_rect(screen.availableGeometry()) for screen in QGuiApplication.screens()]
        place = free_place((size.width(), size.height()), screens, regions)
        at = QPoint(round(place.left), round(place.top))
        self.move(at)
        return at


def _rect(at: QRect) -> Rect:
    return Rect(at.left(), at.top(), at.width(), at.height())
