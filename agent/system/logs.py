"""Logging for people: one line per event on stderr; repeated events at a limited rate."""

from __future__ import annotations

import logging
import sys

logger = logging.getLogger("readtheroom")


def set_up(level: str) -> None:
    """Log to stderr at ``level`` (debug, info, warning, error); the last call wins."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))
    logger.handlers[:] = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False


class RateLimit:
    """Decides whether a repeated event may be logged again: at once, then every ``every`` seconds.

    Pure: times are arguments, in seconds of any monotonic clock.
    """

    def __init__(self, every: float) -> None:
        self._every = every
        self._last: float | None = None
        self._held_back = 0

    def allow(self, time: float) -> int | None:
        """Number of events suppressed since the last one that was allowed, or None to suppress this one."""
        if self._last is not None and time - self._last < self._every:
            self._held_back += 1
            return None
        held_back, self._held_back, self._last = self._held_back, 0, time
        return held_back
