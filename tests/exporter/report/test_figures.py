"""The figures behind the charts, on lessons with known truth."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.lesson.room import summarize as summarize_room
from agent.steps import LONGEST_STEP
from agent.values import LABELS, Box, LabelName, Reading, Snapshot
from exporter.recorder.packing import STATES, Packer
from exporter.recorder.session import RecordedSession, read_session
from exporter.recorder.store import Store
from exporter.report.figures import (
    OUTCOMES,
    READ,
    bins_for,
    margin,
    participant_timelines,
    room_timeline,
    summarize,
    weights,
)
from tests.builders import emotion, face_at
from tests.exporter.recorder.lessons import details, lesson, reading, session

HAPPY, SAD = LABELS.index("happy"), LABELS.index("sad")


def of(snapshots: list[tuple[float, Snapshot]]) -> RecordedSession:
    packer = Packer()
    with Store(None, details()) as store:
        store.write([packer.pack(one, seconds) for seconds, one in snapshots])
        return read_session(store.connection, "test")


def showing(label: LabelName | None, number: int = 0) -> Reading:
    base = reading(0, 0.0)
    said = None if label is None else emotion(label, valence=0.5, arousal=0.1)
    return dataclasses.replace(base, id=f"p{number}", row=number // 5, col=number % 5, emotion=said)


def frame(*readings: Reading) -> Snapshot:
    return dataclasses.replace(next(lesson(1)), readings=readings, room=summarize_room(readings))


def test_a_frame_stands_for_the_time_until_the_next_and_a_gap_for_nothing() -> None:
    one = of([(seconds, frame(showing("happy"))) for seconds in (0.0, 0.5, 100.0, 100.2)])
    assert weights(one) == pytest.approx([0.5, LONGEST_STEP, 0.2, 0.2])


def test_the_room_is_averaged_by_time_and_a_gap_stays_a_gap() -> None:
    early = [(at * 0.1, frame(showing("happy"))) for at in range(50)]
    late = [(90 + at * 0.1, frame(showing("sad"))) for at in range(101)]
    found = room_timeline(of([*early, *late]), 10)
    assert found.scores[0, HAPPY] == pytest.approx(0.76)
    assert np.isnan(found.scores[1:9]).all()
    assert found.scores[9, SAD] == pytest.approx(0.76)
    assert found.counts[9].tolist() == [1, 1, 1]
    assert np.isnan(found.figures[1:9]).all()


@pytest.mark.parametrize("frames", [1, 2, 7, 100, 225, 2000])
def test_a_short_session_shows_no_gap_where_nothing_is_missing(frames: int) -> None:
    one = of([(0.2 * index + 0.03 * (index % 3), frame(showing("happy"))) for index in range(frames)])
    bins = bins_for(one, 240)
    assert 1 <= bins <= 240
    assert not np.isnan(room_timeline(one, bins).scores).any()


def test_a_late_frame_leaves_no_gap_and_a_pause_does() -> None:
    late = {100: 1.1, 250: 0.9, 300: 10.0}
    """Seconds until the next frame, after these."""
    at, steps = 0.0, []
    for index in range(500):
        steps.append((at, frame(showing("happy"))))
        at += late.get(index, 0.2)
    one = of(steps)
    bins = bins_for(one, 240)
    room = room_timeline(one, bins)
    gaps = np.flatnonzero(np.isnan(room.scores[:, 0]))
    assert len(gaps) > 1
    assert (np.diff(gaps) == 1).all()
    pause = one.seconds[300]
    assert room.edges[gaps[0]] == pytest.approx(pause + LONGEST_STEP, abs=at / bins)
    assert room.edges[gaps[-1] + 1] == pytest.approx(pause + 10.0, abs=at / bins)
    (timeline,) = participant_timelines(one, bins)
    assert [run.code for run in timeline.runs] == [HAPPY, HAPPY]


def test_a_strip_says_when_who_showed_what() -> None:
    steps = [(at * 0.2, frame(showing("happy" if at < 50 else "sad"), showing(None, 1))) for at in range(101)]
    first, second = participant_timelines(of(steps), bins=20)
    assert [run.code for run in first.runs] == [HAPPY, SAD]
    assert first.runs[0].end == first.runs[1].start == pytest.approx(10.0)
    assert [OUTCOMES[run.code] for run in second.runs] == ["unsure"]


def test_strips_stand_in_the_order_of_the_gallery_whoever_came_first() -> None:
    orders = ([7, 3, 0], [0, 3, 7])
    steps = [(at * 0.2, frame(*(showing("happy", number) for number in orders[at % 2]))) for at in range(10)]
    found = participant_timelines(of(steps), bins=5)
    assert [(timeline.id, timeline.row, timeline.col) for timeline in found] == [
        ("p0", 0, 0),
        ("p3", 0, 3),
        ("p7", 1, 2),
    ]


def test_time_is_told_by_what_tiles_showed(tmp_path: Path) -> None:
    one = session(tmp_path, frames=200)
    found = summarize(one)
    assert found.time.sum() == pytest.approx(9 * 40.0, rel=0.01)
    read = (one.said["label"] != 255).mean()
    off = (one.said["state"] == 2).mean()
    assert found.time[:READ].sum() / found.time.sum() == pytest.approx(read, abs=0.01)
    assert found.read_share == pytest.approx(read / (1 - off), abs=0.01)
    assert found.scores is not None
    assert found.scores.sum() == pytest.approx(1.0, abs=0.01)


def test_a_state_that_is_new_among_the_others_moves_no_fate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = session(tmp_path, frames=20)
    before = summarize(one).time
    assert (before[[OUTCOMES.index("no_face"), OUTCOMES.index("camera_off")]] > 0).all()
    monkeypatch.setattr("exporter.report.figures.STATES", (STATES[0], "new", *STATES[1:]))
    said = one.said.copy()
    said["state"] += said["state"] > 0
    assert summarize(dataclasses.replace(one, said=said)).time.tolist() == before.tolist()


def test_the_width_is_that_of_the_faces_that_were_read() -> None:
    """A face of unknown width, and one that was not read, say nothing of it."""
    widths = (Box(0, 0, 30, 30), Box(0, 0, 50, 50), Box(0, 0, 90, 90))
    read = [
        dataclasses.replace(showing("happy", number), face=face_at(box)) for number, box in enumerate(widths)
    ]
    unread = dataclasses.replace(showing(None, 3), face=face_at(Box(0, 0, 400, 400)))
    unknown = dataclasses.replace(showing("sad", 4), face=None)
    assert summarize(of([(0.0, frame(*read, unread, unknown))])).width == 50
    assert summarize(of([(0.0, frame(unread, unknown))])).width is None


def test_where_nothing_was_read_nothing_is_said() -> None:
    found = summarize(of([(0.0, frame()), (0.2, frame(showing(None)))]))
    assert (found.scores, found.width, found.read) == (None, None, 0)
    assert summarize(of([(0.0, frame())])).read_share is None
    assert participant_timelines(of([(0.0, frame())])) == []


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.sampled_from(LABELS)), min_size=1, max_size=30),
    st.integers(1, 40),
)
def test_no_time_is_lost_or_made_up(moments: list[tuple[float, LabelName]], bins: int) -> None:
    """Whatever the rate: two frames at one time, long gaps, a single frame."""
    steps = sorted(moments)
    one = of([(seconds, frame(showing(label))) for seconds, label in steps])
    found = summarize(one)
    assert found.time.sum() == pytest.approx(found.seen)
    assert found.seen <= LONGEST_STEP * len(steps)
    room = room_timeline(one, bins)
    known = room.scores[~np.isnan(room.scores[:, 0])]
    assert len(known) >= 1
    assert np.allclose(known.sum(1), 1.0, atol=0.01)
    for timeline in participant_timelines(one, bins):
        assert all(run.start < run.end for run in timeline.runs)
        assert all(a.end <= b.start for a, b in zip(timeline.runs, timeline.runs[1:], strict=False))


def test_a_share_among_few_faces_is_uncertain() -> None:
    assert margin(0.5, 100) == pytest.approx(0.098)
    assert margin(0.3, 20) == pytest.approx(0.2, abs=0.01)
    assert margin(0.3, 0) == 1.0
