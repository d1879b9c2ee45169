"""Where tests find what is not in the repository: real pictures and training data, for development only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
GALLERIES = SHARED / "data" / "galleries"


def need(path: Path) -> Path:
    """The path if it is there; otherwise the test is skipped, and on CI it fails."""
    if not path.exists():
        message = f"{path.name} is not beside the repository: it may not be published"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
