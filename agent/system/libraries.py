"""System libraries that a bare Linux lacks, and the Debian packages that hold them. Imports nothing."""

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
    """What to install when an import failed for lack of a system library, or None for another failure."""
    text = str(error)
    for library, package in DEBIAN_PACKAGES.items():
        if library in text:
            return (
                f"the system library {library} is missing: install it (Debian, Ubuntu: apt install {package})"
            )
    return None
