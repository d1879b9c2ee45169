"""The overlay as the program runs it, which also says what can be seen of it: for tests of what it does.

``python -m tests.screen.driven ADDRESS``; each line of stdin is answered with one of JSON: ``{"menu": ...}``.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from agent.commands.overlay import AT_LOGIN
from agent.system.own_command import own_command
from exporter.native.feed_client import AgentLocator, connection_info_of
from exporter.native.qt_app import Overlay, OverlayOptions
from exporter.native.qt_gauge import Gauge
from exporter.native.qt_pick import PickWindow
from exporter.native.qt_welcome import Welcome
from exporter.native.shortcut import parse_shortcut


class Orders(QObject):
    asked = Signal()
    ended = Signal()

    def read(self) -> None:
        for _ in sys.stdin:
            self.asked.emit()
        self.ended.emit()


def numbers(rect: QRect) -> list[int]:
    return [rect.left(), rect.top(), rect.width(), rect.height()]


def entries(menu: QMenu) -> list[dict[str, Any]]:
    """The menu's entries, with their places on the screen while it is open."""
    return [
        {
            "text": action.text(),
            "enabled": action.isEnabled(),
            "checked": action.isChecked(),
            "box": numbers(menu.actionGeometry(action).translated(menu.pos())),
        }
        for action in menu.actions()
        if not action.isSeparator()
    ]


BYPASS = Qt.WindowType.X11BypassWindowManagerHint


def describe() -> dict[str, Any]:
    """All windows of the overlay that a teacher deals with."""
    windows: list[QWidget] = QApplication.topLevelWidgets()
    menu = next(one for one in windows if isinstance(one, QMenu))
    gauge = next(one for one in windows if isinstance(one, Gauge))
    introductions = [one for one in windows if isinstance(one, Welcome) and one.isVisible()]
    return {
        "menu": entries(menu),
        "is_open": menu.isVisible(),
        "gauge": numbers(gauge.geometry()) if gauge.isVisible() else None,
        "picks": any(isinstance(one, PickWindow) and one.isVisible() for one in windows),
        "introduces": bool(introductions),
        "has_keys": bool(introductions) and introductions[0].isActiveWindow(),
        "is_managed": not any(one.windowFlags() & BYPASS for one in introductions),
        "introduction": numbers(introductions[0].frameGeometry()) if introductions else None,
    }


def main() -> None:
    QApplication.setQuitOnLastWindowClosed(False)
    app = QApplication(sys.argv[:1])
    where = AgentLocator(fixed=connection_info_of(sys.argv[1]))
    shortcut = parse_shortcut("Ctrl+Alt+J")
    overlay = Overlay(
        OverlayOptions(where, own_command(*AT_LOGIN), "chips", animations=False, shortcut=shortcut)
    )
    orders = Orders()
    orders.asked.connect(lambda: print(json.dumps(describe()), flush=True))
    orders.ended.connect(app.quit)
    overlay.start()
    threading.Thread(target=orders.read, daemon=True).start()
    app.exec()
    overlay.close()


if __name__ == "__main__":
    main()
