"""Runs the overlay as a program until it is ended."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo
from PySide6.QtWidgets import QApplication

from agent.errors import OverlayError
from exporter.native.obstacles import missing_plugin
from exporter.native.qt_app import Overlay, OverlayOptions
from exporter.stopping import STOPPING


def run_overlay(options: OverlayOptions) -> int:
    """Run the overlay until the user quits, its owner ends, or a signal of STOPPING arrives.

    Returns the exit code. Raises OverlayError if Qt lacks its plugin for this platform.
    """
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    missing = missing_plugin(sys.platform, os.environ, (file.name for file in folder.glob("*")))
    if missing is not None:
        raise OverlayError(missing.reason)
    QApplication.setQuitOnLastWindowClosed(False)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("readtheroom")
    for name in STOPPING:
        signal.signal(name, lambda *_: app.quit())
    overlay = Overlay(options)
    overlay.start()
    try:
        return app.exec()
    finally:
        overlay.close()
