"""What each stage of a frame costs: the laps of one stopwatch."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stages:
    """Seconds spent in each stage of the last frame, and how many tiles were worked on.

    ``glanced``: compared with what they showed; ``searched``: given to the detector; ``classified``: read.
    """

    layout: float = 0.0
    glance: float = 0.0
    detect: float = 0.0
    crop: float = 0.0
    classify: float = 0.0
    mood: float = 0.0
    glanced: int = 0
    searched: int = 0
    classified: int = 0

    @property
    def total(self) -> float:
        """Seconds of all stages together."""
        return self.layout + self.glance + self.detect + self.crop + self.classify + self.mood


def cpu_seconds() -> float:
    """CPU seconds that this process has used, and programs that it ran and that have ended, as Tesseract.

    On Windows the system does not tell of the latter.
    """
    told = os.times()
    return time.process_time() + told.children_user + told.children_system


@dataclass(slots=True)
class Stopwatch:
    """Tells, lap by lap, the seconds of ``clock`` since the lap before (the first: since it was made)."""

    clock: Callable[[], float]
    last: float = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.clock()

    def lap(self) -> float:
        """The seconds since the last call, or since the start."""
        now = self.clock()
        elapsed, self.last = now - self.last, now
        return elapsed
