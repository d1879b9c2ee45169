"""Memory that is free again but that the C library keeps, given back to the system."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


def give_back() -> bool:
    """Give back what can be; whether anything was.

    Only glibc keeps that much: each thread has a heap of its own there, and after a search for the layout of
    a 1080p frame 50 MB of it stay. Elsewhere, and where there is another C library, nothing is done.
    """
    trim = _malloc_trim()
    return trim is not None and bool(trim(0))


@cache
def _malloc_trim() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except OSError:
        return None
