"""Bringing an analyzer to where its layout has been confirmed, so that searches do not disturb measuring."""

from __future__ import annotations

from collections.abc import Callable

from agent.tracking.layout_watch import CONFIRM

SETTLE = 0.2
"""Seconds after a layout search at which a settled gallery begins to be measured."""


def warm_up(show: Callable[[float], object]) -> float:
    """Show frames until the layout has been confirmed three times, so that the next search is far away.

    ``show`` has the frame of a time in seconds analysed. Returns the time to go on from.
    """
    now = 0.0
    for pause in (*CONFIRM[:3], SETTLE, SETTLE, SETTLE):
        show(now)
        now += pause
    return now
