"""The gauge's window, without a screen to look at."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.paths import ROOT

pytest.importorskip("PySide6", reason="no gauge to test: install PySide6-Essentials")

PLUGGED_IN_LATER = """
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from exporter.native.qt_gauge import Gauge

app = QApplication([])
screen = app.primaryScreen()
# This one comes later.
QGuiApplication.screens = staticmethod(list)
gauge = Gauge(None, print)
docked = gauge.pos()
app.screenAdded.emit(screen)
gauge.move(docked.x() - 300, docked.y() + 200)
screen.geometryChanged.emit(screen.geometry())
assert gauge.pos() == docked, (gauge.pos(), docked)
"""
"""In a program of its own: a process has one application, and other tests need one without windows."""


def test_the_size_of_a_screen_that_was_plugged_in_later_is_heeded() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = [sys.executable, "-c", PLUGGED_IN_LATER]
    said = subprocess.run(
        run, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert said.returncode == 0, said.stderr
