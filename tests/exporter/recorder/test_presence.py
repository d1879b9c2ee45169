"""Who counts as having been there: not an id that shows for an instant while a page turns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.steps import longest_step
from agent.values import Snapshot
from exporter.recorder.export import table
from exporter.recorder.folder import list_sessions
from exporter.recorder.forget import forget_participant
from exporter.recorder.packing import Packer
from exporter.recorder.presence import present, weights
from exporter.recorder.session import load_session
from exporter.recorder.store import Store
from exporter.report.figures import participant_timelines
from exporter.report.page import render
from tests.exporter.recorder.lessons import WALL, details, lesson


def turning(ghosts: int, frames: int = 60, hz: float = 5.0) -> Iterator[Snapshot]:
    """A lesson of nine in which some readings, two frames each, are of ids that are nobody's."""
    for index, one in enumerate(lesson(frames, 9, hz)):
        number = (index - 10) // 2
        if 0 <= number < ghosts:
            first, *rest = one.readings
            ghost = dataclasses.replace(first, id=f"ghost{number}")
            yield dataclasses.replace(one, readings=(ghost, *rest))
        else:
            yield one


def recorded(path: Path, snapshots: Iterator[Snapshot], hz: float = 5.0, *, finish: bool = True) -> Path:
    packer = Packer()
    with Store(path, details(hz=hz)) as store:
        store.write([packer.pack(one, index / hz) for index, one in enumerate(snapshots)])
        if finish:
            store.finish(WALL)
    return path


def test_ids_of_an_instant_are_in_no_count_and_no_chart_and_it_says_so(tmp_path: Path) -> None:
    session = load_session(recorded(tmp_path / "a.session", turning(8)))
    assert len(session.participants) == 17
    assert {one.id for one in participant_timelines(session)} == {f"t{number}" for number in range(9)}
    page = render(session)
    assert "9 participants" in page
    assert "8 more ids were in sight for less than a second" in page
    assert "ghost" not in page
    # What was recorded of them stays in the tables.
    assert sum(name.startswith("ghost") for name in table(session, "readings")["tile"]) == 16


def test_a_page_without_such_ids_says_nothing_of_them(tmp_path: Path) -> None:
    assert "more id" not in render(load_session(recorded(tmp_path / "a.session", turning(0))))
    assert "1 more id was in sight" in render(load_session(recorded(tmp_path / "b.session", turning(1))))


@pytest.mark.parametrize("finish", [True, False])
def test_the_list_of_sessions_counts_the_same_people(tmp_path: Path, finish: bool) -> None:
    path = recorded(tmp_path / "a.session", turning(8), finish=finish)
    (one,) = list_sessions(tmp_path)
    assert one.details is not None
    assert one.details.people == (9 if finish else None)
    assert one.people == 9
    forget_participant(path, "t3")
    assert list_sessions(tmp_path)[0].people == 8
    forget_participant(path, "ghost1")
    assert list_sessions(tmp_path)[0].people == 8


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_in_a_session_of_a_moment_everybody_counts(tmp_path: Path, frames: int) -> None:
    session = load_session(recorded(tmp_path / "a.session", lesson(frames)))
    assert len(participant_timelines(session)) == 9


@pytest.mark.parametrize("hz", [0.1, 0.5, 1.0, 5.0])
def test_a_minute_is_a_minute_however_rarely_it_is_read(hz: float) -> None:
    assert weights(np.arange(0, 60, 1 / hz), hz).sum() == pytest.approx(60)
    # One frame that is lost leaves no gap, as in the alerts.
    assert weights(np.array([0.0, 2 / hz]), hz)[0] == pytest.approx(2 / hz)
    # A minute in which nothing came is none of it.
    step = longest_step(hz)
    assert weights(np.array([0.0, 60.0]), hz) == pytest.approx([step, 1 / hz])


@given(
    st.lists(st.tuples(st.floats(0.0, 5.0), st.sets(st.integers(0, 5))), min_size=1, max_size=40),
    st.floats(0.1, 30),
)
def test_presence_is_time_and_no_count_of_frames(moments: list[tuple[float, set[int]]], hz: float) -> None:
    seconds = np.cumsum([step for step, _ in moments])
    weight = weights(seconds, hz)
    assert (weight >= 0).all()
    assert (weight <= longest_step(hz)).all()
    who = np.array([number for _, here in moments for number in sorted(here)], np.uint16)
    frame_of = np.repeat(np.arange(len(moments)), [len(here) for _, here in moments])
    stay = {number: weight[[number in here for _, here in moments]].sum() for number in range(6)}
    found = set(present(weight, frame_of, who).tolist())
    assert {number for number, time in stay.items() if time >= 1.0} <= found
    assert all(stay[number] >= min(0.999, weight.sum() / 2 - 1e-3) for number in found)
