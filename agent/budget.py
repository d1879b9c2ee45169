"""Which tiles to work on now, so that a share of a core is kept and no tile waits longer than others.

A token bucket on CPU seconds: credit grows with time at the configured share, work is paid from it, and the
tiles that waited longest come first. Pure: costs and times come in as arguments, in seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.rate_limits import TokenBucket
from agent.values import Load

BURST = 1.0
"""Seconds of credit that may be saved up: a page that turns is read at once after a quiet moment."""

DEBT = 0.25
"""Seconds by which work may be ahead of its credit. What goes beyond (a layout search of a large screen) is
written off, though it shows in the share in use: it must not blind the agent for seconds."""

WINDOW = 5.0
"""Seconds over which the share in use is reported."""

LEARN = 0.15
"""How much one observation of a cost counts against those before it."""


class Work(StrEnum):
    """What can be done for one tile."""

    SEARCH = "search"
    """Look for a face everywhere, carefully: a tile that is new or has stayed empty."""
    FIND = "find"
    """Detect a face and read it."""
    READ = "read"
    """Read a face where it was."""


@dataclass(frozen=True, slots=True)
class Task:
    """One tile's need; ``since`` is when it was last up to date (minus infinity: never)."""

    tile: str
    work: Work
    since: float


class CostModel:
    """What each kind of work costs in CPU seconds, learned from what it cost."""

    def __init__(self) -> None:
        # First guesses, from two slow cores; a few frames replace them.
        self._seconds = {Work.SEARCH: 0.004, Work.FIND: 0.002, Work.READ: 0.0005}

    def of(self, work: Work) -> float:
        """Seconds for one tile; a face that is found is also read."""
        return self._seconds[work] + (self._seconds[Work.READ] if work is not Work.READ else 0.0)

    def observe(self, work: Work, count: int, seconds: float) -> None:
        """``count`` pieces of work took ``seconds`` of CPU together."""
        if count > 0:
            before = self._seconds[work]
            self._seconds[work] = before + LEARN * (max(seconds, 0.0) / count - before)


class Budget:
    """Keeps the CPU time of the analysis to ``share`` of one core; None spends whatever is asked for.

    Over any stretch of T seconds no more than ``share * (T + BURST)`` is taken up, and what one last piece of
    work costs, as long as no frame leaves a larger debt than DEBT.
    """

    def __init__(self, share: float | None, costs: CostModel | None = None) -> None:
        self.share = share
        self.costs = costs or CostModel()
        self._bucket = TokenBucket(share or 0.0, BURST * (share or 0.0))
        self._spent: deque[tuple[float, float]] = deque()
        self._begun: float | None = None

    def choose(self, tasks: Sequence[Task], now: float) -> list[Task]:
        """The tasks to do at the time ``now``: those that waited longest, while there is credit for them.

        The first is always done, or a budget that the fixed costs use up would stop everything for good.
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
        """What to say of it: the share in use over the last few seconds, and the pause that pays a debt."""
        self._earn(now)
        pause = max(-self._bucket.credit / self.share, 0.0) if self.share is not None else 0.0
        return Load(self._used(now), self.share, waiting, pause)

    def _used(self, now: float) -> float:
        # The first second counts as a whole one: what it takes to start is no lasting load.
        begun = now if self._begun is None else self._begun
        over = max(min(now - begun, WINDOW), 1.0)
        return sum(seconds for _, seconds in self._spent) / over

    def _earn(self, now: float) -> None:
        """Credit for the time since the last call; a clock that steps back gives none."""
        if self._begun is None or now < self._begun:
            self._begun = now
        self._bucket.refill(now)
        while self._spent and not now - WINDOW < self._spent[0][0] <= now:
            self._spent.popleft()
