"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

# On its first import OpenCV sets variables of the kinds that are watched below.
import cv2  # noqa: F401
import pytest

SHARED = ("QT_", "DISPLAY", "WAYLAND_", "XDG_", "READTHEROOM_", "HOME", "PATH", "LD_", "BROWSER")
"""How the names of variables begin by which programs find their screen, home and libraries. TensorFlow, torch
and PySide6 set others when they are imported."""


@pytest.fixture(scope="module", autouse=True)
def unchanged_environment() -> Iterator[None]:
    """No file leaves these variables changed: the programs that later files start would inherit them."""
    before = _shared()
    yield
    changed = sorted(name for name, _ in _shared().items() ^ before.items())
    for name in changed:
        os.environ.pop(name, None)
    os.environ.update({name: before[name] for name in changed if name in before})
    assert not changed, f"these variables were left changed: {changed}"


def _shared() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(SHARED)}
