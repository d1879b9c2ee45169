"""A clock that nobody sets and that goes on while the machine sleeps."""

from __future__ import annotations

import sys
import time


def elapsed() -> float:
    """Seconds since an arbitrary moment, with those in which the machine slept.

    ``time.monotonic`` stands still during sleep on Linux and macOS: what was recorded after a break with a
    closed lid would be told of an earlier time of day.
    """
    if sys.platform.startswith("linux"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()
