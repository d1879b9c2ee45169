"""Figures: medians and percentiles, CPU time, memory, and the machine that they were measured on."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """Milliseconds, or a plain ratio: the median and the 95th percentile."""

    p50: float
    p95: float


def spread(values: Sequence[float]) -> Spread:
    """The spread of one or more values."""
    if len(values) == 1:
        return Spread(round(values[0], 2), round(values[0], 2))
    p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
    return Spread(round(statistics.median(values), 2), round(p95, 2))


def milliseconds(seconds: Sequence[float]) -> Spread:
    """The spread of durations, given in seconds, in milliseconds."""
    return spread([1000 * value for value in seconds])


class Machine(msgspec.Struct, frozen=True):
    """The measured machine; ``load`` is how many programs wanted a core at the start (None: not known).

    If ``load`` is not near 0, wall times include waiting for other programs; CPU times and ratios do so less.
    """

    system: str
    processor: str
    cores: int
    python: str
    load: float | None


def this_machine() -> Machine:
    """The machine that this runs on."""
    try:
        load = round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        load = None
    system = f"{platform.system()} {platform.machine()}"
    return Machine(system, _processor(), os.cpu_count() or 1, platform.python_version(), load)


def _processor() -> str:
    """The processor's name; on Linux only a file has it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def peak_memory() -> float | None:
    """Peak memory of this process, in MB of 10^6 bytes; None where the system does not report it."""
    try:
        import resource
    except ImportError:
        return None
    # Bytes on macOS, elsewhere units of 1024 bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)
