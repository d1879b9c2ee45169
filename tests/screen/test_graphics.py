"""A display is no reason to open the graphics card: faces are found on the CPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.faces.detector import MediaPipeFaceFinder
from agent.system.graphics import DRIVERS
from tests.paths import ROOT
from tests.screen.conftest import Desktop

pytestmark = pytest.mark.screen

INSTALLED = Path("/usr/share/glvnd/egl_vendor.d")
"""Where EGL drivers are listed."""

LOOK = """
import json, sys
from contextlib import nullcontext
from pathlib import Path
import numpy as np
import agent.faces.detector as detector
if "open" in sys.argv:
    detector.no_graphics = nullcontext
with detector.MediaPipeFaceFinder() as finder:
    finder.ask(np.zeros((192, 192, 3), np.uint8))  # loads the second model
    threads = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    mapped = Path("/proc/self/maps").read_text()
drivers = ("libEGL_", "swrast_dri", "libgallium", "libLLVM", "nvidia")
print(json.dumps({
    "contexts": sum(thread.startswith("mediapipe_gl") for thread in threads),
    "drivers": [driver for driver in drivers if driver in mapped],
}))
"""


def opened(*arguments: str) -> dict[str, object]:
    """What a face finder in a process of its own has opened of the graphics."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's files in /proc")
def test_mediapipe_opens_no_graphics_driver_beside_a_display(desktop: Desktop) -> None:
    assert opened() == {"contexts": 0, "drivers": []}
    if any(INSTALLED.glob("*.json")):
        assert opened("open") != opened(), f"MediaPipe opens none on {desktop.name}: this test shows nothing"


def test_whatever_is_started_later_has_its_drivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DRIVERS, "mine.json")
    MediaPipeFaceFinder().close()
    assert os.environ[DRIVERS] == "mine.json"
    monkeypatch.delenv(DRIVERS)
    MediaPipeFaceFinder().close()
    assert DRIVERS not in os.environ
