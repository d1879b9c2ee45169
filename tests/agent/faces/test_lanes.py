"""Lanes: the same readings however many there are, work side by side, and what one raises."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent.budget import Prices, Task, Work
from agent.classroom.gallery import Gallery, Plan
from agent.classroom.script import Script
from agent.classroom.styles import style_named
from agent.configuration.config import AnalysisConfig, Config
from agent.errors import ModelError
from agent.faces.crops import Framing
from agent.faces.lane import LARGEST, SHEET, Lane, Laps, ReadingRules, TileJob, jobs_of
from agent.faces.lanes import Lanes, free_cores, lanes_for, learn, note
from agent.faces.sight import Sight
from agent.opening import open_analyzer
from agent.stage_times import Stages
from agent.values import Box, Face, Frame, Pixels, Snapshot
from models.card import ModelCard, load_card
from models.weights import EXPRESSION

FRAME = Frame(np.full((64, 64, 3), 90, np.uint8), 1.0, 1.0)
RULES = ReadingRules(Framing.of(load_card(EXPRESSION).framing))


@dataclass
class Models:
    """A detector that finds nothing, and calls ``before`` first; a classifier that is never asked."""

    before: Callable[[], None] = lambda: None
    card: ModelCard = field(default_factory=lambda: load_card(EXPRESSION))
    threads: set[int] = field(default_factory=set)
    asked: int = 0
    closed: int = 0

    def find(
        self, pictures: Sequence[Pixels], careful: bool = False, known: Sequence[Face | None] | None = None
    ) -> list[Face | None]:
        self.threads.add(threading.get_ident())
        self.asked += 1
        self.before()
        return [None] * len(pictures)

    def classify(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        raise AssertionError(f"{len(crops)} crops of no face")

    def close(self) -> None:
        self.closed += 1


def lanes_of(*models: Models) -> Lanes:
    return Lanes([Lane(one, one, RULES) for one in models])


def jobs(count: int) -> list[TileJob]:
    """Jobs of four tiles each."""
    return [TileJob(Work.FIND, tuple(Sight(video=Box(0, 0, 32, 32)) for _ in range(4))) for _ in range(count)]


def searched(laps: Laps) -> int:
    return sum(laps.searched.values())


def meet(barrier: threading.Barrier) -> None:
    barrier.wait()


def shown(snapshot: Snapshot) -> list[object]:
    """All that a snapshot says of its tiles, but for their random ids."""
    said: list[object] = []
    for one in snapshot.readings:
        face = None if one.face is None else (one.face.box, one.face.keypoints.tolist(), one.face.confidence)
        emotion = None if one.emotion is None else one.emotion.scores
        said.append((one.row, one.col, one.state, face, one.facing, emotion, one.reason, one.motivation))
    return said


def test_readings_do_not_depend_on_the_number_of_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.opening.free_cores", lambda: 3)
    script, gallery = Script(11, 20), Gallery(Plan(style_named("zoom"), (1280, 720)))
    configs = [Config(analysis=AnalysisConfig(cores=cores)) for cores in (1, 2, 3)]
    with (
        open_analyzer(configs[0]) as one,
        open_analyzer(configs[1]) as two,
        open_analyzer(configs[2], reuse=True) as three,
    ):
        read = 0
        for step in range(6):
            pixels = gallery.draw(script.scene_at(5 + step * 0.4)).pixels
            frame = Frame(pixels, step * 0.4, step * 0.4)
            first, *others = (analyzer.analyze(frame) for analyzer in (one, two, three))
            assert [shown(other) for other in others] == [shown(first)] * 2
            read += first.room.read
    assert read > 30


@given(st.lists(st.sampled_from(list(Work)), max_size=200))
def test_jobs_hold_each_task_once_with_its_kind(works: list[Work]) -> None:
    tasks = [Task(f"t{index}", work, 0.0) for index, work in enumerate(works)]
    sights = {task.tile: Sight() for task in tasks}
    crops = {task.tile: np.full((48, 48, 1), index, np.uint8) for index, task in enumerate(tasks)}
    parted = jobs_of(tasks, sights, crops)
    assert all(0 < len(job.sights) <= LARGEST + 2 * SHEET for job in parted)
    names = {id(sight): tile for tile, sight in sights.items()}
    found = {names[id(sight)]: job.work for job in parted for sight in job.sights}
    assert found == {task.tile: task.work for task in tasks}
    assert sum(len(job.sights) for job in parted) == len(tasks)
    for job in parted:
        wanted = [crops[names[id(sight)]] for sight in job.sights] if job.work is Work.READ else []
        assert all(one is other for one, other in zip(job.crops, wanted, strict=True))


def test_two_lanes_work_at_the_same_time() -> None:
    # Each waits in its detector for the other: one after the other they would wait for good.
    both = threading.Barrier(2, timeout=60)
    first, second = Models(lambda: meet(both)), Models(lambda: meet(both))
    lanes = lanes_of(first, second)
    assert sum(searched(laps) for laps in lanes.update(FRAME, jobs(4))) == 16
    lanes.close()
    assert first.asked == second.asked == 2
    assert first.threads == {threading.get_ident()} != second.threads
    assert not any(thread.name.startswith("lane") for thread in threading.enumerate())


@pytest.mark.parametrize(("count", "beside"), [(2, True), (12, False), (0, True)])
def test_little_work_and_unhurried_work_wake_nobody(count: int, beside: bool) -> None:
    first, second = Models(), Models()
    lanes = lanes_of(first, second)
    (laps,) = lanes.update(FRAME, jobs(count), beside)
    assert searched(laps) == 4 * count
    lanes.close()
    lanes.close()
    assert (first.asked, second.asked) == (count, 0)
    # A lane closes a detector and a classifier, here one object, and twice.
    assert (first.closed, second.closed) == (4, 4)


def test_a_lane_that_has_not_begun_when_nothing_is_left_is_not_waited_for() -> None:
    held, released = threading.Event(), threading.Event()
    lanes = lanes_of(Models(), last := Models())

    def hold() -> None:
        held.set()
        released.wait(60)

    # The other lane's thread is busy, as it may be on a busy machine.
    lanes._threads.submit(hold)
    assert held.wait(60)
    late = threading.Timer(20, released.set)
    late.start()
    assert sum(searched(laps) for laps in lanes.update(FRAME, jobs(4))) == 16
    assert not released.is_set()
    assert last.asked == 0
    late.cancel()
    released.set()
    lanes.close()


@pytest.mark.parametrize("broken", [0, 1])
def test_what_a_lane_raises_comes_out_when_all_have_stopped_and_the_next_frame_works(broken: int) -> None:
    both = threading.Barrier(2, timeout=60)
    models = [Models(), Models()]

    def first_job(index: int) -> None:
        if models[index].asked == 1:
            meet(both)
            if index == broken:
                raise ModelError("the detector failed")
        elif index != broken:
            # Time enough for the error to be noticed: all that is left would take two seconds.
            time.sleep(0.05)

    for index, one in enumerate(models):
        one.before = partial(first_job, index)
    lanes = lanes_of(*models)
    with pytest.raises(ModelError, match="failed"):
        lanes.update(FRAME, jobs(40))
    assert models[broken].asked == 1
    # The other lane stopped as well, instead of doing all that was left.
    assert models[1 - broken].asked < 39
    assert sum(searched(laps) for laps in lanes.update(FRAME, jobs(4))) == 16
    lanes.close()


def test_lanes_never_ask_for_more_threads_than_there_are_cores() -> None:
    assert lanes_for(2, 1, 1) == 1
    assert lanes_for(2, 1, 8) == 2
    assert lanes_for(4, 2, 4) == 2
    assert lanes_for(2, 8, 4) == 1
    assert free_cores() >= 1


def test_what_jobs_took_is_shared_out_over_stages_and_kinds_of_work() -> None:
    laps = [Laps({Work.FIND: 4.0}, 1.0, 3.0, {Work.FIND: 4}, 3), Laps(classify=4.0, read=4)]
    stages, prices = Stages(), Prices()
    note(laps, stages, 6.0)
    assert (stages.detect, stages.crop, stages.classify) == (2.0, 0.5, 3.5)
    assert stages.total == 6.0
    assert (stages.searched, stages.classified) == (4, 7)
    for _ in range(100):
        learn(laps, prices, 12.0)
    assert prices.of(Work.READ) == pytest.approx(1.0)
    assert prices.of(Work.FIND) == pytest.approx(1.0 + 1.0)
    note([], stages, 0.1)
    assert stages.total == 0.0
