"""X11 functions that Qt lacks: whether a compositor runs, and a key that works in every window.

They use Xlib over a separate connection. Xlib has one error handler for the whole process: ours is set only
while a key is being grabbed, and then the previous handler is restored.
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
"""Modifier masks of Caps Lock and Num Lock; the key is grabbed with each combination of them."""

_ErrorHandler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_failed: set[int | None] = set()
"""Displays on which a grab failed."""


def _note(display: int | None, _event: int | None) -> int:
    _failed.add(display)
    return 0


# Module-level, so that it is never freed: Xlib keeps a pointer to it.
_note_error = _ErrorHandler(_note)


class X11:
    """A connection to the display of DISPLAY. Raises OSError if it cannot be opened."""

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
        """The connection's file descriptor, which becomes readable when the key is pressed."""
        return int(self._x.XConnectionNumber(self._display))

    def grab(self, shortcut: Shortcut) -> bool:
        """Grab a key combination for all windows; False if another program has it or the key is unknown."""
        symbol = self._x.XStringToKeysym(shortcut.key.encode())
        code = self._x.XKeysymToKeycode(self._display, symbol) if symbol else 0
        if not code:
            return False
        wanted = 0
        for name in shortcut.modifiers:
            wanted |= MODIFIERS[name]
        root = self._x.XDefaultRootWindow(self._display)
        _failed.discard(self._display)
        # Without this handler, Xlib ends our program if another one has grabbed the key.
        before = self._x.XSetErrorHandler(ctypes.cast(_note_error, ctypes.c_void_p))
        try:
            for lock in LOCKS:
                self._x.XGrabKey(self._display, code, wanted | lock, root, True, GRAB_ASYNC, GRAB_ASYNC)
            self._x.XSync(self._display, False)
        finally:
            self._x.XSetErrorHandler(before)
        return self._display not in _failed

    def presses(self) -> int:
        """The number of key presses since the last call."""
        count = 0
        event = ctypes.create_string_buffer(EVENT_BYTES)
        while self._x.XPending(self._display):
            self._x.XNextEvent(self._display, event)
            count += ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0] == KEY_PRESS
        return count

    def close(self) -> None:
        """Release the key and the display; idempotent."""
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
    """Whether the display's windows can be transparent. Raises OSError if the display does not answer."""
    with X11() as display:
        return display.has_compositor
