"""A sleep of the machine is a gap in a recording, and moves no later row to an earlier time of day."""

from __future__ import annotations

import inspect
import sys
import time

import pytest

from exporter.recorder.elapsed import elapsed
from exporter.recorder.live import Recorder


def test_a_recording_is_timed_by_a_clock_that_counts_sleep() -> None:
    assert inspect.signature(Recorder).parameters["clock"].default is elapsed


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux names this clock so")
def test_on_linux_it_is_the_clock_since_the_start_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = {time.CLOCK_BOOTTIME: 5000.0, time.CLOCK_MONOTONIC: 1000.0}
    monkeypatch.setattr(time, "clock_gettime", clocks.__getitem__)
    assert elapsed() == 5000.0


def test_it_never_goes_back() -> None:
    times = [elapsed() for _ in range(1000)]
    assert times == sorted(times)
