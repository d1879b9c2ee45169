"""The files that are read offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.composition.drawn import write_lesson


@pytest.fixture(scope="package")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a drawn ``lesson.mp4``, and of ``moment.png`` of it."""
    return write_lesson(tmp_path_factory.mktemp("offline"))
