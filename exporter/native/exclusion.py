"""Excludes windows from screen captures if the system can, and checks the result.

Windows 10 2004 and newer excludes such windows. macOS 15 and newer may ignore the request, and X11 has none.
Therefore windows count as excluded only after the probe, a few pixels of known colours, was not found in a
capture.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence

PROBE = ((255, 0, 110), (0, 190, 255), (255, 210, 0), (90, 0, 200))
"""RGB colours of the probe, left to right; no desktop shows them next to each other."""

PROBE_CELL = 4
"""Side of each colour's square, in logical pixels."""

TOLERANCE = 24
"""Maximum difference of a captured colour in levels; the screen's colour profile changes drawn colours."""

WDA_EXCLUDEFROMCAPTURE = 0x11
NS_WINDOW_SHARING_NONE = 0


def is_seen(colours: Sequence[tuple[int, int, int]]) -> bool:
    """Whether a capture of the probe's place, one RGB value for each square, shows the probe.

    An empty capture proves nothing, so the probe counts as seen: an unneeded box is better than a chip that
    is read as a face.
    """
    if len(colours) != len(PROBE):
        return True
    pairs = zip(colours, PROBE, strict=True)
    close = (max(abs(a - b) for a, b in zip(got, drawn, strict=True)) <= TOLERANCE for got, drawn in pairs)
    return sum(close) >= 2


def keep_out_of_captures(window: int) -> bool:
    """Ask the system to exclude a window (Qt's ``winId``) from captures; returns whether it accepted."""
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
