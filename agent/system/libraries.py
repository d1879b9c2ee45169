"""System libraries that a minimal Linux lacks, and their Debian packages. Imports nothing."""

from __future__ import annotations

DEBIAN_PACKAGES = {
    "libGL.so": "libgl1",
    "libEGL.so": "libegl1",
    "libGLESv2.so": "libgles2",
    "libGLdispatch.so": "libglvnd0",
    "libglib-2.0.so": "libglib2.0-0",
    "libgthread-2.0.so": "libglib2.0-0",
    "libstdc++.so": "libstdc++6",
    "libxcb.so": "libxcb1",
}


def missing_library(error: BaseException) -> str | None:
    """How to install the library, if an import failed for lack of a system library; else None."""
    text = str(error)
    for library, package in DEBIAN_PACKAGES.items():
        if library in text:
            return (
                f"the system library {library} is missing: install it (Debian, Ubuntu: apt install {package})"
            )
    return None
