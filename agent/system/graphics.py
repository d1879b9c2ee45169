"""Keeps native libraries from opening the graphics card, which nothing here computes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

DRIVERS = "__EGL_VENDOR_LIBRARY_FILENAMES"
"""Linux: the list of EGL drivers. libglvnd, which hands EGL's calls to them, reads it once per process."""


@contextmanager
def no_graphics() -> Iterator[None]:
    """Hide all EGL drivers inside this block; a process that looks for one there finds none later either.

    Where there is a display, MediaPipe opens an OpenGL context for each of its detectors, even if everything
    is computed on the CPU: that costs 58 MB and 7 threads with Mesa's software driver, and wakes a laptop's
    second graphics card. Processes that are started after the block find their drivers. Does nothing on other
    systems than Linux.
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
