"""Keeps native libraries from opening the graphics card, which nothing here computes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

DRIVERS = "__EGL_VENDOR_LIBRARY_FILENAMES"
"""Linux: the list of EGL drivers, read once a process by libglvnd, which hands EGL's calls to them."""


@contextmanager
def no_graphics() -> Iterator[None]:
    """Let no EGL driver be found in this block; a process that asked for one in it finds none later either.

    MediaPipe opens an OpenGL context for each of its detectors where there is a display, also when all is
    computed on the CPU: 58 MB and 7 threads with Mesa's software driver, and a laptop's second graphics card
    that wakes up. Processes that are started after the block have their drivers. Elsewhere than on Linux
    nothing is done.
    """
    if sys.platform != "linux":
        yield
        return
    before = os.environ.get(DRIVERS)
    os.environ[DRIVERS] = os.devnull
    try:
        yield
    finally:
        del os.environ[DRIVERS]
        if before is not None:
            os.environ[DRIVERS] = before
