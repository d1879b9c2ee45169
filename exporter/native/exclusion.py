"""Keeps windows out of captures where the system can, and finds out whether that holds.

Windows 10 2004 and newer leaves such windows out. macOS 15 and newer may ignore the wish, X11 knows none: so
nothing is believed until the probe, a few pixels of known colours, was looked for in a capture.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence

PROBE = ((255, 0, 110), (0, 190, 255), (255, 210, 0), (90, 0, 200))
"""The colours of the probe, left to right: next to each other they stand on no desktop."""

PROBE_CELL = 4
"""Logical pixels of each colour's square."""

TOLERANCE = 24
"""Levels by which a captured colour may be off: a colour profile of the screen changes what was drawn."""

WDA_EXCLUDEFROMCAPTURE = 0x11
NS_WINDOW_SHARING_NONE = 0


def is_seen(colours: Sequence[tuple[int, int, int]]) -> bool:
    """Whether the probe's colours stand in a capture of its place, one RGB value for each square.

    An empty capture says nothing, so the probe counts as seen: better a box too many than a chip read.
    """
    if len(colours) != len(PROBE):
        return True
    pairs = zip(colours, PROBE, strict=True)
    close = (max(abs(a - b) for a, b in zip(got, drawn, strict=True)) <= TOLERANCE for got, drawn in pairs)
    return sum(close) >= 2


def keep_out_of_captures(window: int) -> bool:
    """Ask the system to leave a window (Qt's ``winId``) out of captures; whether it took the wish."""
    if sys.platform == "win32":
        return bool(ctypes.windll.user32.SetWindowDisplayAffinity(window, WDA_EXCLUDEFROMCAPTURE))
    if sys.platform == "darwin":
        return _stop_sharing(window)
    return False


def _stop_sharing(view: int) -> bool:
    """``[[view window] setSharingType: NSWindowSharingNone]`` through the Objective-C runtime."""
    objc = ctypes.CDLL("/usr/lib/libobjc.dylib")
    objc.sel_registerName.restype = ctypes.c_void_p
    objc.sel_registerName.argtypes = [ctypes.c_char_p]
    to_pointer = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    to_nothing = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
    window = to_pointer(("objc_msgSend", objc))(view, objc.sel_registerName(b"window"))
    if not window:
        return False
    set_sharing = to_nothing(("objc_msgSend", objc))
    set_sharing(window, objc.sel_registerName(b"setSharingType:"), NS_WINDOW_SHARING_NONE)
    return True
