"""CPU and wall time of each stage of a frame."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stages:
    """Seconds spent in each stage of the last frame, and the number of tiles worked on.

    ``glanced``: compared with their last picture; ``searched``: given to the detector; ``classified``: read.
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
    """CPU seconds of this process and of its child processes that have ended, such as Tesseract.

    Windows does not count the child processes.
    """
    told = os.times()
    return time.process_time() + told.children_user + told.children_system


@dataclass(slots=True)
class Stopwatch:
    """Measures the seconds of ``clock`` from lap to lap."""

    clock: Callable[[], float]
    last: float = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.clock()

    def lap(self) -> float:
        """The seconds since the last call, or since the stopwatch was made."""
        now = self.clock()
        elapsed, self.last = now - self.last, now
        return elapsed
