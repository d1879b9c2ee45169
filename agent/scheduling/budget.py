"""Chooses which tiles to work on now: the CPU share is kept and the tiles that waited longest come first.

A token bucket of CPU seconds: credit grows with time at the configured share, and work is paid from it.
Pure: costs and times are arguments, in seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.rate_limits import TokenBucket
from agent.values import Load

BURST = 1.0
"""Maximum credit, as seconds of time at the configured share: after a quiet moment, a new page is read at
once."""

DEBT = 0.25
"""Maximum debt, as seconds of time at the configured share: how far work may exceed its credit.

What exceeds it, such as a layout search on a large screen, is written off, though it counts in the reported
share. Otherwise one search would keep the agent from reading for seconds."""

WINDOW = 5.0
"""Seconds over which the reported CPU share is averaged."""

LEARN = 0.15
"""Weight of a new cost observation in the moving average, 0 to 1."""


class Work(StrEnum):
    """Kinds of work on one tile."""

    SEARCH = "search"
    """Search the whole tile carefully for a face: the tile is new or has stayed empty."""
    FIND = "find"
    """Detect a face and classify it."""
    READ = "read"
    """Classify a face at its last position."""


@dataclass(frozen=True, slots=True)
class Task:
    """One tile that needs work; ``since`` is when it was last up to date (minus infinity: never)."""

    tile: str
    work: Work
    since: float


class CostModel:
    """CPU seconds that each kind of work costs, learned from measured costs."""

    def __init__(self) -> None:
        # Initial guesses, from two slow cores; a few frames replace them.
        self._seconds = {Work.SEARCH: 0.004, Work.FIND: 0.002, Work.READ: 0.0005}

    def of(self, work: Work) -> float:
        """Seconds for one tile; ``FIND`` and ``SEARCH`` include classifying the face."""
        return self._seconds[work] + (self._seconds[Work.READ] if work is not Work.READ else 0.0)

    def observe(self, work: Work, count: int, seconds: float) -> None:
        """Note that ``count`` pieces of work took ``seconds`` of CPU together."""
        if count > 0:
            before = self._seconds[work]
            self._seconds[work] = before + LEARN * (max(seconds, 0.0) / count - before)


class Budget:
    """Keeps the CPU time of the analysis to ``share`` of one core; None is no limit.

    In any stretch of T seconds at most ``share * (T + BURST)`` is spent, plus the cost of the last piece of
    work, as long as no frame leaves a debt larger than DEBT.
    """

    def __init__(self, share: float | None, costs: CostModel | None = None) -> None:
        self.share = share
        self.costs = costs or CostModel()
        self._bucket = TokenBucket(share or 0.0, BURST * (share or 0.0))
        self._spent: deque[tuple[float, float]] = deque()
        self._begun: float | None = None

    def choose(self, tasks: Sequence[Task], now: float) -> list[Task]:
        """The tasks to do at time ``now``: those that waited longest, as far as the credit reaches.

        The first task is always chosen: otherwise fixed costs above the budget would stop all work for good.
        """
        ordered = sorted(tasks, key=lambda task: task.since)
        if self.share is None:
            return ordered
        self._earn(now)
        left = self._bucket.credit
        chosen: list[Task] = []
        for task in ordered:
            if chosen and left <= 0:
                break
            left -= self.costs.of(task.work)
            chosen.append(task)
        return chosen

    def spend(self, now: float, seconds: float) -> None:
        """Note that ``seconds`` of CPU time were used up to ``now``."""
        self._earn(now)
        self._spent.append((now, seconds))
        if self.share is not None:
            self._bucket.credit = max(self._bucket.credit - seconds, -DEBT * self.share)

    def load(self, now: float, waiting: int) -> Load:
        """What to report: the share used over the last few seconds, and the pause that pays off a debt."""
        self._earn(now)
        pause = max(-self._bucket.credit / self.share, 0.0) if self.share is not None else 0.0
        return Load(self._used(now), self.share, waiting, pause)

    def _used(self, now: float) -> float:
        # Divide by at least one second: the cost of starting is no lasting load.
        begun = now if self._begun is None else self._begun
        over = max(min(now - begun, WINDOW), 1.0)
        return sum(seconds for _, seconds in self._spent) / over

    def _earn(self, now: float) -> None:
        """Add credit for the time since the last call; a clock that steps back adds none."""
        if self._begun is None or now < self._begun:
            self._begun = now
        self._bucket.refill(now)
        while self._spent and not now - WINDOW < self._spent[0][0] <= now:
            self._spent.popleft()
