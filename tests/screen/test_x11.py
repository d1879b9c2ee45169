"""Our own way to Xlib, beside a program that uses Xlib as well: Qt, or a library of Qt's."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.paths import ROOT
from tests.screen.conftest import Desktop

pytestmark = pytest.mark.screen

BESIDE_ANOTHER = """
import ctypes, gc
from exporter.native.shortcut import parse_shortcut
from exporter.native.x11 import X11, has_compositor

x = ctypes.CDLL("libX11.so.6")
x.XOpenDisplay.restype = ctypes.c_void_p
x.XMapWindow.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
x.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: print("theirs") or 0)
x.XSetErrorHandler(handler)
display = x.XOpenDisplay(None)

def fail():
    x.XMapWindow(display, 1)
    x.XSync(display, 0)

print("compositor", has_compositor())
gc.collect()
fail()
shortcut = parse_shortcut("Ctrl+Alt+H")
with X11() as first, X11() as second, X11() as third:
    print("grabbed", first.grab(shortcut), second.grab(shortcut))
    fail()
    print("another", third.grab(parse_shortcut("Ctrl+Alt+J")))
gc.collect()
fail()
"""
"""Makes errors of its own on a second connection (BadWindow), which must reach its own handler."""


def test_errors_of_others_reach_their_own_handler(desktop: Desktop) -> None:
    run = [sys.executable, "-c", BESIDE_ANOTHER]
    said = subprocess.run(run, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines() == [
        "compositor False",
        "theirs",
        "grabbed True False",
        "theirs",
        "another True",
        "theirs",
    ]
