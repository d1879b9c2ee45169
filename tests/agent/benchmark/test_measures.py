"""Medians, percentiles and what is known of the machine."""

from __future__ import annotations

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
