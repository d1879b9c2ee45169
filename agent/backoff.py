"""How long to rest after frames that could not be read: a pure state machine, time comes in."""

from __future__ import annotations

import math

from agent.rate_limits import Backoff

FIRST_REST, LONGEST_REST = 0.2, 5.0
"""Seconds until the next frame is tried after one that could not be read: each time in a row twice as many. A
fault that lasts, as of a model, would otherwise be met at full speed for nothing."""


class FailureBackoff:
    """Counts the frames that could not be read, and says until when to rest after each."""

    def __init__(self) -> None:
        self.count = 0
        """How many frames could not be read since the start."""
        self.until = -math.inf
        """No frame is tried before this time."""
        self._rests = Backoff(FIRST_REST, LONGEST_REST)
        self._failing = False

    @property
    def is_failing(self) -> bool:
        """Whether the last frame could not be read."""
        return self._failing

    def failed(self, now: float) -> None:
        """A frame could not be read."""
        self.count += 1
        self.until = now + self._rests.next()
        self._failing = True

    def succeeded(self) -> None:
        """A frame was read: the next failure begins with a short rest."""
        self._failing, self.until = False, -math.inf
        self._rests.reset()
