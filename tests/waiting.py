"""How tests wait for what comes true in its own time: one figure for all, and one way each to wait."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = float(os.environ.get("TESTS_PATIENCE", "45"))
"""Seconds after which a test gives up waiting; nothing is measured against it. On a slow machine set the
variable TESTS_PATIENCE, and pytest's --timeout, which must be longer."""

T = TypeVar("T")


def until(happened: Callable[[], T], what: str = "", sleep: Callable[[float], object] = time.sleep) -> T:
    """Wait until ``happened()`` is true, and return what it gave; ``sleep`` may keep something going."""
    end = time.monotonic() + PATIENCE
    while not (answer := happened()):
        assert time.monotonic() < end, f"never happened: {what}"
        sleep(0.02)
    return answer


async def until_async(happened: Callable[[], T], what: str = "") -> T:
    """The same in an event loop, which goes on."""
    end = time.monotonic() + PATIENCE
    while not (answer := happened()):
        assert time.monotonic() < end, f"never happened: {what}"
        await asyncio.sleep(0.02)
    return answer
