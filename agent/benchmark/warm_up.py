"""Warms an analyzer up until its layout is confirmed, so that searches do not disturb measuring."""

from __future__ import annotations

from collections.abc import Callable

from agent.tracking.layout_watch import CONFIRM

SETTLE = 0.2
"""Seconds from a layout search to the start of measuring a settled gallery."""


def warm_up(show: Callable[[float], object]) -> float:
    """Show frames until the layout has been confirmed three times, so that the next search is far away.

    ``show`` analyses the frame at a time in seconds. Returns the time at which to continue.
    """
    now = 0.0
    for pause in (*CONFIRM[:3], SETTLE, SETTLE, SETTLE):
        show(now)
        now += pause
    return now
