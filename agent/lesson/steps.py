"""How long one frame may stand for where seconds are summed from frame to frame. Pure."""

from __future__ import annotations

LONGEST_STEP = 2.0
"""Seconds that one frame counts for at most, whatever gap or jump of the clock, unless frames are rarer."""


def longest_step(hz: float) -> float:
    """The seconds that a frame may count for where ``hz`` are read a second at most: two periods."""
    return max(LONGEST_STEP, 2.0 / hz)
