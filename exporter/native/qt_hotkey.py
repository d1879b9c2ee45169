"""The global shortcut: a key that works in every window, on X11 and Windows."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QSocketNotifier
from PySide6.QtGui import QGuiApplication

from exporter.native.shortcut import Shortcut
from exporter.native.x11 import X11

WM_HOTKEY = 0x0312
WINDOWS_MODIFIERS = {"alt": 1, "ctrl": 2, "shift": 4, "meta": 8}
NO_REPEAT = 0x4000
F1 = 0x70


class Hotkey:
    """Calls ``pressed`` when the shortcut is pressed; ``is_on``: the system has registered the shortcut."""

    def __init__(self, shortcut: Shortcut, pressed: Callable[[], None]) -> None:
        self._pressed = pressed
        self._x11: X11 | None = None
        self._notifier: QSocketNotifier | None = None
        self._filter: _WindowsFilter | None = None
        self.is_on = False
        if QGuiApplication.platformName() == "xcb":
            self._grab(shortcut)
        elif sys.platform == "win32":
            self._register(shortcut)

    def close(self) -> None:
        """Release the key; idempotent."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
        if self._x11 is not None:
            self._x11.close()
        self._notifier = self._x11 = None
        if self._filter is not None and sys.platform == "win32":
            ctypes.windll.user32.UnregisterHotKey(None, 1)
            self._filter = None

    def _grab(self, shortcut: Shortcut) -> None:
        self._x11 = X11()
        self.is_on = self._x11.grab(shortcut)
        self._notifier = QSocketNotifier(self._x11.descriptor, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._look)

    def _look(self, *_: object) -> None:
        if self._x11 is not None:
            for _press in range(self._x11.presses()):
                self._pressed()

    def _register(self, shortcut: Shortcut) -> None:
        if sys.platform == "win32":
            modifiers = NO_REPEAT | sum(WINDOWS_MODIFIERS[name] for name in shortcut.modifiers)
            is_function = len(shortcut.key) > 1
            key = F1 + int(shortcut.key[1:]) - 1 if is_function else ord(shortcut.key.upper())
            self.is_on = bool(ctypes.windll.user32.RegisterHotKey(None, 1, modifiers, key))
            self._filter = _WindowsFilter(self._pressed)
            QCoreApplication.instance().installNativeEventFilter(self._filter)


class _WindowsFilter(QAbstractNativeEventFilter):
    """Gets the messages of this thread's queue before Qt."""

    def __init__(self, pressed: Callable[[], None]) -> None:
        super().__init__()
        self._pressed = pressed

    def nativeEventFilter(  # noqa: N802 - Qt's name
        self, kind: QByteArray | bytes | bytearray | memoryview, message: Any
    ) -> Any:
        """Call ``pressed`` for the hotkey's message; all messages are passed on to Qt."""
        if sys.platform == "win32" and bytes(kind) == b"windows_generic_MSG":
            from ctypes import wintypes

            if wintypes.MSG.from_address(int(message)).message == WM_HOTKEY:
                self._pressed()
        return False, 0
