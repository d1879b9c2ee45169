"""The tray icon and its menu: state, pause, exclude, mark, hide, dashboard, start at login, quit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from exporter.native.qt_paint import colour, symbol
from exporter.native.state import GRAVE, STATUS_TEXTS, OverlayHealth
from exporter.native.symbols import ALERT, COLOURS, QUIET

ICON = 64
AMBER = (
    OverlayHealth.PAUSED,
    OverlayHealth.STALLED,
    OverlayHealth.FAILING,
    OverlayHealth.STALE,
    OverlayHealth.WAITING,
    OverlayHealth.UNSHARED,
)
DOTS = {OverlayHealth.LIVE: COLOURS["disgust"], **dict.fromkeys(AMBER, ALERT)}
"""Colour of the icon's dot: green while live, amber in other states; the states of GRAVE are red."""


@dataclass(frozen=True, slots=True)
class Actions:
    """The callbacks of the menu's entries."""

    pause: Callable[[], None]
    pick: Callable[[], None]
    mark: Callable[[], None]
    hide: Callable[[], None]
    dashboard: Callable[[], None]
    introduce: Callable[[], None]
    autostart: Callable[[bool], None]
    quit: Callable[[], None]


class Tray:
    """The menu, and the tray icon if the desktop has a tray; otherwise the gauge opens the menu."""

    def __init__(self, actions: Actions, shortcut: str, *, starts_at_login: bool) -> None:
        self.menu = QMenu()
        self._state = self.menu.addAction("")
        self._state.setEnabled(False)
        self.menu.addSeparator()
        self._pause = self._add("Pause", actions.pause)
        self._pick = self._add("Exclude a participant…", actions.pick)
        self._mark = self._add("Mark this moment of the lesson", actions.mark)
        self._hide = self._add("Hide everything" + (f"  ({shortcut})" if shortcut else ""), actions.hide)
        self._hide.setCheckable(True)
        self.menu.addSeparator()
        self._dashboard = self._add("Open the dashboard", actions.dashboard)
        self._add("What is shown, and what it does not mean", actions.introduce)
        login = QAction("Start at login", self.menu, checkable=True, checked=starts_at_login)
        login.toggled.connect(actions.autostart)
        self.menu.addAction(login)
        self.menu.addSeparator()
        self._add("Quit", actions.quit)
        # Created even if there is no tray yet: a tray that starts later, as at login, shows the icon then.
        self._icon = QSystemTrayIcon()
        self._icon.setContextMenu(self.menu)
        self._shown: tuple[OverlayHealth, bool, bool] | None = None

    def show_state(self, health: OverlayHealth, *, hidden: bool, can_pick: bool) -> None:
        """Show the state in the menu, the icon and its tooltip."""
        if self._shown == (health, hidden, can_pick):
            return
        self._shown = (health, hidden, can_pick)
        text = STATUS_TEXTS[health] or "Reading"
        self._state.setText(text)
        self._pause.setText("Resume" if health is OverlayHealth.PAUSED else "Pause")
        unreachable = {
            OverlayHealth.CONNECTING,
            OverlayHealth.STALE,
            OverlayHealth.REFUSED,
            OverlayHealth.UNKNOWN,
        }
        reachable = health not in unreachable
        for action in (self._pause, self._mark):
            action.setEnabled(reachable)
        self._dashboard.setEnabled(health is not OverlayHealth.CONNECTING)
        self._pick.setEnabled(can_pick and health is OverlayHealth.LIVE)
        self._hide.setChecked(hidden)
        self._icon.setIcon(icon(health))
        self._icon.setToolTip(f"Read the Room: {text}")
        self._icon.show()

    def close(self) -> None:
        """Remove the icon from the tray; idempotent."""
        self._icon.hide()

    def _add(self, text: str, do: Callable[[], None]) -> QAction:
        action = self.menu.addAction(text)
        action.triggered.connect(lambda *_: do())
        return action


def icon(health: OverlayHealth) -> QIcon:
    """The icon: a face with a dot in the state's colour."""
    picture = QPixmap(ICON, ICON)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawPixmap(4, 4, symbol("happy", ICON - 8, 1.0))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(COLOURS["angry"] if health in GRAVE else DOTS.get(health, QUIET)))
    painter.drawEllipse(ICON - 26, ICON - 26, 24, 24)
    painter.end()
    return QIcon(picture)
