"""What stands in an overlay's way is named, with what works instead; and PySide6 itself is sound."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from agent.errors import ConfigError
from exporter.native.exclusion import PROBE, is_seen
from exporter.native.obstacles import find_obstacle, missing_plugin
from exporter.native.shortcut import Shortcut, parse_shortcut

COUNT = """
import sys
from PySide6.QtCore import QRect
rect = QRect(0, 0, 5, 5)
rect.translate(1, 1)
before = sys.getrefcount(None)
for _ in range(1000):
    rect.translate(1, 1)
sys.exit(before - sys.getrefcount(None) > 100)
"""


def test_calls_into_qt_do_not_use_up_none() -> None:
    """PySide6 6.12.0 loses a reference to None with every call, and dies of it before Python 3.12."""
    pytest.importorskip("PySide6")
    done = subprocess.run([sys.executable, "-c", COUNT], check=False, env=os.environ, timeout=30)
    assert done.returncode == 0


def test_wayland_and_no_display_are_told_apart() -> None:
    wayland = find_obstacle("linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, lambda _: True)
    assert wayland is not None
    assert wayland.has_other_way
    assert "Wayland" in wayland.reason
    nothing = find_obstacle("linux", {}, lambda _: True)
    assert nothing is not None
    assert not nothing.has_other_way
    assert find_obstacle("linux", {"DISPLAY": ":0"}, lambda _: True) is None
    assert find_obstacle("win32", {}, lambda _: False) is None


def test_missing_libraries_are_named_by_their_packages() -> None:
    found = find_obstacle("linux", {"DISPLAY": ":0"}, lambda library: "cursor" not in library)
    assert found is not None
    assert "apt install libxcb-cursor0)" in found.reason


@pytest.mark.parametrize("chosen", ["wayland", "wayland-egl", "wayland;xcb"])
def test_qt_s_own_wayland_window_is_no_way_out(chosen: str) -> None:
    found = find_obstacle("linux", {"QT_QPA_PLATFORM": chosen, "DISPLAY": ":0"}, lambda _: True)
    assert found is not None
    assert found.has_other_way


def test_a_platform_plugin_that_is_not_there_is_named() -> None:
    files = ["libqxcb.so", "libqoffscreen.so", "qwindows.dll", "libqcocoa.dylib"]
    for platform in ("linux", "win32", "darwin"):
        assert missing_plugin(platform, {}, files) is None
    assert missing_plugin("linux", {"QT_QPA_PLATFORM": "offscreen:size=1x1"}, files) is None
    wrong = missing_plugin("linux", {"QT_QPA_PLATFORM": "nonsense"}, files)
    assert wrong is not None
    assert "'nonsense'" in wrong.reason
    gone = missing_plugin("linux", {}, files[1:])
    assert gone is not None
    assert "PySide6-Essentials" in gone.reason


@pytest.mark.parametrize(
    ("text", "shortcut"),
    [
        ("Ctrl+Alt+H", Shortcut(frozenset({"ctrl", "alt"}), "h")),
        ("super + f12", Shortcut(frozenset({"meta"}), "F12")),
        ("", None),
    ],
)
def test_shortcuts_are_read(text: str, shortcut: Shortcut | None) -> None:
    assert parse_shortcut(text) == shortcut


@pytest.mark.parametrize("text", ["H", "Shift+H", "Ctrl+Alt", "Ctrl+F25", "Hyper+H", "Ctrl++"])
def test_what_is_no_shortcut_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match=r"overlay\.shortcut"):
        parse_shortcut(text)


def test_the_probe_is_believed_gone_only_when_it_was_looked_for() -> None:
    assert is_seen(PROBE)
    assert is_seen([(r - 9, g, min(b + 9, 255)) for r, g, b in [(max(r, 9), g, b) for r, g, b in PROBE]])
    assert is_seen([])
    assert not is_seen([(48, 48, 48)] * len(PROBE))
