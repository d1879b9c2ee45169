"""Medians, percentiles and what is known of the machine."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from agent.benchmark.measures import Spread, milliseconds, peak_memory, spread, this_machine


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([3.0], Spread(3.0, 3.0)), ([1.0, 2.0, 3.0], Spread(2.0, 2.9)), ([5.0, 5.0], Spread(5.0, 5.0))],
)
def test_median_and_95th_percentile(values: list[float], wanted: Spread) -> None:
    assert spread(values) == wanted


def test_seconds_become_milliseconds() -> None:
    assert milliseconds([0.0015, 0.0015]) == Spread(1.5, 1.5)


def test_the_machine_is_described() -> None:
    machine = this_machine()
    assert machine.cores >= 1
    assert machine.system
    assert machine.processor
    memory = peak_memory()
    assert memory is None or memory > 20


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource module")
@pytest.mark.parametrize(("system", "megabytes"), [("linux", 307.2), ("darwin", 0.3)])
def test_peak_memory_is_in_the_same_unit_on_every_system(
    monkeypatch: pytest.MonkeyPatch, system: str, megabytes: float
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("resource.getrusage", lambda _: SimpleNamespace(ru_maxrss=300_000))
    assert peak_memory() == megabytes
