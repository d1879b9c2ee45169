"""What the worker says of its source, and of the galleries that come and go."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator

from agent.analysis.gallery_log import LOOKING, NO_GALLERY, describe_gallery
from agent.analysis.runner import REPEAT, Runner
from agent.values import (
    Frame,
    Marker,
    Room,
    Snapshot,
    SourceState,
    SourceStatus,
)
from tests.agent.analysis.running import (
    MARKER,
    CountingReader,
    Said,
    ScriptedSource,
    clocked,
    frame,
    run,
)


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
    clocked(source, CountingReader(), published.append, 0.1, [0.0]).run(duration=REPEAT + 0.2)
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


def test_a_source_that_is_lost_between_two_frames_is_said_without_readings() -> None:
    now, published = [0.0], list[Snapshot]()
    source = ScriptedSource([(frame(0.0), SourceState.LIVE)])

    def publish(snapshot: Snapshot) -> None:
        published.append(snapshot)
        source.status = SourceStatus(SourceState.LOST)

    clocked(source, CountingReader(), publish, 0.4, now).run()
    assert [len(one.readings) for one in published] == [1, 0, 0]
    assert published[-1].alerts == ()


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
