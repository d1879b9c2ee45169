"""Missing system libraries are named with the package that holds them."""

from __future__ import annotations

import pytest

from agent.system.libraries import missing_library


@pytest.mark.parametrize(
    ("library", "package"),
    [("libGL.so.1", "libgl1"), ("libEGL.so.1", "libegl1"), ("libGLESv2.so.2", "libgles2")],
)
def test_a_missing_library_is_named_with_its_package(library: str, package: str) -> None:
    error = ImportError(f"{library}: cannot open shared object file: No such file or directory")
    told = missing_library(error)
    assert told is not None
    assert told.endswith(f"apt install {package})")


def test_another_failure_is_none_of_its_business() -> None:
    assert missing_library(ImportError("No module named 'libGLUT'")) is None
