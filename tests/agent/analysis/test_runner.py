"""The worker: it paces, keeps to a duration, says what it does, and stops when told."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator

import numpy as np
import pytest

from agent.analysis.runner import Runner
from agent.values import (
    Frame,
    Load,
    Snapshot,
    SourceState,
    SourceStatus,
)
from tests.agent.analysis.running import (
    CountingReader,
    ScriptedSource,
    clocked,
    frame,
    run,
)


def test_every_frame_becomes_a_numbered_snapshot_with_the_state_of_its_source() -> None:
    live = SourceState.LIVE
    published, runner = run(ScriptedSource([(frame(0.0), live), (frame(1.0), live)]), CountingReader())
    assert [snapshot.seq for snapshot in published] == [1, 2]
    assert {snapshot.source for snapshot in published} == {SourceStatus(live, 3)}
    assert runner.failed == 0


def test_stop_ends_a_source_without_end() -> None:
    published: list[Snapshot] = []

    class Endless(ScriptedSource):
        def frames(self) -> Iterator[Frame | None]:
            while True:
                yield frame(0.0)

    def publish(snapshot: Snapshot) -> None:
        published.append(snapshot)
        if len(published) == 3:
            runner.stop()

    runner = Runner(Endless([]), CountingReader(), publish, hz=1000.0)
    assert not runner.run(), "it was stopped"
    assert len(published) == 3


def test_the_end_of_a_recording_is_told_from_a_stop() -> None:
    source = ScriptedSource([(frame(0.0), SourceState.LIVE)])
    assert Runner(source, CountingReader(), lambda _: None, hz=1000.0).run()


def test_the_duration_follows_the_clock() -> None:
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 0.25
        return now

    source = ScriptedSource([(frame(0.0), SourceState.LIVE)] * 100)
    published: list[Snapshot] = []
    assert not Runner(source, CountingReader(), published.append, hz=1000.0, clock=clock).run(duration=2.0)
    assert 1 <= len(published) < 8


def test_the_duration_is_kept_where_frames_are_rare() -> None:
    now, published = [0.0], list[Snapshot]()
    source = ScriptedSource([(frame(0.0), SourceState.LIVE)] * 9)
    runner = clocked(source, CountingReader(), published.append, 0.1, now)
    assert not runner.run(duration=3.0)
    assert now == [3.0]
    assert {one.wall for one in published} == {1000.0}


@pytest.mark.parametrize(("hz", "seconds"), [(5.0, 0.2), (0.5, 2.0)])
def test_the_rate_follows_the_clock(hz: float, seconds: float) -> None:
    """Reading a frame takes a twentieth of a second here, which the wait for the next one makes up for."""
    now, begun = [0.0], list[float]()

    class Slow(CountingReader):
        def analyze(self, frame: Frame) -> Snapshot:
            begun.append(now[0])
            now[0] += 0.05
            return super().analyze(frame)

    source = ScriptedSource([(frame(float(i)), SourceState.LIVE) for i in range(20)])
    clocked(source, Slow(), lambda _: None, hz, now).run()
    assert np.diff(begun) == pytest.approx([seconds] * 19)


def test_a_debt_to_the_cpu_budget_is_paid_before_the_next_frame() -> None:
    now, begun = [0.0], list[float]()

    class Debtor(CountingReader):
        def analyze(self, frame: Frame) -> Snapshot:
            begun.append(now[0])
            return dataclasses.replace(super().analyze(frame), load=Load(used=0.5, budget=0.25, pause=0.2))

    source = ScriptedSource([(frame(0.0), SourceState.LIVE)] * 2)
    clocked(source, Debtor(), lambda _: None, 10.0, now).run()
    assert begun == [0.0, 0.2]


def test_debug_tells_of_a_frame_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]

    class Reader(CountingReader):
        def analyze(self, frame: Frame) -> Snapshot:
            now[0] = frame.time + 0.07
            return super().analyze(frame)

    source = ScriptedSource([(frame(time), SourceState.LIVE) for time in (0.0, 1.0, 4.0, 6.0)])
    with caplog.at_level(logging.DEBUG, "readtheroom"):
        Runner(source, Reader(), lambda _: None, hz=1000.0, clock=lambda: now[0]).run()
    told = [line for line in caplog.messages if line.startswith("a frame of")]
    assert told == ["a frame of 4x4: 0 of 0 faces read, 70 ms after its capture, 0 % of a core in use"] * 2


def test_where_frames_are_rare_the_last_readings_are_said_each_second() -> None:
    published: list[Snapshot] = []
    source = ScriptedSource([(frame(float(i)), SourceState.LIVE) for i in range(2)])
    clocked(source, CountingReader(), published.append, 0.4, [0.0]).run(duration=3.0)
    assert [one.wall for one in published][:4] == [1000.0, 1000.0, 1000.0, 1001.0]
    assert [one.seq for one in published] == list(range(1, len(published) + 1))
