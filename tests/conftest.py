"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

NOT_OURS = {"PYTEST_CURRENT_TEST", "PYSIDE6_OPTION_PYTHON_ENUM"}
"""Variables that pytest, and PySide6 when it is imported, set themselves."""


@pytest.fixture(scope="module", autouse=True)
def unchanged_environment() -> Iterator[None]:
    """No file leaves the environment changed: the programs that later files start would inherit it."""
    before = dict(os.environ)
    yield
    changed = {name for name, _ in set(os.environ.items()) ^ set(before.items())} - NOT_OURS
    for name in changed:
        if name in before:
            os.environ[name] = before[name]
        else:
            del os.environ[name]
    assert not changed, f"these variables were left changed: {sorted(changed)}"
