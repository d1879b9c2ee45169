"""The worker: it paces, skips bad frames, tells lost sources, and stops when told."""

from __future__ import annotations

import dataclasses
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise
from types import FrameType
from typing import Any

import numpy as np
import pytest

from agent.analysis.gallery_log import LOOKING, NO_GALLERY, describe_gallery
from agent.analysis.runner import REPEAT, Runner
from agent.errors import PictureError
from agent.lesson.lesson import Lesson
from agent.system.logs import RateLimit
from agent.system.logs import logger as project_logger
from agent.values import (
    Alert,
    Box,
    Frame,
    Load,
    Marker,
    Reading,
    Room,
    Snapshot,
    SourceInfo,
    SourceState,
    SourceStatus,
    TileState,
)

PIXELS = np.zeros((4, 4, 3), np.uint8)
TILE = Reading("t1", 0, 0, Box(0, 0, 4, 4), TileState.NO_FACE, False, None, 0.0, None, None, 0.0)

ALERT = Alert("camera off", "1 camera off.", ("t1",), 0.0)
MARKER = Marker("exercise", 0.0)


@dataclass
class ScriptedSource:
    """Frames and states in a fixed order."""

    script: list[tuple[Frame | None, SourceState]]
    info: SourceInfo = field(default_factory=lambda: SourceInfo("demo", "script", 4, 4))
    status: SourceStatus = field(default_factory=SourceStatus)

    def frames(self) -> Iterator[Frame | None]:
        for frame, state in self.script:
            self.status = SourceStatus(state, 3)
            yield frame


@dataclass
class CountingReader:
    """One tile in every frame; fails on the frames whose time is in ``bad``."""

    bad: frozenset[float] = frozenset()
    marked: Callable[[Snapshot], Snapshot] = lambda snapshot: dataclasses.replace(snapshot, markers=(MARKER,))
    error: Exception = field(default_factory=lambda: PictureError("too dark to open"))

    def analyze(self, frame: Frame) -> Snapshot:
        if frame.time in self.bad:
            raise self.error
        status, room = SourceStatus(), Room(1, 0, 0)
        return self.again(Snapshot(0, frame.wall, 0.0, 4, 4, status, (TILE,), room, (ALERT,)))

    def again(self, snapshot: Snapshot) -> Snapshot:
        return self.marked(snapshot)


def frame(time: float) -> Frame:
    return Frame(PIXELS, time, 1000.0 + time)


def run(source: ScriptedSource, reader: CountingReader, **kwargs: float) -> tuple[list[Snapshot], Runner]:
    published: list[Snapshot] = []
    runner = Runner(source, reader, published.append, hz=1000.0)
    runner.run(**kwargs)
    return published, runner


def test_every_frame_becomes_a_numbered_snapshot_with_the_state_of_its_source() -> None:
    live = SourceState.LIVE
    published, runner = run(ScriptedSource([(frame(0.0), live), (frame(1.0), live)]), CountingReader())
    assert [snapshot.seq for snapshot in published] == [1, 2]
    assert {snapshot.source for snapshot in published} == {SourceStatus(live, 3)}
    assert runner.failed == 0


class Said(logging.Handler):
    """What the project's log was told, whatever handlers other tests left there."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def said() -> Iterator[Said]:
    handler = Said()
    before, level = list(project_logger.handlers), project_logger.level
    project_logger.handlers[:] = [handler]
    project_logger.setLevel(logging.INFO)
    yield handler
    project_logger.handlers[:] = before
    project_logger.setLevel(level)


def test_a_frame_that_cannot_be_read_is_counted_and_skipped(said: Said) -> None:
    live = SourceState.LIVE
    source = ScriptedSource([(frame(float(i)), live) for i in range(5)])
    published, runner = run(source, CountingReader(bad=frozenset({1.0, 2.0})))
    assert len([snapshot for snapshot in published if not snapshot.source.failing]) == 3
    assert runner.failed == 2
    assert said.lines == ["a frame was skipped: too dark to open"]


class Waits(threading.Event):
    """An event for which nobody waits in earnest: the time of a clock passes in place of it."""

    def __init__(self, now: list[float]) -> None:
        super().__init__()
        self.now = now

    def wait(self, timeout: float | None = None) -> bool:
        if not self.is_set():
            self.now[0] += timeout or 0.0
        return self.is_set()


def failing_run(bad: range, frames: int) -> list[tuple[float, Snapshot]]:
    """What is handed on, and when, of frames of which those in ``bad`` cannot be read."""
    now, published = [0.0], list[tuple[float, Snapshot]]()
    source = ScriptedSource([(frame(float(i)), SourceState.LIVE) for i in range(frames)])
    reader = CountingReader(bad=frozenset(map(float, bad)))
    runner = Runner(source, reader, lambda one: published.append((now[0], one)), 10.0, lambda: now[0])
    runner._stopped = Waits(now)
    runner.run()
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
    runner = Runner(source, reader, publish, 10.0, lambda: now[0])
    runner._stopped = Waits(now)
    runner.run()
    assert published[-1].source.paused
    assert now[0] < 8.5


def test_galleries_are_logged_and_one_after_a_loss_is_new(said: Said) -> None:
    said.setLevel(logging.INFO)
    live, lost = SourceState.LIVE, SourceState.LOST
    run(
        ScriptedSource([(frame(0.0), live), (frame(0.1), live), (None, lost), (frame(1.0), live)]),
        CountingReader(),
    )
    assert said.lines == [LOOKING, describe_gallery(1)] * 2


def test_after_the_stop_nothing_is_said_of_a_gallery(said: Said) -> None:
    said.setLevel(logging.INFO)
    published = list[Snapshot]()

    class Stopped(CountingReader):
        def analyze(self, frame: Frame) -> Snapshot:
            runner.stop()
            return super().analyze(frame)

    source = ScriptedSource([(frame(0.0), SourceState.LIVE)])
    runner = Runner(source, Stopped(), published.append, hz=1000.0)
    assert not runner.run()
    assert (said.lines, published) == ([LOOKING], [])


def test_without_a_gallery_the_log_says_what_to_do(said: Said) -> None:
    said.setLevel(logging.INFO)
    now = [0.0]

    class Nothing(CountingReader):
        def analyze(self, frame: Frame) -> Snapshot:
            now[0] += 1.0
            return dataclasses.replace(super().analyze(frame), readings=())

    source = ScriptedSource([(frame(float(i)), SourceState.LIVE) for i in range(9)])
    Runner(source, Nothing(), lambda _: None, 1000.0, lambda: now[0]).run()
    assert said.lines == [LOOKING, NO_GALLERY]


def test_a_bug_ends_the_run() -> None:
    source = ScriptedSource([(frame(0.0), SourceState.LIVE)])
    with pytest.raises(ZeroDivisionError):
        run(source, CountingReader(bad=frozenset({0.0}), error=ZeroDivisionError()))


def test_a_stalled_source_keeps_the_readings_and_a_lost_one_does_not() -> None:
    live, stalled, lost = SourceState.LIVE, SourceState.STALLED, SourceState.LOST
    script = [
        (frame(0.0), live),
        (None, live),
        (None, stalled),
        (None, stalled),
        (None, lost),
        (None, lost),
        (frame(9.0), live),
    ]
    published, _ = run(ScriptedSource(script), CountingReader())
    assert [(s.source.state, len(s.readings), len(s.alerts), len(s.markers)) for s in published] == [
        (live, 1, 1, 1),
        (stalled, 1, 1, 1),
        (lost, 0, 0, 1),
        (live, 1, 1, 1),
    ]
    assert [s.seq for s in published] == [1, 2, 3, 4]


def test_before_the_first_frame_nothing_is_called_live() -> None:
    """A source counts as live for its first two seconds, also while nobody shares a picture."""
    published: list[Snapshot] = []
    source = ScriptedSource([(None, SourceState.LIVE)])
    Runner(source, CountingReader(), published.append, hz=0.1).run(duration=REPEAT + 0.2)
    (only,) = published
    assert (only.width, only.height, only.source) == (0, 0, SourceStatus(SourceState.STALLED, 3))


def test_a_source_without_a_first_frame_is_told_and_the_first_frame_is_described(said: Said) -> None:
    said.setLevel(logging.INFO)
    live, stalled = SourceState.LIVE, SourceState.STALLED
    script = [(None, live), (None, stalled), (None, stalled), (frame(0.0), live)]
    published, _ = run(ScriptedSource(script), CountingReader())
    assert [(s.seq, s.source.state, len(s.readings)) for s in published] == [(1, stalled, 0), (2, live, 1)]
    assert (published[0].width, published[0].height, published[0].room) == (0, 0, Room(0, 0, 0))
    assert said.lines == [LOOKING, "a gallery of 1 tile"]


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


def clocked(runner: Runner, monkeypatch: pytest.MonkeyPatch, now: list[float]) -> None:
    """Let the runner's waits pass at once on the clock ``now``."""

    def wait(pause: float) -> bool:
        now[0] += pause
        return False

    monkeypatch.setattr(runner._stopped, "wait", wait)


def test_the_duration_is_kept_where_frames_are_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    now, published = [0.0], list[Snapshot]()
    source = ScriptedSource([(frame(0.0), SourceState.LIVE)] * 9)
    runner = Runner(source, CountingReader(), published.append, hz=0.1, clock=lambda: now[0])
    clocked(runner, monkeypatch, now)
    assert not runner.run(duration=3.0)
    assert now == [3.0]
    assert {one.wall for one in published} == {1000.0}


def test_a_source_that_is_lost_between_two_frames_is_said_without_readings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, published = [0.0], list[Snapshot]()
    source = ScriptedSource([(frame(0.0), SourceState.LIVE)])

    def publish(snapshot: Snapshot) -> None:
        published.append(snapshot)
        source.status = SourceStatus(SourceState.LOST)

    runner = Runner(source, CountingReader(), publish, hz=0.4, clock=lambda: now[0])
    clocked(runner, monkeypatch, now)
    runner.run()
    assert [len(one.readings) for one in published] == [1, 0, 0]
    assert published[-1].alerts == ()


@pytest.mark.parametrize(("hz", "seconds"), [(5.0, 0.2), (0.5, 2.0)])
def test_the_rate_follows_the_clock(monkeypatch: pytest.MonkeyPatch, hz: float, seconds: float) -> None:
    """Reading a frame takes a twentieth of a second here, which the wait for the next one makes up for."""
    now, begun = 0.0, list[float]()

    class Slow(CountingReader):
        def analyze(self, frame: Frame) -> Snapshot:
            nonlocal now
            begun.append(now)
            now += 0.05
            return super().analyze(frame)

    def wait(pause: float) -> bool:
        nonlocal now
        now += pause
        return False

    source = ScriptedSource([(frame(float(i)), SourceState.LIVE) for i in range(20)])
    runner = Runner(source, Slow(), lambda _: None, hz=hz, clock=lambda: now)
    monkeypatch.setattr(runner._stopped, "wait", wait)
    runner.run()
    assert np.diff(begun) == pytest.approx([seconds] * 19)


def test_a_debt_to_the_cpu_budget_is_paid_before_the_next_frame() -> None:
    now = 0.0
    waits: list[float] = []

    class Debtor(CountingReader):
        def analyze(self, frame: Frame) -> Snapshot:
            return dataclasses.replace(super().analyze(frame), load=Load(used=0.5, budget=0.25, pause=0.2))

    class Waits(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0.0)
            return False

    source = ScriptedSource([(frame(0.0), SourceState.LIVE), (None, SourceState.STALLED)])
    runner = Runner(source, Debtor(), lambda _: None, hz=10.0, clock=lambda: now)
    runner._stopped = Waits()
    runner.run()
    assert waits[0] == 0.2


def test_while_no_frame_comes_the_feed_says_so_each_second() -> None:
    now = 0.0
    published: list[Snapshot] = []
    markers: list[Marker] = []

    class Silent(ScriptedSource):
        def frames(self) -> Iterator[Frame | None]:
            nonlocal now
            for given in super().frames():
                yield given
                now += 0.5
                if now == 2.0:
                    markers.append(MARKER)

    live, stalled, lost = SourceState.LIVE, SourceState.STALLED, SourceState.LOST
    script: list[tuple[Frame | None, SourceState]] = [(frame(0.0), live)]
    script += [(None, stalled)] * 4 + [(None, lost)] * 4
    reader = CountingReader(marked=lambda snapshot: dataclasses.replace(snapshot, markers=tuple(markers)))
    runner = Runner(Silent(script), reader, published.append, 1e9, lambda: now)
    runner.run()
    assert [(s.source.state.value, len(s.markers)) for s in published] == [
        ("live", 0),
        ("stalled", 0),
        ("stalled", 0),
        ("lost", 1),
        ("lost", 1),
    ]


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


def test_a_repeated_event_is_let_through_at_a_limited_rate() -> None:
    limit = RateLimit(10.0)
    assert [limit.allow(t) for t in (0.0, 1.0, 9.9, 10.0, 10.1, 25.0)] == [0, None, None, 2, None, 1]


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
    Runner(source, CountingReader(), published.append, hz=0.4).run(duration=3.0)
    assert [one.wall for one in published][:4] == [1000.0, 1000.0, 1000.0, 1001.0]
    assert [one.seq for one in published] == list(range(1, len(published) + 1))


def test_whoever_is_excluded_while_nothing_comes_is_not_said_again() -> None:
    now, published = [0.0], []
    allowed = [True]

    class Reader(CountingReader):
        def again(self, snapshot: Snapshot) -> Snapshot:
            return snapshot if allowed[0] else dataclasses.replace(snapshot, readings=())

    def publish(snapshot: Snapshot) -> None:
        published.append(len(snapshot.readings))
        now[0] += 1.0
        allowed[0] = len(published) < 2

    script = [(frame(0.0), SourceState.LIVE), *[(None, SourceState.STALLED)] * 3]
    Runner(ScriptedSource(script), Reader(), publish, hz=1e9, clock=lambda: now[0]).run()
    assert published == [1, 1, 0, 0]


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
