"""Where tests find what is not in the repository: real pictures and training data, for development only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
GALLERIES = SHARED / "data" / "galleries"
FER2013 = Path(os.environ.get("FER2013", SHARED / "data" / "fer2013" / "fer2013.npz"))
"""FER-2013 in a form that ``models.data.load`` reads; the variable of this name tells where else it lies."""


def absent(message: str) -> NoReturn:
    """Skip the test, which needs what this machine has not; on CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def need_program(message: str, *names: str) -> str:
    """Where the first of these programs lies that there is; with none the test is skipped, on CI it fails."""
    found = next(filter(None, map(shutil.which, names)), None)
    return absent(message) if found is None else found


def need_chromium() -> str:
    """Where Chromium, or its sibling Chrome, lies."""
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", mac)
    return need_program("there is no browser to test with: install chromium", *names)


def need(path: Path) -> Path:
    """The path if it is there; else the test is skipped, on CI it fails, and a measuring command ends."""
    if not path.exists():
        if "PYTEST_CURRENT_TEST" not in os.environ:
            raise SystemExit(
                f"there is no {path}: FER2013=fer2013.csv names FER-2013's file for this command"
            )
        absent(f"{path.name} is not beside the repository: it may not be published")
    return path
