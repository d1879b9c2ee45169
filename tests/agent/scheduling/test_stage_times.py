"""The stopwatch that tells what each stage costs."""

from __future__ import annotations

from dataclasses import fields

from agent.scheduling.stage_times import Stages, Stopwatch


def test_laps_follow_each_other_without_a_gap() -> None:
    times = iter([10.0, 10.5, 12.5, 12.5])
    watch = Stopwatch(lambda: next(times))
    assert [watch.lap(), watch.lap(), watch.lap()] == [0.5, 2.0, 0.0]


def test_the_total_is_of_every_time_and_of_no_count() -> None:
    times = [one.name for one in fields(Stages) if one.type == "float"]
    stages = Stages(glanced=100, searched=200, classified=400)
    for power, name in enumerate(times):
        setattr(stages, name, float(2**power))
    assert stages.total == 2 ** len(times) - 1
