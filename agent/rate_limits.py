"""Growing pauses between attempts, and how often something may be done. Pure: time comes in, in seconds."""

from __future__ import annotations


class Backoff:
    """Pauses after failures in a row: ``first`` seconds, then each twice the last, at most ``longest``."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def next(self) -> float:
        """The pause after one more failure."""
        pause, self._next = self._next, min(2 * self._next, self._longest)
        return pause

    def reset(self) -> None:
        """It went well: the next pause is the first one again."""
        self._next = self._first


class TokenBucket:
    """Credit that grows by ``rate`` a second up to ``burst``, which it begins with.

    ``credit`` is what there is now; whoever spends other amounts than 1 takes them from it.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, float(burst)
        self.credit = float(burst)
        self._last: float | None = None

    def refill(self, now: float) -> None:
        """Credit for the time since the last call; a clock that steps back gives none."""
        passed = 0.0 if self._last is None else max(now - self._last, 0.0)
        self._last = now
        self.credit = min(self.credit + passed * self._rate, self._burst)

    def take(self, now: float) -> bool:
        """Whether one more is allowed at the time ``now``; if so, it is paid for."""
        self.refill(now)
        if self.credit < 1:
            return False
        self.credit -= 1
        return True
