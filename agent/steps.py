"""Maximum time that one frame counts for where seconds are summed over frames. Pure."""

from __future__ import annotations

LONGEST_STEP = 2.0
"""Maximum seconds that one frame counts for; a longer silence is a gap, unless frames come more rarely."""


def longest_step(hz: float) -> float:
    """Maximum seconds that a frame counts for at ``hz``: at least two periods, so that one may be lost."""
    return max(LONGEST_STEP, 2.0 / hz)
