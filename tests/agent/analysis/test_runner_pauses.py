"""The worker while it is paused."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import count
from types import FrameType
from typing import Any

import pytest

from agent.analysis.runner import REPEAT, Runner
from agent.lesson.lesson import Lesson
from agent.values import (
    Frame,
    Snapshot,
    SourceState,
)
from tests.agent.analysis.running import (
    CountingReader,
    ScriptedSource,
    frame,
)


def test_a_moment_marked_during_a_pause_shows_in_it() -> None:
    lesson = Lesson()
    published: list[Snapshot] = []

    def publish(snapshot: Snapshot) -> None:
        published.append(snapshot)
        lesson.mark("exercise", 5.0)
        if len(published) == 2:
            runner.stop()

    source = ScriptedSource([(frame(0.0), SourceState.LIVE)])
    runner = Runner(source, CountingReader(marked=lesson.marked), publish, hz=1000.0)
    runner.pause()
    runner.run()
    assert [[marker.text for marker in s.markers] for s in published] == [[], ["exercise"]]


def test_while_paused_nothing_is_read_and_the_feed_says_so() -> None:
    published: list[Snapshot] = []
    read: list[float] = []

    class Noting(CountingReader):
        def analyze(self, frame: Frame) -> Snapshot:
            read.append(frame.time)
            return super().analyze(frame)

    def publish(snapshot: Snapshot) -> None:
        published.append(snapshot)
        if snapshot.source.paused:
            runner.resume()
        elif len(published) == 2:
            runner.pause()

    live = SourceState.LIVE
    source = ScriptedSource([(frame(float(i)), live) for i in range(4)])
    runner = Runner(source, Noting(), publish, hz=1000.0)
    runner.run()
    assert read == [0.0, 1.0, 2.0, 3.0]
    assert [(s.seq, s.source.paused, len(s.readings)) for s in published] == [
        (1, False, 1),
        (2, False, 1),
        (3, True, 0),
        (4, False, 1),
        (5, False, 1),
    ]


def test_a_paused_run_ends_in_time() -> None:
    published: list[Snapshot] = []
    source = ScriptedSource([(frame(0.0), SourceState.LIVE)] * 9)
    runner = Runner(source, CountingReader(), published.append, hz=1000.0)
    runner.pause()
    runner.run(duration=0.05)
    assert published
    assert all(snapshot.source.paused for snapshot in published)


def test_a_paused_run_can_be_stopped() -> None:
    """At once, and not when it would say again that it is paused."""
    published: list[Snapshot] = []

    def publish(snapshot: Snapshot) -> None:
        published.append(snapshot)
        runner.stop()

    source = ScriptedSource([(frame(0.0), SourceState.LIVE)] * 9)
    runner = Runner(source, CountingReader(), publish, hz=1000.0)
    runner.pause()
    begun = time.monotonic()
    assert not runner.run(duration=10 * REPEAT)
    assert time.monotonic() - begun < REPEAT
    assert [snapshot.source.paused for snapshot in published] == [True]


def interrupted(method: Callable[[], None], by: Callable[[], None], line: int) -> bool:
    """Call a method, and before its given line another one; False where it runs fewer lines."""
    function, left = getattr(method, "__func__"), line  # noqa: B009

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        nonlocal left
        if frame.f_code is not function.__code__:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                by()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        method()
    finally:
        sys.settrace(before)
    return left <= 0


@pytest.mark.parametrize("first", ["pause", "resume"])
def test_a_pause_and_an_end_of_it_at_once_leave_one_or_the_other(first: str) -> None:
    """Wherever one call interrupts the other: the run is paused, or goes on, and never spins."""
    last = {"pause": "resume", "resume": "pause"}[first]
    for line in count(1):
        published: list[Snapshot] = []
        frames = [(frame(float(number)), SourceState.LIVE) for number in range(3)]
        runner = Runner(ScriptedSource([*frames]), CountingReader(), published.append, hz=1e6)
        if not interrupted(getattr(runner, first), getattr(runner, last), line):
            break
        is_at_end = runner.run(duration=0.05)
        states = {snapshot.source.paused for snapshot in published}
        assert states == {not is_at_end}
        assert len(published) <= 3
    assert line > 1
