"""How long one frame may stand for where seconds are summed from frame to frame. Pure."""

from __future__ import annotations

LONGEST_STEP = 2.0
"""Seconds; a longer silence is a gap, in which nothing was seen, unless frames come more rarely than that."""


def longest_step(hz: float) -> float:
    """The seconds that a frame may stand for, at ``hz`` a second: two periods, so that one may be lost."""
    return max(LONGEST_STEP, 2.0 / hz)
