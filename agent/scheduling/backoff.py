"""How long to pause after frames that could not be read: a pure state machine; times are arguments."""

from __future__ import annotations

import math

from agent.rate_limits import Backoff

FIRST_REST, LONGEST_REST = 0.2, 5.0
"""Seconds, minimum and maximum, from a frame that could not be read to the next attempt.

The pause doubles with each failure in a row, so that a permanent fault, such as a broken model, is not
retried at full speed."""


class FailureBackoff:
    """Counts the frames that could not be read, and says how long to pause after each."""

    def __init__(self) -> None:
        self.count = 0
        """Number of frames that could not be read since the start."""
        self.until = -math.inf
        """Time before which no frame is tried."""
        self._rests = Backoff(FIRST_REST, LONGEST_REST)
        self._failing = False

    @property
    def is_failing(self) -> bool:
        """Whether the last frame could not be read."""
        return self._failing

    def failed(self, now: float) -> None:
        """Note that a frame could not be read."""
        self.count += 1
        self.until = now + self._rests.next()
        self._failing = True

    def succeeded(self) -> None:
        """Note that a frame was read: the next failure begins with the shortest pause."""
        self._failing, self.until = False, -math.inf
        self._rests.reset()
