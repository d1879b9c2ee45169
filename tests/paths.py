"""Where tests find what is not in the repository: real pictures and training data, for development only."""

from __future__ import annotations

import os
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


def need(path: Path) -> Path:
    """The path if it is there; else the test is skipped, on CI it fails, and a measuring command ends."""
    if not path.exists():
        if "PYTEST_CURRENT_TEST" not in os.environ:
            raise SystemExit(
                f"there is no {path}: FER2013=fer2013.csv names FER-2013's file for this command"
            )
        absent(f"{path.name} is not beside the repository: it may not be published")
    return path
