"""What Qt does not tell of X11: whether a compositor runs, and a key that works in every window.

Through Xlib itself, over a connection of its own. Xlib has one error handler for the whole process: ours is
set only while a key is grabbed, and the one from before is put back.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import Any, Self

from exporter.native.shortcut import Shortcut

KEY_PRESS = 2
GRAB_ASYNC = 1
EVENT_BYTES = 192
"""The size of Xlib's XEvent on 64-bit systems: 24 longs."""

MODIFIERS = {"shift": 1 << 0, "ctrl": 1 << 2, "alt": 1 << 3, "meta": 1 << 6}
LOCKS = (0, 1 << 1, 1 << 4, (1 << 1) | (1 << 4))
"""Caps Lock and Num Lock count as modifiers: the key is grabbed with each of them too."""

_ErrorHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_failed: set[int | None] = set()
"""Displays on which a grab failed."""


def _note(display: int | None, _event: int | None) -> int:
    _failed.add(display)
    return 0


# Of the module, and so never freed: Xlib keeps a bare pointer to it.
_note_error = _ErrorHandler(_note)


class X11:
    """A connection to the display that DISPLAY names. Raises OSError where there is none."""

    def __init__(self) -> None:
        self._x = _library()
        self._display = self._x.XOpenDisplay(None)
        if not self._display:
            raise OSError("the X display cannot be opened")

    @property
    def has_compositor(self) -> bool:
        """Whether windows can be transparent."""
        screen = self._x.XDefaultScreen(self._display)
        name = self._x.XInternAtom(self._display, f"_NET_WM_CM_S{screen}".encode(), False)
        return bool(self._x.XGetSelectionOwner(self._display, name))

    @property
    def descriptor(self) -> int:
        """The connection's file descriptor: readable when a key was pressed."""
        return int(self._x.XConnectionNumber(self._display))

    def grab(self, shortcut: Shortcut) -> bool:
        """Have a key combination reported, whichever window has the focus; False when it is taken already."""
        symbol = self._x.XStringToKeysym(shortcut.key.encode())
        code = self._x.XKeysymToKeycode(self._display, symbol) if symbol else 0
        if not code:
            return False
        wanted = 0
        for name in shortcut.modifiers:
            wanted |= MODIFIERS[name]
        root = self._x.XDefaultRootWindow(self._display)
        _failed.discard(self._display)
        # Without a handler of our own, Xlib ends the program when another one has taken the key.
        before = self._x.XSetErrorHandler(ctypes.cast(_note_error, ctypes.c_void_p))
        try:
            for lock in LOCKS:
                self._x.XGrabKey(self._display, code, wanted | lock, root, True, GRAB_ASYNC, GRAB_ASYNC)
            self._x.XSync(self._display, False)
        finally:
            self._x.XSetErrorHandler(before)
        return self._display not in _failed

    def presses(self) -> int:
        """How often the key was pressed since the last call."""
        count = 0
        event = ctypes.create_string_buffer(EVENT_BYTES)
        while self._x.XPending(self._display):
            self._x.XNextEvent(self._display, event)
            count += ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0] == KEY_PRESS
        return count

    def close(self) -> None:
        """Let go of the key and the display; may be called twice."""
        display, self._display = self._display, None
        if display:
            self._x.XCloseDisplay(display)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _library() -> Any:
    name = ctypes.util.find_library("X11") or "libX11.so.6"
    x = ctypes.CDLL(name)
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ulong
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "XOpenDisplay": (pointer, [text]),
        "XCloseDisplay": (ctypes.c_int, [pointer]),
        "XSetErrorHandler": (pointer, [pointer]),
        "XDefaultScreen": (ctypes.c_int, [pointer]),
        "XDefaultRootWindow": (number, [pointer]),
        "XInternAtom": (number, [pointer, text, ctypes.c_int]),
        "XGetSelectionOwner": (number, [pointer, number]),
        "XConnectionNumber": (ctypes.c_int, [pointer]),
        "XStringToKeysym": (number, [text]),
        "XKeysymToKeycode": (ctypes.c_ubyte, [pointer, number]),
        "XGrabKey": (
            ctypes.c_int,
            [pointer, ctypes.c_int, ctypes.c_uint, number, ctypes.c_int, ctypes.c_int, ctypes.c_int],
        ),
        "XSync": (ctypes.c_int, [pointer, ctypes.c_int]),
        "XPending": (ctypes.c_int, [pointer]),
        "XNextEvent": (ctypes.c_int, [pointer, pointer]),
    }
    for function, (result, arguments) in signatures.items():
        getattr(x, function).restype = result
        getattr(x, function).argtypes = arguments
    return x


def has_compositor() -> bool:
    """Whether the display's windows can be transparent. Raises OSError where the display does not answer."""
    with X11() as display:
        return display.has_compositor
