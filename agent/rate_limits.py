"""Retry with back-off, and a token bucket. Pure: times are arguments, in seconds."""

from __future__ import annotations


class Backoff:
    """Pauses after failures in a row: ``first`` seconds, doubled each time, at most ``longest``."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def next(self) -> float:
        """The pause after one more failure."""
        pause, self._next = self._next, min(2 * self._next, self._longest)
        return pause

    def reset(self) -> None:
        """Note a success: the next pause is the first one again."""
        self._next = self._first


class TokenBucket:
    """A token bucket: credit grows by ``rate`` per second up to ``burst``, and starts full.

    ``credit`` is the present credit; callers that spend other amounts than 1 subtract them from it.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, float(burst)
        self.credit = float(burst)
        self._last: float | None = None

    def refill(self, now: float) -> None:
        """Add credit for the time since the last call; a clock that steps back adds none."""
        passed = 0.0 if self._last is None else max(now - self._last, 0.0)
        self._last = now
        self.credit = min(self.credit + passed * self._rate, self._burst)

    def take(self, now: float) -> bool:
        """Whether the credit at time ``now`` allows one more; if so, subtract 1."""
        self.refill(now)
        if self.credit < 1:
            return False
        self.credit -= 1
        return True
