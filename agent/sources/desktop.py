"""Whether the desktop session lets a program see the screen, and what to do if it does not."""

from __future__ import annotations

import ctypes
import os
import sys

from exporter.native import obstacles

WAYLAND = (
    "this is a Wayland session, where programs cannot grab the screen",
    "share the meeting from the browser (`readtheroom run --source webrtc`), or log in to an X11 (Xorg) "
    "session",
)
NOT_ALLOWED = (
    "this program may not record the screen",
    "allow it in System Settings > Privacy & Security > Screen & System Audio Recording, then start it again",
)
"""Problem and remedy of a DisplayError, as ``WAYLAND``."""


def is_wayland() -> bool:
    """Whether the session's windows are Wayland's, so that X11 screen grabs may be black."""
    return obstacles.is_wayland(sys.platform, os.environ)


def may_record() -> bool:
    """Whether macOS lets this program record the screen; if not, macOS asks the user."""
    graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
    # Both functions exist since macOS 10.15; before it no permission was needed.
    allowed = getattr(graphics, "CGPreflightScreenCaptureAccess", None)
    request = getattr(graphics, "CGRequestScreenCaptureAccess", None)
    if allowed is None or request is None:
        return True
    allowed.restype = request.restype = ctypes.c_bool
    return bool(allowed()) or bool(request())
