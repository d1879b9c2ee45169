"""The worker when frames cannot be read: they are counted, skipped and tried ever more seldom."""

from __future__ import annotations

from itertools import pairwise

import pytest

from agent.analysis.runner import REPEAT
from agent.values import (
    Snapshot,
    SourceState,
)
from tests.agent.analysis.running import (
    ALERT,
    TILE,
    CountingReader,
    Said,
    ScriptedSource,
    clocked,
    frame,
    run,
)


def test_a_frame_that_cannot_be_read_is_counted_and_skipped(said: Said) -> None:
    live = SourceState.LIVE
    source = ScriptedSource([(frame(float(i)), live) for i in range(5)])
    published, runner = run(source, CountingReader(bad=frozenset({1.0, 2.0})))
    assert len([snapshot for snapshot in published if not snapshot.source.failing]) == 3
    assert runner.failed == 2
    assert said.lines == ["a frame was skipped: too dark to open"]


def failing_run(bad: range, frames: int) -> list[tuple[float, Snapshot]]:
    """What is handed on, and when, of frames of which those in ``bad`` cannot be read."""
    now, published = [0.0], list[tuple[float, Snapshot]]()
    source = ScriptedSource([(frame(float(i)), SourceState.LIVE) for i in range(frames)])
    reader = CountingReader(bad=frozenset(map(float, bad)))
    clocked(source, reader, lambda one: published.append((now[0], one)), 10.0, now).run()
    return published


def test_a_frame_is_tried_ever_more_seldom_while_none_can_be_read() -> None:
    published = failing_run(range(1, 8), 10)
    read = [round(time, 3) for time, one in published if not one.source.failing]
    rests = 0.2 + 0.4 + 0.8 + 1.6 + 3.2 + 5.0 + 5.0
    assert read == [0.0, round(0.1 + rests, 3), round(0.2 + rests, 3)]


def test_while_no_frame_can_be_read_the_feed_says_so_each_second() -> None:
    published = failing_run(range(1, 8), 9)
    times = [time for time, _ in published]
    assert max(later - sooner for sooner, later in pairwise(times)) <= REPEAT + 1e-6
    said = [one for _, one in published if one.source.failing]
    assert {(one.source.state, one.readings, one.alerts) for one in said} == {
        (SourceState.STALLED, (TILE,), (ALERT,))
    }
    last = published[-1][1].source
    assert (last.state, last.failing, last.failed) == (SourceState.LIVE, False, 7)
    assert [one.seq for _, one in published] == list(range(1, len(published) + 1))


def test_a_fault_that_is_there_from_the_start_is_told_without_readings() -> None:
    published = failing_run(range(20), 20)
    time, first = published[0]
    assert (round(time, 6), first.readings, first.width, first.source.failing) == (REPEAT, (), 4, True)
    assert len(published) > 60


def test_a_single_frame_that_fails_is_no_trouble_to_tell_of() -> None:
    published = failing_run(range(1, 2), 3)
    assert [(one.source.state, one.source.failed) for _, one in published] == [
        (SourceState.LIVE, 0),
        (SourceState.LIVE, 1),
    ]


def test_a_pause_ends_the_rest_after_a_fault() -> None:
    now, published = [0.0], list[Snapshot]()

    def publish(one: Snapshot) -> None:
        published.append(one)
        if one.source.paused:
            runner.stop()
        elif now[0] > 6:
            runner.pause()

    source = ScriptedSource([(frame(float(i)), SourceState.LIVE) for i in range(99)])
    reader = CountingReader(bad=frozenset(map(float, range(99))))
    runner = clocked(source, reader, publish, 10.0, now)
    runner.run()
    assert published[-1].source.paused
    assert now[0] < 8.5


def test_a_bug_ends_the_run() -> None:
    source = ScriptedSource([(frame(0.0), SourceState.LIVE)])
    with pytest.raises(ZeroDivisionError):
        run(source, CountingReader(bad=frozenset({0.0}), error=ZeroDivisionError()))
